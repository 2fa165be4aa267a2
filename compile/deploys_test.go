package compile

import (
	"slices"
	"strings"
	"testing"

	"penstock/prove"
	"penstock/spec"
)

// What is made can be deployed and used where no policy of the proof would
// show it: what CloudTrail asks of the bucket of a trail, what docker asks of a
// repository, what outlives its stack.
func TestDeploys(t *testing.T) {
	r := proved(t, auditSpec(func(s *spec.Spec) {
		s.Stages[1].Deploy.Regions = []string{"ap-northeast-1", "us-east-1"}
	}))
	resource := func(file, name string) string {
		i := slices.IndexFunc(r.Files, func(f File) bool { return f.Name == file })
		if i < 0 {
			t.Fatalf("no file %s", file)
		}
		_, text, ok := strings.Cut(string(r.Files[i].Data), "\n  "+name+":\n")
		if !ok {
			t.Fatalf("%s has no %s", file, name)
		}
		if end := strings.Index(text, "\n\n"); end >= 0 {
			text = text[:end]
		}
		return text
	}
	for _, c := range []struct{ file, name, has, not string }{
		// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html#create-kms-key-policy-for-cloudtrail-decrypt
		{"audit.yaml", "AuditLogBucket", "KMSMasterKeyID: !GetAtt AuditKey.Arn", "BucketKeyEnabled"},
		// A replica is a file that CloudTrail did not write, too.
		{"audit.yaml", "AuditLogBucketPolicy", "s3:ReplicateObject", ""},
		// https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
		{"tools.yaml", "BuildRole", "ecr:BatchGetImage", ""},
		{"tools.yaml", "Repository", "DeletionPolicy: Retain", ""},
		// https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions,
		// https://github.com/awslabs/aws-deployment-framework/issues/756
		{"tools.yaml", "PipelineRole", "kms:Decrypt", ""},
		{"tools.yaml", "PipelineRole", "kms:ViaService: s3.us-east-1.amazonaws.com", ""},
		{"tools-us-east-1.yaml", "ArtifactKey", "role/mfmsapp-pipeline", ""},
	} {
		text := resource(c.file, c.name)
		if !strings.Contains(text, c.has) {
			t.Errorf("%s of %s has no %q:\n%s", c.name, c.file, c.has, text)
		}
		if c.not != "" && strings.Contains(text, c.not) {
			t.Errorf("%s of %s has %q", c.name, c.file, c.not)
		}
	}
	if o := r.Report.Theorems[0]; o.Outcome != prove.Holds {
		t.Errorf("it runs: %s", o.Outcome)
	}
}

// Somebody hears of a request for approval: by the spec, or by hand.
func TestAsked(t *testing.T) {
	for _, c := range []struct {
		notify []string
		steps  int
	}{{[]string{"ops@example.com"}, 0}, {nil, 1}} {
		r, err := Compile(gatedSpec(func(s *spec.Spec) { s.Stages[1].Approve.Notify = c.notify }), testOptions())
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, s := range r.Steps {
			if strings.Contains(s.Command, "sns subscribe --region ap-northeast-1 --topic-arn arn:aws:sns:ap-northeast-1:111111111111:mfmsapp-approvals ") {
				n++
			}
		}
		if n != c.steps {
			t.Errorf("notify %v: %d steps tell to subscribe, want %d", c.notify, n, c.steps)
		}
	}
}
