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

const (
	deployPage = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3Deploy.html"
)

// deployAction puts an artifact, or what is in it, into a bucket (row 18 of
// the provider list).
var deployAction = service.Action{
	Category: "Deploy", Owner: "AWS", Provider: "S3", Artifacts: "action",
	Rows: []service.Row{
		{
			ID: "s3.deploy.put", Caller: "pipeline or action role",
			Actions: []string{"s3:PutObject"}, Resource: "<BucketName>/<ObjectKey>",
			Context: "s3:x-amz-acl = CannedACL",
			Why:     "writes what it deploys",
			Need:    service.Stops, Basis: service.Documented, Source: deployPage + "#edit-role-s3deploy",
			Targets: deployed,
		},
		{
			// An upload that names an ACL needs s3:PutObjectAcl
			// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html, Permissions).
			ID: "s3.deploy.acl", Caller: "pipeline or action role",
			Actions: []string{"s3:PutObjectAcl"}, Resource: "<BucketName>/<ObjectKey>",
			Context: "s3:x-amz-acl = CannedACL",
			Why:     "gives the object the ACL that CannedACL names",
			Need:    service.Stops, Basis: service.Documented,
			Source: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html (Permissions: with an ACL in the request); " + deployPage + "#edit-role-s3deploy",
			Targets: func(s *service.Site) []service.Target {
				if s.Action.Get("CannedACL") == "" {
					return nil
				}
				return deployed(s)
			},
		},
		{
			ID: "s3.deploy.bucket", Caller: "pipeline or action role",
			Actions: []string{"s3:GetBucketVersioning", "s3:GetBucketAcl", "s3:GetBucketLocation"}, Resource: "<BucketName>",
			Why:  "inspects the bucket",
			Need: service.Listed, Basis: service.Documented, Source: deployPage + "#edit-role-s3deploy",
			Targets: func(s *service.Site) []service.Target {
				bucket := s.Action.Get("BucketName")
				if bucket == "" {
					return nil
				}
				t := s.Object(bucket, "")
				t.What, t.At = "bucket of the deployment", s.Action.Config.Get("BucketName").Where()
				return []service.Target{t}
			},
		},
		{
			ID: "s3.deploy.parts", Caller: "pipeline or action role",
			Actions: []string{"kms:Decrypt"}, Resource: "key of the bucket",
			Context: "kms:ViaService = s3.<region>.amazonaws.com, kms:EncryptionContext:aws:s3:arn",
			Why:     "finishes a file that is uploaded in parts",
			Need:    service.Listed, Lost: "a large file is uploaded in parts, and S3 decrypts them before it puts them together",
			Basis: service.Reported, Source: "https://github.com/aws/aws-cdk/issues/8947; https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions",
			Targets: func(s *service.Site) []service.Target { return service.Finish(s, deployed(s)) },
		},
		{
			ID: "s3.deploy.more", Caller: "pipeline or action role",
			Actions: []string{"s3:PutObjectVersionAcl", "s3:PutObjectTagging"}, Resource: "<BucketName>/<ObjectKey>",
			Why:  "carries tags and ACLs along",
			Need: service.Listed, Basis: service.Documented, Source: deployPage + "#edit-role-s3deploy",
			Targets: func(s *service.Site) []service.Target {
				ts := deployed(s)
				for i := range ts {
					ts[i].Context, ts[i].Encryption = iam.Context{}, nil
				}
				return ts
			},
		},
	},
}

// deployed is what the action writes: one object, or with Extract all that
// the artifact holds, below ObjectKey where one is given.
func deployed(s *service.Site) []service.Target {
	bucket, key := s.Action.Get("BucketName"), s.Action.Get("ObjectKey")
	if bucket == "" {
		return nil
	}
	at := s.Action.Config.Get("BucketName").Where()
	if s.Action.Get("Extract") != "false" {
		if key != "" && !strings.HasSuffix(key, "/") {
			key += "/"
		}
		key = service.KeyHole(key, "the files of action "+s.Action.Name)
	} else if strings.ContainsAny(key, "{#") {
		key = service.KeyHole("", "the object of action "+s.Action.Name) // a variable of the pipeline
	}
	if key == "" {
		return nil
	}
	t := s.Object(bucket, key)
	t.What, t.At = "files of the deployment", at
	if acl := s.Action.Get("CannedACL"); acl != "" {
		t.Context.Set("s3:x-amz-acl", acl)
	}
	if k := s.Action.Get("KMSEncryptionKeyARN"); k != "" {
		n := s.Action.Config.Get("KMSEncryptionKeyARN")
		t.Encryption = &cloud.Encryption{Mode: cloud.Customer, Key: service.KeyARN(s.Model, k, s.Account, s.Region), Span: n.Where()}
		if service.AWSKey(k) {
			t.Encryption = service.Managed("s3", s.Account, s.Region)
			t.Encryption.Span = n.Where()
		}
		t.Context.Set("s3:x-amz-server-side-encryption", "aws:kms")
		t.Context.Put("s3:x-amz-server-side-encryption-aws-kms-key-id", iam.ContextValue{State: iam.Known, Values: []string{t.Encryption.Key}, Optional: true})
	}
	return []service.Target{t}
}

