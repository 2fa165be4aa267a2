package gate

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/iam/facts"
	"penstock/iam/reach"
	"penstock/match"
	"penstock/prove"
	"penstock/service"
	"penstock/truth"
)

// touches finds powers over the gate, over what runs as the gate and over the
// definition of the pipeline, and rights that somebody can give themselves.
func (f *finder) touches(s *side, o *origin, w *way) []diag.Finding {
	var out []diag.Finding
	machinery := s.machinery()
	for i := range w.Gains {
		g := &w.Gains[i]
		mine := g.Gain.Resource != nil && (g.Gain.Resource == s.run.Pipeline.Resource || slices.Contains(machinery, g.Gain.Resource))
		switch {
		case g.Power.Kind == service.Tamper && mine && g.Gain.Touches == service.TouchesGate:
			out = append(out, f.report(s, o, w, g, "GATE001", "approve, skip or retry around the "+s.name()))
		case g.Power.Kind == service.Tamper && mine && g.Gain.Touches == service.TouchesDefinition,
			g.Power.Kind == service.Execute && mine && g.Gain.Resource != s.run.Pipeline.Resource:
			out = append(out, f.report(s, o, w, g, "GATE002", "change what the "+s.name()+" is"))
		case g.Power.Kind == service.Escalate && f.within(s, g.Gain.Principal):
			out = append(out, f.report(s, o, w, g, "GATE006", "give "+principal(g.Gain.Principal)+" any right that its boundary and organization leave, in an account of the "+s.name()))
		}
	}
	return out
}

// within reports whether a principal is of an account that the gate is about.
func (f *finder) within(s *side, role string) bool {
	a := arn.Account(role)
	return a == s.run.Pipeline.Account || slices.ContainsFunc(s.after, func(st *prove.Step) bool { return st.Site().Account == a })
}

// crosses finds writes on what only stages after the gate write.
func (f *finder) crosses(s *side, o *origin, w *way, targets []*target) []diag.Finding {
	var out []diag.Finding
	for _, t := range targets {
		ans := f.can(w, t.account, match.Widest(t.resource), harmful(t)...)
		if ans.Verdict == reach.None {
			continue
		}
		what := match.Render(t.resource)
		if t.what != "" {
			what = match.Render(t.what) + " (" + what + ")"
		}
		out = append(out, f.answer(s, o, w, ans, "GATE003", "change "+what+", which the pipeline changes only after the "+s.name()))
	}
	return out
}

// harmful returns the actions of a target's service that change it, as the
// reference lists them for its type; those that the pipeline itself calls
// among them.
func harmful(t *target) []string {
	out := slices.Clone(t.actions)
	for _, a := range t.actions {
		prefix, name, _ := strings.Cut(a, ":")
		svc, ok := facts.Service(prefix)
		if !ok {
			continue
		}
		act, ok := svc.Action(name)
		if !ok {
			continue
		}
		var types []string
		for _, r := range act.Resources {
			if rt, ok := svc.ResourceType(r.Type); ok && rt.Match(t.resource) != truth.No {
				types = append(types, r.Type)
			}
		}
		for other := range svc.Actions() {
			if other.Access != facts.Write && other.Access != facts.PermissionsManagement {
				continue
			}
			full := svc.Prefix + ":" + other.Name
			if slices.ContainsFunc(other.Resources, func(r facts.ActionResource) bool { return slices.Contains(types, r.Type) }) && !slices.Contains(out, full) {
				out = append(out, full)
			}
		}
	}
	return out
}

// replaces finds writes on an artifact that a stage after the gate takes. The
// key of an artifact ends in characters that CodePipeline makes up, so who can
// write it but cannot learn it replaces nothing; that it is not guessed is
// assumed, and said.
func (f *finder) replaces(s *side, o *origin, w *way, inputs []*input) []diag.Finding {
	var out []diag.Finding
	for _, in := range inputs {
		ans := f.can(w, in.Account, match.Widest(in.Object), "s3:PutObject")
		if ans.Verdict == reach.None {
			continue
		}
		how := f.learns(s, w, in)
		if how.Verdict == reach.None {
			f.assume("the key of an artifact of another execution is not guessed: %s may write artifact %s, which a stage after the gate takes, but can neither list the bucket nor the executions",
				principal(w.Actor.ARN), in.Name)
			continue
		}
		d := f.answer(s, o, w, ans, "GATE004", fmt.Sprintf("replace artifact %s, which action %s takes after the %s", in.Name, in.action.Name, s.name()))
		if how.Witness != nil {
			d.Trace = append(d.Trace, "it learns the key by "+request(how.Witness))
		}
		if how.Verdict == reach.Depends && d.Certainty != diag.Possible {
			d.Severity, d.Certainty, d.Depends = diag.Warning, diag.Possible, append(d.Depends, how.Missing...)
		}
		out = append(out, d)
	}
	return out
}

