package more

import (
	"slices"

	"penstock/chain"
	"penstock/cloud"
	"penstock/diag"
	"penstock/iam/reach"
	"penstock/prove"
	"penstock/service"
)

// A cut is sought of who may become no more than so many principals, and in no
// larger a model: who becomes more administers the account, and no few
// statements change that.
const (
	mostCut = 60
	large   = 300 // resources
)

// cut finds what keeps a subject from gaining those whom some steps gain, by
// whatever chain; nil where it could become too many.
func (f *finder) cut(s *subject, gs []chain.Step) *diag.Cut {
	if f.mighty(s.Principal) || len(f.model.Resources) > large || len(f.graph.From(s.ARN).Nodes) > mostCut {
		return nil
	}
	whom := map[string]bool{} // and whether it is changed
	var goals []string
	goal := func(arn string, changed bool) string {
		if changed {
			return "change " + arn
		}
		return "become " + arn
	}
	for _, g := range gs {
		if g.Verdict != reach.Some {
			return nil
		}
		t := goal(g.Gain.Principal, g.Power.Kind == service.Escalate)
		if whom[t] = true; !slices.Contains(goals, t) {
			goals = append(goals, t)
		}
	}
	look := func(_ *cloud.Model, g *chain.Graph) map[string]prove.Way {
		out := map[string]prove.Way{}
		for _, n := range g.From(s.ARN).Nodes {
			if n.Via == nil {
				continue
			}
			a := &n.Actor
			t := goal(a.ARN, a.Admin || a.Unbound || a.Made || a.Groups != nil)
			if o, ok := out[t]; whom[t] && (!ok || n.Verdict > o.Verdict) {
				out[t] = prove.Way{Verdict: n.Verdict, Missing: n.Missing, Asks: prove.Asks(n.Steps())}
			}
		}
		return out
	}
	c := f.proof.NewCutter(f.model, f.graph, look)
	// A step that the tree passes over, since somebody has the account already,
	// is none that a cut could be verified by.
	first := look(f.model, f.graph)
	if slices.ContainsFunc(goals, func(t string) bool { return first[t].Verdict != reach.Some }) {
		return nil
	}
	return c.Cut(goals, true)
}
