package more

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/chain"
	"penstock/cloud"
	"penstock/diag"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/iam/reach"
	"penstock/match"
	"penstock/prove"
	"penstock/service"
	"penstock/source"
	"penstock/truth"
)

// become states whom a subject can become, or whose rights it can change,
// without needing to. What its author named, a role by its ARN, is
// unexplained; what a wildcard takes in, and every change of rights, is a
// failure.
func (f *finder) become(s *subject, t *tally) []diag.Finding {
	var grave, mild, harmful []chain.Step
	for _, g := range f.graph.Choose(s.ARN, func(p *service.Power, g *service.Gain) bool { return s.open != "" || gainsRights(p, g) }) {
		if s.open != "" && f.undoes(s, &g) {
			harmful = append(harmful, g)
			continue
		}
		switch {
		case !gainsRights(g.Power, g.Gain), g.Gain.Principal == s.ARN && g.Power.Kind != service.Escalate,
			f.needed(s, &g), f.idle(s, g.Gain.Principal),
			g.Power.Kind != service.Escalate && s.open == "" && f.together(s, g.Gain.Principal):
			continue
		case g.Verdict == reach.Some && (g.Power.Kind == service.Escalate || !f.named(&g) || f.loose(s, &g)):
			grave = append(grave, g)
		default:
			mild = append(mild, g)
		}
	}
	var out []diag.Finding
	for _, g := range f.oncePerResource(harmful) {
		t.grave++
		out = append(out, f.undoing(s, g))
	}
	if len(grave) > 0 {
		f.count(s, t, len(grave))
		d := f.gain(s, grave)
		d.Severity, d.Certainty = diag.Error, diag.Proved
		d.Cut = f.cut(s, grave)
		f.soften(s, &d)
		out = append(out, d)
	}
	if len(mild) > 0 {
		t.unexplained += len(mild)
		d := f.gain(s, mild)
		d.Severity, d.Certainty = diag.Info, diag.Possible
		for _, g := range mild {
			for _, m := range g.Missing {
				if m = match.Render(m); !slices.Contains(d.Depends, m) && len(d.Depends) < 4 {
					d.Depends = append(d.Depends, m)
				}
			}
		}
		if s.open != "" {
			d.Depends = append(d.Depends, s.open)
		}
		out = append(out, d)
	}
	return out
}

// gainsRights reports whether a power is one over a principal.
func gainsRights(p *service.Power, g *service.Gain) bool {
	return g.Principal != "" && (p.Kind == service.Become || p.Kind == service.Execute || p.Kind == service.Escalate)
}

// gain states one or more steps of a subject, the worst first, and tells the
// first.
func (f *finder) gain(s *subject, gs []chain.Step) diag.Finding {
	slices.SortStableFunc(gs, func(a, b chain.Step) int { return int(b.Power.Kind) - int(a.Power.Kind) })
	worst := &gs[0]
	var whom []string
	for _, g := range gs {
		if n := last(g.Gain.Principal); !slices.Contains(whom, n) {
			whom = append(whom, n)
		}
	}
	const shown = 4
	list := strings.Join(whom[:min(shown, len(whom))], ", ")
	if len(whom) > shown {
		list += fmt.Sprintf(" and %d more", len(whom)-shown)
	}
	d := diag.Finding{
		Code: "MORE007", Theorem: string(prove.NothingMore), Principal: s.ARN, Layer: "identity",
		Message: fmt.Sprintf("%s can %s %s, which nothing that it does needs: it %s", s.name(), verb(worst.Power.Kind), list, worst.Power.Why),
	}
	if s.Resource != nil {
		d.At = s.Resource.Span
	}
	for _, ch := range f.graph.Tell(gs[:1]) {
		for j, sc := range ch.Scenes {
			who := sc.Service
			if who == "" {
				who = called(sc.Who.ARN)
			}
			line := who + " calls " + sc.Action
			if sc.Resource != "" && sc.Resource != "*" {
				line += " on " + match.Render(sc.Resource)
			}
			if len(sc.Allowed) > 0 {
				line += " (" + sc.Allowed[0].Position().String() + ")"
				if j == 0 {
					d.At = sc.Allowed[0]
				}
			}
			d.Trace = append(d.Trace, line)
		}
	}
	if w := worst.Witnesses; len(w) > 0 && w[0].Action != "" {
		if own := f.allowing(&w[0]); len(own) > 0 {
			d.At = own[0].Span
		}
		d.Action, d.Resource = w[0].Action, match.Render(w[0].Resource)
	}
	return d
}

