package cfn

import (
	"slices"

	"penstock/doc"
	"penstock/match"
	"penstock/source"
	"penstock/truth"
)

// An alt is a Fn::If over an open condition. It is a node of kind Unknown on
// the way up, until its context shows what becomes of it: the items of a list
// carry the fact, a scalar becomes a hole.
type alt struct {
	s       *stack
	cond    string
	yes, no *doc.Node
}

// appendItem adds what an item came to: nothing, itself, or both sides of an
// alternative, each with the fact that it stands on.
func (w *world) appendItem(items []*doc.Node, v *doc.Node, facts []string) []*doc.Node {
	if v == noValue {
		return items
	}
	if a := w.alts[v]; a != nil {
		items = w.appendItem(items, a.yes, append(slices.Clip(facts), a.s.condFact(a.cond, true)))
		return w.appendItem(items, a.no, append(slices.Clip(facts), a.s.condFact(a.cond, false)))
	}
	return append(items, withFacts(v, facts))
}

func withFacts(n *doc.Node, facts []string) *doc.Node {
	if len(facts) == 0 {
		return n
	}
	c := *n
	c.Maybe = append(slices.Clip(n.Maybe), facts...)
	return &c
}

// collapse makes one node of an alternative.
func (w *world) collapse(n *doc.Node) *doc.Node {
	a := w.alts[n]
	if a == nil {
		return n
	}
	yes, no := w.collapse(a.yes), w.collapse(a.no)
	fact, not := a.s.condFact(a.cond, true), a.s.condFact(a.cond, false)
	switch {
	case yes == noValue && no == noValue:
		return noValue
	case yes == noValue:
		return withFacts(no, []string{not})
	case no == noValue:
		return withFacts(yes, []string{fact})
	case yes.Kind == doc.List && no.Kind == doc.List:
		c := doc.Node{Kind: doc.List, Style: yes.Style, Span: n.Span, Via: []source.Span{yes.Span, no.Span}}
		for _, it := range yes.Items {
			c.Items = append(c.Items, withFacts(it, []string{fact}))
		}
		for _, it := range no.Items {
			c.Items = append(c.Items, withFacts(it, []string{not}))
		}
		return &c
	case isText(yes) && isText(no) && len(yes.Maybe)+len(no.Maybe) == 0:
		c := *yes
		c.Span, c.Via = n.Span, []source.Span{yes.Span, no.Span}
		if yes.Text != no.Text {
			class := match.Any
			if isName(yes.Text) && isName(no.Text) {
				class = match.Name
			}
			c.Kind = doc.String
			c.Text = match.Hole(class, w.intern("Fn.If "+a.s.label+"."+a.cond, yes.Text+"\x01"+no.Text))
		}
		return &c
	default:
		return unknown(n.Span, w.intern(fact, dump(yes)+"\x01"+dump(no)))
	}
}

// condFact words a condition for Maybe.
func (s *stack) condFact(name string, holds bool) string {
	if holds {
		return "condition " + s.label + "." + name + " is true"
	}
	return "condition " + s.label + "." + name + " is false"
}

// ifCall is Fn::If.
func (s *stack) ifCall(n *doc.Node, args []*doc.Node) *doc.Node {
	if len(args) != 3 {
		return s.wrong(n, "Fn::If takes a condition and two values")
	}
	name := args[0].Text
	if args[0].Kind != doc.String || args[0].Tag != "" && args[0].Tag != "!Condition" {
		if c := args[0].Get("Condition"); c != nil {
			name = c.Text
		} else {
			return s.wrong(n, "the first argument of Fn::If is the name of a condition")
		}
	}
	switch s.cond(name, args[0].Span) {
	case truth.Yes:
		return s.evalAlt(args[1])
	case truth.No:
		return s.evalAlt(args[2])
	}
	c := unknown(n.Span, s.condFact(name, true))
	s.w.alts[c] = &alt{s: s, cond: name, yes: s.evalAlt(args[1]), no: s.evalAlt(args[2])}
	return c
}
