package codedeploy

import (
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/doc/load"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/source"
)

const (
	ecsActionPage = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html"
	ecsRolePage   = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/codedeploy_IAM_role.html"
	ecsManaged    = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCodeDeployRoleForECS.html"
)

// ecsAction is the blue/green deploy action (row 8 of the provider list). It
// registers the task definition of an artifact and has CodeDeploy put it in
// place.
var ecsAction = service.Action{
	Category: "Deploy", Owner: "AWS", Provider: "CodeDeployToECS", Artifacts: "action",
	Rows: []service.Row{
		{
			ID: "codedeploy.to-ecs.register-task", Caller: "pipeline or action role",
			Actions: []string{"ecs:RegisterTaskDefinition"}, Resource: "task-definition/<family>:*",
			Why:  "registers the task definition of the artifact",
			Need: service.Stops, Basis: service.Documented, Source: ecsActionPage + "#action-reference-ECSbluegreen-permissions-action",
			Targets: registered,
		},
		{
			ID: "codedeploy.to-ecs.tag", Caller: "pipeline or action role",
			Actions: []string{"ecs:TagResource"}, Resource: "task-definition/<family>:*",
			Context: "ecs:CreateAction = RegisterTaskDefinition",
			Why:     "tags the new revision",
			Need:    service.Listed, Basis: service.Documented, Source: ecsActionPage + "#action-reference-ECSbluegreen-permissions-action",
			Targets: func(s *service.Site) []service.Target {
				ts := registered(s)
				for i := range ts {
					ts[i].Context = service.Context("ecs:CreateAction", "RegisterTaskDefinition")
					ts[i].Context.SetUnknown("aws:TagKeys")
				}
				return ts
			},
		},
		{
			ID: "codedeploy.to-ecs.pass", Caller: "pipeline or action role",
			Actions: []string{"iam:PassRole"}, Resource: "task role, task execution role",
			Context: "iam:PassedToService = ecs-tasks.amazonaws.com",
			Why:     "hands the roles of the task definition to the tasks",
			Need:    service.Stops, Basis: service.Documented, Source: ecsActionPage + "#action-reference-ECSbluegreen-permissions-action",
			Targets: passed,
		},
		{
			ID: "codedeploy.to-ecs.register", Caller: "pipeline or action role",
			Actions: []string{"codedeploy:RegisterApplicationRevision"}, Resource: "application:<ApplicationName>",
			Why:  "registers the AppSpec as a revision",
			Need: service.Stops, Basis: service.Documented, Source: ecsActionPage,
			Targets: application,
		},
		{
			ID: "codedeploy.to-ecs.config", Caller: "pipeline or action role",
			Actions: []string{"codedeploy:GetDeploymentConfig"}, Resource: "deploymentconfig:<name>",
			Why:  "reads how the traffic shifts",
			Need: service.Stops, Basis: service.Documented, Source: ecsActionPage,
			Targets: func(s *service.Site) []service.Target { return configOr(s, "CodeDeployDefault.ECSAllAtOnce") },
		},
		{
			ID: "codedeploy.to-ecs.deploy", Caller: "pipeline or action role",
			Actions: []string{"codedeploy:CreateDeployment", "codedeploy:GetDeployment"}, Resource: "deploymentgroup:<app>/<group>",
			Why:  "starts the deployment and follows it",
			Need: service.Stops, Basis: service.Documented, Source: ecsActionPage,
			Targets: group,
		},
		{
			ID: "codedeploy.to-ecs.revision", Caller: "pipeline or action role",
			Actions: []string{"codedeploy:GetApplication", "codedeploy:GetApplicationRevision"}, Resource: "application:<ApplicationName>",
			Why:  "looks at the application and its revision",
			Need: service.Listed, Basis: service.Documented, Source: ecsActionPage,
			Targets: application,
		},
	},
}

