package scheduler

import (
	"penstock/cloud"
	"penstock/match"
	"penstock/service"
)

const apiPage = "https://docs.aws.amazon.com/scheduler/latest/APIReference/"

// powers: a schedule makes nearly any call with its role, by a universal
// target.
var powers = []service.Power{
	{
		ID: "scheduler.create", Kind: service.Execute,
		Why:   "makes a schedule that makes any call with a role which trusts the scheduler",
		Basis: service.Documented, Source: apiPage + "API_CreateSchedule.html; " + guide + "managing-targets-universal.html",
		Find: func(m *cloud.Model) []service.Gain {
			return service.New(m, "scheduler.amazonaws.com", "a schedule", func(role string) []service.PowerCall {
				return []service.PowerCall{service.Made(role, "scheduler", "schedule/default/*", "makes or changes the schedule", "scheduler:CreateSchedule", "scheduler:UpdateSchedule")}
			})
		},
	},
	{
		// UpdateSchedule takes the whole schedule, its role included, so it
		// asks for iam:PassRole; without it the schedule can only be stopped.
		ID: "scheduler.schedule", Kind: service.Tamper,
		Why:   "removes a schedule, or changes when it fires",
		Basis: service.Documented, Source: apiPage + "API_UpdateSchedule.html; " + apiPage + "API_DeleteSchedule.html",
		Find: func(m *cloud.Model) []service.Gain {
			return service.Each(m, scheduleType, func(r *cloud.Resource) []service.Gain {
				return []service.Gain{{
					Calls:    []service.PowerCall{service.On(r, "changes the schedule", "scheduler:DeleteSchedule", "scheduler:UpdateSchedule")},
					Resource: r, Touches: service.TouchesStart, What: "schedule " + match.Render(service.Called(r)), Maybe: r.Maybe,
				}}
			})
		},
	},
}
