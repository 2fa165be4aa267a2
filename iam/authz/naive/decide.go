package naive

import (
	"strings"

	"penstock/iam"
)

// Decide evaluates a request as the pages under
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
// describe it.
func Decide(req *iam.Request, in Input) Decision {
	w := &world{req: req, in: in, who: whois(req.Principal)}
	verb, name, _ := strings.Cut(strings.ToLower(req.Action), ":")
	w.verb = verb
	if verb == "sts" && name == "getcalleridentity" {
		// "No permissions are required … If an administrator attaches a policy
		// that explicitly denies …, you can still perform this operation."
		// (STS API reference, GetCallerIdentity)
		return Decision{Verdict: "allow"}
	}
	c := w.who
	if verb == "sts" && name == "getsessiontoken" {
		// "No permissions are required … You cannot use policies to control
		// authentication operations." It takes long-term credentials.
		// (id_credentials_temp_control-access_getsessiontoken.html)
		if c.kind == user || c.kind == root {
			return Decision{Verdict: "allow"}
		}
		return Decision{Verdict: "deny", Layers: []string{"identity"}}
	}
	if verb == "sts" && c.barred(name) {
		return w.barred(in)
	}
	arn := arnParts(req.Resource)

	// Whose resource is it?
	owner := req.ResourceAccount
	if owner == "" && arn != nil {
		owner = arn[4]
	}
	same, other := no, no // the resource is surely in the caller's account, in another
	switch {
	case !c.hasAccount():
	case arn != nil && arn[1] != c.partition:
		other = yes
	case owner != "":
		same, other = of(owner == c.account), of(owner != c.account)
	case arn == nil:
		same = yes // no resource at all
	default:
		same, other = maybe, maybe
	}

	// What each layer says.
	var identity, boundary, session, endpoint found
	var resource found
	isTrust := verb == "sts" && arn != nil && arn[2] == "iam" && strings.HasPrefix(arn[5], "role/")
	for _, p := range in.Resource {
		// The trust policy of a role is about assuming it, nothing else.
		if p.Kind != iam.Trust || isTrust {
			resource = w.policies(in.Resource)
		}
	}
	I, B, S, SCP, E := no, yes, yes, yes, yes
	if c.hasAccount() && c.kind != root {
		identity = w.policies(in.Identity)
		I = identity.allow.direct
		if in.Unknown["identity"] {
			I, identity.deny = I.or(maybe), identity.deny.or(maybe)
		}
		if in.HasBoundary || len(in.Boundary) > 0 {
			boundary = w.policies(in.Boundary)
			B = boundary.allow.direct
		}
		if in.Unknown["boundary"] {
			B, boundary.deny = maybe, boundary.deny.or(maybe)
		}
		switch {
		case in.HasSession || len(in.Session) > 0:
			session = w.policies(in.Session)
			S = session.allow.direct
		case c.kind == federated:
			// "If there is no session policy … [and not] a role session …
			// the request is implicitly denied."
			S = no
		}
		if in.Unknown["session"] {
			S, session.deny = maybe, session.deny.or(maybe)
		}
	}
	if c.kind == root {
		I = yes
		// A session of AssumeRoot is one of the root user, scoped by its task
		// policy (id_root-user-privileged-task.html).
		if in.HasSession || len(in.Session) > 0 {
			session = w.policies(in.Session)
			S = session.allow.direct
		}
		if in.Unknown["session"] {
			S, session.deny = maybe, session.deny.or(maybe)
		}
	}

	linked := in.ServiceLinked || c.serviceLinked()
	scpDeny := no
	if c.hasAccount() && !in.Management && !linked {
		for _, level := range in.SCP {
			f := w.policies(level)
			SCP = SCP.and(f.allow.direct)
			scpDeny = scpDeny.or(f.deny)
		}
		if in.Unknown["scp"] {
			SCP, scpDeny = maybe, scpDeny.or(maybe)
		}
	}

	// RCPs bind the resource's account and every caller but service-linked
	// roles (orgs_manage_policies_rcps.html).
	rcpDeny := no
	retire := verb == "kms" && name == "retiregrant"
	managed := of(in.ResourceManagement).or(of(in.Management).and(same))
	if in.RCPService(verb) && !linked && !retire && !(verb == "kms" && in.AWSManagedKey) {
		for _, level := range in.RCP {
			rcpDeny = rcpDeny.or(w.policies(level).deny)
		}
		if in.Unknown["rcp"] {
			rcpDeny = rcpDeny.or(maybe)
		}
		rcpDeny = rcpDeny.and(managed.not())
	}

	if in.HasEndpoint || len(in.Endpoint) > 0 {
		endpoint = w.policies(in.Endpoint)
		E = endpoint.allow.any()
	}
	if in.Unknown["endpoint"] {
		E, endpoint.deny = maybe, endpoint.deny.or(maybe)
	}

	R := resource.allow
	if in.Unknown["resource"] {
		R = names{R.direct.or(maybe), R.role.or(maybe), R.account.or(maybe)}
		resource.deny = resource.deny.or(maybe)
	}
	isKey := verb == "kms" && arn != nil && arn[2] == "kms" && strings.HasPrefix(arn[5], "key/")
	var granted names
	if isKey {
		for _, g := range in.Grants {
			n := w.grant(g, name)
			R.direct, R.role, R.account = R.direct.or(n.direct), R.role.or(n.role), R.account.or(n.account)
			granted.direct, granted.role = granted.direct.or(n.direct), granted.role.or(n.role)
		}
	}

	if c.kind == root && verb == "s3" && req.ResourceAccount == c.account {
		// "the root principal in a bucket owner's account can perform the
		// GetBucketPolicy, PutBucketPolicy, and DeleteBucketPolicy API
		// actions, even if their bucket policy explicitly denies" (S3 API
		// reference, DeleteBucketPolicy).
		switch name {
		case "getbucketpolicy", "putbucketpolicy", "deletebucketpolicy":
			resource.deny = no
		}
	}

	// The paths to an allow.
	own := I.and(B).and(S)
	within := R.direct.or(R.role.and(B).and(S)) // same account, table "Resource-based policies and implicit denies"
	if isKey || isTrust {
		within = within.or(R.account.and(own)) // identity policies count only where the account is trusted
	} else {
		within = within.or(own)
	}
	across := R.any().and(own) // both accounts must allow
	// Whether a grant to somebody in another account needs an identity policy
	// there, no page says: policy-evaluation.html of KMS speaks of "a grant or
	// IAM policy in your account".
	across = across.or(granted.any().and(maybe).and(B).and(S))
	alone := R.direct // callers that belong to no account
	var path tri
	switch {
	case !c.hasAccount():
		path = alone
	case same == yes:
		path = within
	case other == yes:
		path = across
	default:
		path = join(within, across)
	}
	if w.foreignObject(arn, name) {
		// The object's owner must let the caller in, by the object's ACL, and
		// the caller's account too; of the bucket owner only a Deny counts
		// (access-control-auth-workflow-object-operation.html). Which ACL
		// there is nobody told us; the owner has full control by default.
		path = maybe
		if c.hasAccount() {
			path = own.and(maybe)
			if c.account == in.ObjectOwner {
				path = own
			}
		}
	}
	if verb == "sts" && name == "assumeroot" && c.hasAccount() {
		// The management account, or a delegated administrator for IAM, may
		// (id_root-user-privileged-task.html); it is about member accounts.
		path = own.and(maybe)
		if in.Management {
			path = own
			if same == yes {
				path = no
			}
		}
	}
	if verb == "iam" && c.kind == federated {
		// Only in console sessions (API_GetFederationToken.html).
		path = path.and(maybe)
	}
	if arn != nil && c.partition != "" && arn[1] != c.partition {
		path = no // id_roles_compare-resource-policies.html: same partition only
	}

	if c.kind == root && isTrust && name == "assumerole" {
		path = no // root users cannot call AssumeRole (id_credentials_sts-comparison.html)
	}

	deny := identity.deny.or(boundary.deny).or(session.deny).or(resource.deny).or(scpDeny).or(rcpDeny).or(endpoint.deny)
	// "You cannot pass a role … to another account" (id_roles_use_passrole.html).
	if isKey && other == yes && name == "schedulekeydeletion" {
		// One of the operations for which permissions have no effect in
		// another account (KMS, key-policy-modifying-external-accounts.html).
		path = no
	}
	passed := verb == "iam" && name == "passrole" && other == yes
	if passed {
		path = no
	}
	allow := path.and(SCP).and(E)

	trust := "resource"
	if isTrust {
		trust = "trust"
	}
	var layers []string
	switch {
	case deny == yes:
		for _, l := range []struct {
			name string
			deny tri
		}{
			{"identity", identity.deny},
			{"boundary", boundary.deny},
			{"session", session.deny},
			{trust, resource.deny},
			{"scp", scpDeny},
			{"rcp", rcpDeny},
			{"endpoint", endpoint.deny},
		} {
			if l.deny == yes {
				layers = append(layers, l.name)
			}
		}
		return Decision{"deny", true, layers}
	case allow == no:
		for _, l := range []struct {
			name  string
			allow tri
		}{
			{"scp", SCP},
			{"endpoint", E},
			{"boundary", B},
			{"session", S},
		} {
			if l.allow != yes {
				layers = append(layers, l.name)
			}
		}
		if path != yes {
			layers = append(layers, "identity", trust)
		}
		if verb == "iam" && name == "passrole" {
			layers = append(layers, "passrole")
		}
		return Decision{"deny", false, layers}
	case allow == yes && deny == no:
		return Decision{Verdict: "allow"}
	}
	return Decision{Verdict: "depends"}
}

