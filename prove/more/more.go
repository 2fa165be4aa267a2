// Package more proves theorem two, "nothing more": no principal of a pipeline
// is allowed what its work does not need.
//
// The subjects are the roles that act in what the templates run, and those
// that a delivery service or a workflow can assume though nothing in the
// templates runs with them. For each statement that allows a subject
// something, what is allowed is compared with what the call catalogue says
// that the subject calls: an action that is never called, or one that is
// granted on more than it is called on, is an extra, if no other layer stops
// it. Resource "*" that AWS forces is none.
//
// What code of the user's calls, a build, a function, a container, no catalogue
// knows. An extra of such a subject that names its resources is therefore
// unexplained rather than wrong, and a line under needs in the stacks file
// explains it. One that sweeps over everything in the account, or by which the
// subject can become somebody else, fails the theorem whoever it is.
package more

import (
	"fmt"

	"penstock/chain"
	"penstock/cloud"
	"penstock/diag"
	"penstock/iam/authz"
	"penstock/iam/reach"
	"penstock/prove"
)

// A finder works on one model.
type finder struct {
	proof    *prove.Proof
	model    *cloud.Model
	engine   *authz.Engine
	reach    *reach.Engine
	graph    *chain.Graph
	services map[string][]*cloud.Resource // declared resources by service
	found    map[string]reach.Answer      // see likeAnother
	taken    map[[2]string]bool           // see matches
}

// tally counts what the findings say.
type tally struct{ subjects, grave, unexplained int }

// Prove is the prover of theorem two.
func Prove(p *prove.Proof) (prove.TheoremResult, []diag.Finding) {
	res := prove.TheoremResult{Theorem: prove.NothingMore}
	var found [][]diag.Finding
	var most tally
	for _, m := range p.Models {
		f := &finder{proof: p, model: m, engine: p.Options.Engine, reach: p.Reach(), graph: p.Graph(m)}
		var fs []diag.Finding
		var patches []patch
		var t tally
		for _, s := range subjects(p, m) {
			if s.other {
				fs = append(fs, f.others(s, &t)...)
				continue
			}
			t.subjects++
			fs = append(fs, f.become(s, &t)...)
			found, ps := f.judge(s, &t)
			for _, p := range ps {
				patches = append(patches, patch{len(fs) + p.finding, p.fix})
			}
			fs = append(fs, found...)
		}
		fs = append(fs, f.outside(&t)...)
		fs = append(fs, f.workflows(&t)...)
		if t.subjects > 0 {
			fs = append(fs, f.deputies(&t)...)
		}
		f.proved(fs, patches)
		found = append(found, fs)
		most.subjects = max(most.subjects, t.subjects)
		most.grave = max(most.grave, t.grave)
		most.unexplained = max(most.unexplained, t.unexplained)
	}
	fs := p.MergeScenarios(found)
	res.Outcome, res.Why = outcome(fs, most)
	return res, fs
}

func outcome(fs []diag.Finding, t tally) (prove.Outcome, string) {
	o := prove.Holds
	for _, f := range fs {
		switch {
		case f.Severity == diag.Error && f.Certainty != diag.Possible:
			return prove.Fails, fmt.Sprintf("%s more than the pipeline needs, of a kind that does harm", count(t.grave, "permission", "permissions"))
		case f.Severity != diag.Info || f.Certainty == diag.Possible:
			o = prove.Depends
		}
	}
	switch {
	case t.subjects == 0 && o == prove.Holds:
		return prove.NotApplicable, "no stack declares a role of a pipeline"
	case o == prove.Depends && t.unexplained == 0:
		return o, "policies let in more than is known to be meant; each is named above"
	case o == prove.Depends:
		return o, fmt.Sprintf("%s that nothing in the templates explains; a line under needs in the stacks file does", count(t.unexplained, "permission", "permissions"))
	default:
		return o, fmt.Sprintf("%s, each allowed what it needs", count(t.subjects, "role", "roles"))
	}
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
