package gate

import (
	"fmt"
	"slices"

	"penstock/diag"
	"penstock/iam/reach"
	"penstock/match"
	"penstock/prove"
	"penstock/seal"
	"penstock/service"
)

// sealed finds what seals before a gate and promotes after it, and which steps
// take their input for what it is: what promotes compares it with the digest
// that was sealed, so who replaces that input replaces nothing. Its output is
// an artifact as any other, which may be replaced by whoever may write it.
func (f *finder) sealed(s *side) (seals []*service.Seal, bound []*prove.Step) {
	for _, st := range s.run.Steps {
		x := f.proof.Seal(st)
		if x == nil {
			continue
		}
		seals = append(seals, x)
		if x.Kind == seal.Promotes && x.Broken == "" && slices.Contains(s.after, st) &&
			slices.ContainsFunc(s.before, func(b *prove.Step) bool { return b.Job == nil && b.Action == x.Of }) {
			bound = append(bound, st) // else sealed after this gate, for another
		}
	}
	return seals, bound
}

// unpinned says what a sealed artifact may name without holding it: the seal
// pins the images of the files that it is told of, and a task definition or a
// template may name others by tag, or code by the key of an object
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html,
// only the placeholders are replaced).
func (f *finder) unpinned(s *side) {
	named := map[string]string{
		"CodeDeployToECS": "task definition", "CloudFormation": "template", "CloudFormationStackSet": "template",
	}
	for _, st := range s.after {
		if st.Job != nil || st.Action == nil || named[st.Action.Provider] == "" || len(st.Action.Inputs) == 0 {
			continue
		}
		f.assume("what the %s of action %s names by a tag or by the key of an object, and not by digest, is after the %s what it was when people approved: the seal holds the name and not what it names",
			named[st.Action.Provider], st.Action.Name, s.name())
	}
}

// brokenSeals reports what is meant to seal, or to promote, and does not.
func (f *finder) brokenSeals(s *side) []diag.Finding {
	var out []diag.Finding
	for _, x := range s.seals {
		if x.Broken == "" {
			continue
		}
		what := "what is approved is not sealed"
		if x.Kind == seal.Promotes {
			what = "what is deployed after the " + s.name() + " is not bound to what was sealed"
		}
		d := diag.Finding{
			Code: "GATE007", Theorem: string(prove.Gate), At: x.At, Severity: diag.Warning, Certainty: diag.Proved,
			Message: what + ": " + x.Broken,
			Depends: []string{"a seal that can be relied on"},
		}
		if x.Project != nil {
			d.Related = append(d.Related, diag.Note{At: x.Project.Span, Message: "the project that " + x.Kind.String()})
		}
		out = append(out, d)
	}
	return out
}

// unseals finds the ways to have a seal say something else: to act as its
// role, or to start its project beside the pipeline. That its project is
// changed or overridden is found with the rest of the gate's machinery.
func (f *finder) unseals(s *side, w *way) []harm {
	var out []harm
	for _, x := range s.seals {
		if x.Broken != "" || x.Project == nil {
			continue
		}
		name := "what " + x.Kind.String() + ", build project " + match.Render(x.Project.Name)
		if w.Actor.ARN == x.Role {
			out = append(out, harm{code: "GATE002", what: "act with the role of " + name, verdict: w.Verdict, missing: w.Missing})
		}
		for i := range w.Gains {
			g := &w.Gains[i]
			if g.Power.Kind == service.Tamper && g.Gain.Touches == service.TouchesStart && g.Gain.Resource == x.Project {
				out = append(out, step("GATE002", g, "start "+name+" beside the pipeline"))
			}
		}
	}
	return out
}

// opens finds who can change the policy of a store that holds what a stage
// after the gate takes: that policy says who may write there.
func (f *finder) opens(s *side, w *way) []harm {
	var out []harm
	var done []string
	for _, in := range s.inputs(nil) {
		if slices.Contains(done, in.store) {
			continue
		}
		done = append(done, in.store)
		ans := f.can(w, in.Account, in.store, "s3:PutBucketPolicy", "s3:DeleteBucketPolicy")
		if ans.Verdict == reach.None {
			continue
		}
		out = append(out, answer("GATE004", ans, fmt.Sprintf("open bucket %s, from which action %s takes artifact %s after the %s",
			match.Render(in.Bucket), in.action.Name, in.Name, s.name())))
	}
	return out
}

// skipped reports a gate that executions pass without an answer: what waits
// goes on by itself, or its stage is skipped as a condition before it fails, or
// as a refusal is skipped
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html;
// https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_FailureConditions.html,
// result: ROLLBACK, FAIL, RETRY or SKIP).
func (f *finder) skipped(s *side) []diag.Finding {
	st := s.gate.Stage
	if st == nil || s.gate.Action == nil {
		return nil
	}
	why := f.proof.Slips(s.gate)
	switch {
	case st.FailureResult == "SKIP":
		why = "the result of its stage's failure is SKIP, so that a refusal is skipped too"
	case match.HasHole(st.FailureResult):
		why = "the result of its stage's failure is not known"
	}
	for _, r := range st.BeforeEntry {
		if r.Result == "SKIP" || match.HasHole(r.Result) {
			why = "its stage is skipped where rule " + match.Render(r.Name) + " fails"
		}
	}
	for _, r := range st.OnFailure {
		if r.Result == "SKIP" || match.HasHole(r.Result) {
			why = "a refusal is skipped where rule " + match.Render(r.Name) + " fails"
		}
	}
	if why == "" {
		return nil
	}
	return []diag.Finding{{
		Code: "GATE008", Theorem: string(prove.Gate), At: s.at(), Severity: diag.Warning, Certainty: diag.Likely,
		Message: "executions can pass the " + s.name() + " without an answer: " + why,
		Depends: []string{"what decides whether stage " + match.Render(st.Name) + " is passed without an answer"},
	}}
}
