package events

import (
	"strings"

	"penstock/cloud"
	"penstock/match"
	"penstock/service"
)

const apiPage = "https://docs.aws.amazon.com/eventbridge/latest/APIReference/"

// targetActions are what EventBridge does with the role of a target, by the
// kinds of target that it has
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html).
var targetActions = []string{
	"apigateway:*", "execute-api:Invoke", "events:InvokeApiDestination", "events:PutEvents", "batch:SubmitJob", "logs:PutLogEvents",
	"codebuild:StartBuild", "codepipeline:StartPipelineExecution", "ec2:RebootInstances", "ec2:StopInstances", "ec2:TerminateInstances",
	"ec2:CreateSnapshot", "ecs:RunTask", "iam:PassRole", "firehose:PutRecord", "firehose:PutRecordBatch", "kinesis:PutRecord", "kinesis:PutRecords",
	"lambda:InvokeFunction", "redshift-data:ExecuteStatement", "redshift-data:BatchExecuteStatement", "sagemaker:StartPipelineExecution",
	"sns:Publish", "sqs:SendMessage", "states:StartExecution", "states:StartSyncExecution", "ssm:SendCommand", "ssm:StartAutomationExecution", "ssm:CreateOpsItem",
	"inspector:StartAssessmentRun", "appsync:GraphQL", "glue:NotifyEvent",
}

// pipeActions are what a pipe of EventBridge does with its role: it reads its
// source, and calls its enrichment and its target
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html).
var pipeActions = append([]string{
	"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams", "kinesis:DescribeStream",
	"kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards", "kinesis:SubscribeToShard",
	"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "timestream:WriteRecords", "timestream:DescribeEndpoints",
	"secretsmanager:GetSecretValue", "kafka:*",
}, targetActions...)

// powers: rules start pipelines and machines, and raise alarms.
var powers = []service.Power{
	{
		ID: "events.put-targets", Kind: service.Execute,
		Why:   "has a rule call a target with a role",
		Basis: service.Documented, Source: apiPage + "API_PutTargets.html (RoleArn); " + guide + "eb-use-identity-based.html",
		Find: func(m *cloud.Model) []service.Gain {
			gs := service.New(m, principal, "a rule", func(role string) []service.PowerCall {
				return []service.PowerCall{
					service.Made(role, "events", "rule/*", "makes a rule that fires", "events:PutRule"),
					service.Made(role, "events", "rule/*", "gives it a target", "events:PutTargets"),
				}
			})
			for i := range gs {
				gs[i].Only = targetActions
			}
			return gs
		},
	},
	{
		ID: "events.pipe", Kind: service.Execute,
		Why:   "makes a pipe that reads a source and calls a target with a role",
		Basis: service.Documented, Source: "https://docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_CreatePipe.html; " + guide + "eb-pipes-permissions.html",
		Find: func(m *cloud.Model) []service.Gain {
			gs := service.New(m, "pipes.amazonaws.com", "a pipe", func(role string) []service.PowerCall {
				return []service.PowerCall{service.Made(role, "pipes", "pipe/*", "makes or changes the pipe", "pipes:CreatePipe", "pipes:UpdatePipe")}
			})
			for i := range gs {
				gs[i].Only = pipeActions
			}
			return gs
		},
	},
	{
		ID: "events.send", Kind: service.Tamper,
		Why:   "sends an event that a rule takes for one of somebody else's",
		Basis: service.Documented, Source: apiPage + "API_PutEvents.html (a source that begins with \"aws.\" is refused)",
		Find: send,
	},
	{
		ID: "events.start", Kind: service.Tamper,
		Why:   "changes when the rule starts a pipeline, a machine or a build, and with what input",
		Basis: service.Documented, Source: apiPage + "API_PutRule.html; " + apiPage + "API_PutTargets.html",
		Find: rules(func(r *cloud.Resource) bool { return starts(r) }, service.TouchesStart),
	},
	{
		ID: "events.rule", Kind: service.Blind,
		Why:   "stops a rule, or has it tell somebody else",
		Basis: service.Documented, Source: apiPage + "API_DisableRule.html; " + apiPage + "API_RemoveTargets.html; " + apiPage + "API_DeleteRule.html; " + apiPage + "API_PutRule.html",
		Find: rules(func(r *cloud.Resource) bool { return !starts(r) }, ""),
	},
	{
		ID: "events.bus", Kind: service.Blind,
		Why:   "changes who may send to a bus, or removes it",
		Basis: service.Documented, Source: apiPage + "API_PutPermission.html; " + apiPage + "API_DeleteEventBus.html",
		Find: service.Change(busType, "bus", "", "changes the bus", "events:PutPermission", "events:RemovePermission", "events:DeleteEventBus", "events:UpdateEventBus"),
	},
	{
		ID: "events.archive", Kind: service.Blind,
		Why:   "deletes an archive of events",
		Basis: service.Documented, Source: apiPage + "API_DeleteArchive.html",
		Find: service.Change("AWS::Events::Archive", "archive", "", "deletes the archive", "events:DeleteArchive", "events:UpdateArchive"),
	},
}

// starts reports whether a rule starts something rather than tell somebody.
func starts(r *cloud.Resource) bool {
	for t := range r.Prop("Targets").Elems() {
		a := cloud.Text(t.Get("Arn"))
		for _, svc := range [...]string{":codepipeline:", ":codebuild:", ":states:", ":ecs:", ":batch:"} {
			if strings.Contains(a, svc) {
				return true
			}
		}
	}
	return false
}

func rules(fits func(*cloud.Resource) bool, touches string) func(*cloud.Model) []service.Gain {
	return func(m *cloud.Model) []service.Gain {
		return service.Each(m, ruleType, func(r *cloud.Resource) []service.Gain {
			if !fits(r) {
				return nil
			}
			return []service.Gain{{
				Calls:    []service.PowerCall{service.On(r, "changes or stops the rule", "events:DisableRule", "events:RemoveTargets", "events:DeleteRule", "events:PutRule", "events:PutTargets", "events:EnableRule")},
				Resource: r, Touches: touches, What: "rule " + match.Render(service.Called(r)), Maybe: r.Maybe,
			}}
		})
	}
}

// send: events of AWS's own services cannot be forged, others can.
func send(m *cloud.Model) []service.Gain {
	return service.Each(m, ruleType, func(r *cloud.Resource) []service.Gain {
		if !starts(r) {
			return nil
		}
		forged := false
		for s := range r.Prop("EventPattern", "source").Elems() {
			if t := cloud.Text(s); t != "" && !strings.HasPrefix(t, "aws.") {
				forged = true
			}
		}
		if !forged {
			return nil
		}
		s := service.Site{Model: m, Account: r.Account, Region: r.Region}
		bus := s.ARN("events", "event-bus/default")
		if b := s.Find(cloud.Text(r.Prop("EventBusName")), busType); b != nil {
			bus = b.ARN
		}
		return []service.Gain{{
			Calls:    []service.PowerCall{{Actions: []string{"events:PutEvents"}, Resources: []string{bus}, Account: r.Account, Why: "sends an event"}},
			Resource: r, Touches: service.TouchesStart, What: "rule " + match.Render(service.Called(r)), Maybe: r.Maybe,
		}}
	})
}
