package logs

import (
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-"

const groupType = "AWS::Logs::LogGroup"

// types are the resources of CloudWatch Logs.
//
// The ARN of a log group has no ":*" at its end, while its attribute Arn has
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html#CWL_ARN_Format).
var types = []service.Type{
	{
		Name: groupType, Source: page + "loggroup.html",
		ARNs:     []string{"KmsKeyId"},
		NameProp: "LogGroupName",
		ARN:      "arn:${Partition}:logs:${Region}:${Account}:log-group:${Name}",
		Attrs:    map[string]string{"Arn": "${ARN}:*"},
		Props: []string{
			"BearerTokenAuthenticationEnabled", "DataProtectionPolicy", "DeletionProtectionEnabled",
			"FieldIndexPolicies", "KmsKeyId", "LogGroupClass", "LogGroupName", "ResourcePolicyDocument",
			"RetentionInDays", "Tags",
		},
		Attach: attachGroup,
	},
	{
		Name: "AWS::Logs::LogStream", Source: page + "logstream.html",
		NameProp: "LogStreamName",
		ARN:      "arn:${Partition}:logs:${Region}:${Account}:log-group:${Prop:LogGroupName}:log-stream:${Name}",
		Props: []string{
			"LogGroupName", "LogStreamName",
		},
	},
	{
		Name: "AWS::Logs::ResourcePolicy", Source: page + "resourcepolicy.html",
		NameProp: "PolicyName",
		Props: []string{
			"PolicyDocument", "PolicyName",
		},
		Attach: attachPolicy,
	},
	{
		// What the CDK makes in place of it, for targets of EventBridge and
		// domains of OpenSearch: a call by a function of its own
		// (https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources.AwsCustomResource.html).
		Name: customPolicy, Source: "https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources.AwsCustomResource.html",
		Ref: "${Any:PhysicalResourceId}", Free: true,
		Attach: attachCustomPolicy,
	},
	{
		Name: "AWS::Logs::MetricFilter", Source: page + "metricfilter.html",
		NameProp: "FilterName",
		Props: []string{
			"ApplyOnTransformedLogs", "EmitSystemFieldDimensions", "FieldSelectionCriteria", "FilterName",
			"FilterPattern", "LogGroupName", "MetricTransformations",
		},
	},
	{
		Name: "AWS::Logs::SubscriptionFilter", Source: page + "subscriptionfilter.html",
		ARNs:     []string{"DestinationArn", "RoleArn"},
		Names:    []string{"LogGroupName"},
		NameProp: "FilterName",
		Props: []string{
			"ApplyOnTransformedLogs", "DestinationArn", "Distribution", "EmitSystemFields", "FieldSelectionCriteria",
			"FilterName", "FilterPattern", "LogGroupName", "RoleArn",
		},
	},
	{
		Name: "AWS::Logs::Destination", Source: page + "destination.html",
		NameProp: "DestinationName",
		ARN:      "arn:${Partition}:logs:${Region}:${Account}:destination:${Name}",
		Props: []string{
			"DestinationName", "DestinationPolicy", "RoleArn", "Tags", "TargetArn",
		},
		Declare: declareDestination,
	},
	{
		Name: "AWS::Logs::QueryDefinition", Source: page + "querydefinition.html",
		Ref:   "${Hole:QueryDefinitionId}",
		Attrs: map[string]string{"QueryDefinitionId": "${Ref}"},
		Props: []string{
			"LogGroupNames", "Name", "Parameters", "QueryLanguage", "QueryString",
		},
	},
	{
		Name: "AWS::Logs::Delivery", Source: page + "delivery.html",
		Ref:   "${Hole:DeliveryId}",
		ARN:   "arn:${Partition}:logs:${Region}:${Account}:delivery:${Ref}",
		Attrs: map[string]string{"DeliveryId": "${Ref}", "DeliveryDestinationType": "${Hole:DeliveryDestinationType}"},
		Props: []string{
			"DeliveryDestinationArn", "DeliverySourceName", "FieldDelimiter", "RecordFields",
			"S3EnableHiveCompatiblePath", "S3SuffixPath", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::Logs::DeliveryDestination", Source: page + "deliverydestination.html",
		NameProp: "Name",
		ARN:      "arn:${Partition}:logs:${Region}:${Account}:delivery-destination:${Name}",
		Props: []string{
			"DeliveryDestinationPolicy", "DeliveryDestinationType", "DestinationResourceArn", "Name", "OutputFormat",
			"Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::Logs::DeliverySource", Source: page + "deliverysource.html",
		NameProp: "Name",
		ARN:      "arn:${Partition}:logs:${Region}:${Account}:delivery-source:${Name}",
		Props: []string{
			"DeliverySourceConfiguration", "LogType", "Name", "ResourceArn", "Tags",
		},
		Declare: cloud.Tagged,
	},
}

// attachGroup reads the key; log data is always encrypted, with keys of AWS
// where none is named
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html).
func attachGroup(m *cloud.Model, r *cloud.Resource) {
	r.ReadTags("")
	r.Encryption = cloud.EncryptWith(m, r, r.Prop("KmsKeyId"))
	if r.Encryption == nil {
		r.Encryption = &cloud.Encryption{Mode: cloud.AWSOwned, Span: r.Span}
	}
	if n := r.Prop("ResourcePolicyDocument"); n != nil && n.Kind != doc.Null {
		r.Policies = append(r.Policies, m.Attachment(r, n, iam.Resource, "the log group's policy"))
	}
}

// attachPolicy puts a policy of the account and region on each of its log
// groups and destinations; its Resource elements say which it means
// (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html).
func attachPolicy(m *cloud.Model, r *cloud.Resource) {
	a := m.Attachment(r, r.Prop("PolicyDocument"), iam.Resource, r.Name)
	for g := range m.OfType(groupType) {
		if g.Account == r.Account && g.Region == r.Region {
			g.Policies = append(g.Policies, a)
		}
	}
}

const customPolicy = "Custom::CloudwatchLogResourcePolicy"

// attachCustomPolicy reads the policy out of the call that the custom resource
// makes when it is created: JSON text in JSON text.
func attachCustomPolicy(m *cloud.Model, r *cloud.Resource) {
	n := r.Prop("Create")
	if n == nil || n.Kind != doc.String {
		return
	}
	call, err := cloud.ParseText(n)
	if err != nil || call.Get("action").Str() != "putResourcePolicy" {
		return
	}
	a := m.Attachment(r, call.At("parameters", "policyDocument"), iam.Resource, call.At("parameters", "policyName").Str())
	for g := range m.OfType(groupType) {
		if g.Account == r.Account && g.Region == r.Region {
			g.Policies = append(g.Policies, a)
		}
	}
}

func declareDestination(m *cloud.Model, r *cloud.Resource) {
	r.ReadTags("")
	if n := r.Prop("DestinationPolicy"); n != nil && n.Kind != doc.Null {
		r.Policies = append(r.Policies, m.Attachment(r, n, iam.Resource, "the destination's policy"))
	}
}
