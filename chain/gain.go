package chain

import (
	"slices"
	"strings"

	"penstock/arn"
	"penstock/iam"
	"penstock/iam/reach"
	"penstock/service"
)

// gains works out the steps of an actor, once.
func (g *Graph) gains(a Actor) []Step {
	g.prepare()
	return g.work(a, a.key(), func(*place) bool { return true })
}

// foreign is gains where some call is on what is not the actor's account's.
func (g *Graph) foreign(a Actor) []Step {
	g.prepare()
	return g.work(a, a.key()+"|foreign", func(p *place) bool { return abroad(p, arn.Account(a.ARN)) })
}

func abroad(p *place, account string) bool {
	for i := range p.calls {
		if c := &p.calls[i]; c.Caller == (iam.Principal{}) && c.Account != account {
			return true
		}
	}
	return false
}

// abroad reports whether the model holds anything to gain outside an actor's
// account.
func (g *Graph) abroad(actor string) bool {
	account := arn.Account(actor)
	if v, ok := g.away[account]; ok {
		return v
	}
	v := false
	for i := range g.places {
		if v = abroad(&g.places[i], account); v {
			break
		}
	}
	g.away[account] = v
	return v
}

func (g *Graph) work(a Actor, key string, fits func(*place) bool) []Step {
	if s, ok := g.steps[key]; ok {
		return s
	}
	if g.base != nil {
		s := g.fewer(a, g.base.work(a, key, fits))
		g.steps[key] = s
		return s
	}
	r := g.rightsOf(a)
	var sure, possible []Step
	if r.self != nil {
		for _, i := range g.near(r) {
			p := &g.places[i]
			if !fits(p) || !g.candidate(r, p) {
				continue
			}
			s := g.step(r, p)
			switch s.Verdict {
			case reach.Some:
				sure = append(sure, s)
			case reach.Depends:
				possible = append(possible, s)
			default:
			}
		}
	}
	steps := append(sure, possible...)
	g.steps[key] = steps
	return steps
}

// candidate reports whether no call of a place is out of the question, and
// whether there is anything to gain: a principal gains nothing by becoming
// itself.
func (g *Graph) candidate(r *rights, p *place) bool {
	if p.gain.Principal == r.actor.ARN && (p.power.Kind == service.Become || p.power.Kind == service.Execute) && p.gain.Only == nil && p.gain.Touches == "" {
		return false
	}
	for i := range p.calls {
		c := &p.calls[i]
		if c.Caller == (iam.Principal{}) && !g.possible(r, c) {
			return false
		}
	}
	return true
}

// step decides a place for an actor.
func (g *Graph) step(r *rights, p *place) Step {
	s := Step{From: r.actor.ARN, As: r.actor, Power: p.power, Gain: p.gain, Verdict: reach.Some, Witnesses: make([]iam.Request, len(p.calls))}
	for i := range p.calls {
		a := g.ask(r, &p.calls[i])
		if a.verdict == reach.None {
			return Step{}
		}
		s.take(i, a)
	}
	g.same(r, p, &s)
	g.source(r, p, &s)
	if len(p.gain.Maybe) > 0 {
		s.doubt(p.gain.Maybe...)
	}
	return s
}

func (s *Step) take(i int, a answer) {
	if a.witness != nil {
		s.Witnesses[i] = *a.witness
	}
	if a.verdict != reach.Some {
		s.doubt(a.missing...)
	}
}

// doubt makes a step depend on facts.
func (s *Step) doubt(facts ...string) {
	s.Verdict = reach.Depends
	for _, f := range facts {
		if !slices.Contains(s.Missing, f) {
			s.Missing = append(s.Missing, f)
		}
	}
}

// same sees to it that the calls of a gain that make something and use it are
// made on one thing: each witness is tried for all of them. Where none will do
// for all, that there is one is not proved.
func (g *Graph) same(r *rights, p *place, s *Step) {
	var ix []int
	for i := range p.calls {
		if p.calls[i].Same && len(p.calls[i].Resources) > 0 && p.calls[i].Caller == (iam.Principal{}) {
			ix = append(ix, i)
		}
	}
	if len(ix) < 2 || s.Verdict != reach.Some {
		return
	}
	for _, k := range ix {
		on := s.Witnesses[k].Resource
		if on == "*" {
			continue
		}
		all := make([]answer, len(ix))
		ok := true
		for n, i := range ix {
			all[n] = g.decide(r, &p.calls[i], []string{on})
			if ok = all[n].verdict == reach.Some; !ok {
				break
			}
		}
		if ok {
			for n, i := range ix {
				s.take(i, all[n])
			}
			return
		}
	}
	s.doubt("whether one name fits all that " + Short(s.From) + " may do to it")
}

