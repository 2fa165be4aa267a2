package cloudformation

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/diag"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/spelling"
)

const (
	deployPage = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html"
	rolePage   = "https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html#how-to-update-role-new-services"
	cfnRole    = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html"
)

// The modes of the action
// (action-reference-CloudFormation.html, ActionMode).
const (
	createUpdate = "CREATE_UPDATE"
	replace      = "REPLACE_ON_FAILURE"
	remove       = "DELETE_ONLY"
	changeSet    = "CHANGE_SET_REPLACE"
	execute      = "CHANGE_SET_EXECUTE"
)

var modes = []string{createUpdate, remove, replace, changeSet, execute}

// actions: the deploy action (row 10 of the provider list). AWS's page does
// not say which mode makes which call; the names of the API's operations do,
// and the policies that generators ship for each mode.
var actions = []service.Action{
	{Category: "Deploy", Owner: "AWS", Provider: "CloudFormation", Artifacts: "action", Rows: slices.Concat(stackRows, executionRows)},
	stackSet, stackInstances,
}

var stackRows = []service.Row{
	row("cloudformation.describe", "looks whether the stack exists and follows its state", service.Stops, service.Reported,
		"https://github.com/aws/aws-cdk/issues/3160", []string{"cloudformation:DescribeStacks"}, modes...),
	row("cloudformation.create", "creates the stack", service.Stops, service.Documented,
		deployPage, []string{"cloudformation:CreateStack"}, createUpdate, replace),
	row("cloudformation.update", "updates the stack", service.Stops, service.Documented,
		deployPage, []string{"cloudformation:UpdateStack"}, createUpdate, replace),
	row("cloudformation.delete", "deletes the stack", service.Stops, service.Documented,
		deployPage, []string{"cloudformation:DeleteStack"}, replace, remove),
	row("cloudformation.changeset.describe", "follows the change set while it is made", service.Stops, service.Reported,
		"https://github.com/aws/aws-cdk/issues/1034", []string{"cloudformation:DescribeChangeSet"}, changeSet),
	row("cloudformation.changeset.delete", "deletes the change set of the same name that an earlier execution left", service.Stops, service.Documented,
		deployPage, []string{"cloudformation:DeleteChangeSet"}, changeSet),
	row("cloudformation.changeset.create", "makes the change set", service.Stops, service.Documented,
		deployPage, []string{"cloudformation:CreateChangeSet"}, changeSet),
	row("cloudformation.changeset.execute", "executes the change set", service.Stops, service.Documented,
		deployPage, []string{"cloudformation:ExecuteChangeSet"}, execute),
	row("cloudformation.changeset.look", "looks at the change set", service.Listed, service.Reported,
		"https://github.com/aws/aws-cdk/issues/3160", []string{"cloudformation:DescribeChangeSet"}, execute),
	{
		ID: "cloudformation.pass", Caller: "pipeline or action role",
		Actions: []string{"iam:PassRole"}, Resource: "Configuration.RoleArn",
		Context: "iam:PassedToService = cloudformation.amazonaws.com",
		Why:     "hands CloudFormation the role that it makes the resources with",
		Need:    service.Stops, Basis: service.Documented, Source: cfnRole,
		Targets: pass,
	},
	// Without it a failed action does not say which resource failed.
	row("cloudformation.events", "reads why a stack operation failed", service.Listed, service.Documented,
		deployPage, []string{"cloudformation:DescribeStackEvents"}, createUpdate, replace, remove, execute),
	row("cloudformation.read", "reads the stack", service.Listed, service.Documented,
		rolePage, []string{"cloudformation:DescribeStackResources", "cloudformation:GetTemplate"}, modes...),
	row("cloudformation.stack-policy", "sets the stack policy of the template configuration", service.Listed, service.Documented,
		rolePage, []string{"cloudformation:SetStackPolicy"}, createUpdate, replace),
	{
		ID: "cloudformation.validate", Caller: "pipeline or action role",
		Actions: []string{"cloudformation:ValidateTemplate"}, Resource: "*",
		Why:  "checks the template",
		Need: service.Listed, Basis: service.Documented, Source: rolePage,
		Targets: func(s *service.Site) []service.Target {
			if !slices.Contains([]string{createUpdate, replace, changeSet}, s.Action.Get("ActionMode")) {
				return nil
			}
			return []service.Target{{Resource: "*"}}
		},
	},
	{
		ID: "cloudformation.sam", Caller: "execution role of the stack, or pipeline or action role",
		Actions: []string{"cloudformation:CreateChangeSet"}, Resource: "aws:transform/Serverless-2016-10-31",
		Why:  "applies the transform of SAM that the template has",
		Need: service.Stops, Basis: service.Reported,
		Source:  "https://github.com/aws/serverless-application-model/issues/179; https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-permissions-cloudformation.html",
		Targets: samTransform,
	},
	{
		ID: "cloudformation.transform", Caller: "pipeline or action role",
		Actions: []string{"cloudformation:CreateChangeSet"}, Resource: "aws:transform/<transform>",
		Why:  "applies a transform of the template; with CAPABILITY_AUTO_EXPAND the template may hold one",
		Need: service.Listed, Basis: service.Documented,
		Source:  "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-permissions-cloudformation.html",
		Targets: transform,
	},
}

