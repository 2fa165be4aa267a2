package chain

import (
	"strings"

	"penstock/iam"
	"penstock/iam/authz"
	"penstock/iam/reach"
	"penstock/service"
)

// Can asks whether an actor can make a call on one resource: any of its
// actions will do. The first answer that is certain is returned, and else the
// best.
//
// One request, of which nothing is known but what the call fixes, settles most
// questions: what is denied then is denied whatever else is in it.
func (g *Graph) Can(a Actor, c service.PowerCall) reach.Answer {
	g.prepare()
	if g.base != nil && !g.touched(a, &c) {
		return g.base.Can(a, c)
	}
	key := a.key() + "\t" + text(&c)
	ans, ok := g.cans[key]
	if !ok {
		ans = g.can(g.rightsOf(a), c)
		g.cans[key] = ans
	}
	return ans
}

func (g *Graph) can(r *rights, c service.PowerCall) reach.Answer {
	var open []string
	for _, action := range c.Actions {
		q := iam.Request{Principal: iam.Principal{ARN: r.actor.ARN}, Action: action, Resource: "*", ResourceAccount: c.Account}
		if len(c.Resources) == 1 {
			q.Resource = c.Resources[0]
		}
		q.Context = c.Context.Clone()
		q.Context.Open = true
		r.adds(&q.Context)
		g.settle(r.model, &q, &q.Context)
		switch g.judge().DecideCases(&q, authz.Collect(r.model, &q)) {
		case authz.Allow:
			return reach.Answer{Verdict: reach.Some, Witness: &q}
		case authz.Depends:
			open = append(open, action)
		default:
			// Nobody may do it to everything that the pattern takes in; some
			// of it is another question.
			if strings.ContainsAny(q.Resource, "*?") {
				open = append(open, action)
			}
		}
	}
	n := &numbered{PowerCall: &c}
	best := reach.Answer{Verdict: reach.None}
	for _, action := range open {
		ans := g.put(r, n, action, c.Resources)
		if ans.Verdict == reach.Some {
			return ans
		}
		if ans.Verdict > best.Verdict {
			best = ans
		}
	}
	return best
}
