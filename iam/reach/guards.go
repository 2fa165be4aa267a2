package reach

import (
	"penstock/iam"
	"penstock/match"
	"penstock/truth"
	"strings"
)

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
