// Package pattern reads and matches the event patterns of EventBridge rules
// over events that have not happened yet (package trail).
//
//	p := pattern.Parse(rule.Prop("EventPattern"))
//	p.Match(event)   Yes: every such event; No: none; Maybe: some, or unknown
//
// The language is that of
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
// and
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html:
// fields are joined by AND, the elements of an array by OR, and $or joins
// objects. What these pages do not say gives Maybe.
package pattern

import (
	"fmt"
	"maps"
	"strings"

	"penstock/doc"
	"penstock/doc/json"
	"penstock/match"
	"penstock/source"
	"penstock/trail"
	"penstock/truth"
)

// A Pattern is an event pattern. It is immutable.
type Pattern struct {
	root *node
	// Broken is why EventBridge refuses the pattern, "" where it does not.
	Broken string
}

// A node is an object of the pattern.
type node struct {
	fields []field
	or     [][]*node // each $or: one of the objects
	maybe  bool      // not all of it is known
}

// A field holds an object or, as a leaf, the tests of its array.
type field struct {
	name  string
	inner *node
	tests []test
	maybe bool // may not be there
}

// Parse reads a pattern from its tree, or from the JSON text that a string
// holds. It never fails: a pattern that EventBridge refuses is Broken.
func Parse(n *doc.Node) *Pattern {
	if n != nil && n.Kind == doc.String && !match.HasHole(n.Text) {
		inner, _, err := json.Parse(source.NewFile("pattern", []byte(n.Text)))
		if err != nil {
			return &Pattern{Broken: "it is no JSON"}
		}
		n = inner
	}
	p := &Pattern{}
	switch {
	case n == nil || n.Kind == doc.Null:
		p.Broken = "it is empty"
	case n.Kind == doc.Unknown || n.Kind == doc.String:
		p.root = &node{maybe: true}
	case n.Kind != doc.Map:
		p.Broken = "it is no object"
	default:
		p.root = p.object(n, "", 0)
	}
	return p
}

// maxDepth bounds the nesting that is followed.
const maxDepth = 64

func (p *Pattern) refuse(format string, a ...any) {
	if p.Broken == "" {
		p.Broken = fmt.Sprintf(format, a...)
	}
}

func (p *Pattern) object(n *doc.Node, at string, depth int) *node {
	o := &node{maybe: len(n.Maybe) > 0}
	if depth > maxDepth {
		o.maybe = true
		return o
	}
	if len(n.Fields) == 0 {
		p.refuse("%sthe object is empty", prefix(at))
	}
	for _, f := range n.Fields {
		name := f.Name()
		path := name
		if at != "" {
			path = at + "." + name
		}
		v := f.Value
		switch {
		case match.HasHole(name) || f.Key.Kind == doc.Unknown:
			o.maybe = true
		case name == "$or" && alternatives(v):
			var alts []*node
			for a := range v.Elems() {
				if len(a.Maybe) > 0 {
					o.maybe = true
				}
				alts = append(alts, p.object(a, at, depth+1))
			}
			o.or = append(o.or, alts)
		case name == "$or":
			o.maybe = true // with fewer than two objects it may be an ordinary name
		case v.Kind == doc.Unknown:
			o.fields = append(o.fields, field{name: name, tests: []test{unknown{}}})
		case v.Kind == doc.Map:
			o.fields = append(o.fields, field{name: name, inner: p.object(v, path, depth+1), maybe: len(v.Maybe) > 0})
		case v.Kind == doc.List:
			o.fields = append(o.fields, field{name: name, tests: p.tests(v, path), maybe: len(v.Maybe) > 0})
		default:
			p.refuse("%q must be an object or an array", path)
		}
	}
	return o
}

func prefix(at string) string {
	if at == "" {
		return ""
	}
	return fmt.Sprintf("%q: ", at)
}

// alternatives reports whether n is what makes $or an operator: two objects
// or more.
func alternatives(n *doc.Node) bool {
	if n.Kind != doc.List || len(n.Items) < 2 {
		return false
	}
	for _, e := range n.Items {
		if e.Kind != doc.Map {
			return false
		}
	}
	return true
}

