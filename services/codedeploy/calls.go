package codedeploy

import (
	"slices"

	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/source"
)

const (
	actionPage = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeDeploy.html"
	policyPage = "https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html#how-to-custom-role-policy"
	rolePage   = "https://docs.aws.amazon.com/codedeploy/latest/userguide/getting-started-create-service-role.html"
	managed    = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCodeDeployRole.html"
	groupT     = "AWS::CodeDeploy::DeploymentGroup"
)

// actions: the deploy action (row 6 of the provider list).
var actions = []service.Action{serverAction, ecsAction}

var serverAction = service.Action{
	Category: "Deploy", Owner: "AWS", Provider: "CodeDeploy", Artifacts: "action",
	Rows: []service.Row{
		{
			ID: "codedeploy.register", Caller: "pipeline or action role",
			Actions: []string{"codedeploy:RegisterApplicationRevision"}, Resource: "application:<ApplicationName>",
			Why:  "registers the artifact as a revision",
			Need: service.Stops, Basis: service.Documented, Source: actionPage + "; " + policyPage,
			Targets: application,
		},
		{
			ID: "codedeploy.deploy", Caller: "pipeline or action role",
			Actions: []string{"codedeploy:CreateDeployment", "codedeploy:GetDeployment"}, Resource: "deploymentgroup:<app>/<group>",
			Why:  "starts the deployment and follows it",
			Need: service.Stops, Basis: service.Documented, Source: actionPage + "; " + policyPage,
			Targets: group,
		},
		{
			ID: "codedeploy.config", Caller: "pipeline or action role",
			Actions: []string{"codedeploy:GetDeploymentConfig"}, Resource: "deploymentconfig:<name>",
			Why:  "reads how the deployment proceeds",
			Need: service.Stops, Basis: service.Documented, Source: actionPage + "; " + policyPage,
			Targets: config,
		},
		{
			ID: "codedeploy.revision", Caller: "pipeline or action role",
			Actions: []string{"codedeploy:GetApplication", "codedeploy:GetApplicationRevision"}, Resource: "application:<ApplicationName>",
			Why:  "looks at the application and its revision",
			Need: service.Listed, Basis: service.Documented, Source: actionPage + "; " + policyPage,
			Targets: application,
		},
		{
			ID: "codedeploy.list", Caller: "pipeline or action role",
			Actions: []string{"codedeploy:ListDeployments", "codedeploy:GetDeploymentGroup"}, Resource: "deploymentgroup:<app>/<group>",
			Why:  "looks at the deployment group",
			Need: service.Listed, Basis: service.Documented, Source: actionPage,
			Targets: lookAtGroup,
		},
		{
			// The page has it on applications and groups; the one that a request
			// is made for is the application
			// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodedeploy.html).
			ID: "codedeploy.list.groups", Caller: "pipeline or action role",
			Actions: []string{"codedeploy:ListDeploymentGroups"}, Resource: "application:<ApplicationName>",
			Why:  "looks for the deployment group",
			Need: service.Listed, Basis: service.Documented, Source: actionPage + "#edit-role-codedeploy",
			Targets: application,
		},
		{
			ID: "codedeploy.list.configs", Caller: "pipeline or action role",
			Actions: []string{"codedeploy:ListDeploymentConfigs"}, Resource: "*",
			Why:  "looks for the deployment configuration",
			Need: service.Listed, Basis: service.Documented, Source: actionPage + "#edit-role-codedeploy",
			Targets: func(*service.Site) []service.Target { return []service.Target{{Resource: "*"}} },
		},
	},
}

func application(s *service.Site) []service.Target {
	app := s.Action.Get("ApplicationName")
	if app == "" {
		return nil
	}
	return []service.Target{{
		Resource: s.ARN("codedeploy", "application:"+app), At: s.Action.Config.Get("ApplicationName").Where(), What: "application " + app,
	}}
}

