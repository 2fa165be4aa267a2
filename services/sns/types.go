package sns

import (
	"slices"

	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-"

const topicType = "AWS::SNS::Topic"

// types are the resources of SNS.
var types = []service.Type{
	{
		Name: topicType, Source: page + "topic.html",
		Guard:    &service.Guard{Type: "AWS::SNS::TopicPolicy", Of: "Topics", List: true, Document: "PolicyDocument"},
		NameProp: "TopicName",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:sns:${Region}:${Account}:${Name}",
		Attrs:    map[string]string{"TopicArn": "${ARN}", "TopicName": "${Name}"},
		Props: []string{
			"ArchivePolicy", "ContentBasedDeduplication", "DataProtectionPolicy", "DeliveryStatusLogging",
			"DisplayName", "FifoThroughputScope", "FifoTopic", "KmsMasterKeyId", "MaximumMessageSize",
			"SignatureVersion", "Subscription", "Tags", "TopicName", "TracingConfig",
		},
		Declare: declareTopic, Attach: attachTopic,
	},
	{
		Name: "AWS::SNS::TopicPolicy", Source: page + "topicpolicy.html",
		Ref:   "${Hole:Id}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"PolicyDocument", "Topics",
		},
		Attach: attachPolicy,
	},
	{
		Name: "AWS::SNS::TopicInlinePolicy", Source: page + "topicinlinepolicy.html",
		Ref: "${Prop:TopicArn}",
		Props: []string{
			"PolicyDocument", "TopicArn",
		},
		Attach: attachPolicy,
	},
	{
		Name: "AWS::SNS::Subscription", Source: page + "subscription.html",
		ARNs: []string{"TopicArn", "SubscriptionRoleArn"},
		Ref:  "${ARN}",
		ARN:  "${Prop:TopicArn}:${Hole:SubscriptionId}",
		Props: []string{
			"DeliveryPolicy", "Endpoint", "FilterPolicy", "FilterPolicyScope", "Protocol", "RawMessageDelivery",
			"RedrivePolicy", "Region", "ReplayPolicy", "SubscriptionRoleArn", "TopicArn",
		},
	},
}

// declareTopic gives the topic its default policy, which a topic policy of a
// stack replaces.
func declareTopic(_ *cloud.Model, r *cloud.Resource) {
	r.ReadTags("")
	r.Policies = append(r.Policies, cloud.Attachment{
		Name: defaultName, Policy: defaultPolicy(r), Resource: r, Span: r.Span,
	})
}

// attachTopic reads the key. A topic without one is not encrypted with KMS
// (https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html).
func attachTopic(m *cloud.Model, r *cloud.Resource) {
	r.Encryption = cloud.EncryptWith(m, r, r.Prop("KmsMasterKeyId"))
	if r.Encryption == nil {
		r.Encryption = &cloud.Encryption{Mode: cloud.AWSOwned, Span: r.Span}
	}
}

// attachPolicy sets the policy of each topic that Topics or TopicArn names:
// it replaces what the topic had.
func attachPolicy(m *cloud.Model, r *cloud.Resource) {
	a := m.Attachment(r, r.Prop("PolicyDocument"), iam.Resource, "the topic policy")
	topics := r.Prop("Topics")
	if topics == nil {
		topics = r.Prop("TopicArn")
	}
	for n := range topics.Elems() {
		if len(n.Maybe) == 0 && len(r.Maybe) == 0 && n.Kind != doc.Unknown {
			sure, _ := m.Refer(cloud.Text(n), r.Account, r.Region, topicType)
			for _, t := range sure {
				t.Policies = slices.DeleteFunc(t.Policies, func(p cloud.Attachment) bool { return p.Name == defaultName })
			}
		}
		m.GuardAlone(r, n, r.Region, a, topicType)
	}
}

const defaultName = "the default topic policy"

// defaultPolicy is what SNS gives a new topic: everyone whom SNS says to act
// for the owner's account, by the key aws:SourceOwner, which SNS sets for
// services that publish for an account and which no other caller can set
// (https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html#source-account-versus-source-owner).
// A role of the owner's account is not such a caller: without a policy of its
// own it is refused with "no identity-based policy allows the SNS:Publish
// action" (reported often; not documented).
func defaultPolicy(r *cloud.Resource) *iam.Policy {
	at := func(s string) iam.Elem { return iam.Elem{Text: s, Span: r.Span} }
	s := iam.Statement{
		Sid: "__default_statement_ID", Effect: iam.Allow, Span: r.Span,
		HasPrincipal: true, Principals: []iam.PrincipalElem{{Type: iam.PrincipalAWS, Elem: at("*")}},
		HasResource: true, Resources: []iam.Elem{at(r.ARN)},
		Conditions: []iam.Condition{{
			Operator: "StringEquals", Key: "aws:SourceOwner", Values: []iam.Elem{at(r.Account)}, Span: r.Span,
		}},
	}
	for _, a := range [...]string{
		"AddPermission", "DeleteTopic", "GetTopicAttributes", "ListSubscriptionsByTopic", "Publish",
		"RemovePermission", "SetTopicAttributes", "Subscribe",
	} {
		s.Actions = append(s.Actions, at("sns:"+a))
	}
	return &iam.Policy{Kind: iam.Resource, Version: "2008-10-17", ID: "__default_policy_ID", Span: r.Span, Statements: []iam.Statement{s}}
}
