package compile

import (
	"penstock/blueprint"
	"penstock/spec"
	"slices"
)

// keyAdministration is what an account's administrators do with a key. None of
// it uses the key, and kms:CreateGrant, which could, is absent.
var keyAdministration = []string{
	"kms:CancelKeyDeletion", "kms:CreateAlias", "kms:DeleteAlias", "kms:DescribeKey", "kms:DisableKey", "kms:EnableKey",
	"kms:EnableKeyRotation", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListGrants", "kms:ListKeyPolicies",
	"kms:ListResourceTags", "kms:PutKeyPolicy", "kms:RevokeGrant", "kms:ScheduleKeyDeletion", "kms:TagResource",
	"kms:UntagResource", "kms:UpdateAlias", "kms:UpdateKeyDescription",
}

// key adds a KMS key with rotation. Who uses it is derived; base are statements
// of its policy beside the administration.
func (b *builder) key(st *blueprint.Stack, id, description, comment, section string, base ...*blueprint.Statement) *blueprint.Resource {
	admin := &blueprint.Statement{
		Sid: "Administration", Comment: "The account administers the key by IAM. No action here uses the key, and CreateGrant, which could, is absent.",
		Principal: blueprint.KV("AWS", blueprint.Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")),
		Actions:   keyAdministration, Resources: []blueprint.Sub{"*"},
	}
	for _, a := range b.spec.Key.Admins {
		if len(admin.Conditions) == 0 {
			admin.Conditions = []blueprint.Condition{{Operator: "ArnLike", Key: "aws:PrincipalArn"}}
		}
		admin.Conditions[0].Values = append(admin.Conditions[0].Values, blueprint.Lit(a))
	}
	r := st.Add(&blueprint.Resource{
		ID: id, Type: "AWS::KMS::Key", Comment: comment, Section: section, Retain: true,
		Props: blueprint.KV("Description", description, "EnableKeyRotation", true, "KeyPolicy", nil, "Tags", b.tags()),
	})
	b.guard(st, r, r, "KeyPolicy", append([]*blueprint.Statement{admin}, base...)...)
	return r
}

// tlsOnly refuses requests to a bucket over plain HTTP.
func tlsOnly(bucket blueprint.Sub) *blueprint.Statement {
	return &blueprint.Statement{
		Sid: "TlsOnly", Effect: "Deny", Principal: "*", Actions: []string{"s3:*"}, Resources: []blueprint.Sub{bucket, bucket + "/*"},
		Conditions: []blueprint.Condition{{Operator: "Bool", Key: "aws:SecureTransport", Values: []blueprint.Sub{"false"}}},
	}
}

// closed are the properties of a bucket that nobody else gets at: no ACLs, no
// public access, versions kept.
func closed() blueprint.Map {
	return blueprint.KV(
		"OwnershipControls", blueprint.KV("Rules", blueprint.List{blueprint.KV("ObjectOwnership", "BucketOwnerEnforced")}),
		"PublicAccessBlockConfiguration", blueprint.KV("BlockPublicAcls", true, "BlockPublicPolicy", true, "IgnorePublicAcls", true, "RestrictPublicBuckets", true),
		"VersioningConfiguration", blueprint.KV("Status", "Enabled"),
	)
}

// encrypted is the default encryption of a bucket with a key of its stack.
func encrypted(key string) blueprint.Map {
	return blueprint.KV("ServerSideEncryptionConfiguration", blueprint.List{blueprint.KV(
		"BucketKeyEnabled", true,
		"ServerSideEncryptionByDefault", blueprint.KV("SSEAlgorithm", "aws:kms", "KMSMasterKeyID", blueprint.Att(key, "Arn")),
	)})
}

// onlyKey refuses objects that are written with another key or encryption than
// the bucket's. A request that names none gets the bucket's own; Null keeps
// that kind out of the deny, since a negated operator is true where its key is
// absent.
func onlyKey(bucket blueprint.Sub, key string) []*blueprint.Statement {
	named := func(key string) blueprint.Condition {
		return blueprint.Condition{Operator: "Null", Key: key, Values: []blueprint.Sub{"false"}}
	}
	const keyID, mode = "s3:x-amz-server-side-encryption-aws-kms-key-id", "s3:x-amz-server-side-encryption"
	return []*blueprint.Statement{
		{
			Sid: "NoOtherKey", Effect: "Deny", Principal: "*", Actions: []string{"s3:PutObject"}, Resources: []blueprint.Sub{bucket + "/*"},
			Comment: "A request that names no key gets the bucket's own. One that names another is refused. Null keeps the first kind\n" +
				"out of the deny: a negated operator is true where its key is absent.",
			Conditions: []blueprint.Condition{named(keyID), {Operator: "StringNotEquals", Key: keyID, Values: []blueprint.Sub{blueprint.Att(key, "Arn")}}},
		},
		{
			Sid: "NoOtherEncryption", Effect: "Deny", Principal: "*", Actions: []string{"s3:PutObject"}, Resources: []blueprint.Sub{bucket + "/*"},
			Conditions: []blueprint.Condition{named(mode), {Operator: "StringNotEquals", Key: mode, Values: []blueprint.Sub{"aws:kms"}}},
		},
	}
}

// Logical ids of the artifacts of a region.
const (
	artifactKey    = "ArtifactKey"
	artifactBucket = "ArtifactBucket"
)

// regions are those in which the pipeline acts, its own first.
func (b *builder) regions() []string {
	out := []string{b.spec.Region}
	for _, s := range b.spec.Stages {
		if s.Deploy == nil {
			continue
		}
		for _, r := range s.Deploy.Regions {
			out = addOnce(out, r)
		}
	}
	return out
}

func addOnce(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// storeStack is the stack of the artifacts of a region.
func (b *builder) storeStack(region string) *blueprint.Stack {
	if region == b.spec.Region {
		return b.tools()
	}
	return b.stack(toolsStack+"-"+region, b.spec.Tools, region, "Artifacts of the pipeline of "+b.spec.Project+" for "+region)
}

// bucketName is the name of the artifact bucket of a region.
func (b *builder) bucketName(in *blueprint.Stack, region string) blueprint.Sub {
	name := blueprint.Sub("${ProjectName}-artifacts-")
	if region != b.spec.Region {
		name += blueprint.Sub(region + "-")
	}
	return name + b.account(in, b.spec.Tools.ID)
}

// artifacts draws a key and a bucket for every region in which the pipeline
// acts.
func (b *builder) artifacts() {
	for _, region := range b.regions() {
		st := b.storeStack(region)
		b.key(st, artifactKey, "Artifacts of the pipeline", "", "artifacts")
		if region == b.spec.Region {
			alias := st.Parameter(blueprint.Parameter{Name: "KmsKeyAlias", Value: b.spec.Key.Alias, Inline: true, Description: "Alias of the key of the artifacts, without alias/"})
			st.Add(&blueprint.Resource{ID: "ArtifactKeyAlias", Type: "AWS::KMS::Alias", Props: blueprint.KV("AliasName", "alias/"+alias, "TargetKeyId", blueprint.Ref(artifactKey))})
		}
		props := blueprint.KV("BucketName", b.bucketName(st, region), "BucketEncryption", encrypted(artifactKey))
		props = append(props, closed()...)
		props.Set("LifecycleConfiguration", blueprint.KV("Rules", blueprint.List{blueprint.KV(
			"Id", "forget", "Status", "Enabled", "ExpirationInDays", 90,
			"NoncurrentVersionExpiration", blueprint.KV("NoncurrentDays", 30),
			"AbortIncompleteMultipartUpload", blueprint.KV("DaysAfterInitiation", 1),
		)}))
		props.Set("Tags", b.tags())
		bucket := st.Add(&blueprint.Resource{ID: artifactBucket, Type: "AWS::S3::Bucket", Retain: true, Props: props})
		policy := st.Add(&blueprint.Resource{ID: "ArtifactBucketPolicy", Type: "AWS::S3::BucketPolicy", Props: blueprint.KV("Bucket", blueprint.Ref(artifactBucket))})
		arn := blueprint.Att(artifactBucket, "Arn")
		base := append([]*blueprint.Statement{tlsOnly(arn)}, onlyKey(arn, artifactKey)...)
		if o := b.spec.Organization; o != nil && o.ID != "" {
			base = append(base, outsiders(arn, o))
		}
		b.guard(st, bucket, policy, "PolicyDocument", base...)
	}
}

// outsiders keeps everybody out who is not of the organization, services of
// AWS excepted.
func outsiders(bucket blueprint.Sub, o *spec.Organization) *blueprint.Statement {
	return &blueprint.Statement{
		Sid: "NobodyElse", Effect: "Deny", Principal: "*", Actions: []string{"s3:*"}, Resources: []blueprint.Sub{bucket, bucket + "/*"},
		Comment: "Nobody from outside the organization, whatever else is allowed; services of AWS belong to none.",
		Conditions: []blueprint.Condition{
			{Operator: "StringNotEqualsIfExists", Key: "aws:PrincipalOrgID", Values: []blueprint.Sub{blueprint.Lit(o.ID)}},
			{Operator: "BoolIfExists", Key: "aws:PrincipalIsAWSService", Values: []blueprint.Sub{"false"}},
		},
	}
}

// stores are the artifact stores of the pipeline, as its properties.
func (b *builder) stores() (key string, value any) {
	st := b.tools()
	store := func(region string) blueprint.Map {
		id := blueprint.Att(artifactKey, "Arn")
		location := blueprint.Ref(artifactBucket)
		if region != b.spec.Region {
			id = b.from(st, b.storeStack(region).Name, artifactKey, "Arn")
			location = b.bucketName(st, region)
		}
		return blueprint.KV("Type", "S3", "Location", location, "EncryptionKey", blueprint.KV("Id", id, "Type", "KMS"))
	}
	regions := b.regions()
	if len(regions) == 1 {
		return "ArtifactStore", store(regions[0])
	}
	var list blueprint.List
	for _, r := range regions {
		list = append(list, blueprint.KV("Region", r, "ArtifactStore", store(r)))
	}
	return "ArtifactStores", list
}
