package reach

import (
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/match"
	"penstock/truth"
	"strconv"
	"strings"
)

// confirm makes the request of a model and asks authz about both sides.
func (c *comparison) confirm(p *problem, k class, a *Inclusion) bool {
	who := k.who
	claimed := p.caller != nil && len(p.caller.claims) > 0 && p.caller.value.known
	if v := p.caller; claimed && k.kind == "service" {
		who.Service = v.value.texts[0]
	} else if claimed {
		who.ARN = p.callerText(v)
	}
	own := readCaller(&who)
	p.partition = own.partition
	req := p.request(&Space{Principal: who}, c.e.opt.Actions)
	if partition, _, _, _, ok := cutARN(req.Resource); ok && own.signed() && !claimed && partition != "" {
		// Caller and resource are in one partition.
		req.Principal.ARN = "arn:" + partition + strings.TrimPrefix(who.ARN, "arn:"+own.partition)
	}
	engine := c.e.namer()
	now, before := c.world(req, own, c.new), c.world(req, own, c.old)
	if engine.Decide(req, now) == authz.Allow && engine.Decide(req, before) == authz.Deny {
		*a = Inclusion{Verdict: truth.No, Witness: req, Policies: now}
		return true
	}
	if !c.resource && !c.principal {
		// There are calls that only users can make.
		u := *req
		u.Principal.ARN = strings.Replace(req.Principal.ARN, ":role/", ":user/", 1)
		if engine.Decide(&u, now) == authz.Allow && engine.Decide(&u, before) == authz.Deny {
			*a = Inclusion{Verdict: truth.No, Witness: &u, Policies: now}
			return true
		}
	}
	for _, x := range []*authz.Policies{now, before} {
		if d := engine.Explain(req, x); d.Verdict == authz.Depends {
			for _, m := range d.Missing {
				a.Missing = append(a.Missing, match.Render(m))
			}
		}
	}
	return false
}

// world is a world in which the policies alone decide about the request.
func (c *comparison) world(req *iam.Request, own caller, ps []*iam.Policy) *authz.Policies {
	if !c.resource {
		// What needs the resource's own policy as well finds one that
		// delegates to the account.
		req.ResourceAccount = own.account
		return unlimited(own, &authz.Policies{Identity: ps, Resource: []*iam.Policy{delegate(own.account)}})
	}
	req.ResourceAccount = stranger
	svc, _, _ := strings.Cut(strings.ToLower(req.Action), ":")
	switch {
	case svc == "kms" || svc == "sts":
		if own.signed() {
			req.ResourceAccount = own.account
		}
	case own.account == stranger:
		req.ResourceAccount = "210123456780"
	}
	pol := &authz.Policies{Resource: ps}
	if own.signed() {
		pol.Identity = []*iam.Policy{anything}
	}
	return unlimited(own, pol)
}

// unlimited gives a federated user a session policy that allows everything:
// without one it may do nothing.
func unlimited(own caller, pol *authz.Policies) *authz.Policies {
	if own.kind == "federated" {
		pol.HasSession, pol.Session = true, []*iam.Policy{anything}
	}
	return pol
}

// delegate is a resource policy that leaves everything to an account.
func delegate(account string) *iam.Policy {
	return &iam.Policy{
		Kind: iam.Resource, Version: iam.Version2012,
		Statements: []iam.Statement{{
			Effect: iam.Allow, HasPrincipal: true, Principals: []iam.PrincipalElem{{Type: iam.PrincipalAWS, Elem: iam.Elem{Text: account}}},
			Actions: []iam.Elem{{Text: "*"}}, Resources: []iam.Elem{{Text: "*"}}, HasResource: true,
		}},
	}
}

// Allowing names the statements of the new policies that allow the witness, as
// "statement 2 (Sid)".
func (in *Inclusion) Allowing() []string {
	if in.Witness == nil {
		return nil
	}
	var ms []authz.Match
	authz.New(authz.Options{}).Judge(in.Witness, in.Policies, &ms)
	var out []string
	for _, m := range ms {
		if m.Statement.Effect != iam.Allow || m.Match != truth.Yes || m.Layer == "session" || m.Layer == "identity" && in.Policies.Identity[m.Policy] == anything ||
			m.Layer == "resource" && in.Policies.Identity != nil && in.Policies.Identity[0] != anything {
			continue
		}
		text := "statement " + strconv.Itoa(m.Statement.Index+1)
		if m.Statement.Sid != "" {
			text += " (" + m.Statement.Sid + ")"
		}
		out = append(out, text)
	}
	return out
}
