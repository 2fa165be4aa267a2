package reach

import (
	"slices"
	"strings"

	"penstock/iam"
)

// request makes the request that the model describes.
func (p *problem) request(s *Space, actions func(string) []string) *iam.Request {
	req := &iam.Request{Principal: s.Principal, ResourceAccount: s.ResourceAccount}
	req.Action = p.actionText(actions)
	req.Resource = p.resourceText(req.Action)
	req.Context = s.Context.Clone()
	for _, v := range p.vars {
		if v.key {
			p.put(&req.Context, v, req.Resource)
		}
	}
	for low, text := range p.given {
		if !req.Context.Has(low) {
			req.Context.Set(p.spelling(low), text)
		}
	}
	req.Context.Open, req.Context.Rest = false, nil
	return req
}

// put sets the key of v as the model has it.
func (p *problem) put(ctx *iam.Context, v *variable, resource string) {
	if len(v.claims) == 0 || v.value.absent || !v.value.known {
		if strings.EqualFold(v.name, "kms:CallerAccount") {
			return
		}
		ctx.SetAbsent(v.name)
		return
	}
	texts := v.value.texts
	if t := v.tie; t != nil && !v.value.multi && p.holds(t.when) {
		whole := resource
		if t.to != p.resource && len(t.to.value.texts) == 1 {
			whole = t.to.value.texts[0]
		}
		if f := strings.SplitN(whole, ":", 6); len(f) == 6 && f[t.part] != "" {
			texts = []string{f[t.part]}
		}
	}
	ctx.Put(v.name, iam.ContextValue{State: iam.Known, Values: texts, Multi: v.value.multi})
}

// actionText chooses an action that AWS has, if the model leaves one.
func (p *problem) actionText(actions func(string) []string) string {
	if p.chosen == "" {
		p.chosen = p.chooseAction(actions)
	}
	return p.chosen
}

func (p *problem) chooseAction(actions func(string) []string) string {
	if p.action.fixed != nil {
		low := p.action.fixed.text
		listed, _ := p.names()
		for _, a := range listed {
			if strings.EqualFold(a, low) {
				return a
			}
		}
		return low
	}
	// What is wanted first: most actions fail there.
	claims := slices.Clone(p.action.claims)
	slices.SortStableFunc(claims, func(c, d claimed) int {
		switch {
		case c.yes == d.yes:
			return 0
		case c.yes:
			return -1
		default:
			return 1
		}
	})
	suits := func(a string) bool {
		if !strings.Contains(a, ":") {
			return false
		}
		u := p.syms.subject(strings.ToLower(a))
		for _, c := range claims {
			if !p.inLanguage(c, u) {
				return false
			}
		}
		for i := range p.action.domain {
			if !p.inDomain(&p.action.domain[i], u) {
				return false
			}
		}
		return true
	}
	listed, services := p.names()
	for _, a := range listed {
		if !strings.ContainsAny(a, "*?") && suits(a) {
			return a
		}
	}
	found := ""
	if len(p.action.value.texts) == 1 {
		found = p.action.value.texts[0]
	}
	if actions != nil {
		// The service that the search came upon, then the others.
		order := append([]string{service(found)}, services...)
		for _, svc := range append(order, "s3", "ec2") {
			for _, n := range actions(svc) {
				if a := svc + ":" + n; suits(a) {
					return a
				}
			}
		}
	}
	// An action of which nobody has heard, spelled as the patterns are.
	for _, a := range listed {
		for _, fill := range []string{"", "Object", "X", "Unlisted"} {
			if b := strings.ReplaceAll(strings.ReplaceAll(a, "*", fill), "?", "x"); !holed(b) && suits(b) {
				return b
			}
		}
	}
	if found != "" {
		return found
	}
	return "s3:GetObject"
}

// resourceText chooses a resource that looks like an ARN, if the model leaves
// one.
func (p *problem) resourceText(action string) string {
	v := p.resource
	if v.fixed != nil {
		return v.fixed.text
	}
	claims := v.claims
	domain := v.domain
	svc, _, _ := strings.Cut(strings.ToLower(action), ":")
	partition := p.partition
	if partition == "" {
		partition = "aws"
	}
	first := []string{"*"}
	switch {
	case p.keep && svc == "kms":
		first = []string{"arn:" + partition + ":kms:us-east-1:" + stranger + ":key/?*"}
	case p.keep:
		first = []string{"arn:" + partition + ":" + svc + ":*:*:?*"}
	}
	end := token{kind: tAny, not: noSlash | noColon}
	for _, nice := range [][]string{first, {"arn:" + partition + ":?*:*:*:?*"}, {"arn:?*:?*:*:*:?*"}, {"arn:*:*:*:*:*"}} {
		for _, whole := range []bool{true, false} {
			n := need{id: -1}
			for _, t := range nice {
				toks := p.syms.appendText(nil, t, t != "*" || p.keep, false)
				if whole && len(toks) > 1 {
					// Not the bare prefix of a key.
					toks = append(toks, end)
				}
				n.globs = append(n.globs, p.syms.glob(toks, false))
			}
			v.domain = append(slices.Clone(domain), n)
			if s, _, o := p.language(v, claims, false); o == found {
				v.domain = domain
				return s
			}
		}
	}
	v.domain = domain
	s, _, _ := p.language(v, claims, false)
	return s
}

// spelling returns a key as a policy spells it.
func (p *problem) spelling(low string) string {
	if k := p.keys[low]; k != nil {
		return k.name
	}
	return low
}
