package codeconnections

import (
	"strings"

	"penstock/arn"
	"penstock/iam"
	"penstock/service"
)

const sourcePage = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html#action-reference-CodestarConnectionSource-permissions"

// actions: the source of a connection (row 3 of the provider list). The
// service was renamed. The prefix of the action must match that of the
// connection's ARN
// (https://docs.aws.amazon.com/dtconsole/latest/userguide/rename.html); but
// generators give roles the older name only, with connections of either, and
// nobody reports that it fails, so the older name may do for both.
var actions = []service.Action{{
	Category: "Source", Owner: "AWS", Provider: "CodeStarSourceConnection", Artifacts: "action",
	Rows: []service.Row{
		{
			ID: "codeconnections.use", Caller: "pipeline or action role",
			Actions: nil, Resource: "<ConnectionArn>",
			Context: "FullRepositoryId, BranchName, OwnerId, RepositoryName, ProviderAction",
			Why:     "reads the repository through the connection; the action has the prefix of the connection's ARN",
			Need:    service.Stops, Basis: service.Documented, Source: sourcePage,
			Targets: func(s *service.Site) []service.Target { return use(s, false) },
		},
		{
			ID: "codeconnections.use-both", Caller: "pipeline or action role",
			Actions: nil, Resource: "<ConnectionArn>",
			Context: "FullRepositoryId, BranchName, OwnerId, RepositoryName, ProviderAction",
			Why:     "reads the repository through the connection, under the other of the service's two names",
			Need:    service.Listed, Basis: service.Documented, Source: sourcePage,
			Targets: func(s *service.Site) []service.Target { return use(s, true) },
		},
	},
}}

// other is the second name of each prefix.
var other = map[string]string{
	"codeconnections":      "codestar-connections",
	"codestar-connections": "codeconnections",
}

func use(s *service.Site, second bool) []service.Target {
	connection := s.Action.Get("ConnectionArn")
	if connection == "" {
		return nil
	}
	prefix := "codeconnections"
	if a, err := arn.Parse(connection); err == nil && other[a.Service] != "" {
		prefix = a.Service
	}
	if second {
		prefix = other[prefix]
	}
	t := service.Target{
		Resource: connection, Account: arn.Account(connection), At: s.Action.Config.Get("ConnectionArn").Where(),
		What: "connection to " + s.Action.Get("FullRepositoryId"), Only: []string{prefix + ":UseConnection"},
	}
	if !second {
		t.Else = other[prefix] + ":UseConnection"
	}
	owner, repo, _ := strings.Cut(s.Action.Get("FullRepositoryId"), "/")
	// The key that a role is usually bounded by works with source actions: the
	// condition of https://github.com/cloudposse/terraform-aws-ecs-codepipeline/pull/75
	// failed with another value, and passes with this one.
	if v := s.Action.Get("FullRepositoryId"); v != "" {
		t.Context.Set(prefix+":FullRepositoryId", v)
	}
	for _, kv := range [][2]string{{"OwnerId", owner}, {"RepositoryName", repo}, {"BranchName", s.Action.Get("BranchName")}} {
		t.Context.Put(prefix+":"+kv[0], iam.ContextValue{State: iam.Known, Values: []string{kv[1]}, Optional: true})
	}
	// Which operations of the provider a source action asks for is not
	// documented.
	t.Context.SetUnknown(prefix + ":ProviderAction")
	t.Context.SetUnknown(prefix + ":ProviderPermissionsRequired")
	return []service.Target{t}
}
