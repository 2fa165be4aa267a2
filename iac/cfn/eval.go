package cfn

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"penstock/diag"
	"penstock/doc"
	"penstock/match"
	"penstock/source"
	"penstock/truth"
)

// noValue is AWS::NoValue: what holds it drops it.
var noValue = &doc.Node{Kind: doc.Null, Tag: "AWS::NoValue"}

// An alt is a Fn::If over an open condition. It is a node of kind Unknown on
// the way up, until its context shows what becomes of it: the items of a list
// carry the fact, a scalar becomes a hole.
type alt struct {
	s       *stack
	cond    string
	yes, no *doc.Node
}

// eval evaluates a tree. It returns n itself where nothing in it is to be
// evaluated, noValue where nothing is left, and never nil.
func (s *stack) eval(n *doc.Node) *doc.Node {
	if n == nil {
		return noValue
	}
	return s.w.collapse(s.evalAlt(n))
}

// evalAlt is eval, except that an open Fn::If comes back as an alternative.
func (s *stack) evalAlt(n *doc.Node) *doc.Node {
	w := s.w
	if w.steps++; w.steps > maxSteps {
		if w.steps == maxSteps+1 {
			w.find(CodeLimit, n.Span, diag.Error, "evaluation stopped after %d values", maxSteps)
		}
		return w.vague(n.Span, "a value that was not evaluated")
	}
	if len(n.Tag) > 1 && n.Tag[0] == '!' && n.Tag[1] != '!' {
		return s.call(n, tagFunction(n.Tag), n, true)
	}
	return s.evalPlain(n)
}

// evalPlain evaluates n without its tag.
func (s *stack) evalPlain(n *doc.Node) *doc.Node {
	switch n.Kind {
	case doc.Map:
		if isCall(n) {
			return s.call(n, n.Fields[0].Key.Text, n.Fields[0].Value, false)
		}
		return s.evalMap(n)
	case doc.List:
		return s.evalList(n)
	case doc.String:
		if strings.Contains(n.Text, "{{resolve:") {
			c := *n
			c.Text = s.resolve(n.Text, n.Span)
			return &c
		}
	}
	return n
}

// isCall reports whether a map is the long form of a function.
func isCall(n *doc.Node) bool {
	if n == nil || n.Kind != doc.Map || len(n.Fields) != 1 {
		return false
	}
	k := n.Fields[0].Key.Text
	return k == "Ref" || strings.HasPrefix(k, "Fn::") && !strings.HasPrefix(k, "Fn::ForEach::")
}

// tagFunction returns the long name of a short form: "!Sub" is Fn::Sub.
func tagFunction(tag string) string {
	switch tag {
	case "!Ref", "!Condition":
		return tag[1:]
	}
	return "Fn::" + tag[1:]
}

func (s *stack) evalMap(n *doc.Node) *doc.Node {
	var out *doc.Node
	for i := range n.Fields {
		f := &n.Fields[i]
		if f.Key.Text == "Fn::Transform" {
			return s.transformed(n, f.Value)
		}
		out = replace(n, out, i, s.eval(f.Value))
	}
	if out == nil {
		return n
	}
	return out
}

// replace sets the value of field i in out, a copy of n that it makes on the
// first difference; noValue drops the field.
func replace(n, out *doc.Node, i int, v *doc.Node) *doc.Node {
	f := n.Fields[i]
	if out == nil {
		if v == f.Value {
			return nil
		}
		c := *n
		c.Tag = ""
		c.Fields = append(make([]doc.Field, 0, len(n.Fields)), n.Fields[:i]...)
		out = &c
	}
	if v != noValue {
		out.Fields = append(out.Fields, doc.Field{Key: f.Key, Value: v})
	}
	return out
}

func (s *stack) evalList(n *doc.Node) *doc.Node {
	var items []*doc.Node
	same := true
	for i, it := range n.Items {
		v := s.evalAlt(it)
		if same {
			if v == it && s.w.alts[v] == nil {
				continue
			}
			same = false
			items = append(make([]*doc.Node, 0, len(n.Items)), n.Items[:i]...)
		}
		items = s.w.appendItem(items, v, nil)
	}
	if same {
		return n
	}
	c := *n
	c.Tag, c.Items = "", items
	return &c
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

func isText(n *doc.Node) bool {
	return n.Kind == doc.String || n.Kind == doc.Number || n.Kind == doc.Bool
}

// isName reports whether a symbolic string is surely one that a hole of class
// Name may stand for.
func isName(text string) bool {
	if text == "" {
		return false
	}
	for _, p := range parts(text) {
		if p.hole && p.class != match.Name && p.class != match.Account && p.class != match.Suffix {
			return false
		}
		if !p.hole && (strings.ContainsAny(p.text, ":/*?") || strings.ContainsFunc(p.text, unicode.IsSpace)) {
			return false
		}
	}
	return true
}

// unknown is a value of any shape. What names what it depends on, and two
// unknowns of one name are the same value.
func unknown(at source.Span, what string) *doc.Node {
	return &doc.Node{Kind: doc.Unknown, Text: match.Render(what), Span: at}
}

// vague is an unknown like no other.
func (w *world) vague(at source.Span, what string) *doc.Node {
	w.vagues++
	return unknown(at, fmt.Sprintf("%s (%d)", what, w.vagues))
}

// str is a string that an expression made.
func str(at source.Span, text string, via ...source.Span) *doc.Node {
	return &doc.Node{Kind: doc.String, Text: text, Span: at, Via: via}
}

// textOf returns an evaluated node as a symbolic string. Lists and maps, which
// CloudFormation refuses in such a place, become a hole.
func (w *world) textOf(n *doc.Node) string {
	switch {
	case n == nil || n == noValue:
		return ""
	case len(n.Maybe) > 0:
		return match.Hole(match.Any, w.intern("a value that stands if "+strings.Join(n.Maybe, " and "), dump(n)))
	case n.Kind == doc.Unknown:
		return match.Hole(match.Any, plain(n.Text))
	case n.Kind == doc.List || n.Kind == doc.Map:
		return match.Hole(match.Any, w.intern("a "+n.Kind.String(), dump(n)))
	default:
		return n.Text
	}
}

// dump writes a value so that two values of one dump are the same.
func dump(n *doc.Node) string {
	if n == noValue {
		return "-"
	}
	var b strings.Builder
	write(&b, n)
	return b.String()
}

func write(b *strings.Builder, n *doc.Node) {
	fmt.Fprintf(b, "%d%q%q", n.Kind, n.Text, n.Maybe)
	for _, it := range n.Items {
		b.WriteByte(',')
		write(b, it)
	}
	for _, f := range n.Fields {
		fmt.Fprintf(b, ";%q=", f.Key.Text)
		write(b, f.Value)
	}
	b.WriteByte('.')
}

// plain writes a name so that match.Hole changes nothing in it: two names that
// differ keep differing.
func plain(name string) string { return lookalike.Replace(match.Render(name)) }

var lookalike = strings.NewReplacer(":", "\ua789", "/", "\u2215")

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

// wrong reports a malformed call and makes its value unknown.
func (s *stack) wrong(n *doc.Node, message string) *doc.Node {
	s.w.find(CodeArguments, n.Span, diag.Error, "%s", message)
	return s.w.vague(n.Span, message)
}