func verb(k service.PowerKind) string {
	switch k {
	case service.Escalate:
		return "change the rights of"
	case service.Execute:
		return "run what it likes as"
	default:
		return "become"
	}
}

func last(s string) string {
	if a, err := arn.Parse(s); err == nil {
		return match.Render(a.Name())
	}
	return match.Render(s)
}

// needed reports whether every call of a step that the subject makes is one
// that it is known to need.
func (f *finder) needed(s *subject, g *chain.Step) bool {
	for i, c := range g.Gain.Calls {
		if c.Caller != (iam.Principal{}) {
			continue
		}
		q := &g.Witnesses[i]
		if q.Action == "" {
			return false
		}
		patterns, everything := s.allowed(q.Action)
		if !everything && !matches(patterns, q.Resource) && !slices.Contains(patterns, q.Resource) {
			return false
		}
	}
	return true
}

// together reports whether a principal acts in what the subject's own work
// sets going: the pipeline role, whose work it is to start the builds, does
// not gain by being able to.
func (f *finder) together(s *subject, role string) bool {
	for _, r := range s.runs {
		if r.Pipeline == nil {
			continue
		}
		for _, st := range r.Steps {
			if st.Role == role && st.Job != nil {
				return true
			}
		}
	}
	return false
}

// idle reports whether a principal has no rights that the subject lacks: it
// has none at all.
func (f *finder) idle(s *subject, role string) bool {
	p := f.model.Principal(role)
	return p != nil && p.ARN != s.ARN && p.Kind == cloud.Role && len(p.Identity) == 0 && len(p.Maybe) == 0 && !f.trusted(p)
}

// trusted reports whether the policy of some resource names a role, which then
// has rights without a policy of its own.
func (f *finder) trusted(p *cloud.Principal) bool {
	for _, r := range f.model.Resources {
		for _, a := range r.Policies {
			if a.Policy == nil {
				continue
			}
			for i := range a.Policy.Statements {
				st := &a.Policy.Statements[i]
				if st.Effect == iam.Allow && slices.ContainsFunc(st.Principals, func(e iam.PrincipalElem) bool { return e.Text == p.ARN }) {
					return true
				}
			}
		}
	}
	return false
}

// named reports whether the statements that allow the decisive call of a step
// name the resource itself, without a wildcard. Where a role is passed that is
// the decisive call, unless its statement says to which service.
func (f *finder) named(g *chain.Step) bool {
	for i := range g.Witnesses {
		q := &g.Witnesses[i]
		if q.Action == "iam:PassRole" && q.Principal.ARN != "" && slices.ContainsFunc(f.allowing(q), func(st *iam.Statement) bool {
			return len(st.Conditions) == 0 && (st.NotResource || slices.ContainsFunc(st.Resources, func(e iam.Elem) bool { return sweeping(q.Action, e.Text) }))
		}) {
			return false
		}
		if q.Principal.ARN == "" || q.Resource == "*" || q.Resource == "" {
			continue
		}
		if !slices.ContainsFunc(f.allowing(q), func(st *iam.Statement) bool {
			return !st.NotResource && slices.ContainsFunc(st.Resources, func(e iam.Elem) bool { return e.Text == q.Resource })
		}) {
			continue
		}
		return true
	}
	return false
}

// allowing returns the caller's own statements that allow a request.
func (f *finder) allowing(q *iam.Request) []*iam.Statement {
	d := f.engine.Explain(q, authz.Collect(f.model, q))
	var out []*iam.Statement
	for _, l := range d.Layers {
		if l.Layer != "identity" {
			continue
		}
		for _, h := range l.Hits {
			if h.Statement.Effect == iam.Allow && h.Match != truth.No && h.Statement.Span != (source.Span{}) {
				out = append(out, h.Statement)
			}
		}
	}
	return out
}

// called names a principal with its kind.
func called(s string) string {
	if a, err := arn.Parse(s); err == nil && strings.HasPrefix(a.Resource, "user/") {
		return "user " + last(s)
	}
	return "role " + last(s)
}
