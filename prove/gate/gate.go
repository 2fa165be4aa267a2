// Package gate proves theorem three, "the gate holds": no code that runs
// before an approval can change what the approval protects, replace what was
// approved, nor change, skip or approve the gate itself.
//
// The code that runs before a gate is whatever the author of a change makes
// it: builds and tests, templates, containers, hooks (service.Authored). From
// each of their roles the proof follows every chain of powers (package chain)
// and asks, of each principal on it, whether it can
//
//   - touch the gate or the definition of the pipeline (GATE001, GATE002),
//   - write what only stages after the gate write (GATE003),
//   - replace an artifact that a stage after the gate takes (GATE004), or an
//     image that it runs (GATE005),
//   - give itself any right in an account of the pipeline (GATE006).
//
// A chain that rests on facts which no template shows is reported as possible,
// and the theorem then depends on them. What the theorem takes for granted is
// printed with it.
package gate

import (
	"fmt"
	"slices"
	"strings"

	"penstock/chain"
	"penstock/cloud"
	"penstock/diag"
	"penstock/iam/authz"
	"penstock/iam/reach"
	"penstock/prove"
)

// artifactPower is the power of whoever writes an artifact over the role that
// runs it (chain.Derived). That a stage after the gate runs what was written
// before it is what an approval is for; whether it can be written again is
// asked on its own (replaces).
const artifactPower = "pipeline.artifact"

// A finder works on one model.
type finder struct {
	proof *prove.Proof
	model *cloud.Model
	reach *reach.Engine
	eng   *authz.Engine
	graph *chain.Graph
	trees map[string]*chain.Tree
	// walked is the model whose walks tell what the pipelines call: model
	// itself, or that of which model is a view.
	walked *cloud.Model

	mended map[string]*mended // what edits make of the material, by the edits

	assumes []string
	guesses map[string][]string // who may write an artifact whose key it cannot learn
}

func newFinder(p *prove.Proof, m *cloud.Model) *finder {
	return (&finder{proof: p, reach: p.Reach(), eng: p.Options.Engine, walked: m, mended: map[string]*mended{}}).over(m, p.Graph(m).Without(artifactPower))
}

// over is a finder for a model, or a view of it, and its graph; what it assumes
// on the way is its own.
func (f *finder) over(m *cloud.Model, g *chain.Graph) *finder {
	h := *f
	h.model, h.graph, h.trees, h.assumes, h.guesses = m, g, map[string]*chain.Tree{}, nil, map[string][]string{}
	return &h
}

func (f *finder) assume(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(f.assumes, text) {
		f.assumes = append(f.assumes, text)
	}
}

// Prove is the prover of theorem three.
func Prove(p *prove.Proof) (prove.TheoremResult, []diag.Finding) {
	res := prove.TheoremResult{Theorem: prove.Gate}
	var found [][]diag.Finding
	gates, without := 0, 0
	for _, m := range p.Models {
		f := newFinder(p, m)
		var fs []diag.Finding
		here, none := 0, 0
		for _, r := range p.Runs(m) {
			switch {
			case r.Pipeline == nil:
				fs = append(fs, f.alone(r)...)
			default:
				ss := sides(p, r)
				if len(ss) == 0 {
					none++
					fs = append(fs, f.alone(r)...)
					continue
				}
				here += len(ss)
				for _, s := range ss {
					fs = append(fs, f.side(s)...)
				}
			}
		}
		found = append(found, f.once(fs))
		gates, without = max(gates, here), max(without, none)
		for _, a := range f.assumes {
			if !slices.Contains(res.Assumes, a) {
				res.Assumes = append(res.Assumes, a)
			}
		}
	}
	fs := p.MergeScenarios(found)
	res.Outcome, res.Why = outcome(fs, gates, without)
	return res, fs
}

func outcome(fs []diag.Finding, gates, without int) (prove.Outcome, string) {
	o := prove.Holds
	chains := 0
	for _, f := range fs {
		switch {
		case f.Severity == diag.Error && f.Certainty != diag.Possible:
			o = prove.Fails
			chains++
		case f.Severity != diag.Info && o == prove.Holds:
			o = prove.Depends
		}
	}
	switch {
	case o == prove.Fails && chains == 1:
		return o, "code that runs before the approval gets around it in one way"
	case o == prove.Fails:
		return o, fmt.Sprintf("code that runs before the approval gets around it in %d ways", chains)
	case o == prove.Depends:
		return o, "whether code that runs before the approval gets around it rests on what no template shows"
	case gates == 0 && without > 0:
		return prove.NotApplicable, "no pipeline here waits for an approval"
	case gates == 0:
		return prove.NotApplicable, "no stack declares a pipeline with an approval"
	case gates == 1:
		return o, "nothing that runs before the approval can reach what it protects"
	default:
		return o, fmt.Sprintf("nothing that runs before any of %d approvals can reach what they protect", gates)
	}
}

