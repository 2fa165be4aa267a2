package reach

import (
	"strings"

	"penstock/iam"
	"penstock/iam/authz"
	"penstock/match"
	"penstock/truth"
)

// layers makes the formula of "authz allows the request": the same sums as
// authz's conclude, over formulas in place of values. Where authz says Maybe
// the formula takes the side that p.sure asks for.
type layers struct {
	p       *problem
	e       *Engine
	pol     *authz.Policies
	caller  caller
	oracle  oracle
	named   []string // actions that the question names
	account string   // that owns the resource, "" where its ARN says
}

// said is what the policies of one layer say.
type said struct{ allow, deny, direct, byRole, account ref }

// ask joins the policies of a layer.
func (l *layers) ask(ps []*iam.Policy) said {
	s := said{no, no, no, no, no}
	up := !l.p.sure
	f := &l.p.f
	for _, pol := range ps {
		for i := range pol.Statements {
			st := &pol.Statements[i]
			if st.Effect == iam.Allow {
				if pol.Broken != "" {
					continue
				}
				n := l.oracle.names(pol, st)
				if !holds(n.any(), up) {
					continue
				}
				m := l.p.statement(pol, st, up)
				s.allow = f.or(s.allow, m)
				s.direct = f.or(s.direct, f.and(m, bias(n.direct, up)))
				s.byRole = f.or(s.byRole, f.and(m, bias(n.byRole, up)))
				s.account = f.or(s.account, f.and(m, bias(n.account, up)))
				continue
			}
			if !holds(l.oracle.names(pol, st).any(), !up) {
				continue
			}
			s.deny = f.or(s.deny, l.p.statement(pol, st, !up))
		}
	}
	return s
}

func holds(v truth.Value, up bool) bool { return v == truth.Yes || up && v == truth.Maybe }

// blur accounts for what may be in a layer beside what is known.
func (l *layers) blur(s said, layer string) said {
	if l.unknown(layer) {
		if l.p.sure {
			s.deny = yes
		} else {
			s.allow, s.direct, s.byRole, s.account = yes, yes, yes, yes
		}
	}
	return s
}

func (l *layers) unknown(layer string) bool {
	for i := range l.pol.Unknown {
		if l.pol.Unknown[i].Layer == layer {
			return true
		}
	}
	return false
}

// allowed returns the formula.
func (l *layers) allowed() ref {
	f := &l.p.f
	up := !l.p.sure
	pol := l.pol
	sts := l.anyAction("sts:GetCallerIdentity", "sts:GetSessionToken")
	resource := l.blur(l.ask(pol.Resource), "resource")
	if l.caller.kind == "root" && !l.p.sure {
		mend := l.anyAction("s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy")
		resource.deny = f.and(resource.deny, -mend)
	}
	denied := resource.deny
	through := yes
	if pol.HasEndpoint || len(pol.Endpoint) > 0 || l.unknown("endpoint") {
		s := l.endpoint()
		through = s.allow
		denied = f.or(denied, s.deny)
	}
	rcp := l.rcp()
	denied = f.or(denied, rcp)

	grant, foreign := no, no
	if pol.ObjectOwner != "" && up {
		// Of an object that its writer owns the bucket policy says nothing.
		foreign = l.anyAction("s3:GetObject", "s3:GetObjectVersion", "s3:GetObjectAcl", "s3:GetObjectVersionAcl", "s3:PutObjectAcl", "s3:PutObjectVersionAcl")
	}
	if len(pol.Grants) > 0 {
		// The constraints of grants are left to authz.
		grant = f.and(constant(up), l.like("kms:*"))
	}
	if !l.caller.signed() {
		body := f.or(resource.direct, resource.byRole, resource.account, grant, foreign)
		return f.and(-sts, body, through, -denied)
	}
	identity := l.blur(l.ask(pol.Identity), "identity")
	boundary, session := said{allow: yes, deny: no}, said{allow: yes, deny: no}
	if pol.HasBoundary || len(pol.Boundary) > 0 || l.unknown("boundary") {
		boundary = l.blur(l.ask(pol.Boundary), "boundary")
	}
	switch {
	case pol.HasSession || len(pol.Session) > 0 || l.unknown("session"):
		session = l.blur(l.ask(pol.Session), "session")
	case l.caller.kind == "federated":
		session.allow = no
	}
	i := identity.allow
	if l.caller.kind == "root" {
		i = yes
	}
	capped := f.and(boundary.allow, session.allow)
	own := f.and(i, capped)
	scpAllow, scpDeny := l.scp()
	denied = f.or(denied, identity.deny, boundary.deny, session.deny, scpDeny)

	direct := f.or(resource.direct, grant)
	account := f.or(resource.account, grant)
	kms, trust := l.guarded()
	here := f.or(
		f.and(own, f.or(-f.or(kms, trust), account)),
		direct,
		f.and(resource.byRole, capped))
	any := f.or(resource.direct, resource.byRole, resource.account)
	pass := l.like("iam:PassRole")
	across := f.or(
		f.and(own, any, -pass, f.or(-kms, l.crossKMS())),
		f.and(grant, capped))
	maySame, mayOther := l.same()
	var body ref
	if up {
		body = f.or(f.and(maySame, here), f.and(mayOther, across))
	} else {
		body = f.and(f.or(-maySame, here), f.or(-mayOther, across))
	}
	// The caller's side alone decides about AssumeRoot and such objects.
	body = f.or(body, f.and(own, f.or(foreign, l.like("sts:AssumeRoot"))))
	if l.caller.kind == "root" {
		body = f.and(body, -l.like("sts:AssumeRole"))
	}
	body = f.and(body, l.meet())
	return f.or(f.and(-sts, body, scpAllow, through, -denied), l.exempt())
}

