package states

import (
	"penstock/arn"
	"penstock/cloud"
	"penstock/match"
	"penstock/service"
)

const apiPage = "https://docs.aws.amazon.com/step-functions/latest/apireference/"

// powers: a state machine calls any API of AWS with its role, by the SDK
// integrations, so who writes its definition has that role's rights.
var powers = []service.Power{
	{
		ID: "states.create", Kind: service.Execute,
		Why:   "makes a state machine that makes any call with a role which trusts Step Functions",
		Basis: service.Documented, Source: apiPage + "API_CreateStateMachine.html; " + guide + "supported-services-awssdk.html",
		Find: func(m *cloud.Model) []service.Gain {
			return service.New(m, caller, "a new state machine", func(role string) []service.PowerCall {
				return []service.PowerCall{
					service.Made(role, "states", "stateMachine:*", "makes the machine", "states:CreateStateMachine"),
					service.Made(role, "states", "stateMachine:*", "starts it", "states:StartExecution", "states:StartSyncExecution"),
				}
			})
		},
	},
	{
		ID: "states.test-state", Kind: service.Execute,
		Why:   "tests a state of its own with a role",
		Basis: service.Documented, Source: apiPage + "API_TestState.html (roleArn)",
		Find: func(m *cloud.Model) []service.Gain {
			return service.New(m, caller, "a tested state", func(role string) []service.PowerCall {
				return []service.PowerCall{{Actions: []string{"states:TestState"}, Account: arn.Account(role), Why: "has the state run"}}
			})
		},
	},
	{
		ID: "states.update", Kind: service.Execute,
		Why:   "changes what a state machine does with its role",
		Basis: service.Documented, Source: apiPage + "API_UpdateStateMachine.html; " + guide + "supported-services-awssdk.html",
		Find: func(m *cloud.Model) []service.Gain {
			return service.Each(m, machineType, func(r *cloud.Resource) []service.Gain {
				return []service.Gain{machineGain(m, r, service.On(r, "changes the definition", "states:UpdateStateMachine"))}
			})
		},
	},
	{
		ID: "states.definition", Kind: service.Tamper,
		Why:   "changes or removes a state machine, or which version an alias runs",
		Basis: service.Documented, Source: apiPage + "API_UpdateStateMachine.html; " + apiPage + "API_DeleteStateMachine.html",
		Find: service.Change(machineType, "state machine", service.TouchesDefinition, "changes the machine", "states:UpdateStateMachine", "states:DeleteStateMachine"),
	},
	{
		ID: "states.start", Kind: service.Tamper,
		Why:   "starts a state machine with an input of its choice",
		Basis: service.Documented, Source: apiPage + "API_StartExecution.html",
		Find: service.Change(machineType, "state machine", service.TouchesStart, "starts it", "states:StartExecution", "states:StartSyncExecution", "states:RedriveExecution"),
	},
	{
		ID: "states.stop", Kind: service.Tamper,
		Why:   "stops an execution",
		Basis: service.Documented, Source: apiPage + "API_StopExecution.html",
		Find: func(m *cloud.Model) []service.Gain {
			return service.Each(m, machineType, func(r *cloud.Resource) []service.Gain {
				a, err := arn.Parse(r.ARN)
				if err != nil {
					return nil
				}
				a.Resource = "execution:" + r.Name + ":*"
				return []service.Gain{{
					Calls:    []service.PowerCall{{Actions: []string{"states:StopExecution"}, Resources: []string{a.String()}, Account: r.Account, Why: "stops an execution"}},
					Resource: r, Touches: service.TouchesTarget, What: "executions of state machine " + match.Render(service.Called(r)), Maybe: r.Maybe,
				}}
			})
		},
	},
	{
		// The token is what counts; the permission can be scoped to "*" only.
		ID: "states.task-token", Kind: service.Tamper,
		Why:   "answers a task that waits for its token, an approval for one",
		Basis: service.Documented, Source: apiPage + "API_SendTaskSuccess.html; " + guide + "connect-to-resource.html#connect-wait-token; https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html",
		Find: tokens,
	},
}

func machineGain(m *cloud.Model, r *cloud.Resource, calls ...service.PowerCall) service.Gain {
	return service.Gain{
		Calls: calls, Principal: service.RoleOf(m, r, "RoleArn"), Resource: r, Touches: service.TouchesDefinition,
		What: "state machine " + match.Render(service.Called(r)), Maybe: r.Maybe,
	}
}

// tokens finds the machines that wait for a token. Who answers must know it:
// whoever is handed it, or reads the history of the execution.
func tokens(m *cloud.Model) []service.Gain {
	return service.Each(m, machineType, func(r *cloud.Resource) []service.Gain {
		if !holds(definition(r), ".waitForTaskToken") && !holds(definition(r), ":activity:") {
			return nil
		}
		a, err := arn.Parse(r.ARN)
		if err != nil {
			return nil
		}
		answer := service.PowerCall{Actions: []string{"states:SendTaskSuccess", "states:SendTaskFailure"}, Account: r.Account, Why: "answers the task"}
		a.Resource = "execution:" + r.Name + ":*"
		history := service.PowerCall{Actions: []string{"states:GetExecutionHistory"}, Resources: []string{a.String()}, Account: r.Account, Why: "reads the token in the history"}
		g := service.Gain{
			Calls: []service.PowerCall{history, answer}, Resource: r, Touches: service.TouchesGate,
			What: "waiting task of state machine " + match.Render(service.Called(r)), Maybe: r.Maybe,
		}
		h := g
		h.Calls = []service.PowerCall{answer}
		h.Maybe = append(h.Maybe[:len(h.Maybe):len(h.Maybe)], "whether the taker learns the token of the task")
		return []service.Gain{g, h}
	})
}
