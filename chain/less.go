package chain

import (
	"slices"

	"penstock/cloud"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/iam/reach"
	"penstock/service"
)

// Less returns the graph of a view of the model in which policies allow less
// and nothing more (cloud.Model.Less). It shares the powers of g, and what g
// found out of calls that no changed policy bears on; all others are asked
// again. Since nobody can do more than in g, what g proves impossible is not
// asked at all; a power that is there only for what a policy says stays, which
// can make the answer no smaller than the truth.
func (g *Graph) Less(m *cloud.Model) *Graph {
	g.prepare()
	h := New(m, g.services, g.reach)
	h.load.Do(func() {
		h.base = g
		h.places, h.actions, h.index, h.calls, h.guards = g.places, g.actions, g.index, g.calls, g.guards
		h.byAction, h.byName, h.byAll, h.away = g.byAction, g.byName, g.byAll, g.away
		h.keys, h.settings, h.authz = g.conditionKeys(), g.settings, g.judge()
		h.memo, h.actors, h.steps, h.cans = map[asked]answer{}, map[string]*rights{}, map[string][]Step{}, map[string]reach.Answer{}
		if g.byGain == nil {
			g.byGain = make(map[*service.Gain]int32, len(g.places))
			for i := range g.places {
				g.byGain[g.places[i].gain] = int32(i)
			}
		}
		h.byGain = g.byGain
	})
	return h
}

// unchanged reports whether the policies of a principal are those of the graph
// that g has less than.
func (g *Graph) unchanged(actor Actor) bool {
	p := g.model.Principal(actor.ARN)
	if p != g.base.model.Principal(actor.ARN) {
		return false
	}
	if p == nil {
		return true
	}
	fits := func(name string) bool {
		return g.model.Named(cloud.Group, p.Account, name) == g.base.model.Named(cloud.Group, p.Account, name)
	}
	return !slices.ContainsFunc(p.Groups, func(n string) bool { return !fits(n) }) && !slices.ContainsFunc(actor.Groups, func(n string) bool { return !fits(n) })
}

// touched reports whether a policy that changed may bear on a call.
func (g *Graph) touched(a Actor, c *service.PowerCall) bool {
	switch {
	case c.Caller == (iam.Principal{}):
		if !g.unchanged(a) {
			return true
		}
	case c.Caller.ARN != "":
		if !g.unchanged(Actor{ARN: c.Caller.ARN}) {
			return true
		}
	}
	return slices.ContainsFunc(c.Resources, func(on string) bool {
		return g.model.Principal(on) != g.base.model.Principal(on) || g.model.Owner(on) != g.base.model.Owner(on)
	})
}

// fewer keeps of the steps of an actor those that it still has.
func (g *Graph) fewer(a Actor, steps []Step) []Step {
	var sure, possible []Step
	r := g.rightsOf(a)
	for i := range steps {
		s := steps[i]
		p := &g.places[g.byGain[s.Gain]]
		if slices.ContainsFunc(p.calls, func(c numbered) bool { return g.touched(a, c.PowerCall) }) {
			s = g.step(r, p)
		}
		switch s.Verdict {
		case reach.Some:
			sure = append(sure, s)
		case reach.Depends:
			possible = append(possible, s)
		default:
		}
	}
	return append(sure, possible...)
}

// Policies are those that bear on a request of an actor.
func (g *Graph) Policies(a Actor, q *iam.Request) *authz.Policies {
	m := g.model
	if q.Principal.Service == "" {
		m, _ = g.view(a)
	}
	return authz.Collect(m, q)
}
