package cfn

import (
	"fmt"
	"maps"
	"slices"

	"penstock/doc"
	"penstock/match"
	"penstock/truth"
)

// A scenario is one way in which the open conditions can fall together.
type scenario struct {
	text  []string
	fixed map[string]truth.Value // by cond.key
	subst map[string]string      // unknowns that the scenario makes known
}

// maxAssignments bounds the search; beyond it the conditions that are asked
// last stay open.
const maxAssignments = 4096

// scenarios enumerates how the conditions that something depends on can fall,
// over the values that the conditions compare the unknowns with. Nil where
// none is open.
func (w *world) scenarios() []scenario {
	// What nobody can decide even knowing all parameters makes no scenario of
	// its own; it stays open.
	for n := len(w.asked); n > 0; n-- {
		if cases, ok := w.enumerate(w.asked[:n]); ok {
			return cases
		}
	}
	return nil
}

// A variable is an unknown and what it is compared with.
type variable struct {
	hole   string
	values []string // other among them unless a domain excludes it
	flag   string   // an equation that nobody can solve, by its text
}

func (w *world) variables(conds []*cond) []*variable {
	var vars []*variable
	byHole := map[string]*variable{}
	get := func(hole string) *variable {
		v := byHole[hole]
		if v == nil {
			v = &variable{hole: hole}
			byHole[hole] = v
			vars = append(vars, v)
		}
		return v
	}
	add := func(v *variable, text string) {
		if d, ok := w.domains[v.hole]; ok && !slices.Contains(d, text) {
			return
		}
		if !slices.Contains(v.values, text) {
			v.values = append(v.values, text)
		}
	}
	var pairs []*formula
	seen := map[*formula]bool{}
	for _, c := range conds {
		c.f.leaves(seen, func(f *formula) {
			switch {
			case isHole(f.a) && !match.HasHole(f.b):
				add(get(f.a), f.b)
			case isHole(f.a) && isHole(f.b):
				get(f.a)
				get(f.b)
				pairs = append(pairs, f)
				fallthrough
			default:
				flag := f.a + "\x01" + f.b
				if byHole[flag] == nil {
					byHole[flag] = &variable{flag: flag, values: []string{"y", "n"}}
					vars = append(vars, byHole[flag])
				}
			}
		})
	}
	for _, p := range pairs { // what one side is compared with, the other may be
		a, b := byHole[p.a], byHole[p.b]
		for _, x := range slices.Clone(a.values) {
			add(b, x)
		}
		for _, x := range b.values {
			add(a, x)
		}
	}
	for _, v := range vars {
		if v.flag != "" {
			continue
		}
		d, ok := w.domains[v.hole]
		if !ok || slices.ContainsFunc(d, func(x string) bool { return !slices.Contains(v.values, x) }) {
			v.values = append(v.values, other)
		}
	}
	return vars
}

// enumerate returns the scenarios over conds; false where there are too many.
func (w *world) enumerate(conds []*cond) ([]scenario, bool) {
	vars := w.variables(conds)
	total := 1
	for _, v := range vars {
		if total *= max(len(v.values), 1); total > maxAssignments {
			return nil, false
		}
	}
	type group struct {
		vals  []truth.Value
		subst map[string]string
	}
	var groups []*group
	byKey := map[string]*group{}
	digits := make([]int, len(vars))
	for range total {
		a := w.next(&assignment{vars: map[string]string{}, bools: map[string]bool{}})
		for i, v := range vars {
			switch {
			case v.flag != "":
				a.bools[v.flag] = v.values[digits[i]] == "y"
			case len(v.values) > 0:
				a.vars[v.hole] = v.values[digits[i]]
			}
		}
		if w.allowed(a) {
			key := make([]byte, 0, len(conds))
			vals := make([]truth.Value, 0, len(conds))
			for _, c := range conds {
				v := c.f.eval(a)
				vals = append(vals, v)
				key = append(key, byte('0'+v))
			}
			g := byKey[string(key)]
			if g == nil {
				g = &group{vals: vals, subst: maps.Clone(a.vars)}
				byKey[string(key)] = g
				groups = append(groups, g)
				if len(groups) > MaxScenarios {
					return nil, false
				}
			}
			for h, x := range g.subst {
				if a.vars[h] != x {
					delete(g.subst, h)
				}
			}
		}
		for i := range digits {
			if digits[i]++; digits[i] < len(vars[i].values) {
				break
			}
			digits[i] = 0
		}
	}
	several := len(w.loader.stacks) > 1
	var cases []scenario
	for _, g := range groups {
		sc := scenario{fixed: map[string]truth.Value{}, subst: map[string]string{}}
		for i, c := range conds {
			if g.vals[i] == truth.Maybe {
				continue
			}
			sc.fixed[c.key()] = g.vals[i]
			text := fmt.Sprintf("%s is %t", c.name, g.vals[i] == truth.Yes)
			if several {
				text = c.s.label + ": " + text
			}
			if slices.ContainsFunc(groups, func(o *group) bool { return o.vals[i] != g.vals[i] }) {
				sc.text = append(sc.text, text)
			}
		}
		for h, x := range g.subst {
			if x != other {
				sc.subst[h] = x
			} else if left := w.left(h, vars); len(left) == 1 {
				sc.subst[h] = left[0]
			}
		}
		if len(sc.fixed) > 0 {
			cases = append(cases, sc)
		}
	}
	return cases, len(cases) > 0
}

// left returns the values of a domain that no condition names.
func (w *world) left(hole string, vars []*variable) []string {
	var out []string
	for _, v := range vars {
		if v.hole != hole {
			continue
		}
		for _, x := range w.domains[hole] {
			if !slices.Contains(v.values, x) {
				out = append(out, x)
			}
		}
	}
	return out
}

// substitute puts in what the scenario says of an unknown.
func (w *world) substitute(text string) string {
	if w.sc != nil {
		if v, ok := w.sc.subst[text]; ok {
			return v
		}
	}
	return text
}

// allowed reports whether no rule of a template surely refuses an assignment.
func (w *world) allowed(a *assignment) bool {
	for _, s := range w.stacks {
		for _, r := range s.rules() {
			if r.when.eval(a) == truth.Yes && r.assert.eval(a) == truth.No {
				return false
			}
		}
	}
	return true
}

// A rule is one assertion of the Rules section.
type rule struct {
	name         string
	when, assert *formula
	node         *doc.Node
}
