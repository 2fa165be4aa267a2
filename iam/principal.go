package iam

import (
	"strings"

	"penstock/arn"
	"penstock/doc"
	"penstock/match"
	"penstock/source"
)

// principal reads Principal or NotPrincipal.
func (p *parser) principal(st *Statement, e elem, at *doc.Node) {
	n, negated, open := e.pick()
	present := n != nil && (n.Kind != doc.Null || len(open) > 0)
	if !p.wantsPrincipal() {
		if present {
			p.under(open, func() {
				p.refuse(codePrincipal, n.Span, "%s stands in a policy of kind %s, which belongs to whom it is attached to", name("Principal", negated), p.pol.Kind)
			})
		}
		return
	}
	if !present {
		p.refuse(codeNoPrincipal, at.Span, "the statement has no Principal")
		return
	}
	st.HasPrincipal = true
	if len(open) > 0 || n.Kind == doc.Unknown {
		facts := open
		if n.Kind == doc.Unknown {
			facts = merge(facts, []string{fact(n)})
		}
		st.Principals = []PrincipalElem{{PrincipalAll, Elem{Text: "*", Span: n.Span, Maybe: facts}}}
		return
	}
	st.NotPrincipal = negated
	if negated {
		p.notPrincipal(st, n)
	}
	switch n.Kind {
	case doc.String:
		switch {
		case n.Text == "*":
			st.Principals = []PrincipalElem{{PrincipalAll, Elem{Text: "*", Span: n.Span}}}
		case match.HasHole(n.Text):
			st.Principals = []PrincipalElem{{PrincipalAll, Elem{Text: "*", Span: n.Span, Maybe: match.Holes(n.Text)}}}
		default:
			p.refuse(codePrincipalForm, n.Span, "Principal %q must be \"*\" or a map such as {\"AWS\": …}", n.Text)
		}
	case doc.Map:
		p.principalMap(st, n)
	default:
		p.refuse(codeType, n.Span, "Principal is a %s; it must be \"*\" or a map", n.Kind)
	}
	if p.pol.Kind == RCP && !(len(st.Principals) == 1 && all(st.Principals[0])) {
		p.refuse(codeRCP, n.Span, "the Principal of a resource control policy must be \"*\"")
	}
}

// all reports whether a principal is "*" or {"AWS": "*"}.
func all(e PrincipalElem) bool {
	return e.Type <= PrincipalAWS && e.Text == "*"
}

func (p *parser) notPrincipal(st *Statement, n *doc.Node) {
	switch {
	case p.pol.Kind == Trust:
		p.refuse(codeNotPrincipal, n.Span, "a trust policy must not have NotPrincipal")
	case p.pol.Kind == RCP:
		p.refuse(codeRCP, n.Span, "a resource control policy must not have NotPrincipal")
	case st.Effect == Allow:
		p.refuse(codeNotPrincipal, n.Span, "NotPrincipal stands with Effect Allow; AWS takes it with Deny only")
	}
}

var principalTypes = map[string]PrincipalType{
	"AWS": PrincipalAWS, "Service": PrincipalService,
	"Federated": PrincipalFederated, "CanonicalUser": PrincipalCanonicalUser,
}

func (p *parser) principalMap(st *Statement, n *doc.Node) {
	if len(n.Fields) == 0 {
		p.warn(codeEmpty, n.Span, "Principal is empty, so the statement has no effect")
	}
	p.fields(n, "Principal", []string{"AWS", "Service", "Federated", "CanonicalUser"}, func(key string, v *doc.Node) {
		t := principalTypes[key]
		if v.Kind == doc.List && len(v.Items) == 0 {
			p.warn(codeEmpty, v.Span, "Principal %s is an empty list", key)
		}
		for it := range v.Elems() {
			maybe := merge(v.Maybe, it.Maybe)
			e := PrincipalElem{t, Elem{Text: it.Text, Span: it.Span, Maybe: maybe}}
			switch it.Kind {
			case doc.Unknown:
				e.Text = match.Hole(match.Any, fact(it))
			case doc.String, doc.Number:
				p.under(maybe, func() { p.checkPrincipal(t, it.Text, it.Span) })
			default:
				p.under(maybe, func() {
					p.refuse(codeType, it.Span, "Principal %s holds a %s; it must be a string or a list of strings", key, it.Kind)
				})
				continue
			}
			st.Principals = append(st.Principals, e)
		}
	})
}

// checkPrincipal looks at the form of one principal
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html).
func (p *parser) checkPrincipal(t PrincipalType, s string, at source.Span) {
	if match.HasHole(s) || s == "*" {
		return
	}
	if strings.ContainsAny(s, "*?") {
		p.refuse(codePrincipalStar, at, "principal %q has a wildcard; a wildcard stands in a principal only as \"*\"", s)
		return
	}
	if t != PrincipalAWS || arn.IsAccountID(s) {
		return
	}
	if id := strings.TrimLeft(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"); id == "" && len(s) >= 16 {
		return // the unique id that AWS shows for a principal that was deleted
	}
	if strings.HasPrefix(s, "arn:") {
		if a, err := arn.Parse(s); err == nil {
			kind, _, _ := strings.Cut(a.Resource, "/")
			switch {
			case a.Service == "iam" && (kind == "user" || kind == "role" || kind == "root"):
				return
			case a.Service == "sts" && (kind == "assumed-role" || kind == "federated-user"):
				return
			case a.Service == "cloudfront" || a.Service == "iam" && strings.HasPrefix(a.Resource, "user/"):
				return // the origin access identity is arn:aws:iam::cloudfront:user/…
			case a.Service == "iam" && kind == "group":
				p.refuse(codePrincipalForm, at, "principal %q is a group; a group is never a principal", s)
				return
			}
		}
	}
	p.refuse(codePrincipalForm, at, "principal %q is no account, user, role, session or federated user", s)
}
