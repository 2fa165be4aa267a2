package sns

import (
	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/service"
)

// actions: the manual approval (row 13 of the provider list), which publishes
// to a topic where it is given one.
var actions = []service.Action{{
	Category: "Approval", Owner: "AWS", Provider: "Manual",
	Rows: []service.Row{{
		ID: "sns.approval", Caller: "pipeline or action role",
		Actions: []string{"sns:Publish"}, Resource: "<NotificationArn>",
		Why:  "tells the approvers",
		Need: service.Stops, Basis: service.Documented,
		Source:  "https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals-iam-permissions-service-role.html",
		Targets: notify,
	}},
}}

func notify(s *service.Site) []service.Target {
	topic := s.Action.Get("NotificationArn")
	if topic == "" {
		return nil
	}
	return []service.Target{{
		Resource: topic, Account: arn.Account(topic), At: s.Action.Config.Get("NotificationArn").Where(), What: "approval topic",
	}}
}

// effects: a topic that is encrypted with a customer managed key makes two
// calls with the publisher's rights.
var effects = []service.Effect{{
	ID: "sns.encrypt", Actions: []string{"sns:Publish"},
	Source: "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#allow-publisher-to-send-messages", Basis: service.Documented,
	Why:  "SNS encrypts the message with the publisher's rights",
	Then: encrypt,
}}

func encrypt(s *service.Site, c *service.Call) []service.Caused {
	topic := s.Model.Resource(c.Request.Resource)
	if topic == nil || topic.Encryption == nil || topic.Encryption.Mode != cloud.Customer {
		return nil
	}
	t := service.UseKey(s, c, "sns", topic.Encryption)
	if c.Request.Principal.Service != "" {
		// A service principal publishes as itself: there is no account of a
		// caller, and what else it sends differs
		// (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services).
		t.Context = service.Unknown("kms:ViaService", "kms:CallerAccount", "aws:SourceArn", "aws:SourceAccount")
	}
	t.Context.Set("kms:EncryptionContext:aws:sns:topicArn", topic.ARN)
	t.Context.Put("kms:EncryptionContextKeys", iam.ContextValue{State: iam.Known, Values: []string{"aws:sns:topicArn"}, Multi: true})
	return []service.Caused{{Actions: []string{"kms:GenerateDataKey", "kms:Decrypt"}, Target: t}}
}
