package gate

import (
	"fmt"
	"slices"
	"sync"

	"penstock/chain"
	"penstock/cloud"
	"penstock/diag"
	"penstock/iam/reach"
	"penstock/prove"
)

// goal1 names what a harm does, in whatever words.
func (h *harm) goal1() string {
	if h.goal != "" {
		return h.code + " " + h.goal
	}
	return h.code + " " + h.what
}

// open is everything that an origin can do to a gate and past it, in a view of
// the model: the question that a cut is found by.
func (t *teller) open(m *cloud.Model, g *chain.Graph) map[string]prove.Way {
	f := t.f.over(m, g)
	out := map[string]prove.Way{}
	ways, _ := f.walk(t.o)
	for _, w := range ways {
		for _, h := range t.look(f, w) {
			way := prove.Way{Verdict: min(h.verdict, w.Verdict), Missing: h.missing}
			if o, ok := out[h.goal1()]; ok && o.Verdict >= way.Verdict {
				continue
			}
			way.Missing = merge(merge(nil, w.Missing), h.missing)
			way.Asks = append(prove.Asks(w.steps), prove.Asks(h.last)...)
			for _, q := range h.asks {
				way.Asks = append(way.Asks, prove.Ask{Who: w.Actor, Request: q})
			}
			out[h.goal1()] = way
		}
	}
	return out
}

// cut finds what ends all that a finding tells, and puts the finding there.
func (t *teller) cut(d *diag.Finding, goals []string, sure bool) {
	if t.cutter == nil {
		t.cutter = t.f.proof.NewCutter(t.f.model, t.f.graph, t.open)
	}
	d.Cut = t.cutter.Cut(goals, sure)
	if fix, ok := t.cutter.Fix(); ok && sure && t.holds(fix.Edits, goals) {
		d.Fixes = append(d.Fixes, fix)
	}
	if ps := d.Cut.Parts; len(ps) > 0 && !ps[0].At.IsZero() {
		d.At = ps[0].At
	}
}

// mended is the material with edits applied, and all that is asked of it.
type mended struct {
	runs bool // theorem one holds as it did
	ask  map[string]func() map[string]prove.Way
}

// mostMended bounds the sets of edits that are tried for one model, each of
// which is read and proved again: with more than so many resources the cut is
// told and no edits are offered.
const (
	mostMended = 6
	large      = 300
)

// holds reports whether with edits nothing certain leads to some goals any
// more, and theorem one holds as it did: all is read and asked again.
func (t *teller) holds(edits []diag.Edit, goals []string) bool {
	key := fmt.Sprint(edits)
	m := t.f.mended[key]
	if m == nil {
		if len(t.f.mended) == mostMended || len(t.f.model.Resources) > large {
			return false
		}
		m = t.f.mend(edits)
		t.f.mended[key] = m
	}
	ask := m.ask[t.name]
	if !m.runs || ask == nil {
		return false
	}
	open := ask()
	return !slices.ContainsFunc(goals, func(g string) bool { return open[g].Verdict == reach.Some })
}

func (f *finder) mend(edits []diag.Edit) *mended {
	models, err := f.proof.Options.Mend(edits)
	if err != nil {
		return &mended{}
	}
	p := f.proof.Again(models)
	m := &mended{runs: p.StoppedAsBefore(f.proof), ask: map[string]func() map[string]prove.Way{}}
	for _, now := range models {
		if !m.runs || !slices.Equal(now.Scenario, f.model.Scenario) {
			continue
		}
		g := newFinder(p, now)
		for _, r := range p.Runs(now) {
			for _, t := range g.tellers(r) {
				m.ask[t.name] = sync.OnceValue(func() map[string]prove.Way { return t.open(now, g.graph) })
			}
		}
	}
	return m
}
