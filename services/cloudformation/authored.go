package cloudformation

import (
	"slices"

	"penstock/cloud"
	"penstock/match"
	"penstock/service"
)

// authored: a template from an artifact is the author's, and CloudFormation
// makes what it says with the role of the action's configuration ("RoleArn …
// the IAM service role that CloudFormation assumes when it operates on
// resources in the specified stack"); without one with the credentials of the
// action.
func authored(s *service.Site) []service.Authored {
	if s.Resource != nil || s.Action == nil {
		return nil
	}
	a := s.Action
	switch a.Provider {
	case "CloudFormation":
		if !slices.Contains([]string{createUpdate, replace, changeSet}, a.Get("ActionMode")) {
			return nil
		}
		role := s.Role
		if n := a.Config.Get("RoleArn"); n.Str() != "" {
			role = s.RoleARN(cloud.Text(n), s.Account)
		}
		return []service.Authored{{
			Role: role, What: "the template of stack " + match.Render(a.Get("StackName")), At: a.Span,
			Basis: service.Documented, Source: deployPage,
		}}
	case "CloudFormationStackSet", "CloudFormationStackInstances":
		var out []service.Authored
		for _, t := range executionRoles(s) {
			out = append(out, service.Authored{
				Role: t.Resource, What: "the template of stack set " + match.Render(a.Get("StackSetName")), At: a.Span,
				Basis: service.Documented, Source: "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-StackSets.html",
			})
		}
		return out
	default:
		return nil
	}
}
