package spec_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"penstock/doc"
	"penstock/doc/yaml"
	"penstock/source"
	"penstock/spec"
)

var update = flag.Bool("update", false, "write what is generated")

// generated compares a checked-in file with what is generated.
func generated(t *testing.T, name string, want []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile("../"+name, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("../" + name)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(got), string(want)); d != "" {
		t.Errorf("%s is not what is generated, run go test ./spec -update\n%s", name, d)
	}
}

func TestSchemaIsCurrent(t *testing.T) { generated(t, spec.SchemaFile, spec.Schema()) }

func schema(t testing.TB) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(spec.Schema(), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// value is a document as JSON Schema sees it.
func value(n *doc.Node) any {
	switch n.Kind {
	case doc.Map:
		m := map[string]any{}
		for _, f := range n.Fields {
			m[f.Name()] = value(f.Value)
		}
		return m
	case doc.List:
		l := []any{}
		for _, it := range n.Items {
			l = append(l, value(it))
		}
		return l
	case doc.Bool:
		return n.Text == "true"
	case doc.Number:
		var v float64
		if _, err := fmt.Sscan(n.Text, &v); err != nil {
			return n.Text
		}
		return v
	case doc.Null:
		return nil
	}
	return n.Text
}

// conforms holds a value to a schema: the keywords that the schema uses, and
// an error for any other.
func conforms(root, schema map[string]any, v any, at string) error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(at+": "+format, args...)) }
	for k, s := range schema {
		switch k {
		case "$schema", "$id", "$defs", "title", "description":
		case "$ref":
			d := root["$defs"].(map[string]any)[strings.TrimPrefix(s.(string), "#/$defs/")]
			errs = append(errs, conforms(root, d.(map[string]any), v, at))
		case "anyOf":
			var all []error
			for _, a := range s.([]any) {
				err := conforms(root, a.(map[string]any), v, at)
				if err == nil {
					all = nil
					break
				}
				all = append(all, err)
			}
			errs = append(errs, errors.Join(all...))
		case "enum":
			if !slices.Contains(s.([]any), v) {
				bad("%v is none of %v", v, s)
			}
		case "type":
			types, ok := s.([]any)
			if !ok {
				types = []any{s}
			}
			if !slices.ContainsFunc(types, func(t any) bool { return isType(t.(string), v) }) {
				bad("%v is no %v", v, s)
			}
		case "pattern":
			if x, ok := v.(string); ok && !regexp.MustCompile(s.(string)).MatchString(x) {
				bad("%q does not match %s", x, s)
			}
		case "maxLength":
			if x, ok := v.(string); ok && utf8.RuneCountInString(x) > int(s.(float64)) {
				bad("%q is too long", x)
			}
		case "minimum":
			if x, ok := v.(float64); ok && x < s.(float64) {
				bad("%v is too small", x)
			}
		case "maximum":
			if x, ok := v.(float64); ok && x > s.(float64) {
				bad("%v is too large", x)
			}
		case "items":
			l, _ := v.([]any)
			for i, it := range l {
				errs = append(errs, conforms(root, s.(map[string]any), it, fmt.Sprintf("%s[%d]", at, i)))
			}
		case "required":
			if m, ok := v.(map[string]any); ok {
				for _, name := range s.([]any) {
					if _, ok := m[name.(string)]; !ok {
						bad("%v is missing", name)
					}
				}
			}
		case "properties":
			if m, ok := v.(map[string]any); ok {
				for name, sub := range s.(map[string]any) {
					if it, ok := m[name]; ok {
						errs = append(errs, conforms(root, sub.(map[string]any), it, at+"."+name))
					}
				}
			}
		case "propertyNames":
			if m, ok := v.(map[string]any); ok {
				for name := range m {
					errs = append(errs, conforms(root, s.(map[string]any), name, at+"."+name))
				}
			}
		case "additionalProperties":
			m, _ := v.(map[string]any)
			props, _ := schema["properties"].(map[string]any)
			for name, it := range m {
				if _, ok := props[name]; ok {
					continue
				}
				if sub, ok := s.(map[string]any); ok {
					errs = append(errs, conforms(root, sub, it, at+"."+name))
				} else {
					bad("%s is unknown", name)
				}
			}
		default:
			bad("the schema uses %q, which this test does not know", k)
		}
	}
	return errors.Join(errs...)
}

func isType(t string, v any) bool {
	switch t {
	case "string":
		_, ok := v.(string)
		return ok
	case "boolean":
		_, ok := v.(bool)
		return ok
	case "number":
		_, ok := v.(float64)
		return ok
	case "integer":
		f, ok := v.(float64)
		return ok && f == float64(int(f))
	case "array":
		_, ok := v.([]any)
		return ok
	case "object":
		_, ok := v.(map[string]any)
		return ok
	}
	return false
}

func validate(t testing.TB, text string) error {
	t.Helper()
	n, _, err := yaml.Parse(source.NewFile(spec.FileName, []byte(text)))
	if err != nil {
		t.Fatal(err)
	}
	root := schema(t)
	return conforms(root, root, value(n), "spec")
}

// The reference in the documentation is that of the grammar, and its example
// can be read.
func TestReferenceIsCurrent(t *testing.T) {
	const from, to = "<!-- keys -->\n", "<!-- /keys -->"
	page, err := os.ReadFile("../docs/spec.md")
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(page), from)
	_, tail, ok2 := strings.Cut(rest, to)
	if !ok || !ok2 {
		t.Fatal("docs/spec.md has no place for the keys")
	}
	generated(t, "docs/spec.md", []byte(head+from+"\n"+spec.Reference()+"\n"+to+tail))
	_, example, _ := strings.Cut(head, "```yaml\n")
	example, _, _ = strings.Cut(example, "```")
	if s, fs := spec.Read(source.NewFile("docs/spec.md", []byte(example))); s == nil || len(fs) > 0 {
		t.Errorf("the example: %v", fs)
	}
	if n := strings.Count(example, "\n"); n > 30 {
		t.Errorf("the example has %d lines", n)
	}
}