// barred reports whether a caller cannot make a call of STS at all
// (id_credentials_sts-comparison.html, column "Who can call", and
// API_GetFederationToken.html: a federated user calls nothing of STS but
// GetCallerIdentity).
func (c caller) barred(name string) bool {
	switch c.kind {
	case federated:
		return true
	case root:
		return name == "assumeroot"
	case role, session:
		return name == "getfederationtoken"
	}
	return false
}

// barred is the decision then: an explicit deny is still reported as such.
func (w *world) barred(in Input) Decision {
	d := Decision{Verdict: "deny", Layers: []string{"identity"}}
	add := func(layer string, ps []*iam.Policy) {
		if w.policies(ps).deny == yes {
			if !d.Explicit {
				d.Layers = nil
			}
			d.Explicit = true
			d.Layers = append(d.Layers, layer)
		}
	}
	if w.who.kind != root {
		add("identity", in.Identity)
		add("boundary", in.Boundary)
	}
	add("session", in.Session)
	for _, p := range in.Resource {
		if p.Kind != iam.Trust || strings.Contains(w.req.Resource, ":role/") {
			add("resource", in.Resource)
			add("trust", in.Resource)
		}
	}
	linked := in.ServiceLinked || w.who.serviceLinked()
	if !in.Management && !linked {
		for _, level := range in.SCP {
			add("scp", level)
		}
	}
	if in.RCPService("sts") && !linked {
		for _, level := range in.RCP {
			add("rcp", level)
		}
	}
	add("endpoint", in.Endpoint)
	return d
}

// foreignObject reports whether the request reads an object that is not the
// bucket owner's.
func (w *world) foreignObject(arn []string, name string) bool {
	if w.in.ObjectOwner == "" || w.in.ObjectOwner == w.req.ResourceAccount || w.verb != "s3" || arn == nil || !strings.Contains(arn[5], "/") {
		return false
	}
	// The operations of an object that ACL permissions stand for
	// (acl-overview.html, "Mapping of ACL permissions").
	switch name {
	case "getobject", "getobjectversion", "getobjectacl", "getobjectversionacl", "putobjectacl", "putobjectversionacl":
		return true
	}
	return false
}
