package iam

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"penstock/doc"
	"penstock/doc/json"
	"penstock/match"
	"penstock/source"
)

func tree(t testing.TB, text string) *doc.Node {
	t.Helper()
	n, _, err := json.Parse(source.NewFile("policy.json", []byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

var kinds = map[string]Kind{
	"identity": Identity, "resource": Resource, "trust": Trust, "boundary": Boundary,
	"session": Session, "scp": SCP, "rcp": RCP, "endpoint": Endpoint,
}

// TestFindings walks testdata/*.txtar: files "NAME.KIND.json" hold a policy,
// "want" has a line "NAME ok|broken CODE …" for each.
func TestFindings(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no archives", err)
	}
	seen := map[string]bool{}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var got, want []string
		for _, f := range a.Files {
			if f.Name == "want" {
				want = strings.Split(strings.TrimSpace(string(f.Data)), "\n")
				continue
			}
			parts := strings.Split(f.Name, ".")
			k, ok := kinds[parts[1]]
			if !ok {
				t.Fatalf("%s: no kind in %q", file, f.Name)
			}
			p, findings := Parse(tree(t, string(f.Data)), k)
			line := []string{parts[0], "ok"}
			if p.Broken != "" {
				line[1] = "broken"
			}
			for _, x := range findings {
				line = append(line, x.Code)
				seen[x.Code] = true
				if x.At.IsZero() || x.Message == "" || strings.HasSuffix(x.Message, ".") {
					t.Errorf("%s %s: finding %+v", file, f.Name, x)
				}
			}
			got = append(got, strings.Join(line, " "))
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", file, d)
		}
	}
	var last string
	for _, c := range Codes() {
		if c.Code <= last || c.Title == "" || !strings.HasPrefix(c.Source, "https://docs.aws.amazon.com/") {
			t.Errorf("code %+v is out of order or without title or source", c)
		}
		last = c.Code
		if !seen[c.Code] {
			t.Errorf("no archive shows %s, %s", c.Code, c.Title)
		}
	}
}

// TestUncertain makes nodes unknown and looks at what is left of certainty.
func TestUncertain(t *testing.T) {
	const text = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:Get*","s3:Put*"],"Resource":"arn:aws:s3:::b/*","Condition":{"StringEquals":{"a:b":"c"}}}]}`
	unknown := func(n *doc.Node) { *n = doc.Node{Kind: doc.Unknown, Text: "Param", Span: n.Span} }
	when := func(n *doc.Node) { n.Maybe = []string{"IsProd"} }
	first := func(n *doc.Node) *doc.Node { return n.Get("Statement").Items[0] }
	for _, tt := range []struct {
		name  string
		edit  func(root *doc.Node)
		check func(t *testing.T, p *Policy)
	}{
		{"the document", unknown, two("Param")},
		{"the statements", func(n *doc.Node) { unknown(n.Get("Statement")) }, two("Param")},
		{"a statement", func(n *doc.Node) { unknown(first(n)) }, two("Param")},
		{"the effect", func(n *doc.Node) { unknown(first(n).Get("Effect")) }, two("Param")},
		{"a statement that may be absent", func(n *doc.Node) { when(first(n)) }, one("IsProd")},
		{"an action", func(n *doc.Node) { unknown(first(n).Get("Action").Items[0]) }, func(t *testing.T, p *Policy) {
			if !match.HasHole(p.Statements[0].Actions[0].Text) || match.HasHole(p.Statements[0].Actions[1].Text) {
				t.Errorf("actions %v", p.Statements[0].Actions)
			}
		}},
		{"an action that may be absent", func(n *doc.Node) { when(first(n).Get("Action").Items[0]) }, func(t *testing.T, p *Policy) {
			if d := cmp.Diff([]string{"IsProd"}, p.Statements[0].Actions[0].Maybe); d != "" {
				t.Error(d)
			}
		}},
		{"the action element may be absent", func(n *doc.Node) { when(first(n).Get("Action")) }, func(t *testing.T, p *Policy) {
			one("IsProd")(t, p)
			if p.Statements[0].Actions[0].Text != "*" {
				t.Errorf("actions %v", p.Statements[0].Actions)
			}
		}},
		{"the condition", func(n *doc.Node) { unknown(first(n).Get("Condition")) }, one("Param")},
		{"the condition may be absent", func(n *doc.Node) { when(first(n).Get("Condition")) }, one("IsProd")},
		{"an operator", func(n *doc.Node) { unknown(first(n).At("Condition", "StringEquals")) }, one("Param")},
		{"a value", func(n *doc.Node) { unknown(first(n).At("Condition", "StringEquals", "a:b")) }, func(t *testing.T, p *Policy) {
			if c := p.Statements[0].Conditions[0]; len(c.Values) != 1 || !match.HasHole(c.Values[0].Text) {
				t.Errorf("conditions %v", p.Statements[0].Conditions)
			}
		}},
		{"a flaw that may be absent", func(n *doc.Node) {
			when(first(n))
			first(n).Get("Effect").Text = "Permit"
		}, func(t *testing.T, p *Policy) {
			if p.Broken != "" || !slices.Contains(p.Maybe, "IsProd") {
				t.Errorf("broken %q, maybe %v", p.Broken, p.Maybe)
			}
		}},
	} {
		root := tree(t, text)
		tt.edit(root)
		p, _ := Parse(root, Identity)
		if p.Broken != "" {
			t.Errorf("%s: broken: %s", tt.name, p.Broken)
		}
		t.Run(tt.name, func(t *testing.T) { tt.check(t, p) })
	}
}

// two wants a statement that allows and one that denies, both uncertain.
func two(fact string) func(*testing.T, *Policy) {
	return func(t *testing.T, p *Policy) {
		t.Helper()
		if len(p.Statements) != 2 || p.Statements[0].Effect == p.Statements[1].Effect {
			t.Fatalf("statements %+v", p.Statements)
		}
		for _, s := range p.Statements {
			if d := cmp.Diff([]string{fact}, s.Maybe); d != "" {
				t.Error(d)
			}
		}
	}
}

// one wants a single statement that is uncertain.
func one(fact string) func(*testing.T, *Policy) {
	return func(t *testing.T, p *Policy) {
		t.Helper()
		if len(p.Statements) != 1 {
			t.Fatalf("statements %+v", p.Statements)
		}
		if d := cmp.Diff([]string{fact}, p.Statements[0].Maybe); d != "" {
			t.Error(d)
		}
	}
}

func TestVariables(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want []Part
		bad  bool
	}{
		{"plain", nil, false},
		{"a/${aws:username}/*", []Part{{Text: "a/"}, {Key: "aws:username"}, {Text: "/*"}}, false},
		{"${*}${?}${$}", []Part{{Literal: '*'}, {Literal: '?'}, {Literal: '$'}}, false},
		{"${aws:PrincipalTag/team, 'a, b}'}x", []Part{{Key: "aws:PrincipalTag/team", Default: "a, b}", HasDefault: true}, {Text: "x"}}, false},
		{"${a:b,''}", []Part{{Key: "a:b", HasDefault: true}}, false},
		{"${open", []Part{{Text: "${open"}}, true},
		{"${}", []Part{{Text: "${}"}}, true},
	} {
		got, bad := Variables(tt.in)
		if d := cmp.Diff(tt.want, got); d != "" || bad != tt.bad {
			t.Errorf("Variables(%q) bad %v (-want +got):\n%s", tt.in, bad, d)
		}
	}
}

func TestParseOperator(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want Operator
		ok   bool
	}{
		{"StringEquals", Operator{Base: StringEquals}, true},
		{"ForAnyValue:StringNotLikeIfExists", Operator{Base: StringLike, Set: ForAnyValue, Negated: true, IfExists: true}, true},
		{"forallvalues:arnequals", Operator{Base: ARNLike, Set: ForAllValues}, true},
		{"NotIpAddress", Operator{Base: IPAddress, Negated: true}, true},
		{"Null", Operator{Base: Null}, true},
		{"NullIfExists", Operator{Base: Null, IfExists: true}, false},
		{"ForAnyValues:StringEquals", Operator{}, false},
		{"StringNotEqual", Operator{}, false},
		{"IfExists", Operator{}, false},
		{"", Operator{}, false},
	} {
		got, ok := ParseOperator(tt.in)
		if got != tt.want || ok != tt.ok {
			t.Errorf("ParseOperator(%q) = %+v, %v, want %+v, %v", tt.in, got, ok, tt.want, tt.ok)
		}
	}
}

func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, x := range a.Files {
			if x.Name != "want" {
				f.Add(string(x.Data))
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, _, err := json.Parse(source.NewFile("p", []byte(text)))
		if err != nil {
			return
		}
		for _, k := range kinds {
			p, findings := Parse(n, k)
			if p.Broken != "" && len(findings) == 0 {
				t.Errorf("broken without a finding: %s", p.Broken)
			}
			for _, s := range p.Statements {
				if k == Identity && s.HasPrincipal {
					t.Error("an identity policy with a principal")
				}
			}
		}
	})
}
