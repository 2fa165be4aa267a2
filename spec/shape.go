package spec

import (
	"fmt"
	"slices"
	"strings"

	"penstock/diag"
	"penstock/doc"
	"penstock/source"
	"penstock/spelling"
)

// A shape is what may stand at a place of penstock.yaml. It may be of several
// kinds at once: push is a name, a list of names or a map. The grammar, one
// shape, is all that is known of keys: the reader holds a file to it, the JSON
// Schema and the reference of docs/spec.md are printed from it.
type shape struct {
	doc  string
	name string // of a definition in the schema, "" for one that is written in place

	text *rule    // a string
	flag bool     // true or false
	num  *[2]int  // a whole number in a range
	null bool     // may be left empty
	list *shape   // a list of these
	dict *shape   // a map from names to these
	keys *rule    // of the names of dict
	obj  []*field // a map with these keys
	like *shape   // the definition that obj is of, where this is another shape
}

// A field is a key of an object.
type field struct {
	key  string
	must bool
	*shape
}

// A reader holds a file to the grammar and collects what is wrong with it.
type reader struct {
	fs []diag.Finding
}

// add reports an error.
func (r *reader) add(code string, at source.Span, format string, args ...any) *diag.Finding {
	r.fs = append(r.fs, diag.Finding{
		Code: code, At: at, Severity: diag.Error, Certainty: diag.Proved, Message: fmt.Sprintf(format, args...),
	})
	return &r.fs[len(r.fs)-1]
}

// warn reports what works, but hardly as it was meant.
func (r *reader) warn(code string, at source.Span, format string, args ...any) *diag.Finding {
	f := r.add(code, at, format, args...)
	f.Severity = diag.Warning
	return f
}

// replace is a fix that writes something else in the place of a node.
func replace(n *doc.Node, message, text string, safe bool) diag.Fix {
	return diag.Fix{Message: message, Safe: safe, Edits: []diag.Edit{{Span: n.Span, New: text}}}
}

// check holds a node to a shape. What names the place: "source.branch".
func (r *reader) check(n *doc.Node, s *shape, what string) {
	if n.Tag != "" {
		r.add("SPEC004", n.Outer(), "%s has the tag %s, which is for templates: write the value itself", what, n.Tag)
		return
	}
	switch {
	case n.Kind == doc.Map && s.obj != nil:
		r.object(n, s, what)
	case n.Kind == doc.Map && s.dict != nil:
		r.dict(n, s, what)
	case n.Kind == doc.List && s.list != nil:
		for i, it := range n.Items {
			r.check(it, s.list, fmt.Sprintf("%s[%d]", what, i))
		}
	case n.Kind == doc.Bool && s.flag, n.Kind == doc.Null && s.null:
	case n.Kind == doc.Number && s.num != nil:
		if v, ok := whole(n); !ok || v < s.num[0] || v > s.num[1] {
			r.add("SPEC005", n.Span, "%s is %s: write a whole number from %d to %d", what, n.Text, s.num[0], s.num[1])
		}
	case s.text != nil && n.IsScalar() && n.Kind != doc.Null:
		r.word(n, s.text, what)
	case n.Kind == doc.Null:
		r.add("SPEC004", n.Span, "%s is empty: write %s, or leave the key out", what, s.wants())
	default:
		r.add("SPEC004", n.Span, "%s is a %s: write %s", what, kindOf(n), s.wants())
	}
}

// object holds a map to the keys of a shape.
func (r *reader) object(n *doc.Node, s *shape, what string) {
	dot := ""
	if what != "" {
		dot = what + "."
	}
	for _, f := range n.Fields {
		if i := slices.IndexFunc(s.obj, func(o *field) bool { return o.key == f.Name() }); i >= 0 {
			r.check(f.Value, s.obj[i].shape, dot+f.Name())
			continue
		}
		r.unknown(f, s, what)
	}
	for _, o := range s.obj {
		if o.must && n.Get(o.key) == nil {
			r.add("SPEC003", n.Span, "%s is missing: add %s: %s", dot+o.key, o.key, o.wants())
		}
	}
}

// unknown reports a key that does not exist.
func (r *reader) unknown(f doc.Field, s *shape, what string) {
	var have []string
	for _, o := range s.obj {
		have = append(have, o.key)
	}
	if what == "" {
		what = "a spec"
	}
	plain := strings.NewReplacer("-", "", "_", "", " ", "").Replace(f.Name())
	near := spelling.Nearest(plain, have)
	switch {
	case len(near) > 0:
		d := r.add("SPEC002", f.Key.Span, "%s has no key %q: did you mean %s?", what, f.Name(), strings.Join(near, " or "))
		if n := near[0]; len(near) == 1 && f.Key.Span.Text() == f.Name() {
			d.Fixes = []diag.Fix{replace(f.Key, "write "+n, n, false)}
		}
	default:
		r.add("SPEC002", f.Key.Span, "%s has no key %q: it has %s", what, f.Name(), strings.Join(have, ", "))
	}
}

// dict holds a map of names to a shape.
func (r *reader) dict(n *doc.Node, s *shape, what string) {
	for _, f := range n.Fields {
		if s.keys != nil {
			r.word(f.Key, s.keys, "a name in "+what)
		}
		r.check(f.Value, s.dict, what+"."+f.Name())
	}
}

// wants says what a shape takes, for a message.
func (s *shape) wants() string {
	var out []string
	if s.text != nil {
		out = append(out, s.text.what)
	}
	if s.flag {
		out = append(out, "true or false")
	}
	if s.num != nil {
		out = append(out, "a whole number")
	}
	if s.list != nil {
		out = append(out, "a list, each item "+s.list.wants())
	}
	if s.dict != nil {
		out = append(out, "a map from names to "+s.dict.wants())
	}
	if s.obj != nil {
		var keys []string
		for _, o := range s.obj {
			if len(keys) == 5 {
				keys = append(keys, "…")
				break
			}
			keys = append(keys, o.key)
		}
		out = append(out, "a map with "+strings.Join(keys, ", "))
	}
	return strings.Join(out, ", or ")
}

// kindOf is the kind of a node in the words of YAML.
func kindOf(n *doc.Node) string {
	switch n.Kind {
	case doc.Bool:
		return "boolean (" + n.Span.Text() + ")"
	case doc.Number:
		return "number (" + n.Text + ")"
	}
	return n.Kind.String()
}

// whole reads a whole number.
func whole(n *doc.Node) (int, bool) {
	if n == nil || n.Kind != doc.Number || len(n.Text) == 0 || len(n.Text) > 9 {
		return 0, false
	}
	v := 0
	for _, c := range n.Text {
		if c < '0' || c > '9' {
			return 0, false
		}
		v = v*10 + int(c-'0')
	}
	return v, true
}
