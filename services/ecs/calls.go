package ecs

import (
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/source"
)

const (
	deployPage = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECS.html#action-reference-ECS-permissions-action"
	passPage   = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-execution-IAM-role.html#ecs-passrole"
)

// actions: the standard deploy action (row 7 of the provider list). It makes
// a new revision of the task definition that the service runs, with the
// images of the definitions file, and updates the service.
var actions = []service.Action{{
	Category: "Deploy", Owner: "AWS", Provider: "ECS", Artifacts: "action",
	Rows: []service.Row{
		{
			ID: "ecs.deploy.services", Caller: "pipeline or action role",
			Actions: []string{"ecs:DescribeServices", "ecs:UpdateService"}, Resource: "service/<cluster>/<service>",
			Context: "ecs:cluster = the cluster",
			Why:     "finds the task definition in use, and puts the new one in its place",
			Need:    service.Stops, Basis: service.Documented, Source: deployPage,
			Targets: services,
		},
		{
			// No resource type: the call matches Resource "*" only
			// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html).
			ID: "ecs.deploy.describe", Caller: "pipeline or action role",
			Actions: []string{"ecs:DescribeTaskDefinition"}, Resource: "*",
			Why:  "reads the task definition in use",
			Need: service.Stops, Basis: service.Documented, Source: deployPage,
			Targets: anything,
		},
		{
			ID: "ecs.deploy.register", Caller: "pipeline or action role",
			Actions: []string{"ecs:RegisterTaskDefinition"}, Resource: "task-definition/<family>:*",
			Why:  "registers the new revision",
			Need: service.Stops, Basis: service.Documented, Source: deployPage,
			Targets: family,
		},
		{
			// With "tagging authorization", a setting of the account that AWS has
			// turned on for all, making something with tags needs the permission
			// to tag. The new revision has the tags of the one in use.
			ID: "ecs.deploy.tagged", Caller: "pipeline or action role",
			Actions: []string{"ecs:TagResource"}, Resource: "task-definition/<family>:*",
			Context: "ecs:CreateAction = RegisterTaskDefinition",
			Why:     "gives the new revision the tags of the one in use",
			Need:    service.Stops, Basis: service.Reported, Source: "https://github.com/aws/aws-cdk/issues/25768; " + deployPage,
			Targets: func(s *service.Site) []service.Target {
				if _, def := running(s); def == nil || len(def.Tags) == 0 {
					return nil
				}
				return tags(s)
			},
		},
		{
			ID: "ecs.deploy.tag", Caller: "pipeline or action role",
			Actions: []string{"ecs:TagResource"}, Resource: "task-definition/<family>:*",
			Context: "ecs:CreateAction = RegisterTaskDefinition",
			Why:     "tags the new revision",
			Need:    service.Listed, Basis: service.Documented, Source: deployPage,
			Targets: func(s *service.Site) []service.Target {
				if _, def := running(s); def != nil && len(def.Tags) > 0 {
					return nil
				}
				return tags(s)
			},
		},
		{
			ID: "ecs.deploy.pass", Caller: "pipeline or action role",
			Actions: []string{"iam:PassRole"}, Resource: "task role, task execution role",
			Context: "iam:PassedToService = ecs-tasks.amazonaws.com",
			Why:     "hands the roles of the task definition to the tasks",
			Need:    service.Stops, Basis: service.Documented, Source: passPage,
			Targets: passed,
		},
	},
}}

// cluster returns the name of the action's cluster.
func cluster(s *service.Site) string { return short(s.Action.Get("ClusterName")) }

// short is the name in what may be an ARN.
func short(v string) string {
	if a, err := arn.Parse(v); err == nil {
		return a.Name()
	}
	return v
}

// running returns the declared service that the action updates, and the task
// definition that it runs; nil where no stack declares them.
func running(s *service.Site) (svc, def *cloud.Resource) {
	name, in := short(s.Action.Get("ServiceName")), cluster(s)
	for r := range s.Model.OfType("AWS::ECS::Service") {
		if r.Account != s.Account || r.Region != s.Region || r.Name != name && short(r.ARN) != name {
			continue
		}
		if c := clusterOf(s, r); c != in {
			continue
		}
		svc = r
		break
	}
	if svc == nil {
		return nil, nil
	}
	td := svc.Prop("TaskDefinition").Str()
	def = s.Model.ByRef(td, s.Account, s.Region, "AWS::ECS::TaskDefinition")
	if def == nil {
		// A family, or a family with its revision, rather than a reference.
		fam, _, _ := strings.Cut(short(td), ":")
		for r := range s.Model.OfType("AWS::ECS::TaskDefinition") {
			if r.Account == s.Account && r.Region == s.Region && fam != "" && r.Prop("Family").Str() == fam {
				def = r
			}
		}
	}
	return svc, def
}

