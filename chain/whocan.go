package chain

import (
	"cmp"
	"slices"

	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/iam/reach"
	"penstock/service"
)

// A Chain is somebody who can make a call, and how: by itself where Steps is
// empty, and else as whom the last step leads to.
type Chain struct {
	From    string
	Steps   []Step
	Verdict reach.Verdict
	Missing []string
	Witness *iam.Request // the call itself; nil where only possible
}

// WhoCan returns the principals of the model that can make a call on a
// resource, a pattern as in a Resource element: those who can by themselves,
// then those who can by a chain, the shortest first.
func (g *Graph) WhoCan(action, resource string) []Chain {
	g.prepare()
	call := service.PowerCall{Actions: []string{action}, Resources: []string{resource}, Account: arn.Account(resource)}
	if o := g.model.Owner(resource); o != nil && call.Account == "" {
		call.Account = o.Account
	}
	holders := map[string]answer{}
	hold := func(a Actor) answer {
		key := a.key()
		if h, ok := holders[key]; ok {
			return h
		}
		h := g.put1(g.rightsOf(a), &call)
		holders[key] = h
		return h
	}
	var out []Chain
	for p := range g.model.Principals() {
		if p.Kind == cloud.Group {
			continue
		}
		if h := hold(Actor{ARN: p.ARN}); h.verdict == reach.Some {
			out = append(out, Chain{From: p.ARN, Verdict: h.verdict, Witness: h.witness})
			continue
		}
		if c, ok := best(g.From(p.ARN), hold); ok {
			c.From = p.ARN
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b Chain) int {
		return cmp.Or(cmp.Compare(b.Verdict, a.Verdict), cmp.Compare(len(a.Steps), len(b.Steps)))
	})
	return out
}

// best is the best way in a tree to somebody who holds.
func best(t *Tree, hold func(Actor) answer) (Chain, bool) {
	var out Chain
	found := false
	for _, n := range t.Nodes {
		if !n.Declared {
			continue
		}
		h := hold(n.Actor)
		v := min(h.verdict, n.Verdict)
		if v == reach.None {
			continue
		}
		steps := n.Steps()
		if !found || v > out.Verdict || v == out.Verdict && len(steps) < len(out.Steps) {
			found = true
			out = Chain{Steps: steps, Verdict: v, Missing: union(n.Missing, h.missing), Witness: h.witness}
		}
	}
	return out, found
}

// put1 asks for a call that no gain holds.
func (g *Graph) put1(r *rights, c *service.PowerCall) answer {
	if r.actor.Only != nil && !within(r.actor.Only, c.Actions[0]) {
		return answer{}
	}
	a := g.put(r, &numbered{PowerCall: c}, c.Actions[0], c.Resources)
	return answer{a.Verdict, a.Witness, a.Missing}
}
