package chain

import (
	"slices"
	"strings"

	"penstock/arn"
	"penstock/iam"
	"penstock/iam/reach"
	"penstock/service"
)

// A Node is somebody that a chain leads to.
type Node struct {
	Actor Actor
	// Verdict is Some where a chain of certain steps leads here, Depends
	// where only a possible one does; then Missing names what it rests on.
	Verdict reach.Verdict
	Missing []string
	// Via is who takes the step that leads here, nil for a root. Where the
	// step changes the rights of somebody, Needs is that principal as it was,
	// who has to be reached too.
	Via   *Node
	Needs *Node
	Step  *Step
	// Declared is false for a principal that no stack declares: what it may
	// do is not known, and it leads nowhere here.
	Declared bool
	// Depth is the number of steps from the root.
	Depth int
	// Gains are its steps: whom it becomes, what it can change and blind.
	Gains []Step
}

// A Tree is everybody that some principals can become, by the shortest chain
// to each, certain chains before possible ones.
type Tree struct {
	Nodes []*Node // in the order found; the roots first
	// Cut says that there was more than a tree holds: that somebody is not in
	// it then proves nothing.
	Cut bool
}

// maxNodes bounds a tree.
const maxNodes = 20000

// From follows every chain from some principals.
func (g *Graph) From(from ...string) *Tree {
	actors := make([]Actor, len(from))
	for i, f := range from {
		actors[i] = Actor{ARN: f}
	}
	return g.Follow(actors...)
}

// Follow is From for principals whose rights may have been changed.
func (g *Graph) Follow(from ...Actor) *Tree {
	w := &walk{g: g, at: map[string]*Node{}, byARN: map[string][]*Node{}, taken: map[string]*Node{}, has: map[*Node]map[*service.Gain]reach.Verdict{}}
	for _, a := range from {
		w.add(&Node{Actor: a, Verdict: reach.Some})
	}
	w.spread(reach.Some)
	w.spread(reach.Depends)
	return &Tree{Nodes: w.nodes, Cut: w.cut}
}

type walk struct {
	g     *Graph
	nodes []*Node
	cut   bool
	at    map[string]*Node   // by Actor.key
	byARN map[string][]*Node // those of one principal
	// waiting are escalations of principals that nobody has reached yet.
	waiting map[string][]waiting
	// taken holds by account the first who may do everything there that the
	// organization leaves.
	taken map[string]*Node
	has   map[*Node]map[*service.Gain]reach.Verdict // what those have
}

type waiting struct {
	by   *Node
	step *Step
}

// add puts a node into the tree unless somebody with its rights is there.
func (w *walk) add(n *Node) bool {
	key := n.Actor.key()
	if w.at[key] != nil {
		return false
	}
	if len(w.nodes) == maxNodes {
		w.cut = true
		return false
	}
	for _, o := range w.byARN[n.Actor.ARN] {
		if o.Actor.covers(n.Actor) && o.Verdict >= n.Verdict {
			return false
		}
	}
	account := arn.Account(n.Actor.ARN)
	if n.Via != nil && n.Actor.changed() && w.idle(n) {
		return false
	}
	n.Declared = n.Actor.Made || w.g.model.Principal(n.Actor.ARN) != nil
	if n.Via != nil {
		n.Depth = n.Via.Depth + 1
	}
	if n.Needs != nil {
		n.Depth = max(n.Depth, n.Needs.Depth+1)
	}
	w.at[key] = n
	w.byARN[n.Actor.ARN] = append(w.byARN[n.Actor.ARN], n)
	w.nodes = append(w.nodes, n)
	if w.taken[account] == nil && w.all(n.Actor) {
		w.taken[account] = n
	}
	return true
}

// all reports whether an actor may do everything in its account.
func (w *walk) all(a Actor) bool {
	if !a.Admin && !w.g.sweeping(a) || a.Only != nil {
		return false
	}
	if a.Made {
		return a.Boundary == ""
	}
	p := w.g.model.Principal(a.ARN)
	return a.Unbound || p != nil && p.Boundary == nil
}

// spread follows the steps of a verdict, and better ones, from every node,
// breadth first.
func (w *walk) spread(least reach.Verdict) {
	w.waiting = map[string][]waiting{}
	for i := 0; i < len(w.nodes); i++ {
		n := w.nodes[i]
		if n.Gains == nil && n.Declared {
			n.Gains = w.gains(n)
		}
		for j := range n.Gains {
			if s := &n.Gains[j]; s.Verdict >= least {
				w.follow(n, s)
			}
		}
		// Somebody before may have changed what this principal may do.
		for _, x := range w.waiting[n.Actor.ARN] {
			w.raise(x.by, x.step, n)
		}
	}
}

// gains are the steps of a node. Where somebody may do everything in an
// account, what another of its principals could do there with more rights is
// nothing new, and only what it could do elsewhere is asked.
func (w *walk) gains(n *Node) []Step {
	if n.Via != nil && n.Actor.changed() && w.owner(n) != nil {
		return w.g.foreign(n.Actor)
	}
	return w.g.gains(n.Actor)
}

