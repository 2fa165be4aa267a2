package sns

import (
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

const (
	principal    = "sns.amazonaws.com"
	queuePage    = "https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html"
	functionPage = "https://docs.aws.amazon.com/sns/latest/dg/lambda-prerequisites.html"
	firehosePage = "https://docs.aws.amazon.com/sns/latest/dg/prereqs-kinesis-data-firehose.html"
)

// jobs: a message that a topic hands on, to the subscriptions that stand in
// the topic or by themselves.
var jobs = []service.Job{
	{
		Type:  topicType,
		Alone: func(s *service.Site) bool { return len(subscriptions(s)) > 0 },
		Rows:  deliverRows("topic"),
	},
	{
		Type:  "AWS::SNS::Subscription",
		Alone: func(s *service.Site) bool { return len(subscriptions(s)) > 0 },
		Rows: append(deliverRows("subscription"), service.Row{
			ID: "sns.subscribe", Caller: "whoever makes the subscription, in another account than the topic",
			Actions: []string{"sns:Subscribe"}, Resource: "<TopicArn>",
			Why:  "subscribes to a topic of another account",
			Need: service.Stops, Basis: service.Documented,
			Source:  "https://docs.aws.amazon.com/sns/latest/dg/sns-send-message-to-sqs-cross-account.html",
			Targets: subscribe,
		}),
	},
}

// deliverRows are the same calls for both ways to write a subscription.
func deliverRows(from string) []service.Row {
	return []service.Row{
		{
			ID: "sns." + from + ".queue", Caller: principal,
			Actions: []string{"sqs:SendMessage"}, Resource: "<Endpoint>",
			Context: "aws:SourceArn = the topic",
			Why:     "hands the message on to the queue",
			Need:    service.Stops, Basis: service.Documented, Source: queuePage,
			Targets: func(s *service.Site) []service.Target { return deliver(s, "sqs") },
		},
		{
			ID: "sns." + from + ".function", Caller: principal,
			Actions: []string{"lambda:InvokeFunction"}, Resource: "<Endpoint>",
			Context: "aws:SourceArn = the topic",
			Why:     "hands the message on to the function",
			Need:    service.Stops, Basis: service.Documented, Source: functionPage,
			Targets: func(s *service.Site) []service.Target { return deliver(s, "lambda") },
		},
		{
			ID: "sns." + from + ".firehose.assume", Caller: principal,
			Actions: []string{"sts:AssumeRole"}, Resource: "<SubscriptionRoleArn>",
			Why:  "takes on the role of the subscription",
			Need: service.Stops, Basis: service.Documented, Source: firehosePage,
			Targets: firehoseRole,
		},
		{
			ID: "sns." + from + ".firehose", Caller: "role of the subscription",
			Actions: []string{"firehose:PutRecord", "firehose:PutRecordBatch"}, Resource: "<Endpoint>",
			Why:  "hands the message on to the delivery stream",
			Need: service.Stops, Basis: service.Documented, Source: firehosePage,
			Targets: firehose,
		},
		{
			ID: "sns." + from + ".dlq", Caller: principal,
			Actions: []string{"sqs:SendMessage"}, Resource: "<RedrivePolicy.deadLetterTargetArn>",
			Context: "aws:SourceArn = the topic",
			Why:     "keeps messages that could not be delivered",
			Need:    service.Degrades, Lost: "messages that are not delivered are lost", Basis: service.Documented,
			Source:  "https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html",
			Targets: deadLetters,
		},
	}
}

// A subscription of the site's resource.
type subscription struct {
	node               *doc.Node
	protocol, endpoint string
	topic              string // ARN
}

func subscriptions(s *service.Site) []subscription {
	one := func(n *doc.Node, topic string) (subscription, bool) {
		sub := subscription{n, n.Get("Protocol").Str(), cloud.Text(n.Get("Endpoint")), topic}
		switch sub.protocol {
		case "sqs", "lambda", "firehose":
			return sub, sub.endpoint != "" && topic != ""
		}
		return sub, false
	}
	var out []subscription
	if s.Resource.Type == topicType {
		for n := range s.Resource.Prop("Subscription").Elems() {
			if sub, ok := one(n, s.Resource.ARN); ok {
				out = append(out, sub)
			}
		}
		return out
	}
	if sub, ok := one(s.Resource.Props, cloud.Text(s.Resource.Prop("TopicArn"))); ok {
		out = append(out, sub)
	}
	return out
}

// deliver: SNS names the topic to queues and functions; that it names the
// topic's account as well is not on these pages.
func deliver(s *service.Site, protocol string) []service.Target {
	var ts []service.Target
	for _, sub := range subscriptions(s) {
		if sub.protocol != protocol {
			continue
		}
		ts = append(ts, service.Target{
			Caller: iam.Principal{Service: principal}, Resource: sub.endpoint, Account: arn.Account(sub.endpoint), At: sub.node.Get("Endpoint").Where(),
			What: "subscriber of topic " + match.Render(name(sub.topic)), Context: from(sub.topic),
		})
	}
	return ts
}

func from(topic string) iam.Context {
	c := service.Context("aws:SourceArn", topic)
	if a := arn.Account(topic); a != "" {
		c.Put("aws:SourceAccount", iam.ContextValue{State: iam.Known, Values: []string{a}, Optional: true})
	}
	return c
}

func name(topic string) string {
	if a, err := arn.Parse(topic); err == nil {
		return a.Resource
	}
	return topic
}

func firehoseRole(s *service.Site) []service.Target {
	var ts []service.Target
	for _, sub := range subscriptions(s) {
		n := sub.node.Get("SubscriptionRoleArn")
		if role := cloud.Text(n); sub.protocol == "firehose" && role != "" {
			ts = append(ts, service.Target{
				Caller: iam.Principal{Service: principal}, Resource: role, Account: arn.Account(role), At: n.Where(), What: "role of the subscription",
			})
		}
	}
	return ts
}

func firehose(s *service.Site) []service.Target {
	var ts []service.Target
	for _, sub := range subscriptions(s) {
		if role := cloud.Text(sub.node.Get("SubscriptionRoleArn")); sub.protocol == "firehose" && role != "" {
			ts = append(ts, service.Target{
				Caller: iam.Principal{ARN: role}, Resource: sub.endpoint, Account: arn.Account(sub.endpoint), At: sub.node.Get("Endpoint").Where(), What: "delivery stream",
			})
		}
	}
	return ts
}

func deadLetters(s *service.Site) []service.Target {
	var ts []service.Target
	for _, sub := range subscriptions(s) {
		n := sub.node.At("RedrivePolicy", "deadLetterTargetArn")
		if q := cloud.Text(n); q != "" {
			ts = append(ts, service.Target{
				Caller: iam.Principal{Service: principal}, Resource: q, Account: arn.Account(q), At: n.Where(),
				What: "dead-letter queue", Context: from(sub.topic),
			})
		}
	}
	return ts
}

// subscribe: who makes the subscription is not known, its account is.
func subscribe(s *service.Site) []service.Target {
	var ts []service.Target
	for _, sub := range subscriptions(s) {
		account := arn.Account(sub.topic)
		if account == "" || account == s.Resource.Account || match.HasHole(account) || strings.Contains(s.Resource.Account, "\x00") {
			continue
		}
		t := service.Target{
			Caller:   iam.Principal{ARN: s.ARNIn("iam", "", s.Resource.Account, "role/"+match.Hole(match.Path, "whoever deploys "+s.Resource.ID()))},
			Resource: sub.topic, Account: account, At: s.Resource.Span, What: "topic of another account",
		}
		t.Context.Set("sns:Protocol", sub.protocol)
		t.Context.Set("sns:Endpoint", sub.endpoint)
		ts = append(ts, t)
	}
	return ts
}
