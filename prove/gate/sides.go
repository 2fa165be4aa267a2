package gate

import (
	"slices"
	"strings"

	"penstock/arn"
	"penstock/chain"
	"penstock/cloud"
	"penstock/iam/authz"
	"penstock/iam/facts"
	"penstock/iam/reach"
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
	// seals are what seals and promotes around the gate, the broken ones
	// among them; bound are the steps after it that take what was sealed
	// before it, and nothing else.
	seals []*service.Seal
	bound []*prove.Step
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
func (f *finder) origins(steps []*prove.Step) (out []*origin, unknown []string) {
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
		for _, a := range f.proof.Authored(s) {
			switch {
			case a.Unknown != "":
				if !slices.Contains(unknown, a.Unknown) {
					unknown = append(unknown, a.Unknown)
				}
			case a.Passes != "":
				// Any role that may be passed, not those alone that are.
				for pr := range f.model.Principals() {
					if pr.Kind == cloud.Role && f.passes(a.Role, pr.ARN, a.Passes) {
						add(pr.ARN, a.What, a.At)
					}
				}
			default:
				add(a.Role, a.What, a.At)
			}
		}
	}
	return out, unknown
}

// passes reports whether a role may pass another to a service, or may for all
// that is known.
func (f *finder) passes(from, role, to string) bool {
	if arn.Account(from) != arn.Account(role) {
		return false // roles are passed within an account
	}
	ans := f.graph.Can(chain.Actor{ARN: from}, service.PowerCall{
		Actions: []string{"iam:PassRole"}, Resources: []string{role}, Account: arn.Account(role), Context: service.Context("iam:PassedToService", to),
	})
	return ans.Verdict != reach.None
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
	if c.Request.Resource == "*" || c.Row.Need == service.Listed && c.Decision.Verdict != authz.Allow {
		return false
	}
	prefix, name, _ := strings.Cut(c.Request.Action, ":")
	if mild[strings.ToLower(c.Request.Action)] || prefix == "codebuild" && name != "StartBuild" && name != "StartBuildBatch" {
		return false // of CodeBuild the reports, too
	}
	if pl := c.Step.Site().Pipeline; prefix == "s3" && pl != nil && artifact(pl, c.Request.Resource) {
		return false
	}
	svc, ok := facts.Service(prefix)
	if !ok {
		return true
	}
	a, ok := svc.Action(name)
	return !ok || a.Access >= facts.Write
}

// mild are calls that AWS lists as writing and by which production is as it
// was: they assume and pass roles, send messages, write logs, use keys.
var mild = map[string]bool{
	"sts:assumerole": true, "iam:passrole": true, "sns:publish": true, "sqs:sendmessage": true, "events:putevents": true,
	"logs:createloggroup": true, "logs:createlogstream": true, "logs:putlogevents": true, "cloudwatch:putmetricdata": true,
	"kms:decrypt": true, "kms:encrypt": true, "kms:generatedatakey": true, "kms:reencryptfrom": true, "kms:reencryptto": true,
	"codepipeline:putjobsuccessresult": true, "codepipeline:putjobfailureresult": true,
	"xray:puttracesegments": true, "xray:puttelemetryrecords": true,
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

// inputs returns what the actions after the gate take, those of some steps
// left out, each object once.
func (s *side) inputs(without []*prove.Step) []*input {
	var out []*input
	for _, st := range s.after {
		if st.Action == nil || st.Job != nil || slices.Contains(without, st) {
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

// machinery is the resources that run as the gate: the machine, its functions;
// and the projects that seal what it lets through.
func (s *side) machinery() []*cloud.Resource {
	var out []*cloud.Resource
	for _, st := range s.run.Steps {
		if st.Job != nil && st.Action == s.gate.Action && st.Site().Rule == s.gate.Site().Rule && st.Stage == s.gate.Stage && !slices.Contains(out, st.Job) {
			out = append(out, st.Job)
		}
	}
	for _, x := range s.seals {
		if x.Project != nil && !slices.Contains(out, x.Project) {
			out = append(out, x.Project)
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
