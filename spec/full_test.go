package spec_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"penstock/diag"
	"penstock/doc"
	"penstock/doc/yaml"
	"penstock/source"
	"penstock/spec"
)

func full(t testing.TB) *txtar.Archive {
	t.Helper()
	a, err := txtar.ParseFile("testdata/full.txtar")
	if err != nil {
		t.Fatal(err)
	}
	a.Files = append(a.Files, txtar.File{Name: "short.yaml", Data: []byte(short)})
	return a
}

func TestFullForm(t *testing.T) {
	for _, file := range full(t).Files {
		_, fs := spec.Read(source.NewFile(file.Name, file.Data))
		for _, f := range fs {
			t.Errorf("%v: %s", f.At, f.Message)
		}
		if err := validate(t, string(file.Data)); err != nil {
			t.Errorf("%s: %v", file.Name, err)
		}
	}
}

// without returns the text of a tree as JSON, which is YAML, without the field
// at a path.
func without(n *doc.Node, drop *doc.Node) any {
	switch n.Kind {
	case doc.Map:
		m := ordered{}
		for _, f := range n.Fields {
			if f.Value != drop {
				m = append(m, entry{f.Name(), without(f.Value, drop)})
			}
		}
		return m
	case doc.List:
		l := []any{}
		for _, it := range n.Items {
			l = append(l, without(it, drop))
		}
		return l
	}
	return value(n)
}

type entry struct {
	key string
	val any
}

type ordered []entry

func (o ordered) MarshalJSON() ([]byte, error) {
	out := []byte("{")
	for i, e := range o {
		if i > 0 {
			out = append(out, ',')
		}
		k, _ := json.Marshal(e.key)
		v, err := json.Marshal(e.val)
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, k...), ':'), v...)
	}
	return append(out, '}'), nil
}

func read(t testing.TB, v any) (*spec.Spec, []diag.Finding) {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return spec.Read(source.NewFile("spec.yaml", text))
}

// TestEveryKeyMeansSomething drops each key of each spec: another spec comes
// out, or none. So the reader reads each key that the grammar has, and the
// archive has each.
func TestEveryKeyMeansSomething(t *testing.T) {
	root := schema(t)
	seen := map[string]bool{}
	for _, file := range full(t).Files {
		n, _, err := yaml.Parse(source.NewFile(file.Name, file.Data))
		if err != nil {
			t.Fatal(err)
		}
		whole, fs := read(t, without(n, nil))
		if whole == nil {
			t.Fatalf("%s: %v", file.Name, fs)
		}
		covered(root, root, n, "", seen)
		var walk func(*doc.Node, string)
		walk = func(m *doc.Node, at string) {
			for _, it := range m.Items {
				walk(it, at)
			}
			for _, f := range m.Fields {
				path := at + "." + f.Name()
				walk(f.Value, path)
				if slices.Contains(asByDefault, strings.TrimPrefix(path, ".")) {
					continue
				}
				if got, _ := read(t, without(n, f.Value)); got != nil && cmp.Equal(whole, got, noPlaces) {
					t.Errorf("%s: without %s the spec is the same", file.Name, path)
				}
			}
		}
		walk(n, "")
	}
	all := map[string]bool{}
	keysOf(root, root, "", all, 0)
	for _, k := range slices.Sorted(maps.Keys(all)) {
		if !seen[k] {
			t.Errorf("testdata/full.txtar has no %s", k)
		}
	}
}

// asByDefault are keys that some spec writes although they say what is so by
// default.
var asByDefault = []string{"source.branch", "build.buildspec", "stages.onFailure", "stages.approve.within", "stages.approve.never",
	"builds.web.privileged", "builds.api.image", "stages.input"}

// resolve follows a reference: a definition is the same everywhere.
func resolve(root, s map[string]any, at string) (map[string]any, string) {
	if ref, ok := s["$ref"].(string); ok {
		return root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any), ref
	}
	return s, at
}

// keysOf collects the keys of a schema; arrays add nothing to a path.
func keysOf(root, s map[string]any, at string, out map[string]bool, depth int) {
	out[at] = true
	s, at = resolve(root, s, at)
	if depth > 12 {
		return
	}
	alts, _ := s["anyOf"].([]any)
	for _, a := range alts {
		keysOf(root, a.(map[string]any), at, out, depth+1)
	}
	if it, ok := s["items"].(map[string]any); ok {
		keysOf(root, it, at, out, depth+1)
	}
	if it, ok := s["additionalProperties"].(map[string]any); ok {
		keysOf(root, it, at+".*", out, depth+1)
	}
	props, _ := s["properties"].(map[string]any)
	for k, sub := range props {
		keysOf(root, sub.(map[string]any), at+"."+k, out, depth+1)
	}
}

// covered marks the keys of a schema that a document has.
func covered(root, s map[string]any, n *doc.Node, at string, out map[string]bool) {
	out[at] = true
	s, at = resolve(root, s, at)
	alts, _ := s["anyOf"].([]any)
	for _, a := range alts {
		covered(root, a.(map[string]any), n, at, out)
	}
	if it, ok := s["items"].(map[string]any); ok {
		for _, x := range n.Items {
			covered(root, it, x, at, out)
		}
	}
	props, _ := s["properties"].(map[string]any)
	for _, f := range n.Fields {
		if sub, ok := props[f.Name()].(map[string]any); ok {
			covered(root, sub, f.Value, at+"."+f.Name(), out)
		} else if sub, ok := s["additionalProperties"].(map[string]any); ok {
			covered(root, sub, f.Value, at+".*", out)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	for _, file := range full(b).Files {
		b.Run(file.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				spec.Read(source.NewFile(file.Name, file.Data))
			}
		})
	}
}

// Each spec among the examples reads without a finding and conforms to the
// schema.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("../examples/*/" + spec.FileName)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, fs := spec.Read(source.NewFile(name, data))
		for _, f := range fs {
			t.Errorf("%v: %s", f.At, f.Message)
		}
		if err := validate(t, string(data)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
