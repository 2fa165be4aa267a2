package load_test

import (
	"fmt"
	"strings"
	"testing"

	"penstock/doc"
	"penstock/doc/load"
	"penstock/source"
)

func TestParse(t *testing.T) {
	tests := []struct {
		name, in string
		kind     doc.Kind
		want     string // the error
	}{
		{"a.json", `{"a": 1}`, doc.Map, ""},
		{"a.yaml", `{"a": 1}`, doc.Map, ""},
		{"a.yaml", `{a: 1, b: [x, y]}`, doc.Map, ""},
		{"a.yaml", "[x]", doc.List, ""},
		{"a.yaml", "a: 1", doc.Map, ""},
		{"a", "{\"a\": 1, # a comment\n}", doc.Map, ""},
		{"a.json", `{a: 1}`, 0, `a.json:1:2: key "a" is not a string`},
		{"a.JSON", "a: 1", 0, `a.JSON:1:1: unexpected "a"`},
		{"a.template", "{\n  \"a\": 1\n  \"b\": 2\n}", 0, `a.template:3:3: unexpected "\"" after a value`},
		{"a.yaml", "{a: 1,\n b: {c: d\n", 0, `a.yaml:3:1: a map in braces that is not closed (in what begins at line 2)`},
		{"a.yaml", "\x7fELF\x00\x01", 0, `a.yaml:1:5: NUL byte: the file is binary, or UTF-16 without a byte order mark`},
		{"a.yaml", "\xff\xfe{\x00", 0, `a.yaml:1:1: the file is UTF-16`},
		{"a.yaml", "\x89PNG\r\n", 0, `a.yaml:1:1: byte 0x89 is not UTF-8`},
		{"a.yaml", "", 0, `a.yaml:1:1: the file is empty`},
		{"a.yaml", strings.Repeat("x", 16<<20+1), 0, `a.yaml:1:1: the file has 16.0 MiB, and at most 16 MiB are read`},
	}
	for _, tt := range tests {
		t.Run(tt.name+" "+tt.in[:min(len(tt.in), 12)], func(t *testing.T) {
			n, _, err := load.Parse(source.NewFile(tt.name, []byte(tt.in)))
			if got := fmt.Sprint(err); err != nil && got != tt.want || err == nil && tt.want != "" {
				t.Fatalf("error %v, want %s", err, tt.want)
			}
			if err == nil && n.Kind != tt.kind {
				t.Errorf("%v, want %v", n.Kind, tt.kind)
			}
		})
	}
}
