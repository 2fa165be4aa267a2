package pattern

import (
	"math/big"
	"net/netip"
	"strings"

	"penstock/doc"
	"penstock/match"
	"penstock/trail"
	"penstock/truth"
)

// A test is one element of a leaf's array.
type test interface {
	match(*trail.Value) truth.Value
}

// unknown is an element that cannot be known.
type unknown struct{}

func (unknown) match(*trail.Value) truth.Value { return truth.Maybe }

// possible is an element that may not be there.
type possible struct{ test }

func (p possible) match(e *trail.Value) truth.Value { return p.test.match(e).And(truth.Maybe) }

// each applies is to the scalars of a value: to the value itself, or to the
// elements of an array, of which one will do
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-arrays.html).
func each(e *trail.Value, is func(*trail.Value) truth.Value) truth.Value {
	v := truth.No
	switch e.Kind {
	case trail.Any:
		return truth.Maybe
	case trail.None, trail.Object:
		return truth.No
	case trail.List:
		for _, i := range e.Items {
			v = v.Or(each(i, is))
		}
	case trail.Null, trail.Bool, trail.Number, trail.String:
		v = is(e)
	default:
		panic("pattern: no such kind")
	}
	if e.Optional {
		return v.And(truth.Maybe)
	}
	return v
}

// literal is a value that the event's must equal, of the same type.
type literal struct {
	kind trail.Kind
	text string
}

func (l literal) match(e *trail.Value) truth.Value {
	return each(e, func(e *trail.Value) truth.Value {
		switch {
		case e.Kind != l.kind:
			return truth.No
		case l.kind == trail.Null:
			return truth.Yes
		case l.kind == trail.Number:
			return numbers(e.Text, l.text, func(c int) bool { return c == 0 })
		default:
			return match.Equal(e.Text, l.text)
		}
	})
}

// numbers compares two numbers; what is no number gives Maybe.
func numbers(a, b string, is func(int) bool) truth.Value {
	x, ok := number(a)
	y, ok2 := number(b)
	if !ok || !ok2 {
		return truth.Maybe
	}
	return truth.Of(is(x.Cmp(y)))
}

// number reads a JSON number. One with an exponent of many digits would be
// huge written out, and is beyond EventBridge's range.
func number(s string) (*big.Rat, bool) {
	if i := strings.IndexAny(s, "eE"); len(s) > 64 || i >= 0 && len(s)-i > 4 {
		return nil, false
	}
	if strings.ContainsAny(s, "/_xXpPoObB") {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

// text matches strings by a glob.
type text struct{ p match.Pattern }

func (t text) match(e *trail.Value) truth.Value {
	return each(e, func(e *trail.Value) truth.Value {
		if e.Kind != trail.String {
			return truth.No
		}
		return t.p.Match(e.Text)
	})
}

// but is anything-but: the field is there, and none of the tests matches.
// Of an array whose elements differ in that, the pages do not speak.
type but struct{ tests []test }

func (b but) match(e *trail.Value) truth.Value {
	if e.Kind == trail.List && len(e.Items) > 1 {
		return truth.Maybe
	}
	return each(e, func(e *trail.Value) truth.Value {
		v := truth.No
		for _, t := range b.tests {
			v = v.Or(t.match(e))
		}
		return v.Not()
	})
}

// exists asks whether a leaf is there. Of objects the page says that it does
// not work.
type exists struct{ want bool }

func (x exists) match(e *trail.Value) truth.Value {
	switch {
	case e.Kind == trail.None:
		return truth.Of(!x.want)
	case e.Kind == trail.Any, e.Kind == trail.Object, e.Kind == trail.List && len(e.Items) == 0, e.Optional:
		return truth.Maybe
	default:
		return truth.Of(x.want)
	}
}

// span is numeric: the field is a number within bounds.
type span struct {
	bounds []bound
}

type bound struct {
	is func(int) bool
	n  string
}

func (s span) match(e *trail.Value) truth.Value {
	return each(e, func(e *trail.Value) truth.Value {
		if e.Kind != trail.Number {
			return truth.No
		}
		v := truth.Yes
		for _, b := range s.bounds {
			v = v.And(numbers(e.Text, b.n, b.is))
		}
		return v
	})
}

// cidr matches addresses of a block.
type cidr struct{ block netip.Prefix }

func (c cidr) match(e *trail.Value) truth.Value {
	return each(e, func(e *trail.Value) truth.Value {
		if e.Kind != trail.String {
			return truth.No
		}
		if match.HasHole(e.Text) {
			return truth.Maybe
		}
		a, err := netip.ParseAddr(e.Text)
		return truth.Of(err == nil && c.block.Contains(a.WithZone("")))
	})
}

// tests reads the array of a leaf.
func (p *Pattern) tests(n *doc.Node, at string) []test {
	if len(n.Items) == 0 {
		p.refuse("%q: the array is empty", at)
	}
	var out []test
	for _, e := range n.Items {
		t := p.test(e, at)
		if len(e.Maybe) > 0 {
			t = possible{t}
		}
		out = append(out, t)
	}
	return out
}

func (p *Pattern) test(n *doc.Node, at string) test {
	switch n.Kind {
	case doc.Unknown:
		return unknown{}
	case doc.Null, doc.Bool, doc.Number, doc.String:
		return scalar(n)
	case doc.List:
		p.refuse("%q: an array within an array", at)
		return unknown{}
	case doc.Map:
	default:
		panic("pattern: no such kind")
	}
	if len(n.Fields) != 1 {
		p.refuse("%q: a comparison has one operator, this one %d", at, len(n.Fields))
		return unknown{}
	}
	op, v := n.Fields[0].Name(), n.Fields[0].Value
	if v.Kind == doc.Unknown {
		return unknown{}
	}
	switch op {
	case "prefix", "suffix", "equals-ignore-case", "wildcard":
		return p.glob(op, v, at)
	case "anything-but":
		return p.but(v, at)
	case "exists":
		if v.Kind != doc.Bool && v.Text != "true" && v.Text != "false" {
			p.refuse("%q: exists takes true or false", at)
		}
		return exists{v.Text == "true"}
	case "numeric":
		return p.numeric(v, at)
	case "cidr":
		block, err := netip.ParsePrefix(v.Str())
		if match.HasHole(v.Str()) {
			return unknown{}
		}
		if err != nil {
			p.refuse("%q: cidr takes an address block", at)
		}
		return cidr{block.Masked()}
	default:
		p.refuse("%q: there is no operator %q", at, op)
		return unknown{}
	}
}

func scalar(n *doc.Node) test {
	kinds := map[doc.Kind]trail.Kind{doc.Null: trail.Null, doc.Bool: trail.Bool, doc.Number: trail.Number, doc.String: trail.String}
	return literal{kinds[n.Kind], n.Text}
}

// glob reads the operators over text. Prefix and suffix take a string, or
// {"equals-ignore-case": string}.
func (p *Pattern) glob(op string, v *doc.Node, at string) test {
	fold := op == "equals-ignore-case"
	if v.Kind == doc.Map && (op == "prefix" || op == "suffix") && len(v.Fields) == 1 && v.Fields[0].Name() == "equals-ignore-case" {
		fold, v = true, v.Fields[0].Value
	}
	if v.Kind == doc.Unknown {
		return unknown{}
	}
	if v.Kind != doc.String {
		p.refuse("%q: %s takes a string", at, op)
		return unknown{}
	}
	var b match.Builder
	switch op {
	case "prefix":
		b.Text(v.Text)
		b.Wild("*")
	case "suffix":
		b.Wild("*")
		b.Text(v.Text)
	case "equals-ignore-case":
		b.Text(v.Text)
	case "wildcard":
		if !p.wildcard(&b, v.Text, at) {
			return unknown{}
		}
	}
	if fold {
		return text{b.PatternFold()}
	}
	return text{b.Pattern()}
}

// wildcard reads '*', with '\*' and '\\' for the characters themselves. Two
// wildcards in a row are refused.
func (p *Pattern) wildcard(b *match.Builder, s, at string) bool {
	lit := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '*':
			if i+1 < len(s) && s[i+1] == '*' {
				p.refuse("%q: two wildcards in a row", at)
				return false
			}
			b.Text(s[lit:i])
			b.Wild("*")
			lit = i + 1
		case '\\':
			if i+1 >= len(s) || s[i+1] != '*' && s[i+1] != '\\' {
				p.refuse("%q: a backslash before what is no '*' and no backslash", at)
				return false
			}
			b.Text(s[lit:i])
			lit = i + 1
			i++
		}
	}
	b.Text(s[lit:])
	return true
}

