package gate

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/chain"
	"penstock/cloud"
	"penstock/diag"
	"penstock/doc/splice"
	"penstock/iam"
	"penstock/iam/facts"
	"penstock/iam/reach"
	"penstock/match"
	"penstock/prove"
	"penstock/service"
	"penstock/truth"
)

// touches finds powers over the gate, over what runs as the gate and over the
// definition of the pipeline, and rights that somebody can give themselves.
func (f *finder) touches(s *side, w *way) []harm {
	var out []harm
	machinery := s.machinery()
	for i := range w.Gains {
		g := &w.Gains[i]
		mine := g.Gain.Resource != nil && (g.Gain.Resource == s.run.Pipeline.Resource || slices.Contains(machinery, g.Gain.Resource))
		switch {
		case g.Power.Kind == service.Tamper && mine && g.Gain.Touches == service.TouchesGate:
			out = append(out, step("GATE001", g, "approve, skip or retry around the "+s.name()))
		case g.Power.Kind == service.Tamper && mine && g.Gain.Touches == service.TouchesDefinition,
			g.Power.Kind == service.Execute && mine && g.Gain.Resource != s.run.Pipeline.Resource:
			out = append(out, step("GATE002", g, "change what the "+s.name()+" is"))
		case g.Power.Kind == service.Escalate && f.within(s, g.Gain.Principal):
			out = append(out, step("GATE006", g, "give roles of account "+match.Render(arn.Account(g.Gain.Principal))+" any right that their boundary and the organization leave"))
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
func (f *finder) crosses(s *side, w *way, targets []*target) []harm {
	var out []harm
	for _, t := range targets {
		ans := f.can(w, t.account, t.resource, harmful(t)...)
		if ans.Verdict == reach.None {
			continue
		}
		what := match.Render(t.resource)
		if t.what != "" {
			what = match.Render(t.what) + " (" + what + ")"
		}
		out = append(out, answer("GATE003", ans, "change "+what+", which the pipeline changes only after the "+s.name()))
	}
	return out
}

// harmful returns the actions of a target's service that change it, as the
// reference lists them for its type; those that the pipeline itself calls
// among them. To make it is not to change it, nor is to pass a role.
func harmful(t *target) []string {
	var out []string
	add := func(action, kind string) {
		_, name, _ := strings.Cut(action, ":")
		if action == "iam:PassRole" || strings.EqualFold(name, "Create"+strings.ReplaceAll(kind, "-", "")) || slices.Contains(out, action) {
			return
		}
		out = append(out, action)
	}
	for _, a := range t.actions {
		prefix, name, _ := strings.Cut(a, ":")
		svc, ok := facts.Service(prefix)
		if !ok {
			add(a, "")
			continue
		}
		act, ok := svc.Action(name)
		if !ok {
			add(a, "")
			continue
		}
		var types []string
		for _, r := range act.Resources {
			if rt, ok := svc.ResourceType(r.Type); ok && rt.Match(t.resource) != truth.No {
				types = append(types, r.Type)
				add(a, r.Type)
			}
		}
		if len(types) == 0 {
			add(a, "")
		}
		for other := range svc.Actions() {
			if other.Access != facts.Write && other.Access != facts.PermissionsManagement {
				continue
			}
			for _, r := range other.Resources {
				if slices.Contains(types, r.Type) {
					add(svc.Prefix+":"+other.Name, r.Type)
				}
			}
		}
	}
	return out
}

// replaces finds writes on an artifact that a stage after the gate takes. The
// key of an artifact ends in characters that CodePipeline makes up, so who can
// write it but cannot learn it replaces nothing; that it is not guessed is
// assumed, and said.
func (f *finder) replaces(s *side, w *way, inputs []*input) []harm {
	var out []harm
	for _, in := range inputs {
		ans := f.can(w, in.Account, in.Object, "s3:PutObject")
		if ans.Verdict == reach.None {
			continue
		}
		how := f.learns(s, w, in)
		if how.Verdict == reach.None {
			if who := prove.Short(w.Actor.ARN); w.Verdict == reach.Some && !slices.Contains(f.guesses[in.Name], who) {
				f.guesses[in.Name] = append(f.guesses[in.Name], who)
			}
			continue
		}
		h := answer("GATE004", ans, fmt.Sprintf("replace artifact %s, which action %s takes after the %s", in.Name, in.action.Name, s.name()))
		if how.Witness != nil {
			h.asks = append([]*iam.Request{how.Witness}, h.asks...)
		}
		if how.Verdict == reach.Depends {
			h.verdict, h.missing = reach.Depends, append(slices.Clip(h.missing), how.Missing...)
		}
		out = append(out, h)
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
		f.can(w, in.Account, in.store, "s3:ListBucket", "s3:ListBucketVersions"),
		f.can(w, pl.Account, pl.ARN, "codepipeline:ListActionExecutions"),
		f.can(w, pl.Account, "arn:*:codebuild:*:"+pl.Account+":project/*", "codebuild:BatchGetBuilds", "codebuild:BatchGetBuildBatches"),
	} {
		if ans.Verdict > best.Verdict {
			best = ans
		}
	}
	return best
}

// pushes finds writes on an image repository with mutable tags from which a
// stage after the gate, or what it starts, pulls.
func (f *finder) pushes(s *side, w *way) []harm {
	var out []harm
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
			ans := f.can(w, c.Request.ResourceAccount, repo, "ecr:PutImage")
			if ans.Verdict == reach.None {
				continue
			}
			h := answer("GATE005", ans, fmt.Sprintf("push another image under the tag that %s runs after the %s: the tags of repository %s can be moved",
				prove.Short(c.Request.Principal.ARN), s.name(), match.Render(arnName(repo))))
			if r != nil {
				h.related = append(h.related, diag.Note{At: r.Span, Message: "the repository: ImageTagMutability is not IMMUTABLE"})
				h.fixes = f.freeze(r)
			}
			h.likely = true // an image may be named by its digest
			out = append(out, h)
		}
	}
	return out
}

// freeze makes the tags of a repository immutable.
func (f *finder) freeze(r *cloud.Resource) []diag.Fix {
	if r.Props == nil || f.proof.Options.Mend == nil {
		return nil
	}
	edits, err := splice.SetField(r.Props, "ImageTagMutability", splice.String("IMMUTABLE"))
	if err != nil {
		return nil
	}
	return []diag.Fix{{Message: "make the tags of repository " + match.Render(r.Name) + " immutable", Edits: edits}}
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
	var out []diag.Finding
	for _, t := range f.lone(r) {
		ways, _ := f.walk(t.o)
		for _, w := range ways {
			out = append(out, t.tell(w, f.answers(w))...)
			out = append(out, t.tell(w, f.any(r, w))...)
		}
	}
	return out
}

// lone returns those who run code in what has no gated pipeline.
func (f *finder) lone(r *prove.Run) []*teller {
	froms, _ := f.origins(r.Steps)
	var out []*teller
	for _, o := range froms {
		out = append(out, &teller{
			f: f, o: o, name: r.ID() + " " + o.role,
			look: func(f *finder, w *way) []harm { return append(f.answers(w), f.any(r, w)...) },
		})
	}
	return out
}

// any is what somebody can do to the pipelines of its account, whichever they
// are.
func (f *finder) any(r *prove.Run, w *way) []harm {
	account := arn.Account(w.Actor.ARN)
	ans := f.can(w, account, "arn:*:codepipeline:*", gateCalls...)
	if ans.Verdict == reach.None {
		return nil
	}
	if one := f.can(w, account, "arn:"+arn.Partition(region(r))+":codepipeline:"+region(r)+":"+account+":any-pipeline/any-stage/any-action", gateCalls...); one.Verdict == ans.Verdict {
		ans = one
	}
	f.nearest(w, account, &ans)
	what := "approve or change any pipeline of account " + match.Render(account)
	goal := what
	if q := ans.Witness; q != nil && !strings.Contains(q.Resource, "any-pipeline") && !strings.ContainsAny(q.Resource, "*?") {
		what = does(q.Action) + " of pipeline " + match.Render(pipelineOf(q.Resource))
	}
	h := answer("GATE001", ans, what)
	h.goal = goal
	return []harm{h}
}

func region(r *prove.Run) string {
	if r.Entry != nil {
		return r.Entry.Region
	}
	return r.Pipeline.Region
}

// answers finds the gates that a way can answer or skip and that are no
// pipeline's here: machines that wait for a token, tables of votes, approvals
// of pull requests.
func (f *finder) answers(w *way) []harm {
	var out []harm
	for i := range w.Gains {
		g := &w.Gains[i]
		r := g.Gain.Resource
		if g.Power.Kind != service.Tamper || g.Gain.Touches != service.TouchesGate || r == nil || r.Type == "AWS::CodePipeline::Pipeline" || f.itsWork(g) {
			continue
		}
		out = append(out, step("GATE001", g, "answer or get around the "+match.Render(g.Gain.What)))
	}
	return out
}

// counts finds the ways to answer for what counts for a gate beside its
// machinery: a table of votes, the token of a task, whatever gate of the model
// it is. A role that answers by its work does not get around it, but who takes
// it on does.
func (f *finder) counts(s *side, w *way) []harm {
	var out []harm
	machinery := s.machinery()
	for i := range w.Gains {
		g := &w.Gains[i]
		r := g.Gain.Resource
		if g.Power.Kind != service.Tamper || g.Gain.Touches != service.TouchesGate || r == nil || r.Type == "AWS::CodePipeline::Pipeline" ||
			slices.Contains(machinery, r) || len(w.steps) == 0 && f.itsWork(g) {
			continue
		}
		out = append(out, step("GATE001", g, "answer for the "+s.name()+" by the "+match.Render(g.Gain.What)))
	}
	return out
}

// itsWork reports whether the calls of a step are what its principal is known
// to call: who answers a gate by its work does not get around it.
func (f *finder) itsWork(g *chain.Step) bool {
	for i := range g.Witnesses {
		q := &g.Witnesses[i]
		known := slices.ContainsFunc(f.proof.Runs(f.walked), func(r *prove.Run) bool {
			return (r.Entry == nil || r.Entry.Kind != prove.Grants) && slices.ContainsFunc(r.Steps, func(s *prove.Step) bool {
				return slices.ContainsFunc(s.Calls, func(c *prove.Call) bool {
					return c.Request.Principal.ARN == q.Principal.ARN && strings.EqualFold(c.Request.Action, q.Action)
				})
			})
		})
		if !known {
			return false
		}
	}
	return true
}

// nearest prefers to show the request on an approval that some policy here
// names: that is a gate which exists.
func (f *finder) nearest(w *way, account string, ans *reach.Answer) {
	for p := range f.model.Principals() {
		for _, a := range p.Identity {
			if a.Policy == nil {
				continue
			}
			for i := range a.Policy.Statements {
				st := &a.Policy.Statements[i]
				if st.Effect != iam.Allow || !slices.ContainsFunc(st.Actions, func(e iam.Elem) bool { return strings.EqualFold(e.Text, gateCalls[0]) }) {
					continue
				}
				for _, e := range st.Resources {
					if strings.ContainsAny(e.Text, "*?$\x00") || arn.Account(e.Text) != account {
						continue
					}
					if one := f.can(w, account, e.Text, gateCalls[0]); one.Verdict == reach.Some && ans.Verdict == reach.Some {
						*ans = one
						return
					}
				}
			}
		}
	}
}

// does says what a call of gateCalls does.
func does(action string) string {
	switch action {
	case "codepipeline:PutApprovalResult":
		return "answer the approvals"
	case "codepipeline:OverrideStageCondition":
		return "override the conditions"
	case "codepipeline:EnableStageTransition":
		return "open the stages"
	default:
		return "change the definition"
	}
}

// pipelineOf is the name of the pipeline in the ARN of it or of what is in it.
func pipelineOf(s string) string {
	a, err := arn.Parse(s)
	if err != nil {
		return s
	}
	name, _, _ := strings.Cut(a.Resource, "/")
	return name
}
