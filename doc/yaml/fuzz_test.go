package yaml_test

import (
	"bytes"
	"strings"
	"testing"

	"penstock/doc/internal/doctest"
	"penstock/doc/yaml"
	"penstock/source"
)

func FuzzParse(f *testing.F) {
	for _, data := range inputs(f) {
		f.Add(data)
	}
	for _, s := range []string{
		"a: |2\n    x\n   y\nb: |+\n  x\n\n\nc: |\nd: x",
		"- \n-\n- a:\n  b: \n- ? x\n- ? x\n  : y\n- {a: , b:, c}\n- !GetAZs\n",
		"[a: b, ? c, {d: e}, 'f': g, \"h\":i, : j]",
		"--- &a !T\n&b k: *a\n", "a: b\r\n c\r\nd: 'x\r\n\r\n y'\r\n", "\ufeffa: \u2028b\n",
		"a: >\n\n  x\n\n    y\n  z\n\n", "? |\n  k\n: - a\n  - b\n",
		"<<: [{a: 1}, {b: 2}]\nc: !<!x> y\n", "%TAG ! tag:x,2000:\n---\n!a b\n...\n--- >-\n x\n",
		"[:]", "?\n:: |", "  :\n  :  ? a\n  :", "\ufeff\ufeff0", "|\n---", " --- -:", "|+\n\r\r",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		file := source.NewFile("f.yaml", data)
		docs, _, err := yaml.ParseAll(file)
		if !bytes.Equal(before, data) {
			t.Fatal("the input was changed")
		}
		if err != nil {
			if s := err.Error(); strings.Contains(s, "cannot tell where") || strings.Contains(s, "the YAML parser failed") {
				t.Fatal(err)
			}
			return
		}
		for _, n := range docs {
			if len(docs) > 1 {
				// A root scalar ends differently where a document follows.
				if n.IsScalar() {
					continue
				}
			}
			if bad := doctest.Laws(file, n, yaml.Parse); bad != "" {
				t.Fatalf("%s\n%s", bad, doctest.Print(n, true))
			}
		}
	})
}
