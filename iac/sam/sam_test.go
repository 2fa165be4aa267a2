package sam_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"penstock/diag"
	"penstock/doc"
	"penstock/doc/load"
	"penstock/iac/sam"
	"penstock/source"
)

var update = flag.Bool("update", false, "rewrite the want sections of testdata/*.txtar")

// long is the name of a short form.
func long(tag string) string {
	if tag == "!Ref" || tag == "!Condition" {
		return tag[1:]
	}
	return "Fn::" + tag[1:]
}

// plain is a tree as encoding/json would read it, functions in their long
// form.
func plain(n *doc.Node) any {
	if len(n.Tag) > 1 && n.Tag[0] == '!' && n.Tag[1] != '!' {
		c := *n
		c.Tag = ""
		v := plain(&c)
		if s, ok := v.(string); ok && n.Tag == "!GetAtt" {
			id, attr, _ := strings.Cut(s, ".")
			v = []any{id, attr}
		}
		return map[string]any{long(n.Tag): v}
	}
	switch n.Kind {
	case doc.Map:
		m := map[string]any{}
		for _, f := range n.Fields {
			m[f.Name()] = plain(f.Value)
		}
		return m
	case doc.List:
		l := []any{}
		for _, it := range n.Items {
			l = append(l, plain(it))
		}
		return l
	case doc.Null:
		return nil
	case doc.Bool:
		return n.Text == "true"
	case doc.Number:
		return json.Number(n.Text)
	case doc.Unknown:
		return map[string]any{"?": n.Text}
	}
	return n.Text
}

func line(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(b.String())
}

func parse(t testing.TB, data []byte) *doc.Node {
	t.Helper()
	root, _, err := load.Parse(source.NewFile("template.yaml", data))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func expand(t testing.TB, data []byte) (*doc.Node, []diag.Finding) {
	t.Helper()
	return sam.Expand(parse(t, data))
}

// show prints a template, one resource a line.
func show(root *doc.Node, found []diag.Finding) map[string]string {
	var b, fs strings.Builder
	for _, f := range root.Fields {
		if f.Name() != "Resources" {
			fmt.Fprintf(&b, "%s %s\n", f.Name(), line(plain(f.Value)))
			continue
		}
		for _, r := range f.Value.Fields {
			fmt.Fprintf(&b, "%s (line %d) %s\n", r.Name(), r.Key.Span.File.Position(r.Key.Span.Start).Line, line(plain(r.Value)))
		}
	}
	diag.Sort(found)
	for _, f := range found {
		fmt.Fprintf(&fs, "%s: %s %s: %s\n", f.At, f.Code, f.Severity, f.Message)
	}
	return map[string]string{"want/template": b.String(), "want/findings": fs.String()}
}

func TestArchives(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("testdata: %v, %d files", err, len(files))
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := show(expand(t, ar.Files[0].Data))
			if *update {
				ar.Files = slices.DeleteFunc(ar.Files, func(f txtar.File) bool { return strings.HasPrefix(f.Name, "want/") })
				for _, name := range []string{"want/findings", "want/template"} {
					if got[name] != "" {
						ar.Files = append(ar.Files, txtar.File{Name: name, Data: []byte(got[name])})
					}
				}
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			for _, f := range ar.Files[1:] {
				if d := cmp.Diff(string(f.Data), got[f.Name]); d != "" {
					t.Errorf("%s (-want +got):\n%s", f.Name, d)
				}
				delete(got, f.Name)
			}
			for name, text := range got {
				if text != "" {
					t.Errorf("%s is not in the archive:\n%s", name, text)
				}
			}
		})
	}
}

// A template without SAM resources comes back itself.
func TestNothingToExpand(t *testing.T) {
	for _, text := range []string{"Resources: {A: {Type: AWS::SNS::Topic}}", "[1]", "x", "Resources: [1]", "{}"} {
		root, _, err := load.Parse(source.NewFile("t.yaml", []byte(text)))
		if err != nil {
			t.Fatal(err)
		}
		if got, found := sam.Expand(root); got != root || len(found) > 0 {
			t.Errorf("Expand(%s) = %s, %v", text, line(plain(got)), found)
		}
	}
}

// Expand ends without panic on any tree, gives the same twice, and leaves what
// it read unchanged.
func FuzzExpand(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, name := range files {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(ar.Files[0].Data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<15 {
			return
		}
		root, _, err := load.Parse(source.NewFile("t.yaml", data))
		if err != nil {
			return
		}
		before := line(plain(root))
		a, fa := sam.Expand(root)
		b, fb := sam.Expand(root)
		if x, y := line(plain(a)), line(plain(b)); x != y || len(fa) != len(fb) {
			t.Errorf("two expansions differ:\n%s\n%s", x, y)
		}
		if after := line(plain(root)); after != before {
			t.Errorf("Expand changed its input:\n%s\n%s", before, after)
		}
	})
}
