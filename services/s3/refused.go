package s3

import (
	"fmt"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
)

// Two defaults of buckets made since April 2023 keep a stack from being
// created: no ACLs (ObjectOwnership BucketOwnerEnforced), and Block Public
// Access switched on
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html).

// wide are the values of AccessControl that give anything to others than the
// bucket's own account. CreateBucket refuses those with BucketOwnerEnforced
// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html,
// Access control lists).
var wide = []string{"PublicRead", "PublicReadWrite", "AuthenticatedRead", "LogDeliveryWrite", "AwsExecRead"}

// public are those of them that Block Public Access refuses.
var public = wide[:3]

// ownership is what a bucket says of the owner of its objects: "" where that
// is not known; enforced is the default.
func ownership(bucket *cloud.Resource) (who string, said *doc.Node) {
	said = bucket.Prop("OwnershipControls")
	if said == nil || said.Kind == doc.Null {
		return "BucketOwnerEnforced", nil
	}
	for r := range said.Get("Rules").Elems() {
		if v := cloud.Text(r.Get("ObjectOwnership")); v != "" && !match.HasHole(v) && len(r.Maybe) == 0 && len(said.Maybe) == 0 {
			return v, said
		}
	}
	return "", said
}

// blocks reports whether a setting of Block Public Access is surely on. What
// a template leaves out of a configuration that it gives is off
// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html).
func blocks(bucket *cloud.Resource, setting string) (sure bool, at *doc.Node) {
	c := bucket.Prop("PublicAccessBlockConfiguration")
	if c == nil || c.Kind == doc.Null {
		return true, nil
	}
	n := c.Get(setting)
	return n != nil && len(c.Maybe) == 0 && len(n.Maybe) == 0 && strings.EqualFold(n.Str(), "true"), n
}

// refusedAtBirth finds an ACL with which the bucket cannot be made.
func refusedAtBirth(m *cloud.Model, r *cloud.Resource) {
	n := r.Prop("AccessControl")
	acl := cloud.Text(n)
	if !slices.Contains(wide, acl) || len(n.Maybe) > 0 {
		return
	}
	if who, said := ownership(r); who == "BucketOwnerEnforced" {
		f := diag.Finding{
			Code: "RUN120", Theorem: "runs", At: n.Where(), Severity: diag.Error, Certainty: diag.Likely,
			Message: fmt.Sprintf("AccessControl %s is an ACL, and bucket %s takes none: its ObjectOwnership is BucketOwnerEnforced, the default of buckets made since April 2023",
				acl, match.Render(r.Name)),
			AWSError: "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting (Service: Amazon S3; Status Code: 400; Error Code: InvalidBucketAclWithObjectOwnership)",
		}
		if said != nil {
			f.Certainty = diag.Proved
			f.Related = []diag.Note{{At: said.Where(), Message: "the ownership"}}
		}
		m.Findings = append(m.Findings, f)
		return
	}
	if sure, at := blocks(r, "BlockPublicAcls"); sure && slices.Contains(public, acl) {
		m.Findings = append(m.Findings, blocked(r, n, at, "s3:PutBucketAcl", "AccessControl "+acl+" is a public ACL", "BlockPublicAcls"))
	}
}

// blockedPolicy finds a policy that Block Public Access keeps from being set:
// one that lets everybody in without any condition.
func blockedPolicy(m *cloud.Model, r *cloud.Resource, bucket *cloud.Resource) {
	sure, at := blocks(bucket, "BlockPublicPolicy")
	if !sure || len(bucket.Opaque) > 0 {
		return
	}
	for _, a := range bucket.Policies {
		if a.Resource != r || a.Policy == nil || len(a.Policy.Maybe) > 0 {
			continue
		}
		for i := range a.Policy.Statements {
			s := &a.Policy.Statements[i]
			everybody := slices.ContainsFunc(s.Principals, func(p iam.PrincipalElem) bool {
				return (p.Type == iam.PrincipalAll || p.Type == iam.PrincipalAWS && p.Text == "*") && len(p.Maybe) == 0
			})
			if s.Effect == iam.Allow && everybody && len(s.Conditions) == 0 && len(s.Maybe) == 0 {
				n := a.Node.Get("Statement")
				f := blocked(bucket, n, at, "s3:PutBucketPolicy", "the bucket policy lets everybody in", "BlockPublicPolicy")
				f.At = s.Span
				m.Findings = append(m.Findings, f)
				return
			}
		}
	}
}

func blocked(bucket *cloud.Resource, n, at *doc.Node, action, what, setting string) diag.Finding {
	f := diag.Finding{
		Code: "RUN121", Theorem: "runs", At: n.Where(), Severity: diag.Error, Certainty: diag.Likely,
		Message: fmt.Sprintf("%s, and bucket %s has %s of Block Public Access on, the default of buckets made since April 2023: %s is refused",
			what, match.Render(bucket.Name), setting, action),
		Action: action, Resource: bucket.ARN,
		AWSError: "API: " + action + " Access Denied",
	}
	if at != nil {
		f.Certainty = diag.Proved
		f.Message = fmt.Sprintf("%s, and bucket %s has %s of Block Public Access on: %s is refused", what, match.Render(bucket.Name), setting, action)
		f.Related = []diag.Note{{At: at.Where(), Message: "the setting"}}
	}
	return f
}

const (
	ownershipDoc = `
Buckets made since April 2023 have the object ownership ` + "`BucketOwnerEnforced`" + `: they have no ACLs. A template that names one in
` + "`AccessControl`" + ` (` + "`LogDeliveryWrite`, `PublicRead`" + ` and so on) and does not change the ownership cannot be deployed any more;
` + "`Private`" + ` and what gives only the owner anything passes.

**What AWS shows**: "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting", InvalidBucketAclWithObjectOwnership.

**Remedy**: leave ` + "`AccessControl`" + ` out and grant by a bucket policy (for server access logs: s3:PutObject to
logging.s3.amazonaws.com), or set ` + "`OwnershipControls: {Rules: [{ObjectOwnership: BucketOwnerPreferred}]}`" + `.

**Sources**
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html
- https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
- https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1606
`
	blockedDoc = `
Block Public Access refuses to set a bucket policy that is public (` + "`BlockPublicPolicy`" + `) and an ACL that is
(` + "`BlockPublicAcls`" + `). Buckets made since April 2023 have all four settings on unless ` + "`PublicAccessBlockConfiguration`" + ` says
otherwise. A policy that lets in everybody (` + "`Principal: \"*\"`" + `) without a condition is public.

**What AWS shows**: "API: s3:PutBucketPolicy Access Denied" while the stack is made, although the deployer may do everything.

**Remedy**: serve the content through CloudFront with origin access control and let only the distribution in; where the
bucket has to be public, switch the setting off in its ` + "`PublicAccessBlockConfiguration`" + `.

**Sources**
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html
`
)
