package chain

import (
	"penstock/iam/reach"
	"penstock/service"
)

// Can asks whether an actor can make a call: any of its actions will do. The
// first answer that is certain is returned, and else the best.
func (g *Graph) Can(a Actor, c service.PowerCall) reach.Answer {
	g.prepare()
	r := g.rightsOf(a)
	n := &numbered{PowerCall: &c}
	best := reach.Answer{Verdict: reach.None}
	for _, action := range c.Actions {
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
