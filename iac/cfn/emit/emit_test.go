package emit_test

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"penstock/blueprint"
	"penstock/doc"
	"penstock/doc/yaml"
	"penstock/iac/cfn/emit"
	"penstock/source"
)

var update = flag.Bool("update", false, "rewrite testdata")

// golden compares a text with a file of testdata.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s: -want +got\n%s", file, d)
	}
}

// differ compares two trees, spans and styles aside, and tags where they do
// not count.
func differ(want, got *doc.Node, tags bool) string {
	if equal(want, got, tags) {
		return ""
	}
	aside := []string{"Span", "Style", "Lead", "Via"}
	if !tags {
		aside = append(aside, "Tag")
	}
	return cmp.Diff(want, got, cmpopts.IgnoreFields(doc.Node{}, aside...), cmpopts.EquateEmpty())
}

func equal(a, b *doc.Node, tags bool) bool {
	return a.Kind == b.Kind && a.Text == b.Text && (!tags || a.Tag == b.Tag) && len(a.Maybe)+len(b.Maybe) == 0 &&
		slices.EqualFunc(a.Items, b.Items, func(x, y *doc.Node) bool { return equal(x, y, tags) }) &&
		slices.EqualFunc(a.Fields, b.Fields, func(x, y doc.Field) bool { return equal(x.Key, y.Key, tags) && equal(x.Value, y.Value, tags) })
}

// read reads a template back and compares it with the tree.
func read(t testing.TB, st *blueprint.Stack, opt emit.Options) *doc.Node {
	t.Helper()
	text := emit.Template(st, opt)
	root, found, err := yaml.Parse(source.NewFile(emit.FileName(st), text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, f := range found {
		t.Errorf("%s: %s: %s", f.At, f.Code, f.Message)
	}
	if d := differ(emit.Node(st, opt), root, true); d != "" {
		t.Errorf("-made +read\n%s\n%s", d, text)
	}
	return root
}

func TestTemplate(t *testing.T) {
	golden(t, "testdata/tools.yaml", emit.Template(sample(), emit.Options{}))
	golden(t, "testdata/tools-parameters.yaml", emit.Template(sample(), emit.Options{Parameters: true}))
	for range 3 {
		if a, b := emit.Template(sample(), emit.Options{}), emit.Template(sample(), emit.Options{}); string(a) != string(b) {
			t.Fatal("two templates of one stack differ")
		}
	}
}

func TestReadBack(t *testing.T) {
	for _, opt := range []emit.Options{{}, {Parameters: true}} {
		read(t, sample(), opt)
		empty := &blueprint.Stack{Name: "empty"}
		read(t, empty, opt)
	}
}

// Lines that can be broken are at most 120 characters wide.
func TestWidth(t *testing.T) {
	for line := range strings.Lines(string(emit.Template(sample(), emit.Options{Parameters: true}))) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 120 {
			t.Errorf("%d characters: %s", n, line)
		}
	}
}
