package authz

import (
	"strings"

	"penstock/arn"
	"penstock/iam"
	"penstock/match"
	"penstock/truth"
)

// principalKind is what an entry of a Principal element names.
type principalKind uint8

const (
	pAll principalKind = iota
	pAccount
	pUser
	pRole
	pSession
	pFederatedUser
	pService
	pProvider
	pCanonical
	pID     // the unique id of a deleted principal
	pNobody // nothing that AWS accepts
	pHole   // not known
)

// A principal is one entry of a Principal element.
type principal struct {
	src       *iam.PrincipalElem
	kind      principalKind
	maybe     bool
	partition string // "" for a bare account id
	account   string
	resource  string // "role/path/name"
	name      string // without path
	session   string
}

func compilePrincipal(e *iam.PrincipalElem) principal {
	p := principal{src: e, maybe: len(e.Maybe) > 0, kind: pNobody}
	switch e.Type {
	case iam.PrincipalAll:
		p.kind = pAll
	case iam.PrincipalService:
		p.kind = pService
	case iam.PrincipalFederated:
		p.kind = pProvider
	case iam.PrincipalCanonicalUser:
		p.kind = pCanonical
	case iam.PrincipalAWS:
		compileAWS(&p, e.Text)
	default:
		panic("authz: no such type of principal")
	}
	return p
}

func compileAWS(p *principal, s string) {
	switch {
	case s == "*":
		p.kind = pAll
		return
	case arn.IsAccountID(s), isHole(s, match.Account):
		p.kind, p.account = pAccount, s
		return
	}
	var svc string
	var ok bool
	p.partition, svc, p.account, p.resource, ok = cutARN(s)
	if !ok {
		switch {
		case match.HasHole(s):
			p.kind = pHole
		case strings.HasPrefix(s, "AROA"), strings.HasPrefix(s, "AIDA"):
			p.kind = pID
		}
		return
	}
	if strings.ContainsAny(s, "*?") {
		return // a wildcard is no part of a principal
	}
	kind, rest, _ := strings.Cut(p.resource, "/")
	switch {
	case svc == "iam" && p.resource == "root":
		p.kind = pAccount
	case svc == "iam" && kind == "user":
		p.kind, p.name = pUser, baseName(rest)
	case svc == "iam" && kind == "role":
		p.kind, p.name = pRole, baseName(rest)
	case svc == "sts" && kind == "assumed-role":
		p.kind = pSession
		p.name, p.session, _ = strings.Cut(rest, "/")
	case svc == "sts" && kind == "federated-user":
		p.kind, p.name = pFederatedUser, rest
	case match.HasHole(s):
		p.kind = pHole
	}
}

// isHole reports whether s is one hole of class c.
func isHole(s string, c match.Class) bool {
	return len(s) > 2 && s[0] == 0 && s[1] == byte(c) && strings.IndexByte(s[1:], 0) == len(s)-2
}

// A reach is how a Principal element names the caller. The forms differ in
// what else limits the grant
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html):
// direct names the user, the session, the service or everybody, and nothing
// on the caller's side limits it in the same account; byRole names the role of
// a session, or the user of a federated session, and is limited by boundary
// and session policies; account delegates to the caller's account.
type reach struct {
	direct, byRole, account truth.Value
}

func (r reach) any() truth.Value { return max(r.direct, r.byRole, r.account) }

func (r reach) and(v truth.Value) reach {
	return reach{r.direct.And(v), r.byRole.And(v), r.account.And(v)}
}

func (r reach) or(s reach) reach {
	return reach{r.direct.Or(s.direct), r.byRole.Or(s.byRole), r.account.Or(s.account)}
}

// names reports how p names the caller.
func (p *principal) names(e *eval) reach {
	r := p.certain(e)
	if p.maybe {
		r = r.and(truth.Maybe)
	}
	return r
}

func (p *principal) certain(e *eval) reach {
	c := &e.caller
	if c.kind == someone && p.kind != pAll {
		// An ARN that cannot be read: nobody knows whom it names.
		switch p.kind {
		case pService, pProvider, pNobody:
			return reach{}
		default:
			return reach{direct: match.Equal(p.src.Text, c.arn).Or(truth.Of(match.HasHole(c.arn)).And(truth.Maybe))}
		}
	}
	switch p.kind {
	case pAll:
		return reach{direct: truth.Yes}
	case pHole:
		return reach{direct: truth.Maybe}
	case pNobody:
		return reach{}
	case pService:
		if c.kind != service {
			return reach{}
		}
		if p.src.Text == "*" {
			return reach{direct: truth.Yes} // every service (assumed)
		}
		return reach{direct: match.Equal(p.src.Text, c.service).Or(regional(p.src.Text, c, e.engine.opt.ExactServices))}
	case pProvider:
		switch c.kind {
		case provider:
			if p.src.Text == "*" {
				return reach{direct: truth.Yes}
			}
			return reach{direct: match.Equal(p.src.Text, c.arn)}
		case service: // "cognito-identity.amazonaws.com", "accounts.google.com"
			return reach{direct: match.Equal(p.src.Text, c.service)}
		default:
			return reach{}
		}
	case pCanonical:
		// It stands for an account; which one is not in the policy
		// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts).
		if c.kind.iamPrincipal() {
			return reach{account: truth.Maybe}
		}
		return reach{}
	case pID:
		id := p.matchesID(e.userID())
		if strings.HasPrefix(p.src.Text, "AROA") {
			return reach{byRole: id}
		}
		return reach{direct: id}
	}
	return p.byARN(c)
}