func row(id, why string, need service.Need, basis service.Basis, src string, acts []string, in ...string) service.Row {
	return service.Row{
		ID: id, Caller: "pipeline or action role", Actions: acts, Resource: "stack/<StackName>/*",
		Context: "cloudformation:RoleArn, cloudformation:ChangeSetName; modes " + strings.Join(in, ", "),
		Why:     why, Need: need, Basis: basis, Source: src,
		Targets: func(s *service.Site) []service.Target {
			if !slices.Contains(in, s.Action.Get("ActionMode")) {
				return nil
			}
			return stack(s, acts[0])
		},
	}
}

// stack is the action's stack. Its ARN ends in an id that is not known
// before it exists; where it does not exist yet, AWS names it with "*" there
// (https://github.com/aws/aws-cdk/issues/1034 shows the error).
func stack(s *service.Site, action string) []service.Target {
	name := s.Action.Get("StackName")
	if name == "" {
		return nil
	}
	t := service.Target{
		Resource: s.ARN("cloudformation", "stack/"+name+"/"+match.Hole(match.Name, "the id of stack "+name)),
		At:       s.Action.Config.Get("StackName").Where(), What: "stack " + name,
	}
	if r := s.Model.ByRef(name, s.Account, s.Region, "AWS::CloudFormation::Stack"); r != nil && r.ARN != "" {
		t.Resource = r.ARN
	}
	optional := func(key, value string) {
		if value == "" {
			return
		}
		t.Context.Put(key, iam.ContextValue{State: iam.Known, Values: []string{value}, Optional: true})
	}
	switch action {
	case "cloudformation:CreateChangeSet", "cloudformation:DeleteChangeSet", "cloudformation:ExecuteChangeSet":
		if v := s.Action.Get("ChangeSetName"); v != "" {
			t.Context.Set("cloudformation:ChangeSetName", v)
		}
	case "cloudformation:DescribeChangeSet":
		// CodePipeline asks by the ARN of the change set, and the key is not in
		// the request: a condition on it fails at the first deployment
		// (https://github.com/aws/aws-cdk/issues/1034).
		t.Context.SetAbsent("cloudformation:ChangeSetName")
	}
	switch action {
	case "cloudformation:CreateChangeSet", "cloudformation:CreateStack", "cloudformation:UpdateStack":
		if v := s.Action.Get("RoleArn"); v != "" {
			t.Context.Set("cloudformation:RoleArn", v)
		}
		t.Context.SetUnknown("cloudformation:TemplateUrl")
		t.Context.SetUnknown("cloudformation:ResourceTypes")
		t.Context.SetUnknown("cloudformation:StackPolicyUrl")
		t.Context.SetUnknown("cloudformation:ImportResourceTypes")
		t.Context.SetUnknown("aws:TagKeys")
	case "cloudformation:DeleteStack", "cloudformation:DeleteChangeSet":
		optional("cloudformation:RoleArn", s.Action.Get("RoleArn"))
	}
	return []service.Target{t}
}

func pass(s *service.Site) []service.Target {
	role := s.Action.Get("RoleArn")
	// Executing a change set takes no role; the one it was made with acts
	// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html).
	if role == "" || s.Action.Get("ActionMode") == execute || !slices.Contains(modes, s.Action.Get("ActionMode")) {
		return nil
	}
	role = s.RoleARN(role, s.Account)
	t := service.Target{
		Resource: role, Account: arn.Account(role), At: s.Action.Config.Get("RoleArn").Where(), What: "execution role of the stack",
		Context: service.Context("iam:PassedToService", "cloudformation.amazonaws.com"),
	}
	t.Context.SetUnknown("iam:AssociatedResourceArn")
	return []service.Target{t}
}

// samTransform: the template is at hand.
func samTransform(s *service.Site) []service.Target {
	st := deployed(s)
	switch s.Action.Get("ActionMode") {
	case changeSet, createUpdate, replace:
	default:
		return nil
	}
	if st == nil {
		return nil
	}
	t, ok := s.UseTransform(service.Transforms(st.File), s.Region, s.RoleARN(s.Action.Get("RoleArn"), s.Account))
	if !ok {
		return nil
	}
	t.At = s.Action.Config.Get("TemplatePath").Where()
	return []service.Target{t}
}