// exempt are the calls that no policy governs. They are asked about only by
// name, or every question would have the same answer.
func (l *layers) exempt() ref {
	r := no
	for _, a := range l.named {
		switch {
		case strings.EqualFold(a, "sts:GetCallerIdentity"):
			r = l.p.f.or(r, l.like(a))
		case !strings.EqualFold(a, "sts:GetSessionToken"):
		case l.caller.kind == "user", l.caller.kind == "root", l.caller.kind == "someone" && !l.p.sure:
			r = l.p.f.or(r, l.like(a))
		}
	}
	return r
}

func (l *layers) like(action string) ref { return l.p.like(l.p.action, action, plain, true, true) }

func (l *layers) anyAction(names ...string) ref { return l.p.anyAction(names) }

// scp asks the service control policies, level by level.
func (l *layers) scp() (allow, deny ref) {
	allow, deny = yes, no
	if l.caller.linked || l.pol.ServiceLinked || l.pol.Management || l.pol.SCP == nil && !l.unknown("scp") {
		return allow, deny
	}
	for _, level := range l.pol.SCP {
		s := l.ask(level)
		allow = l.p.f.and(allow, s.allow)
		deny = l.p.f.or(deny, s.deny)
	}
	if l.unknown("scp") {
		if l.p.sure {
			deny = yes
		} else {
			allow = yes
		}
	}
	return allow, deny
}

// rcp is what the resource control policies deny.
func (l *layers) rcp() ref {
	pol, f := l.pol, &l.p.f
	if l.caller.linked || pol.ServiceLinked || pol.AWSManagedKey || pol.ResourceManagement || pol.RCP == nil && !l.unknown("rcp") {
		return no
	}
	deny := no
	for _, level := range pol.RCP {
		deny = f.or(deny, l.ask(level).deny)
	}
	if l.unknown("rcp") && l.p.sure {
		deny = yes
	}
	if deny == no {
		return no
	}
	if pol.Management {
		// Resources of the management account are not bound.
		maySame, _ := l.same()
		if l.p.sure {
			_, other := l.same()
			maySame = -other
		}
		deny = f.and(deny, -maySame)
	}
	return f.and(deny, -l.like("kms:RetireGrant"), l.bound())
}

// bound claims that the service of the action is one that resource control
// policies bind. The services are those that the control policies name.
func (l *layers) bound() ref {
	names := map[string]bool{}
	r := no
	for _, level := range l.pol.RCP {
		for _, pol := range level {
			for i := range pol.Statements {
				for _, a := range pol.Statements[i].Actions {
					svc, _, _ := strings.Cut(strings.ToLower(a.Text), ":")
					if names[svc] {
						continue
					}
					names[svc] = true
					if strings.ContainsAny(svc, "*?") {
						// Every service that is bound, of which we have no list.
						r = l.p.f.or(r, constant(l.p.sure))
						_, services := l.p.names()
						for _, s := range services {
							if l.e.bound(s) {
								r = l.p.f.or(r, l.like(s+":*"))
							}
						}
						continue
					}
					if l.e.bound(svc) {
						r = l.p.f.or(r, l.like(svc+":*"))
					}
				}
			}
		}
	}
	return r
}

