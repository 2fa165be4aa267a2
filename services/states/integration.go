package states

import (
	"fmt"
	"slices"
	"strings"

	"penstock/diag"
	"penstock/match"
	"penstock/service"
	"penstock/spelling"
)

var integrationChecks = []service.Check{{Code: "RUN062", On: "job", Find: noIntegration}}

// optimized are the services that have integrations of their own, as an ARN of
// a task names them
// (https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html).
var optimized = []string{
	"apigateway", "athena", "batch", "bedrock", "codebuild", "databrew", "dynamodb", "ecs", "eks", "elasticmapreduce",
	"emr-containers", "emr-serverless", "events", "glue", "http", "lambda", "mediaconvert", "sagemaker", "sns", "sqs", "states",
}

// known reports whether a task names an integration that there may be.
func (t *task) known() bool {
	svc, _, _ := strings.Cut(t.api, ":")
	return t.api == "" || svc == "aws-sdk" || slices.Contains(optimized, svc) || match.HasHole(svc)
}

// noIntegration finds a task that names an integration which does not exist:
// of a service that has none of its own, or one of the AWS SDK's that is to
// wait for a job.
func noIntegration(s *service.Site, _ *service.Call) []diag.Finding {
	if s.Resource == nil || s.Resource.Type != machineType {
		return nil
	}
	var fs []diag.Finding
	for _, t := range read(s).tasks {
		why, shows := "", "SCHEMA_VALIDATION_FAILED: The resource provided "+t.resource+" is not recognized. The value is not a valid resource ARN, or the resource is not available in this region."
		switch {
		case !t.known():
			why = fmt.Sprintf("which is no integration: Step Functions has it as aws-sdk:%s, whose parameters begin with a capital", t.api)
		case strings.HasPrefix(t.api, "aws-sdk:") && strings.HasPrefix(t.pattern, ".sync"):
			why = "and an integration of the AWS SDK cannot wait for what it started (" + t.pattern + ")"
		default:
			continue
		}
		fs = append(fs, diag.Finding{
			At: t.node.Get("Resource").Where(), Severity: diag.Error, Certainty: diag.Proved,
			Message:  fmt.Sprintf("task %s of state machine %s calls %s, %s", t.name, match.Render(s.Resource.Name), t.api, why),
			AWSError: "Invalid State Machine Definition: '" + match.Render(shows) + "'",
			Fixes:    nearIntegration(t),
		})
	}
	return fs
}

// nearIntegration names the service that was meant, where one alone is near.
// An integration of the AWS SDK's takes other parameters, which nobody but the
// author can write.
func nearIntegration(t *task) []diag.Fix {
	svc, _, _ := strings.Cut(t.api, ":")
	near := spelling.Nearest(svc, optimized)
	if len(near) != 1 || t.known() {
		return nil
	}
	return service.Reword(t.node.Get("Resource"), ":"+svc+":", ":"+near[0]+":", "call "+near[0])
}

var integrationCodes = []service.Code{{
	Code: "RUN062", Theorem: "runs",
	Fix:   "the service that was meant, where one is near",
	Open:  "an integration of the AWS SDK's takes other parameters",
	Title: "a task calls an integration that does not exist",
	Doc: `
About twenty services have integrations of their own in Step Functions, ` + "`arn:aws:states:::sns:publish`" + ` for instance. Every
other call is one of the AWS SDK's: ` + "`arn:aws:states:::aws-sdk:codepipeline:putApprovalResult`" + `, with the parameters of the API under
names that begin with a capital. These do not wait for a job (` + "`.sync`" + `).

**What AWS shows**: the state machine is not made: Invalid State Machine Definition, "The resource provided … is not
recognized".

**Remedy**: ` + "`aws-sdk:`" + ` before the service, and ` + "`PipelineName`" + ` for ` + "`pipelineName`" + `; to wait for a job, a state that asks how far
it is.

**Sources**
- https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
- https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
`,
}}
