package gate

import (
	"slices"

	"penstock/chain"
	"penstock/iam/reach"
	"penstock/service"
)

// A way is a principal that an origin can act as, and the chain to it.
type way struct {
	*chain.Node
	steps []chain.Step // empty for the origin itself
}

// walk returns whom an origin can act as: itself, and everybody that a chain
// leads to, by the shortest; certain chains before possible ones.
// Whole is false where there were more than are told.
func (f *finder) walk(o *origin) (ways []*way, whole bool) {
	t := f.trees[o.role]
	if t == nil {
		t = f.graph.From(o.role)
		f.trees[o.role] = t
	}
	ways = make([]*way, len(t.Nodes))
	for i, n := range t.Nodes {
		ways[i] = &way{n, n.Steps()}
	}
	return ways, !t.Cut
}

// can asks whether a way ends in somebody who can make a call. A principal
// that no stack declares has rights that nobody here knows: it is asked
// nothing.
func (f *finder) can(w *way, account string, resource string, actions ...string) reach.Answer {
	if !w.Declared {
		return reach.Answer{Verdict: reach.None}
	}
	return f.graph.Can(w.Actor, service.PowerCall{Actions: actions, Resources: []string{resource}, Account: account})
}

// escalated reports whether a chain gives somebody rights on the way.
func (w *way) escalated() bool {
	return w.Actor.Admin || w.Actor.Made || slices.ContainsFunc(w.steps, func(s chain.Step) bool { return s.As.Admin || s.As.Made })
}