// ecsRows: a deployment to ECS, with the service role of its group (row 8s).
var ecsRows = []service.Row{
	{
		ID: "codedeploy.ecs.service", Caller: "service role of the deployment group",
		Actions: []string{"ecs:DescribeServices", "ecs:UpdateServicePrimaryTaskSet"}, Resource: "service/<cluster>/<service>",
		Context: "ecs:cluster = the cluster",
		Why:     "looks at the service and makes the new tasks its primary ones",
		Need:    service.Stops, Basis: service.Documented, Source: ecsManaged,
		Targets: func(s *service.Site) []service.Target { return onService(s, "service", "") },
	},
	{
		ID: "codedeploy.ecs.create", Caller: "service role of the deployment group",
		Actions: []string{"ecs:CreateTaskSet"}, Resource: "task-set/<cluster>/<service>/*",
		Context: "ecs:cluster, ecs:service",
		Why:     "starts the new tasks",
		Need:    service.Stops, Basis: service.Documented, Source: ecsManaged,
		Targets: func(s *service.Site) []service.Target {
			return onService(s, "task-set", "/"+match.Hole(match.Name, "the id of the new task set"))
		},
	},
	{
		ID: "codedeploy.ecs.delete", Caller: "service role of the deployment group",
		Actions: []string{"ecs:DeleteTaskSet"}, Resource: "task-set/<cluster>/<service>/*",
		Context: "ecs:cluster, ecs:service",
		Why:     "takes the old tasks away",
		Need:    service.Degrades, Lost: "the old tasks are left running", Basis: service.Documented, Source: ecsManaged,
		Targets: func(s *service.Site) []service.Target {
			return onService(s, "task-set", "/"+match.Hole(match.Name, "the id of the old task set"))
		},
	},
	{
		ID: "codedeploy.ecs.balancer", Caller: "service role of the deployment group",
		// No resource types
		// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html).
		Actions: []string{"elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeListeners"}, Resource: "*",
		Why:  "finds the listeners that lead to the service",
		Need: service.Stops, Basis: service.Documented, Source: ecsManaged,
		Targets: balancer,
	},
	{
		ID: "codedeploy.ecs.rules", Caller: "service role of the deployment group",
		Actions: []string{"elasticloadbalancing:DescribeRules"}, Resource: "*",
		Why:  "finds the rules of the listeners",
		Need: service.Listed, Basis: service.Documented, Source: ecsManaged,
		Targets: balancer,
	},
	{
		ID: "codedeploy.ecs.listener", Caller: "service role of the deployment group",
		Actions: []string{"elasticloadbalancing:ModifyListener"}, Resource: "<ListenerArns>",
		Why:  "leads the traffic to the new tasks",
		Need: service.Stops, Basis: service.Documented, Source: ecsManaged,
		Targets: listeners,
	},
	{
		ID: "codedeploy.ecs.pass", Caller: "service role of the deployment group",
		Actions: []string{"iam:PassRole"}, Resource: "task role, task execution role",
		Context: "iam:PassedToService = ecs-tasks.amazonaws.com",
		Why:     "hands the roles of the task definition to the new tasks",
		Need:    service.Stops, Basis: service.Documented, Source: ecsRolePage,
		Targets: func(s *service.Site) []service.Target {
			if platform(s) != "ECS" {
				return nil
			}
			return passed(s)
		},
	},
}

// platform is what the group deploys to: "Server", "ECS", "Lambda".
func platform(s *service.Site) string {
	if s.Resource.Prop("ECSServices") != nil {
		return "ECS"
	}
	if app := s.Find(s.Resource.Prop("ApplicationName").Str(), "AWS::CodeDeploy::Application"); app != nil {
		if p := app.Prop("ComputePlatform").Str(); p != "" {
			return p
		}
	}
	return "Server"
}

// ecsService is the service that the deployment updates: of the group that
// runs, or of the group that the action names.
func ecsService(s *service.Site) (cluster, name string, at source.Span, ok bool) {
	g := s.Resource
	if g == nil || g.Type != groupT {
		g = declared(s)
	}
	if g == nil {
		return "", "", source.Span{}, false
	}
	for n := range g.Prop("ECSServices").Elems() {
		return short(n.Get("ClusterName").Str()), short(n.Get("ServiceName").Str()), n.Where(), true
	}
	return "", "", source.Span{}, false
}

func short(v string) string {
	if a, err := arn.Parse(v); err == nil {
		return a.Name()
	}
	return v
}

func onService(s *service.Site, kind, rest string) []service.Target {
	cluster, name, at, ok := ecsService(s)
	if !ok || platform(s) != "ECS" {
		return nil
	}
	t := service.Target{
		Resource: s.ARN("ecs", kind+"/"+cluster+"/"+name+rest), At: at, What: "service " + name,
		Context: service.Context(
			"ecs:cluster", s.ARN("ecs", "cluster/"+cluster),
			"ecs:service", s.ARN("ecs", "service/"+cluster+"/"+name)),
	}
	for _, k := range []string{"ecs:capacity-provider", "ecs:task-definition", "aws:TagKeys"} {
		t.Context.SetUnknown(k)
	}
	return []service.Target{t}
}

func balancer(s *service.Site) []service.Target {
	if platform(s) != "ECS" {
		return nil
	}
	return []service.Target{{Resource: "*", At: s.Resource.Prop("LoadBalancerInfo").Where(), What: "load balancer of the service"}}
}

