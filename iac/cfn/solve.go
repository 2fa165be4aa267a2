package cfn

import (
	"fmt"

	"penstock/match"
	"penstock/truth"
)

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
