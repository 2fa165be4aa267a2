package reach

import (
	"fmt"
	"strings"
	"testing"

	"penstock/cloud"
	"penstock/iam"
	"penstock/iam/authz"
)

func attached(t testing.TB, k iam.Kind, text string) cloud.Attachment {
	return cloud.Attachment{Policy: policy(t, k, text)}
}

func roleOf(t testing.TB, m *cloud.Model, account, name, trust string, identity ...string) string {
	arn := "arn:aws:iam::" + account + ":role/" + name
	tr := attached(t, iam.Trust, trust)
	p := &cloud.Principal{Kind: cloud.Role, ARN: arn, Name: name, Account: account, Trust: &tr}
	for _, i := range identity {
		p.Identity = append(p.Identity, attached(t, iam.Identity, i))
	}
	m.AddPrincipal(p)
	return arn
}

func bucketOf(t testing.TB, m *cloud.Model, account, name, text string) {
	r := &cloud.Resource{Type: "AWS::S3::Bucket", LogicalID: name, Account: account, Region: "us-east-1", Ref: name, Name: name, ARN: "arn:aws:s3:::" + name, Stack: &cloud.Stack{Name: "s"}}
	if text != "" {
		r.Policies = []cloud.Attachment{attached(t, iam.Resource, text)}
	}
	m.Add(r)
}

const trustBuild = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"codebuild.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

