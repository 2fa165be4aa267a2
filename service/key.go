package service

import (
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/match"
)

// KeyARN returns the ARN of the KMS key that s names: by key ARN, alias ARN,
// key id or alias. An id or an alias alone is looked up in the account and
// region of who uses it
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-create-cross-account.html,
// the note on aliases). An alias that no stack declares gives a key of that
// account that is not known. For "" it returns "".
func KeyARN(m *cloud.Model, s, account, region string) string {
	if s == "" {
		return ""
	}
	name := s
	if a, err := arn.Parse(s); err == nil {
		if a.Service != "kms" || strings.HasPrefix(a.Resource, "key/") {
			return s
		}
		name, account, region = a.Resource, a.Account, a.Region
	}
	if strings.HasPrefix(name, "alias/") {
		if r := m.ByRef(name, account, region, "AWS::KMS::Alias"); r != nil {
			return KeyARN(m, r.Prop("TargetKeyId").Str(), account, region)
		}
		for r := range m.OfType("AWS::KMS::Alias") {
			if r.Account == account && r.Region == region && r.Prop("AliasName").Str() == name {
				return KeyARN(m, r.Prop("TargetKeyId").Str(), account, region)
			}
		}
		name = "key/" + match.Hole(match.Name, "the key of "+name+" in "+account)
		return arn.ARN{Partition: arn.Partition(region), Service: "kms", Region: region, Account: account, Resource: name}.String()
	}
	if r := m.ByRef(name, account, region, "AWS::KMS::Key", "AWS::KMS::ReplicaKey"); r != nil && r.ARN != "" {
		return r.ARN
	}
	return arn.ARN{Partition: arn.Partition(region), Service: "kms", Region: region, Account: account, Resource: "key/" + name}.String()
}

// AWSKey reports whether s names an AWS managed key, by alias or alias ARN.
func AWSKey(s string) bool {
	if a, err := arn.Parse(s); err == nil {
		s = a.Resource
	}
	return strings.HasPrefix(s, "alias/aws/")
}

// Managed is encryption with the AWS managed key of a service in an account
// and region.
func Managed(service, account, region string) *cloud.Encryption {
	return &cloud.Encryption{
		Mode: cloud.AWSManaged,
		Key:  arn.ARN{Partition: arn.Partition(region), Service: "kms", Region: region, Account: account, Resource: "alias/aws/" + service}.String(),
	}
}
