package prove

import (
	"strings"

	"penstock/chain"
	"penstock/cloud"
	"penstock/diag"
	"penstock/iam"
	"penstock/iam/reach"
	"penstock/source"
)

// An Ask is one request of a way, and who makes it, what was done to its
// rights before included.
type Ask struct {
	Who     chain.Actor
	Request *iam.Request
}

// A Way is one chain of requests that leads to something which must not be.
type Way struct {
	Verdict reach.Verdict // Some or Depends
	Missing []string
	Asks    []Ask
}

// A Cutter finds the fewest statements without which nothing leads any more to
// what must not be. It asks the whole question again for every set that it
// tries, over a view of the model that lacks them.
//
// A statement that calls of the pipeline need is not taken away but reduced to
// those calls, so that theorem one stays as it is; only where no such cut is
// found is one told that stops the pipeline, and what has to change first.
type Cutter struct {
	proof *Proof
	model *cloud.Model
	graph *chain.Graph
	look  func(*cloud.Model, *chain.Graph) map[string]Way
	first map[string]Way
	asked map[string]map[string]Way
	views map[string]*view
	parts []cutPart // of the cut that was found last
}

// NewCutter returns a cutter of one question. Look answers it over a model and
// the graph of that: what leads to each thing that must not be, by a name that
// stays the same whatever the policies say.
func (p *Proof) NewCutter(m *cloud.Model, g *chain.Graph, look func(*cloud.Model, *chain.Graph) map[string]Way) *Cutter {
	return &Cutter{proof: p, model: m, graph: g, look: look, asked: map[string]map[string]Way{}, views: map[string]*view{}}
}

// Bounds of the search: how many sets are asked about for one question, how
// many statements the smallest cut is searched up to, and how many a cut has
// at most that need not be the smallest.
const (
	mostAsked   = 120
	mostSmall   = 3
	mostRemoved = 12
)

// A cutPart names a statement by where it is written, whoever it is attached to;
// one of a managed policy of AWS by whom it is attached to as well.
type cutPart struct {
	file  *source.File
	start int
	who   string
}

func partOf(who string, st *iam.Statement) (cutPart, bool) {
	if st.Span.File == nil || st.Effect != iam.Allow {
		return cutPart{}, false
	}
	p := cutPart{st.Span.File, st.Span.Start, ""}
	if managed(st) {
		p.who, p.start = who, 0
	}
	return p, true
}

// managed reports whether a statement is of a managed policy of AWS.
func managed(st *iam.Statement) bool { return strings.HasPrefix(st.Span.File.Name, "arn:") }

// Cut returns the smallest cut that ends all of some goals. Sure says that they
// are certain: then a cut which leaves something that is only possible will do
// where there is no better one. A cut without parts says that there is none, or
// that the search gave up.
func (c *Cutter) Cut(goals []string, sure bool) *diag.Cut {
	c.parts = nil
	if c.first == nil {
		c.first = c.look(c.model, c.graph)
		c.asked[""] = c.first
	}
	levels := []reach.Verdict{reach.Depends}
	if sure {
		levels = append(levels, reach.Some)
	}
	var ways []string
	for _, whole := range []bool{false, true} {
		for _, least := range levels {
			s := &cutSearch{c: c, goals: goals, least: least, whole: whole, ways: ways}
			if cut := s.run(); cut != nil {
				return cut
			}
			if ways = s.ways; s.gaveUp {
				return &diag.Cut{Ways: len(ways), Many: true}
			}
		}
	}
	return &diag.Cut{Ways: len(ways)}
}

// CutTo finds what keeps some principals from becoming another.
func (p *Proof) CutTo(m *cloud.Model, g *chain.Graph, from []string, to string, sure bool) *diag.Cut {
	return p.NewCutter(m, g, func(m *cloud.Model, g *chain.Graph) map[string]Way {
		n := g.From(from...).To(to)
		if n == nil {
			return nil
		}
		return map[string]Way{to: {Verdict: n.Verdict, Missing: n.Missing, Asks: Asks(n.Steps())}}
	}).Cut([]string{to}, sure)
}

// Asks are the requests of steps, with who makes them.
func Asks(steps []chain.Step) []Ask {
	var out []Ask
	for i := range steps {
		s := &steps[i]
		for j := range s.Witnesses {
			who := s.As
			if c := s.Gain.Calls[j].Caller; c != (iam.Principal{}) {
				who = chain.Actor{ARN: c.ARN}
			}
			out = append(out, Ask{Who: who, Request: &s.Witnesses[j]})
		}
	}
	return out
}
