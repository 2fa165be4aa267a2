package dynamodb

import (
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-"

// types are the resources of DynamoDB.
var types = []service.Type{
	{
		Name: "AWS::DynamoDB::Table", Source: page + "table.html",
		NameProp: "TableName",
		ARN:      "arn:${Partition}:dynamodb:${Region}:${Account}:table/${Name}",
		Attrs:    map[string]string{"StreamArn": "${ARN}/stream/${Hole:StreamLabel}"},
		Props: []string{
			"AttributeDefinitions", "BillingMode", "ContributorInsightsSpecification", "DeletionProtectionEnabled",
			"GlobalSecondaryIndexes", "ImportSourceSpecification", "KeySchema", "KinesisStreamSpecification",
			"LocalSecondaryIndexes", "OnDemandThroughput", "PointInTimeRecoverySpecification",
			"ProvisionedThroughput", "ResourcePolicy", "SSESpecification", "StreamSpecification", "TableClass",
			"TableName", "Tags", "TimeToLiveSpecification", "VectorIndexes", "WarmThroughput",
		},
		Attach: attachTable,
	},
	{
		Name: "AWS::DynamoDB::GlobalTable", Source: page + "globaltable.html",
		NameProp: "TableName",
		ARN:      "arn:${Partition}:dynamodb:${Region}:${Account}:table/${Name}",
		Attrs:    map[string]string{"StreamArn": "${ARN}/stream/${Hole:StreamLabel}", "TableId": "${Hole:TableId}"},
		Props: []string{
			"AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes", "GlobalTableSourceArn",
			"GlobalTableWitnesses", "KeySchema", "LocalSecondaryIndexes", "MultiRegionConsistency",
			"ReadOnDemandThroughputSettings", "ReadProvisionedThroughputSettings", "Replicas", "SSESpecification",
			"StreamSpecification", "TableName", "TimeToLiveSpecification", "VectorIndexes", "WarmThroughput",
			"WriteOnDemandThroughputSettings", "WriteProvisionedThroughputSettings",
		},
	},
}

// attachTable reads the encryption, with a key that AWS owns unless
// SSESpecification turns KMS on
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/EncryptionAtRest.html),
// and the table's own policy.
func attachTable(m *cloud.Model, r *cloud.Resource) {
	r.ReadTags("")
	r.Encryption = &cloud.Encryption{Mode: cloud.AWSOwned, Span: r.Span}
	if sse := r.Prop("SSESpecification"); sse.Get("SSEEnabled").Str() == "true" {
		r.Encryption = cloud.EncryptWith(m, r, sse.Get("KMSMasterKeyId"))
		if r.Encryption == nil {
			r.Encryption = &cloud.Encryption{Mode: cloud.AWSManaged, Key: "alias/aws/dynamodb", Span: sse.Span}
		}
	}
	if n := r.Prop("ResourcePolicy", "PolicyDocument"); n != nil && n.Kind != doc.Null {
		r.Policies = append(r.Policies, m.Attachment(r, n, iam.Resource, "the table's policy"))
	}
}
