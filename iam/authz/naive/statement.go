package naive

import (
	"strings"

	"penstock/iam"
)

// action reports whether the Action or NotAction element covers the action:
// without regard to case, '*' and '?' being wildcards
// (reference_policies_elements_action.html, …_notaction.html).
func (w *world) action(st *iam.Statement) tri {
	if len(st.Actions) == 0 {
		return no // an empty list covers nothing, written either way (assumed)
	}
	r := no
	for _, e := range st.Actions {
		m := glob(wild(strings.ToLower(e.Text)), strings.ToLower(w.req.Action))
		if strings.ContainsAny(e.Text, " \t\r\n,") {
			m = no // no action has such a name
		}
		r = r.or(m.given(e.Maybe))
	}
	if st.NotAction {
		return r.not()
	}
	return r
}

// resource reports whether the Resource or NotResource element covers the
// resource (reference_policies_elements_resource.html, …_notresource.html).
// A statement without one is about what its policy is attached to.
func (w *world) resource(st *iam.Statement, version string) tri {
	if !st.HasResource {
		return yes
	}
	if len(st.Resources) == 0 {
		return no
	}
	r := no
	for _, e := range st.Resources {
		m := w.oneResource(e.Text, version).given(e.Maybe)
		if typeWildcard(e.Text) {
			// "You can't use a wildcard in the portion of the ARN that
			// specifies the resource type" (reference-arns.html, "Incorrect
			// wildcard usage"): an Allow does not hold, a Deny may (assumed).
			m = m.and(maybe)
			if (st.Effect == iam.Deny) == st.NotResource {
				m = no
			}
		}
		r = r.or(m)
	}
	if st.NotResource {
		return r.not()
	}
	return r
}

func stars(s string) bool { return s != "" && strings.Trim(s, "*") == "" }

func typeWildcard(text string) bool {
	p := strings.SplitN(text, ":", 6)
	if len(p) < 6 || p[2] != "iam" || p[5] == "*" {
		return false
	}
	kind, _, _ := strings.Cut(p[5], "/")
	return strings.ContainsAny(kind, "*?")
}

func (w *world) oneResource(text, version string) tri {
	if stars(text) {
		return yes
	}
	arn := arnParts(w.req.Resource)
	if arn == nil {
		// The action takes no resource: only "*" covers it
		// (reference_policies_elements_resource.html, Note).
		return no
	}
	// Variables stand only after the fifth colon
	// (reference_policies_variables.html, "Resource element").
	head, tail := text, ""
	for i, n := 0, 0; i < len(text); i++ {
		if text[i] == ':' {
			if n++; n == 5 {
				head, tail = text[:i+1], text[i+1:]
				break
			}
		}
	}
	start := wild(head)
	for i := range start {
		// Within the first five parts a wildcard keeps to its part, but for
		// a '*' that ends the part: it "can expand to match beyond the colon
		// boundaries" (reference_policies_elements_resource.html).
		ends := i+1 == len(start) || start[i+1].kind == 'c' && start[i+1].c == ':'
		start[i].stays = !(start[i].kind == '*' && ends)
	}
	rest := plain(tail, true)
	if version == "2012-10-17" {
		rest = w.substitute(parts(tail, true))
	}
	var cases []tri
	for _, a := range rest {
		if a.null {
			cases = append(cases, no)
			continue
		}
		cases = append(cases, glob(append(append([]piece{}, start...), a.pieces...), w.req.Resource))
	}
	return join(cases...)
}

// names says how the principals of a statement name the caller.
type names struct {
	direct  tri // the very caller, or everybody
	role    tri // the role of the session, or the user that federated
	account tri // the caller's account, which may let the caller do it
}

func (n names) any() tri { return n.direct.or(n.role).or(n.account) }

// principal matches one entry of a Principal element
// (reference_policies_elements_principal.html).
func (w *world) principal(e iam.PrincipalElem) names {
	c, t := w.who, e.Text
	var n names
	switch e.Type {
	case iam.PrincipalAll:
		n.direct = yes
	case iam.PrincipalService:
		n.direct = of(c.kind == service && (t == c.service || t == "*"))
	case iam.PrincipalFederated:
		n.direct = of(c.kind == token && (t == c.arn || t == "*"))
	case iam.PrincipalCanonicalUser:
		// An account by an id that nobody told us.
		if c.hasAccount() {
			n.account = maybe
		}
	case iam.PrincipalAWS:
		n = w.aws(t)
	}
	n.direct, n.role, n.account = n.direct.given(e.Maybe), n.role.given(e.Maybe), n.account.given(e.Maybe)
	return n
}

