package sqs

import (
	"penstock/cloud"
	"penstock/iam"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-"

const queueType = "AWS::SQS::Queue"

// types are the resources of SQS. Ref of a queue is its URL.
var types = []service.Type{
	{
		Name: queueType, Source: page + "queue.html",
		ARNs:     []string{"RedrivePolicy.deadLetterTargetArn"},
		Guard:    &service.Guard{Type: "AWS::SQS::QueuePolicy", Of: "Queues", List: true, Document: "PolicyDocument"},
		NameProp: "QueueName",
		Ref:      "https://sqs.${Region}.${URLSuffix}/${Account}/${Name}",
		ARN:      "arn:${Partition}:sqs:${Region}:${Account}:${Name}",
		Attrs:    map[string]string{"QueueName": "${Name}", "QueueUrl": "${Ref}"},
		Props: []string{
			"ContentBasedDeduplication", "DeduplicationScope", "DelaySeconds", "FifoQueue", "FifoThroughputLimit",
			"KmsDataKeyReusePeriodSeconds", "KmsMasterKeyId", "MaximumMessageSize", "MessageRetentionPeriod",
			"QueueName", "ReceiveMessageWaitTimeSeconds", "RedriveAllowPolicy", "RedrivePolicy",
			"SqsManagedSseEnabled", "Tags", "VisibilityTimeout",
		},
		Attach: attachQueue,
	},
	{
		Name: "AWS::SQS::QueuePolicy", Source: page + "queuepolicy.html",
		Ref:   "${Hole:Id}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"PolicyDocument", "Queues",
		},
		Attach: attachPolicy,
	},
	{
		Name: "AWS::SQS::QueueInlinePolicy", Source: page + "queueinlinepolicy.html",
		Ref: "${Prop:Queue}",
		Props: []string{
			"PolicyDocument", "Queue",
		},
		Attach: attachPolicy,
	},
}

// attachQueue reads the encryption, which is with a key of SQS where no KMS
// key is named, and none at all where SqsManagedSseEnabled is false: neither
// makes a call to KMS
// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html).
func attachQueue(m *cloud.Model, r *cloud.Resource) {
	r.ReadTags("")
	r.Encryption = cloud.EncryptWith(m, r, r.Prop("KmsMasterKeyId"))
	if r.Encryption == nil {
		r.Encryption = &cloud.Encryption{Mode: cloud.AWSOwned, Span: r.Span}
	}
}

func attachPolicy(m *cloud.Model, r *cloud.Resource) {
	a := m.Attachment(r, r.Prop("PolicyDocument"), iam.Resource, "the queue policy")
	queues := r.Prop("Queues")
	if queues == nil {
		queues = r.Prop("Queue")
	}
	for n := range queues.Elems() {
		m.GuardAlone(r, n, r.Region, a, queueType)
	}
}
