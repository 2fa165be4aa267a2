package authz

import (
	"strings"

	"penstock/iam"
	"penstock/match"
	"penstock/truth"
)

// callerKind is what makes the request.
type callerKind uint8

const (
	anonymous callerKind = iota
	user
	role      // a session of a role whose session name is not known
	session   // a session of a role
	federated // a session from GetFederationToken
	root
	service
	provider // a token holder of an OIDC or SAML provider
	someone  // an ARN that cannot be read, or is wholly unknown
)

// iamPrincipal reports whether the caller belongs to an account, so that
// identity policies and SCPs bear on it.
func (k callerKind) iamPrincipal() bool {
	switch k {
	case user, role, session, federated, root, someone:
		return true
	case anonymous, service, provider:
		return false
	default:
		panic("authz: no such caller")
	}
}

// A caller is a principal taken apart, without allocating.
type caller struct {
	kind      callerKind
	arn       string // as given
	service   string
	region    string // of a service, "" where that is not known
	partition string
	account   string
	name      string // of user, role or federated user, without path
	session   string
	roleARN   string // with its path, "" where that is not known
	rolePart  string // "role/path/name" of roleARN
	linked    bool   // a service-linked role
}

// cutARN splits an ARN in place; ok is false for anything else.
func cutARN(s string) (partition, service, account, resource string, ok bool) {
	if len(s) < len("arn:::::") || s[:4] != "arn:" {
		return "", "", "", "", false
	}
	var end [4]int
	at := len("arn:")
	for i := range end {
		n := strings.IndexByte(s[at:], ':')
		if n < 0 {
			return "", "", "", "", false
		}
		end[i] = at + n
		at += n + 1
	}
	return s[4:end[0]], s[end[0]+1 : end[1]], s[end[2]+1 : end[3]], s[at:], true
}

func baseName(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }

// read takes a principal apart
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html).
func (c *caller) read(p *iam.Principal) {
	c.arn, c.service, c.region = p.ARN, p.Service, p.Region
	switch {
	case p.Service != "":
		c.kind = service
		return
	case p.ARN == "" || p.ARN == "*":
		c.kind, c.arn = anonymous, ""
		return
	}
	var svc, res string
	var ok bool
	c.partition, svc, c.account, res, ok = cutARN(p.ARN)
	c.kind = someone
	if !ok {
		return
	}
	kind, rest, _ := strings.Cut(res, "/")
	switch {
	case svc == "iam" && res == "root":
		c.kind = root
	case svc == "iam" && kind == "user":
		c.kind, c.name = user, baseName(rest)
	case svc == "iam" && kind == "role":
		c.kind, c.name, c.roleARN, c.rolePart = role, baseName(rest), p.ARN, res
		c.linked = strings.HasPrefix(rest, "aws-service-role/")
	case svc == "sts" && kind == "assumed-role":
		c.kind = session
		c.name, c.session, _ = strings.Cut(rest, "/")
		c.roleARN = p.Role
		if r, ok := c.resourceOf(p.Role, len(p.ARN)-len(res)); ok {
			c.rolePart = r
			c.linked = strings.HasPrefix(r, "role/aws-service-role/")
		} else {
			// IAM keeps this prefix for service-linked roles
			// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html).
			c.linked = strings.HasPrefix(c.name, "AWSServiceRoleFor")
		}
	case svc == "sts" && kind == "federated-user":
		c.kind, c.name = federated, rest
	case svc == "iam" && (kind == "oidc-provider" || kind == "saml-provider"):
		c.kind = provider
	}
}

// resourceOf returns the resource part of a role's ARN. That of a session's
// own role differs from the session's, whose resource part begins at n, in
// the service alone.
func (c *caller) resourceOf(role string, n int) (string, bool) {
	at := len("arn:") + len(c.partition) + len(":")
	if len(role) > n && role[:at] == c.arn[:at] && role[at:at+3] == "iam" && role[at+3:n] == c.arn[at+3:n] {
		return role[n:], true
	}
	_, _, _, r, ok := cutARN(role)
	return r, ok
}

// sameRole compares the role of a caller with a role of the same account.
// Role names are unique in an account whatever their paths
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html),
// so a path that a session's ARN has lost is no matter; one that is known and
// differs means another role.
func (c *caller) sameRole(resource string) truth.Value {
	switch own := c.rolePart; {
	case own == "":
	case own == resource:
		return truth.Yes
	case c.kind == role:
		return match.Equal(own, resource)
	default:
		return match.Equal(own, resource).And(match.Equal(c.name, baseName(resource)))
	}
	return match.Equal(c.name, baseName(resource))
}
