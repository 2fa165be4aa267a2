// Package chain is the graph of who can become whom: over a cloud.Model it
// joins the powers of the service rooms (service.Power) with what every
// principal may do (iam/reach), and follows them.
//
//	g := chain.New(model, services, engine)
//	g.Gains(role)            → what it gains by calls of its own
//	g.From(role)             → whom it can become, and at each what it can change and blind
//	g.Path(role, other)      → the shortest story from the one to the other
//	g.WhoCan(action, arn)    → who may make a call, directly or by a chain
//
// # What an edge means
//
// An edge of verdict Some carries a request for each of its calls, which
// authz has confirmed. One of verdict Depends is possible for all that the
// templates show, and names the facts that decide. There is no edge where one
// of the calls is proved impossible. So that nobody is reached is a proof only
// where no edge of either kind leads there: Tree keeps the two apart and never
// calls a node certain that only a possible edge reaches.
//
// # Whose rights
//
// Who is gained acts with the rights of a fresh session: its identity
// policies, its boundary, the service control policies of its account; session
// tags and session policies are not known and taken to be whatever suits.
//
// An Escalate changes policies. What the new ones grant is the taker's to
// choose, so the principal goes on with identity policies that allow
// everything, and with its boundary and its organization as they are; it
// counts only for a principal that the taker can act as. A principal that is
// made (iam:CreateRole) has the boundary that the call named, and none
// otherwise.
//
// A principal that no stack declares is a leaf: who becomes it has rights that
// nobody here knows.
package chain

import (
	"slices"
	"sync"

	"penstock/cloud"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/iam/reach"
	"penstock/service"
)

// A Graph answers questions about the chains of one model. It works things out
// when first asked and keeps them; it is not safe for concurrent use.
type Graph struct {
	model    *cloud.Model
	services []*service.Service
	reach    *reach.Engine

	load    sync.Once
	places  []place
	actions []string // of all calls, each once
	index   map[string]int
	calls   map[string]int32 // fingerprints of calls
	memo    map[asked]answer
	actors  map[string]*rights
	steps   map[string][]Step
	guards  map[string]*named
	keys    []string // of conditions
	// settings are what is known of the keys of a request, by what it asks.
	settings map[string]*iam.Context

	byAction [][]int32          // places by an action of their first call
	byName   map[string][]int32 // by whom a resource's policy names
	byAll    []int32            // those that may let in anybody
	away     map[string]bool
	authz    *authz.Engine

	cans map[string]reach.Answer // what Can answered
	// base is the graph that this one has less than, nil for most.
	base   *Graph
	byGain map[*service.Gain]int32 // the place of a gain
}

// place is one gain of one power, its calls numbered.
type place struct {
	power *service.Power
	gain  *service.Gain
	calls []numbered
}

// numbered is a call and the number of what it asks: two calls that ask the
// same have the same.
type numbered struct {
	*service.PowerCall
	id      int32
	actions []int // in Graph.actions
}

// New returns the graph of a model. It does no work yet.
func New(m *cloud.Model, services []*service.Service, r *reach.Engine) *Graph {
	return &Graph{model: m, services: services, reach: r}
}

// Without returns the graph of the same model in which the powers with these
// ids do not count, for a proof that looks at what they say in its own way.
// The two share what they find out about single calls.
func (g *Graph) Without(ids ...string) *Graph {
	g.prepare()
	h := New(g.model, g.services, g.reach)
	h.load.Do(func() {
		h.actions, h.index, h.calls, h.memo, h.actors, h.guards = g.actions, g.index, g.calls, g.memo, g.actors, g.guards
		h.keys, h.settings, h.cans, h.authz = g.keys, g.settings, g.cans, g.authz
		h.steps, h.away = map[string][]Step{}, map[string]bool{}
		for _, p := range g.places {
			if !slices.Contains(ids, p.power.ID) {
				h.places = append(h.places, p)
			}
		}
		h.order()
	})
	return h
}

// A Step is a gain that somebody has.
type Step struct {
	From    string // ARN of who takes it
	As      Actor  // the same, and what was done to its rights before
	Power   *service.Power
	Gain    *service.Gain
	Verdict reach.Verdict // Some or Depends
	// Witnesses are a request for each call of the gain, in order; where the
	// verdict is Depends some may be the zero Request.
	Witnesses []iam.Request
	// Missing names the facts that a Depends rests on.
	Missing []string
}

// Gains returns what a principal gains by calls of its own: each gain all of
// whose calls are possible, the certain ones first, in the order of the rooms.
func (g *Graph) Gains(from string) []Step { return g.gains(Actor{ARN: from}) }

// GainsOf is Gains for somebody whose rights were changed on the way.
func (g *Graph) GainsOf(a Actor) []Step { return g.gains(a) }

// Places returns how many gains the model holds, for those who measure.
func (g *Graph) Places() int {
	g.prepare()
	return len(g.places)
}
