package reach

import (
	"strings"

	"penstock/iam"
	"penstock/iam/authz"
)

// who makes the keys of p those of a class of callers.
func (p *problem) who(k class, c *comparison, fixed map[string]string) {
	if !k.generic {
		q := question{e: c.e, s: &Space{Principal: k.who}}
		p.resolve = q.resolver(p, fixed)
		return
	}
	p.resolve = func(low string) keyRef {
		if text, ok := fixed[low]; ok {
			return keyRef{fixed: true, val: iam.ContextValue{State: iam.Known, Values: []string{text}}}
		}
		switch low {
		case "aws:principalarn", "aws:principalservicename":
			if (low == "aws:principalarn") == (k.kind == "service") {
				return keyRef{fixed: true}
			}
			return keyRef{v: p.callerVar(k, c)}
		case "aws:principalaccount":
			switch {
			case k.kind == "service":
				return keyRef{fixed: true}
			case k.account != "":
				return keyRef{fixed: true, val: iam.ContextValue{State: iam.Known, Values: []string{k.account}}}
			}
			return keyRef{v: p.callerVar(k, c), wrap: p.part(p.resource, 4, yes).wrap}
		case "aws:username":
			if k.kind == "user" {
				return keyRef{v: p.callerVar(k, c), wrap: p.userName}
			}
			return keyRef{fixed: true}
		case "aws:userid":
			if k.kind == "root" {
				return keyRef{v: p.callerVar(k, c), wrap: p.part(p.resource, 4, yes).wrap}
			}
			return p.open(low, false)
		case "kms:calleraccount":
			if k.kind != "service" && k.account != "" {
				r := p.optional(low, k.account)
				kms, has := p.like(p.action, "kms:*", plain, true, true), p.present(r.v)
				p.hard = append(p.hard, p.f.or(-kms, has), p.f.or(kms, -has))
				return r
			}
			return p.open(low, false)
		}
		derived := authz.Derive(&iam.Request{Principal: k.who, Context: iam.Context{Open: true}})
		if v, ok := derived.Lookup(low); ok && v.State != iam.Unknown {
			return keyRef{fixed: true, val: v}
		}
		if k.kind == "service" && principalKey(low) {
			return keyRef{fixed: true}
		}
		return p.open(low, c.e.opt.Sent)
	}
}

// callerVar is the caller's ARN, or the service's name, of a generic class.
func (p *problem) callerVar(k class, c *comparison) *variable {
	if p.caller != nil {
		return p.caller
	}
	v := p.newVariable("aws:PrincipalArn")
	p.caller = v
	if k.kind == "service" {
		v.name = "aws:PrincipalServiceName"
		v.domain = []need{{globs: []*glob{p.syms.pattern("?*.amazonaws.com", plain, true, false)}, id: -1}}
	} else {
		v.domain = []need{{globs: []*glob{p.callerGlob(k, false), p.callerGlob(k, true)}, id: -1}}
	}
	// Those that statements name have classes of their own.
	n := need{neg: true, exact: true, id: -1}
	for _, d := range c.both {
		for i := range d.Statements {
			for _, e := range d.Statements[i].Principals {
				if e.Type != iam.PrincipalAll && e.Text != "*" {
					n.globs = append(n.globs, p.syms.pattern(e.Text, plain, false, false))
				}
				if role, ok := sessionRole(e.Text); ok {
					n.globs = append(n.globs, p.syms.pattern(role, plain, false, false), p.syms.pattern(strings.TrimSuffix(role, base(role))+"*/"+base(role), plain, true, false))
				}
				if k.account == "" && e.Type == iam.PrincipalAWS {
					// Nor one of an account that has its own.
					if f := strings.SplitN(e.Text, ":", 6); len(f) == 6 && f[4] != "" {
						n.globs = append(n.globs, p.syms.pattern("arn:*:*:*:"+f[4]+":*", arnLike, true, false))
					} else if len(e.Text) == 12 {
						n.globs = append(n.globs, p.syms.pattern("arn:*:*:*:"+e.Text+":*", arnLike, true, false))
					}
				}
			}
		}
	}
	if len(n.globs) > 0 {
		v.domain = append(v.domain, n)
	}
	return v
}

// callerGlob is the form of the ARN of a generic caller, in the partition "aws"
// or in another.
func (p *problem) callerGlob(k class, other bool) *glob {
	toks := p.syms.appendText(nil, "arn:aws", false, false)
	if other {
		toks = append(p.syms.appendText(toks, "-", false, false), token{kind: tAny, not: noPunct}, token{kind: tStar, not: noPunct})
	}
	svc, word := "iam", k.kind
	if k.kind == "federated" {
		svc, word = "sts", "federated-user"
	}
	toks = p.syms.appendText(toks, ":"+svc+"::", false, false)
	if k.account != "" {
		toks = p.syms.appendText(toks, k.account, false, false)
	} else {
		for range 12 {
			toks = append(toks, token{kind: tAny, not: noOther})
		}
	}
	if k.kind == "root" {
		return p.syms.glob(p.syms.appendText(toks, ":root", false, false), false)
	}
	toks = p.syms.appendText(toks, ":"+word+"/", false, false)
	toks = append(toks, token{kind: tAny, not: noColon | noSlash}, token{kind: tStar, not: noColon})
	return p.syms.glob(toks, false)
}

// userName wraps a pattern on aws:username into patterns on the user's ARN.
func (p *problem) userName(toks []token) [][]token {
	var name []token
	for _, t := range toks {
		if t.kind == tAny || t.kind == tStar {
			t.not |= noSlash | noColon
		}
		name = append(name, t)
	}
	head := []token{}
	head = p.syms.appendText(head, "arn:", false, false)
	for range 3 {
		head = append(head, token{kind: tStar, not: noColon}, token{kind: tText, r: ':'})
	}
	head = append(head, token{kind: tStar, not: noColon})
	head = p.syms.appendText(head, ":user/", false, false)
	flat := append(append([]token{}, head...), name...)
	deep := append(append([]token{}, head...), token{kind: tStar}, token{kind: tText, r: '/'})
	return [][]token{flat, append(deep, name...)}
}

// callerText is the caller's ARN in the model, in the usual partition and with
// a usual account if it leaves them open.
func (p *problem) callerText(v *variable) string {
	domain := v.domain
	defer func() { v.domain = domain }()
	for _, nice := range []string{"arn:aws:*:*:" + stranger + ":*", "arn:aws:*:*:*:*", "arn:aws-cn:*:*:*:*"} {
		v.domain = append([]need{{globs: []*glob{p.syms.pattern(nice, arnLike, true, false)}, id: -1}}, domain...)
		if s, _, o := p.language(v, v.claims, false); o == found {
			return s
		}
	}
	return v.value.texts[0]
}
