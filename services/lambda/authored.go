package lambda

import (
	"penstock/cloud"
	"penstock/match"
	"penstock/service"
)

// authored: the Lambda deploy action replaces the code of a function by the
// artifact; the function runs with its role
// (https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html).
// A function that an action invokes is not the author's by that.
func authored(s *service.Site) []service.Authored {
	if s.Resource != nil || s.Action == nil || s.Action.Provider != "Lambda" || s.Action.Category != "Deploy" || len(s.Action.Inputs) == 0 {
		return nil
	}
	name, f := named(s)
	if name == "" {
		return nil
	}
	a := service.Authored{
		What: "the code of function " + match.Render(s.Action.Get("FunctionName")), At: s.Action.Span,
		Basis: service.Documented, Source: deployPage,
	}
	if f == nil {
		a.Unknown = "the role of function " + match.Render(s.Action.Get("FunctionName")) + ", which no stack declares"
	} else {
		a.Role = s.RoleARN(cloud.Text(f.Prop("Role")), f.Account)
	}
	return []service.Authored{a}
}
