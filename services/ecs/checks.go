package ecs

import (
	"fmt"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/match"
	"penstock/service"
)

// checks: what keeps a task from starting whatever the policies say.
var checks = []service.Check{
	{Code: "RUN058", On: "job", Find: noExecutionRole},
	{Code: "RUN127", On: "job", Find: wrongKey},
	{Code: "RUN102", On: "action", Find: wrongController},
}

// noExecutionRole finds a task on Fargate that needs an execution role and has
// none.
func noExecutionRole(s *service.Site, _ *service.Call) []diag.Finding {
	if s.Resource == nil || s.Resource.Type != serviceType && s.Resource.Type != defType {
		return nil
	}
	def := defAt(s)
	if def == nil || def.Prop("ExecutionRoleArn") != nil || !onFargate(def) {
		return nil
	}
	var why []string
	add := func(w string) {
		if !slices.Contains(why, w) {
			why = append(why, w)
		}
	}
	for c := range def.Prop("ContainerDefinitions").Elems() {
		if _, _, _, ok := service.ECRImage(cloud.Text(c.Get("Image"))); ok {
			add("to pull its image from ECR")
		}
		if c.At("LogConfiguration", "LogDriver").Str() == "awslogs" {
			add("to write its log")
		}
		for range c.Get("Secrets").Elems() {
			add("to read its secrets")
		}
	}
	if len(why) == 0 {
		return nil
	}
	return []diag.Finding{{
		At: def.Span, Severity: diag.Error, Certainty: diag.Proved,
		Message:  fmt.Sprintf("task definition %s is for Fargate and has no ExecutionRoleArn, which a task there needs %s", match.Render(def.Name), strings.Join(why, ", ")),
		AWSError: "ClientException: Fargate requires task definition to have execution role ARN to support ECR images.",
		Fixes:    s.OnlyRole(def, "ecs-tasks.amazonaws.com", service.RoleOf(s.Model, def, "TaskRoleArn"), def.Props, "ExecutionRoleArn"),
	}}
}

func onFargate(def *cloud.Resource) bool {
	for c := range def.Prop("RequiresCompatibilities").Elems() {
		if c.Str() == "FARGATE" {
			return true
		}
	}
	return false
}

var codes = []service.Code{wrongKeyCode, {
	Code: "RUN058", Theorem: "runs",
	Fix:   "the only role of the account that ECS may take on for tasks",
	Open:  "there is none, or more than one",
	Title: "a task on Fargate has no execution role",
	Doc: strings.TrimSpace(`
On Fargate there is no instance whose role could pull an image or write a log: ECS does it with the task execution role. A
task definition that is for Fargate and has an image in ECR, the log driver awslogs or secrets needs one.

**What AWS shows**: "Fargate requires task definition to have execution role ARN to support ECR images" (or "log driver
awslogs", or "secrets") when the task definition is registered.

**Remedy**: ` + "`ExecutionRoleArn`" + `, a role that trusts ecs-tasks.amazonaws.com, with the managed policy
AmazonECSTaskExecutionRolePolicy or the same actions on the repository and the log group, and with the right to read each
secret.

**Sources**
- https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
- https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
`),
}, controllerCode}
