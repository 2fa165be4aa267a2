package cfn

import (
	"slices"

	"penstock/diag"
	"penstock/doc"
	"penstock/match"
	"penstock/source"
	"penstock/truth"
)

// shown evaluates what a resource or an output shows, even where a condition
// asks for it: NoEcho parameters stay hidden.
func (w *world) shown(eval func() *doc.Node) *doc.Node {
	raw := w.raw
	w.raw = 0
	defer func() { w.raw = raw }()
	return eval()
}

// An output is one entry of Outputs.
type output struct {
	s    *stack
	name string
	body *doc.Node
	at   source.Span
	memo *doc.Node
	// assume is what the value takes for granted.
	assume []string
}

func (o *output) exists() truth.Value {
	c := o.body.Get("Condition")
	if c == nil || c.Kind != doc.String {
		return truth.Yes
	}
	return o.s.cond(c.Text, c.Span)
}

// value returns the value for a reference at a place, "" not created
// included; never nil.
func (o *output) value(at source.Span) *doc.Node {
	w := o.s.w
	unknown := &doc.Node{Kind: doc.String, Text: match.Hole(match.Any, o.s.label+".Outputs."+o.name), Span: at}
	if o.memo == nil {
		if !w.enter(o.s, "output "+o.name, o.at) {
			return unknown
		}
		v, before := o.body.Get("Value"), len(w.taken)
		switch {
		case v == nil:
			w.find(CodeShape, o.at, diag.Error, "output %q has no Value", o.name)
			o.memo = unknown
		case o.exists() == truth.Maybe:
			o.memo = unknown
		default:
			o.memo = w.shown(func() *doc.Node { return o.s.eval(v) })
			if o.memo == noValue {
				o.memo = unknown
			}
		}
		o.assume = slices.Clone(w.taken[before:])
		w.leave()
	}
	for _, a := range o.assume {
		w.assume(a)
	}
	if o.exists() == truth.No {
		w.find(CodeAbsent, at, diag.Error, "output %q of stack %q is not there: its condition %q is false", o.name, o.s.label, o.body.Get("Condition").Str())
		return unknown
	}
	c := *o.memo
	c.Via = append([]source.Span{o.body.Get("Value").Where()}, c.Via...)
	c.Span, c.Tag = at, ""
	return &c
}
