package cfn

import (
	"fmt"
	"slices"
	"strings"

	"penstock/diag"
	"penstock/doc"
	"penstock/match"
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

// equation simplifies a == b.
func (w *world) equation(a, b string) *formula {
	if a == b {
		return always
	}
	pa, pb := trim(parts(a), parts(b))
	ja, jb := joined(pa), joined(pb)
	ha, hb := match.HasHole(ja), match.HasHole(jb)
	switch {
	case !ha && !hb:
		return constant(ja == jb)
	case clash(pa, pb):
		return never
	}
	if isHole(jb) && !isHole(ja) {
		pa, pb, ja, jb, ha, hb = pb, pa, jb, ja, hb, ha
	}
	if isHole(ja) && !hb {
		if !fits(pa[0].class, jb) {
			return never
		}
		if d, ok := w.domains[ja]; ok && !slices.Contains(d, jb) {
			return never
		}
	}
	if isHole(ja) && isHole(jb) && jb < ja {
		ja, jb = jb, ja
	}
	return &formula{op: '=', a: ja, b: jb}
}

// trim takes equal ends off two symbolic strings.
func trim(a, b []part) ([]part, []part) {
	a, b = slices.Clone(a), slices.Clone(b)
	for range 2 {
		for len(a) > 0 && len(b) > 0 {
			if a[0].hole || b[0].hole {
				if a[0] != b[0] {
					break
				}
				a, b = a[1:], b[1:]
				continue
			}
			n := 0
			for n < len(a[0].text) && n < len(b[0].text) && a[0].text[n] == b[0].text[n] {
				n++
			}
			x, y := a[0].text[n:], b[0].text[n:]
			if x == "" {
				a = a[1:]
			} else {
				a[0].text = x
			}
			if y == "" {
				b = b[1:]
			} else {
				b[0].text = y
			}
			if n == 0 || x != "" && y != "" {
				break
			}
		}
		flip(a)
		flip(b)
	}
	return a, b
}

// flip turns parts around, for the second pass of trim.
func flip(ps []part) {
	slices.Reverse(ps)
	for i := range ps {
		if !ps[i].hole {
			raw := []byte(ps[i].text)
			slices.Reverse(raw)
			ps[i].text = string(raw)
		}
	}
}

func joined(ps []part) string {
	var b strings.Builder
	for _, p := range ps {
		b.WriteString(p.text)
	}
	return b.String()
}

// clash reports whether two trimmed strings differ whatever fills them: they
// begin or end in different text, or one is empty and the other is not.
func clash(a, b []part) bool {
	if len(a) == 0 {
		a, b = b, a
	}
	if len(b) == 0 {
		return slices.ContainsFunc(a, func(p part) bool { return !p.hole || p.class != match.Any })
	}
	first := !a[0].hole && !b[0].hole
	last := !a[len(a)-1].hole && !b[len(b)-1].hole
	return first || last
}

// An assignment is what the unknowns are taken to be: a hole that is a key of
// vars equals that text, or for the text other none that a condition names.
type assignment struct {
	vars  map[string]string
	bools map[string]bool
	gen   int
}

const other = "\x00other"

// generation makes each assignment's memo its own.
func (l *loader) next(a *assignment) *assignment {
	l.generation++
	a.gen = l.generation
	return a
}

// assignment is that of the world: nothing is assumed, since what a scenario
// fixes has already been put in the place of the holes.
func (w *world) assignment() *assignment {
	if w.asg == nil {
		w.asg = w.next(&assignment{})
	}
	return w.asg
}

// eval decides a formula.
func (f *formula) eval(a *assignment) truth.Value {
	switch f.op {
	case 'y':
		return truth.Yes
	case 'n':
		return truth.No
	case '?':
		return truth.Maybe
	}
	if f.gen == a.gen {
		return f.val
	}
	v := truth.Maybe
	switch f.op {
	case 'c':
		v = f.cond.f.eval(a)
	case '!':
		v = f.args[0].eval(a).Not()
	case '&':
		v = truth.Yes
		for _, x := range f.args {
			v = v.And(x.eval(a))
		}
	case '|':
		v = truth.No
		for _, x := range f.args {
			v = v.Or(x.eval(a))
		}
	case '=':
		v = f.solve(a)
	default:
		panic(fmt.Sprintf("cfn: no such operator %q", f.op))
	}
	f.gen, f.val = a.gen, v
	return v
}

// solve decides a == b under an assignment.
func (f *formula) solve(a *assignment) truth.Value {
	x, okx := a.vars[f.a]
	y, oky := f.b, true
	if match.HasHole(f.b) {
		y, oky = a.vars[f.b]
	}
	if okx && oky && (x != other || y != other) {
		return truth.Of(x == y)
	}
	if v, ok := a.bools[f.a+"\x01"+f.b]; ok {
		return truth.Of(v)
	}
	return truth.Maybe
}

// leaves collects the equations of a formula, each condition once.
func (f *formula) leaves(seen map[*formula]bool, visit func(*formula)) {
	if seen[f] {
		return
	}
	seen[f] = true
	if f.op == '=' {
		visit(f)
	}
	if f.op == 'c' {
		f.cond.f.leaves(seen, visit)
	}
	for _, x := range f.args {
		x.leaves(seen, visit)
	}
}
