package reach

import (
	"strings"

	"penstock/iam"
	"penstock/iam/authz"
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
