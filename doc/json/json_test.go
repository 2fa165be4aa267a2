package json_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"penstock/doc"
	"penstock/doc/internal/doctest"
	"penstock/doc/json"
	"penstock/doc/yaml"
	"penstock/source"
)

func TestParse(t *testing.T) {
	in := "\xef\xbb\xbf { \"a\" :[ 1 ,-2.50e+3,\"\\u00e9\\n\\u0000\"],\r\n\t\"b\":{\"c\":null , \"c\":true},\"é\":[],\"d\":{} } "
	f := source.NewFile("f.json", []byte(in))
	n, fs, err := json.Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	if bad := doctest.Laws(f, n, json.Parse); bad != "" {
		t.Error(bad)
	}
	var b strings.Builder
	b.WriteString(doctest.Print(n, true))
	for _, f := range fs {
		fmt.Fprintf(&b, "%s %v: %s\n", f.Code, f.At, f.Message)
	}
	want := `map 4-88 flow
"a": list 11-42 flow
  - number "1" 13-14 plain
  - number "-2.50e+3" 16-24 plain
  - string "é\n�" 25-41 double
"b": map 50-71 flow
  "c": null 55-59 plain
  "c": boolean "true" 66-70 plain
"é": list 77-79 flow
"d": map 84-86 flow
DOC005 f.json:1:26: the string holds a NUL character, which no AWS name may; it is read as U+FFFD
DOC001 f.json:2:18: key "c" is written twice in one map, so that one of its values is lost
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Errorf("tree differs (-want +got):\n%s", d)
	}
}

// TestErrors has texts that are no JSON: the message must name the place and
// the value, and the hint what would be right.
func TestErrors(t *testing.T) {
	tests := []struct{ in, want, hint string }{
		{``, `f:1:1: the file is empty`, "document"},
		{`{"a":1,}`, `f:1:7: "," before "}"`, "remove"},
		{"[1,2,\n]", `f:1:5: "," before "]"`, "remove"},
		{`[1 2]`, `f:1:4: unexpected "2" after a value`, "comma"},
		{"{\"a\": 1\n \"b\": 2}", `f:2:2: unexpected "\"" after a value`, "comma"},
		{`{"a" 1}`, `f:1:6: unexpected "1" after a key`, `":"`},
		{`{'a':1}`, `f:1:2: single quote`, "double quotes"},
		{`{a:1}`, `f:1:2: key "a" is not a string`, "double quotes"},
		{`{1:2}`, `f:1:2: key "1" is not a string`, "double quotes"},
		{`[1] 2`, `f:1:5: unexpected "2" after the end of the document`, "one value"},
		{`{"a":[1`, `f:1:8: the file ends inside the list that begins at line 1, column 6`, `"]"`},
		{`{"a":`, `f:1:6: the file ends inside the map that begins at line 1, column 1`, `"}"`},
		{`"a\qb"`, `f:1:3: invalid escape "\\qb\"" in a string`, `\\`},
		{`"\ud800"`, `f:1:2: invalid escape "\\ud800" in a string`, "pairs"},
		{"\"a\nb\"", `f:1:3: line break inside a string`, `\n`},
		{"\"\x01\"", `f:1:2: control character 0x01 in a string`, `\u0001`},
		{`{"a":012345678901}`, `f:1:6: "012345678901" is not a number`, "as a string"},
		{`[tru]`, `f:1:2: unexpected "tru"`, "true"},
		{`[None]`, `f:1:2: unexpected "None"`, "null"},
		{"{\"a\":1 // c\n}", `f:1:8: unexpected "//"`, "comments"},
		{`{"a":1]`, `f:1:7: unexpected "]" after a value`, "closed"},
		{"[\"\xff\"]", `f:1:3: byte 0xff is not UTF-8`, "Latin-1"},
		{strings.Repeat("[", 600), `f:1:513: nested more than 512 levels deep`, "deep"},
	}
	for _, tt := range tests {
		t.Run(tt.in[:min(len(tt.in), 20)], func(t *testing.T) {
			_, _, err := json.Parse(source.NewFile("f", []byte(tt.in)))
			if err == nil {
				t.Fatal("no error")
			}
			e, ok := errors.AsType[*doc.Error](err)
			if !ok {
				t.Fatalf("%T %v is no *doc.Error", err, err)
			}
			if err.Error() != tt.want {
				t.Errorf("got  %s\nwant %s", err, tt.want)
			}
			if !strings.Contains(e.Hint(), tt.hint) {
				t.Errorf("hint %q does not say %q", e.Hint(), tt.hint)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{"a":[1,-2.5e3,"é\n\u0000"],"b":{"c":null,"c":true}}`, `[]`, ` "\ud83d\ude00" `, `{"a":1,}`, `[01]`,
		"{\"a\"\t:\r\n1 , \"b\":[[],{}]}", `[1,2`, `"a` + "\n", "\xef\xbb\xbf{}", `nul`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		file := source.NewFile("f.json", data)
		n, _, err := json.Parse(file)
		if !bytes.Equal(before, data) {
			t.Fatal("the input was changed")
		}
		if err != nil {
			if _, ok := errors.AsType[*doc.Error](err); !ok {
				t.Fatalf("%T %v is no *doc.Error", err, err)
			}
			return
		}
		if bad := doctest.Laws(file, n, json.Parse); bad != "" {
			t.Fatalf("%s\n%s", bad, doctest.Print(n, true))
		}
		// JSON is YAML, but for what a YAML line or key may hold.
		y, _, err := yaml.Parse(file)
		if err != nil || bytes.ContainsAny(data, "\t\u0085\u2028\u2029\ufeff\x7f") || bytes.Contains(data, []byte("\"<<\"")) {
			return
		}
		if d := cmp.Diff(doctest.Print(n, true), doctest.Print(y, true)); d != "" {
			t.Fatalf("YAML reads it otherwise (-json +yaml):\n%s", d)
		}
	})
}
