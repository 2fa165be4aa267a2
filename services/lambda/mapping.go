package lambda

import (
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/service"
)

func enabled(s *service.Site) bool { return s.Resource.Prop("Enabled").Str() != "false" }

// mappingRows: Lambda polls for the function, with the function's role.
var mappingRows = []service.Row{
	{
		ID: "lambda.poll.sqs", Caller: "function role",
		Actions: []string{"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}, Resource: "<EventSourceArn>",
		Why:  "Lambda takes the messages from the queue; asked when the mapping is made",
		Need: service.Stops, Basis: service.Documented, Source: guide + "services-sqs-configure.html#events-sqs-permissions",
		Targets: func(s *service.Site) []service.Target { return polled(s, "sqs", "") },
	},
	{
		ID: "lambda.poll.dynamodb", Caller: "function role",
		Actions: []string{"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"}, Resource: "<EventSourceArn>",
		Why:  "Lambda reads the stream of the table; asked when the mapping is made",
		Need: service.Stops, Basis: service.Documented, Source: guide + "services-dynamodb-eventsourcemapping.html",
		Targets: func(s *service.Site) []service.Target { return polled(s, "dynamodb", "") },
	},
	{
		ID: "lambda.poll.dynamodb.list", Caller: "function role",
		Actions: []string{"dynamodb:ListStreams"}, Resource: "*",
		Why:  "lists the streams",
		Need: service.Listed, Basis: service.Documented, Source: guide + "services-dynamodb-eventsourcemapping.html",
		Targets: func(s *service.Site) []service.Target { return polled(s, "dynamodb", "*") },
	},
	{
		ID: "lambda.poll.kinesis", Caller: "function role",
		Actions: []string{"kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream"}, Resource: "<EventSourceArn>",
		Why:  "Lambda reads the stream; asked when the mapping is made",
		Need: service.Stops, Basis: service.Documented, Source: guide + "services-kinesis-create.html",
		Targets: func(s *service.Site) []service.Target { return polled(s, "kinesis", "") },
	},
	{
		ID: "lambda.poll.kinesis.more", Caller: "function role",
		Actions: []string{"kinesis:DescribeStreamSummary", "kinesis:ListShards"}, Resource: "<EventSourceArn>",
		Why:  "looks at the shards of the stream",
		Need: service.Listed, Basis: service.Documented, Source: guide + "services-kinesis-create.html",
		Targets: func(s *service.Site) []service.Target { return polled(s, "kinesis", "") },
	},
	{
		ID: "lambda.poll.failure", Caller: "function role",
		Resource: "<DestinationConfig.OnFailure.Destination>",
		Why:      "sends a record of what failed",
		Need:     service.Degrades, Lost: "nobody learns which records failed", Basis: service.Documented, Source: guide + "kinesis-on-failure-destination.html",
		Targets: func(s *service.Site) []service.Target {
			return destination(s, roleOf(s), s.Resource.Prop("DestinationConfig", "OnFailure", "Destination"), "destination of failures")
		},
	},
}

// destinationRows: what becomes of an asynchronous invocation.
var destinationRows = []service.Row{{
	ID: "lambda.destination", Caller: "function role",
	Resource: "<DestinationConfig.…Destination>",
	Why:      "sends a record of the invocation; asked when the destination is set",
	Need:     service.Stops, Basis: service.Documented, Source: guide + "invocation-async-retain-records.html",
	Targets: func(s *service.Site) []service.Target {
		ts := destination(s, roleOf(s), s.Resource.Prop("DestinationConfig", "OnSuccess", "Destination"), "destination of successes")
		return append(ts, destination(s, roleOf(s), s.Resource.Prop("DestinationConfig", "OnFailure", "Destination"), "destination of failures")...)
	},
}}

// roleOf is the role of the function that the resource names, "" where no
// stack declares it.
func roleOf(s *service.Site) string {
	name, _ := function(cloud.Text(s.Resource.Prop("FunctionName")))
	sure, _ := find(s.Model, s.Resource, cloud.Text(s.Resource.Prop("FunctionName")), name)
	if len(sure) != 1 {
		return ""
	}
	return s.RoleARN(cloud.Text(sure[0].Prop("Role")), sure[0].Account)
}

// polled is the source of the mapping if it is of a service.
func polled(s *service.Site, svc, resource string) []service.Target {
	n := s.Resource.Prop("EventSourceArn")
	text, role := cloud.Text(n), roleOf(s)
	a, err := arn.Parse(text)
	if err != nil || a.Service != svc || role == "" {
		return nil
	}
	if svc == "kinesis" && strings.Contains(a.Resource, "/consumer/") {
		return nil // an enhanced consumer subscribes instead
	}
	t := service.Target{Caller: iam.Principal{ARN: role}, Resource: text, Account: a.Account, At: n.Where(), What: "event source " + a.Name()}
	if resource != "" {
		t.Resource, t.Account = resource, ""
	}
	return []service.Target{t}
}
