package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"penstock/blueprint"
	"penstock/chain"
	"penstock/cloud"
	"penstock/compile"
	"penstock/diag"
	"penstock/iam/reach"
	"penstock/prove"
	"penstock/source"
	"penstock/spec"
)

// reviewed is a review in which every text of a stranger's is s.
func reviewed(s string) *Review {
	file := source.NewFile(s, []byte("x: y\n"))
	st := &blueprint.Stack{Name: s, Account: "111111111111", Region: s, Resources: []*blueprint.Resource{{ID: s, Type: s, Comment: s}}}
	stmt := &blueprint.Statement{
		Sid: s, Actions: []string{s}, Resources: []blueprint.Sub{blueprint.Lit(s)}, Principal: blueprint.KV("AWS", s),
		Conditions: []blueprint.Condition{{Operator: s, Key: s, Values: []blueprint.Sub{blueprint.Lit(s)}}},
		Uses:       []blueprint.Use{{Stage: s, Action: s, Row: "row", Call: s, Why: s, Source: "https://example.com/a.html#b, a section"}},
	}
	account := spec.Account{Alias: s, ID: "111111111111"}
	return &Review{
		Spec: &spec.Spec{
			Project: s, Region: s, Environment: s, Accounts: []spec.Account{account}, Tools: account, File: file,
			Source: spec.Source{Kind: spec.CodeCommit, Repository: s, Branch: s},
			Builds: []*spec.Build{{Name: s, Buildspec: s, Push: []spec.Image{{Repository: s}}, Secrets: []spec.Secret{{Variable: s, Kind: spec.Parameter, Name: "p"}}}},
			Stages: []*spec.Stage{{Name: s, Approve: &spec.Approve{By: []string{s}, Need: 1, Never: []string{s}}}},
			Audit:  spec.Audit{Alerts: []string{s}},
		},
		Result: &compile.Result{
			Set:    &blueprint.Set{Stacks: []*blueprint.Stack{st}},
			Files:  []compile.File{{Name: s, Data: []byte("x")}},
			Models: []*cloud.Model{cloud.New()},
			Roles:  []compile.Role{{Stack: s, Account: "111111111111", ID: s, Name: s, Statements: []*blueprint.Statement{stmt}, Trust: []*blueprint.Statement{stmt}}},
			Steps:  []compile.Step{{After: s, Title: s, Why: s, Command: s}},
			Report: &prove.Report{
				Theorems:    []prove.TheoremResult{{Theorem: prove.Runs, Outcome: prove.Holds, Why: s, Assumes: []string{"a " + s}}},
				Findings:    []diag.Finding{{Code: "RUN001", Message: s, Severity: diag.Error, Depends: []string{s}, When: s, At: source.Span{File: file, Start: 0, End: 1}}},
				Assumptions: []string{s},
				Coverage:    prove.Coverage{Resources: 2, Understood: 1, Opaque: []string{s}},
			},
		},
		Graph: func(m *cloud.Model) *chain.Graph {
			return chain.New(m, nil, reach.New(prove.NewEngine(), reach.Options{}))
		},
	}
}

// planned is a plan in which every text is s.
func planned(s string) *plan {
	a := &planNode{name: s, kind: begins, lines: []string{s}, makes: []string{s}, tip: s}
	g := &planNode{name: s, kind: gates, col: 1, lines: []string{s}}
	d := &planNode{name: s, kind: deploys, col: 2, lane: 1, lines: []string{s}}
	e := &planNode{name: s, kind: promotes, col: 2, lane: 1, row: 1, order: 1, makes: []string{s}}
	return &plan{
		title: s, cols: []string{s, s, s}, lanes: []lane{{"111111111111", s, s}, {"222222222222", s, "eu"}}, nodes: []*planNode{a, g, d, e},
		wires: []*wire{{from: a, to: []*planNode{g, d}, label: s, tie: true}, {from: a, to: []*planNode{d, e}, label: s, sealed: true}},
	}
}

func rendered(t testing.TB, s string) (htm, md string) {
	t.Helper()
	p := reviewed(s).page()
	p.add(planned(s))
	var h, m bytes.Buffer
	if err := writeHTML(&h, p); err != nil {
		t.Fatal(err)
	}
	if err := writeMarkdown(&m, p); err != nil {
		t.Fatal(err)
	}
	return h.String(), m.String()
}

