package compile

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"penstock/blueprint"
	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/match"
	"penstock/prove"
	"penstock/prove/gate"
	"penstock/prove/more"
	"penstock/prove/trail"
	"penstock/source"
	"penstock/spec"
)

// forty is a spec of forty stages over three accounts that deploys in every way
// there is.
func forty(accounts, regions string, seal bool) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("project: the-longest-project\nregion: ap-northeast-1")
	line("accounts: {%s}", accounts)
	line("source: {codecommit: the-longest-project, branch: main, create: true}")
	line("build:\n  buildspec: %s\n  push: {ecr: [the-longest-project, web, worker]}\n  vpc: true\n  reports: true\n  batch: true", makeInline)
	line("stages:")
	targets := []string{"tools", "staging", "prod"}
	for i := range 40 {
		switch {
		case i == 20 && seal:
			line("  - approve: {by: [security, platform], need: 2, within: 24h, never: [author, starter]}")
			continue
		case i%13 == 5:
			line("  - name: test-%02d\n    test: {buildspec: %s}", i, makeInline)
			continue
		}
		line("  - deploy: %s\n    name: stage-number-%02d%s", targets[i%3], i, regions)
		switch i % 8 {
		case 0:
			line("    ecs: {cluster: cluster-%[1]d, service: service-%[1]d, create: true, subnets: [subnet-0a1b2c3d4e5f60001]}", i)
		case 1:
			line("    ecs: {cluster: cluster-%[1]d, service: service-%[1]d}", i)
		case 2:
			line("    ecs: {cluster: cluster-%[1]d, service: service-%[1]d, blueGreen: {listener: \"arn:aws:elasticloadbalancing:ap-northeast-1:%[2]s:listener/app/web/50dc6c495c0c9188/0467ef3c8400ae65\", targetGroups: [blue-%[1]d, green-%[1]d]}}",
				i, []string{"111111111111", "222222222222", "333333333333"}[i%3])
		case 3:
			if regions != "" { // a bucket is in one region
				line("    ecs: {cluster: cluster-%[1]d, service: service-%[1]d}", i)
				continue
			}
			line("    s3: {bucket: acme-site-number-%d, prefix: www/}", i)
		case 4:
			line("    lambda: {function: function-number-%d, create: true}", i)
		case 5:
			line("    ec2: {autoScalingGroup: group-number-%d}", i)
		case 6:
			line("    ec2: {tags: {Role: web-%d}}", i)
		case 7:
			line("    cloudformation: {stack: stack-number-%d, template: template.yaml, allow: [{actions: ['sqs:CreateQueue', 'sqs:DeleteQueue', 'sqs:GetQueueAttributes', 'sqs:SetQueueAttributes'], resources: ['arn:aws:sqs:ap-northeast-1:*:queue-%d-*'], why: queues}]}", i, i)
		}
	}
	line("network: true\naudit: {alerts: [security@example.com]}\nnotifications: [team@example.com]")
	return b.String()
}

// manySecrets is a spec of builds with many secrets and images.
func manySecrets(n int) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("project: the-longest-project\nregion: ap-northeast-1\naccounts: {tools: \"111111111111\", prod: \"333333333333\"}")
	line("source: {codecommit: the-longest-project, branch: main}\nbuilds:")
	for i := range 2 {
		line("  build-%d:\n    buildspec: %s\n    secrets:", i, makeInline)
		for k := range n - 2*n/3*i {
			line("      SECRET_%02d: secretsmanager:the-longest-project/department-%d/credentials-number-%02d#key", k, i, k)
		}
		for k := range 20 {
			line("      PARAMETER_%02d: ssm:/the-longest-project/department-%d/parameter-number-%02d", k, i, k)
		}
		line("    push: {ecr: [images/of-build-%[1]d/web, images/of-build-%[1]d/worker, images/of-build-%[1]d/proxy]}", i)
		line("    pull: [base/of-build-%[1]d/node, base/of-build-%[1]d/go]", i)
	}
	line("stages:\n  - deploy: prod\n    input: build-0\n    ecs: {cluster: main, service: web}\naudit: {alerts: [security@example.com]}")
	return b.String()
}

