package authz

import (
	"penstock/truth"
)

// resourceKind says how a resource's own policy and the identity policies of
// its account go together.
type resourceKind uint8

const (
	ordinary    resourceKind = iota // either suffices within the account
	selfGuarded                     // a KMS key or a role's trust: its policy must allow
)

// A result is everything that the verdict is made of. Explain reads more of
// it than Decide.
type result struct {
	allowed truth.Value
	denied  truth.Value

	identity, boundary, session, resource, endpoint outcome
	scpAllow, scpDeny, rcpDeny                      truth.Value
	grant                                           reach // of KMS grants

	kind    resourceKind
	trust   bool        // the resource policy is a role's trust
	same    truth.Value // the caller's account owns the resource
	meet    truth.Value // caller and resource are in one partition
	home    bool        // the action works within an account only
	always  bool        // AWS lets this call through whatever policies say
	never   string      // why AWS refuses this call whatever policies say
	layer   string      // with never: the layer to name
	limits  [3]truth.Value
	scps    bool // SCPs bear on the request
	rcps    bool
	through bool        // a VPC endpoint policy bears on it
	blocked truth.Value // S3 Block Public Access voids what the bucket policy grants
	foreign bool        // the object is not the bucket owner's: see disown
	root    bool        // the call is AssumeRoot, which the caller's side decides
	sure    truth.Value // Yes, or Maybe where doubt names what no policy tells
	doubt   string
}

// Indices of result.limits: what the caller's side says.
const (
	limitIdentity = iota
	limitBoundary
	limitSession
)

// run evaluates every layer and combines them.
func (e *eval) run() result {
	var r result
	if e.exempt(&r) {
		return r
	}
	e.classify(&r)
	iamCaller := e.caller.kind.iamPrincipal()

	if iamCaller {
		r.identity = e.ask(&e.c.identity)
		r.boundary = e.ask(&e.c.boundary)
		r.session = e.ask(&e.c.session)
		e.blur(&r.identity, "identity")
		e.blur(&r.boundary, "boundary")
		e.blur(&r.session, "session")
	}
	r.resource = e.ask(&e.c.resource)
	if e.pol.holes("resource") {
		e.blur(&r.resource, "resource")
		r.resource.by = r.resource.by.or(reach{truth.Maybe, truth.Maybe, truth.Maybe})
	}
	r.resource.deny = r.resource.deny.And(e.rootMayMend().Not())
	e.blockPublic(&r)
	if e.foreign() {
		e.disown(&r)
	}
	e.controlPolicies(&r, iamCaller)
	e.throughEndpoint(&r)
	if r.kind == selfGuarded && !r.trust {
		r.grant = e.grants()
	}

	e.conclude(&r)
	return r
}

// conclude makes allowed and denied of what the layers said.
func (e *eval) conclude(r *result) {
	body := e.body(r, e.caller.kind.iamPrincipal())
	if r.never != "" {
		body = truth.No
	}
	r.allowed = body.And(r.sure).And(r.scpAllow)
	if r.through {
		r.allowed = r.allowed.And(r.endpoint.allow)
	}
	r.denied = max(r.identity.deny, r.boundary.deny, r.session.deny, r.resource.deny, r.endpoint.deny, r.scpDeny, r.rcpDeny)
}

// blur accounts for what may be in a layer beside what is known.
func (e *eval) blur(o *outcome, layer string) {
	if e.pol.holes(layer) {
		o.allow = o.allow.Or(truth.Maybe)
		o.deny = o.deny.Or(truth.Maybe)
	}
}

// controlPolicies asks the policies of the organization.
func (e *eval) controlPolicies(r *result, iamCaller bool) {
	c := &e.caller
	linked := c.linked || e.pol.ServiceLinked
	// SCPs bind the users and roles of member accounts, the root user among
	// them; not the management account, not service-linked roles
	// (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html).
	r.scpAllow = truth.Yes
	if iamCaller && !linked && !e.pol.Management && (e.c.scp != nil || e.pol.holes("scp")) {
		r.scps = true
		for i := range e.c.scp {
			o := e.ask(&e.c.scp[i])
			r.scpAllow = r.scpAllow.And(o.allow)
			r.scpDeny = r.scpDeny.Or(o.deny)
		}
		if e.pol.holes("scp") {
			// Another policy may allow at a level, another level may not.
			r.scpAllow = truth.Maybe
			r.scpDeny = r.scpDeny.Or(truth.Maybe)
		}
	}
	// RCPs bind the resources of member accounts whoever calls, but for
	// service-linked roles and AWS managed keys; RCPFullAWSAccess stays
	// attached at every level, so that only their denies count
	// (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html).
	// They do not bear on kms:RetireGrant either (same page).
	retire := e.is("kms:retiregrant")
	own := e.pol.ResourceManagement || e.pol.Management && r.same == truth.Yes
	if !linked && !own && !retire && !e.pol.AWSManagedKey && (e.c.rcp != nil || e.pol.holes("rcp")) && e.engine.opt.RCPServices(e.service()) {
		r.rcps = true
		for i := range e.c.rcp {
			r.rcpDeny = r.rcpDeny.Or(e.ask(&e.c.rcp[i]).deny)
		}
		if e.pol.holes("rcp") {
			r.rcpDeny = r.rcpDeny.Or(truth.Maybe)
		}
		if e.pol.Management && r.same == truth.Maybe {
			r.rcpDeny = r.rcpDeny.And(truth.Maybe)
		}
	}
}

