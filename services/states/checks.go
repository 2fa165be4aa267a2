package states

import (
	"fmt"
	"strings"

	"penstock/diag"
	"penstock/match"
	"penstock/service"
)

// jobChecks: what keeps a machine from being made.
var jobChecks = []service.Check{
	{Code: "RUN054", On: "job", Find: expressWaits},
	{Code: "RUN109", On: "job", Find: neverRejected},
}

// expressWaits finds an Express machine with a task that waits.
func expressWaits(s *service.Site, _ *service.Call) []diag.Finding {
	if s.Resource == nil || s.Resource.Type != machineType || !express(s.Resource) {
		return nil
	}
	for _, t := range read(s).tasks {
		if t.pattern == "" || strings.HasPrefix(t.api, "aws-sdk:") {
			continue
		}
		return []diag.Finding{{
			At: t.node.Get("Resource").Where(), Severity: diag.Error, Certainty: diag.Proved,
			Message: fmt.Sprintf("task %s of the Express state machine %s waits (%s), which only Standard state machines can",
				t.name, match.Render(s.Resource.Name), t.pattern),
			AWSError: "Invalid State Machine Definition: 'UNSUPPORTED_INTEGRATION_PATTERN'",
			Related:  []diag.Note{{At: s.Resource.Prop("StateMachineType").Where(), Message: "Express"}},
			Fixes:    service.Reword(s.Resource.Prop("StateMachineType"), "EXPRESS", "STANDARD", "make the state machine a Standard one"),
		}}
	}
	return nil
}

var jobCodes = []service.Code{{
	Code: "RUN054", Theorem: "runs",
	Fix:   "`StateMachineType: STANDARD`",
	Open:  "the type comes from a parameter",
	Title: "an Express state machine has a task that waits",
	Doc: `
Tasks that wait for what they started (` + "`.sync`" + `) or for somebody who returns a token (` + "`.waitForTaskToken`" + `, as an approval
does) run in Standard state machines only. Express state machines end within five minutes and take neither.

**What AWS shows**: the state machine is not made: Invalid State Machine Definition.

**Remedy**: ` + "`StateMachineType: STANDARD`" + `, which is the default; or a Standard machine for what waits, which starts the
Express one.

**Sources**
- https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html
- https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html
`,
}, rejectCode}