// TestLimits holds that what is compiled of large specs stays inside AWS's
// limits, with the values in the place of the references, and that the theorems
// hold about it.
func TestLimits(t *testing.T) {
	if testing.Short() {
		t.Skip("proves large pipelines")
	}
	three := `tools: "111111111111", staging: "222222222222", prod: "333333333333"`
	for _, test := range []struct{ name, text string }{
		{"forty stages", forty(three, "", true)},
		{"forty stages, log account", forty(three+`, logs: "999999999999"`, "", false)},
		{"forty stages, two regions", forty(three, "\n    regions: [ap-northeast-1, us-east-1]", false)},
		{"secrets and images", manySecrets(60)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, found := spec.Read(source.NewFile("penstock.yaml", []byte(test.text)))
			for _, f := range found {
				if f.Severity == diag.Error {
					t.Fatalf("%s: %s", f.At, f.Message)
				}
			}
			opt := testOptions()
			opt.Provers = map[prove.Theorem]prove.Prover{prove.NothingMore: more.Prove, prove.Gate: gate.Prove, prove.Trail: trail.Prove}
			r, err := Compile(s, opt)
			if err != nil {
				t.Fatal(err)
			}
			provenHolds(t, r)
			fits(t, r)
			sized(t, r)
		})
	}
}

// An identifier of AWS's that nobody knows before it exists: that of a key has
// 36 characters, which is the longest.
var unknownPart = regexp.MustCompile(`‹[^›]*›`)

// written is how long a part of a resource is as AWS counts policies: as JSON,
// without white space, every reference with its value.
func written(n *doc.Node) int {
	if n == nil {
		return 0
	}
	text := unknownPart.ReplaceAllString(match.Render(compact(n)), strings.Repeat("x", 36))
	return utf8.RuneCountInString(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text))
}

// size is how long a policy of statements is as it is estimated.
func size(sts []*blueprint.Statement) int {
	p := blueprint.Policy{Statements: sts}
	return length(p.Map())
}

// largest are the figures of a result, for the log.
type largest map[string]int

// sized fails where something is longer, or more, than AWS takes.
func sized(t *testing.T, r *Result) {
	t.Helper()
	top := largest{}
	atMost := func(limit, n int, of, what string, at *cloud.Resource) {
		t.Helper()
		top[of] = max(top[of], n)
		if n > limit {
			t.Errorf("%s %s (%s): %s of %d, and AWS takes %d", at.Type, at.Name, at.Account, what, n, limit)
		}
	}
	m := r.Models[0]
	attached := map[string]int{}
	bounds := map[string]bool{}
	for role := range m.OfType("AWS::IAM::Role") {
		bounds[role.Prop("PermissionsBoundary").Str()] = true
	}
	for _, res := range m.Resources {
		switch res.Type {
		// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
		case "AWS::IAM::Role":
			inline := 0
			for p := range res.Prop("Policies").Elems() {
				inline += written(p.Get("PolicyDocument"))
			}
			atMost(10240, inline, "inline policies of a role", "inline policies", res)
			atMost(2048, written(res.Prop("AssumeRolePolicyDocument")), "trust", "a trust", res)
			atMost(64, len(res.Name), "name of a role", "a name", res)
			for range res.Prop("ManagedPolicyArns").Elems() {
				attached[res.Account+" "+res.Name]++
			}
		case "AWS::IAM::ManagedPolicy":
			of := "managed policy"
			if bounds[res.ARN] {
				of = "boundary"
			}
			atMost(6144, written(res.Prop("PolicyDocument")), of, "a policy", res)
			atMost(128, len(res.Name), "name of a policy", "a name", res)
			for role := range res.Prop("Roles").Elems() {
				attached[res.Account+" "+role.Str()]++
				atMost(10, attached[res.Account+" "+role.Str()], "managed policies of a role", "managed policies of role "+role.Str(), res)
			}
		// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html: 20 KB
		case "AWS::S3::BucketPolicy":
			atMost(20*1024, written(res.Prop("PolicyDocument")), "bucket policy", "a policy", res)
		case "AWS::S3::Bucket":
			atMost(63, len(res.Name), "name of a bucket", "a name", res)
		// https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html: 32 KB
		case "AWS::KMS::Key":
			atMost(32*1024, written(res.Prop("KeyPolicy")), "key policy", "a policy", res)
		// https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html, 30 KB
		case "AWS::SNS::TopicPolicy":
			atMost(30*1024, written(res.Prop("PolicyDocument")), "topic policy", "a policy", res)
		// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html, policyText: 10,240
		case "AWS::ECR::Repository":
			atMost(10240, written(res.Prop("RepositoryPolicyText")), "repository policy", "a policy", res)
		// https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html: 20,480 with white space
		case "AWS::EC2::VPCEndpoint":
			atMost(20480, written(res.Prop("PolicyDocument")), "endpoint policy", "a policy", res)
		// https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
		case "AWS::CodePipeline::Pipeline":
			stages, all := 0, 0
			for st := range res.Prop("Stages").Elems() {
				stages++
				actions := 0
				for a := range st.Get("Actions").Elems() {
					actions++
					atMost(100, len(a.Get("Name").Str()), "name of an action", "a name of an action", res)
				}
				atMost(50, actions, "actions of a stage", "actions of stage "+st.Get("Name").Str(), res)
				atMost(100, len(st.Get("Name").Str()), "name of a stage", "a name of a stage", res)
				all += actions
			}
			atMost(50, stages, "stages", "stages", res)
			atMost(1000, all, "actions of a pipeline", "actions", res)
			atMost(100, len(res.Name), "name of a pipeline", "a name", res)
		// https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html
		// https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html
		case "AWS::CodeBuild::Project":
			atMost(255, len(res.Name), "name of a build project", "a name", res)
			atMost(256*1024, len(res.Prop("Source", "BuildSpec").Str()), "buildspec", "a buildspec", res)
		// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
		// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html, ZipFile: 4 MB
		case "AWS::Lambda::Function":
			atMost(64, len(res.Name), "name of a function", "a name", res)
			atMost(4<<20, len(res.Prop("Code", "ZipFile").Str()), "code in a template", "code", res)
		// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html: 5 targets a rule
		case "AWS::Events::Rule":
			n := 0
			for range res.Prop("Targets").Elems() {
				n++
			}
			atMost(5, n, "targets of a rule", "targets", res)
		// https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html: 1 MB with names of 80
		case "AWS::StepFunctions::StateMachine":
			atMost(80, len(res.Name), "name of a state machine", "a name", res)
		// https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeploymentGroup.html
		case "AWS::CodeDeploy::DeploymentGroup", "AWS::CodeDeploy::Application":
			atMost(100, len(res.Name), "name in CodeDeploy", "a name", res)
		// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
		case "AWS::ECS::Service", "AWS::ECS::TaskDefinition", "AWS::ECS::Cluster":
			atMost(255, len(res.Name), "name in ECS", "a name", res)
		// https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
		case "AWS::SNS::Topic":
			atMost(256, len(res.Name), "name of a topic", "a name", res)
		}
	}
	templates(t, r, top)
	for _, of := range []string{
		"inline policies of a role", "managed policy", "managed policies of a role", "boundary", "trust", "bucket policy", "key policy", "endpoint policy", "repository policy",
		"stages", "actions of a stage", "actions of a pipeline", "template", "resources of a stack", "name of a role", "name of a bucket",
	} {
		t.Logf("%-28s %d", of, top[of])
	}
}