// endpoint asks the policy of the VPC endpoint. How a gateway endpoint reads
// its principals is left to authz.
func (l *layers) endpoint() said {
	s := said{no, no, no, no, no}
	up := !l.p.sure
	f := &l.p.f
	certain := l.pol.EndpointType == "Interface"
	for _, pol := range l.pol.Endpoint {
		for i := range pol.Statements {
			st := &pol.Statements[i]
			n := l.oracle.names(pol, st).any()
			if !certain && !everybody(st) {
				n = n.And(truth.Maybe)
			}
			if st.Effect == iam.Allow {
				if pol.Broken == "" && holds(n, up) {
					s.allow = f.or(s.allow, l.p.statement(pol, st, up))
				}
			} else if holds(n, !up) {
				s.deny = f.or(s.deny, l.p.statement(pol, st, !up))
			}
		}
	}
	if l.unknown("endpoint") {
		if up {
			s.allow = yes
		} else {
			s.allow, s.deny = no, yes
		}
	}
	return s
}

// everybody reports whether the statement speaks of all principals.
func everybody(st *iam.Statement) bool {
	if !st.HasPrincipal {
		return true
	}
	for i := range st.Principals {
		if p := &st.Principals[i]; !st.NotPrincipal && p.Type <= iam.PrincipalAWS && p.Text == "*" && len(p.Maybe) == 0 {
			return true
		}
	}
	return false
}

// guarded claims that the resource is a KMS key, or a role that is assumed:
// its own policy must allow.
func (l *layers) guarded() (kms, trust ref) {
	p := l.p
	star := p.like(p.resource, "*", plain, false, false)
	key := p.f.or(
		-p.like(p.resource, "arn:*:kms:*:*:*", arnLike, true, false),
		p.like(p.resource, "arn:*:kms:*:*:key/*", arnLike, true, false))
	kms = p.f.and(l.like("kms:*"), -star, key)
	trust = p.f.and(p.assumes(), p.like(p.resource, "arn:*:*:*:*:role/*", arnLike, true, false))
	return kms, trust
}

// crossKMSOps are the operations of KMS that work across accounts
// (https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html).
var crossKMSOps = []string{
	"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:CreateGrant", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo",
	"kms:DeriveSharedSecret", "kms:GenerateDataKeyPair", "kms:GenerateDataKeyPairWithoutPlaintext", "kms:GenerateMac", "kms:GetKeyRotationStatus",
	"kms:GetPublicKey", "kms:ListGrants", "kms:RetireGrant", "kms:RevokeGrant", "kms:Sign", "kms:Verify", "kms:VerifyMac", "kms:ReEncrypt",
}

func (l *layers) crossKMS() ref { return l.p.anyAction(crossKMSOps) }

// same claims that the caller's account may own the resource, and that
// another may.
func (l *layers) same() (may, mayOther ref) {
	p := l.p
	if l.caller.kind == "someone" {
		return yes, yes
	}
	if l.account != "" {
		v := match.Equal(l.account, l.caller.account)
		return constant(v != truth.No), constant(v != truth.Yes)
	}
	star := p.like(p.resource, "*", plain, false, false)
	owned := p.like(p.resource, "arn:*:*:*:?*:*", arnLike, true, false)
	own := p.like(p.resource, "arn:*:*:*:"+l.caller.account+":*", arnLike, true, false)
	// Who owns a bucket its ARN does not say: either, as it suits.
	ours := p.f.or(star, own, p.f.and(-owned, p.free("the caller's account owns the resource")))
	return ours, -ours
}

// meet claims that caller and resource are in one partition.
func (l *layers) meet() ref {
	p := l.p
	if l.caller.kind == "someone" || l.caller.partition == "" {
		return yes
	}
	return p.f.or(
		-p.like(p.resource, "arn:*:*:*:*:*", plain, true, false),
		p.like(p.resource, "arn:"+l.caller.partition+":*", plain, true, false))
}
