package authz

import (
	"fmt"
	"strings"
	"testing"

	"penstock/iam"
)

// crossAccount is a build role of 111111111111 that reads an artifact in a
// bucket of 222222222222: boundary, two SCP levels, RCP, bucket policy.
func crossAccount(t testing.TB) (*iam.Request, *Policies) {
	req := &iam.Request{
		Principal:       iam.Principal{ARN: "arn:aws:sts::111111111111:assumed-role/build/run-17", Role: "arn:aws:iam::111111111111:role/build"},
		Action:          "s3:GetObject",
		Resource:        "arn:aws:s3:::artifacts/web/source.zip",
		ResourceAccount: "222222222222",
	}
	req.Context.Set("aws:RequestedRegion", "eu-west-1")
	req.Context.Set("aws:PrincipalOrgID", "o-example")
	req.Context.Set("aws:SecureTransport", "true")
	req.Context.Set("aws:SourceIp", "203.0.113.7")
	p := &Policies{
		Identity: parse(t, iam.Identity, `{"Version":"2012-10-17","Statement":[
			{"Effect":"Allow","Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],"Resource":"arn:aws:logs:eu-west-1:111111111111:log-group:/aws/codebuild/*"},
			{"Effect":"Allow","Action":["s3:GetObject","s3:GetObjectVersion","s3:PutObject"],"Resource":"arn:aws:s3:::artifacts/*"},
			{"Effect":"Allow","Action":["kms:Decrypt","kms:GenerateDataKey*"],"Resource":"arn:aws:kms:eu-west-1:222222222222:key/0b0b0b0b-1111-4222-8333-444455556666"}]}`),
		Boundary: parse(t, iam.Boundary, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","logs:*","kms:*","codebuild:*"],"Resource":"*"}]}`),
		SCP: [][]*iam.Policy{
			parse(t, iam.SCP, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`),
			parse(t, iam.SCP, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},
				{"Effect":"Deny","NotAction":["iam:*","sts:*"],"Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","eu-central-1"]}}}]}`),
		},
		RCP: [][]*iam.Policy{parse(t, iam.RCP, `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*",
			"Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-example"},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}}]}`)},
		Resource: parse(t, iam.Resource, `{"Version":"2012-10-17","Statement":[
			{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/build"},"Action":["s3:GetObject","s3:GetObjectVersion"],"Resource":"arn:aws:s3:::artifacts/*"},
			{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::artifacts","arn:aws:s3:::artifacts/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`),
	}
	return req, p
}

func BenchmarkDecideCrossAccount(b *testing.B) {
	req, p := crossAccount(b)
	e := New(Options{})
	if v := e.Decide(req, p); v != Allow {
		b.Fatalf("%v: %+v", v, e.Explain(req, p))
	}
	b.ReportAllocs()
	for b.Loop() {
		e.Decide(req, p)
	}
}

func TestDecideDoesNotAllocate(t *testing.T) {
	req, p := crossAccount(t)
	e := New(Options{})
	e.Decide(req, p)
	if n := testing.AllocsPerRun(100, func() { e.Decide(req, p) }); n != 0 {
		t.Errorf("Decide allocates %v times", n)
	}
}

// many is one principal with n statements.
func many(n int) string {
	var b strings.Builder
	b.WriteString(`{"Version":"2012-10-17","Statement":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"Effect":"Allow","Action":["svc%d:Get*","s3:GetObject"],"Resource":"arn:aws:s3:::bucket-%d/*"}`, i%50, i)
	}
	b.WriteString(`]}`)
	return b.String()
}

func BenchmarkDecide10000Statements(b *testing.B) {
	p := &Policies{Identity: parse(b, iam.Identity, many(10000))}
	req := &iam.Request{
		Principal: iam.Principal{ARN: "arn:aws:iam::111111111111:user/dana"}, Action: "s3:GetObject",
		Resource: "arn:aws:s3:::bucket-9999/k", ResourceAccount: "111111111111",
	}
	e := New(Options{})
	if v := e.Decide(req, p); v != Allow {
		b.Fatal(v)
	}
	b.ReportAllocs()
	for b.Loop() {
		e.Decide(req, p)
	}
}

func BenchmarkExplain(b *testing.B) {
	req, p := crossAccount(b)
	e := New(Options{})
	b.ReportAllocs()
	for b.Loop() {
		e.Explain(req, p)
	}
}

// BenchmarkDecideVariable is a policy with a variable in its resource.
func BenchmarkDecideVariable(b *testing.B) {
	req := &iam.Request{
		Principal: iam.Principal{ARN: "arn:aws:iam::111111111111:user/dev"}, Action: "s3:GetObject",
		Resource: "arn:aws:s3:::artifacts/dev/source.zip", ResourceAccount: "111111111111",
	}
	p := &Policies{Identity: parse(b, iam.Identity, `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::artifacts/${aws:username}/*"}]}`)}
	e := New(Options{})
	if v := e.Decide(req, p); v != Allow {
		b.Fatal(v)
	}
	b.ReportAllocs()
	for b.Loop() {
		e.Decide(req, p)
	}
}
