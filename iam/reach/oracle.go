package reach

import (
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/truth"
	"strings"
)

// A named is how a Principal element names the caller; see authz's doc.
type named struct{ direct, byRole, account truth.Value }

func (n named) any() truth.Value { return max(n.direct, n.byRole, n.account) }

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
