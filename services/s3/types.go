package s3

import (
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-"

const bucketType = "AWS::S3::Bucket"

// types are the resources of S3.
var types = []service.Type{
	{
		Name: bucketType, Source: page + "bucket.html",
		ARNs:     []string{"NotificationConfiguration.LambdaConfigurations[].Function", "NotificationConfiguration.QueueConfigurations[].Queue", "NotificationConfiguration.TopicConfigurations[].Topic", "ReplicationConfiguration.Role", "ReplicationConfiguration.Rules[].Destination.Bucket"},
		Names:    []string{"LoggingConfiguration.DestinationBucketName"},
		Guard:    &service.Guard{Type: "AWS::S3::BucketPolicy", Of: "Bucket", Document: "PolicyDocument"},
		NameProp: "BucketName", Lower: true,
		ARN: "arn:${Partition}:s3:::${Name}",
		Attrs: map[string]string{
			"DomainName":          "${Name}.s3.${URLSuffix}",
			"DualStackDomainName": "${Name}.s3.dualstack.${Region}.${URLSuffix}",
			"RegionalDomainName":  "${Name}.s3.${Region}.${URLSuffix}",
		},
		Props: []string{
			"AbacStatus", "AccelerateConfiguration", "AccessControl", "AnalyticsConfigurations", "BucketEncryption",
			"BucketName", "BucketNamePrefix", "BucketNamespace", "CorsConfiguration",
			"IntelligentTieringConfigurations", "InventoryConfigurations", "LifecycleConfiguration",
			"LoggingConfiguration", "MetadataConfiguration", "MetadataTableConfiguration", "MetricsConfigurations",
			"NotificationConfiguration", "ObjectLockConfiguration", "ObjectLockEnabled", "OwnershipControls",
			"PublicAccessBlockConfiguration", "ReplicationConfiguration", "Tags", "VersioningConfiguration",
			"WebsiteConfiguration",
		},
		Attach: attachBucket,
	},
	{
		Name: "AWS::S3::BucketPolicy", Source: page + "bucketpolicy.html",
		Names: []string{"Bucket"},
		Ref:   "${Prop:Bucket}",
		Props: []string{
			"Bucket", "PolicyDocument",
		},
		Attach: attachBucketPolicy,
	},
	{
		Name: "AWS::S3::AccessPoint", Source: page + "accesspoint.html",
		NameProp: "Name", Lower: true,
		ARN:   "arn:${Partition}:s3:${Region}:${Account}:accesspoint/${Name}",
		Attrs: map[string]string{"Name": "${Name}", "Alias": "${Hole:Alias}", "NetworkOrigin": "${Hole:NetworkOrigin}"},
		Props: []string{
			"Bucket", "BucketAccountId", "Name", "Policy", "PublicAccessBlockConfiguration", "Tags",
			"VpcConfiguration",
		},
		Declare: declareAccessPoint,
	},
	{
		Name: "AWS::S3::MultiRegionAccessPoint", Source: page + "multiregionaccesspoint.html",
		NameProp: "Name", Lower: true,
		ARN:   "arn:${Partition}:s3::${Account}:accesspoint/${Hole:Alias}",
		Attrs: map[string]string{"Alias": "${Hole:Alias}"},
		Props: []string{
			"Name", "PublicAccessBlockConfiguration", "Regions",
		},
	},
	{
		Name: "AWS::S3::MultiRegionAccessPointPolicy", Source: page + "multiregionaccesspointpolicy.html",
		Ref:   "${Prop:MrapName}",
		Attrs: map[string]string{"PolicyStatus": "${Hole:PolicyStatus}", "PolicyStatus.IsPublic": "${Hole:IsPublic}"},
		Props: []string{
			"MrapName", "Policy",
		},
		Attach: attachMultiRegion,
	},
}

func attachBucket(m *cloud.Model, r *cloud.Resource) {
	r.ReadTags("")
	r.Encryption = encryption(m, r)
	refusedAtBirth(m, r)
}

// encryption reads the bucket's default encryption. A bucket without one is
// encrypted with keys that S3 owns (SSE-S3), as every new object is since
// January 2023
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html).
func encryption(m *cloud.Model, r *cloud.Resource) *cloud.Encryption {
	owned := &cloud.Encryption{Mode: cloud.AWSOwned, Span: r.Span}
	be := r.Prop("BucketEncryption")
	rules := be.Get("ServerSideEncryptionConfiguration")
	if be == nil || be.Kind == doc.Null {
		return owned
	}
	owned.Span = be.Span
	if be.Kind == doc.Unknown || rules != nil && rules.Kind == doc.Unknown || len(be.Maybe) > 0 {
		return unknown(be)
	}
	for rule := range rules.Elems() {
		by := rule.Get("ServerSideEncryptionByDefault")
		if rule.Kind == doc.Unknown || len(rule.Maybe) > 0 || by != nil && by.Kind == doc.Unknown {
			return unknown(rule)
		}
		key := by.Get("KMSMasterKeyID")
		alg := by.Get("SSEAlgorithm")
		switch cloud.Text(alg) {
		case "", "AES256":
			continue
		case "aws:kms", "aws:kms:dsse":
			e := cloud.EncryptWith(m, r, key)
			if e == nil {
				e = &cloud.Encryption{Mode: cloud.AWSManaged, Key: "alias/aws/s3", Span: by.Span}
			}
			// DSSE-KMS has no bucket keys
			// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingDSSEncryption.html).
			e.BucketKey = rule.Get("BucketKeyEnabled").Str() == "true" && alg.Str() == "aws:kms"
			return e
		default:
			return unknown(alg)
		}
	}
	return owned
}

// unknown is an encryption that nobody can tell from the template: a key of
// unknown name, so that calls that it touches depend on it.
func unknown(n *doc.Node) *cloud.Encryption {
	return &cloud.Encryption{Mode: cloud.Customer, Key: cloud.Unclear(n, "the bucket's encryption"), Span: n.Where()}
}

// attachBucketPolicy finds the bucket by its name, which is unique in a
// partition, in any stack; a bucket's policy is set from its own account
// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html).
func attachBucketPolicy(m *cloud.Model, r *cloud.Resource) {
	m.GuardAlone(r, r.Prop("Bucket"), "", m.Attachment(r, r.Prop("PolicyDocument"), iam.Resource, "the bucket policy"), bucketType)
	if sure, _ := m.Refer(cloud.Text(r.Prop("Bucket")), "", "", bucketType); len(sure) == 1 {
		blockedPolicy(m, r, sure[0])
		invalidPolicy(m, r, sure[0])
	}
}

func declareAccessPoint(m *cloud.Model, r *cloud.Resource) {
	r.ReadTags("")
	if n := r.Prop("Policy"); n != nil && n.Kind != doc.Null {
		r.Policies = append(r.Policies, m.Attachment(r, n, iam.Resource, "the access point policy"))
	}
}

func attachMultiRegion(m *cloud.Model, r *cloud.Resource) {
	m.GuardAlone(r, r.Prop("MrapName"), "", m.Attachment(r, r.Prop("Policy"), iam.Resource, "the access point policy"), "AWS::S3::MultiRegionAccessPoint")
}
