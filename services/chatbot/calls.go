package chatbot

import (
	"penstock/cloud"
	"penstock/service"
	"penstock/source"
)

const caller = "chatbot.amazonaws.com"

// jobs: a channel, whose role the service takes on when somebody writes there
// or a notice is shown.
var jobs = []service.Job{
	{Type: "AWS::Chatbot::SlackChannelConfiguration", Role: role, Principal: caller, AssumeSource: rolePage, Alone: always},
	{Type: "AWS::Chatbot::MicrosoftTeamsChannelConfiguration", Role: role, Principal: caller, AssumeSource: rolePage, Alone: always},
}

const rolePage = "https://docs.aws.amazon.com/chatbot/latest/adminguide/chatbot-iam-policies.html"

func always(*service.Site) bool { return true }

func role(s *service.Site) (string, source.Span) {
	n := s.Resource.Prop("IamRoleArn")
	return s.RoleARN(cloud.Text(n), s.Resource.Account), n.Where()
}
