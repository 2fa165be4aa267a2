package expect_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"penstock/cloud"
	"penstock/doc"
	"penstock/doc/json"
	"penstock/expect"
	"penstock/iam"
	"penstock/prove"
	"penstock/source"
)

func TestParse(t *testing.T) {
	s, err := expect.Parse(source.NewFile("t.yaml", []byte(`
stacks: [a, b]
account: "111111111111"
parameters: {Stage: prod}
context: {aws:SourceVpce: null, aws:TagKeys: [a, b]}
tests:
  - who: Build
    may not: [s3:PutObject, kms:*]
    on: [Store/*, Other]
  - {name: named, because: it must, who: [everyone, codebuild.amazonaws.com], except: Admin, may: sts:GetCallerIdentity, stacks: c, region: eu-west-1}
`)))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(s.Templates.Paths, " ") != "a b" || s.Templates.Account != "111111111111" || s.Templates.Parameters[0] != "Stage=prod" || len(s.Context) != 2 || s.Context[0].Values != nil {
		t.Errorf("%+v", s)
	}
	a, b := s.Tests[0], s.Tests[1]
	if a.Name != "Build may not s3:PutObject, kms:* on Store/*, Other" || a.May || a.Templates != nil || a.At.Position().Line != 7 {
		t.Errorf("%+v", a)
	}
	if b.Name != "named" || !b.May || !b.Everyone || len(b.Who) != 1 || b.On[0] != "*" || b.Templates.Region != "eu-west-1" {
		t.Errorf("%+v", b)
	}
}

func TestParseErrors(t *testing.T) {
	for _, tt := range []struct{ in, want, hint string }{
		{"tests: []", "t.yaml:1:8: the file has no tests", "a list"},
		{"a: 1\ntests: [{who: a, may: s3:GetObject}]", `t.yaml:1:1: a file of tests has no "a"`, "tests"},
		{"tests: [{who: a}]", "the test asserts nothing", "may not"},
		{"tests: [{who: a, may: s3:A, may not: s3:B}]", `either "may" or "may not"`, "two tests"},
		{"tests: [{may: s3:A}]", "does not say who", "everyone"},
		{"tests: [{who: a, may: s3:A, mayNot: s3:B}]", `a test has no "mayNot"`, "may not"},
		{"tests: [{who: a, except: b, may: s3:A}]", "except belongs to who: everyone", "leave"},
		{"tests: [{who: a, may: s3:A, context: {SourceIp: x}}]", `"SourceIp" is no condition key`, "aws:SourceIp"},
		{"tests: [{who: a, may: s3:A, account: 12}]", `account "12" is no account id`, "twelve"},
		{"tests: [{who: a, who: b, may: s3:A}]", `written twice`, "remove"},
		{"tests: [{who: {a: b}, may: s3:A}]", `who must be text`, ""},
		{"tests: [{who: a, may: s3:A, region: x}]", `belong to stacks`, "stacks"},
		{"tests: [3]", `a test must be a map`, ""},
	} {
		_, err := expect.Parse(source.NewFile("t.yaml", []byte(tt.in)))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.in, err, tt.want)
			continue
		}
		var e *doc.Error
		if !errors.As(err, &e) || !strings.Contains(e.Hint(), tt.hint) {
			t.Errorf("%s: hint %q, want %q", tt.in, e.Hint(), tt.hint)
		}
	}
}