// side proves the theorem for one gate.
func (f *finder) side(s *side) []diag.Finding {
	f.assume("the commits of a change, and the code that they make run, are the only thing that its author writes; who administers the accounts %s is trusted", strings.Join(accounts(s), ", "))
	var out []diag.Finding
	ts, inputs, unknown := f.before(s)
	if len(s.bound) > 0 {
		f.assume("the code that seals and promotes around the %s does what it says: CodeBuild unpacks an artifact below its source folder and nowhere else, and no two artifacts have one SHA-256", s.name())
		f.unpinned(s)
	}
	if s.gate.Action != nil && !s.gate.Action.Gate() {
		f.assume("what answers the %s answers as people decide: who may, how many, and for which execution is for its own code to see to", s.name())
	}
	out = append(out, f.brokenSeals(s)...)
	out = append(out, f.skipped(s)...)
	for _, t := range ts {
		ways, whole := f.walk(t.o)
		if !whole {
			unknown = append(unknown, "whom "+prove.Short(t.o.role)+" can become, of which there are too many to follow")
		}
		for _, w := range ways {
			out = append(out, t.tell(w, t.look(f, w))...)
		}
	}
	for _, u := range unknown {
		out = append(out, diag.Finding{
			Code: "GATE009", Theorem: string(prove.Gate), At: s.at(), Severity: diag.Warning, Certainty: diag.Possible,
			Message: fmt.Sprintf("whether the %s holds rests on %s", s.name(), u),
			Depends: []string{u},
		})
	}
	for _, in := range inputs {
		if who := f.guesses[in.Name]; len(who) > 0 {
			f.assume("nobody guesses the key of an artifact of another execution, which CodePipeline ends in characters that it makes up, or learns it from a log: %s may write artifact %s, which a stage after the gate takes, and can list neither the bucket nor the executions",
				strings.Join(who, " and "), in.Name)
		}
	}
	return out
}

// before returns those who run the author's code before a gate, each asked what
// it can do to the gate and past it; the artifacts that are taken after it; and
// the facts without which others cannot be told.
func (f *finder) before(s *side) (ts []*teller, inputs []*input, unknown []string) {
	froms, unknown := f.origins(s.before)
	s.seals, s.bound = f.sealed(s)
	targets, inputs := s.targets(), s.inputs(s.bound)
	for _, o := range froms {
		ts = append(ts, &teller{
			f: f, o: o, name: s.run.ID() + " " + s.name() + " " + o.role,
			look: func(f *finder, w *way) []harm { return f.past(s, w, targets, inputs) },
		})
	}
	return ts, inputs, unknown
}

// tellers returns those of all gates of a run, or where it has none of all its
// steps.
func (f *finder) tellers(r *prove.Run) []*teller {
	var out []*teller
	if r.Pipeline != nil {
		for _, s := range sides(f.proof, r) {
			ts, _, _ := f.before(s)
			out = append(out, ts...)
		}
	}
	if out == nil {
		out = f.lone(r)
	}
	return out
}

// past is what somebody can do to a gate or past it. That somebody can give any
// right was said of who can.
func (f *finder) past(s *side, w *way, targets []*target, inputs []*input) []harm {
	if w.escalated() {
		return nil
	}
	hs := f.touches(s, w)
	hs = append(hs, f.unseals(s, w)...)
	hs = append(hs, f.counts(s, w)...)
	hs = append(hs, f.strange(w)...)
	hs = append(hs, f.leaves(w)...)
	hs = append(hs, f.crosses(s, w, targets)...)
	hs = append(hs, f.replaces(s, w, inputs)...)
	hs = append(hs, f.opens(s, w)...)
	hs = append(hs, f.pushes(s, w)...)
	if len(hs) == 0 {
		hs = f.deploys(s, w)
	}
	return hs
}

// accounts are those that a pipeline acts in.
func accounts(s *side) []string {
	var out []string
	for _, st := range s.run.Steps {
		if a := st.Site().Account; !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// once drops findings that say the same of one origin: two gates of a pipeline
// can have it in common.
func (f *finder) once(fs []diag.Finding) []diag.Finding {
	seen := map[string]bool{}
	var out []diag.Finding
	for _, d := range fs {
		k := strings.Join([]string{d.Code, d.Principal, d.Action, d.Resource, d.Message}, "|")
		if !seen[k] {
			seen[k] = true
			out = append(out, d)
		}
	}
	return out
}