func small(t testing.TB) *cloud.Model {
	m := cloud.New()
	roleOf(t, m, "111111111111", "build", trustBuild,
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::artifacts","arn:aws:s3:::artifacts/*"]},{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::222222222222:role/deploy-*"}]}`)
	roleOf(t, m, "222222222222", "deploy-app", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/build"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"x"}}}]}`)
	roleOf(t, m, "222222222222", "deploy-db", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/release"},"Action":"sts:AssumeRole"}]}`)
	bucketOf(t, m, "111111111111", "artifacts", `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:Delete*","Resource":["arn:aws:s3:::artifacts","arn:aws:s3:::artifacts/*"]}]}`)
	bucketOf(t, m, "111111111111", "shared", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/build"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::shared/*"}]}`)
	bucketOf(t, m, "222222222222", "prod", "")
	return m
}

func TestExists(t *testing.T) {
	m := small(t)
	e := New(authz.New(authz.Options{}), Options{})
	build := iam.Principal{ARN: "arn:aws:iam::111111111111:role/build"}
	tests := []struct {
		name  string
		space Space
		want  Verdict
	}{
		{"an artifact", Space{Actions: []string{"s3:GetObject"}, Resources: []string{"arn:aws:s3:::artifacts/*"}}, Some},
		{"the bucket's policy denies", Space{Actions: []string{"s3:Delete*"}, Resources: []string{"arn:aws:s3:::artifacts/*"}}, None},
		{"granted by the bucket alone", Space{Actions: []string{"s3:GetObject"}, Resources: []string{"arn:aws:s3:::sh*"}}, Some},
		{"only objects are", Space{Actions: []string{"s3:ListBucket"}, Resources: []string{"arn:aws:s3:::shared"}}, None},
		{"another account's", Space{Actions: []string{"s3:*"}, Resources: []string{"arn:aws:s3:::prod", "arn:aws:s3:::prod/*"}}, None},
		{"deleting anywhere", Space{Actions: []string{"s3:DeleteObject"}}, None},
		{"a role with a condition", Space{Actions: []string{"sts:AssumeRole"}, Resources: []string{"arn:aws:iam::222222222222:role/deploy-app"}}, Some},
		{"the condition cannot hold", Space{Actions: []string{"sts:AssumeRole"}, Resources: []string{"arn:aws:iam::222222222222:role/deploy-app"}, Fixed: true}, None},
		{"a role that trusts another", Space{Actions: []string{"sts:AssumeRole"}, Resources: []string{"arn:aws:iam::222222222222:role/deploy-db"}}, None},
		{"some role", Space{Actions: []string{"sts:AssumeRole"}, Resources: []string{"arn:aws:iam::222222222222:role/*"}}, Some},
		{"an undeclared role", Space{Actions: []string{"sts:AssumeRole"}, Resources: []string{"arn:aws:iam::222222222222:role/deploy-x"}}, Depends},
		{"no right to ask", Space{Actions: []string{"iam:*"}}, None},
	}
	for _, test := range tests {
		test.space.Principal = build
		a := e.Exists(m, test.space)
		if a.Verdict != test.want {
			t.Errorf("%s: %v, want %v; missing %q, witness %+v", test.name, a.Verdict, test.want, a.Missing, a.Witness)
		}
		if a.Verdict == Some {
			if d := authz.New(authz.Options{}).Decide(a.Witness, authz.Collect(m, a.Witness)); d != authz.Allow {
				t.Errorf("%s: authz says %v of %+v", test.name, d, a.Witness)
			}
		}
	}
}

func TestAll(t *testing.T) {
	m := small(t)
	e := New(authz.New(authz.Options{}), Options{Actions: func(svc string) []string {
		return map[string][]string{"s3": {"GetObject", "PutObject", "DeleteObject", "ListBucket"}, "sts": {"AssumeRole"}}[svc]
	}})
	var got []string
	for a := range e.All(m, Space{Principal: iam.Principal{ARN: "arn:aws:iam::111111111111:role/build"}}) {
		if a.Verdict == Some {
			got = append(got, a.Witness.Action+" "+a.Witness.Resource)
		} else {
			got = append(got, "depends")
		}
	}
	text := strings.Join(got, "\n")
	for _, want := range []string{" arn:aws:s3:::artifacts", "s3:GetObject arn:aws:s3:::shared/", "sts:AssumeRole arn:aws:iam::222222222222:role/deploy-app"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s among\n%s", want, text)
		}
	}
	if strings.Contains(text, "Delete") || strings.Contains(text, "deploy-db") {
		t.Errorf("more than there is:\n%s", text)
	}
}

// crowd is a model of n roles in one account, each of which trusts a few.
func crowd(t testing.TB, n int) (*cloud.Model, []string) {
	m := cloud.New()
	var arns []string
	for i := range n {
		trust := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111111111111:role/r%d","arn:aws:iam::111111111111:role/r%d"]},"Action":"sts:AssumeRole"}]}`, (i+1)%n, (i*7+3)%n)
		if i%10 == 0 {
			trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:PrincipalTag/team":"a"}}}]}`
		}
		identity := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::b%d/*"},{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::111111111111:role/r%d*"}]}`, i, i%100)
		arns = append(arns, roleOf(t, m, "111111111111", fmt.Sprint("r", i), trust, identity))
	}
	return m, arns
}

func BenchmarkAllPairs(b *testing.B) {
	m, arns := crowd(b, 1000)
	b.ReportAllocs()
	some := 0
	for b.Loop() {
		e := New(authz.New(authz.Options{}), Options{})
		some = 0
		for _, from := range arns {
			for _, to := range arns {
				if e.Exists(m, Space{Principal: iam.Principal{ARN: from}, Actions: []string{"sts:AssumeRole"}, Resources: []string{to}}).Verdict == Some {
					some++
				}
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(arns)*len(arns)), "µs/pair")
	b.ReportMetric(float64(some), "edges")
}

func TestAllPairsAgreeWithAuthz(t *testing.T) {
	m, arns := crowd(t, 30)
	ae := authz.New(authz.Options{})
	e := New(ae, Options{})
	for _, from := range arns {
		for _, to := range arns {
			a := e.Exists(m, Space{Principal: iam.Principal{ARN: from}, Actions: []string{"sts:AssumeRole"}, Resources: []string{to}})
			allowed := false
			for _, team := range []string{"", "a", "b"} {
				req := iam.Request{Principal: iam.Principal{ARN: from}, Action: "sts:AssumeRole", Resource: to}
				if team != "" {
					req.Context.Set("aws:PrincipalTag/team", team)
				}
				allowed = allowed || ae.Decide(&req, authz.Collect(m, &req)) == authz.Allow
			}
			if allowed != (a.Verdict == Some) {
				t.Errorf("%s to %s: %v, authz allows %v", from, to, a.Verdict, allowed)
			}
		}
	}
}

// BenchmarkFind asks one question that needs the solver.
func BenchmarkFind(b *testing.B) {
	m := small(b)
	e := New(authz.New(authz.Options{}), Options{})
	s := Space{Principal: iam.Principal{ARN: "arn:aws:iam::111111111111:role/build"}, Actions: []string{"s3:Delete*", "s3:Put*"}, Resources: []string{"arn:aws:s3:::artifacts/*"}, ResourceAccount: "111111111111"}
	pol := authz.Collect(m, &iam.Request{Principal: s.Principal, Action: "s3:PutObject", Resource: "arn:aws:s3:::artifacts/x"})
	b.ReportAllocs()
	for b.Loop() {
		if e.Find(pol, s).Verdict != Some {
			b.Fatal("no witness")
		}
	}
}
