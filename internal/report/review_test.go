package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"penstock/internal/cli"
)

const reviewSpec = `project: shop
region: eu-west-1
accounts: {tools: "111111111111", staging: "222222222222", prod: "333333333333"}
source: {codecommit: shop, branch: main}
build:
  secrets: {API_KEY: "secretsmanager:shop/credentials#api_key"}
stages:
  - deploy: staging
    s3: {bucket: shop-staging}
  - approve: {by: [security-team, platform-team], need: 2}
  - deploy: prod
    s3: {bucket: shop-prod}
audit: {alerts: [security@example.com]}
`

// reviewFile compiles the spec and returns the report that it writes.
func reviewFile(t *testing.T, name string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "penstock.yaml"), []byte(reviewSpec), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	code := cli.Run(t.Context(), &cli.Env{
		Args: []string{"compile", "--report", name}, Stdout: &out, Stderr: &errs, Dir: dir, Getenv: func(string) string { return "" },
	})
	if code != 0 {
		t.Fatalf("exit %d\n%s%s", code, out.String(), errs.String())
	}
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// told is what every report of the spec says, in every format.
var told = []string{
	"Security review of pipeline shop", "shop-build", "shop-promote", "shop-deploy-prod", "shop-approver-security-team", "It leaves a trace",
	"codebuild.logs.events", "shop/credentials", "security@example.com", "shop-artifacts-111111111111", "shop-boundary", "tools.yaml", "shop-trail",
}

func TestReviewHTML(t *testing.T) {
	page := reviewFile(t, "out/review.html")
	if again := reviewFile(t, "out/review.html"); again != page {
		t.Error("a second report of the same spec is another")
	}
	for _, s := range told {
		if !strings.Contains(strings.ReplaceAll(page, "<wbr>", ""), s) {
			t.Errorf("the report does not say %q", s)
		}
	}
	if strings.ContainsRune(page, 0) || strings.Contains(page, "${") && !strings.Contains(page, "${aws:") {
		t.Error("something in the report is not resolved")
	}
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	ids, targets, elements := map[string]bool{}, []string{}, map[string]int{}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		e, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		elements[e.Name.Local]++
		for _, a := range e.Attr {
			switch name := strings.ToLower(a.Name.Local); {
			case name == "id":
				if ids[a.Value] {
					t.Errorf("two elements have the id %q", a.Value)
				}
				ids[a.Value] = true
			case name == "href":
				if strings.HasPrefix(a.Value, "#") {
					targets = append(targets, a.Value[1:])
				} else if !strings.HasPrefix(a.Value, "https://") {
					t.Errorf("a link leads to %q", a.Value)
				}
			case name == "src" || strings.HasPrefix(name, "on"):
				t.Errorf("<%s %s>: a report loads nothing and runs nothing", e.Name.Local, name)
			}
		}
	}
	for _, s := range targets {
		if !ids[s] {
			t.Errorf("nothing has the id %q, to which a link leads", s)
		}
	}
	for _, s := range []string{"svg", "details", "nav", "table"} {
		if elements[s] == 0 {
			t.Errorf("there is no <%s>", s)
		}
	}
	for _, s := range []string{"script", "link", "img", "iframe", "object", "form"} {
		if elements[s] != 0 {
			t.Errorf("there is a <%s>", s)
		}
	}
}

func TestReviewMarkdown(t *testing.T) {
	page := reviewFile(t, "review.md")
	for _, s := range told {
		if !strings.Contains(page, s) {
			t.Errorf("the report does not say %q", s)
		}
	}
	for _, m := range regexp.MustCompile(`\]\(#([^)]*)\)`).FindAllStringSubmatch(page, -1) {
		if !strings.Contains(page, `<a id="`+m[1]+`">`) {
			t.Errorf("nothing is called %q, to which a link leads", m[1])
		}
	}
	if a, b := strings.Count(page, "<details"), strings.Count(page, "</details>"); a != b || a == 0 {
		t.Errorf("%d folds open and %d close", a, b)
	}
	// Every row of a table has as many cells as its head.
	cells := 0
	var bar = regexp.MustCompile(`(^|[^\\])\|`)
	for i, l := range strings.Split(page, "\n") {
		if !strings.HasPrefix(l, "|") {
			cells = 0
			continue
		}
		n := len(bar.FindAllString(l, -1))
		if cells == 0 {
			cells = n
		}
		if n != cells {
			t.Errorf("line %d has %d bars, its head %d: %s", i+1, n, cells, l)
		}
	}
	drawing := strings.Split(page, "\n")
	i := slices.Index(drawing, "```mermaid")
	if i < 0 || drawing[i+1] != "flowchart LR" {
		t.Fatal("there is no drawing")
	}
	for _, s := range []string{`{"ApproveProd<br/>`, `fixes the digest`, `==>|"Approved"|`, `"prod 333333333333 · eu-west-1"`} {
		if !strings.Contains(page, s) {
			t.Errorf("the drawing does not show %q", s)
		}
	}
}

// What --report cannot write is said before anything is made.
func TestReviewKind(t *testing.T) {
	var out, errs bytes.Buffer
	code := cli.Run(t.Context(), &cli.Env{
		Args: []string{"compile", "--report", "review.pdf"}, Stdout: &out, Stderr: &errs, Dir: t.TempDir(), Getenv: func(string) string { return "" },
	})
	if code != 2 || !strings.Contains(errs.String(), ".html or .md") {
		t.Errorf("exit %d: %s", code, errs.String())
	}
}
