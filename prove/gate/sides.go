package gate

import (
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/iam/facts"
	"penstock/match"
	"penstock/pipeline"
	"penstock/prove"
	"penstock/service"
	"penstock/source"
)

// A side is one gate of one pipeline, with what runs before it and what after.
type side struct {
	run    *prove.Run
	gate   *prove.Step
	before []*prove.Step
	after  []*prove.Step
}

// sides returns the gates of a run, in order. A step that runs at once with
// the gate is before it: nothing makes it wait.
func sides(p *prove.Proof, r *prove.Run) []*side {
	var out []*side
	for _, g := range r.Steps {
		if !p.Gate(g) {
			continue
		}
		s := &side{run: r, gate: g}
		for _, st := range r.Steps {
			switch where(r.Pipeline, st, g) {
			case -1:
				s.before = append(s.before, st)
			case 1:
				s.after = append(s.after, st)
			}
		}
		out = append(out, s)
	}
	return out
}

// where compares when a step runs with when a gate does: before it or at once
// with it, -1; as part of it, 0; after it, 1.
func where(pl *pipeline.Pipeline, s, g *prove.Step) int {
	if s.Stage == nil {
		return -1
	}
	if s.Stage == g.Stage && g.Action == nil {
		// The condition under which the stage is entered.
		switch {
		case s == g || s.Action == nil && s.Job != nil && s.Site().Rule == g.Site().Rule:
			return 0
		case s.Action == nil:
			return -1
		default:
			return 1
		}
	}
	if s.Stage == g.Stage {
		switch {
		case s.Action == nil:
			return -1 // a rule of the stage: which of its conditions is not told
		case s.Action == g.Action:
			return 0
		case s.Action.RunOrder > g.Action.RunOrder:
			return 1
		default:
			return -1
		}
	}
	if slices.Index(pl.Stages, s.Stage) > slices.Index(pl.Stages, g.Stage) {
		return 1
	}
	return -1
}

// A source is a principal that runs what the author of a change wrote.
type origin struct {
	role string
	what []string
	at   source.Span
}

// origins returns who runs the author's code in some steps, each role once,
// and the facts without which others cannot be told.
func origins(p *prove.Proof, steps []*prove.Step) (out []*origin, unknown []string) {
	add := func(role, what string, at source.Span) {
		if i := slices.IndexFunc(out, func(o *origin) bool { return o.role == role }); i >= 0 {
			if !slices.Contains(out[i].what, what) {
				out[i].what = append(out[i].what, what)
			}
			return
		}
		out = append(out, &origin{role, []string{what}, at})
	}
	for _, s := range steps {
		for _, a := range p.Authored(s) {
			switch {
			case a.Unknown != "":
				if !slices.Contains(unknown, a.Unknown) {
					unknown = append(unknown, a.Unknown)
				}
			case a.Passes != "":
				for _, c := range s.Calls {
					if c.Request.Action == "iam:PassRole" {
						add(c.Request.Resource, a.What, a.At)
					}
				}
			default:
				add(a.Role, a.What, a.At)
			}
		}
	}
	return out, unknown
}

// A target is something that stages after the gate change, and that no stage
// before it does.
type target struct {
	resource string
	account  string
	actions  []string // what those stages call
	what     string
	step     *prove.Step
}

// targets returns what the gate protects: the resources of the calls after it
// that write, less those that a step before it writes as well.
func (s *side) targets() []*target {
	open := map[string]bool{}
	for _, st := range s.before {
		for _, c := range st.Calls {
			if writes(c) {
				open[c.Request.Resource] = true
			}
		}
	}
	var out []*target
	for _, st := range s.after {
		for _, c := range st.Calls {
			if !writes(c) || open[c.Request.Resource] {
				continue
			}
			i := slices.IndexFunc(out, func(t *target) bool { return t.resource == c.Request.Resource })
			if i < 0 {
				i = len(out)
				out = append(out, &target{resource: c.Request.Resource, account: c.Request.ResourceAccount, what: c.Target.What, step: st})
			}
			if t := out[i]; !slices.Contains(t.actions, c.Request.Action) {
				t.actions = append(t.actions, c.Request.Action)
			}
		}
	}
	return out
}

// writes reports whether a call changes something by which production differs:
// not a log, a message, the use of a key, a role that is assumed or passed (a
// step of a chain), nor an artifact, which is looked at on its own.
func writes(c *prove.Call) bool {
	if c.Request.Resource == "*" || c.Row.Need == service.Listed && c.Decision.Verdict != 2 {
		return false
	}
	prefix, name, _ := strings.Cut(c.Request.Action, ":")
	switch prefix {
	case "sts", "logs", "kms", "sns", "sqs", "ssmmessages", "cloudwatch", "events", "xray":
		return false
	case "iam":
		if name == "PassRole" {
			return false
		}
	case "codepipeline":
		if strings.HasPrefix(name, "PutJob") {
			return false
		}
	case "codebuild":
		if name != "StartBuild" && name != "StartBuildBatch" {
			return false // reports
		}
	case "s3":
		if pl := c.Step.Site().Pipeline; pl != nil && artifact(pl, c.Request.Resource) {
			return false
		}
	}
	svc, ok := facts.Service(prefix)
	if !ok {
		return true
	}
	a, ok := svc.Action(name)
	return !ok || a.Access >= facts.Write
}

// artifact reports whether an ARN is in one of the pipeline's stores.
func artifact(pl *pipeline.Pipeline, resource string) bool {
	for _, st := range pl.Stores {
		a, err := arn.Parse(resource)
		if err != nil {
			return false
		}
		bucket, _, _ := strings.Cut(a.Resource, "/")
		if bucket == st.Bucket {
			return true
		}
	}
	return false
}

// An input is an artifact that a step after the gate takes, as it lies in a
// store.
type input struct {
	*service.Artifact
	store  string // ARN of the bucket
	action *pipeline.Action
	// written: an action before the gate, or what it starts, writes it.
	producer *pipeline.Action
}

// inputs returns what the actions after the gate deploy, each object once.
func (s *side) inputs() []*input {
	var out []*input
	for _, st := range s.after {
		if st.Action == nil || st.Job != nil {
			continue
		}
		for _, in := range st.Action.Inputs {
			a := st.Site().Artifact(in.Name)
			if a == nil || slices.ContainsFunc(out, func(o *input) bool { return o.Object == a.Object }) {
				continue
			}
			bucket, _, _ := strings.Cut(a.Object, "/")
			out = append(out, &input{Artifact: a, store: bucket, action: st.Action, producer: s.run.Pipeline.Producer(in.Name)})
		}
	}
	return out
}

// machinery is the resources that run as the gate: the machine, its functions.
func (s *side) machinery() []*cloud.Resource {
	var out []*cloud.Resource
	for _, st := range s.run.Steps {
		if st.Job != nil && st.Action == s.gate.Action && st.Site().Rule == s.gate.Site().Rule && st.Stage == s.gate.Stage && !slices.Contains(out, st.Job) {
			out = append(out, st.Job)
		}
	}
	return out
}

// at is where the gate is declared.
func (s *side) at() source.Span {
	if s.gate.Action == nil {
		return s.gate.Site().Rule.Span
	}
	return s.gate.Action.Span
}

// name is how a finding names a gate.
func (s *side) name() string {
	if s.gate.Action == nil {
		return "condition " + s.gate.Site().Rule.Name + " of stage " + s.gate.Stage.Name + " of pipeline " + match.Render(s.run.Pipeline.Name)
	}
	return "gate " + s.gate.Stage.Name + "/" + s.gate.Action.Name + " of pipeline " + match.Render(s.run.Pipeline.Name)
}
