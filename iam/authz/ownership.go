package authz

import (
	"strings"

	"penstock/match"
	"penstock/truth"
)

// An object in a bucket whose Object Ownership leaves ACLs in force belongs
// to the account that wrote it. The bucket owner can then deny it, delete it
// and archive it; to read it takes a permission of its owner, by the object's
// ACL (https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-auth-workflow-object-operation.html,
// "Object context"). The engine reads no ACLs, so what one may grant stays
// open. Buckets made since April 2023 have no ACLs unless somebody says so,
// and then all their objects are the bucket owner's
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html).

// foreign reports whether the request is about an object whose ACL, not the
// bucket policy, lets callers in. The actions are those that an object's ACL
// can grant
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#acl-access-policy-permission-mapping).
func (e *eval) foreign() bool {
	if e.pol.ObjectOwner == "" || e.service() != "s3" || e.req.ResourceAccount == e.pol.ObjectOwner || !strings.Contains(e.resource, "/") {
		return false
	}
	for _, a := range [...]string{
		"s3:getobject", "s3:getobjectversion", "s3:getobjectacl", "s3:getobjectversionacl", "s3:putobjectacl", "s3:putobjectversionacl",
	} {
		if e.is(a) {
			return true
		}
	}
	return false
}

// disown takes back what the bucket policy allows, and asks whether the
// caller's account owns the object.
func (e *eval) disown(r *result) {
	r.foreign = true
	r.resource.by, r.resource.allow = reach{}, truth.No
	if e.caller.kind.iamPrincipal() && match.Equal(e.pol.ObjectOwner, e.caller.account) == truth.Yes {
		return // whoever writes an object has full control of it
	}
	r.sure = truth.Maybe
	r.doubt = "the ACL of " + match.Render(e.req.Resource) + ", which belongs to account " + match.Render(e.pol.ObjectOwner)
}