// regional reports whether text is the name that the calling service has in
// its region: of codedeploy.amazonaws.com in us-east-1 also
// codedeploy.us-east-1.amazonaws.com, which limits the trust to that region
// (https://docs.aws.amazon.com/codedeploy/latest/userguide/getting-started-create-service-role.html;
// of Step Functions https://github.com/aws/aws-cdk/issues/19267). Which other
// services have such names, AWS does not say.
func regional(text string, c *caller, exact bool) truth.Value {
	name, suffix, ok := strings.Cut(c.service, ".")
	rest, of := strings.CutPrefix(text, name+".")
	if !ok || !of || len(rest) <= len(suffix) {
		return truth.No
	}
	known := truth.Maybe
	if name == "codedeploy" || name == "states" {
		known = truth.Yes
	} else if exact {
		return truth.No
	}
	if c.region != "" {
		// In China the names of services end either way.
		here := match.Equal(rest, c.region+"."+suffix)
		if strings.HasPrefix(c.region, "cn-") {
			here = here.Or(match.Equal(rest, c.region+"."+suffix+".cn"))
		}
		return here.And(known)
	}
	region, ok := strings.CutSuffix(rest, "."+suffix)
	if !ok || strings.Count(region, "-") < 2 && !match.HasHole(region) || strings.Contains(region, ".") {
		return truth.No
	}
	return truth.Maybe
}

// matchesID compares a unique id. AWS shows one in place of a principal that
// was deleted; a new principal of the same name has another
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids).
func (p *principal) matchesID(userID iam.ContextValue) truth.Value {
	if userID.State != iam.Known || len(userID.Values) == 0 {
		return truth.No
	}
	id, _, _ := strings.Cut(userID.Values[0], ":")
	return match.Equal(p.src.Text, id)
}

// byARN compares accounts, users, roles and sessions.
func (p *principal) byARN(c *caller) reach {
	if !c.kind.iamPrincipal() {
		return reach{}
	}
	here := match.Equal(p.account, c.account)
	if p.partition != "" {
		here = here.And(match.Equal(p.partition, c.partition))
	}
	if here == truth.No {
		return reach{}
	}
	switch p.kind {
	case pAccount:
		return reach{account: here}
	case pUser:
		switch c.kind {
		case user:
			return reach{direct: match.Equal(p.src.Text, c.arn)}
		case federated:
			// The session carries the name that was asked for; that it is the
			// user's is assumed.
			return reach{byRole: here.And(match.Equal(p.name, c.name))}
		}
	case pRole:
		if c.kind == role || c.kind == session {
			return reach{byRole: here.And(c.sameRole(p.resource))}
		}
	case pSession:
		switch c.kind {
		case session:
			return reach{direct: match.Equal(p.src.Text, c.arn)}
		case role:
			// Some session of the role.
			return reach{direct: here.And(match.Equal(p.name, c.name)).And(truth.Maybe)}
		}
	case pFederatedUser:
		if c.kind == federated {
			return reach{direct: match.Equal(p.src.Text, c.arn)}
		}
	}
	return reach{}
}

// excluded reports whether a NotPrincipal element exempts the caller. AWS may
// check the account first, then the role, then the session, and asks to list
// all of them; one that is missing is taken to deny. Where the caller has a
// permissions boundary, NotPrincipal with Deny always denies
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html).
func (e *eval) excluded(s *statement) truth.Value {
	c := &e.caller
	if c.kind.iamPrincipal() {
		if e.bounded() {
			return truth.No
		}
		if e.pol.holes("boundary") {
			return truth.Maybe.And(e.listed(s))
		}
	}
	return e.listed(s)
}

// listed reports whether all that stands for the caller is listed.
func (e *eval) listed(s *statement) truth.Value {
	c := &e.caller
	var all, account, named, byRole truth.Value
	for i := range s.principals {
		p := &s.principals[i]
		r := p.names(e)
		if p.kind == pAll {
			all = all.Or(r.direct)
		}
		account = account.Or(r.account)
		named = named.Or(r.direct)
		byRole = byRole.Or(r.byRole)
		if c.kind == root {
			account = account.Or(r.direct)
			named = named.Or(r.account) // the root user is the account
		}
	}
	switch c.kind {
	case role, session:
		return all.Or(account.And(byRole).And(named))
	case user, federated, root, someone:
		return all.Or(account.And(named))
	case anonymous, service, provider:
		return named
	default:
		panic("authz: no such caller")
	}
}
