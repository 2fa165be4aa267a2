package service

import (
	"slices"

	"penstock/cloud"
	"penstock/iam"
	"penstock/match"
	"penstock/truth"
)

// Answers reports whether a role is allowed by its own policies one of some
// calls that answer a gate, named or by a wildcard in its service. That a role
// of every right could is not what it is for.
func Answers(m *cloud.Model, role string, actions ...string) bool {
	p := m.Principal(role)
	if p == nil {
		return false
	}
	for _, a := range p.Identity {
		if a.Policy == nil {
			continue
		}
		for i := range a.Policy.Statements {
			st := &a.Policy.Statements[i]
			if st.Effect != iam.Allow || st.NotAction {
				continue
			}
			for _, e := range st.Actions {
				if e.Text == "*" {
					continue
				}
				p := match.CompileFold(e.Text)
				if slices.ContainsFunc(actions, func(a string) bool { return p.Match(a) != truth.No }) {
					return true
				}
			}
		}
	}
	return false
}
