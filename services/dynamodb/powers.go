package dynamodb

import (
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
var answers = []string{"SendTaskSuccess", "PutApprovalResult", "PutJobSuccessResult"}

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
		if names && gatekeeper(m, service.RoleOf(m, f, "Role")) {
			return true
		}
	}
	return false
}
