package chain

import (
	"slices"

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
