package states

import (
	"fmt"
	"strings"

	"penstock/diag"
	"penstock/match"
	"penstock/service"
)

// neverRejected finds a task that waits for a token without a time limit,
// where the code in the templates that answers knows only success: a refusal
// leaves the execution waiting.
func neverRejected(s *service.Site, _ *service.Call) []diag.Finding {
	if s.Resource == nil || s.Resource.Type != machineType || len(s.Resource.Maybe) > 0 {
		return nil
	}
	m := read(s)
	if limited(s) || holds(definition(s.Resource), `"Choice"`) || holds(definition(s.Resource), `: "Choice"`) {
		return nil // a success may say no
	}
	for _, t := range m.tasks {
		if t.pattern != ".waitForTaskToken" {
			continue
		}
		if fold(t.node, "TimeoutSeconds") != nil || fold(t.node, "TimeoutSecondsPath") != nil || fold(t.node, "HeartbeatSeconds") != nil || fold(t.node, "HeartbeatSecondsPath") != nil {
			continue
		}
		answer := ""
		var at diag.Note
		for f := range s.Model.OfType("AWS::Lambda::Function") {
			n := f.Prop("Code", "ZipFile")
			src := strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(n.Str()))
			switch {
			case n.Str() == "" || f.Account != s.Resource.Account || f.Region != s.Resource.Region:
				continue
			case strings.Contains(src, "sendtaskfailure"):
				return nil
			case strings.Contains(src, "sendtasksuccess"):
				answer, at = f.Name, diag.Note{At: n.Where(), Message: "the code that answers"}
			}
		}
		if answer == "" {
			return nil
		}
		return []diag.Finding{{
			At: t.node.Get("Resource").Where(), Severity: diag.Error, Certainty: diag.Likely,
			Message: fmt.Sprintf("task %s of state machine %s waits for a token without a time limit, and function %s, which answers, never calls SendTaskFailure: a refusal leaves the execution running for up to a year",
				t.name, match.Render(s.Resource.Name), match.Render(answer)),
			Related: []diag.Note{at},
		}}
	}
	return nil
}

// limited reports whether the machine as a whole ends by itself.
func limited(s *service.Site) bool {
	d := definition(s.Resource)
	return d.Get("TimeoutSeconds") != nil || holds(d, `"TimeoutSeconds"`)
}

var rejectCode = service.Code{
	Code: "RUN109", Theorem: "runs",
	Open:  "how long to wait for an answer, and what a refusal does, is code",
	Title: "a refusal leaves a state machine waiting",
	Doc: `
A task with ` + "`.waitForTaskToken`" + ` waits until somebody calls SendTaskSuccess or SendTaskFailure with its token, or until its time is
over. Without ` + "`TimeoutSeconds`" + ` or ` + "`HeartbeatSeconds`" + ` that is never, within the year that an execution may take. Where the code
that answers only knows SendTaskSuccess, and no Choice state reads what it says, a refusal is no answer at all, and a pipeline
that runs the machine waits for its seven days.

**What AWS shows**: the execution stays RUNNING.

**Remedy**: SendTaskFailure for a refusal, with the permission for it, and a time limit on the task.

**Sources**
- https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
- https://docs.aws.amazon.com/step-functions/latest/dg/sfn-stuck-execution.html
- https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-StepFunctions.html
`,
}
