package authz

import (
	"strings"

	"penstock/iam"
)

// derivedKey is a condition key that the principal or the request fixes, so
// that it need not be in the context. A key that the context holds wins.
type derivedKey uint8

const (
	notDerived derivedKey = iota
	principalARN
	principalAccount
	principalType
	principalIsService
	principalServiceName
	principalServiceNames
	principalOrg // PrincipalOrgID, PrincipalOrgPaths, PrincipalTag/…: only for members
	userName
	userID
	resourceAccount
	callerAccount
	sourceIP
	sourceEndpoint
	derivedKeys
)

// A DerivedKey documents one key that Derive fills in.
type DerivedKey struct{ Key, Value, Source string }

const globalKeys = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"

// DerivedKeys lists the condition keys that need not be given, because the
// principal's ARN and the request fix them.
func DerivedKeys() []DerivedKey {
	return []DerivedKey{
		{"aws:PrincipalArn", "the user, the role (not the session; without a path where only the session is given), the federated user or the root; absent for services and anonymous callers", globalKeys + "#condition-keys-principalarn"},
		{"aws:PrincipalAccount", "the account in the principal's ARN; absent for services and anonymous callers", globalKeys + "#condition-keys-principalaccount"},
		{"aws:PrincipalType", "User, AssumedRole, FederatedUser, Account or Anonymous", "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable"},
		{"aws:PrincipalIsAWSService", "true for a service, false for a signed request of anybody else; absent for anonymous callers", globalKeys + "#condition-keys-principalisawsservice"},
		{"aws:PrincipalServiceName", "the service; absent for others", globalKeys + "#condition-keys-principalservicename"},
		{"aws:PrincipalServiceNamesList", "unknown for a service; absent for others", globalKeys + "#condition-keys-principalservicenameslist"},
		{"aws:PrincipalOrgID, aws:PrincipalOrgPaths, aws:PrincipalTag/…", "absent for services and anonymous callers", globalKeys + "#condition-keys-principalorgid"},
		{"aws:username", "the name of a user; absent for roles, root, federated users and services", "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable"},
		{"aws:userid", "the account for root, account:name for a federated user; not derived for others", "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable"},
		{"aws:ResourceAccount", "the owner of the resource, where the request or the ARN says", globalKeys + "#condition-keys-resourceaccount"},
		{"aws:SourceIp", "absent where the request is known to come through a VPC endpoint (aws:SourceVpce)", globalKeys + "#condition-keys-sourceip"},
		{"aws:SourceVpce", "absent where the request is known to have an aws:SourceIp", globalKeys + "#condition-keys-sourcevpce"},
		{"kms:CallerAccount", "the principal's account, in requests to KMS", "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-caller-account"},
	}
}

// derivedOf classifies a key that is in lower case.
func derivedOf(low string) derivedKey {
	switch low {
	case "aws:principalarn":
		return principalARN
	case "aws:principalaccount":
		return principalAccount
	case "aws:principaltype":
		return principalType
	case "aws:principalisawsservice":
		return principalIsService
	case "aws:principalservicename":
		return principalServiceName
	case "aws:principalservicenameslist":
		return principalServiceNames
	case "aws:principalorgid", "aws:principalorgpaths":
		return principalOrg
	case "aws:username":
		return userName
	case "aws:userid":
		return userID
	case "aws:resourceaccount":
		return resourceAccount
	case "kms:calleraccount":
		return callerAccount
	case "aws:sourceip":
		return sourceIP
	case "aws:sourcevpce":
		return sourceEndpoint
	}
	if strings.HasPrefix(low, "aws:principaltag/") {
		return principalOrg
	}
	return notDerived
}

// Derive returns the request's context with every key that DerivedKeys lists
// filled in, for those who print it; Decide needs it not.
func Derive(req *iam.Request) iam.Context {
	ctx := req.Context.Clone()
	var ev eval
	ev.req = req
	ev.caller.read(&req.Principal)
	for _, d := range DerivedKeys() {
		for key := range strings.SplitSeq(d.Key, ", ") {
			if strings.HasSuffix(key, "…") || ctx.Has(key) {
				continue
			}
			if v, ok := ev.derive(derivedOf(strings.ToLower(key))); ok {
				v.Values = append([]string(nil), v.Values...)
				ctx.Put(key, v)
			}
		}
	}
	return ctx
}

