package prove

import (
	"slices"

	"penstock/chain"
	"penstock/cloud"
	"penstock/diag"
	"penstock/iam/authz"
	"penstock/iam/facts"
	"penstock/iam/reach"
	"penstock/service"
)

// A Proof is what a Prover is handed: the models, and the walk of each, made
// once whoever asks first.
type Proof struct {
	Models  []*cloud.Model // one a scenario
	Options Options

	p    *prover
	runs map[*cloud.Model][]*Run
	memo map[string]any

	graphs map[*cloud.Model]*chain.Graph
}

// NewProof returns the proof of some models in which nothing is proved yet, for
// who asks something that no theorem states.
func NewProof(models []*cloud.Model, opt Options) *Proof {
	if opt.Engine == nil {
		opt.Engine = NewEngine()
	}
	return &Proof{Models: models, Options: opt, p: &prover{opt: opt, rooms: index(opt.Services)}}
}

// Runs returns the walks of a model, every call decided: pipelines first, then
// what runs without one, then what is granted in vain (Entry.Kind is Grants).
func (p *Proof) Runs(m *cloud.Model) []*Run {
	if rs, ok := p.runs[m]; ok {
		return rs
	}
	if p.runs == nil {
		p.runs = map[*cloud.Model][]*Run{}
	}
	rs := p.p.all(m)
	p.runs[m] = rs
	return rs
}

// Again walks models that edits have changed, which are not those of the
// proof; nothing of it is kept.
func (p *Proof) Again(models []*cloud.Model) *Proof {
	return &Proof{Models: models, Options: p.Options, p: &prover{opt: p.Options, rooms: p.p.rooms}}
}

// Remember returns what a prover computed under key, computing it the first
// time; provers that need the same thing name the same key.
func Remember[T any](p *Proof, key string, compute func() T) T {
	if v, ok := p.memo[key]; ok {
		return v.(T)
	}
	if p.memo == nil {
		p.memo = map[string]any{}
	}
	v := compute()
	p.memo[key] = v
	return v
}

// Reach returns the engine that answers about all requests, made over the
// engine of the proof.
func (p *Proof) Reach() *reach.Engine {
	return Remember(p, "reach", func() *reach.Engine { return NewReach(p.Options.Engine) })
}

// Graph returns the graph of who can become whom in a model.
func (p *Proof) Graph(m *cloud.Model) *chain.Graph {
	if g := p.graphs[m]; g != nil {
		return g
	}
	if p.graphs == nil {
		p.graphs = map[*cloud.Model]*chain.Graph{}
	}
	g := chain.New(m, p.Options.Services, p.Reach())
	p.graphs[m] = g
	return g
}

// NewReach returns an engine about all requests that knows AWS's actions from
// the embedded facts.
func NewReach(e *authz.Engine) *reach.Engine {
	return reach.New(e, reach.Options{Sent: true, Actions: func(prefix string) []string {
		svc, ok := facts.Service(prefix)
		if !ok {
			return nil
		}
		var out []string
		for a := range svc.Actions() {
			out = append(out, a.Name)
		}
		return out
	}})
}

// Stopped returns the calls of models that stop a run for certain: theorem one
// holds for them as far as policies decide where there is none.
func (p *Proof) Stopped() []*Call {
	var out []*Call
	for _, m := range p.Models {
		for _, r := range p.Runs(m) {
			for _, s := range r.Steps {
				for _, c := range s.Calls {
					if c.Failed() {
						out = append(out, c)
					}
				}
			}
		}
	}
	return out
}

// Pipelines returns the runs of a model that are pipelines.
func (p *Proof) Pipelines(m *cloud.Model) []*Run {
	return slices.DeleteFunc(slices.Clone(p.Runs(m)), func(r *Run) bool { return r.Pipeline == nil })
}

// Collect gathers the policies that bear on a call, those on its way included.
func (c *Call) Collect(m *cloud.Model) *authz.Policies { return collect(m, c, &c.Request) }

// Authored returns what of a step the author of a change writes.
func (p *Proof) Authored(s *Step) []service.Authored {
	if s.site == nil || s.site.Rule != nil && s.Job == nil {
		return nil
	}
	site := *s.site
	if s.Job == nil {
		site.Resource = nil
	}
	var out []service.Authored
	for _, f := range p.p.rooms.authored {
		out = append(out, f(&site)...)
	}
	return out
}

// Gate reports whether a step is that of an action which waits for a person, or
// of a condition that keeps a stage from being entered until something of the
// user's says so.
func (p *Proof) Gate(s *Step) bool {
	if s.Job != nil || s.site == nil || s.Action == nil && s.site.Rule == nil {
		return false
	}
	return s.Action != nil && s.Action.Gate() || slices.ContainsFunc(p.p.rooms.gates, func(f func(*service.Site) bool) bool { return f(s.site) })
}

// Slips says how an execution gets past a gate without an answer, "" where it
// does not.
func (p *Proof) Slips(s *Step) string {
	if s.Job != nil || s.site == nil {
		return ""
	}
	for _, f := range p.p.rooms.slips {
		if why := f(s.site); why != "" {
			return why
		}
	}
	return ""
}

// Seal returns what an action's step does to the output of the builds by code
// of ours, nil where it seals and promotes nothing.
func (p *Proof) Seal(s *Step) *service.Seal {
	if s.Job != nil || s.site == nil || s.Action == nil {
		return nil
	}
	for _, f := range p.p.rooms.seals {
		if x := f(s.site); x != nil {
			return x
		}
	}
	return nil
}

// Site returns where the step asked the rooms for its calls.
func (s *Step) Site() *service.Site { return s.site }

// MergeScenarios joins the findings of each model of the proof, given in the
// order of Models, as theorem one does: what not all scenarios share says in
// which it holds.
func (p *Proof) MergeScenarios(found [][]diag.Finding) []diag.Finding {
	all := make([]scenarioFindings, len(found))
	for i, fs := range found {
		all[i] = scenarioFindings{p.Models[i], fs}
	}
	return merge(all)
}
