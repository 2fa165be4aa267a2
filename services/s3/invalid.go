package s3

import (
	"fmt"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/iam"
	"penstock/iam/facts"
	"penstock/match"
	"penstock/truth"
)

// S3 looks at a bucket policy when it is set, and refuses one whose resources
// are not the bucket or in it ("Policy has invalid resource"), and one with an
// action that no resource of its statement is of the right kind for ("Action
// does not apply to any resource(s) in statement").

// invalidPolicy finds such a policy of a bucket, of those that r declares.
func invalidPolicy(m *cloud.Model, r, bucket *cloud.Resource) {
	for _, a := range bucket.Policies {
		if a.Resource != r || a.Policy == nil || len(a.Policy.Maybe)+len(bucket.Opaque) > 0 || a.Policy.Broken != "" {
			continue
		}
		for i := range a.Policy.Statements {
			s := &a.Policy.Statements[i]
			if len(s.Maybe) > 0 || !s.HasResource {
				continue
			}
			if !foreign(m, s, bucket) {
				misplaced(m, s)
			}
		}
	}
}

// foreign reports a resource that is not of the bucket.
func foreign(m *cloud.Model, s *iam.Statement, bucket *cloud.Resource) bool {
	whole := match.Literal(bucket.ARN)
	for _, e := range s.Resources {
		if len(e.Maybe) > 0 || e.Text == "*" {
			continue
		}
		p := match.Compile(e.Text)
		head, _, object := strings.Cut(e.Text, "/")
		if p.Match(bucket.ARN) != truth.No || object && (whole.Match(head) != truth.No || headed(head, bucket.ARN)) {
			continue
		}
		m.Findings = append(m.Findings, diag.Finding{
			Code: "RUN124", Theorem: "runs", At: e.Span, Severity: diag.Error, Certainty: diag.Proved,
			Message:  fmt.Sprintf("the policy of bucket %s names %s, which is not this bucket and not in it", match.Render(bucket.Name), match.Render(e.Text)),
			AWSError: "Policy has invalid resource (Service: Amazon S3; Status Code: 400; Error Code: MalformedPolicy)",
		})
		return true
	}
	return false
}

// headed reports whether a pattern for the part before the first slash may
// cover an ARN.
func headed(pattern, arn string) bool {
	p := match.Compile(pattern)
	return p.Match(arn) != truth.No
}

// misplaced reports an action for objects beside resources that are buckets,
// or the other way round.
func misplaced(m *cloud.Model, s *iam.Statement) {
	if s.NotAction || s.NotResource {
		return
	}
	var bucket, object bool
	for _, e := range s.Resources {
		head, _, slash := strings.Cut(e.Text, "/")
		switch {
		case slash:
			object = true
			bucket = bucket || strings.ContainsAny(head, "*?")
		case match.HasHole(e.Text) && !closed(e.Text), strings.ContainsAny(e.Text, "*?"), len(e.Maybe) > 0:
			return // both, for all we know
		default:
			bucket = true
		}
	}
	for _, a := range s.Actions {
		if len(a.Maybe) > 0 || match.HasHole(a.Text) || strings.ContainsAny(a.Text, "*?") {
			continue
		}
		onBucket, onObject, known := appliesTo(a.Text)
		if !known || onBucket && bucket || onObject && object {
			continue
		}
		what := "an object (the bucket's ARN and \"/*\")"
		if onBucket {
			what = "the bucket (its ARN without \"/*\")"
		}
		m.Findings = append(m.Findings, diag.Finding{
			Code: "RUN124", Theorem: "runs", At: a.Span, Severity: diag.Error, Certainty: diag.Proved,
			Message:  fmt.Sprintf("%s is asked of %s, and no resource of the statement is one: S3 refuses the bucket policy", a.Text, what),
			AWSError: "Action does not apply to any resource(s) in statement (Service: Amazon S3; Status Code: 400; Error Code: MalformedPolicy)",
		})
		return
	}
}

// closed reports whether the last hole of a symbolic ARN cannot hold a slash.
func closed(text string) bool {
	slash := match.Compile("*/*")
	return slash.Match(text) == truth.No
}

// appliesTo says which kinds of resource an action of S3 is asked of.
func appliesTo(action string) (bucket, object, known bool) {
	svc, name, _ := strings.Cut(action, ":")
	f, ok := facts.Service("s3")
	if !ok || !strings.EqualFold(svc, "s3") {
		return false, false, false
	}
	a, ok := f.Action(name)
	if !ok {
		return false, false, false
	}
	for _, r := range a.Resources {
		switch r.Type {
		case "bucket":
			bucket = true
		case "object":
			object = true
		}
	}
	return bucket, object, bucket || object
}

const invalidDoc = `
S3 checks a bucket policy when it is set. Every resource must be the bucket itself (its ARN) or something in it (its ARN,
"/" and a key), and every action must be one that some resource of the same statement is of the right kind for: s3:GetObject
and s3:PutObject are asked of objects, s3:ListBucket and s3:GetBucketLocation of the bucket.

**What AWS shows**: "Policy has invalid resource", "Action does not apply to any resource(s) in statement", with the code
MalformedPolicy; the stack is rolled back.

**Remedy**: name both the bucket and "/*" where the statement has actions of both kinds, or a statement for each.

**Sources**
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
`
