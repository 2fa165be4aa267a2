package gate

import (
	"slices"

	"penstock/prove"
)

// deploys finds the roles with which the pipeline deploys only after the gate,
// where a chain leads to one: what a template deploys with it no call shows,
// and its rights are what the gate was put before.
func (f *finder) deploys(s *side, w *way) []harm {
	if len(w.steps) == 0 || !w.Declared || acts(s.before, w.Actor.ARN) || !acts(s.after, w.Actor.ARN) {
		return nil
	}
	if p := f.model.Principal(w.Actor.ARN); p == nil || len(p.Identity) == 0 {
		return nil
	}
	return []harm{{
		code: "GATE003", what: "do all that the pipeline deploys with that role only after the " + s.name(), verdict: w.Verdict, missing: w.Missing,
	}}
}

// acts reports whether an action of some steps acts with a role, or passes it
// on. What a build or a function calls is its own.
func acts(steps []*prove.Step, role string) bool {
	return slices.ContainsFunc(steps, func(st *prove.Step) bool {
		if st.Job != nil {
			return false
		}
		return st.Role == role || slices.ContainsFunc(st.Calls, func(c *prove.Call) bool {
			return c.Request.Action == "iam:PassRole" && c.Request.Resource == role
		})
	})
}
