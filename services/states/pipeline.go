package states

import (
	"fmt"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/match"
	"penstock/service"
)

const (
	invokePage  = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-StepFunctions.html"
	machineType = "AWS::StepFunctions::StateMachine"
)

// actions: the invoke action (row 14 of the provider list).
var actions = []service.Action{{
	Category: "Invoke", Owner: "AWS", Provider: "StepFunctions", Artifacts: "action",
	Rows: []service.Row{
		{
			ID: "states.invoke", Caller: "pipeline or action role",
			Actions: []string{"states:StartExecution"}, Resource: "stateMachine:<name>",
			Why:  "starts the state machine",
			Need: service.Stops, Basis: service.Documented, Source: invokePage + "#edit-role-stepfunctions",
			Targets: func(s *service.Site) []service.Target {
				ts := machine(s)
				for i := range ts {
					ts[i].Starts = declared(s)
				}
				return ts
			},
		},
		{
			ID: "states.invoke.look", Caller: "pipeline or action role",
			Actions: []string{"states:DescribeStateMachine"}, Resource: "stateMachine:<name>",
			Why:  "asks whether the machine is Standard or Express",
			Need: service.Stops, Basis: service.Documented, Source: invokePage + "#edit-role-stepfunctions",
			Targets: machine,
		},
		{
			ID: "states.invoke.follow", Caller: "pipeline or action role",
			Actions: []string{"states:DescribeExecution"}, Resource: "execution:<name>:*",
			Why:  "follows the execution of a Standard machine until it ends",
			Need: service.Stops, Basis: service.Documented, Source: invokePage + "#action-reference-StepFunctions-types-standard",
			Targets: execution,
		},
	},
}}

func declared(s *service.Site) *cloud.Resource {
	name := s.Action.Get("StateMachineArn")
	if r := s.Find(name, machineType); r != nil {
		return r
	}
	// An alias or a version adds its name to the machine's ARN.
	if a, err := arn.Parse(name); err == nil {
		if p := strings.SplitN(a.Resource, ":", 3); len(p) == 3 {
			a.Resource = p[0] + ":" + p[1]
			return s.Find(a.String(), machineType)
		}
	}
	return nil
}

func machine(s *service.Site) []service.Target {
	name := s.Action.Get("StateMachineArn")
	if name == "" {
		return nil
	}
	t := service.Target{Resource: name, Account: arn.Account(name), At: s.Action.Config.Get("StateMachineArn").Where(), What: "state machine " + match.Render(name)}
	if r := declared(s); r != nil {
		t.Resource, t.Account, t.What = r.ARN, r.Account, "state machine "+r.Name
	}
	return []service.Target{t}
}

// execution is named after the prefix of the action, if it has one, and an id
// that CodePipeline makes.
func execution(s *service.Site) []service.Target {
	r := declared(s)
	if r != nil && express(r) {
		return nil
	}
	ts := machine(s)
	for i := range ts {
		a, err := arn.Parse(ts[i].Resource)
		if err != nil {
			return nil
		}
		p := strings.SplitN(a.Resource, ":", 3)
		if len(p) < 2 {
			return nil
		}
		id := match.Hole(match.Name, "the execution of action "+s.Action.Name)
		if prefix := s.Action.Get("ExecutionNamePrefix"); prefix != "" {
			id = prefix + "-" + id
		}
		a.Resource = "execution:" + p[1] + ":" + id
		ts[i].Resource, ts[i].What = a.String(), "execution of "+ts[i].What
	}
	return ts
}

func express(r *cloud.Resource) bool { return r.Prop("StateMachineType").Str() == "EXPRESS" }

// checks: an Express machine as a gate.
var checks = []service.Check{{Code: "RUN082", On: "action", Find: expressGate}}

