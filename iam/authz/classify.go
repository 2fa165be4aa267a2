package authz

import (
	"strings"

	"penstock/match"
	"penstock/truth"
)

// exempt handles the calls of AWS STS that policies do not govern.
func (e *eval) exempt(r *result) bool {
	switch {
	case strings.EqualFold(e.req.Action, "sts:GetCallerIdentity"):
		// "No permissions are required … if an administrator adds a policy
		// that explicitly denies access, you can still perform this operation"
		// (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html).
		r.always, r.allowed = true, truth.Of(e.caller.kind.iamPrincipal())
		if r.allowed == truth.No {
			r.always, r.never, r.layer = false, "only a signed request has an identity", "identity"
		}
		return true
	case strings.EqualFold(e.req.Action, "sts:GetSessionToken"):
		// "You cannot use policies to control authentication operations"
		// (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html);
		// users and the root may call it
		// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html).
		switch e.caller.kind {
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

// classify says what kind of resource is asked for and whose it is.
func (e *eval) classify(r *result) {
	partition, svc, owner, res, isARN := cutARN(e.resource)
	action := e.req.Action
	switch {
	case assumes(action) && (strings.HasPrefix(res, "role/") || match.HasHole(e.resource)):
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
	r.home = strings.EqualFold(action, "iam:PassRole") && c.kind.iamPrincipal()
	switch {
	case r.home && r.same == truth.No:
		r.never, r.layer = "a role cannot be passed across accounts", "passrole"
	case strings.EqualFold(action, "sts:AssumeRole") && c.kind == root:
		// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
		r.never, r.layer = "the root user cannot assume a role", "identity"
	}
}

// assumes reports whether an action is governed by the trust policy of a role
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required).
func assumes(action string) bool {
	if len(action) < 5 || !strings.EqualFold(action[:4], "sts:") {
		return false
	}
	for _, a := range [...]string{"AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "TagSession", "SetSourceIdentity", "SetContext"} {
		if strings.EqualFold(action[4:], a) {
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
	for _, a := range [...]string{"s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"} {
		if strings.EqualFold(e.req.Action, a) {
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
