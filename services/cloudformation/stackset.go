package cloudformation

import (
	"strings"

	"penstock/arn"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

const (
	setPage  = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-StackSets.html"
	setRoles = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html"
	setGrant = "https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/aws-codepipeline-actions/lib/cloudformation/private/singleton-policy.ts"
	adminDef = "AWSCloudFormationStackSetAdministrationRole"
	execDef  = "AWSCloudFormationStackSetExecutionRole"
)

// stackSet makes or updates a stack set, and stackInstances its instances
// (rows 11 and 11b of the provider list).
var stackSet = service.Action{
	Category: "Deploy", Owner: "AWS", Provider: "CloudFormationStackSet", Artifacts: "action",
	Rows: []service.Row{
		{
			// No resource type; the policies that generators ship name the stack
			// set all the same.
			ID: "cloudformation.stackset.create", Caller: "pipeline or action role",
			Actions: []string{"cloudformation:CreateStackSet"}, Resource: "*",
			Context: "cloudformation:RoleArn = AdministrationRoleArn",
			Why:     "makes the stack set",
			Need:    service.Stops, Basis: service.Documented, Source: setPage + "; " + setGrant,
			Targets: func(s *service.Site) []service.Target {
				ts := set(s)
				for i := range ts {
					ts[i].Or, ts[i].Resource = ts[i].Resource, "*"
				}
				return ts
			},
		},
		{
			ID: "cloudformation.stackset.update", Caller: "pipeline or action role",
			Actions: []string{"cloudformation:UpdateStackSet", "cloudformation:DescribeStackSet", "cloudformation:DescribeStackSetOperation"}, Resource: "stackset/<StackSetName>:*",
			Why:  "updates the stack set and follows the operation",
			Need: service.Stops, Basis: service.Documented, Source: setPage + "; " + setGrant,
			Targets: set,
		},
		{
			ID: "cloudformation.stackset.instances", Caller: "pipeline or action role",
			Actions: []string{"cloudformation:CreateStackInstances"}, Resource: "stackset/<StackSetName>:*",
			Why:  "makes the instances that DeploymentTargets names",
			Need: service.Stops, Basis: service.Documented, Source: setPage + "; " + setGrant,
			Targets: func(s *service.Site) []service.Target {
				if s.Action.Get("DeploymentTargets") == "" {
					return nil
				}
				return set(s)
			},
		},
		{
			ID: "cloudformation.stackset.list", Caller: "pipeline or action role",
			Actions: []string{"cloudformation:ListStackInstances"}, Resource: "stackset/<StackSetName>:*",
			Why:  "lists the instances",
			Need: service.Listed, Basis: service.Reported, Source: setGrant,
			Targets: set,
		},
		{
			ID: "cloudformation.stackset.pass", Caller: "pipeline or action role",
			Actions: []string{"iam:PassRole"}, Resource: "<AdministrationRoleArn>",
			Context: "iam:PassedToService = cloudformation.amazonaws.com",
			Why:     "hands CloudFormation the administration role (PermissionModel SELF_MANAGED)",
			Need:    service.Stops, Basis: service.Documented, Source: setRoles,
			Targets: func(s *service.Site) []service.Target {
				n := s.Action.Config.Get("AdministrationRoleArn")
				if !selfManaged(s) || n.Str() == "" {
					return nil
				}
				t := service.Target{
					Resource: n.Str(), Account: arn.Account(n.Str()), At: n.Where(), What: "administration role of the stack set",
					Context: service.Context("iam:PassedToService", "cloudformation.amazonaws.com"),
				}
				t.Context.SetUnknown("iam:AssociatedResourceArn")
				return []service.Target{t}
			},
		},
		{
			ID: "cloudformation.stackset.execute", Caller: "administration role of the stack set",
			Actions: []string{"sts:AssumeRole"}, Resource: "<ExecutionRoleName> of each target account",
			Why:  "takes on the execution role of a target account (PermissionModel SELF_MANAGED)",
			Need: service.Stops, Basis: service.Documented, Source: setRoles,
			Targets: executionRoles,
		},
		{
			ID: "cloudformation.stackset.delegated", Caller: "pipeline or action role",
			Actions: []string{"organizations:ListDelegatedAdministrators"}, Resource: "*",
			Why:  "acts as a delegated administrator (CallAs DELEGATED_ADMIN)",
			Need: service.Listed, Basis: service.Documented, Source: setPage,
			Targets: func(s *service.Site) []service.Target {
				if s.Action.Get("CallAs") != "DELEGATED_ADMIN" {
					return nil
				}
				return []service.Target{{Resource: "*", At: s.Action.Config.Get("CallAs").Where()}}
			},
		},
	},
}

var stackInstances = service.Action{
	Category: "Deploy", Owner: "AWS", Provider: "CloudFormationStackInstances", Artifacts: "action",
	Rows: []service.Row{
		{
			ID: "cloudformation.stackinstances", Caller: "pipeline or action role",
			Actions: []string{"cloudformation:CreateStackInstances", "cloudformation:DescribeStackSetOperation"}, Resource: "stackset/<StackSetName>:*",
			Why:  "makes or updates the instances and follows the operation",
			Need: service.Stops, Basis: service.Documented, Source: setPage + "; " + setGrant,
			Targets: set,
		},
		{
			ID: "cloudformation.stackinstances.look", Caller: "pipeline or action role",
			Actions: []string{"cloudformation:DescribeStackSet", "cloudformation:ListStackInstances", "cloudformation:UpdateStackInstances"}, Resource: "stackset/<StackSetName>:*",
			Why:  "looks at the stack set and its instances",
			Need: service.Listed, Basis: service.Reported, Source: setGrant,
			Targets: set,
		},
		{
			ID: "cloudformation.stackinstances.execute", Caller: "administration role of the stack set",
			Actions: []string{"sts:AssumeRole"}, Resource: "<ExecutionRoleName> of each target account",
			Why:  "takes on the execution role of a target account (PermissionModel SELF_MANAGED)",
			Need: service.Stops, Basis: service.Documented, Source: setRoles,
			Targets: executionRoles,
		},
	},
}

// set is the stack set; its ARN ends in an id that is not known before it
// exists.
func set(s *service.Site) []service.Target {
	name := s.Action.Get("StackSetName")
	if name == "" {
		return nil
	}
	t := service.Target{
		Resource: s.ARN("cloudformation", "stackset/"+name+":"+match.Hole(match.Name, "the id of stack set "+name)),
		At:       s.Action.Config.Get("StackSetName").Where(), What: "stack set " + match.Render(name),
	}
	for _, k := range []string{"cloudformation:TemplateUrl", "cloudformation:TargetRegion", "aws:TagKeys"} {
		t.Context.SetUnknown(k)
	}
	if v := s.Action.Get("AdministrationRoleArn"); v != "" {
		t.Context.Set("cloudformation:RoleArn", v)
	} else {
		t.Context.SetUnknown("cloudformation:RoleArn")
	}
	return []service.Target{t}
}

// maker is the action that makes the stack set which this one is about, and
// so says who acts for it.
func maker(s *service.Site) func(string) string {
	if s.Action.Provider == "CloudFormationStackSet" || s.Pipeline == nil {
		return s.Action.Get
	}
	for _, st := range s.Pipeline.Stages {
		for _, a := range st.Actions {
			if a.Provider == "CloudFormationStackSet" && a.Get("StackSetName") == s.Action.Get("StackSetName") {
				return a.Get
			}
		}
	}
	return nil
}

func selfManaged(s *service.Site) bool {
	get := maker(s)
	if get == nil {
		return false
	}
	m := get("PermissionModel")
	return m == "" || m == "SELF_MANAGED"
}

// executionRoles are those of the accounts that DeploymentTargets lists. They
// are asked for where the administration role is declared: of another one
// nothing is known.
func executionRoles(s *service.Site) []service.Target {
	if !selfManaged(s) {
		return nil
	}
	get := maker(s)
	admin := s.RoleARN(get("AdministrationRoleArn"), s.Account)
	if admin == "" {
		admin = s.RoleARN(adminDef, s.Account)
	}
	if s.Model.Principal(admin) == nil {
		return nil
	}
	name := get("ExecutionRoleName")
	if name == "" {
		name = execDef
	}
	n := s.Action.Config.Get("DeploymentTargets")
	var ts []service.Target
	for account := range strings.SplitSeq(n.Str(), ",") {
		account = strings.TrimSpace(account)
		if !arn.IsAccountID(account) {
			continue // an organizational unit, or a file
		}
		t := service.Target{
			Caller: iam.Principal{ARN: admin}, Resource: s.RoleARN(name, account), Account: account, At: n.Where(), What: "execution role in account " + account,
		}
		t.Context.SetAbsent("sts:ExternalId")
		t.Context.SetUnknown("sts:RoleSessionName")
		ts = append(ts, t)
	}
	return ts
}