// listeners are the production and the test listener. A listener that a rule
// of its own leads to the service is not told apart: then CodeDeploy changes
// the rule.
func listeners(s *service.Site) []service.Target {
	if platform(s) != "ECS" {
		return nil
	}
	var ts []service.Target
	for p := range s.Resource.Prop("LoadBalancerInfo", "TargetGroupPairInfoList").Elems() {
		for _, route := range []string{"ProdTrafficRoute", "TestTrafficRoute"} {
			for n := range p.At(route, "ListenerArns").Elems() {
				a := cloud.Text(n)
				if !strings.HasPrefix(a, "arn:") {
					continue
				}
				t := service.Target{Resource: a, Account: s.Account, At: n.Where(), What: "listener of the service", Else: "elasticloadbalancing:ModifyRule"}
				t.Context.SetUnknown("elasticloadbalancing:ListenerProtocol")
				t.Context.SetUnknown("elasticloadbalancing:SecurityPolicy")
				ts = append(ts, t)
			}
		}
	}
	return ts
}

// task is the task definition of a deployment: the file that the action names
// where it is at hand, or what the declared service runs, whose roles a new
// revision keeps as a rule.
type task struct {
	family string
	roles  []*doc.Node
}

func taskOf(s *service.Site) (task, bool) {
	if t, ok := taskFile(s); ok {
		return t, true
	}
	cluster, name, _, ok := ecsService(s)
	if !ok {
		return task{}, false
	}
	for r := range s.Model.OfType("AWS::ECS::Service") {
		if r.Account != s.Account || r.Region != s.Region || r.Name != name && short(r.ARN) != name {
			continue
		}
		if c := r.Prop("Cluster").Str(); c != "" && short(c) != cluster && s.Model.ByRef(c, r.Account, r.Region, "AWS::ECS::Cluster") == nil {
			continue
		}
		td := r.Prop("TaskDefinition").Str()
		def := s.Model.ByRef(td, s.Account, s.Region, "AWS::ECS::TaskDefinition")
		if def == nil {
			return task{}, false
		}
		t := task{family: def.Prop("Family").Str(), roles: []*doc.Node{def.Prop("TaskRoleArn"), def.Prop("ExecutionRoleArn")}}
		if a, err := arn.Parse(def.ARN); err == nil && t.family == "" {
			t.family, _, _ = strings.Cut(strings.TrimPrefix(a.Resource, "task-definition/"), ":")
		}
		return t, true
	}
	return task{}, false
}

// taskFile reads the template of the task definition beside the template:
// taskdef.json unless the action names another
// (action-reference-ECSbluegreen.html, TaskDefinitionTemplatePath).
func taskFile(s *service.Site) (task, bool) {
	if s.Action == nil || s.Read == nil {
		return task{}, false
	}
	path := s.Action.Get("TaskDefinitionTemplatePath")
	if path == "" {
		path = "taskdef.json"
	}
	f, err := s.Read(path)
	if err != nil {
		return task{}, false
	}
	n, _, err := load.Parse(f)
	if err != nil || n == nil {
		return task{}, false
	}
	return task{family: n.Get("family").Str(), roles: []*doc.Node{n.Get("taskRoleArn"), n.Get("executionRoleArn")}}, true
}

// registered: a revision has no number before it is registered.
func registered(s *service.Site) []service.Target {
	name := match.Hole(match.Name, "the task definition family of action "+s.Action.Name)
	if t, ok := taskOf(s); ok && t.family != "" {
		name = t.family
	}
	t := service.Target{Resource: s.ARN("ecs", "task-definition/"+name+":*"), At: s.Action.Span, What: "task definition family " + name}
	for _, k := range []string{"ecs:privileged", "ecs:task-cpu", "ecs:task-memory", "ecs:compute-compatibility", "aws:TagKeys"} {
		t.Context.SetUnknown(k)
	}
	return []service.Target{t}
}

func passed(s *service.Site) []service.Target {
	def, ok := taskOf(s)
	if !ok {
		if s.Action != nil {
			s.Model.Assume("the task definition that action " + match.Render(s.Action.Name) + " deploys is not at hand: it is taken to pass no role")
		}
		return nil
	}
	var ts []service.Target
	for i, n := range def.roles {
		role := s.RoleARN(cloud.Text(n), s.Account)
		if role == "" || len(ts) > 0 && ts[0].Resource == role {
			continue
		}
		t := service.Target{
			Resource: role, Account: arn.Account(role), At: n.Where(), What: [...]string{"task role", "task execution role"}[i],
			Context: service.Context("iam:PassedToService", "ecs-tasks.amazonaws.com"),
		}
		t.Context.Put("iam:AssociatedResourceArn", iam.ContextValue{State: iam.Unknown})
		ts = append(ts, t)
	}
	return ts
}
