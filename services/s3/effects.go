package s3

import (
	"fmt"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

// S3 calls KMS with the credentials of whoever reads or writes the object: a
// forward access session
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html,
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html).
// With a key that AWS owns no such call is made; with the AWS managed key
// aws/s3 its key policy allows everybody of its account who comes through S3
// (https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html,
// AWS managed keys), and nobody else: see RUN022.
const kmsPage = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#require-sse-kms"

var effects = []service.Effect{
	{
		ID: "s3.decrypt", Actions: []string{"s3:GetObject", "s3:GetObjectVersion"},
		Source: kmsPage, Basis: service.Documented,
		Why:  "S3 decrypts the object with the caller's rights",
		Then: func(s *service.Site, c *service.Call) []service.Caused { return useKey(s, c, "kms:Decrypt") },
	},
	{
		ID: "s3.encrypt", Actions: []string{"s3:PutObject"},
		Source: kmsPage, Basis: service.Documented,
		Why:  "S3 makes the object's data key with the caller's rights",
		Then: func(s *service.Site, c *service.Call) []service.Caused { return useKey(s, c, "kms:GenerateDataKey") },
	},
}

// objectEncryption is that of the object of a call: what the row knows, or the
// default of the bucket. bucket is nil where no stack declares it.
func objectEncryption(s *service.Site, c *service.Call) (e *cloud.Encryption, bucket *cloud.Resource) {
	bucket = s.Model.Owner(c.Request.Resource)
	if bucket != nil && bucket.Type != bucketType {
		bucket = nil
	}
	switch {
	case c.Target.Encryption != nil:
		return c.Target.Encryption, bucket
	case bucket != nil:
		return bucket.Encryption, bucket
	default:
		return nil, nil
	}
}

func useKey(s *service.Site, c *service.Call, action string) []service.Caused {
	e, bucket := objectEncryption(s, c)
	if e == nil || e.Mode != cloud.Customer {
		return nil
	}
	t := service.UseKey(s, c, "s3", e)
	if c.Request.Principal.Service != "" {
		// A service that comes as itself, such as CloudFront, names its source to
		// the key as it does to the bucket
		// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html#oac-permission-to-access-kms).
		for _, k := range []string{"aws:SourceArn", "aws:SourceAccount"} {
			if c.Request.Context.Has(k) {
				t.Context.Put(k, c.Request.Context.Get(k))
			}
		}
	}
	switch {
	case bucket == nil:
		t.Context.SetUnknown("kms:EncryptionContext:aws:s3:arn")
	case e.BucketKey:
		t.Context.Set("kms:EncryptionContext:aws:s3:arn", bucket.ARN)
	default:
		t.Context.Set("kms:EncryptionContext:aws:s3:arn", c.Request.Resource)
	}
	t.Context.Put("kms:EncryptionContextKeys", iam.ContextValue{State: iam.Known, Values: []string{"aws:s3:arn"}, Multi: true})
	return []service.Caused{{Actions: []string{action}, Target: t}}
}

func what(c *service.Call) string {
	if c.Target.What != "" {
		return c.Target.What
	}
	return match.Render(c.Request.Resource)
}

// checks: what stops a read or a write whatever the policies say.
var checks = []service.Check{
	{Code: "RUN022", On: "call", Find: foreignManagedKey},
	{Code: "RUN083", On: "action", Find: refusedACL},
	{Code: "RUN083", On: "call", Find: refusedUpload},
	{Code: "RUN126", On: "call", Find: encryptedLogs},
	{Code: "RUN129", On: "call", Find: foreignObject},
}

