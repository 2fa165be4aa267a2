package prove

import (
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/iam/authz"
	"penstock/service"
)

// What the rooms propose for the findings of their checks is held to the same
// promise as what is written for a denied call: applied in memory, read again
// and proved again. A proposal that leaves the finding, brings another one or
// takes a call away is not shown.

// maxTried bounds the proposals that are tried for one finding.
const maxTried = 8

// mend asks the rooms for fixes of the findings of checks of a run, and keeps
// those that mend.
func (p *prover) mend(r *Run, step *Step, fs []diag.Finding) {
	if p.opt.Mend == nil {
		return
	}
	for i := range fs {
		f := &fs[i]
		if propose := p.rooms.mends[f.Code]; len(f.Fixes) == 0 && propose != nil && step.site != nil {
			f.Fixes = propose(step.site, f)
		}
		f.Fixes = p.proved(f.Fixes, func(edits []diag.Edit) bool { return p.settles(r, f, edits) })
	}
}

// proved returns the first of some fixes that mends.
func (p *prover) proved(fixes []diag.Fix, mends func([]diag.Edit) bool) []diag.Fix {
	for i := range fixes[:min(len(fixes), maxTried)] {
		if mends(fixes[i].Edits) {
			return fixes[i : i+1 : i+1]
		}
	}
	return nil
}

// settles reports whether a run with edits applied has a finding no more, no
// other one in its place, and every call that it was allowed.
func (p *prover) settles(r *Run, f *diag.Finding, edits []diag.Edit) bool {
	after, err := p.rerun(r, edits)
	if err != nil {
		return false
	}
	if after == nil {
		// What ran by itself may now be started by something else, and what
		// was granted in vain be gone; a pipeline that is gone is not mended.
		return r.Pipeline == nil
	}
	return p.gone(f, p.stated(r), p.stated(after)) && keeps(r, after)
}

// stated returns what the checks of a run found.
func (p *prover) stated(r *Run) []diag.Finding {
	var out []diag.Finding
	for _, s := range r.Steps {
		out = append(out, s.Findings...)
		if f, ok := p.tooEarly(r, s); ok {
			out = append(out, f)
		}
	}
	return out
}

// gone reports whether a finding that was stated before is not any more, nor
// one that is like it with other words, nor a new error.
func (p *prover) gone(f *diag.Finding, before, after []diag.Finding) bool {
	count := func(fs []diag.Finding, fits func(*diag.Finding) bool) (n int) {
		for i := range fs {
			if fits(&fs[i]) {
				n++
			}
		}
		return n
	}
	like := func(g *diag.Finding) bool { return g.Code == f.Code && g.Severity >= f.Severity }
	same := func(g *diag.Finding) bool { return like(g) && plainly(g.Message) == plainly(f.Message) }
	grave := func(g *diag.Finding) bool { return g.Severity == diag.Error && g.Certainty != diag.Possible }
	return count(after, same) < max(1, count(before, same)) && count(after, like) < count(before, like) && count(after, grave) <= count(before, grave)
}

// plainly is a message without its digits: an edit moves lines.
func plainly(msg string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return -1
		}
		return r
	}, msg)
}

// keeps reports whether every call that was allowed is not denied.
func keeps(r, after *Run) bool {
	was := denied(r)
	is := denied(after)
	for _, s := range r.Steps {
		for _, c := range s.Calls {
			if k := callKey(c); c.Decision.Verdict == authz.Allow && is[k] && !was[k] {
				return false
			}
		}
	}
	return true
}

func denied(r *Run) map[string]bool {
	out := map[string]bool{}
	for _, s := range r.Steps {
		for _, c := range s.Calls {
			if c.Decision.Verdict == authz.Deny {
				out[callKey(c)] = true
			}
		}
	}
	return out
}

// mendModel does the same for what was found when the templates were read.
func (p *prover) mendModel(proof *Proof, m *cloud.Model, fs []diag.Finding) {
	if p.opt.Mend == nil {
		return
	}
	for i := range fs {
		f := &fs[i]
		if propose := p.rooms.mends[f.Code]; len(f.Fixes) == 0 && propose != nil {
			f.Fixes = propose(&service.Site{Model: m, Author: p.opt.Author}, f)
		}
		f.Fixes = p.proved(f.Fixes, func(edits []diag.Edit) bool { return p.reads(proof, m, f, edits) })
	}
}

// reads is settles for a finding about a model.
func (p *prover) reads(proof *Proof, m *cloud.Model, f *diag.Finding, edits []diag.Edit) bool {
	models, err := p.opt.Mend(edits)
	if err != nil {
		return false
	}
	i := slices.IndexFunc(models, func(o *cloud.Model) bool { return slices.Equal(o.Scenario, m.Scenario) })
	if i < 0 || !p.gone(f, m.Findings, models[i].Findings) {
		return false
	}
	after := (&prover{opt: p.opt, rooms: p.rooms}).all(models[i])
	for _, r := range proof.Runs(m) {
		j := slices.IndexFunc(after, func(o *Run) bool { return o.ID() == r.ID() })
		if j >= 0 && !keeps(r, after[j]) || j < 0 && r.Pipeline != nil {
			return false
		}
	}
	return true
}