// world is two roles, of which one reads, under a scenario.
func world(t testing.TB, scenario string, names ...string) *cloud.Model {
	m := cloud.New()
	m.Scenario = []string{scenario}
	for _, name := range names {
		n, _, err := json.Parse(source.NewFile("p", []byte(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::`+name+`/*"}}`)))
		if err != nil {
			t.Fatal(err)
		}
		m.AddPrincipal(&cloud.Principal{
			Kind: cloud.Role, Name: name, Account: "111111111111", ARN: "arn:aws:iam::111111111111:role/" + name,
			Identity: []cloud.Attachment{{Policy: m.Policy(n, iam.Identity), Node: n}},
		})
	}
	return m
}

func TestRun(t *testing.T) {
	models := []*cloud.Model{world(t, "IsProd is true", "build", "deploy"), world(t, "IsProd is false", "build")}
	run := func(tests string) expect.Result {
		t.Helper()
		s, err := expect.Parse(source.NewFile("t.yaml", []byte("tests:\n- "+tests)))
		if err != nil {
			t.Fatal(err)
		}
		rs, err := s.Run(prove.NewEngine(), func(expect.Templates) ([]*cloud.Model, error) { return models, nil })
		if err != nil {
			t.Fatal(err)
		}
		return rs[0]
	}
	for _, tt := range []struct {
		test  string
		calls int
		fail  int
	}{
		{`{who: build, may not: "s3:Put*", on: "arn:aws:s3:::build/*", owner: "111111111111"}`, -1, 0},
		{`{who: build, may not: "s3:GetObject", on: "arn:aws:s3:::deploy/*", owner: "111111111111"}`, 1, 0},
		// A bucket that no template shows has a policy that nobody knows.
		{`{who: build, may: "s3:GetObject", on: "arn:aws:s3:::build/*", owner: "111111111111"}`, 1, 1},
		// What is not certain holds neither way.
		{`{who: build, may not: "s3:GetObject", on: "arn:aws:s3:::build/*", owner: "111111111111"}`, 1, 1},
		// Whether a queue that no template shows is open to anybody is not known.
		{`{who: everyone, may not: "sqs:SendMessage", on: "arn:aws:sqs:eu-west-1:111111111111:q"}`, 3, 1},
		{`{who: everyone, except: "*", may not: "sqs:SendMessage", on: "arn:aws:sqs:eu-west-1:111111111111:q"}`, 2, 0},
		{`{who: everyone, except: [build, "*"], may not: "ec2:DescribeInstances"}`, 1, 0},
		// Deploy is there in one scenario only, and that is enough.
		{`{who: deploy, may not: "ec2:DescribeInstances"}`, 1, 0},
	} {
		r := run(tt.test)
		if r.Err != nil || tt.calls >= 0 && r.Calls != tt.calls || len(r.Failures) != tt.fail || r.Passed() != (tt.fail == 0) {
			t.Errorf("%s: %d calls, %d failures, %v", tt.test, r.Calls, len(r.Failures), r.Err)
		}
	}
	if r := run(`{who: build, may not: "s3:Put*", on: "arn:aws:s3:::build/*"}`); r.Calls < 10 {
		t.Errorf("s3:Put* stands for %d calls", r.Calls)
	}
	// A name that means nothing proves nothing.
	for _, bad := range []string{
		`{who: biuld, may not: "s3:GetObject"}`, `{who: build, may not: "s3:Gett*"}`, `{who: build, may not: "nope:*"}`,
		`{who: build, may not: "s3:GetObject", on: nowhere}`, `{who: everyone, except: nobody, may not: "s3:GetObject"}`,
	} {
		if r := run(bad); r.Err == nil || r.Passed() {
			t.Errorf("%s: no error", bad)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("tests: [{who: a, may: s3:A}]")
	f.Fuzz(func(t *testing.T, in string) {
		s, err := expect.Parse(source.NewFile("t.yaml", []byte(in)))
		if err == nil && len(s.Tests) == 0 {
			t.Error("no tests and no error")
		}
	})
}

// TestSchema: the schema for editors has the fields that the parser takes.
func TestSchema(t *testing.T) {
	data, err := os.ReadFile("../docs/schema/access-1.json")
	if err != nil {
		t.Fatal(err)
	}
	n, _, err := json.Parse(source.NewFile("access-1.json", data))
	if err != nil {
		t.Fatal(err)
	}
	names := func(n *doc.Node) string {
		var out []string
		for _, f := range n.Fields {
			out = append(out, f.Name())
		}
		slices.Sort(out)
		return "it has " + strings.Join(out, ", ")
	}
	for in, props := range map[string]*doc.Node{
		"nope: 1":                          n.Get("properties"),
		"tests: [{who: a, may: b, no: 1}]": n.At("$defs", "test", "properties"),
	} {
		_, err := expect.Parse(source.NewFile("t.yaml", []byte(in)))
		var e *doc.Error
		if !errors.As(err, &e) || e.Hint() != names(props) {
			t.Errorf("the parser says %q, the schema %q", e.Hint(), names(props))
		}
	}
}
