package s3

import (
	"slices"
	"testing"

	"penstock/cloud"
	"penstock/iac/cfn/cfntest"
	"penstock/match"
	"penstock/service"
)

// keyType stands for the KMS room.
var keyType = service.Type{
	Name: "AWS::KMS::Key", Ref: "${Hole:KeyId}", ARN: "arn:${Partition}:kms:${Region}:${Account}:key/${Ref}",
}

func TestEncryption(t *testing.T) {
	m := cfntest.Model(t, append(slices.Clone(types), keyType), cfntest.Stack{Name: "tools", PhysicalIDs: map[string]string{"Key": "k1"}, Template: `
Parameters:
  KeyArn: {Type: String}
Resources:
  Key: {Type: AWS::KMS::Key}
  Plain: {Type: AWS::S3::Bucket}
  Aes:
    Type: AWS::S3::Bucket
    Properties: {BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: AES256}}]}}
  Managed:
    Type: AWS::S3::Bucket
    Properties: {BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: "aws:kms"}}]}}
  Alias:
    Type: AWS::S3::Bucket
    Properties: {BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: "aws:kms", KMSMasterKeyID: alias/aws/s3}}]}}
  Mine:
    Type: AWS::S3::Bucket
    Properties: {BucketEncryption: {ServerSideEncryptionConfiguration: [{BucketKeyEnabled: true, ServerSideEncryptionByDefault: {SSEAlgorithm: "aws:kms", KMSMasterKeyID: !Ref Key}}]}}
  Theirs:
    Type: AWS::S3::Bucket
    Properties: {BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: "aws:kms", KMSMasterKeyID: !Ref KeyArn}}]}}
`})
	const mine = "arn:aws:kms:eu-west-1:111111111111:key/k1"
	for _, c := range []struct {
		id        string
		mode      cloud.EncryptionMode
		key       string
		bucketKey bool
	}{
		{"Plain", cloud.AWSOwned, "", false},
		{"Aes", cloud.AWSOwned, "", false},
		{"Managed", cloud.AWSManaged, "alias/aws/s3", false},
		{"Alias", cloud.AWSManaged, "alias/aws/s3", false},
		{"Mine", cloud.Customer, mine, true},
		{"Theirs", cloud.Customer, "hole", false},
	} {
		e := cfntest.Resource(t, m, c.id).Encryption
		if e == nil {
			t.Errorf("%s: no encryption", c.id)
			continue
		}
		key := e.Key
		if match.HasHole(key) {
			key = "hole"
		}
		if e.Mode != c.mode || key != c.key || e.BucketKey != c.bucketKey {
			t.Errorf("%s: encryption is %+v, want mode %d, key %q, bucket key %v", c.id, *e, c.mode, c.key, c.bucketKey)
		}
	}
}

func TestBucketPolicyOfAnotherStack(t *testing.T) {
	const policy = `{Version: "2012-10-17", Statement: [{Effect: Deny, Principal: "*", Action: "s3:*", Resource: "*"}]}`
	m := cfntest.Model(t, types,
		cfntest.Stack{Name: "data", Template: `
Resources:
  Named: {Type: AWS::S3::Bucket, Properties: {BucketName: artifacts-111111111111}}
  Made: {Type: AWS::S3::Bucket}
`},
		cfntest.Stack{Name: "guard", Template: `
Parameters:
  Bucket: {Type: String}
Resources:
  ByName: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: artifacts-111111111111, PolicyDocument: ` + policy + `}}
  ByUnknown: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: !Ref Bucket, PolicyDocument: ` + policy + `}}
  Elsewhere: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: some-other-bucket, PolicyDocument: ` + policy + `}}
`})
	named, made := cfntest.Resource(t, m, "Named"), cfntest.Resource(t, m, "Made")
	// The unknown bucket may be this one, and a bucket has one policy.
	if len(named.Policies) != 2 || len(named.Policies[0].Policy.Maybe) != 1 || len(named.Policies[1].Policy.Maybe) != 2 {
		t.Errorf("the named bucket has %+v", named.Policies)
	}
	if len(made.Policies) != 1 || len(made.Policies[0].Policy.Maybe) == 0 {
		t.Errorf("the bucket with a generated name has %+v", made.Policies)
	}
	if named.ARN != "arn:aws:s3:::artifacts-111111111111" {
		t.Errorf("ARN = %q", named.ARN)
	}
}