// lookup returns what is known of a key, which is in lower case.
func (e *eval) lookup(low string, d derivedKey) iam.ContextValue {
	ctx := &e.req.Context
	if v, ok := ctx.Lookup(low); ok {
		return v
	}
	if d != notDerived {
		if v, ok := e.derive(d); ok {
			return v
		}
	}
	return ctx.Other(low)
}

func (e *eval) userID() iam.ContextValue { return e.lookup("aws:userid", userID) }

// derive computes one key; ok is false where the request does not fix it.
func (e *eval) derive(d derivedKey) (v iam.ContextValue, ok bool) {
	c := &e.caller
	absent := iam.ContextValue{}
	signed := c.kind.iamPrincipal()
	switch d {
	case principalARN:
		switch c.kind {
		case user, role, federated, root:
			return e.known(d, c.arn), true
		case session:
			if c.roleARN != "" {
				return e.known(d, c.roleARN), true
			}
			if e.sessionRole == "" {
				e.sessionRole = "arn:" + c.partition + ":iam::" + c.account + ":role/" + c.name
			}
			return e.known(d, e.sessionRole), true
		}
		return absent, !signed
	case principalAccount:
		if signed && c.kind != someone {
			return e.known(d, c.account), true
		}
		return absent, !signed
	case principalType:
		switch c.kind {
		case user:
			return e.known(d, "User"), true
		case role, session:
			return e.known(d, "AssumedRole"), true
		case federated:
			return e.known(d, "FederatedUser"), true
		case root:
			return e.known(d, "Account"), true
		case anonymous:
			return e.known(d, "Anonymous"), true
		}
		return absent, false
	case principalIsService:
		switch c.kind {
		case service:
			return e.known(d, "true"), true
		case anonymous, provider:
			return absent, true
		}
		return e.known(d, "false"), true
	case principalServiceName:
		if c.kind == service {
			return e.known(d, c.service), true
		}
		return absent, true
	case principalServiceNames:
		if c.kind == service {
			return iam.ContextValue{State: iam.Unknown, Multi: true}, true
		}
		return absent, true
	case principalOrg:
		return absent, !signed
	case userName:
		switch c.kind {
		case user:
			return e.known(d, c.name), true
		case someone:
			return absent, false
		}
		return absent, true
	case userID:
		switch c.kind {
		case root:
			return e.known(d, c.account), true
		case federated:
			return e.known(d, c.account+":"+c.name), true
		}
		return absent, !signed && c.kind != service
	case resourceAccount:
		if e.req.ResourceAccount != "" {
			return e.known(d, e.req.ResourceAccount), true
		}
		if _, _, owner, _, ok := cutARN(e.req.Resource); ok && owner != "" {
			return e.known(d, owner), true
		}
		return absent, false
	case callerAccount:
		if signed && c.kind != someone && e.service() == "kms" {
			return e.known(d, c.account), true
		}
		return absent, false
	case sourceIP:
		v, _ := e.req.Context.Lookup("aws:sourcevpce")
		return absent, v.State == iam.Known && !v.Optional
	case sourceEndpoint:
		v, _ := e.req.Context.Lookup("aws:sourceip")
		return absent, v.State == iam.Known && !v.Optional
	default:
		panic("authz: no such derived key")
	}
}

// known returns one value without allocating: each key has its own place.
func (e *eval) known(d derivedKey, s string) iam.ContextValue {
	e.derived[d][0] = s
	return iam.ContextValue{State: iam.Known, Values: e.derived[d][:]}
}

// service returns the IAM prefix of the action in lower case; an ill-formed
// action gives "".
func (e *eval) service() string {
	if e.svc == "" {
		s, _, _ := strings.Cut(e.req.Action, ":")
		e.svc = strings.ToLower(s)
	}
	return e.svc
}
