package naive

import (
	"strings"

	"penstock/iam"
)

func (g *maker) list(k iam.Kind, n int) []*iam.Policy {
	ps := []*iam.Policy{}
	for range n {
		ps = append(ps, g.policy(k))
	}
	return ps
}

func (g *maker) policy(k iam.Kind) *iam.Policy {
	p := &iam.Policy{Kind: k, Version: "2012-10-17", Maybe: g.facts(10)}
	switch {
	case g.one(10):
		p.Version = "2008-10-17"
	case g.one(20):
		p.Version = ""
	}
	if g.one(40) {
		p.Broken = "it is broken"
	}
	n := 1 + g.choose(3)
	if k == iam.Identity && g.one(25) {
		n = 24 + g.choose(16) // long enough to be searched by an index
	}
	for i := range n {
		st := g.statement(k)
		st.Index = i
		if n >= 24 && !g.one(8) {
			// About something else, so that the few others decide.
			st.NotAction, st.Actions = false, []iam.Elem{{Text: "idle:Action" + string(rune('A'+i%26))}}
		}
		p.Statements = append(p.Statements, st)
	}
	return p
}

func (g *maker) statement(k iam.Kind) iam.Statement {
	st := iam.Statement{Effect: iam.Allow, Maybe: g.facts(10)}
	if g.one(6) || k == iam.RCP {
		st.Effect = iam.Deny
	}
	if k != iam.RCP && g.one(12) {
		st.NotAction = true
	}
	for range 1 + g.choose(2) {
		st.Actions = append(st.Actions, iam.Elem{Text: g.action(k)})
	}
	if k != iam.Trust {
		st.HasResource = true
		if (k == iam.Resource || k == iam.Endpoint) && g.one(10) {
			st.HasResource = false
		} else {
			st.NotResource = g.one(12)
			for range 1 + g.choose(2) {
				st.Resources = append(st.Resources, iam.Elem{Text: g.resource()})
			}
		}
	}
	if g.one(40) {
		st.Actions = nil
	}
	if st.HasResource && g.one(40) {
		st.Resources = nil
	}
	// A list whose every entry may be missing may be empty, which is another
	// question: the first stays.
	for i := range st.Actions[min(1, len(st.Actions)):] {
		st.Actions[i+1].Maybe = g.facts(6)
	}
	for i := range st.Resources[min(1, len(st.Resources)):] {
		st.Resources[i+1].Maybe = g.facts(6)
	}
	switch k {
	case iam.Resource, iam.Trust, iam.Endpoint:
		st.HasPrincipal = true
		st.NotPrincipal = st.Effect == iam.Deny && k != iam.Trust && g.one(4)
		for range 1 + g.choose(3) {
			st.Principals = append(st.Principals, g.principal())
		}
	case iam.RCP:
		st.HasPrincipal = true
		st.Principals = []iam.PrincipalElem{{Type: iam.PrincipalAll, Elem: iam.Elem{Text: "*"}}}
	}
	for g.one(3) && len(st.Conditions) < 3 {
		st.Conditions = append(st.Conditions, g.condition())
	}
	return st
}

func (g *maker) action(k iam.Kind) string {
	a := g.req.Action
	service, name, _ := strings.Cut(a, ":")
	switch g.choose(12) {
	case 0:
		if k != iam.RCP {
			return "*"
		}
	case 1:
		return service + ":*"
	case 2:
		return g.flip(a)
	case 3:
		return service + ":" + name[:3] + "*"
	case 4:
		return a[:len(a)-1] + "?"
	case 5:
		return a + "?"
	case 6:
		return service + ":*" + name[2:]
	case 7:
		return g.pick(" "+a, a+",s3:*", service+":* ", a[:len(a)-1])
	case 8:
		return g.pick("s3:*", "kms:Decrypt", "sts:AssumeRole", "s*:*")
	}
	return a
}

func (g *maker) resource() string {
	r := g.req.Resource
	if r == "*" {
		return g.pick("*", "*", "**", "arn:aws:s3:::*", "arn:*")
	}
	p := strings.SplitN(r, ":", 6)
	switch g.choose(18) {
	case 16, 17:
		p[5] = g.variable(p[5])
		return strings.Join(p, ":")
	case 0, 1, 2:
		return "*"
	case 3, 4, 5:
		i := 1 + g.choose(5)
		p[i] = "*"
		return strings.Join(p, ":")
	case 6:
		p[5] = p[5][:1] + "*"
		return strings.Join(p, ":")
	case 7:
		p[5] = p[5][:len(p[5])-1] + "?"
		return strings.Join(p, ":")
	case 8:
		return g.pick("arn:aws:"+p[2]+"*", "arn:aws:"+p[2]+":*", "arn:aws:"+p[2], "arn:aws:"+p[2]+":*:"+p[5], "arn:aws:"+p[2]+":*"+p[3]+":"+p[4]+":"+p[5])
	case 9:
		i := 1 + g.choose(5)
		p[i] = strings.ToUpper(p[i])
		return strings.Join(p, ":")
	case 10:
		return g.pick("arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/home/${aws:username}/*", "arn:aws:s3:::b/${aws:PrincipalTag/team, 'k'}",
			"arn:aws:s3:::b/${*}${?}", "arn:aws:s3:::${aws:PrincipalTag/team}/*", "arn:aws:s3:::b/${aws:TagKeys}*", "arn:aws:s3:::b/k${")
	case 11:
		p[5] = g.pick("*${aws:username}", "${s3:prefix}*", "user/*/${AWS:UserName}", "role/${aws:PrincipalTag/team, 'target'}", "key/${s3:prefix}k1")
		return strings.Join(p, ":")
	case 12:
		return g.pick("arn:aws:s3:::b/*", "arn:aws:s3:::b", "arn:aws:iam::*:role/*", "arn:aws:iam::111111111111:r*", "arn:aws:kms:*:*:key/*", "arn:aws:logs:*:*:log-group:/g", "arn:aws:logs:*:*:log-group:/g*")
	}
	return r
}

