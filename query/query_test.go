package query_test

import (
	"errors"
	"strings"
	"testing"

	"penstock/cloud"
	"penstock/doc/json"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/match"
	"penstock/prove"
	"penstock/query"
	"penstock/source"
)

// world is a role of 111111111111, a bucket of 222222222222 that opens to it,
// and two roles of one name.
func world(t testing.TB) *cloud.Model {
	m := cloud.New()
	tools := &cloud.Stack{Name: "tools", Account: "111111111111", Region: "eu-west-1"}
	prod := &cloud.Stack{Name: "prod", Account: "222222222222", Region: "eu-west-1"}
	m.Stacks = []*cloud.Stack{tools, prod}
	parse := func(k iam.Kind, text string) cloud.Attachment {
		n, _, err := json.Parse(source.NewFile("policy.json", []byte(text)))
		if err != nil {
			t.Fatal(err)
		}
		return cloud.Attachment{Policy: m.Policy(n, k), Node: n}
	}
	role := func(s *cloud.Stack, id, name, policy string) {
		r := &cloud.Resource{Type: "AWS::IAM::Role", Stack: s, LogicalID: id, Account: s.Account, Region: s.Region, Name: name, ARN: "arn:aws:iam::" + s.Account + ":role/" + name}
		m.Add(r)
		p := &cloud.Principal{Kind: cloud.Role, ARN: r.ARN, Name: name, Path: "/", Account: s.Account, Resource: r}
		p.Identity = []cloud.Attachment{parse(iam.Identity, policy)}
		m.AddPrincipal(p)
	}
	reader := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}`
	role(tools, "Build", "build", reader)
	role(tools, "Deploy", "deploy", reader)
	role(prod, "Deploy", "deploy", reader)
	role(prod, "Generated", match.Hole(match.Name, "prod.Generated"), reader)
	b := &cloud.Resource{Type: "AWS::S3::Bucket", Stack: prod, LogicalID: "Store", Account: prod.Account, Region: prod.Region, Name: "store", Ref: "store", ARN: "arn:aws:s3:::store"}
	b.Policies = []cloud.Attachment{parse(iam.Resource, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/build"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::store/*"}}`)}
	m.Add(b)
	return m
}

func TestAsk(t *testing.T) {
	m := world(t)
	for _, tt := range []struct{ who, action, on, want string }{
		{"build", "s3:GetObject", "store/k", "allow arn:aws:s3:::store/k"},
		{"Build", "s3:GetObject", "Store/a/b:c", "allow arn:aws:s3:::store/a/b:c"},
		{"tools/Build", "s3:GetObject", "prod/Store", "allow arn:aws:s3:::store/‹any object›"},
		{"role/build", "s3:ListBucket", "Store", "deny arn:aws:s3:::store"},
		{"tools/Deploy", "s3:GetObject", "arn:aws:s3:::store/k", "deny arn:aws:s3:::store/k"},
		{"prod/Deploy", "s3:GetObject", "arn:aws:s3:::store/k", "allow arn:aws:s3:::store/k"},
		{"Generated", "s3:GetObject", "store/k", "allow arn:aws:s3:::store/k"},
		{"arn:aws:sts::111111111111:assumed-role/build/s", "s3:GetObject", "store/k", "allow arn:aws:s3:::store/k"},
		{"arn:aws:iam::111111111111:role/elsewhere", "s3:GetObject", "store/k", "deny arn:aws:s3:::store/k"},
		{"arn:aws:iam::222222222222:role/elsewhere", "s3:GetObject", "store/k", "depends arn:aws:s3:::store/k"},
		{"build", "s3:GetObject", "arn:aws:s3:::foreign/k", "depends arn:aws:s3:::foreign/k"},
		{"*", "s3:GetObject", "store/k", "deny arn:aws:s3:::store/k"},
		{"build", "sts:GetCallerIdentity", "*", "allow *"},
	} {
		a, err := query.Ask([]*cloud.Model{m}, prove.NewEngine(), query.Question{Who: tt.who, Action: tt.action, On: tt.on})
		if err != nil {
			t.Errorf("%v: %v", tt, err)
			continue
		}
		if got := a.Verdict().String() + " " + match.Render(a.Main().Request.Resource); got != tt.want {
			t.Errorf("%s %s %s: %s, want %s (%v)", tt.who, tt.action, tt.on, got, tt.want, a.Missing())
		}
	}
}