// templates holds the stacks to CloudFormation's limits
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html).
func templates(t *testing.T, r *Result, top largest) {
	t.Helper()
	bucket := map[string]bool{}
	for _, s := range r.Steps {
		if _, names, ok := strings.Cut(s.Why, "--s3-bucket BUCKET puts it: "); ok {
			for name := range strings.SplitSeq(names, ", ") {
				bucket[name] = true
			}
		}
	}
	for _, st := range r.Set.Stacks {
		if st.Exists {
			continue
		}
		top["resources of a stack"] = max(top["resources of a stack"], len(st.Resources))
		if n := len(st.Resources); n > 500 {
			t.Errorf("stack %s has %d resources, and CloudFormation takes 500", st.Name, n)
		}
		if len(st.Parameters) > 200 || len(st.Outputs) > 200 {
			t.Errorf("stack %s has %d parameters and %d outputs, and CloudFormation takes 200", st.Name, len(st.Parameters), len(st.Outputs))
		}
		for _, f := range r.Files {
			if f.Name != st.Name+".yaml" {
				continue
			}
			top["template"] = max(top["template"], len(f.Data))
			if n := len(f.Data); n > 1<<20 {
				t.Errorf("%s has %d bytes, and CloudFormation takes 1 MB", f.Name, n)
			} else if (n > bodyLimit) != bucket[f.Name] {
				t.Errorf("%s has %d bytes: a step says that it goes through a bucket: %v", f.Name, n, bucket[f.Name])
			}
		}
	}
}

// More than a role can hold is said, and not left to IAM.
func TestAttached(t *testing.T) {
	s, _ := spec.Read(source.NewFile("penstock.yaml", []byte(manySecrets(600))))
	_, err := Compile(s, testOptions())
	if err == nil || !strings.Contains(err.Error(), "IAM attaches no more than 10") {
		t.Errorf("600 secrets: %v", err)
	}
}

// Nothing that the user names may take the role of something else in the
// pipeline.
func TestTwoRoles(t *testing.T) {
	text := `project: dup
region: eu-west-1
accounts: {tools: "111111111111"}
source: {codecommit: dup}
builds: {pipeline: {buildspec: a.yml}}
stages: [{deploy: tools, name: site, s3: {bucket: dup-site}}]
audit: {alerts: [a@example.com]}
`
	s, found := spec.Read(source.NewFile("penstock.yaml", []byte(text)))
	if s == nil {
		t.Fatal(found)
	}
	if _, err := Compile(s, testOptions()); err == nil || !strings.Contains(err.Error(), "two roles dup-pipeline") {
		t.Errorf("got %v", err)
	}
}