// declared returns the deployment group of the action, nil where no stack
// declares it.
func declared(s *service.Site) *cloud.Resource {
	app, name := s.Action.Get("ApplicationName"), s.Action.Get("DeploymentGroupName")
	for r := range s.Model.OfType(groupT) {
		if r.Account == s.Account && r.Region == s.Region && r.Name == name && r.Prop("ApplicationName").Str() == app {
			return r
		}
	}
	return nil
}

func group(s *service.Site) []service.Target {
	ts := lookAtGroup(s)
	for i := range ts {
		ts[i].Starts = declared(s)
	}
	return ts
}

func lookAtGroup(s *service.Site) []service.Target {
	app, name := s.Action.Get("ApplicationName"), s.Action.Get("DeploymentGroupName")
	if app == "" || name == "" {
		return nil
	}
	return []service.Target{{
		Resource: s.ARN("codedeploy", "deploymentgroup:"+app+"/"+name),
		At:       s.Action.Config.Get("DeploymentGroupName").Where(), What: "deployment group " + app + "/" + name,
	}}
}

// config: the group's configuration, CodeDeployDefault.OneAtATime where it
// names none
// (https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html).
func config(s *service.Site) []service.Target { return configOr(s, "CodeDeployDefault.OneAtATime") }

func configOr(s *service.Site, otherwise string) []service.Target {
	name := match.Hole(match.Name, "the deployment configuration of "+s.Action.Get("DeploymentGroupName"))
	at := s.Action.Span
	if g := declared(s); g != nil {
		name = otherwise
		if n := g.Prop("DeploymentConfigName"); n.Str() != "" {
			name, at = n.Str(), n.Where()
		}
	}
	return []service.Target{{Resource: s.ARN("codedeploy", "deploymentconfig:"+name), At: at, What: "deployment configuration " + name}}
}

// jobs: a deployment, with the service role of its group.
var jobs = []service.Job{{
	Type:         groupT,
	Role:         serviceRole,
	Principal:    "codedeploy.amazonaws.com",
	Assume:       assumeContext,
	AssumeSource: rolePage + " (aws:SourceAccount and aws:SourceArn in the trust policy)",
	// A deployment is started by a person or a script as well.
	Alone: func(*service.Site) bool { return true },
	Rows:  jobRows(),
}}

func jobRows() []service.Row {
	return slices.Concat(serverRows, fleetRows, agentRows, ecsRows, trafficRows)
}

// serverRows: a deployment to instances, with the service role of its group.
var serverRows = []service.Row{
	{
		ID: "codedeploy.asg.describe", Caller: "service role of the deployment group",
		// No resource types, so no tag of a resource is in the request
		// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2autoscaling.html).
		Actions: []string{"autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeLifecycleHooks"}, Resource: "*",
		Why:  "finds the instances of the Auto Scaling groups and the hooks on them",
		Need: service.Stops, Basis: service.Documented, Source: managed,
		Targets: func(s *service.Site) []service.Target {
			if !scales(s) {
				return nil
			}
			return []service.Target{{Resource: "*", At: s.Resource.Prop("AutoScalingGroups").Where(), What: "Auto Scaling groups"}}
		},
	},
	{
		ID: "codedeploy.asg.hooks", Caller: "service role of the deployment group",
		Actions: []string{
			"autoscaling:PutLifecycleHook", "autoscaling:DeleteLifecycleHook", "autoscaling:CompleteLifecycleAction",
			"autoscaling:RecordLifecycleActionHeartbeat",
		},
		Resource: "autoScalingGroup:*:autoScalingGroupName/<group>",
		Why:      "deploys to instances that the Auto Scaling group starts",
		Need:     service.Stops, Basis: service.Documented, Source: managed,
		Targets: asgs,
	},
	{
		ID: "codedeploy.instances", Caller: "service role of the deployment group",
		Actions: []string{"ec2:DescribeInstances"}, Resource: "*",
		Why:  "finds the instances of the deployment",
		Need: service.Stops, Basis: service.Documented, Source: managed,
		Targets: func(s *service.Site) []service.Target {
			if !onServers(s) {
				return nil
			}
			return []service.Target{{Resource: "*", At: s.Resource.Span, What: "instances"}}
		},
	},
	{
		ID: "codedeploy.instances.more", Caller: "service role of the deployment group",
		Actions: []string{"ec2:DescribeInstanceStatus", "tag:GetResources"}, Resource: "*",
		Why:  "looks at the instances of the deployment",
		Need: service.Listed, Basis: service.Documented, Source: managed,
		Targets: func(s *service.Site) []service.Target {
			if !onServers(s) {
				return nil
			}
			return []service.Target{{Resource: "*", At: s.Resource.Span, What: "instances"}}
		},
	},
	{
		ID: "codedeploy.triggers", Caller: "service role of the deployment group",
		Actions: []string{"sns:Publish"}, Resource: "<TriggerTargetArn>",
		Why:  "publishes the events of the deployment",
		Need: service.Degrades, Lost: "nobody is told of the deployment", Basis: service.Documented, Source: managed,
		Targets: triggers,
	},
}

