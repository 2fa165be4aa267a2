package reach

import (
	"strings"

	"penstock/iam"
	"penstock/iam/authz"
	"penstock/truth"
)

// A named is how a Principal element names the caller; see authz's doc.
type named struct{ direct, byRole, account truth.Value }

func (n named) any() truth.Value { return max(n.direct, n.byRole, n.account) }

// statement returns the formula of what a statement asks of action, resource
// and context; the principal is with the caller of this method.
func (p *problem) statement(pol *iam.Policy, st *iam.Statement, up bool) ref {
	if !up && (len(st.Maybe) > 0 || len(pol.Maybe) > 0 || pol.Broken != "") {
		return no
	}
	allow := st.Effect == iam.Allow
	variables := pol.Version == iam.Version2012
	r := p.actions(st, up)
	if r == no {
		return no
	}
	if pol.Kind == iam.Trust {
		r = p.f.and(r, p.assumes())
	}
	if r = p.f.and(r, p.resources(st, variables, up)); r == no {
		return no
	}
	all := make([]ref, 0, len(st.Conditions)+1)
	all = append(all, r)
	for i := range st.Conditions {
		c := p.condition(&st.Conditions[i], allow, variables, up)
		if c == no {
			return no
		}
		all = append(all, c)
	}
	return p.f.and(all...)
}

// actions is the Action or NotAction element. An empty list matches nothing.
func (p *problem) actions(st *iam.Statement, up bool) ref {
	if len(st.Actions) == 0 {
		return no
	}
	upIn := up != st.NotAction
	rs := make([]ref, 0, len(st.Actions))
	for i := range st.Actions {
		if a := &st.Actions[i]; (upIn || len(a.Maybe) == 0) && (p.scope == nil || p.scope.meets(a.Text)) {
			rs = append(rs, p.like(p.action, a.Text, plain, true, true))
		}
	}
	if st.NotAction {
		return -p.f.or(rs...)
	}
	return p.f.or(rs...)
}

// assumptions are the actions that a role's trust policy governs.
var assumptions = []string{"sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"}

func (p *problem) assumes() ref { return p.anyAction(assumptions) }

func (p *problem) anyAction(names []string) ref {
	rs := make([]ref, len(names))
	for i, n := range names {
		rs[i] = p.like(p.action, n, plain, true, true)
	}
	return p.f.or(rs...)
}

// resources is the Resource or NotResource element.
func (p *problem) resources(st *iam.Statement, variables, up bool) ref {
	if !st.HasResource {
		return yes
	}
	if len(st.Resources) == 0 {
		return no
	}
	upIn := up != st.NotResource
	rs := make([]ref, 0, len(st.Resources))
	for i := range st.Resources {
		e := &st.Resources[i]
		if len(e.Maybe) > 0 && !upIn {
			continue
		}
		if iam.TypeWildcard(e.Text) && ((st.Effect == iam.Allow) != st.NotResource || !upIn) {
			// AWS does not allow the pattern; it grants nothing, and may deny.
			continue
		}
		rs = append(rs, p.element(e.Text, variables))
	}
	if st.NotResource {
		return -p.f.or(rs...)
	}
	return p.f.or(rs...)
}

// element claims that the resource matches one pattern. Variables count only
// after the fifth colon
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-resourceelement).
func (p *problem) element(text string, variables bool) ref {
	if variables && strings.Contains(text, "${") {
		head, tail := sixth(text)
		if parts, _ := iam.Variables(tail); parts != nil {
			if head != "" {
				parts = append([]iam.Part{{Text: head}}, parts...)
			}
			sure, name, ok := p.fill(parts)
			if !ok {
				return no
			}
			return p.f.and(sure, p.text(p.resource, "$r"+name, func() *glob {
				return p.syms.parts(parts, resource, true, false, p.valueTokens)
			}))
		}
	}
	return p.like(p.resource, text, resource, true, false)
}

// sixth cuts s after its fifth colon; a colon within "${…}" does not count.
func sixth(s string) (head, tail string) {
	colons, depth := 0, 0
	for i := range len(s) {
		switch {
		case s[i] == '$' && i+1 < len(s) && s[i+1] == '{':
			depth++
		case s[i] == '}' && depth > 0:
			depth--
		case s[i] == ':' && depth == 0:
			if colons++; colons == 5 {
				return s[:i+1], s[i+1:]
			}
		}
	}
	return s, ""
}

