package sqs

import (
	"fmt"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc/splice"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

const keyPage = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html#sqs-what-permissions-for-sse"

// effects: a queue that is encrypted with a customer managed key uses it with
// the rights of whoever sends and receives.
var effects = []service.Effect{
	{
		ID: "sqs.encrypt", Actions: []string{"sqs:SendMessage"}, Source: keyPage, Basis: service.Documented,
		Why: "SQS encrypts the message with the sender's rights",
		Then: func(s *service.Site, c *service.Call) []service.Caused {
			return useKey(s, c, "kms:GenerateDataKey", "kms:Decrypt")
		},
	},
	{
		ID: "sqs.decrypt", Actions: []string{"sqs:ReceiveMessage"}, Source: keyPage, Basis: service.Documented,
		Why:  "SQS decrypts the message with the receiver's rights",
		Then: func(s *service.Site, c *service.Call) []service.Caused { return useKey(s, c, "kms:Decrypt") },
	},
}

func useKey(s *service.Site, c *service.Call, actions ...string) []service.Caused {
	queue := s.Model.Resource(c.Request.Resource)
	if queue == nil || queue.Encryption == nil || queue.Encryption.Mode != cloud.Customer {
		return nil
	}
	t := service.UseKey(s, c, "sqs", queue.Encryption)
	if svc := c.Request.Principal.Service; svc != "" {
		// That EventBridge sends no source, AWS says of topics only; the CDK
		// makes keys of queues that ask for it
		// (https://github.com/aws/aws-cdk/pull/22766).
		t.Context = service.Unknown("kms:ViaService", "kms:CallerAccount", "aws:SourceArn", "aws:SourceAccount")
	}
	t.Context.Set("kms:EncryptionContext:aws:sqs:arn", queue.ARN)
	t.Context.Put("kms:EncryptionContextKeys", iam.ContextValue{State: iam.Known, Values: []string{"aws:sqs:arn"}, Multi: true})
	return []service.Caused{{Actions: actions, Target: t}}
}

// checks: what no policy can mend.
var checks = []service.Check{{Code: "RUN053", On: "call", Find: managedKey}}

// ownEncryption lets SQS encrypt with a key of its own, which takes no
// permission
// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-sqs-sse-queue.html).
func ownEncryption(queue *cloud.Resource) []diag.Fix {
	if queue.Prop("KmsMasterKeyId") == nil || queue.Prop("SqsManagedSseEnabled") != nil {
		return nil
	}
	edits, err := splice.RemoveField(queue.Props, "KmsMasterKeyId")
	if err != nil {
		return nil
	}
	set, err := splice.SetField(queue.Props, "SqsManagedSseEnabled", splice.Bool(true))
	return service.Fixed("let SQS encrypt "+queue.ID()+" with its own key", append(edits, set...), err)
}

// managedKey finds a service that sends to a queue which is encrypted with the
// AWS managed key.
func managedKey(s *service.Site, c *service.Call) []diag.Finding {
	if c.Request.Action != "sqs:SendMessage" || c.Request.Principal.Service == "" {
		return nil
	}
	queue := s.Model.Resource(c.Request.Resource)
	if queue == nil || queue.Encryption == nil || queue.Encryption.Mode != cloud.AWSManaged {
		return nil
	}
	f := diag.Finding{
		At: queue.Encryption.Span, Severity: diag.Error, Certainty: diag.Proved,
		Message: fmt.Sprintf("queue %s is encrypted with the AWS managed key alias/aws/sqs, whose policy lets no service use it and cannot be changed: %s can never send there; encryption with SqsManagedSseEnabled or with a customer managed key is needed",
			match.Render(queue.Name), c.Request.Principal.Service),
		Principal: c.Request.Principal.Service, Action: "kms:GenerateDataKey", Resource: queue.Encryption.Key, Layer: "resource",
		Related: []diag.Note{{At: c.Target.At, Message: "sends to the queue"}},
	}
	f.Fixes = ownEncryption(queue)
	if c.Row.Need != service.Stops {
		f.Severity = diag.Warning
	}
	return []diag.Finding{f}
}

var codes = []service.Code{{
	Code: "RUN053", Theorem: "runs",
	Fix:   "encryption with SQS's own key",
	Open:  "the key comes from elsewhere than a property of the queue",
	Title: "a service sends to a queue that is encrypted with the AWS managed key",
	Doc: `
A sender to a queue that is encrypted with a KMS key must be able to call kms:GenerateDataKey and kms:Decrypt with that key.
The policy of the AWS managed key ` + "`alias/aws/sqs`" + ` lets the principals of the account do so through SQS. A service that
sends as itself (sns.amazonaws.com, events.amazonaws.com, s3.amazonaws.com) is none of them, and nobody can change that
policy.

**What AWS shows**: nothing but a metric (NumberOfNotificationsFailed of a topic, FailedInvocations of a rule); for an S3
notification ` + "`Unable to validate the following destination configurations`" + `.

**Remedy**: SQS's own encryption (` + "`SqsManagedSseEnabled: true`" + ` and no ` + "`KmsMasterKeyId`" + `), which asks nobody for rights, or a
customer managed key whose policy allows the service kms:GenerateDataKey and kms:Decrypt.

**Sources**
- https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html#compatibility-with-aws-services
- https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html#eb-sqs-encrypted
- https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html
`,
}}