// variable writes a policy variable for what is the value of a key.
func (g *maker) variable(text string) string {
	k := g.pick("aws:PrincipalTag/team", "aws:TagKeys", "aws:username", "s3:prefix")
	for _, v := range g.req.Context.Get(k).Values {
		if v != "" && strings.Contains(text, v) {
			return strings.Replace(text, v, g.pick("${"+k+"}", "${"+g.flip(k)+"}", "${"+k+", 'other'}", "${"+k+"}*"), 1)
		}
	}
	return strings.Replace(text, "ann", "${aws:username}", 1)
}

func (g *maker) principal() iam.PrincipalElem {
	e := iam.PrincipalElem{Type: iam.PrincipalAWS}
	c := whois(g.req.Principal)
	arn := func(rest string) string { return "arn:aws:iam::" + c.account + ":" + rest }
	e.Text = g.callerARN()
	switch g.choose(10) {
	case 0:
		e.Type, e.Text = iam.PrincipalAll, "*"
	case 1:
		e.Text = "*"
	case 2, 3:
		if c.hasAccount() {
			e.Text = g.pick(c.account, arn("root"))
		}
	case 4, 5, 6:
		switch c.kind {
		case service:
			e.Type, e.Text = iam.PrincipalService, c.service
		case token:
			e.Type, e.Text = iam.PrincipalFederated, c.arn
		case session:
			e.Text = g.pick(c.arn, c.arn, arn("role/"+c.name), arn("role/ci/"+c.name))
		case role:
			e.Text = g.pick(c.arn, arn("role/"+c.name), "arn:aws:sts::"+c.account+":assumed-role/"+c.name+"/run")
		case federated:
			e.Text = g.pick(c.arn, arn("user/ann"))
		case user, root:
			e.Text = c.arn
		}
	case 7:
		switch g.choose(4) {
		case 0:
			e.Type, e.Text = iam.PrincipalService, g.pick(services...)
		case 1:
			e.Type, e.Text = iam.PrincipalFederated, "arn:aws:iam::111111111111:oidc-provider/token.example.com"
		case 2:
			e.Text = "AROAAAAAAAAAAAAAAAAAA"
		case 3:
			e.Type, e.Text = iam.PrincipalCanonicalUser, "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
		}
	}
	e.Maybe = g.facts(10)
	return e
}

var operators = map[string][]string{
	"string":  {"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"},
	"numeric": {"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals"},
	"date":    {"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"},
	"bool":    {"Bool"},
	"ip":      {"IpAddress", "NotIpAddress"},
	"arn":     {"ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringLike"},
	"binary":  {"BinaryEquals"},
}

func (g *maker) condition() iam.Condition {
	k := keys[g.choose(len(keys))]
	if g.req.Context.Open && g.one(4) {
		// Of these one excludes the other.
		for _, other := range keys {
			if other.name == "aws:SourceIp" || other.name == "aws:SourceVpce" && g.one(2) {
				k = other
			}
		}
	}
	kind := k.kind
	if g.one(15) {
		kind = "string"
	}
	ops := operators[kind]
	op := ops[g.choose(len(ops))]
	if k.multi && g.choose(4) > 0 || g.one(12) {
		op = g.pick("ForAnyValue:", "ForAllValues:") + op
	}
	if g.one(5) {
		op += "IfExists"
	}
	if g.one(10) {
		op = g.flip(op)
	}
	c := iam.Condition{Operator: op, Key: k.name}
	if g.one(6) {
		c.Key = g.flip(c.Key)
	}
	for range 1 + g.choose(2) {
		v := k.values[g.choose(len(k.values))]
		if kind == "string" && g.one(4) {
			v = g.pick("*", "b*", "?ed", "${aws:username}", "home/${aws:username}", "${aws:PrincipalTag/team, 'blue'}", "${aws:PrincipalTag/team}", "${*}", "b${*}", "${aws:TagKeys}", "${s3:prefix}*", "${nosuch:key}")
		}
		if kind == "string" && g.one(6) {
			v = g.variable(v)
		}
		if kind == "arn" && g.one(8) {
			v = g.pick("arn:aws:iam::${aws:PrincipalAccount}:*", "${aws:PrincipalArn}", "arn:aws:iam::111111111111:user/${aws:username}")
		}
		c.Values = append(c.Values, iam.Elem{Text: v})
	}
	for i := range c.Values[1:] {
		c.Values[i+1].Maybe = g.facts(6)
	}
	if g.one(10) || k.multi && g.one(4) {
		c.Operator, c.Values = "Null", []iam.Elem{{Text: g.pick("true", "false")}}
	}
	if g.one(60) {
		c.Values = nil
	}
	return c
}
