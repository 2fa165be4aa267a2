package more

import (
	"fmt"
	"slices"

	"penstock/chain"
	"penstock/diag"
	"penstock/harm"
	"penstock/iam"
	"penstock/iam/reach"
	"penstock/match"
	"penstock/service"
)

// undoes reports whether a step stops what keeps watch over the account, or
// takes away what guards its data: whoever's code does that has no business
// to, though the permission names what it is for. Roles that CloudFormation
// takes on are left out: to make and change trails and keys is its work.
func (f *finder) undoes(s *subject, g *chain.Step) bool {
	if g.Verdict != reach.Some || g.Gain.Resource == nil || letsIn(s, "cloudformation.amazonaws.com") || f.needed(s, g) || f.swept(g) {
		return false
	}
	switch g.Power.Kind {
	case service.Blind:
		return slices.ContainsFunc(g.Witnesses, func(q iam.Request) bool { return q.Action != "" && harm.Of(q.Action) != harm.Look }) && !f.mine(s, g)
	case service.Tamper:
		if g.Gain.Touches == service.TouchesSource {
			return letsIn(s, "codebuild.amazonaws.com") && f.delivered(g.Gain.Resource)
		}
		return g.Gain.Touches == service.TouchesGuard &&
			slices.ContainsFunc(g.Witnesses, func(q iam.Request) bool { return harm.Of(q.Action) == harm.Rights })
	}
	return false
}

// mine reports whether what is blinded is the log or the alert of the
// subject's own work.
func (f *finder) mine(s *subject, g *chain.Step) bool {
	for i := range g.Witnesses {
		q := &g.Witnesses[i]
		for a := range s.needs {
			if patterns, _ := s.allowed(a); slices.Contains(patterns, q.Resource) || matches(patterns, q.Resource) {
				return true
			}
		}
	}
	return false
}

// letsIn reports whether the trust of a role names a service.
func letsIn(s *subject, name string) bool {
	return s.Trust != nil && s.Trust.Policy != nil && slices.ContainsFunc(s.Trust.Policy.Statements, func(st iam.Statement) bool {
		return st.Effect == iam.Allow && slices.ContainsFunc(st.Principals, func(e iam.PrincipalElem) bool {
			return e.Type == iam.PrincipalService && e.Text == name
		})
	})
}

// oncePerResource keeps the first step on each resource.
func (f *finder) oncePerResource(gs []chain.Step) []chain.Step {
	var out []chain.Step
	for _, g := range gs {
		if !slices.ContainsFunc(out, func(o chain.Step) bool {
			return o.Gain.Resource == g.Gain.Resource && o.Power.Kind == g.Power.Kind
		}) {
			out = append(out, g)
		}
	}
	return out
}

// undoing states one such step.
func (f *finder) undoing(s *subject, g chain.Step) diag.Finding {
	d := f.gain(s, []chain.Step{g})
	d.Severity, d.Certainty, d.Code = diag.Error, diag.Proved, "MORE004"
	switch {
	case g.Gain.Touches == service.TouchesSource:
		d.Code = "MORE002"
	case g.Power.Kind == service.Tamper:
		d.Code = "MORE001"
	}
	what := g.Gain.What
	if what == "" {
		what = g.Gain.Resource.ID()
	}
	d.Message = fmt.Sprintf("%s can %s on %s, which nothing that it does needs: it %s", s.name(), d.Action, match.Render(what), g.Power.Why)
	return d
}

// swept reports whether the statements that allow a step take in everything of
// a kind, which is told of the statement.
func (f *finder) swept(g *chain.Step) bool {
	for i := range g.Witnesses {
		q := &g.Witnesses[i]
		if q.Principal.ARN == "" {
			continue
		}
		for _, st := range f.allowing(q) {
			if !tagged(st) && slices.ContainsFunc(elements(st), func(r string) bool { return sweeping(q.Action, r) }) {
				return true
			}
		}
	}
	return false
}