// refusedACL finds a deployment that names an ACL which the bucket refuses:
// with BucketOwnerEnforced, the default of new buckets, only
// bucket-owner-full-control passes.
func refusedACL(s *service.Site, _ *service.Call) []diag.Finding {
	if s.Action.Provider != "S3" || s.Action.Category != "Deploy" {
		return nil
	}
	acl := s.Action.Get("CannedACL")
	if acl == "" || acl == "bucket-owner-full-control" || match.HasHole(acl) || strings.Contains(acl, "#{") {
		return nil
	}
	bucket := s.BucketResource(s.Action.Get("BucketName"))
	f, ok := refuses(bucket, acl, "action "+s.Action.Name)
	if !ok {
		return nil
	}
	n := s.Action.Config.Get("CannedACL")
	f.At, f.Principal, f.Resource = n.Where(), s.Role, s.ARNIn("s3", "", "", bucket.Name)
	f.Fixes = service.Reword(n, acl, "bucket-owner-full-control", "write with the ACL bucket-owner-full-control")
	return []diag.Finding{f}
}

// refusedUpload finds an upload with such an ACL that a command or a function
// makes.
func refusedUpload(s *service.Site, c *service.Call) []diag.Finding {
	if c.Request.Action != "s3:PutObject" || s.Action != nil && s.Action.Provider == "S3" && s.Action.Category == "Deploy" {
		return nil
	}
	v := c.Request.Context.Get("s3:x-amz-acl")
	if v.State != iam.Known || len(v.Values) != 1 || c.Row.Need == service.Listed {
		return nil
	}
	what := c.Target.What
	if what == "" {
		what = "a command"
	}
	f, ok := refuses(s.Model.Owner(c.Request.Resource), v.Values[0], what)
	if !ok {
		return nil
	}
	f.At, f.Principal, f.Resource = c.Target.At, c.Request.Principal.ARN, c.Request.Resource
	if c.Row.Need == service.Degrades {
		f.Severity = diag.Warning
	}
	return []diag.Finding{f}
}

// refuses makes the finding that a bucket refuses an ACL that who writes with,
// false where it takes it or nobody can tell.
func refuses(bucket *cloud.Resource, acl, who string) (diag.Finding, bool) {
	if bucket == nil || bucket.Type != bucketType || len(bucket.Opaque) > 0 || acl == "" || acl == "bucket-owner-full-control" || match.HasHole(acl) {
		return diag.Finding{}, false
	}
	owner, said := ownership(bucket)
	if owner != "BucketOwnerEnforced" {
		return diag.Finding{}, false
	}
	f := diag.Finding{
		Severity: diag.Error, Certainty: diag.Proved,
		AWSError: "An error occurred (AccessControlListNotSupported) when calling the PutObject operation: The bucket does not allow ACLs",
		Related:  []diag.Note{{At: bucket.Span, Message: "the bucket, of account " + accountOf(bucket)}},
	}
	how := "has ObjectOwnership BucketOwnerEnforced"
	if said == nil {
		// Since April 2023 new buckets are so; one that is older need not be.
		f.Certainty, how = diag.Likely, "names no OwnershipControls, so that it has BucketOwnerEnforced, the default of new buckets,"
	} else {
		f.Related[0].At = said.Where()
	}
	if acl == "private" {
		f.Certainty = diag.Likely // AWS's page names it neither among those that pass nor among those that fail
	}
	f.Message = fmt.Sprintf("%s writes with the ACL %s, and bucket %s %s and refuses every ACL but bucket-owner-full-control",
		who, acl, match.Render(bucket.Name), how)
	return f, true
}

func accountOf(r *cloud.Resource) string {
	if a := arn.Account(r.ARN); a != "" {
		return a
	}
	return r.Account
}

var aclCode = service.Code{
	Code: "RUN083", Theorem: "runs",
	Fix:   "the ACL that the bucket takes, or a command without one",
	Open:  "the ACL comes from a variable",
	Title: "a deployment writes with an ACL that the bucket refuses",
	Doc: strings.TrimSpace(`
A bucket with the object ownership ` + "`BucketOwnerEnforced`" + ` (the default of buckets made since April 2023) has no ACLs. It takes
uploads that name no ACL, or that give the owner of the bucket full control (` + "`bucket-owner-full-control`" + `); every other ACL,
such as ` + "`public-read`" + `, is refused, whatever the policies allow.

**What AWS shows**: "AccessControlListNotSupported: The bucket does not allow ACLs".

**Remedy**: leave ` + "`CannedACL`" + ` out and grant reading with a bucket policy; or set ` + "`OwnershipControls`" + ` of the bucket to
` + "`BucketOwnerPreferred`" + `.

**Sources**
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
- https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
- https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3Deploy.html (CannedACL)
`),
}