// skeleton is what a page consists of beside its text: its elements with the
// names of their attributes, which close in the order in which they open.
func skeleton(t testing.TB, page string) []string {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict = false
	var out, open []string
	for {
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, page)
		}
		switch x := tok.(type) {
		case xml.StartElement:
			name := x.Name.Local
			if name == "wbr" {
				break
			}
			words := []string{name}
			for _, a := range x.Attr {
				words = append(words, a.Name.Local)
			}
			out = append(out, strings.Join(words, " "))
			if !slices.Contains(void, name) {
				open = append(open, name)
			}
		case xml.EndElement:
			if slices.Contains(void, x.Name.Local) {
				break
			}
			if len(open) == 0 || open[len(open)-1] != x.Name.Local {
				t.Fatalf("</%s> closes %v", x.Name.Local, open)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Fatalf("%v are open at the end", open)
	}
	return out
}

var void = []string{"meta", "br", "wbr"}

// frame is what a Markdown document consists of beside its text: for each line
// the bars that part cells, the tags, and the emphasis. What stands in a fence
// is text, and in a line of HTML all but tags is.
func frame(page string) []string {
	var out []string
	fenced := ""
	for l := range strings.SplitSeq(page, "\n") {
		switch {
		case fenced != "":
			if l == fenced {
				fenced = ""
			}
			out = append(out, "text")
			continue
		case strings.HasPrefix(l, "```"):
			fenced = strings.TrimRight(l, "abcdefghijklmnopqrstuvwxyz")
			out = append(out, "text")
			continue
		}
		marks := "|<>*~`"
		if strings.HasPrefix(l, "<") {
			marks = "<>"
		} else {
			l = withoutCode(strings.ReplaceAll(l, "<!-- -->", ""))
		}
		out = append(out, strings.Map(func(r rune) rune {
			if strings.ContainsRune(marks, r) {
				return r
			}
			return -1
		}, l))
	}
	return out
}

// withoutCode leaves out code spans and what a backslash escapes, as
// CommonMark reads them: a span ends at a run of as many backticks as began it.
func withoutCode(l string) string {
	var out strings.Builder
	for i := 0; i < len(l); {
		switch {
		case l[i] == '\\' && i+1 < len(l) && strings.IndexByte("\\`*_{}[]<>()#+-.!|~$=", l[i+1]) >= 0:
			i += 2
		case l[i] == '`':
			n := len(l[i:]) - len(strings.TrimLeft(l[i:], "`"))
			shut := -1
			for k := i + n; k < len(l); {
				if l[k] != '`' {
					k++
					continue
				}
				m := len(l[k:]) - len(strings.TrimLeft(l[k:], "`"))
				if m == n {
					shut = k
					break
				}
				k += m
			}
			if shut < 0 {
				out.WriteByte('`')
				i += n
				continue
			}
			if l[0] != '|' {
				i = shut + n
				continue
			}
			// A bar in code ends a cell of a table even so.
			out.WriteString(strings.Repeat("|", strings.Count(strings.ReplaceAll(l[i:shut], "\\|", ""), "|")))
			i = shut + n
		default:
			out.WriteByte(l[i])
			i++
		}
	}
	return out.String()
}

