package codepipeline

import (
	"strings"

	"penstock/arn"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

const (
	commandsPage = guide + "action-reference-Commands.html#action-reference-Commands-policy"
	streamReport = "https://github.com/juspay/hyperswitch-cdk/pull/37 (CodeBuild, on whose compute it runs, ends a build that has no log stream)"
)

// compute are the actions that CodePipeline runs itself, on CodeBuild's
// compute, with the action's role (row 15 of the provider list, and the log of
// rows 16, 17, 20 and of EKS). Whatever the repository's code does in a
// Commands action it does with that role.
var compute = []service.Action{
	{Category: "Compute", Owner: "AWS", Provider: "Commands", Artifacts: "action", Rows: computeRows},
	{Category: "Rule", Owner: "AWS", Provider: "Commands", Rows: computeRows},
	{Category: "Build", Owner: "AWS", Provider: "ECRBuildAndPublish", Artifacts: "action", Rows: computeRows},
	{Category: "Invoke", Owner: "AWS", Provider: "InspectorScan", Artifacts: "action", Rows: computeRows},
	{Category: "Deploy", Owner: "AWS", Provider: "EKS", Artifacts: "action", Rows: computeRows},
	{Category: "Deploy", Owner: "AWS", Provider: "EC2", Artifacts: "action", Rows: deployLogRows},
}

// The sample policy on AWS's page of the Commands action gives the actions on
// arn:aws:iam::*:role/Service*, which no log group matches; the pages of the
// other actions have log-group:/aws/codepipeline/<pipeline>.
var computeRows = []service.Row{
	{
		ID: "codepipeline.compute.group", Caller: "pipeline or action role",
		Actions: []string{"logs:CreateLogGroup"}, Resource: "log-group:/aws/codepipeline/<pipeline>",
		Why:  "makes the log group, unless the stacks declare it",
		Need: service.Stops, Basis: service.Reasoned, Source: commandsPage + "; " + streamReport,
		Targets: logGroup,
	},
	{
		ID: "codepipeline.compute.stream", Caller: "pipeline or action role",
		Actions: []string{"logs:CreateLogStream"}, Resource: "log-group:/aws/codepipeline/<pipeline>:log-stream:<execution>",
		Why:  "opens the log of the action",
		Need: service.Stops, Basis: service.Reasoned, Source: commandsPage + "; " + streamReport,
		Targets: logStream,
	},
	{
		ID: "codepipeline.compute.events", Caller: "pipeline or action role",
		Actions: []string{"logs:PutLogEvents"}, Resource: "log-group:/aws/codepipeline/<pipeline>:log-stream:<execution>",
		Why:  "writes the log of the action",
		Need: service.Degrades, Lost: "the action has no log", Basis: service.Documented, Source: commandsPage,
		Targets: logStream,
	},
	{
		ID: "codepipeline.compute.secrets", Caller: "pipeline or action role",
		Actions: []string{"secretsmanager:GetSecretValue"}, Resource: "secret:<name>-??????",
		Why:  "resolves the secrets of the environment",
		Need: service.Stops, Basis: service.Documented, Source: guide + "action-reference-Commands.html#action-reference-Commands-envvars",
		Targets: secrets,
	},
	{
		ID: "codepipeline.compute.vpc", Caller: "pipeline or action role",
		Actions: []string{
			"ec2:DescribeSubnets", "ec2:DescribeSecurityGroups", "ec2:DescribeDhcpOptions", "ec2:DescribeVpcs", "ec2:DescribeNetworkInterfaces",
		},
		Resource: "*", Why: "looks at the VPC that the action runs in",
		Need: service.Stops, Basis: service.Documented, Source: guide + "action-reference-EKS.html#action-reference-EKS-service-role",
		Targets: func(s *service.Site) []service.Target {
			n := configOf(s).Get("Subnets")
			if n.Str() == "" {
				return nil
			}
			return []service.Target{{Resource: "*", At: n.Where(), What: "VPC of the action"}}
		},
	},
	{
		ID: "codepipeline.compute.interface", Caller: "pipeline or action role",
		Actions: []string{"ec2:CreateNetworkInterface", "ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface"}, Resource: "network-interface/*",
		Why:  "makes the network interface of the action and takes it away",
		Need: service.Stops, Basis: service.Documented, Source: guide + "action-reference-EKS.html#action-reference-EKS-service-role",
		Targets: func(s *service.Site) []service.Target {
			n := configOf(s).Get("Subnets")
			if n.Str() == "" {
				return nil
			}
			t := service.Target{
				Resource: s.ARN("ec2", "network-interface/"+match.Hole(match.Name, "the network interface of the action")),
				At:       n.Where(), What: "network interface of the action",
			}
			t.Context.Open = true // VPC, subnet, who is authorized
			return []service.Target{t}
		},
	},
}

// deployLogRows: the EC2 action runs nothing of its own; its page lists the
// log group all the same.
var deployLogRows = []service.Row{
	{
		ID: "codepipeline.ec2.log", Caller: "pipeline or action role",
		Actions: []string{"logs:CreateLogGroup"}, Resource: "log-group:/aws/codepipeline/<pipeline>",
		Why:  "makes the log group of the deployment, unless the stacks declare it",
		Need: service.Listed, Basis: service.Documented, Source: guide + "action-reference-EC2Deploy.html#action-reference-EC2Deploy-permissions-action",
		Targets: logGroup,
	},
	{
		ID: "codepipeline.ec2.stream", Caller: "pipeline or action role",
		Actions: []string{"logs:CreateLogStream", "logs:PutLogEvents"}, Resource: "log-group:/aws/codepipeline/<pipeline>:log-stream:<execution>",
		Why:  "writes the log of the deployment",
		Need: service.Listed, Basis: service.Documented, Source: guide + "action-reference-EC2Deploy.html#action-reference-EC2Deploy-permissions-action",
		Targets: logStream,
	},
}

// configOf is the configuration of the action, or of the rule.
func configOf(s *service.Site) *doc.Node {
	switch {
	case s.Rule != nil:
		return s.Rule.Config
	case s.Action != nil:
		return s.Action.Config
	default:
		return nil
	}
}

func logGroup(s *service.Site) []service.Target {
	group := "/aws/codepipeline/" + s.Pipeline.Name
	if s.Find(group, "AWS::Logs::LogGroup") != nil {
		return nil
	}
	// AWS has named the resource of CreateLogGroup both ways; see the log of
	// builds in room codebuild.
	return []service.Target{{
		Resource: s.ARN("logs", "log-group:"+group), Or: s.ARN("logs", "log-group:"+group+":log-stream:"), What: "log group " + group, At: here(s),
	}}
}

func logStream(s *service.Site) []service.Target {
	return []service.Target{{
		Resource: s.ARN("logs", "log-group:/aws/codepipeline/"+s.Pipeline.Name+":log-stream:"+match.Hole(match.Name, "the log stream of the action")),
		What:     "log of the action", At: here(s),
	}}
}

// secrets are the variables of type SECRETS_MANAGER of an action: the name or
// the ARN of a secret, which ends in six characters that nobody knows before
// it exists.
func secrets(s *service.Site) []service.Target {
	if s.Action == nil {
		return nil
	}
	var ts []service.Target
	for v := range s.Action.Node.Get("EnvironmentVariables").Elems() {
		name := v.Get("Value").Str()
		if v.Get("Type").Str() != "SECRETS_MANAGER" || name == "" {
			continue
		}
		t := service.Target{At: v.Where(), What: "secret " + name}
		t.Context.Put("secretsmanager:VersionStage", iam.ContextValue{State: iam.Known, Values: []string{"AWSCURRENT"}, Optional: true})
		r := s.Find(name, "AWS::SecretsManager::Secret")
		a, err := arn.Parse(name)
		switch {
		case r != nil:
			t.Resource, t.Account = r.ARN, r.Account
		case err == nil:
			t.Resource, t.Account = name, a.Account
			if i := strings.LastIndexByte(name, '-'); !match.HasHole(name) && (i < 0 || len(name)-i != 7) {
				t.Resource += "-" + match.Hole(match.Suffix, "the suffix of secret "+a.Resource)
			}
		default:
			t.Resource = s.ARN("secretsmanager", "secret:"+name+"-"+match.Hole(match.Suffix, "the suffix of secret "+name))
		}
		ts = append(ts, t)
	}
	return ts
}
