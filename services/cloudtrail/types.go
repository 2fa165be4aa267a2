package cloudtrail

import (
	"penstock/cloud"
	"penstock/iam"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudtrail-"

// types are the resources of CloudTrail.
var types = []service.Type{
	{
		Name: "AWS::CloudTrail::Trail", Source: page + "trail.html",
		ARNs:     []string{"CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn"},
		Names:    []string{"S3BucketName"},
		NameProp: "TrailName",
		ARN:      "arn:${Partition}:cloudtrail:${Region}:${Account}:trail/${Name}",
		Attrs:    map[string]string{"SnsTopicArn": "arn:${Partition}:sns:${Region}:${Account}:${Last:SnsTopicName}"},
		Props: []string{
			"AdvancedEventSelectors", "AggregationConfigurations", "CloudWatchLogsLogGroupArn",
			"CloudWatchLogsRoleArn", "EnableLogFileValidation", "EventSelectors", "IncludeGlobalServiceEvents",
			"InsightSelectors", "IsLogging", "IsMultiRegionTrail", "IsOrganizationTrail", "KMSKeyId", "S3BucketName",
			"S3KeyPrefix", "SnsTopicName", "Tags", "TrailName",
		},
		Attach: attachTrail,
	},
	{
		Name: "AWS::CloudTrail::EventDataStore", Source: page + "eventdatastore.html",
		NameProp: "Name",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:cloudtrail:${Region}:${Account}:eventdatastore/${Hole:EventDataStoreId}",
		Attrs:    map[string]string{"EventDataStoreArn": "${ARN}"},
		Props: []string{
			"AdvancedEventSelectors", "BillingMode", "ContextKeySelectors", "FederationEnabled", "FederationRoleArn",
			"IngestionEnabled", "InsightSelectors", "InsightsDestination", "KmsKeyId", "MaxEventSize",
			"MultiRegionEnabled", "Name", "OrganizationEnabled", "RetentionPeriod", "Tags",
			"TerminationProtectionEnabled",
		},
		Attach: attachStore,
	},
	{
		Name: "AWS::CloudTrail::Channel", Source: page + "channel.html",
		NameProp: "Name",
		Ref:      "${ARN}",
		ARN:      "arn:${Partition}:cloudtrail:${Region}:${Account}:channel/${Hole:ChannelId}",
		Attrs:    map[string]string{"ChannelArn": "${ARN}"},
		Props: []string{
			"Destinations", "Name", "Source", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::CloudTrail::ResourcePolicy", Source: page + "resourcepolicy.html",
		Ref: "${Prop:ResourceArn}",
		Props: []string{
			"ResourceArn", "ResourcePolicy",
		},
		Attach: attachPolicy,
	},
}

// attachTrail reads the key of the log files; without one they are encrypted
// as the bucket says
// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html).
func attachTrail(m *cloud.Model, r *cloud.Resource) {
	r.ReadTags("")
	r.Encryption = cloud.EncryptWith(m, r, r.Prop("KMSKeyId"))
}

func attachStore(m *cloud.Model, r *cloud.Resource) {
	r.ReadTags("")
	r.Encryption = cloud.EncryptWith(m, r, r.Prop("KmsKeyId"))
	if r.Encryption == nil {
		r.Encryption = &cloud.Encryption{Mode: cloud.AWSOwned, Span: r.Span}
	}
}

func attachPolicy(m *cloud.Model, r *cloud.Resource) {
	a := m.Attachment(r, r.Prop("ResourcePolicy"), iam.Resource, "the resource policy")
	m.GuardAlone(r, r.Prop("ResourceArn"), r.Region, a, "AWS::CloudTrail::EventDataStore", "AWS::CloudTrail::Channel")
}
