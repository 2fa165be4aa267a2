package compile

import (
	"slices"
	"strings"

	"penstock/blueprint"
	"penstock/match"
	"penstock/truth"
)

// covers reports whether a statement that was drawn by hand allows what an
// atom of a service is to allow, so that nothing has to be derived. What it
// takes for covered and is not, the proof of what comes out finds.
func (w *writer) covers(st *blueprint.Stack, base []*blueprint.Statement, a *atom) bool {
	return a.service != "" && slices.ContainsFunc(base, func(s *blueprint.Statement) bool {
		return (s.Effect == "" || s.Effect == "Allow") && w.serves(st, s, a) &&
			slices.ContainsFunc(s.Actions, func(x string) bool { p := match.CompileFold(x); return p.Match(a.action) == truth.Yes }) &&
			(a.resource == "" || slices.ContainsFunc(s.Resources, func(x blueprint.Sub) bool { return w.takes(st, x, a.resource) })) &&
			!slices.ContainsFunc(s.Conditions, func(c blueprint.Condition) bool { return w.asks(st, c, a) })
	})
}

// serves reports whether a statement names the service of an atom.
func (w *writer) serves(st *blueprint.Stack, s *blueprint.Statement, a *atom) bool {
	m, _ := s.Principal.(blueprint.Map)
	for v := range blueprint.Values(m.Get("Service")) {
		switch v := v.(type) {
		case string:
			if v == a.service {
				return true
			}
		case blueprint.Sub:
			if w.text(st, v) == a.service {
				return true
			}
		}
	}
	return false
}

// takes reports whether a pattern of a stack takes in a text of it.
func (w *writer) takes(st *blueprint.Stack, pattern, text blueprint.Sub) bool {
	p := match.Compile(w.text(st, pattern))
	return p.Match(w.text(st, text)) == truth.Yes
}

// asks reports whether a condition asks for something else than an atom has.
func (w *writer) asks(st *blueprint.Stack, c blueprint.Condition, a *atom) bool {
	for _, k := range a.conds {
		if !strings.EqualFold(k.Key, c.Key) || k.Operator == "Null" || c.Operator == "Null" {
			continue
		}
		for _, v := range k.Values {
			if !slices.ContainsFunc(c.Values, func(x blueprint.Sub) bool { return w.takes(st, x, v) }) {
				return true
			}
		}
	}
	return false
}