// Match reports whether the pattern matches the event. One that is Broken
// matches none.
func (p *Pattern) Match(e *trail.Value) truth.Value {
	if p.Broken != "" {
		return truth.No
	}
	return p.root.match(e)
}

func (o *node) match(e *trail.Value) truth.Value {
	v := truth.Yes
	if o.maybe {
		v = truth.Maybe
	}
	for _, f := range o.fields {
		v = v.And(f.match(e.Get(f.name)))
	}
	for _, alts := range o.or {
		w := truth.No
		for _, a := range alts {
			w = w.Or(a.match(e))
		}
		v = v.And(w)
	}
	return v
}

func (f *field) match(e *trail.Value) truth.Value {
	v := truth.No
	switch {
	case f.inner == nil:
		for _, t := range f.tests {
			v = v.Or(t.match(e))
		}
	case e.Kind == trail.List:
		for _, item := range e.Items {
			v = v.Or(f.inner.match(item))
		}
		if e.Optional {
			v = v.And(truth.Maybe)
		}
	case e.Optional && e.Kind == trail.Object:
		v = f.inner.match(e).And(truth.Maybe).Or(f.inner.match(trail.Absent()).And(truth.Maybe))
	default:
		v = f.inner.match(e)
	}
	if f.maybe {
		// It may not be asked for.
		return v.Or(truth.Maybe)
	}
	return v
}

// Miss names the first field for which the pattern does not match the event,
// "" where there is none or the pattern is Broken.
func (p *Pattern) Miss(e *trail.Value) string {
	if p.Broken != "" {
		return ""
	}
	return p.root.miss(e, "", truth.No)
}

// Narrow names the first field for which the pattern may not match.
func (p *Pattern) Narrow(e *trail.Value) string {
	if p.Broken != "" {
		return ""
	}
	return p.root.miss(e, "", truth.Maybe)
}

func (o *node) miss(e *trail.Value, at string, want truth.Value) string {
	for i := range o.fields {
		f := &o.fields[i]
		path := f.name
		if at != "" {
			path = at + "." + f.name
		}
		in := e.Get(f.name)
		if f.match(in) != want {
			continue
		}
		if f.inner != nil {
			if deeper := f.inner.miss(in, path, want); deeper != "" {
				return deeper
			}
		}
		return path
	}
	for _, alts := range o.or {
		w := truth.No
		for _, a := range alts {
			w = w.Or(a.match(e))
		}
		if w == want {
			return "$or"
		}
	}
	return ""
}

// Only reports whether the field that path names is the only one for which
// the pattern does not match the event: with any value there it might.
func (p *Pattern) Only(e *trail.Value, path string) bool { return p.With(e, path) != truth.No }

// With reports whether the pattern matches the event but for the field that
// path names: Yes where with some value there, whatever else is open, it does.
func (p *Pattern) With(e *trail.Value, path string) truth.Value {
	if p.Broken != "" {
		return truth.No
	}
	return p.root.but(e, strings.Split(path, "."))
}

// but is match without the field at a path.
func (o *node) but(e *trail.Value, path []string) truth.Value {
	v := truth.Yes
	if o.maybe || len(o.or) > 0 {
		v = truth.Maybe
	}
	for _, alts := range o.or {
		w := truth.No
		for _, a := range alts {
			w = w.Or(a.match(blank(e, path)))
		}
		v = v.And(w)
	}
	for i := range o.fields {
		f := &o.fields[i]
		switch {
		case f.name != path[0]:
			v = v.And(f.match(e.Get(f.name)))
		case len(path) > 1 && f.inner != nil:
			v = v.And(f.inner.but(e.Get(f.name), path[1:]))
		case len(path) > 1:
			v = v.And(f.match(e.Get(f.name)))
		}
	}
	return v
}

// blank returns e with the value at a path unknown.
func blank(e *trail.Value, path []string) *trail.Value {
	if len(path) == 0 || e.Kind != trail.Object {
		return trail.Anything()
	}
	out := *e
	out.Fields = maps.Clone(e.Fields)
	out.Fields[path[0]] = blank(e.Get(path[0]), path[1:])
	return &out
}
