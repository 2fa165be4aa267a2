package cfn

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"penstock/diag"
	"penstock/doc"
	"penstock/match"
	"penstock/source"
)

// asList takes an attribute of which nothing is known for a list: which of
// them are lists is not in their names.
func asList(n *doc.Node) *doc.Node {
	if n.Kind != doc.String {
		return n
	}
	ps := parts(n.Text)
	if len(ps) != 1 || !ps[0].hole || ps[0].class != match.Any {
		return n
	}
	return unknown(n.Span, n.Text)
}

// join is Fn::Join.
func (s *stack) join(n *doc.Node, args []*doc.Node) *doc.Node {
	if len(args) != 2 {
		return s.wrong(n, "Fn::Join takes a delimiter and a list")
	}
	delim := s.w.textOf(s.eval(args[0]))
	vals := asList(s.eval(args[1]))
	if vals.Kind != doc.List {
		if vals.Kind != doc.Unknown {
			return s.wrong(n, "Fn::Join takes a delimiter and a list")
		}
		return str(n.Span, match.Hole(match.Any, s.w.intern("a join of "+plain(vals.Text), delim+"\x01"+dump(vals))))
	}
	var b strings.Builder
	var via []source.Span
	for i, it := range vals.Items {
		if len(it.Maybe) > 0 {
			return str(n.Span, match.Hole(match.Any, s.w.intern("a join where "+plain(it.Maybe[0]), delim+"\x01"+dump(vals))))
		}
		if i > 0 {
			b.WriteString(delim)
		}
		b.WriteString(s.w.textOf(it))
		via = append(via, it.Via...)
		if b.Len() > maxText {
			s.w.find(CodeLimit, n.Span, diag.Error, "the string grows beyond %d bytes", maxText)
			return str(n.Span, match.Hole(match.Any, s.w.vague(n.Span, "a string that is too long").Text))
		}
	}
	return str(n.Span, s.resolve(b.String(), n.Span), via...)
}

// splitCall is Fn::Split.
func (s *stack) splitCall(n *doc.Node, args []*doc.Node) *doc.Node {
	if len(args) != 2 {
		return s.wrong(n, "Fn::Split takes a delimiter and a string")
	}
	delim, text := s.w.textOf(s.eval(args[0])), s.eval(args[1])
	if text.Kind == doc.List || text.Kind == doc.Map {
		return s.wrong(n, "Fn::Split takes a delimiter and a string, not a "+text.Kind.String())
	}
	if delim == "" {
		return s.wrong(n, "the delimiter of Fn::Split is empty")
	}
	whole := s.w.textOf(text)
	items, ok := split(whole, delim)
	if !ok || match.HasHole(delim) {
		return unknown(n.Span, fmt.Sprintf("%s split at %q", match.Render(whole), match.Render(delim)))
	}
	c := &doc.Node{Kind: doc.List, Span: n.Span, Via: text.Via}
	for _, it := range items {
		c.Items = append(c.Items, str(n.Span, it, text.Via...))
	}
	return c
}

// selectCall is Fn::Select.
func (s *stack) selectCall(n *doc.Node, args []*doc.Node) *doc.Node {
	if len(args) != 2 {
		return s.wrong(n, "Fn::Select takes an index and a list")
	}
	index, vals := s.eval(args[0]), asList(s.eval(args[1]))
	if vals.Kind != doc.List && vals.Kind != doc.Unknown {
		return s.wrong(n, "Fn::Select takes an index and a list")
	}
	indexText := s.w.textOf(index)
	open := vals.Kind == doc.Unknown || match.HasHole(indexText)
	for _, it := range vals.Items {
		open = open || len(it.Maybe) > 0
	}
	if open {
		class := match.Any
		what := vals.Text
		if strings.HasPrefix(what, "availability zones of ") {
			class = match.Name
		}
		if vals.Kind == doc.List {
			what = "a list"
		}
		return str(n.Span, match.Hole(class, s.w.intern("item "+plain(indexText)+" of "+plain(what), indexText+"\x01"+dump(vals))))
	}
	i, err := strconv.Atoi(indexText)
	if err != nil {
		return s.wrong(n, fmt.Sprintf("the index %q of Fn::Select is no number", indexText))
	}
	if i < 0 || i >= len(vals.Items) {
		s.w.find(CodeSelect, n.Span, diag.Error, "Fn::Select takes item %d of a list of %d", i, len(vals.Items))
		return s.w.vague(n.Span, fmt.Sprintf("item %d of a list of %d", i, len(vals.Items)))
	}
	c := *vals.Items[i]
	c.Via = append([]source.Span{c.Span}, c.Via...)
	c.Span = n.Span
	return &c
}

// getAZs is Fn::GetAZs: which zones an account sees is AWS's to say.
func (s *stack) getAZs(n, arg *doc.Node) *doc.Node {
	region := s.w.textOf(arg)
	if region == "" {
		region = s.region
	}
	return unknown(n.Span, "availability zones of "+match.Render(region)+" in account "+s.account)
}

// length is Fn::Length.
func (s *stack) length(n, arg *doc.Node) *doc.Node {
	arg = asList(arg)
	if arg.Kind == doc.List && !slices.ContainsFunc(arg.Items, func(it *doc.Node) bool { return len(it.Maybe) > 0 }) {
		return &doc.Node{Kind: doc.Number, Text: strconv.Itoa(len(arg.Items)), Span: n.Span}
	}
	if arg.Kind != doc.List && arg.Kind != doc.Unknown {
		return s.wrong(n, "Fn::Length takes a list")
	}
	return str(n.Span, match.Hole(match.Name, s.w.intern("a length", dump(arg))))
}