// An oracle tells how Principal elements name one caller, by asking authz:
// requests are made up so that the verdict shows one way of naming at a time.
type oracle struct {
	engine    *authz.Engine
	who       iam.Principal
	account   string
	partition string
	signed    bool // belongs to an account
	bounded   bool // has a permissions boundary, which matters to NotPrincipal
	seen      map[*iam.Statement]named
}

var anything = &iam.Policy{
	Version: iam.Version2012,
	Statements: []iam.Statement{{
		Effect: iam.Allow, Actions: []iam.Elem{{Text: "*"}}, Resources: []iam.Elem{{Text: "*"}}, HasResource: true,
	}},
}

func (o *oracle) names(pol *iam.Policy, st *iam.Statement) named {
	if !st.HasPrincipal {
		return named{direct: truth.Yes}
	}
	if n, ok := o.seen[st]; ok {
		return n
	}
	asked := &iam.Policy{Kind: iam.Resource, Version: pol.Version, Statements: []iam.Statement{{
		Effect: iam.Allow, Principals: st.Principals, HasPrincipal: true, NotPrincipal: st.NotPrincipal,
		Actions: []iam.Elem{{Text: "*"}}, Resources: []iam.Elem{{Text: "*"}}, HasResource: true,
	}}}
	ask := func(owner string, p *authz.Policies) truth.Value {
		p.Resource = []*iam.Policy{asked}
		if o.bounded {
			p.HasBoundary, p.Boundary = true, []*iam.Policy{anything}
		}
		req := iam.Request{
			Principal: o.who, Action: "sns:Publish",
			Resource: "arn:" + o.partition + ":sns:us-east-1:" + owner + ":x", ResourceAccount: owner,
		}
		switch o.engine.Decide(&req, p) {
		case authz.Allow:
			return truth.Yes
		case authz.Depends:
			return truth.Maybe
		default:
			return truth.No
		}
	}
	var n named
	if !o.signed {
		n.direct = ask("000000000000", &authz.Policies{})
	} else {
		// A session policy that allows nothing leaves the direct grant, none
		// at all adds that to the role, another account any.
		other := "000000000000"
		if o.account == other {
			other = "000000000001"
		}
		all := ask(other, &authz.Policies{Identity: []*iam.Policy{anything}, HasSession: true, Session: []*iam.Policy{anything}})
		if all != truth.No {
			n.direct = ask(o.account, &authz.Policies{HasSession: true})
			if n.direct != truth.Yes {
				n.byRole = ask(o.account, &authz.Policies{HasSession: true, Session: []*iam.Policy{anything}})
				n.account = all
			}
		}
	}
	if o.seen == nil {
		o.seen = map[*iam.Statement]named{}
	}
	o.seen[st] = n
	return n
}

// caller is what the layers need to know of who asks.
type caller struct {
	kind      string // "user", "role", "root", "federated", "service", "anonymous", "provider", "someone"
	account   string
	partition string
	linked    bool
}

func (c *caller) signed() bool {
	switch c.kind {
	case "service", "anonymous", "provider":
		return false
	default:
		return true
	}
}

// readCaller takes a principal apart as authz does.
func readCaller(p *iam.Principal) caller {
	if p.Service != "" {
		return caller{kind: "service"}
	}
	if p.ARN == "" || p.ARN == "*" {
		return caller{kind: "anonymous"}
	}
	partition, svc, account, res, ok := cutARN(p.ARN)
	if !ok {
		return caller{kind: "someone"}
	}
	c := caller{kind: "someone", partition: partition, account: account}
	word, rest, _ := strings.Cut(res, "/")
	switch {
	case svc == "iam" && res == "root":
		c.kind = "root"
	case svc == "iam" && word == "user":
		c.kind = "user"
	case svc == "iam" && word == "role":
		c.kind = "role"
		c.linked = strings.HasPrefix(rest, "aws-service-role/")
	case svc == "sts" && word == "assumed-role":
		c.kind = "role"
		c.linked = strings.HasPrefix(rest, "AWSServiceRoleFor") && p.Role == "" || strings.Contains(p.Role, ":role/aws-service-role/")
	case svc == "sts" && word == "federated-user":
		c.kind = "federated"
	case svc == "iam" && (word == "oidc-provider" || word == "saml-provider"):
		c.kind = "provider"
	}
	return c
}

// cutARN splits an ARN in place.
func cutARN(s string) (partition, service, account, resource string, ok bool) {
	rest, ok := strings.CutPrefix(s, "arn:")
	if !ok {
		return "", "", "", "", false
	}
	var part [4]string
	for i := range part {
		if part[i], rest, ok = strings.Cut(rest, ":"); !ok {
			return "", "", "", "", false
		}
	}
	return part[0], part[1], part[3], rest, true
}
