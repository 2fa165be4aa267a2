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
	"penstock/truth"
)

// foreignObject finds an upload by another account whose objects stay that
// account's, so that neither the bucket's policy nor its account's roles can
// read them: with ObjectWriter, or with BucketOwnerPreferred and no ACL that
// gives the bucket's owner full control. It is a failure where somebody is
// granted to read them.
func foreignObject(s *service.Site, c *service.Call) []diag.Finding {
	if c.Request.Action != "s3:PutObject" || c.Row.Need == service.Listed {
		return nil
	}
	bucket := s.Model.Owner(c.Request.Resource)
	writer := arn.Account(c.Request.Principal.ARN)
	if bucket == nil || bucket.Type != bucketType || writer == "" || writer == bucket.Account || match.HasHole(writer) || len(bucket.Opaque) > 0 {
		return nil
	}
	acl := c.Request.Context.Get("s3:x-amz-acl")
	full := acl.State == iam.Known && len(acl.Values) == 1 && acl.Values[0] == "bucket-owner-full-control"
	who, said := ownership(bucket)
	switch {
	case full || acl.State == iam.Unknown:
		return nil
	case who == "ObjectWriter", who == "BucketOwnerPreferred":
	default:
		return nil
	}
	reader := reads(s.Model, bucket, c.Request.Resource, writer)
	if reader == nil {
		return nil
	}
	return []diag.Finding{{
		At: c.Target.At, Severity: diag.Error, Certainty: diag.Likely,
		Message: fmt.Sprintf("what %s writes to bucket %s belongs to account %s, since the bucket has ObjectOwnership %s and the upload gives its owner nothing: %s cannot read it",
			match.Render(c.Request.Principal.ARN), match.Render(bucket.Name), writer, who, match.Render(reader.Name)),
		Principal: reader.ARN, Action: "s3:GetObject", Resource: c.Request.Resource,
		AWSError: "An error occurred (AccessDenied) when calling the GetObject operation: Access Denied",
		Related:  []diag.Note{{At: said.Where(), Message: "the ownership of the bucket's objects"}, {At: reader.Resource.Span, Message: "who reads"}},
	}}
}

// reads returns a role of another account than the writer's that a policy of
// its own lets read the object, nil where there is none.
func reads(m *cloud.Model, bucket *cloud.Resource, object, writer string) *cloud.Principal {
	for p := range m.Principals() {
		if p.Resource == nil || p.Account == writer {
			continue
		}
		for _, a := range p.Identity {
			if a.Policy == nil || a.Resource == nil {
				continue
			}
			for i := range a.Policy.Statements {
				if st := &a.Policy.Statements[i]; st.Effect == iam.Allow && !st.NotAction && !st.NotResource && named(st, "s3:GetObject", object) {
					return p
				}
			}
		}
	}
	return nil
}

// named reports whether a statement speaks of an action by name and of a
// bucket's object, other than by "*".
func named(st *iam.Statement, action, object string) bool {
	asked := false
	for _, a := range st.Actions {
		p := match.CompileFold(a.Text)
		asked = asked || strings.HasPrefix(strings.ToLower(a.Text), "s3:get") && p.Match(action) == truth.Yes
	}
	if !asked {
		return false
	}
	for _, r := range st.Resources {
		p := match.CompileARN(r.Text)
		if r.Text != "*" && p.Match(object) == truth.Yes {
			return true
		}
	}
	return false
}

const ownerDoc = `
An object belongs to the account that uploads it where the bucket has the object ownership ` + "`ObjectWriter`" + `, and where it has
` + "`BucketOwnerPreferred`" + ` unless the upload carries the ACL bucket-owner-full-control. A bucket policy cannot give anybody
access to objects that another account owns, and the roles of the bucket's own account cannot read them either.

**What AWS shows**: "Access Denied" on GetObject, for everybody but the account that wrote the object.

**Remedy**: ` + "`ObjectOwnership: BucketOwnerEnforced`" + `, with which every object belongs to the owner of the bucket; or upload with the
ACL bucket-owner-full-control.

**Sources**
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
- https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-walkthroughs-managing-access-example3.html
`
