package yaml_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"penstock/doc"
	"penstock/doc/internal/doctest"
	"penstock/doc/yaml"
	"penstock/source"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// inputs returns the documents in testdata by name.
func inputs(t testing.TB) map[string][]byte {
	names, err := filepath.Glob("testdata/ok/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, name := range names {
		if out[name], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestParse compares the tree and the findings of each document in testdata,
// with all spans, to the file beside it.
func TestParse(t *testing.T) {
	for name, data := range inputs(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			f := source.NewFile(filepath.Base(name), data)
			n, fs, err := yaml.Parse(f)
			if err != nil {
				t.Fatal(err)
			}
			if bad := doctest.Laws(f, n, yaml.Parse); bad != "" {
				t.Error(bad)
			}
			var b strings.Builder
			b.WriteString(doctest.Print(n, true))
			for _, f := range fs {
				fmt.Fprintf(&b, "%s %v %v %v: %s\n", f.Code, f.Severity, f.Certainty, f.At, f.Message)
			}
			golden := strings.TrimSuffix(name, ".yaml") + ".tree"
			if *update {
				if err := os.WriteFile(golden, []byte(b.String()), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), b.String()); d != "" {
				t.Errorf("tree differs (-want +got):\n%s", d)
			}
		})
	}
}

func TestParseAll(t *testing.T) {
	docs, _, err := yaml.ParseAll(source.NewFile("f", []byte("a: 1\n---\n- x\n---\n")))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range docs {
		got = append(got, doctest.Print(d, false))
	}
	want := []string{"map\n\"a\": number \"1\"\n", "list\n- string \"x\"\n", "null\n"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestErrors has documents that cannot be read: the message must name the
// place and the value, and the hint what would be right.
func TestErrors(t *testing.T) {
	deep := strings.Repeat("[", 600) + strings.Repeat("]", 600)
	tests := []struct{ name, in, want, hint string }{
		{"empty", " \n", `f:1:1: the file is empty`, "must hold"},
		{"comments only", "# nothing\n", `f:1:1: the file holds no document`, "beside its comments"},
		{"utf-16", "\xff\xfea\x00", `f:1:1: the file is UTF-16`, "UTF-8"},
		{"latin-1", "a: b\nc: caf\xe9\n", `f:2:7: byte 0xe9 is not UTF-8`, "Latin-1"},
		{"binary", "a: \x00\x01", `f:1:4: NUL byte`, "text"},
		{"control", "a: b\nc: \x07\n", `f:2:4: control character 0x07`, "double quotes"},
		{"tab", "a:\n\tb: c\n", `f:2:1: a tab in the indentation: "b: c"`, "spaces"},
		{"two colons", "a: b: c\n", `f:1:5: a second ": " in one line, or a key that is indented too far: "a: b: c"`, "quote"},
		{"no colon", "a: 1\nb\nc: 2\n", `f:2:1: a line that is neither "key: value" nor "- item": "b"`, "colon"},
		{"star", "Resource: *\n", `f:1:12: & or * without a name: "Resource: *"`, `"*"`},
		{"unknown alias", "a: *b\n", `f:1:4: unknown anchor 'b' referenced: "a: *b"`, "&name"},
		{"self", "a: &a [*a]\n", `f:1:8: alias *a stands inside the value that it names`, "itself"},
		{"open list", "a: [b, c\nd: e\n", `f:2:2: a list in brackets that is not closed: "d: e" (in what begins at line 1)`, "]"},
		{"open quote", "a: \"b\nc: d\n", `f:3:1: a quoted value that is not closed before the file ends (in what begins at line 1)`, "closing quote"},
		{"dedent", "a:\n   b: 1\n  c: 2\n", `f:3:3: a line that does not belong to the map around it: "c: 2"`, "indent"},
		{"item", "- a\nb: c\n", `f:2:1: a line in a list that does not begin with "- ": "b: c"`, "indent"},
		{"at sign", "a: @b\n", `f:1:4: a character that no bare value may start with: "a: @b"`, "quote"},
		{"escape", `a: "\d"`, `f:1:5: an escape that YAML does not have, in double quotes`, "backslash"},
		{"map key", "{[a]: b}\n", `f:1:2: a key is a list or a map`, "text"},
		{"deep", deep, `f:1:513: nested more than 512 levels deep`, "deep"},
		{"second document", "a: 1\n---\n[", `f:3:2: `, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := yaml.Parse(source.NewFile("f", []byte(tt.in)))
			if err == nil {
				t.Fatal("no error")
			}
			e, ok := errors.AsType[*doc.Error](err)
			if !ok {
				t.Fatalf("%T %v is no *doc.Error", err, err)
			}
			if !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got  %s\nwant %s", err, tt.want)
			}
			if !strings.Contains(e.Hint(), tt.hint) {
				t.Errorf("hint %q does not say %q", e.Hint(), tt.hint)
			}
		})
	}
}

// TestBillionLaughs: nested aliases must not cost more than they weigh.
func TestBillionLaughs(t *testing.T) {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 30; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s*a%d]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), i-1)
	}
	_, _, err := yaml.Parse(source.NewFile("f", []byte(b.String())))
	if err == nil || !strings.Contains(err.Error(), "aliases add") {
		t.Errorf("err = %v", err)
	}
}

// TestTooLarge: the size is refused before anything is read.
func TestTooLarge(t *testing.T) {
	_, _, err := yaml.Parse(source.NewFile("f", make([]byte, 17<<20)))
	if err == nil || !strings.Contains(err.Error(), "17.0 MiB") {
		t.Errorf("err = %v", err)
	}
}
