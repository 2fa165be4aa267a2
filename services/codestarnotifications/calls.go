package codestarnotifications

import (
	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/service"
)

const topicPage = "https://docs.aws.amazon.com/dtconsole/latest/userguide/set-up-sns.html"

// jobs: a notification rule whose event has happened.
var jobs = []service.Job{{
	Type: "AWS::CodeStarNotifications::NotificationRule",
	Alone: func(s *service.Site) bool {
		return s.Resource.Prop("Status").Str() != "DISABLED" && len(topics(s)) > 0
	},
	Rows: []service.Row{{
		ID: "codestar-notifications.publish", Caller: "codestar-notifications.amazonaws.com",
		Actions: []string{"sns:Publish"}, Resource: "<Targets.TargetAddress>",
		Why:  "tells of the event; a rule whose topic does not let it is shown as unreachable",
		Need: service.Stops, Basis: service.Documented, Source: topicPage,
		Targets: topics,
	}},
}}

func topics(s *service.Site) []service.Target {
	var ts []service.Target
	for n := range s.Resource.Prop("Targets").Elems() {
		text := cloud.Text(n.Get("TargetAddress"))
		if n.Get("TargetType").Str() != "SNS" || text == "" {
			continue
		}
		t := service.Target{
			Caller: iam.Principal{Service: "codestar-notifications.amazonaws.com"}, Resource: text, Account: arn.Account(text),
			At: n.Where(), What: "topic of the notification rule",
			Context: service.Unknown("aws:SourceArn", "aws:SourceAccount"),
		}
		// "If you want to use an existing topic, you must add a statement to its
		// policy" (topicPage): the policy that a topic has by default does not do.
		t.Context.SetAbsent("aws:SourceOwner")
		ts = append(ts, t)
	}
	return ts
}