func TestUnclear(t *testing.T) {
	m := world(t)
	for _, tt := range []struct{ who, action, on, want, hint string }{
		{"deploy", "s3:GetObject", "store/k", `principal "deploy" could be any of tools/Deploy, prod/Deploy`, "by its ARN"},
		{"biuld", "s3:GetObject", "store/k", `there is no principal "biuld"`, "did you mean build"},
		{"zzzzzz", "s3:GetObject", "store/k", `there is no principal "zzzzzz"`, "a principal is an ARN"},
		{"arn:aws:iam", "s3:GetObject", "store/k", `there is no principal "arn:aws:iam"`, "six parts"},
		{"build", "s3:GetObject", "stroe/k", `there is no resource "stroe/k"`, "a resource is"},
		{"build", "s3:GetObject", "stor", `there is no resource "stor"`, "did you mean Store or store?"},
		{"build", "s3:getobjects", "store/k", `there is no action "s3:getobjects"`, "s3:GetObject"},
		{"build", "s3", "store/k", `"s3" is no action`, "service:Name"},
		{"build", "kmss:Decrypt", "store/k", `there is no service "kmss"`, "did you mean kms"},
	} {
		_, err := query.Ask([]*cloud.Model{m}, prove.NewEngine(), query.Question{Who: tt.who, Action: tt.action, On: tt.on})
		u, ok := errors.AsType[*query.Unclear](err)
		if !ok || u.Error() != tt.want || !strings.Contains(u.Hint(), tt.hint) {
			t.Errorf("%v: %v, hint %q", tt, err, u.Hint())
		}
	}
}

// TestScenarios: where the templates leave a condition open, the answer is
// that of all scenarios, or depends on it.
func TestScenarios(t *testing.T) {
	yes, no := world(t), cloud.New()
	yes.Scenario, no.Scenario = []string{"IsProd is true"}, []string{"IsProd is false"}
	q := query.Question{Who: "build", Action: "s3:GetObject", On: "store/k"}
	a, err := query.Ask([]*cloud.Model{no, yes}, prove.NewEngine(), q)
	if err != nil || a.Verdict() != authz.Allow || a.Cases[0].Absent == "" {
		t.Errorf("a role that exists in one scenario: %v, %v", err, a)
	}
	if _, err = query.Ask([]*cloud.Model{no}, prove.NewEngine(), q); err == nil {
		t.Error("a role that exists in none: no error")
	}
	other := world(t)
	other.Scenario = []string{"IsProd is false"}
	other.Principal("arn:aws:iam::111111111111:role/build").Identity = nil
	a, err = query.Ask([]*cloud.Model{other, yes}, prove.NewEngine(), q)
	if err != nil || a.Verdict() != authz.Depends || strings.Join(a.Missing(), ", ") != "whether IsProd is false, whether IsProd is true" {
		t.Errorf("scenarios that differ: %v, %v, %v", err, a.Verdict(), a.Missing())
	}
}

// TestContext: what is given counts, and what follows from it.
func TestContext(t *testing.T) {
	m := world(t)
	ask := func(settings ...query.Setting) iam.Context {
		a, err := query.Ask([]*cloud.Model{m}, prove.NewEngine(), query.Question{Who: "build", Action: "s3:GetObject", On: "store/k", Context: settings})
		if err != nil {
			t.Fatal(err)
		}
		return a.Main().Request.Context
	}
	c := ask()
	if v := c.Get("aws:ViaAWSService"); v.State != iam.Known || v.Values[0] != "false" {
		t.Errorf("a direct call: %v", v)
	}
	if v := c.Get("aws:MultiFactorAuthPresent"); v.State != iam.Unknown {
		t.Errorf("whether somebody has a second factor: %v", v)
	}
	c = ask(query.Setting{Key: "kms:ViaService", Values: []string{"s3.eu-west-1.amazonaws.com"}}, query.Setting{Key: "aws:TagKeys", Values: []string{"a"}}, query.Setting{Key: "aws:SourceVpce"})
	if v := c.Get("aws:ViaAWSService"); v.State != iam.Unknown {
		t.Errorf("through a service: %v", v)
	}
	if v := c.Get("aws:TagKeys"); !v.Multi {
		t.Errorf("a key with several values: %v", v)
	}
	if v := c.Get("aws:SourceVpce"); v.State != iam.Absent {
		t.Errorf("a key that is not there: %v", v)
	}
}
