package ecs

import (
	"penstock/cloud"
	"penstock/match"
	"penstock/service"
)

// authored: a deployed container is the author's code, and runs with the task
// role ("the IAM role … that the containers in the task can assume",
// task-iam-roles.html). The standard deploy action changes the images of the
// task definition in use and nothing else of it
// (action-reference-ECS.html, "How it works"); the blue/green action registers
// the task definition that the artifact holds, roles included
// (action-reference-ECSbluegreen.html).
func authored(s *service.Site) []service.Authored {
	if s.Resource != nil || s.Action == nil {
		return nil
	}
	a := s.Action
	switch a.Provider {
	case "ECS":
		svc, def := running(s)
		what := "the container that service " + match.Render(a.Get("ServiceName")) + " runs"
		if def == nil {
			return []service.Authored{{
				What: what, At: a.Span, Unknown: "the task role of service " + match.Render(a.Get("ServiceName")) + ", which no stack declares",
				Basis: service.Documented, Source: deployPage,
			}}
		}
		n := def.Prop("TaskRoleArn")
		if svc == nil || cloud.Text(n) == "" {
			return nil // a task without a role has no credentials
		}
		return []service.Authored{{
			Role: s.RoleARN(cloud.Text(n), def.Account), What: what, At: n.Where(),
			Basis: service.Documented, Source: "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
		}}
	case "CodeDeployToECS":
		return []service.Authored{{
			Role: s.Role, Passes: "ecs-tasks.amazonaws.com", What: "the task definition and container that action " + a.Name + " deploys", At: a.Span,
			Basis: service.Documented, Source: "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html",
		}}
	default:
		return nil
	}
}
