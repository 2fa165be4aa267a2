package dynamodb

import (
	"strings"

	"penstock/cloud"
	"penstock/match"
	"penstock/service"
)

const apiPage = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/"

// writes are the calls that change what a table holds.
var writes = []string{
	"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem",
	"dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "dynamodb:PartiQLDelete",
}

// powers: a table that a state machine or a function decides by is part of the
// gate.
var powers = []service.Power{
	{
		ID: "dynamodb.votes", Kind: service.Tamper,
		Why:   "writes the table by which a machine that waits for people decides",
		Basis: service.Reasoned, Source: apiPage + "API_UpdateItem.html; https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token",
		Find: votes,
	},
	{
		// The policy of a table may be what keeps others from writing votes, and
		// a new one can let them.
		ID: "dynamodb.votes-policy", Kind: service.Tamper,
		Why:   "changes who may write the table by which a machine that waits for people decides",
		Basis: service.Documented, Source: apiPage + "API_PutResourcePolicy.html",
		Find: func(m *cloud.Model) []service.Gain {
			gs := votes(m)
			for i := range gs {
				gs[i].Calls = []service.PowerCall{service.On(gs[i].Resource, "changes the policy of the table", "dynamodb:PutResourcePolicy", "dynamodb:DeleteResourcePolicy")}
				gs[i].What = "policy of table " + match.Render(service.Called(gs[i].Resource))
			}
			return gs
		},
	},
	{
		ID: "dynamodb.items", Kind: service.Tamper,
		Why:   "writes items of the table",
		Basis: service.Documented, Source: apiPage + "API_PutItem.html",
		Find: service.Change("AWS::DynamoDB::Table", "items of table", service.TouchesTarget, "writes items", writes...),
	},
	{
		ID: "dynamodb.table", Kind: service.Tamper,
		Why:   "changes who may use the table, or removes it",
		Basis: service.Documented, Source: apiPage + "API_PutResourcePolicy.html; " + apiPage + "API_DeleteTable.html",
		Find: service.Change("AWS::DynamoDB::Table", "table", service.TouchesGuard, "changes the table",
			"dynamodb:PutResourcePolicy", "dynamodb:DeleteTable", "dynamodb:UpdateTable", "dynamodb:RestoreTableToPointInTime"),
	},
}

// votes finds the tables that a state machine with a waiting task names, or
// that a function which answers such a task is told of in its environment.
func votes(m *cloud.Model) []service.Gain {
	return service.Each(m, "AWS::DynamoDB::Table", func(r *cloud.Resource) []service.Gain {
		if !decides(m, r) {
			return nil
		}
		return []service.Gain{{
			Calls: []service.PowerCall{service.On(r, "writes a vote", writes...)}, Resource: r, Touches: service.TouchesGate,
			What: "votes in table " + match.Render(service.Called(r)), Maybe: r.Maybe,
		}}
	})
}

// answers are what a function must be allowed that decides about a gate.
var answers = []string{"states:SendTaskSuccess", "codepipeline:PutApprovalResult", "codepipeline:PutJobSuccessResult"}

func has(s, part string) bool { return part != "" && strings.Contains(s, part) }

func decides(m *cloud.Model, table *cloud.Resource) bool {
	for sm := range m.OfType("AWS::StepFunctions::StateMachine") {
		waits, names := false, false
		for _, prop := range [...]string{"Definition", "DefinitionString"} {
			for t := range service.Texts(sm.Prop(prop)) {
				waits = waits || has(t, ".waitForTaskToken")
				names = names || has(t, table.Name) || has(t, table.ARN)
			}
		}
		if waits && names {
			return true
		}
	}
	for f := range m.OfType("AWS::Lambda::Function") {
		names := false
		for t := range service.Texts(f.Prop("Environment")) {
			names = names || t == table.Name || t == table.ARN
		}
		if names && service.Answers(m, service.RoleOf(m, f, "Role"), answers...) {
			return true
		}
	}
	return false
}