// learns asks how a principal can find out the key of an artifact of another
// execution: by listing the bucket, or by reading the executions or the builds
// that name it
// (https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListActionExecutions.html
// gives s3location of each artifact,
// https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetBuilds.html
// artifacts.location).
func (f *finder) learns(s *side, w *way, in *input) reach.Answer {
	pl := s.run.Pipeline
	best := reach.Answer{Verdict: reach.None}
	for _, ans := range []reach.Answer{
		f.can(w, in.Account, match.Widest(in.store), "s3:ListBucket", "s3:ListBucketVersions"),
		f.can(w, pl.Account, match.Widest(pl.ARN), "codepipeline:ListActionExecutions"),
		f.can(w, pl.Account, "arn:*:codebuild:*:"+pl.Account+":project/*", "codebuild:BatchGetBuilds"),
	} {
		if ans.Verdict > best.Verdict {
			best = ans
		}
	}
	return best
}

// pushes finds writes on an image repository with mutable tags from which a
// stage after the gate, or what it starts, pulls.
func (f *finder) pushes(s *side, o *origin, w *way) []diag.Finding {
	var out []diag.Finding
	var done []string
	for _, st := range s.after {
		for _, c := range st.Calls {
			repo := c.Request.Resource
			if c.Request.Action != "ecr:BatchGetImage" || slices.Contains(done, repo) {
				continue
			}
			done = append(done, repo)
			r := f.model.Resource(repo)
			if r != nil && immutable(r) {
				continue
			}
			ans := f.can(w, c.Request.ResourceAccount, match.Widest(repo), "ecr:PutImage")
			if ans.Verdict == reach.None {
				continue
			}
			d := f.answer(s, o, w, ans, "GATE005", fmt.Sprintf("push another image under the tag that %s runs after the %s: the tags of repository %s can be moved",
				principal(c.Request.Principal.ARN), s.name(), match.Render(arnName(repo))))
			if r != nil {
				d.Related = append(d.Related, diag.Note{At: r.Span, Message: "the repository: ImageTagMutability is not IMMUTABLE"})
			}
			if d.Certainty == diag.Proved {
				d.Certainty = diag.Likely // an image may be named by its digest
			}
			out = append(out, d)
		}
	}
	return out
}

func immutable(r *cloud.Resource) bool { return r.Prop("ImageTagMutability").Str() == "IMMUTABLE" }

func arnName(s string) string {
	a, err := arn.Parse(s)
	if err != nil {
		return s
	}
	_, name, _ := strings.Cut(a.Resource, "/")
	return name
}

// gateCalls touch a gate, or the pipeline around it, of any pipeline.
var gateCalls = []string{"codepipeline:PutApprovalResult", "codepipeline:OverrideStageCondition", "codepipeline:EnableStageTransition", "codepipeline:UpdatePipeline"}

// alone looks at code that runs with no gated pipeline in the templates: a
// build whose pipeline stands elsewhere must not approve there.
func (f *finder) alone(r *prove.Run) []diag.Finding {
	if r.Entry != nil && r.Entry.Kind == prove.Grants {
		return nil
	}
	froms, _ := origins(f.proof, r.Steps)
	var out []diag.Finding
	for _, o := range froms {
		for _, w := range f.walk(o) {
			ans := f.can(w, arn.Account(w.Actor.ARN), "arn:*:codepipeline:*", gateCalls...)
			if ans.Verdict == reach.None {
				continue
			}
			what := "approve or change a pipeline of account " + match.Render(arn.Account(w.Actor.ARN))
			if ans.Verdict == reach.Some {
				what = "call " + ans.Witness.Action + " on a pipeline of account " + match.Render(arn.Account(w.Actor.ARN)) + ", and so pass its gate"
			}
			out = append(out, f.answer(nil, o, w, ans, "GATE001", what))
		}
	}
	return out
}