// expressGate finds an action that runs an Express machine whose outcome is
// meant to count. The action succeeds as soon as the execution has started,
// so a machine that can fail stops nothing, and one that waits for somebody
// cannot be made at all.
func expressGate(s *service.Site, _ *service.Call) []diag.Finding {
	if s.Action.Provider != "StepFunctions" || s.Action.Category != "Invoke" {
		return nil
	}
	r := declared(s)
	if r == nil || !express(r) {
		return nil
	}
	f := diag.Finding{
		At: s.Action.Config.Get("StateMachineArn").Where(), Severity: diag.Warning, Certainty: diag.Proved,
		Message: fmt.Sprintf("action %s runs the Express state machine %s and succeeds as soon as it has started, whatever comes of it",
			s.Action.Name, match.Render(r.Name)),
		Related: []diag.Note{{At: r.Prop("StateMachineType").Where(), Message: "Express"}},
		Fixes:   service.Reword(r.Prop("StateMachineType"), "EXPRESS", "STANDARD", "make the state machine a Standard one"),
	}
	def := definition(r)
	switch {
	case len(s.Action.Outputs) > 0:
		f.Severity = diag.Error
		f.Message += "; it has an output artifact, which an Express state machine cannot give"
		f.Related = append(f.Related, diag.Note{At: s.Action.Outputs[0].Span, Message: "the output artifact"})
	case holds(def, ".waitForTaskToken"), holds(def, ".sync"):
		f.Severity = diag.Error
		f.Message += "; the machine waits for a task, which an Express state machine cannot do"
	case holds(def, `"Fail"`) && follows(s):
		f.Severity = diag.Error
		f.Message += "; the machine has a Fail state, so it is to hold the pipeline back, and what follows runs all the same"
	}
	return []diag.Finding{f}
}

// follows reports whether anything comes after the action.
func follows(s *service.Site) bool {
	if s.Pipeline == nil || len(s.Pipeline.Stages) == 0 {
		return false
	}
	if s.Pipeline.Stages[len(s.Pipeline.Stages)-1] != s.Stage {
		return true
	}
	for _, a := range s.Stage.Actions {
		if a.RunOrder > s.Action.RunOrder {
			return true
		}
	}
	return false
}

func definition(r *cloud.Resource) *doc.Node {
	if n := r.Prop("Definition"); n != nil {
		return n
	}
	return r.Prop("DefinitionString")
}

// holds reports whether a definition, as text or as a tree, has a value that
// contains a text; with quotes around it the whole value.
func holds(n *doc.Node, text string) bool {
	if n == nil {
		return false
	}
	switch n.Kind {
	case doc.String:
		if strings.HasPrefix(strings.TrimSpace(n.Text), "{") {
			return strings.Contains(n.Text, text)
		}
		if whole := strings.Trim(text, `"`); whole != text {
			return n.Text == whole
		}
		return strings.Contains(n.Text, text)
	case doc.List:
		for _, e := range n.Items {
			if holds(e, text) {
				return true
			}
		}
	case doc.Map:
		for _, f := range n.Fields {
			if holds(f.Value, text) {
				return true
			}
		}
	default:
	}
	return false
}

var codes = []service.Code{{
	Code: "RUN082", Theorem: "runs",
	Fix:   "`StateMachineType: STANDARD`",
	Open:  "the type comes from a parameter",
	Title: "an Express state machine is used as a gate",
	Doc: `
A pipeline that runs a Standard state machine waits until its execution ends, and fails where that fails. With an Express
state machine the action succeeds as soon as the execution has started: the pipeline does not wait, and a failure stops
nothing. An Express machine gives no output artifact, and cannot wait for a task token or another job (` + "`.sync`" + `).

An Express machine that nothing depends on is fine; then this is a warning. It is an error where the machine has a Fail
state and something follows in the pipeline, where the action wants an output artifact, and where the machine waits.

**Remedy**: ` + "`StateMachineType: STANDARD`" + `.

**Sources**
- https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-StepFunctions.html (Express state machines)
- https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
`,
}}