// source sees to it that a service which assumes a role for what is made can
// say so: where the trust asks for aws:SourceArn, and the ARN is one of the kind
// of thing that is made, it has to be that very thing's.
func (g *Graph) source(r *rights, p *place, s *Step) {
	if s.Verdict != reach.Some {
		return
	}
	thing := slices.IndexFunc(p.calls, func(c numbered) bool { return c.Same && len(c.Resources) > 0 })
	trust := slices.IndexFunc(p.calls, func(c numbered) bool { return c.Caller.Service != "" })
	if thing < 0 || trust < 0 || s.Witnesses[trust].Action == "" {
		return
	}
	want := g.sources(p.gain.Principal, p.calls[thing].Resources[0])
	if want == nil {
		return
	}
	if a := g.assumed(r, &p.calls[trust], s.Witnesses[thing].Resource); a.verdict == reach.Some {
		s.take(trust, a)
		return
	}
	for i := range p.calls {
		if c := &p.calls[i]; c.Same && c.Caller.Service == "" {
			a := g.decide(r, c, want)
			if a.verdict == reach.None {
				*s = Step{}
				return
			}
			if a.verdict == reach.Some && g.fits(r, p, s, trust, a.witness.Resource) {
				return
			}
		}
	}
	s.doubt("whether " + p.calls[trust].Caller.Service + " may assume " + Short(p.gain.Principal) + " for what is made")
}

// fits tries one name for all calls that are made on the thing, and for the
// service that assumes the role for it. What is there cannot be made.
func (g *Graph) fits(r *rights, p *place, s *Step, trust int, on string) bool {
	took := map[int]answer{trust: g.assumed(r, &p.calls[trust], on)}
	for i := range p.calls {
		c := &p.calls[i]
		if !c.Same || c.Caller.Service != "" {
			continue
		}
		if strings.Contains(c.Actions[0], ":Create") && len(c.Actions) == 1 && g.model.Resource(on) != nil {
			return false
		}
		took[i] = g.decide(r, c, []string{on})
	}
	for _, a := range took {
		if a.verdict != reach.Some {
			return false
		}
	}
	for i, a := range took {
		s.take(i, a)
	}
	return true
}

// sources returns the patterns that the trust of a role asks aws:SourceArn to
// match, those of the kind of a resource; nil where it does not ask in every
// statement, or asks for something of another kind.
func (g *Graph) sources(role, kind string) []string {
	p := g.model.Principal(role)
	if p == nil || p.Trust == nil || p.Trust.Policy == nil {
		return nil
	}
	var out []string
	for i := range p.Trust.Policy.Statements {
		st := &p.Trust.Policy.Statements[i]
		if st.Effect != iam.Allow {
			continue
		}
		asked := false
		for j := range st.Conditions {
			c := &st.Conditions[j]
			op, ok := iam.ParseOperator(c.Operator)
			if !ok || op.Negated || op.IfExists || op.Set == iam.ForAllValues || !strings.EqualFold(c.Key, "aws:SourceArn") ||
				op.Base != iam.ARNLike && op.Base != iam.StringEquals && op.Base != iam.StringLike {
				continue
			}
			for _, v := range c.Values {
				if len(v.Maybe) > 0 || strings.Contains(v.Text, "$") || !kin(v.Text, kind) {
					return nil
				}
				out = append(out, v.Text)
			}
			asked = true
		}
		if !asked {
			return nil
		}
	}
	return out
}

// assumed asks whether a service may assume a role for a thing.
func (g *Graph) assumed(r *rights, c *numbered, thing string) answer {
	call := *c.PowerCall
	call.Context = call.Context.Clone()
	call.Context.Set("aws:SourceArn", thing)
	call.Context.Set("aws:SourceAccount", arn.Account(thing))
	a := g.put(r, &numbered{PowerCall: &call, actions: c.actions}, call.Actions[0], call.Resources)
	return answer{a.Verdict, a.Witness, a.Missing}
}

// kin reports whether two ARNs are of one service and one type of resource.
func kin(a, b string) bool {
	x, err := arn.Parse(a)
	y, err2 := arn.Parse(b)
	if err != nil || err2 != nil || x.Service != y.Service {
		return false
	}
	cut := func(s string) string {
		if i := strings.IndexAny(s, ":/"); i >= 0 {
			return s[:i]
		}
		return ""
	}
	return cut(x.Resource) == cut(y.Resource)
}

// Choose is Gains of those alone that fit, for who has no use for the others:
// each is asked for its calls.
func (g *Graph) Choose(from string, fits func(*service.Power, *service.Gain) bool) []Step {
	g.prepare()
	a := Actor{ARN: from}
	if s, ok := g.steps[a.key()]; ok {
		var out []Step
		for _, st := range s {
			if fits(st.Power, st.Gain) {
				out = append(out, st)
			}
		}
		return out
	}
	if g.base != nil {
		return g.fewer(a, g.base.Choose(from, fits))
	}
	const key = "|chosen"
	delete(g.steps, key)
	return g.work(a, key, func(p *place) bool { return fits(p.power, p.gain) })
}
