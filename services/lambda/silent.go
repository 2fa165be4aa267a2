package lambda

import (
	"fmt"
	"strings"

	"penstock/diag"
	"penstock/match"
	"penstock/service"
)

// checks: what leaves a pipeline waiting though every call is allowed.
var checks = []service.Check{
	{Code: "RUN105", On: "action", Find: silent},
	{Code: "RUN110", On: "job", Find: unanswered},
}

// handsOn are pieces of code by which a function may leave the answer to
// somebody else: whatever calls another service with the job.
var handsOn = []string{
	"putjob", "put_job", "invoke", "start_execution", "startexecution", "send_message", "sendmessage", "put_events", "putevents", "publish",
	"put_item", "putitem", "start_build", "startbuild", "import_module", "require('./", "require(\"./", "subprocess", "requests", "urllib", "cfnresponse",
}

// silent finds an action that invokes a function whose code, where it stands
// in the template, never answers CodePipeline and hands the job to nobody.
func silent(s *service.Site, _ *service.Call) []diag.Finding {
	if s.Action == nil || s.Action.Provider != "Lambda" || s.Action.Category != "Invoke" {
		return nil
	}
	_, f := named(s)
	if f == nil || len(f.Maybe) > 0 {
		return nil
	}
	n := f.Prop("Code", "ZipFile")
	src := strings.ToLower(n.Str())
	if f.Account != s.Pipeline.Account && !match.HasHole(s.Pipeline.Account) && strings.TrimSpace(src) != "" && !strings.Contains(src, "assume") {
		return []diag.Finding{{
			At: s.Action.Span, Severity: diag.Error, Certainty: diag.Likely,
			Message: fmt.Sprintf("function %s of account %s answers action %s with rights of its own account, and the job is one of account %s: it must assume a role there first",
				match.Render(f.Name), f.Account, s.Action.Name, s.Pipeline.Account),
			Related: []diag.Note{{At: n.Where(), Message: "the code of the function"}},
		}}
	}
	if stub(src) || match.HasHole(src) || len(n.Maybe) > 0 {
		return nil
	}
	for _, h := range handsOn {
		if strings.Contains(src, h) {
			return nil
		}
	}
	return []diag.Finding{{
		At: s.Action.Span, Severity: diag.Error, Certainty: diag.Likely,
		Message: fmt.Sprintf("action %s waits for function %s to answer with PutJobSuccessResult or PutJobFailureResult, and its code does neither: that the function returns is no answer",
			s.Action.Name, match.Render(f.Name)),
		AWSError: "The AWS Lambda function " + match.Render(f.Name) + " failed to return a result. Check the function to verify that it has permission to call the PutJobSuccessResult action and that it made a call to PutJobSuccessResult.",
		Related:  []diag.Note{{At: n.Where(), Message: "the code of the function"}},
	}}
}

// stub reports whether code does nothing at all: it stands in a template for
// code that is deployed otherwise.
func stub(src string) bool {
	src = strings.NewReplacer("async (", "(", "function (", "(", "function(", "(").Replace(src)
	return strings.Count(src, "(") <= 1
}

var codes = []service.Code{{
	Code: "RUN105", Theorem: "runs",
	Open:  "it is code",
	Title: "a function that a pipeline invokes never answers it",
	Doc: `
CodePipeline invokes a function without waiting for what it returns. The action ends when somebody calls PutJobSuccessResult
or PutJobFailureResult with the id of the job (` + "`event[\"CodePipeline.job\"][\"id\"]`" + `), as a rule the function itself. Code that does
neither leaves the action waiting until its time is over, and the action fails then.

**What AWS shows**: "The AWS Lambda function … failed to return a result. Check the function to verify that it has permission
to call the PutJobSuccessResult action and that it made a call to PutJobSuccessResult."

**Remedy**: answer in every way out of the function, errors included, and let its role call both actions on "*".

**Sources**
- https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-invoke-lambda-function.html
- https://github.com/aws/aws-cdk/issues/3332
- https://github.com/aws/aws-cdk/issues/15235 (a function of another account)
`,
}, unansweredCode}
