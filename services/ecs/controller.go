package ecs

import (
	"fmt"

	"penstock/diag"
	"penstock/match"
	"penstock/service"
)

// wrongController finds an action that updates a service whose deployments
// somebody else controls.
func wrongController(s *service.Site, _ *service.Call) []diag.Finding {
	a := s.Action
	if a == nil || a.Provider != "ECS" || a.Category != "Deploy" {
		return nil
	}
	svc, _ := running(s)
	if svc == nil || len(svc.Maybe) > 0 {
		return nil
	}
	n := svc.Prop("DeploymentController", "Type")
	switch n.Str() {
	case "CODE_DEPLOY", "EXTERNAL":
	default:
		return nil
	}
	instead := "the provider CodeDeployToECS deploys it"
	if n.Str() == "EXTERNAL" {
		instead = "its own controller deploys it"
	}
	return []diag.Finding{{
		At: a.Span, Severity: diag.Error, Certainty: diag.Proved,
		Message: fmt.Sprintf("action %s updates service %s, whose deployment controller is %s: ECS refuses a new task definition from anybody else; %s",
			a.Name, match.Render(svc.Name), n.Str(), instead),
		AWSError: "Unable to update task definition on services with a " + n.Str() + " deployment controller. Use AWS CodeDeploy to trigger a new deployment.",
		Related:  []diag.Note{{At: n.Where(), Message: "the controller of the service"}},
	}}
}

var controllerCode = service.Code{
	Code: "RUN102", Theorem: "runs",
	Open:  "the provider CodeDeployToECS takes another configuration and other files",
	Title: "an ECS deploy action updates a service that CodeDeploy controls",
	Doc: `
The provider ECS registers a task definition and calls UpdateService. A service whose ` + "`DeploymentController`" + ` is CODE_DEPLOY
or EXTERNAL takes no new task definition that way.

**What AWS shows**: "Unable to update task definition on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy
to trigger a new deployment." (InvalidParameterException)

**Remedy**: the provider CodeDeployToECS, with an application and a deployment group of CodeDeploy; or a service with the
controller ECS. The controller of a service cannot be changed; it has to be replaced.

**Sources**
- https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
- https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECS.html
- https://github.com/boto/boto3/issues/1936
`,
}
