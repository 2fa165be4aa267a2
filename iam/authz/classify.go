package authz

import (
	"strings"

	"penstock/match"
	"penstock/truth"
)

// exempt handles the calls of AWS STS that policies do not govern, and those
// that a caller cannot make whatever policies say.
func (e *eval) exempt(r *result) bool {
	if e.service() != "sts" {
		return false
	}
	kind := e.caller.kind
	switch {
	case e.is("sts:getcalleridentity"):
		// "No permissions are required … if an administrator adds a policy
		// that explicitly denies access, you can still perform this operation"
		// (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html).
		r.always, r.allowed = true, truth.Of(kind.iamPrincipal())
		if r.allowed == truth.No {
			r.always, r.never, r.layer = false, "only a signed request has an identity", "identity"
		}
		return true
	case e.is("sts:getsessiontoken"):
		// "You cannot use policies to control authentication operations"
		// (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html);
		// users and the root may call it
		// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html).
		switch kind {
		case user, root:
			r.always, r.allowed = true, truth.Yes
		case someone:
			r.allowed = truth.Maybe
		default:
			r.never, r.layer = "only users and the root user can call GetSessionToken", "identity"
		}
		return true
	}
	return false
}

// barred says which calls of AWS STS are not open to a caller, whatever
// policies say
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html).
func (e *eval) barred(r *result) {
	kind := e.caller.kind
	why := ""
	switch {
	case kind == federated:
		// "You cannot call any AWS STS operations except GetCallerIdentity"
		// (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html).
		why = "a federated user can call nothing of AWS STS but GetCallerIdentity"
	case kind == root && e.is("sts:assumerole"):
		// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
		why = "the root user cannot assume a role"
	case kind == root && e.is("sts:assumeroot"):
		// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html
		why = "the root user cannot call AssumeRoot"
	case (kind == role || kind == session) && e.is("sts:getfederationtoken"):
		why = "only users and the root user can call GetFederationToken"
	}
	if why != "" {
		r.never, r.layer = why, "identity"
	}
}

// classify says what kind of resource is asked for and whose it is.
func (e *eval) classify(r *result) {
	partition, svc, owner, res, isARN := cutARN(e.resource)
	action := e.req.Action
	r.sure = truth.Yes
	switch {
	case e.assumes && (strings.HasPrefix(res, "role/") || match.HasHole(e.resource)):
		r.kind, r.trust = selfGuarded, true
	case e.service() == "kms" && e.resource != "*" && !(svc == "kms" && !strings.HasPrefix(res, "key/") && !match.HasHole(res)):
		r.kind = selfGuarded
	}
	if e.req.ResourceAccount != "" {
		owner = e.req.ResourceAccount
	}
	c := &e.caller
	switch {
	case !c.kind.iamPrincipal():
		r.same = truth.No
	case e.resource == "*" && e.req.ResourceAccount == "":
		r.same = truth.Yes // a call without a resource is one to the own account
	case c.kind == someone || owner == "":
		r.same = truth.Maybe
	default:
		r.same = match.Equal(owner, c.account)
	}
	r.meet = truth.Yes
	if c.kind.iamPrincipal() && c.kind != someone && isARN {
		// Principals and resources of different partitions do not meet
		// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_compare-resource-policies.html).
		if r.meet = match.Equal(partition, c.partition); r.meet == truth.No {
			r.same, r.never, r.layer = truth.No, "the caller is in another partition than the resource", r.resourceLayer()
		}
	}
	if r.kind == selfGuarded && !r.trust && r.same == truth.No && r.never == "" && c.kind.iamPrincipal() && !crossKMS(action) {
		r.never, r.layer = "KMS does not let another account make this call", "resource"
	}
	// A role can be passed only within its account
	// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html).
	r.home = e.is("iam:passrole") && c.kind.iamPrincipal()
	if r.home && r.same == truth.No {
		r.never, r.layer = "a role cannot be passed across accounts", "passrole"
	}
	switch {
	case e.service() == "sts":
		e.barred(r)
		e.assumeRoot(r)
	case e.service() == "iam" && c.kind == federated:
		// "You cannot call any IAM operations using the AWS CLI or the AWS
		// API. This limitation does not apply to console sessions."
		// (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html)
		r.sure, r.doubt = truth.Maybe, "whether the session is one of the console, the only kind of federated user that can call IAM"
	}
}

// assumeRoot classifies the call by which an organization's administrators
// get a session of a member account's root user: the caller's own policies
// decide, if its account is the management account or a delegated
// administrator for IAM
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html).
func (e *eval) assumeRoot(r *result) {
	if !e.is("sts:assumeroot") || r.never != "" || !e.caller.kind.iamPrincipal() {
		return
	}
	r.root = true
	switch {
	case !e.pol.Management:
		r.sure, r.doubt = truth.Maybe, "whether the caller's account is a delegated administrator for IAM of the member's organization"
	case r.same == truth.Yes && e.resource != "*":
		r.never, r.layer = "AssumeRoot is for member accounts", "identity"
	}
}

// assumesRole reports whether an action of STS is governed by the trust policy
// of a role
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required).
func (e *eval) assumesRole() bool {
	for _, a := range [...]string{"sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity", "sts:tagsession", "sts:setsourceidentity", "sts:setcontext"} {
		if e.is(a) {
			return true
		}
	}
	return false
}

// crossKMS reports whether a key can be used from another account by an
// action; permission for any other has no effect there
// (https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html).
func crossKMS(action string) bool {
	op := action[strings.IndexByte(action, ':')+1:]
	for _, o := range [...]string{
		"Decrypt", "Encrypt", "GenerateDataKey", "DescribeKey", "CreateGrant", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo",
		"DeriveSharedSecret", "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext", "GenerateMac", "GetKeyRotationStatus",
		"GetPublicKey", "ListGrants", "RetireGrant", "RevokeGrant", "Sign", "Verify", "VerifyMac", "ReEncrypt",
	} {
		if strings.EqualFold(op, o) {
			return true
		}
	}
	return match.HasHole(action)
}

// rootMayMend reports whether the request is one by which the root user of
// the bucket's owner gets rid of a bucket policy that locks everybody out: no
// bucket policy can deny it
// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html).
func (e *eval) rootMayMend() truth.Value {
	if e.caller.kind != root || e.req.ResourceAccount == "" {
		return truth.No
	}
	for _, a := range [...]string{"s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"} {
		if e.is(a) {
			return match.Equal(e.req.ResourceAccount, e.caller.account)
		}
	}
	return truth.No
}

// gatewayEndpoint reports whether the request comes through a gateway endpoint,
// whose policy lets in single principals by aws:PrincipalArn only: an account
// there means its root user
// (https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#vpc-endpoint-policies-gateway).
func (e *eval) gatewayEndpoint() truth.Value {
	switch e.pol.EndpointType {
	case "Gateway":
		return truth.Yes
	case "Interface":
		return truth.No
	}
	switch e.service() {
	case "s3", "dynamodb":
		return truth.Maybe
	default:
		return truth.No
	}
}
