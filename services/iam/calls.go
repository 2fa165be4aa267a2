package iam

import (
	"penstock/arn"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

// effects: whoever passes a role to a service does so for the service to
// assume it, so the role must trust that service
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html).
// That it cannot be passed to a service of another account is the engine's
// knowledge: layer "passrole".
var effects = []service.Effect{{
	ID: "iam.passed-role", Actions: []string{"iam:PassRole"},
	Source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html", Basis: service.Documented,
	Why:  "the service that is passed the role assumes it",
	Then: assumePassed,
}}

func assumePassed(s *service.Site, c *service.Call) []service.Caused {
	to := c.Request.Context.Get("iam:passedtoservice")
	if to.State != iam.Known || len(to.Values) == 0 {
		return nil
	}
	if c.Row != nil && c.Row.ID == "cloudformation.resource.pass" {
		return nil // assumed when the resource runs, of which its own job tells
	}
	if to.Values[0] == "cognito-identity.amazonaws.com" {
		// The roles of an identity pool are assumed by its users, with a token
		// (https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html).
		return nil
	}
	role := c.Request.Resource
	if match.HasHole(role) && s.Model.Principal(role) == nil {
		return nil // the call that passes it says what is not known
	}
	t := service.Target{
		Caller: iam.Principal{Service: to.Values[0]}, Resource: role, Account: arn.Account(role),
		Region: c.Target.Region, At: c.Target.At, What: "passed role",
		Context: passedContext(s, to.Values[0], arn.Account(role)),
	}
	return []service.Caused{{Actions: []string{"sts:AssumeRole"}, Target: t}}
}

// passedContext is what a service sends when it assumes a role that it was
// passed. ECS documents both keys for the roles of a task
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html,
// trust policy); for CloudFormation's service role nothing is documented, so
// nothing is known.
func passedContext(s *service.Site, to, account string) iam.Context {
	switch to {
	case "ecs-tasks.amazonaws.com":
		return service.Context(
			"aws:SourceAccount", account,
			"aws:SourceArn", s.ARNIn("ecs", s.Region, account, match.Hole(match.Path, "task")))
	default:
		return service.Unknown("aws:SourceAccount", "aws:SourceArn")
	}
}