func (w *world) aws(t string) names {
	c := w.who
	if t == "*" {
		return names{direct: yes}
	}
	if len(t) == 12 && digits(t) {
		return names{account: of(c.account == t)}
	}
	p := arnParts(t)
	if p == nil || !c.hasAccount() || p[1] != c.partition || p[4] != c.account {
		return names{}
	}
	words := strings.Split(p[5], "/")
	last := words[len(words)-1]
	switch {
	case p[5] == "root":
		return names{account: yes}
	case words[0] == "user":
		if c.kind == federated {
			// "This session's ARN is based on the original identity that was
			// federated."
			return names{role: of(last == c.name)}
		}
		return names{direct: of(c.kind == user && t == c.arn)}
	case words[0] == "role":
		switch {
		case c.kind != role && c.kind != session:
		case c.roleARN != "":
			return names{role: of(t == c.roleARN)}
		default:
			// The session's ARN has lost the path; names are unique in an
			// account.
			return names{role: of(last == c.name)}
		}
	case words[0] == "assumed-role":
		switch c.kind {
		case session:
			return names{direct: of(t == c.arn)}
		case role:
			return names{direct: of(len(words) > 1 && words[1] == c.name).and(maybe)}
		}
	case words[0] == "federated-user":
		return names{direct: of(t == c.arn)}
	}
	return names{}
}

func (w *world) principals(st *iam.Statement, kindHas bool) names {
	if !kindHas {
		return names{direct: yes}
	}
	var n names
	for _, e := range st.Principals {
		m := w.principal(e)
		n.direct, n.role, n.account = n.direct.or(m.direct), n.role.or(m.role), n.account.or(m.account)
	}
	if !st.NotPrincipal {
		return n
	}
	// NotPrincipal: everybody but who is listed. A caller is spared if it is
	// listed with its role and its account; with only some of them the page
	// says that it "might" be denied, and we take it that it is
	// (reference_policies_elements_notprincipal.html).
	c := w.who
	spared := n.direct
	switch c.kind {
	case user, federated:
		spared = n.direct.and(n.account)
	case role, session:
		spared = n.direct.and(n.role).and(n.account)
	case root:
		spared = n.account
	}
	for _, e := range st.Principals {
		if e.Type <= iam.PrincipalAWS && e.Text == "*" {
			spared = spared.or(yes.given(e.Maybe))
		}
	}
	hit := spared.not()
	// "The NotPrincipal element with a Deny effect will always deny any IAM
	// principal that has a permissions boundary policy attached."
	switch c.kind {
	case user, role, session, federated:
		if w.in.HasBoundary || len(w.in.Boundary) > 0 {
			hit = yes
		} else if w.in.Unknown["boundary"] {
			hit = hit.or(maybe)
		}
	}
	return names{direct: hit}
}

// statement reports how a statement of a policy matches the request.
func (w *world) statement(p *iam.Policy, st *iam.Statement) names {
	has := false
	switch p.Kind {
	case iam.Resource, iam.Trust, iam.RCP, iam.Endpoint:
		has = true
	}
	m := w.action(st)
	if m != no {
		m = m.and(w.resource(st, p.Version))
	}
	for _, c := range st.Conditions {
		if m != no {
			m = m.and(w.condition(c, p.Version, st.Effect))
		}
	}
	if m == no {
		return names{}
	}
	m = m.given(st.Maybe).given(p.Maybe)
	if p.Broken != "" {
		// AWS would not take the policy: it grants nothing, and its denies
		// depend on its being mended.
		if st.Effect == iam.Allow {
			m = no
		}
		m = m.and(maybe)
	}
	n := w.principals(st, has)
	if p.Kind == iam.Endpoint && (w.verb == "s3" || w.verb == "dynamodb") && !st.NotPrincipal {
		// On a gateway endpoint "the Principal element must be set to *", and
		// an account means its root user only; on an interface endpoint
		// principals mean what they say (PrivateLink guide,
		// vpc-endpoints-access.html).
		gateway := names{direct: no}
		for _, e := range st.Principals {
			if e.Text == "*" || w.who.kind == root && e.Type == iam.PrincipalAWS {
				gateway.direct = gateway.direct.or(w.principal(e).any())
			}
		}
		switch w.in.EndpointType {
		case "Gateway":
			n = gateway
		case "":
			n = names{direct: join(gateway.direct, n.any())}
		}
	}
	return names{m.and(n.direct), m.and(n.role), m.and(n.account)}
}

// found is what a set of policies says.
type found struct {
	deny  tri
	allow names
}

func (w *world) policies(ps []*iam.Policy) found {
	var f found
	for _, p := range ps {
		for i := range p.Statements {
			n := w.statement(p, &p.Statements[i])
			if p.Statements[i].Effect == iam.Deny {
				f.deny = f.deny.or(n.any())
				continue
			}
			f.allow.direct = f.allow.direct.or(n.direct)
			f.allow.role = f.allow.role.or(n.role)
			f.allow.account = f.allow.account.or(n.account)
		}
	}
	return f
}
