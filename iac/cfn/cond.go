package cfn

import (
	"strings"

	"penstock/diag"
	"penstock/doc"
	"penstock/source"
	"penstock/truth"
)

// A formula is a condition over the unknowns of the templates. Its leaves are
// equations between symbolic strings.
type formula struct {
	op   byte // 'y' yes, 'n' no, '?' unknown, '&', '|', '!', '=', 'c' a named condition
	args []*formula
	a, b string // '=': a is a hole, or the pair is one that nobody can solve
	cond *cond

	gen int // memo of eval
	val truth.Value
}

// A cond is a named condition of a stack.
type cond struct {
	s      *stack
	name   string
	f      *formula
	wait   bool // being built
	wanted bool // something depends on it, and it is open
}

// key names a condition over all worlds.
func (c *cond) key() string { return c.s.label + "\x00" + c.name }

var (
	always = &formula{op: 'y'}
	never  = &formula{op: 'n'}
	open   = &formula{op: '?'}
)

func constant(v bool) *formula {
	if v {
		return always
	}
	return never
}

// condition returns a named condition, nil where the template declares none.
func (s *stack) condition(name string) *cond {
	if c := s.conds[name]; c != nil {
		if c.wait {
			s.w.enter(s, "condition "+name, s.t.condOf[name].Where()) // reports the circle
			return &cond{s: s, name: name, f: open}
		}
		return c
	}
	decl := s.t.condOf[name]
	if decl == nil {
		return nil
	}
	c := &cond{s: s, name: name, wait: true}
	s.conds[name] = c
	s.w.enter(s, "condition "+name, decl.Span)
	s.w.raw++
	c.f = s.formula(decl)
	s.w.raw--
	s.w.leave()
	c.wait = false
	return c
}

// cond says whether a named condition holds in this world, and notes that
// something depends on it where it is open.
func (s *stack) cond(name string, at source.Span) truth.Value {
	c := s.condition(name)
	if c == nil {
		return truth.Maybe // check has reported it
	}
	v := c.f.eval(s.w.assignment())
	if s.w.sc != nil {
		if fixed, ok := s.w.sc.fixed[c.key()]; ok {
			v = fixed
		}
	}
	if v == truth.Maybe && s.w.quiet == 0 && !c.wanted {
		c.wanted = true
		s.w.asked = append(s.w.asked, c)
	}
	return v
}

// formula builds a condition.
func (s *stack) formula(n *doc.Node) *formula {
	name, arg := "", n
	switch {
	case len(n.Tag) > 1 && n.Tag[0] == '!':
		name = tagFunction(n.Tag)
	case n.Kind == doc.Map && len(n.Fields) == 1:
		name, arg = n.Fields[0].Key.Text, n.Fields[0].Value
	case n.Kind == doc.Bool:
		return constant(n.Text == "true")
	}
	all := func(op byte) *formula {
		f := &formula{op: op}
		for _, a := range list(arg) {
			f.args = append(f.args, s.formula(a))
		}
		if len(f.args) == 0 {
			s.wrong(n, name+" takes a list of conditions")
			return open
		}
		return f
	}
	switch name {
	case "Condition":
		c := s.condition(arg.Text)
		if c == nil {
			return open
		}
		return &formula{op: 'c', cond: c}
	case "Fn::And":
		return all('&')
	case "Fn::Or":
		return all('|')
	case "Fn::Not":
		if len(list(arg)) != 1 {
			s.wrong(n, "Fn::Not takes a list of one condition")
			return open
		}
		return all('!')
	case "Fn::Equals":
		args := list(arg)
		if len(args) != 2 {
			s.wrong(n, "Fn::Equals takes a list of two values")
			return open
		}
		return s.w.equation(s.compared(args[0]), s.compared(args[1]))
	case "Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn":
		return s.ruleFunction(n, name, list(arg))
	}
	s.w.find(CodeArguments, n.Span, diag.Error, "a condition is Fn::And, Fn::Equals, Fn::Not, Fn::Or or the name of another one")
	return open
}

// compared evaluates one side of Fn::Equals to a symbolic string.
func (s *stack) compared(n *doc.Node) string {
	v := s.eval(n)
	if v.Kind == doc.List || v.Kind == doc.Map {
		var b strings.Builder
		if s.writeJSON(&b, v) {
			return b.String()
		}
	}
	return s.w.textOf(v)
}
