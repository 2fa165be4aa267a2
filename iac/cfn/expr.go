package cfn

import (
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/match"
)

// ExprKind says how an expression is to be written.
type ExprKind uint8

// The kinds: a plain string, Ref, Fn::GetAtt and Fn::Sub.
const (
	Literal ExprKind = iota
	Ref
	GetAtt
	Sub
)

// An Expr is an expression that evaluates to a given string in a given stack.
// Text is the string, the logical id or parameter, "Logical.Attribute", or the
// text of Fn::Sub.
type Expr struct {
	Kind ExprKind
	Text string
}

// String writes the expression as YAML's short form, for messages.
func (e Expr) String() string {
	switch e.Kind {
	case Literal:
		return e.Text
	case Ref:
		return "!Ref " + e.Text
	case GetAtt:
		return "!GetAtt " + e.Text
	case Sub:
		return `!Sub "` + e.Text + `"`
	default:
		panic("cfn: no such kind of expression")
	}
}

// Expr returns an expression for value in the template of a stack of one of
// the result's models, such as can stand in the resource with the logical id
// in ("" for outside). It refers to no resource that depends on that one,
// which would make a circle. False where value holds an unknown that the
// template has no expression for.
func (r *Result) Expr(st *cloud.Stack, in, value string) (Expr, bool) {
	s := r.units[st]
	if s == nil {
		return Expr{Literal, value}, !match.HasHole(value)
	}
	names := s.expressions()
	usable := func(c *candidate) bool {
		return c.res == "" || in == "" || !s.t.reaches(c.res, in)
	}
	for i := range names {
		if c := &names[i]; c.value == value && usable(c) {
			return c.expr, true
		}
	}
	var b strings.Builder
	used := false
	put := func(text string) { b.WriteString(strings.ReplaceAll(text, "${", "${!")) }
	rest := value
	lit := 0 // rest[:lit] is text that nothing stands for
	flush := func() {
		put(rest[:lit])
		rest, lit = rest[lit:], 0
	}
next:
	for lit < len(rest) {
		for i := range names {
			c := &names[i]
			if !strings.HasPrefix(rest[lit:], c.value) || !usable(c) || !ends(rest[lit+len(c.value):], c.value) {
				continue
			}
			flush()
			b.WriteString("${" + c.expr.Text + "}")
			used = true
			rest = rest[len(c.value):]
			continue next
		}
		if rest[lit] == 0 {
			return Expr{}, false
		}
		lit++
	}
	flush()
	out := b.String()
	if a, err := arn.Parse(out); err == nil && !strings.HasPrefix(out, "${") {
		// The account and region of the stack itself are what the pseudo
		// parameters are for.
		if a.Partition == s.partition {
			a.Partition, used = "${AWS::Partition}", true
		}
		if a.Region == s.region {
			a.Region = "${AWS::Region}"
		}
		if a.Account == s.account {
			a.Account = "${AWS::AccountId}"
		}
		out = a.String()
	}
	if !used {
		return Expr{Literal, value}, true
	}
	return Expr{Sub, out}, true
}

// ends reports whether a value may end where rest begins: a known ARN or name
// must not be the beginning of a longer one.
func ends(rest, value string) bool {
	return rest == "" || value[len(value)-1] == 0 || strings.ContainsRune("/:*", rune(rest[0]))
}

// A candidate is a value that an expression of the template has.
type candidate struct {
	value string
	expr  Expr
	res   string // the resource it refers to
}

// expressions lists the values that references of a stack's template have,
// the longest first.
func (s *stack) expressions() []candidate {
	if s.exprs != nil {
		return s.exprs
	}
	out := []candidate{}
	for _, r := range s.order {
		if r.made == nil || len(r.made.Maybe) > 0 {
			continue
		}
		if r.arn() != "" && r.arn() != r.ref() && r.hasAttr("Arn") {
			if n := r.attr("Arn", r.key.Span); n.Text == r.arn() {
				out = append(out, candidate{r.arn(), Expr{GetAtt, r.id + ".Arn"}, r.id})
			}
		}
		out = append(out, candidate{r.ref(), Expr{Ref, r.id}, r.id})
		if r.t == nil {
			continue
		}
		for name, tmpl := range r.t.Attrs {
			if v := r.expand(tmpl); match.HasHole(v) || isARN(v) {
				out = append(out, candidate{v, Expr{GetAtt, r.id + "." + name}, r.id})
			}
		}
	}
	if s.t.params != nil {
		for _, f := range s.t.params.Fields {
			p := s.param(f.Name(), f.Value)
			if p.node.Kind == doc.String && (match.HasHole(p.node.Text) || isARN(p.node.Text)) {
				out = append(out, candidate{p.node.Text, Expr{Ref, f.Name()}, ""})
			}
		}
	}
	out = slices.DeleteFunc(out, func(c candidate) bool {
		// Short known names occur in other strings by chance.
		return c.value == "" || !match.HasHole(c.value) && !isARN(c.value) && c.res == ""
	})
	slices.SortStableFunc(out, func(a, b candidate) int {
		if len(a.value) != len(b.value) {
			return len(b.value) - len(a.value)
		}
		if a.expr.Kind != b.expr.Kind {
			return int(a.expr.Kind) - int(b.expr.Kind)
		}
		return strings.Compare(a.expr.Text, b.expr.Text)
	})
	s.exprs = out
	return out
}

// hasAttr reports whether Fn::GetAtt of an attribute works in AWS, as far as
// the schemas tell.
func (r *resource) hasAttr(name string) bool {
	if r.s.w.in.Attrs == nil {
		return true
	}
	names, ok := r.s.w.in.Attrs(r.typ)
	return !ok || slices.Contains(names, name)
}
