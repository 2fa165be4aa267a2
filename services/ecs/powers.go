package ecs

import (
	"penstock/arn"
	"penstock/cloud"
	"penstock/match"
	"penstock/service"
)

const apiPage = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/"

// powers: the containers of a task have the rights of its task role, and what
// starts them those of its execution role.
var powers = []service.Power{
	{
		ID: "ecs.run-task", Kind: service.Execute,
		Why:   "runs a container of its own with a task role",
		Basis: service.Documented, Source: apiPage + "API_RegisterTaskDefinition.html; " + apiPage + "API_RunTask.html; " + devGuide + "task-iam-roles.html",
		Find: func(m *cloud.Model) []service.Gain {
			return service.New(m, taskAgent, "a new task", func(role string) []service.PowerCall {
				a := arn.Account(role)
				return []service.PowerCall{
					{Actions: []string{"ecs:RegisterTaskDefinition"}, Account: a, Why: "registers a task definition with its own image"},
					{Actions: []string{"ecs:RunTask", "ecs:StartTask", "ecs:CreateService", "ecs:UpdateService", "ecs:CreateTaskSet"}, Account: a, Why: "runs it"},
				}
			})
		},
	},
	{
		// "Overrides" of RunTask name another command, and another task role
		// where the caller may pass it.
		ID: "ecs.override", Kind: service.Execute,
		Why:   "runs a task of the definition with another command",
		Basis: service.Documented, Source: apiPage + "API_RunTask.html (overrides)",
		Find: func(m *cloud.Model) []service.Gain {
			return definitions(m, func(r *cloud.Resource) []service.PowerCall {
				return []service.PowerCall{service.On(r, "runs the task with its own command", "ecs:RunTask", "ecs:StartTask")}
			})
		},
	},
	{
		ID: "ecs.override-role", Kind: service.Execute,
		Why:   "runs a task with another command and another task role",
		Basis: service.Documented, Source: apiPage + "API_TaskOverride.html (taskRoleArn)",
		Find: func(m *cloud.Model) []service.Gain {
			return service.New(m, taskAgent, "a task", func(role string) []service.PowerCall {
				return []service.PowerCall{service.Made(role, "ecs", "task-definition/*", "runs a task with the role and its own command", "ecs:RunTask", "ecs:StartTask")}
			})
		},
	},
	{
		ID: "ecs.execute-command", Kind: service.Execute,
		Why:   "opens a shell in a running container, which has the task role",
		Basis: service.Documented, Source: devGuide + "ecs-exec.html; " + apiPage + "API_ExecuteCommand.html",
		Find: shells,
	},
	{
		ID: "ecs.service", Kind: service.Tamper,
		Why:   "has a service run another task definition, or none",
		Basis: service.Documented, Source: apiPage + "API_UpdateService.html",
		Find: service.Change(serviceType, "service", service.TouchesTarget, "changes the service",
			"ecs:UpdateService", "ecs:DeleteService", "ecs:UpdateServicePrimaryTaskSet", "ecs:CreateTaskSet"),
	},
	{
		ID: "ecs.definition", Kind: service.Tamper,
		Why:   "retires a task definition",
		Basis: service.Documented, Source: apiPage + "API_DeregisterTaskDefinition.html",
		Find: func(m *cloud.Model) []service.Gain {
			return service.Each(m, defType, func(r *cloud.Resource) []service.Gain {
				return []service.Gain{{
					Calls:    []service.PowerCall{{Actions: []string{"ecs:DeregisterTaskDefinition"}, Account: r.Account, Why: "retires the task definition"}},
					Resource: r, Touches: service.TouchesTarget, What: "task definition " + match.Render(service.Called(r)), Maybe: r.Maybe,
				}}
			})
		},
	},
}

// definitions returns the gain of the task role of each declared definition.
func definitions(m *cloud.Model, calls func(*cloud.Resource) []service.PowerCall) []service.Gain {
	return service.Each(m, defType, func(r *cloud.Resource) []service.Gain {
		role := service.RoleOf(m, r, "TaskRoleArn")
		if role == "" {
			return nil
		}
		return []service.Gain{{
			Calls: calls(r), Principal: role, Resource: r, Touches: service.TouchesTarget,
			What: "task definition " + match.Render(service.Called(r)), Maybe: r.Maybe,
		}}
	})
}

// shells: ExecuteCommand works where the service turned it on, which whoever
// may change the service can do; the task role needs the channel of Session
// Manager.
func shells(m *cloud.Model) []service.Gain {
	return service.Each(m, serviceType, func(r *cloud.Resource) []service.Gain {
		s := service.Site{Model: m, Account: r.Account, Region: r.Region}
		def := s.Find(cloud.Text(r.Prop("TaskDefinition")), defType)
		if def == nil {
			return nil
		}
		role := service.RoleOf(m, def, "TaskRoleArn")
		if role == "" {
			return nil
		}
		shell := service.PowerCall{
			Actions: []string{"ecs:ExecuteCommand"}, Resources: []string{s.ARN("ecs", "task/*"), s.ARN("ecs", "cluster/*")}, Account: r.Account, Why: "opens a shell",
		}
		channel := service.PowerCall{Actions: []string{"ssmmessages:CreateControlChannel"}, Account: r.Account, Why: "answers Session Manager"}
		channel.Caller.ARN = role
		calls := []service.PowerCall{shell, channel}
		if cloud.Text(r.Prop("EnableExecuteCommand")) != "true" {
			on := service.On(r, "turns it on", "ecs:UpdateService")
			on.Context.Set("ecs:enable-execute-command", "true")
			calls = append([]service.PowerCall{on}, calls...)
		}
		return []service.Gain{{
			Calls: calls, Principal: role, Resource: r, Touches: service.TouchesTarget, What: "containers of service " + match.Render(service.Called(r)), Maybe: r.Maybe,
		}}
	})
}