// hostile are texts that would be something else than text where they are not
// escaped.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='x`, `</title></style></svg>`, `]]>`, `<!--`, `-->`, `&lt;b&gt;`, `&#60;`,
	`a|b`, `\|`, "``x``", "`", "a`b``c", `**x**`, `[a](javascript:alert(1))`, `![a](http://x.example/y.png)`, `@octocat`, `https://evil.example`, `www.evil.example`,
	"# h", "- x", "1. x", "x\n\n# y", "```\nx\n```", "end", "\"]; click n0 \"javascript:alert(1)\"", "%%{init: {}}%%", "\x00\x1b[31m", "\u202eabc", "#quot;", "${jndi}", "$x$",
	"\xff\xfe", "~~x~~", "<details>", "|---|", `\`, ``, ` `,
}

// What a stranger wrote is text wherever it stands, in HTML, in a drawing, in
// Markdown and in Mermaid.
func TestReviewEscapes(t *testing.T) {
	for _, s := range hostile {
		checkEscaped(t, s)
	}
}

func checkEscaped(t testing.TB, s string) {
	t.Helper()
	if len(fold2(s, 15)) != 1 || strings.Contains(s, "\n") || strings.TrimSpace(s) == "" {
		// As many lines as the plain page has: those of a drawing's lanes and
		// of commands are what they are.
		s = "x" + strings.ReplaceAll(s, "\n", " ")
		s = string([]rune(tidy(s))[:min(14, len([]rune(tidy(s))))])
	}
	plainHTML, plainMD := rendered(t, "x")
	htm, md := rendered(t, s)
	if got, want := skeleton(t, htm), skeleton(t, plainHTML); !slices.Equal(got, want) {
		t.Errorf("%q makes other elements: %s", s, difference(got, want))
	}
	if got, want := frame(md), frame(plainMD); len(got) != len(want) {
		t.Errorf("%q: %d lines of Markdown, want %d", s, len(got), len(want))
	} else if !slices.Equal(got, want) {
		i := 0
		for got[i] == want[i] {
			i++
		}
		t.Errorf("%q makes other Markdown: %q, want %q\n%s", s, got[i], want[i], strings.Split(md, "\n")[i])
	}
	mermaid := planned(s).mermaid()
	if n := strings.Count(mermaid, "\n"); n != strings.Count(planned("x").mermaid(), "\n") {
		t.Errorf("%q: the drawing has %d lines:\n%s", s, n, mermaid)
	}
	for l := range strings.SplitSeq(mermaid, "\n") {
		if n := strings.Count(l, `"`); n%2 != 0 || strings.Contains(strings.ReplaceAll(l, `["`, ""), "[") && !strings.Contains(l, "([") {
			t.Errorf("%q gets out of a label: %s", s, l)
		}
	}
}

func difference(got, want []string) string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Sprintf("element %d is %q, want %q", i, got[i], want[i])
		}
	}
	return fmt.Sprintf("%d elements, want %d", len(got), len(want))
}

func FuzzReviewEscapes(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkEscaped(t, s) })
}

func TestInMarkdown(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"plain words, with-hyphens.", "plain words, with-hyphens."},
		{"a|b*c_d", `a\|b\*c\_d`},
		{"<b>", "&lt;b&gt;"},
		{"1. x", `1\. x`},
		{"v1.2", "v1.2"},
		{"- x", `\- x`},
		{"# x", `\# x`},
		{"mail@example.com", "mail<!-- -->@<!-- -->example.com"},
		{"https://x", "https:<!-- -->//x"},
	} {
		if got := inMarkdown(tt.in); got != tt.want {
			t.Errorf("inMarkdown(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestInCode(t *testing.T) {
	for _, tt := range []struct {
		in    string
		table bool
		want  string
	}{
		{"a", false, "`a`"},
		{"a|b", true, "`a\\|b`"},
		{"a|b", false, "`a|b`"},
		{"a`b", false, "``a`b``"},
		{"`", false, "`` ` ``"},
		{" ", false, ""},
	} {
		if got := inCode(tt.in, tt.table); got != tt.want {
			t.Errorf("inCode(%q, %v) = %q, want %q", tt.in, tt.table, got, tt.want)
		}
	}
}

// A page with one of each block, as people will see it.
func TestReviewBlocks(t *testing.T) {
	p := &page{title: "Security review of pipeline shop"}
	p.add(para{say("Words, ", code("s3:GetObject"), ", ", bold("bold"), dim(" faint"), br, "and ", to("b", "a link"), ".")})
	p.add(figures{[]figure{{good, "It runs", "every call is allowed", "holds", "3 of 3 calls allowed"}, {unsure, "Nothing more", "no role may do more", "depends", ""}}})
	p.chapter("a", "Drawn")
	p.add(planned("shop"))
	p.chapter("b", "Told")
	p.add(list{items: []prose{say("one"), say(painted(bad, "two"))}}, table{head: []string{"Who", "What"}, rows: [][]prose{{say("a|b"), stacked(say("x"), say("y"))}}})
	p.add(fold{id: "c", summary: say(bold("shop-build"), dim(" · taken on by "), code("x")), blocks: []block{
		rule{head: say(bold("Logs"), " may ", code("logs:PutLogEvents")), rows: []ruleRow{{"on", []prose{say(code("arn:aws:logs:eu-west-1:111111111111:log-group:x"))}}}},
		rule{head: say("must not"), note: say("a note"), deny: true},
		verbatim{"aws x\n  --y"},
	}})
	var h, m bytes.Buffer
	if err := writeHTML(&h, p); err != nil {
		t.Fatal(err)
	}
	if err := writeMarkdown(&m, p); err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(h.String(), "<body>\n")
	golden(t, "review.html.golden", []byte(body))
	golden(t, "review.md.golden", m.Bytes())
}
