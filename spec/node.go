package spec

import (
	"iter"
	"time"

	"penstock/doc"
)

// What follows reads nodes that check has seen; one of another kind reads as
// nothing.

// str is the text of a scalar, as written where it is no string.
func str(n *doc.Node) string {
	switch {
	case n == nil || !n.IsScalar():
		return ""
	case n.Kind == doc.Number || n.Kind == doc.Bool:
		return n.Span.Text()
	}
	return n.Text
}

// word is the text of a scalar, or what stands for none.
func word(n *doc.Node, otherwise string) string {
	if s := str(n); s != "" {
		return s
	}
	return otherwise
}

// boolean is true or false, or what stands for none.
func boolean(n *doc.Node, otherwise bool) bool {
	if n == nil || n.Kind != doc.Bool {
		return otherwise
	}
	return n.Text == "true"
}

// number is a whole number, or what stands for none.
func numberOf(n *doc.Node, otherwise int) int {
	if v, ok := whole(n); ok {
		return v
	}
	return otherwise
}

// lasts is a length of time, or what stands for none.
func lasts(n *doc.Node, otherwise time.Duration) time.Duration {
	if d, ok := parseDuration(str(n)); ok {
		return d
	}
	return otherwise
}

// texts is a list of texts, or a text for a list of one.
func texts(n *doc.Node) []string {
	if n == nil || n.Kind == doc.Map {
		return nil
	}
	var out []string
	for e := range n.Elems() {
		if s := str(e); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// entries yields the entries of a map, each name once.
func entries(n *doc.Node) iter.Seq[doc.Field] {
	return func(yield func(doc.Field) bool) {
		if n == nil || n.Kind != doc.Map {
			return
		}
		seen := map[string]bool{}
		for _, f := range n.Fields {
			if !seen[f.Name()] && !yield(f) {
				return
			}
			seen[f.Name()] = true
		}
	}
}

// variables are the entries of a map of scalars.
func variables(n *doc.Node) []Variable {
	var out []Variable
	for f := range entries(n) {
		if f.Value.IsScalar() && f.Value.Kind != doc.Null {
			out = append(out, Variable{f.Name(), str(f.Value)})
		}
	}
	return out
}

// lists are the entries of a map of lists.
func lists(n *doc.Node) map[string][]string {
	var out map[string][]string
	for f := range entries(n) {
		if out == nil {
			out = map[string][]string{}
		}
		out[f.Name()] = texts(f.Value)
	}
	return out
}