func (p *Pattern) but(v *doc.Node, at string) test {
	var out but
	switch v.Kind {
	case doc.Map:
		if len(v.Fields) != 1 {
			p.refuse("%q: anything-but takes one operator", at)
			return unknown{}
		}
		op := v.Fields[0].Name()
		switch op {
		case "prefix", "suffix", "equals-ignore-case", "wildcard":
		default:
			p.refuse("%q: anything-but does not take %q", at, op)
			return unknown{}
		}
		for e := range v.Fields[0].Value.Elems() {
			t := p.glob(op, e, at)
			if len(e.Maybe) > 0 {
				t = possible{t}
			}
			out.tests = append(out.tests, t)
		}
	default:
		for e := range v.Elems() {
			var t test = unknown{}
			switch e.Kind {
			case doc.Unknown:
			case doc.String, doc.Number:
				t = scalar(e)
			default:
				p.refuse("%q: anything-but takes strings or numbers", at)
			}
			if len(e.Maybe) > 0 {
				t = possible{t}
			}
			out.tests = append(out.tests, t)
		}
	}
	if len(out.tests) == 0 {
		p.refuse("%q: anything-but takes something", at)
	}
	return out
}

var comparisons = map[string]func(int) bool{
	"=": func(c int) bool { return c == 0 }, "<": func(c int) bool { return c < 0 }, "<=": func(c int) bool { return c <= 0 },
	">": func(c int) bool { return c > 0 }, ">=": func(c int) bool { return c >= 0 },
}

func (p *Pattern) numeric(v *doc.Node, at string) test {
	if v.Kind != doc.List || len(v.Items) != 2 && len(v.Items) != 4 {
		p.refuse("%q: numeric takes one comparison or two", at)
		return unknown{}
	}
	var s span
	for i := 0; i < len(v.Items); i += 2 {
		op, n := v.Items[i], v.Items[i+1]
		if op.Kind == doc.Unknown || n.Kind == doc.Unknown {
			return unknown{}
		}
		is := comparisons[op.Text]
		if is == nil {
			p.refuse("%q: numeric does not know %q", at, op.Text)
			return unknown{}
		}
		s.bounds = append(s.bounds, bound{is, n.Text})
	}
	return s
}
