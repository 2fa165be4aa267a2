package service

import (
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/match"
)

// KeyARN returns the ARN of the KMS key that s names by key ARN, alias ARN,
// key id or alias, as somebody of an account uses it in a region: an id or an
// alias alone is looked up there
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-create-cross-account.html,
// the note on aliases). A key that cannot be told is one of that account
// under a name that is a hole. For "" it returns "".
func KeyARN(m *cloud.Model, s, account, region string) string {
	if s == "" {
		return ""
	}
	if a, _, ok := cloud.KeyARN(m, s, account, region); ok {
		return a
	}
	name := s
	if a, err := arn.Parse(s); err == nil {
		if a.Service != "kms" {
			return s
		}
		account, region, name = a.Account, a.Region, a.Resource
	}
	name = "key/" + match.Hole(match.Name, "the key of "+match.Render(name)+" in "+account)
	return arn.ARN{Partition: arn.Partition(region), Service: "kms", Region: region, Account: account, Resource: name}.String()
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

// ViaKMS is the context of a request to KMS that a service makes with a
// caller's rights, without the encryption context: kms:ViaService and
// kms:CallerAccount
// (https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html),
// and aws:ViaAWSService, which is true in a forward access session
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html).
// Whether aws:CalledVia is set is not documented for S3, Secrets Manager,
// Systems Manager and SNS.
func ViaKMS(svc, region string, caller iam.Principal) iam.Context {
	c := Context("kms:CallerAccount", arn.Account(caller.ARN), "aws:ViaAWSService", "true")
	if arn.Partition(region) == "aws-cn" {
		c.SetUnknown("kms:ViaService") // the suffix of the host is not documented
	} else {
		c.Set("kms:ViaService", svc+"."+region+".amazonaws.com")
	}
	c.SetUnknown("aws:CalledVia")
	c.SetUnknown("aws:CalledViaFirst")
	c.SetUnknown("aws:CalledViaLast")
	// The request comes from AWS's network; the caller's endpoint and address
	// do not show
	// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip).
	c.SetUnknown("aws:SourceIp")
	return c
}

// UseKey is the target of a call to KMS that a service makes on behalf of the
// caller of c, for something that is encrypted with e. Where the key cannot be
// told the target says so.
func UseKey(s *Site, c *Call, svc string, e *cloud.Encryption) Target {
	what := c.Target.What
	if what == "" {
		what = match.Render(c.Request.Resource)
	}
	t := Target{
		Caller: c.Request.Principal, Resource: e.Key, Region: s.Region,
		At: c.Target.At, What: "key of " + what,
	}
	if c.Target.Region != "" {
		t.Region = c.Target.Region
	}
	if a, err := arn.Parse(e.Key); err == nil {
		t.Account = a.Account
		if a.Region != "" {
			t.Region = a.Region
		}
	} else if t.Missing = match.Holes(e.Key); len(t.Missing) == 0 {
		t.Missing = []string{"the key " + e.Key}
	}
	t.Context = ViaKMS(svc, t.Region, c.Request.Principal)
	return t
}

// AsService is the context of a request to KMS that a service makes as itself
// for something it was told to write to: nothing is known of it, but that
// EventBridge sends no source
// (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html:
// aws:SourceAccount and aws:SourceArn are "not supported for
// EventBridge-to-encrypted topics"; reported in
// https://github.com/awslabs/landing-zone-accelerator-on-aws/issues/407).
func AsService(principal string) iam.Context {
	c := Unknown("kms:ViaService", "kms:CallerAccount", "aws:SourceArn", "aws:SourceAccount")
	if principal == "events.amazonaws.com" {
		for _, k := range []string{"aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID"} {
			c.SetAbsent(k)
		}
	}
	return c
}

// Finish are the calls by which S3 decrypts, with the rights of the site's
// role, what it uploads in parts to targets that a customer managed key
// encrypts
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions).
func Finish(s *Site, uploads []Target) []Target {
	var ts []Target
	for _, t := range uploads {
		bucket := s.Model.Owner(t.Resource)
		e := t.Encryption
		if e == nil && bucket != nil {
			e = bucket.Encryption
		}
		if e == nil || e.Mode != cloud.Customer {
			continue
		}
		k := UseKey(s, &Call{Target: t, Request: iam.Request{Principal: iam.Principal{ARN: s.Role}, Action: "s3:PutObject", Resource: t.Resource}}, "s3", e)
		switch {
		case bucket == nil:
			k.Context.SetUnknown("kms:EncryptionContext:aws:s3:arn")
		case e.BucketKey, t.Encryption != nil && bucket.Encryption != nil && bucket.Encryption.BucketKey:
			k.Context.Set("kms:EncryptionContext:aws:s3:arn", bucket.ARN)
		default:
			k.Context.Set("kms:EncryptionContext:aws:s3:arn", t.Resource)
		}
		k.Context.Put("kms:EncryptionContextKeys", iam.ContextValue{State: iam.Known, Values: []string{"aws:s3:arn"}, Multi: true})
		ts = append(ts, k)
	}
	return ts
}
