package lambda

import (
	"fmt"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/match"
	"penstock/service"
)

// answers are pieces of code by which a function may answer CloudFormation, or
// leave it to somebody else.
var answers = []string{
	"cfnresponse", "cfn-response", "responseurl", "crhelper", "cfn_resource", "invoke", "start_execution", "startexecution", "send_message",
	"sendmessage", "import_module", "require('./", "require(\"./", "put_events", "putevents",
}

// unanswered finds a function behind a custom resource whose code, where it
// stands in the template, never answers CloudFormation.
func unanswered(s *service.Site, _ *service.Call) []diag.Finding {
	if s.Resource == nil || s.Resource.Type != functionType || len(s.Resource.Maybe) > 0 {
		return nil
	}
	n := s.Resource.Prop("Code", "ZipFile")
	src := strings.ToLower(n.Str())
	if stub(src) || match.HasHole(src) || len(n.Maybe) > 0 {
		return nil
	}
	for _, a := range answers {
		if strings.Contains(src, a) {
			return nil
		}
	}
	for _, r := range s.Model.Resources {
		if !strings.HasPrefix(r.Type, "Custom::") && r.Type != "AWS::CloudFormation::CustomResource" || len(r.Maybe) > 0 {
			continue
		}
		if cloud.Text(r.Prop("ServiceToken")) != s.Resource.ARN {
			continue
		}
		return []diag.Finding{{
			At: n.Where(), Severity: diag.Error, Certainty: diag.Likely,
			Message: fmt.Sprintf("function %s stands behind the custom resource %s, and its code never answers CloudFormation at the ResponseURL of the event: the stack waits for an hour and fails",
				match.Render(s.Resource.Name), r.LogicalID),
			AWSError: "CloudFormation did not receive a response from your Custom Resource.",
			Related:  []diag.Note{{At: r.Span, Message: "the custom resource"}},
		}}
	}
	return nil
}

var unansweredCode = service.Code{
	Code: "RUN110", Theorem: "runs",
	Open:  "it is code",
	Title: "a custom resource whose function never answers",
	Doc: `
CloudFormation invokes the function of a custom resource and waits for an answer at the presigned URL of the event
(` + "`ResponseURL`" + `), which the module cfnresponse writes to. What the function returns is no answer. Without one the stack waits for
its time limit, an hour by default, and fails; and so does the deletion after it.

**What AWS shows**: "CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId …"

**Remedy**: answer in every way out of the function, errors included.

**Sources**
- https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-custom-resources.html
- https://repost.aws/knowledge-center/cloudformation-lambda-resource-delete
`,
}
