package scheduler

import (
	"cmp"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/service/sdk"
	"penstock/source"
)

const (
	guide      = "https://docs.aws.amazon.com/scheduler/latest/UserGuide/"
	rolePage   = guide + "setting-up.html#setting-up-execution-role"
	targetPage = guide + "managing-targets-templated.html"
	deputyPage = guide + "cross-service-confused-deputy-prevention.html"
)

// jobs: a schedule whose time has come. All targets are called with its role.
var jobs = []service.Job{{
	Type: scheduleType, Role: role, Principal: "scheduler.amazonaws.com",
	Assume: assume, AssumeSource: deputyPage + "; " + rolePage,
	Alone: func(s *service.Site) bool { return s.Resource.Prop("State").Str() != "DISABLED" },
	Rows: []service.Row{
		{
			ID: "scheduler.target", Caller: "role of the schedule",
			Resource: "<Target.Arn>",
			Why:      "calls the target of the schedule",
			Need:     service.Stops, Basis: service.Documented, Source: targetPage,
			Targets: target,
		},
		{
			ID: "scheduler.pass", Caller: "role of the schedule",
			Actions: []string{"iam:PassRole"}, Resource: "task role, task execution role",
			Context: "iam:PassedToService = ecs-tasks.amazonaws.com",
			Why:     "hands the roles of the task definition to the task",
			Need:    service.Stops, Basis: service.Documented, Source: targetPage,
			Targets: passed,
		},
		{
			ID: "scheduler.dlq", Caller: "role of the schedule",
			Actions: []string{"sqs:SendMessage"}, Resource: "<Target.DeadLetterConfig.Arn>",
			Why:  "keeps what could not be delivered",
			Need: service.Degrades, Lost: "what is not delivered is lost", Basis: service.Documented, Source: guide + "configuring-schedule-dlq.html",
			Targets: func(s *service.Site) []service.Target {
				n := s.Resource.Prop("Target", "DeadLetterConfig", "Arn")
				q := cloud.Text(n)
				if q == "" {
					return nil
				}
				return []service.Target{{Resource: q, Account: arn.Account(q), At: n.Where(), What: "dead-letter queue"}}
			},
		},
	},
}}

func role(s *service.Site) (string, source.Span) {
	n := s.Resource.Prop("Target", "RoleArn")
	return s.RoleARN(cloud.Text(n), s.Resource.Account), n.Where()
}

// assume: the source is the group of the schedule, not the schedule.
func assume(s *service.Site) iam.Context {
	group := cmp.Or(cloud.Text(s.Resource.Prop("GroupName")), "default")
	return service.Context("aws:SourceArn", s.ARN("scheduler", "schedule-group/"+group), "aws:SourceAccount", s.Resource.Account)
}

// templated are the targets with an ARN of their own, and what is called
// there.
var templated = map[string]string{
	"lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage", "sns": "sns:Publish", "states": "states:StartExecution",
	"codebuild": "codebuild:StartBuild", "codepipeline": "codepipeline:StartPipelineExecution", "events": "events:PutEvents",
	"kinesis": "kinesis:PutRecord", "firehose": "firehose:PutRecord", "ecs": "ecs:RunTask",
}

func target(s *service.Site) []service.Target {
	n := s.Resource.Prop("Target", "Arn")
	text := cloud.Text(n)
	a, err := arn.Parse(text)
	if err != nil {
		return nil
	}
	if a.Service == "scheduler" {
		return universal(s, a, n)
	}
	action := templated[a.Service]
	if action == "" {
		s.Model.Assume("what schedule " + match.Render(s.Resource.Name) + " calls at " + match.Render(text) + " is not in the catalogue, and taken to be allowed")
		return nil
	}
	t := service.Target{Resource: text, Account: a.Account, At: n.Where(), What: "target of the schedule", Only: []string{action}}
	if a.Service == "ecs" {
		def := s.Resource.Prop("Target", "EcsParameters", "TaskDefinitionArn")
		t.Resource, t.At = cloud.Text(def), def.Where()
		t.Context.Set("ecs:cluster", text)
		for _, k := range []string{"ecs:capacity-provider", "ecs:enable-execute-command", "ecs:enable-ecs-managed-tags", "ecs:propagate-tags", "ecs:subnet", "ecs:auto-assign-public-ip"} {
			t.Context.SetUnknown(k)
		}
		if x, err := arn.Parse(t.Resource); err == nil {
			t.Account = x.Account
			if i := strings.IndexByte(x.Resource, '/'); i >= 0 && !strings.Contains(x.Resource[i:], ":") {
				t.Resource += ":" + match.Hole(match.Name, "the latest revision of "+x.Name())
			}
		}
		if t.Resource == "" {
			return nil
		}
	}
	if r := s.Model.Owner(text); r != nil {
		switch r.Type {
		case "AWS::Lambda::Function", "AWS::CodeBuild::Project", "AWS::StepFunctions::StateMachine":
			t.Starts = r
		}
	}
	if d := definition(s); d != nil {
		t.Starts = d
	}
	return []service.Target{t}
}

// universal: arn:aws:scheduler:::aws-sdk:service:operation, with the
// parameters as JSON in Input
// (https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html).
func universal(s *service.Site, a arn.ARN, n *doc.Node) []service.Target {
	p := strings.Split(a.Resource, ":")
	if len(p) != 3 || p[0] != "aws-sdk" {
		return nil
	}
	prefix, ok := sdk.Prefix(p[1])
	if !ok {
		return nil
	}
	action, ok := sdk.Action(prefix, p[2])
	if !ok {
		return nil
	}
	var input *doc.Node
	if in := s.Resource.Prop("Target", "Input"); in != nil && in.Kind == doc.String {
		input, _ = cloud.ParseText(in)
	}
	t := sdk.Target(s, action, func(name string) (string, bool) {
		v := input.Get(name)
		return cloud.Text(v), v != nil
	})
	t.At, t.What, t.Only = n.Where(), "target of the schedule", []string{action}
	return []service.Target{t}
}

// definition is the declared task definition of the target, nil where it is
// none.
func definition(s *service.Site) *cloud.Resource {
	text := cloud.Text(s.Resource.Prop("Target", "EcsParameters", "TaskDefinitionArn"))
	if text == "" {
		return nil
	}
	const typ = "AWS::ECS::TaskDefinition"
	if r := s.Find(text, typ); r != nil {
		return r
	}
	if a, err := arn.Parse(text); err == nil {
		text = a.Name()
	}
	fam, _, _ := strings.Cut(text, ":")
	for r := range s.Model.OfType(typ) {
		if r.Account == s.Account && r.Region == s.Region && fam != "" && r.Name == fam {
			return r
		}
	}
	return nil
}

func passed(s *service.Site) []service.Target {
	def := definition(s)
	if def == nil {
		return nil
	}
	var ts []service.Target
	for _, p := range [...]struct{ prop, what string }{{"ExecutionRoleArn", "task execution role"}, {"TaskRoleArn", "task role"}} {
		r := s.RoleARN(cloud.Text(def.Prop(p.prop)), def.Account)
		if r == "" || len(ts) > 0 && ts[0].Resource == r {
			continue
		}
		ts = append(ts, service.Target{
			Resource: r, Account: arn.Account(r), At: s.Resource.Prop("Target").Where(), What: p.what,
			Context: service.Context("iam:PassedToService", "ecs-tasks.amazonaws.com"),
		})
	}
	return ts
}