func transform(s *service.Site) []service.Target {
	mode := s.Action.Get("ActionMode")
	if len(samTransform(s)) > 0 {
		return nil
	}
	if mode != changeSet && mode != createUpdate && mode != replace || !strings.Contains(s.Action.Get("Capabilities"), "CAPABILITY_AUTO_EXPAND") {
		return nil
	}
	return []service.Target{{
		Resource: s.ARNIn("cloudformation", s.Region, "aws", "transform/"+match.Hole(match.Name, "the transform of the template")),
		Account:  s.Account, At: s.Action.Config.Get("Capabilities").Where(), What: "transform of the template",
	}}
}

var checks = []service.Check{
	{Code: "RUN028", On: "action", Find: badMode},
	{Code: "RUN029", On: "action", Find: noRole},
	{Code: "RUN095", On: "action", Find: noCapability},
}

func deploys(s *service.Site) bool {
	return s.Action.Provider == "CloudFormation" && s.Action.Category == "Deploy"
}

func badMode(s *service.Site, _ *service.Call) []diag.Finding {
	mode := s.Action.Get("ActionMode")
	if !deploys(s) || match.HasHole(mode) || slices.Contains(modes, mode) {
		return nil
	}
	at := s.Action.Config.Get("ActionMode").Where()
	if at.IsZero() {
		at = s.Action.Span
	}
	return []diag.Finding{{
		At: at, Severity: diag.Error, Certainty: diag.Proved,
		Message: fmt.Sprintf("ActionMode is %q; it is one of %s", mode, strings.Join(modes, ", ")),
		Fixes:   nearMode(s.Action.Config.Get("ActionMode"), mode),
	}}
}

// nearMode names the mode that was meant, where one alone is near.
func nearMode(n *doc.Node, mode string) []diag.Fix {
	if near := spelling.Nearest(mode, modes); len(near) == 1 {
		return service.Reword(n, mode, near[0], "name "+near[0])
	}
	return nil
}

func noRole(s *service.Site, _ *service.Call) []diag.Finding {
	if !deploys(s) || s.Action.Get("RoleArn") != "" || s.Action.Config.Get("RoleArn") != nil {
		return nil
	}
	mode := s.Action.Get("ActionMode")
	if mode != createUpdate && mode != replace && mode != remove && mode != changeSet {
		return nil
	}
	return []diag.Finding{{
		At: s.Action.Span, Severity: diag.Error, Certainty: diag.Proved,
		Message:  fmt.Sprintf("action %s has no RoleArn in its configuration, which %s requires: the role that CloudFormation makes the resources with", s.Action.Name, mode),
		AWSError: "Configuration Property RoleArn should not be empty in current ActionMode",
		Fixes:    s.OnlyRole(s.Pipeline.Resource, "cloudformation.amazonaws.com", "", s.Action.Config, "RoleArn"),
	}}
}

var codes = []service.Code{
	capabilityCode,
	{
		Code: "RUN028", Theorem: "runs",
		Fix:   "the mode that was meant, where one is near",
		Open:  "no mode is near",
		Title: "a CloudFormation action has no valid mode",
		Doc: `
` + "`ActionMode`" + ` of a CloudFormation deploy action is CREATE_UPDATE, DELETE_ONLY, REPLACE_ON_FAILURE, CHANGE_SET_REPLACE or
CHANGE_SET_EXECUTE.

**What AWS shows**: the pipeline cannot be created or updated (InvalidActionDeclarationException).

**Sources**
- https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html (ActionMode)
`,
	},
	{
		Code: "RUN029", Theorem: "runs",
		Fix:   "the only role of the account that CloudFormation may take on",
		Open:  "there is none, or more than one",
		Title: "a CloudFormation action has no role for its stack",
		Doc: `
` + "`RoleArn`" + ` in the configuration of a CloudFormation action is the role that CloudFormation makes the resources with. It is
required for CREATE_UPDATE, REPLACE_ON_FAILURE, DELETE_ONLY and CHANGE_SET_REPLACE. It is another role than the action's
own ` + "`RoleArn`" + `, which CodePipeline assumes: this one is handed to CloudFormation and must trust it.

**What AWS shows**: "Configuration Property RoleArn should not be empty in current ActionMode".

**Remedy**: a role of the same account as the action, which trusts cloudformation.amazonaws.com.

**Sources**
- https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html (RoleArn)
- https://github.com/hashicorp/terraform-provider-aws/issues/13121 (the message)
`,
	},
}