// clusterOf returns the name of a service's cluster; "default" where it names
// none
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html#cfn-ecs-service-cluster).
func clusterOf(s *service.Site, svc *cloud.Resource) string {
	v := svc.Prop("Cluster").Str()
	if v == "" {
		return "default"
	}
	if r := s.Model.ByRef(v, svc.Account, svc.Region, "AWS::ECS::Cluster"); r != nil && r.Name != "" {
		return r.Name
	}
	return short(v)
}

func services(s *service.Site) []service.Target {
	if s.Action.Get("ServiceName") == "" {
		return nil // CodePipeline refuses the action
	}
	t := service.Target{
		Resource: s.ARN("ecs", "service/"+cluster(s)+"/"+short(s.Action.Get("ServiceName"))),
		At:       s.Action.Config.Get("ServiceName").Where(),
		What:     "service " + short(s.Action.Get("ServiceName")),
		Context:  service.Context("ecs:cluster", s.ARN("ecs", "cluster/"+cluster(s))),
	}
	t.Starts, _ = running(s)
	// UpdateService may carry these; whether CodePipeline sends them is not
	// documented
	// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html).
	for _, k := range []string{"ecs:capacity-provider", "ecs:enable-execute-command", "ecs:enable-ecs-managed-tags", "ecs:propagate-tags", "ecs:task-definition", "ecs:service", "ecs:enable-service-connect", "ecs:namespace", "ecs:enable-ebs-volumes", "ecs:enable-vpc-lattice", "ecs:subnet", "ecs:auto-assign-public-ip"} {
		t.Context.SetUnknown(k)
	}
	return []service.Target{t}
}

func anything(*service.Site) []service.Target { return []service.Target{{Resource: "*"}} }

// family: a revision has no number before it is registered; AWS names the
// resource with "*" in its place
// (https://github.com/springload/ecs-tool/pull/43 shows the error).
func family(s *service.Site) []service.Target {
	_, def := running(s)
	name := match.Hole(match.Name, "the task definition family of "+cluster(s)+"."+short(s.Action.Get("ServiceName")))
	if def != nil {
		name = familyOf(def)
	}
	t := service.Target{
		Resource: s.ARN("ecs", "task-definition/"+name+":*"),
		At:       s.Action.Span, What: "task definition family " + name,
	}
	for _, k := range []string{"ecs:privileged", "ecs:task-cpu", "ecs:task-memory", "ecs:compute-compatibility"} {
		t.Context.SetUnknown(k)
	}
	return []service.Target{t}
}

func familyOf(def *cloud.Resource) string {
	if f := def.Prop("Family").Str(); f != "" {
		return f
	}
	if a, err := arn.Parse(def.ARN); err == nil {
		f, _, _ := strings.Cut(strings.TrimPrefix(a.Resource, "task-definition/"), ":")
		return f
	}
	return match.Hole(match.Name, def.ID()+".Family")
}

func tags(s *service.Site) []service.Target {
	ts := family(s)
	for i := range ts {
		ts[i].Context = service.Context("ecs:CreateAction", "RegisterTaskDefinition")
		ts[i].Context.SetUnknown("aws:TagKeys")
	}
	return ts
}

func passed(s *service.Site) []service.Target {
	svc, def := running(s)
	if def == nil {
		name := short(s.Action.Get("ServiceName"))
		t := pass(s, s.ARNIn("iam", "", s.Account, "role/"+match.Hole(match.Path, "the roles of the tasks of "+name)), s.Action.Span, "roles of the tasks of "+name)
		t.Missing = []string{"the task definition that service " + match.Render(name) + " of account " + match.Render(s.Account) + " runs, which no stack declares"}
		if svc != nil {
			t.At = svc.Prop("TaskDefinition").Where()
		}
		return []service.Target{t}
	}
	var ts []service.Target
	for _, p := range []struct{ prop, what string }{{"TaskRoleArn", "task role"}, {"ExecutionRoleArn", "task execution role"}} {
		n := def.Prop(p.prop)
		role := s.RoleARN(n.Str(), s.Account)
		if role == "" || len(ts) > 0 && ts[0].Resource == role {
			continue
		}
		ts = append(ts, pass(s, role, n.Where(), p.what))
	}
	return ts
}

func pass(s *service.Site, role string, at source.Span, what string) service.Target {
	t := service.Target{
		Resource: role, Account: arn.Account(role), At: at, What: what,
		Context: service.Context("iam:PassedToService", "ecs-tasks.amazonaws.com"),
	}
	t.Context.Put("iam:AssociatedResourceArn", iam.ContextValue{State: iam.Unknown})
	return t
}