// foreignManagedKey finds a read of an object that is encrypted with another
// account's AWS managed key.
func foreignManagedKey(s *service.Site, c *service.Call) []diag.Finding {
	if c.Request.Action != "s3:GetObject" {
		return nil
	}
	e, bucket := objectEncryption(s, c)
	if e == nil || e.Mode != cloud.AWSManaged {
		return nil
	}
	owner := arn.Account(e.Key)
	if owner == "" && bucket != nil {
		owner = bucket.Account
	}
	caller := arn.Account(c.Request.Principal.ARN)
	if owner == "" || caller == "" || owner == caller || match.HasHole(owner) || match.HasHole(caller) {
		return nil
	}
	at := c.Target.At
	if at.IsZero() && s.Action != nil {
		at = s.Action.Span
	}
	f := diag.Finding{
		At: at, Severity: diag.Error, Certainty: diag.Likely,
		Message: fmt.Sprintf("%s is encrypted with the AWS managed key alias/aws/s3 of account %s, which no principal of account %s can ever use; a customer managed key is needed",
			what(c), owner, caller),
		Principal: c.Request.Principal.ARN, Action: "kms:Decrypt", Resource: e.Key, Layer: "resource",
		AWSError: "An error occurred (AccessDenied) when calling the GetObject operation: Access Denied",
	}
	if !e.Span.IsZero() {
		f.Related = append(f.Related, diag.Note{At: e.Span, Message: "whatever is written here gets that key, since no other is named"})
	}
	return []diag.Finding{f}
}

var codes = []service.Code{{
	Code: "RUN022", Theorem: "runs",
	Fix:  "the key of the pipeline's store for the build project; for the store or the bucket the only key of the template, or a new one",
	Open: "the template has several keys",

	Title: "an object is encrypted with another account's AWS managed key",
	Doc: strings.TrimSpace(`
The AWS managed key ` + "`aws/s3`" + ` belongs to one account. Its key policy lets every principal of that account use it
through S3, and nobody can change that policy, so a principal of another account can never read what it encrypts, whatever
the bucket policy and the identity policies allow.

It is used where nobody names a key: by CodePipeline where the artifact store has no ` + "`EncryptionKey`" + `, and by CodeBuild
where the project has none. CodeBuild does not look at the key of the pipeline's artifact store.

**What AWS shows**: the action of the other account fails with ` + "`Access Denied`" + ` on GetObject.

**Remedy**: a customer managed key, named in the artifact store's ` + "`EncryptionKey.Id`" + ` (by ARN) and in the
` + "`EncryptionKey`" + ` of every build project whose output the other account reads; its key policy allows kms:Decrypt to the
reading roles, and so do their own policies.

**Sources**
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#aws-managed-customer-managed-keys
- https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ArtifactStore.html (encryptionKey)
- https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-kms.html
- https://github.com/aws/aws-cdk/issues/4182 (CodeBuild ignores the key of the pipeline)
`),
}, aclCode, {
	Code: "RUN120", Theorem: "runs",
	Fix:   "`ObjectOwnership: BucketOwnerPreferred`",
	Open:  "a public ACL, which Block Public Access refuses next",
	Title: "a bucket is made with an ACL and has none", Doc: strings.TrimSpace(ownershipDoc),
}, {
	Code: "RUN121", Theorem: "runs",
	Fix:   "the settings of Block Public Access that the template's own policy or ACL asks for, where the template says nothing of them",
	Open:  "the template asks for both: only its author knows which it is",
	Title: "Block Public Access refuses a public policy or ACL", Doc: strings.TrimSpace(blockedDoc),
}, {
	Code: "RUN126", Theorem: "runs",
	Fix:   "encryption with SSE-S3",
	Open:  "the encryption is not the bucket's own setting",
	Title: "logs are delivered to a bucket that is encrypted with KMS", Doc: strings.TrimSpace(encryptedDoc),
}, {
	Code: "RUN124", Theorem: "runs",
	Fix:   "the ARN of the bucket in its own policy, and what the actions are asked of",
	Open:  "actions of both kinds that one resource cannot be for",
	Title: "S3 refuses the bucket policy", Doc: strings.TrimSpace(invalidDoc),
}, {
	Code: "RUN129", Theorem: "runs",
	Fix:   "`ObjectOwnership: BucketOwnerEnforced`",
	Title: "objects that another account uploads stay its own", Doc: strings.TrimSpace(ownerDoc),
}}