// throughEndpoint asks the policy of the VPC endpoint.
func (e *eval) throughEndpoint(r *result) {
	unknown := e.pol.holes("endpoint")
	r.through = e.pol.HasEndpoint || len(e.c.endpoint.policies) > 0 || unknown
	if r.through {
		e.gateway = e.gatewayEndpoint()
		r.endpoint = e.ask(&e.c.endpoint)
		e.gateway = truth.No
		if unknown {
			r.endpoint.allow = truth.Maybe
			r.endpoint.deny = r.endpoint.deny.Or(truth.Maybe)
		}
	}
}

// body combines identity and resource policies.
func (e *eval) body(r *result, iamCaller bool) truth.Value {
	by := r.resource.by
	if !iamCaller {
		// Services, token holders and anonymous callers have no policies.
		return by.any().Or(r.grant.any()).Or(truth.Of(r.foreign))
	}
	e.callerSide(r)
	return e.accounts(r).And(r.meet)
}

// accounts chooses between one account and two.
func (e *eval) accounts(r *result) truth.Value {
	if r.foreign || r.root {
		return r.limits[limitIdentity].And(r.limits[limitBoundary]).And(r.limits[limitSession])
	}
	switch r.same {
	case truth.Yes:
		return e.sameAccount(r)
	case truth.No:
		return e.crossAccount(r)
	default:
		return same(e.sameAccount(r), e.crossAccount(r))
	}
}

// callerSide works out what identity, boundary and session policies let
// through.
func (e *eval) callerSide(r *result) {
	i, b, s := r.identity.allow, truth.Yes, truth.Yes
	if e.caller.kind == root {
		// The root user needs no policy
		// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html).
		i = truth.Yes
	}
	if e.bounded() || e.pol.holes("boundary") {
		b = r.boundary.allow
	}
	switch {
	case e.pol.HasSession || len(e.pol.Session) > 0 || e.pol.holes("session"):
		s = r.session.allow
	case e.caller.kind == federated:
		// "If you do not pass a policy, the resulting session has no
		// permissions" but for what a resource policy gives the session
		// (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html).
		s = truth.No
	}
	r.limits = [3]truth.Value{limitIdentity: i, limitBoundary: b, limitSession: s}
}

// sameAccount follows
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html:
// a resource policy that names the caller itself is limited by nothing on the
// caller's side, one that names its role by boundary and session policies,
// and one that names the account only delegates. Ordinary resources delegate
// to their account by themselves; a KMS key and a role do so only if their
// policy says so
// (https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html).
func (e *eval) sameAccount(r *result) truth.Value {
	by := r.resource.by.or(r.grant)
	capped := r.limits[limitBoundary].And(r.limits[limitSession])
	own := r.limits[limitIdentity].And(capped)
	if r.kind == selfGuarded {
		own = own.And(by.account)
	}
	return own.Or(by.direct).Or(by.byRole.And(capped))
}

// crossAccount needs both accounts to allow, whatever the resource policy
// names
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html).
func (e *eval) crossAccount(r *result) truth.Value {
	if r.home || r.kind == selfGuarded && !r.trust && !crossKMS(e.req.Action) {
		return truth.No
	}
	capped := r.limits[limitBoundary].And(r.limits[limitSession])
	own := r.limits[limitIdentity].And(capped)
	// Whether the grantee of a grant needs a policy of its own in another
	// account is not documented.
	granted := r.grant.any().And(capped).And(r.limits[limitIdentity].Or(truth.Maybe))
	return own.And(r.resource.by.any()).Or(granted)
}

// grants asks every grant of the key.
func (e *eval) grants() reach {
	var r reach
	for i := range e.c.grants {
		r = r.or(e.grant(&e.c.grants[i]))
	}
	return r
}
