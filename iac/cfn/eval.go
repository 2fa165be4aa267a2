package cfn

import (
	"fmt"
	"strings"
	"unicode"

	"penstock/diag"
	"penstock/doc"
	"penstock/match"
	"penstock/source"
)

// noValue is AWS::NoValue: what holds it drops it.
var noValue = &doc.Node{Kind: doc.Null, Tag: "AWS::NoValue"}

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
		if p.hole && p.class != match.Name && p.class != match.ID && p.class != match.Account && p.class != match.Suffix {
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

// wrong reports a malformed call and makes its value unknown.
func (s *stack) wrong(n *doc.Node, message string) *doc.Node {
	s.w.find(CodeArguments, n.Span, diag.Error, "%s", message)
	return s.w.vague(n.Span, message)
}
