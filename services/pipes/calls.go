package pipes

import (
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/source"
)

const (
	pipeType = "AWS::Pipes::Pipe"
	rolePage = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html"
)

// jobs: a pipe that runs. It reads its source, asks its enrichment and calls
// its target, all with its role.
var jobs = []service.Job{{
	Type: pipeType, Role: role, Principal: "pipes.amazonaws.com",
	Assume: func(s *service.Site) iam.Context {
		return service.Context("aws:SourceArn", s.Resource.ARN, "aws:SourceAccount", s.Resource.Account)
	},
	AssumeSource: rolePage,
	Alone:        func(s *service.Site) bool { return s.Resource.Prop("DesiredState").Str() != "STOPPED" },
	Rows: []service.Row{
		{
			ID: "pipes.source", Caller: "role of the pipe", Resource: "<Source>",
			Why:  "reads the source of the pipe",
			Need: service.Stops, Basis: service.Documented, Source: rolePage,
			Targets: func(s *service.Site) []service.Target { return at(s, "Source", reads) },
		},
		{
			ID: "pipes.enrichment", Caller: "role of the pipe", Resource: "<Enrichment>",
			Why:  "asks the enrichment of the pipe",
			Need: service.Stops, Basis: service.Documented, Source: rolePage,
			Targets: func(s *service.Site) []service.Target { return at(s, "Enrichment", asks) },
		},
		{
			ID: "pipes.target", Caller: "role of the pipe", Resource: "<Target>",
			Why:  "calls the target of the pipe",
			Need: service.Stops, Basis: service.Documented, Source: rolePage,
			Targets: func(s *service.Site) []service.Target { return at(s, "Target", calls) },
		},
		{
			ID: "pipes.pass", Caller: "role of the pipe",
			Actions: []string{"iam:PassRole"}, Resource: "task role, task execution role",
			Context: "iam:PassedToService = ecs-tasks.amazonaws.com",
			Why:     "hands the roles of the task definition to the task",
			Need:    service.Stops, Basis: service.Documented, Source: rolePage,
			Targets: passed,
		},
	},
}}

func role(s *service.Site) (string, source.Span) {
	n := s.Resource.Prop("RoleArn")
	return s.RoleARN(cloud.Text(n), s.Resource.Account), n.Where()
}

// reads, asks and calls are what a pipe does at its source, its enrichment and
// its target, by the service of the ARN.
var (
	reads = map[string][]string{
		"sqs":      {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
		"kinesis":  {"kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"},
		"dynamodb": {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"},
	}
	asks = map[string][]string{
		"lambda": {"lambda:InvokeFunction"}, "states": {"states:StartSyncExecution"}, "events": {"events:InvokeApiDestination"},
		"execute-api": {"execute-api:Invoke"},
	}
	calls = map[string][]string{
		"lambda": {"lambda:InvokeFunction"}, "states": {"states:StartExecution"}, "events": {"events:PutEvents"},
		"sqs": {"sqs:SendMessage"}, "sns": {"sns:Publish"}, "kinesis": {"kinesis:PutRecord"}, "firehose": {"firehose:PutRecordBatch"},
		"logs": {"logs:CreateLogStream", "logs:PutLogEvents"}, "ecs": {"ecs:RunTask"}, "execute-api": {"execute-api:Invoke"},
	}
)

// at is the call on what a property names by ARN.
func at(s *service.Site, prop string, table map[string][]string) []service.Target {
	n := s.Resource.Prop(prop)
	text := cloud.Text(n)
	a, err := arn.Parse(text)
	if err != nil {
		return nil
	}
	actions := table[a.Service]
	switch {
	case actions == nil:
		s.Model.Assume("what pipe " + match.Render(s.Resource.Name) + " calls at " + match.Render(text) + " is not in the catalogue, and taken to be allowed")
		return nil
	case a.Service == "events" && strings.HasPrefix(a.Resource, "api-destination/"):
		actions = []string{"events:InvokeApiDestination"}
	case a.Service == "states" && s.Resource.Prop("TargetParameters", "StepFunctionStateMachineParameters", "InvocationType").Str() == "REQUEST_RESPONSE":
		actions = []string{"states:StartSyncExecution"}
	}
	t := service.Target{
		Resource: text, Account: a.Account, Region: a.Region, At: n.Where(), Only: actions,
		What: strings.ToLower(prop) + " of the pipe",
	}
	switch a.Service {
	case "logs":
		t.Resource = strings.TrimSuffix(text, ":*") + ":log-stream:" + match.Hole(match.Name, "the stream of the pipe")
	case "ecs":
		def := s.Resource.Prop("TargetParameters", "EcsTaskParameters", "TaskDefinitionArn")
		if t.Resource = cloud.Text(def); t.Resource == "" {
			return nil
		}
		t.Context = service.Context("ecs:cluster", text)
		for _, k := range []string{"ecs:capacity-provider", "ecs:enable-execute-command", "ecs:enable-ecs-managed-tags", "ecs:propagate-tags", "ecs:subnet", "ecs:auto-assign-public-ip"} {
			t.Context.SetUnknown(k)
		}
		if x, err := arn.Parse(t.Resource); err == nil && !strings.Contains(x.Resource, ":") {
			t.Resource += ":" + match.Hole(match.Name, "the latest revision of "+x.Name())
		}
	}
	if r := s.Model.Owner(text); r != nil && prop != "Source" {
		switch r.Type {
		case "AWS::Lambda::Function", "AWS::StepFunctions::StateMachine":
			t.Starts = r
		}
	}
	return []service.Target{t}
}

func passed(s *service.Site) []service.Target {
	n := s.Resource.Prop("TargetParameters", "EcsTaskParameters", "TaskDefinitionArn")
	def := s.Find(cloud.Text(n), "AWS::ECS::TaskDefinition")
	if def == nil {
		return nil
	}
	var ts []service.Target
	for _, p := range [...]struct {
		role *doc.Node
		what string
	}{{def.Prop("ExecutionRoleArn"), "task execution role"}, {def.Prop("TaskRoleArn"), "task role"}} {
		role := s.RoleARN(cloud.Text(p.role), def.Account)
		if role == "" || len(ts) == 1 && ts[0].Resource == role {
			continue
		}
		ts = append(ts, service.Target{
			Resource: role, Account: arn.Account(role), At: n.Where(), What: p.what,
			Context: service.Context("iam:PassedToService", "ecs-tasks.amazonaws.com"),
		})
	}
	return ts
}
