package cloudwatch

import (
	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/service"
)

const alarmPage = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/"

// jobs: an alarm that goes off.
var jobs = []service.Job{
	{Type: "AWS::CloudWatch::Alarm", Alone: acts, Rows: alarmRows},
	{Type: "AWS::CloudWatch::CompositeAlarm", Alone: acts, Rows: alarmRows},
}

var alarmRows = []service.Row{
	{
		ID: "cloudwatch.alarm.topic", Caller: "cloudwatch.amazonaws.com",
		Actions: []string{"sns:Publish"}, Resource: "topic of AlarmActions, OKActions or InsufficientDataActions",
		Context: "aws:SourceArn = the alarm, aws:SourceAccount = its account",
		Why:     "tells that the alarm went off",
		Need:    service.Stops, Basis: service.Documented, Source: alarmPage + "Notify_Users_Alarm_Changes.html",
		Targets: func(s *service.Site) []service.Target { return actionsOf(s, "sns", "cloudwatch.amazonaws.com") },
	},
	{
		ID: "cloudwatch.alarm.function", Caller: "lambda.alarms.cloudwatch.amazonaws.com",
		Actions: []string{"lambda:InvokeFunction"}, Resource: "function of AlarmActions, OKActions or InsufficientDataActions",
		Context: "aws:SourceArn = the alarm, aws:SourceAccount = its account",
		Why:     "calls the function of the alarm",
		Need:    service.Stops, Basis: service.Documented, Source: alarmPage + "alarms-and-actions-Lambda.html",
		Targets: func(s *service.Site) []service.Target {
			return actionsOf(s, "lambda", "lambda.alarms.cloudwatch.amazonaws.com")
		},
	},
}

var actionProps = [...]string{"AlarmActions", "OKActions", "InsufficientDataActions"}

func acts(s *service.Site) bool {
	return len(actionsOf(s, "sns", ""))+len(actionsOf(s, "lambda", "")) > 0
}

// actionsOf are the actions of an alarm at a service, each once.
func actionsOf(s *service.Site, svc, principal string) []service.Target {
	if s.Resource.Prop("ActionsEnabled").Str() == "false" {
		return nil
	}
	var ts []service.Target
	seen := map[string]bool{}
	for _, prop := range actionProps {
		for n := range s.Resource.Prop(prop).Elems() {
			text := cloud.Text(n)
			a, err := arn.Parse(text)
			if err != nil || a.Service != svc || seen[text] {
				continue
			}
			seen[text] = true
			c := service.Context("aws:SourceArn", s.Resource.ARN, "aws:SourceAccount", s.Resource.Account)
			// The policy that a topic has by default lets alarms of its account
			// through by this key
			// (https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html#source-account-versus-source-owner).
			c.Put("aws:SourceOwner", iam.ContextValue{State: iam.Known, Values: []string{s.Resource.Account}, Optional: false})
			ts = append(ts, service.Target{
				Caller: iam.Principal{Service: principal}, Resource: text, Account: a.Account, At: n.Where(), What: "action of the alarm", Context: c,
			})
		}
	}
	return ts
}