// follow takes one step.
func (w *walk) follow(n *Node, s *Step) {
	gain := s.Gain
	switch s.Power.Kind {
	case service.Become, service.Execute:
		if gain.Principal == "" || gain.Principal == n.Actor.ARN && gain.Only == nil && n.Actor.Only == nil {
			return
		}
		w.reach(Actor{ARN: gain.Principal, Only: gain.Only}, n, s, nil)
	case service.Escalate:
		if gain.Principal == "" {
			w.reach(maker(s), n, s, nil)
			return
		}
		if o := w.taken[arn.Account(gain.Principal)]; o != nil && o.Verdict >= min(n.Verdict, s.Verdict) && !w.g.abroad(o.Actor.ARN) {
			return // somebody has the account, and there is no other
		}
		w.waiting[gain.Principal] = append(w.waiting[gain.Principal], waiting{n, s})
		for _, p := range slices.Clone(w.byARN[gain.Principal]) {
			w.raise(n, s, p)
		}
	default:
	}
}

// raise is an escalation by one node of another, or of itself.
func (w *walk) raise(by *Node, s *Step, p *Node) {
	if (p.Actor.Admin || w.g.sweeping(p.Actor)) && !s.Gain.Unbinds || p.Actor.Made {
		return
	}
	if slices.ContainsFunc(w.byARN[p.Actor.ARN], func(o *Node) bool { return o != p && o.Verdict >= p.Verdict && o.Actor.covers(p.Actor) }) {
		return // what it has become is raised instead
	}
	a := p.Actor
	switch {
	case s.Gain.Unbinds:
		if a.Unbound {
			return
		}
		a.Unbound = true
	case s.Gain.Groups != nil:
		a.Groups = append(slices.Clip(a.Groups), s.Gain.Groups...)
		slices.Sort(a.Groups)
		a.Groups = slices.Compact(a.Groups)
	default:
		a.Admin, a.Groups = true, nil
	}
	needs := p
	if p == by {
		needs = nil
	}
	w.reach(a, by, s, needs)
}

// idle reports whether somebody who may do everything in an account is nothing
// new: another has the account, and can do all that this one can do elsewhere.
func (w *walk) idle(n *Node) bool {
	o := w.owner(n)
	if o == nil {
		return false
	}
	has := w.has[o]
	if has == nil {
		has = map[*service.Gain]reach.Verdict{}
		for i := range o.Gains {
			has[o.Gains[i].Gain] = o.Gains[i].Verdict
		}
		w.has[o] = has
	}
	return !slices.ContainsFunc(w.g.foreign(n.Actor), func(s Step) bool { return has[s.Gain] < s.Verdict })
}

// owner is the node that took the account of n, nil where there is none but n.
func (w *walk) owner(n *Node) *Node {
	o := w.taken[arn.Account(n.Actor.ARN)]
	if o == nil || o == n || o.Verdict < n.Verdict {
		return nil
	}
	if o.Gains == nil {
		o.Gains = w.g.gains(o.Actor)
	}
	return o
}

func (w *walk) reach(a Actor, via *Node, s *Step, needs *Node) {
	if o := w.at[a.ARN]; o != nil && a.plain() && needs == nil {
		return // as the templates have it, and reached before
	}
	n := &Node{Actor: a, Verdict: min(via.Verdict, s.Verdict), Via: via, Needs: needs, Step: s}
	n.Missing = union(via.Missing, s.Missing)
	if needs != nil {
		n.Verdict = min(n.Verdict, needs.Verdict)
		n.Missing = union(n.Missing, needs.Missing)
	}
	w.add(n)
}

func union(a, b []string) []string {
	out := slices.Clip(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// maker is who is made by a step.
func maker(s *Step) Actor {
	c := s.Gain.Calls[0]
	kind := "role"
	if len(c.Resources) > 0 && strings.Contains(c.Resources[0], ":user/") {
		kind = "user"
	}
	a := Actor{ARN: made(c.Account, kind), Made: true, Admin: true}
	if v := c.Context.Get("iam:PermissionsBoundary"); v.State == iam.Known && len(v.Values) == 1 {
		a.Boundary = v.Values[0]
	}
	return a
}

// Steps returns the chain that leads to a node, in the order in which the
// steps are taken; none for a root.
func (n *Node) Steps() []Step {
	var out []Step
	seen := map[*Node]bool{}
	var visit func(*Node)
	visit = func(n *Node) {
		if n == nil || seen[n] {
			return
		}
		seen[n] = true
		visit(n.Via)
		if n.Needs != nil {
			visit(n.Needs)
		}
		if n.Step != nil {
			out = append(out, *n.Step)
		}
	}
	visit(n)
	return out
}

// To returns the first node of a principal, nil where none is reached.
func (t *Tree) To(principal string) *Node {
	var best *Node
	for _, n := range t.Nodes {
		if n.Actor.ARN == principal && (best == nil || n.Verdict > best.Verdict) {
			best = n
		}
	}
	return best
}

// Path returns the shortest chain from one principal to another, nil where
// there is none, not even a possible one.
func (g *Graph) Path(from, to string) []Step {
	n := g.From(from).To(to)
	if n == nil {
		return nil
	}
	return n.Steps()
}