func serviceRole(s *service.Site) (string, source.Span) {
	n := s.Resource.Prop("ServiceRoleArn")
	name := cloud.Text(n)
	if name == "" {
		name = match.Hole(match.Path, "the service role of "+s.Resource.ID()) // CloudFormation requires one
	}
	return s.RoleARN(name, s.Resource.Account), n.Where()
}

func assumeContext(s *service.Site) iam.Context {
	return service.Context("aws:SourceArn", s.Resource.ARN, "aws:SourceAccount", s.Resource.Account)
}

func scales(s *service.Site) bool {
	for range s.Resource.Prop("AutoScalingGroups").Elems() {
		return true
	}
	return false
}

// onServers reports whether the group deploys to instances: it has none of
// what ECS and Lambda deployments have.
func onServers(s *service.Site) bool {
	if s.Resource.Prop("ECSServices") != nil {
		return false
	}
	if app := s.Find(s.Resource.Prop("ApplicationName").Str(), "AWS::CodeDeploy::Application"); app != nil {
		if p := app.Prop("ComputePlatform").Str(); p != "" {
			return p == "Server"
		}
		return true // the default
	}
	return scales(s) || s.Resource.Prop("Ec2TagFilters") != nil || s.Resource.Prop("Ec2TagSet") != nil
}

func asgs(s *service.Site) []service.Target {
	var ts []service.Target
	for n := range s.Resource.Prop("AutoScalingGroups").Elems() {
		name := n.Str()
		t := service.Target{
			Resource: s.ARN("autoscaling", "autoScalingGroup:"+match.Hole(match.Name, "the id of Auto Scaling group "+name)+":autoScalingGroupName/"+name),
			At:       n.Where(), What: "Auto Scaling group " + name,
		}
		if r := s.Find(name, "AWS::AutoScaling::AutoScalingGroup"); r != nil {
			if r.ARN != "" {
				t.Resource = r.ARN
			}
			for k, v := range r.Tags {
				t.Context.Set("aws:ResourceTag/"+k, v)
				t.Context.Set("autoscaling:ResourceTag/"+k, v)
			}
		} else {
			// The tags of a group that no stack declares are not known.
			t.Context.Open = true
			for _, k := range []string{"sts:ExternalId", "aws:SourceArn", "aws:SourceAccount", "aws:SourceVpc", "aws:SourceVpce"} {
				t.Context.SetAbsent(k)
			}
		}
		ts = append(ts, t)
	}
	return ts
}

func triggers(s *service.Site) []service.Target {
	var ts []service.Target
	for n := range s.Resource.Prop("TriggerConfigurations").Elems() {
		topic := n.Get("TriggerTargetArn").Str()
		if topic != "" {
			ts = append(ts, service.Target{Resource: topic, Account: arn.Account(topic), At: n.Where(), What: "topic of the deployment"})
		}
	}
	return ts
}
