package sns

import (
	"fmt"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/iam"
	"penstock/match"
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
	if svc := c.Request.Principal.Service; svc != "" {
		t.Context = service.AsService(svc)
	}
	t.Context.Set("kms:EncryptionContext:aws:sns:topicArn", topic.ARN)
	t.Context.Put("kms:EncryptionContextKeys", iam.ContextValue{State: iam.Known, Values: []string{"aws:sns:topicArn"}, Multi: true})
	return []service.Caused{{Actions: []string{"kms:GenerateDataKey", "kms:Decrypt"}, Target: t}}
}

// checks: what no policy can mend.
var checks = []service.Check{{Code: "RUN051", On: "call", Find: managedKey}}

// managedKey finds a service that publishes to a topic which is encrypted with
// the AWS managed key.
func managedKey(s *service.Site, c *service.Call) []diag.Finding {
	if c.Request.Action != "sns:Publish" || c.Request.Principal.Service == "" {
		return nil
	}
	topic := s.Model.Resource(c.Request.Resource)
	if topic == nil || topic.Encryption == nil || topic.Encryption.Mode != cloud.AWSManaged {
		return nil
	}
	return []diag.Finding{{
		At: topic.Encryption.Span, Severity: diag.Error, Certainty: diag.Proved,
		Message: fmt.Sprintf("topic %s is encrypted with the AWS managed key alias/aws/sns, whose policy lets no service use it and cannot be changed: %s can never publish there; a customer managed key is needed",
			match.Render(topic.Name), c.Request.Principal.Service),
		Principal: c.Request.Principal.Service, Action: "kms:GenerateDataKey", Resource: topic.Encryption.Key, Layer: "resource",
		Related: []diag.Note{{At: c.Target.At, Message: "publishes to the topic"}},
		Fixes:   service.OwnKey(topic, topic.Prop("KmsMasterKeyId"), "KmsMasterKeyId", c.Request.Principal.Service),
	}}
}

var codes = []service.Code{{
	Code: "RUN051", Theorem: "runs",
	Fix:   "the only key of the template, or a new one, whose policy lets the service use it",
	Open:  "the template has several keys",
	Title: "a service publishes to a topic that is encrypted with the AWS managed key",
	Doc: `
A publisher to an encrypted topic must be able to call kms:GenerateDataKey and kms:Decrypt with the topic's key. The policy
of the AWS managed key ` + "`alias/aws/sns`" + ` lets the principals of the account do so through SNS. A service that publishes as
itself (events.amazonaws.com, cloudwatch.amazonaws.com, s3.amazonaws.com, codestar-notifications.amazonaws.com …) is none of
them, and nobody can change that policy.

**What AWS shows**: nothing. The message is not delivered; a rule counts FailedInvocations, an alarm notes in its history that
CloudWatch Alarms does not have authorization to access the SNS topic encryption key.

**Remedy**: a customer managed key, named in ` + "`KmsMasterKeyId`" + `, whose policy allows the service kms:GenerateDataKey* and
kms:Decrypt. For events.amazonaws.com that statement must not ask for aws:SourceArn or aws:SourceAccount: EventBridge does
not send them to KMS.

**Sources**
- https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
- https://repost.aws/knowledge-center/sns-not-getting-eventbridge-notification
- https://github.com/cloudposse/terraform-aws-guardduty/issues/10
`,
}}
