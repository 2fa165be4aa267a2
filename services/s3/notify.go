package s3

import (
	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/service"
)

const notifyPage = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html"

// jobs: a bucket that tells of its events. S3 asks every destination when the
// configuration is set: "Unable to validate the following destination
// configurations".
var jobs = []service.Job{{
	Type: bucketType,
	Alone: func(s *service.Site) bool {
		if s.Resource.Prop("ReplicationConfiguration") != nil || len(accessLog(s)) > 0 {
			return true
		}
		for _, k := range notified {
			if len(destinations(s, k)) > 0 {
				return true
			}
		}
		return false
	},
	Rows: append([]service.Row{
		{
			ID: "s3.notify.function", Caller: "s3.amazonaws.com",
			Actions: []string{"lambda:InvokeFunction"}, Resource: "<LambdaConfigurations.Function>",
			Context: "aws:SourceArn = the bucket, aws:SourceAccount = its account",
			Why:     "calls the function of the notification",
			Need:    service.Stops, Basis: service.Documented, Source: notifyPage,
			Targets: func(s *service.Site) []service.Target { return destinations(s, notified[0]) },
		},
		{
			ID: "s3.notify.queue", Caller: "s3.amazonaws.com",
			Actions: []string{"sqs:SendMessage"}, Resource: "<QueueConfigurations.Queue>",
			Context: "aws:SourceArn = the bucket, aws:SourceAccount = its account",
			Why:     "sends the notification to the queue",
			Need:    service.Stops, Basis: service.Documented, Source: notifyPage,
			Targets: func(s *service.Site) []service.Target { return destinations(s, notified[1]) },
		},
		{
			ID: "s3.notify.topic", Caller: "s3.amazonaws.com",
			Actions: []string{"sns:Publish"}, Resource: "<TopicConfigurations.Topic>",
			Context: "aws:SourceArn = the bucket, aws:SourceAccount = its account",
			Why:     "publishes the notification to the topic",
			Need:    service.Stops, Basis: service.Documented, Source: notifyPage,
			Targets: func(s *service.Site) []service.Target { return destinations(s, notified[2]) },
		},
	}, append(replication, accessLogs)...),
}}

var notified = [...][2]string{{"LambdaConfigurations", "Function"}, {"QueueConfigurations", "Queue"}, {"TopicConfigurations", "Topic"}}

func destinations(s *service.Site, kind [2]string) []service.Target {
	var ts []service.Target
	for n := range s.Resource.Prop("NotificationConfiguration", kind[0]).Elems() {
		text := cloud.Text(n.Get(kind[1]))
		if text == "" {
			continue
		}
		t := service.Target{
			Caller: iam.Principal{Service: "s3.amazonaws.com"}, Resource: text, Account: arn.Account(text), At: n.Get(kind[1]).Where(),
			What: "destination of the notification", Context: service.Context("aws:SourceArn", s.Resource.ARN, "aws:SourceAccount", s.Resource.Account),
		}
		// The policy that a topic has by default, for its owner's account, does
		// not let S3 in: AWS's page gives the topic one for it.
		t.Context.SetAbsent("aws:SourceOwner")
		ts = append(ts, t)
	}
	return ts
}
