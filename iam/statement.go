package iam

import (
	"strings"

	"penstock/diag"
	"penstock/doc"
	"penstock/match"
	"penstock/source"
	"penstock/truth"
)

var statementElements = []string{"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}

// elem is an element of a statement as found: nil where absent.
type elem struct {
	plain, not *doc.Node
	at         source.Span
}

// pick returns the node that counts and whether it is the Not form; open
// holds facts that decide whether it is there, in which case the element says
// nothing.
func (e elem) pick() (n *doc.Node, negated bool, open []string) {
	n, negated = e.plain, false
	if n == nil {
		n, negated = e.not, true
	}
	if n == nil {
		return nil, false, nil
	}
	open = n.Maybe
	if e.plain != nil && e.not != nil {
		open = merge(open, e.not.Maybe)
	}
	return n, negated, open
}

// statement reads one statement; two where not even its effect is known.
func (p *parser) statement(index int, n *doc.Node) []Statement {
	p.variables, p.rcpStar = false, false
	switch {
	case n.Kind == doc.Unknown:
		return p.unknown(index, n, []string{fact(n)})
	case n.Kind == doc.String && match.HasHole(n.Text):
		return p.unknown(index, n, match.Holes(n.Text))
	case n.Kind == doc.Null && len(n.Maybe) > 0:
		return nil
	case n.Kind != doc.Map:
		p.refuse(codeType, n.Span, "statement %d is a %s; it must be a map", index+1, n.Kind)
		return nil
	}
	st := Statement{Index: index, Span: n.Span}
	var effect, condition *doc.Node
	var principal, action, resource elem
	p.fields(n, "statement", statementElements, func(name string, v *doc.Node) {
		switch name {
		case "Sid":
			st.Sid = v.Str()
		case "Effect":
			effect = v
		case "Principal":
			principal.plain = v
		case "NotPrincipal":
			principal.not = v
		case "Action":
			action.plain = v
		case "NotAction":
			action.not = v
		case "Resource":
			resource.plain = v
		case "NotResource":
			resource.not = v
		case "Condition":
			condition = v
		}
	})
	effects, effectFacts := p.effect(effect, n)
	p.both(principal, "Principal", n)
	p.both(action, "Action", n)
	p.both(resource, "Resource", n)

	p.action(&st, action, n)
	p.resource(&st, resource, n)
	p.condition(&st, condition)

	var out []Statement
	for _, e := range effects {
		s := st
		s.Effect = e
		s.Maybe = merge(st.Maybe, effectFacts)
		p.principal(&s, principal, n)
		p.kindRules(&s, n)
		out = append(out, s)
	}
	if p.variables {
		switch facts := p.versionFacts(); {
		case len(facts) > 0:
			for i := range out {
				out[i].Maybe = merge(out[i].Maybe, facts)
			}
		case p.pol.Version != Version2012:
			p.warn(codeOldVariable, n.Span, "statement %d holds ${…}, which is plain text without \"Version\": %q", index+1, Version2012)
		}
	}
	return out
}

// effect returns the effects that the statement may have.
func (p *parser) effect(n, st *doc.Node) ([]Effect, []string) {
	both := []Effect{Allow, Deny}
	switch {
	case n == nil || n.Kind == doc.Null && len(n.Maybe) == 0:
		p.refuse(codeEffect, st.Span, "the statement has no Effect: write Allow or Deny")
		return []Effect{Allow}, nil
	case n.Kind == doc.Unknown:
		return both, merge(n.Maybe, []string{fact(n)})
	case match.HasHole(n.Text):
		return both, merge(n.Maybe, match.Holes(n.Text))
	case len(n.Maybe) > 0:
		return both, n.Maybe
	case n.Str() == "Allow":
		return []Effect{Allow}, nil
	case n.Str() == "Deny":
		return []Effect{Deny}, nil
	default:
		p.refuse(codeEffect, n.Span, "Effect %q does not exist: write Allow or Deny, with this case", n.Str())
		if strings.EqualFold(n.Str(), "deny") {
			return []Effect{Deny}, nil
		}
		return []Effect{Allow}, nil
	}
}

func (p *parser) both(e elem, name string, st *doc.Node) {
	if e.plain == nil || e.not == nil {
		return
	}
	p.under(merge(e.plain.Maybe, e.not.Maybe), func() {
		p.refuse(codeBoth, st.Span, "the statement has both %s and Not%s", name, name)
	})
}

// list reads the entries of an Action or Resource element.
func (p *parser) list(n *doc.Node, name string, check func(text string, at source.Span)) []Elem {
	var elems []Elem
	if n.Kind == doc.List && len(n.Items) == 0 {
		p.warn(codeEmpty, n.Span, "%s is an empty list, so the statement has no effect", name)
	}
	for it := range n.Elems() {
		e := Elem{Text: it.Text, Span: it.Span, Maybe: it.Maybe}
		switch it.Kind {
		case doc.String:
			p.under(it.Maybe, func() {
				if !match.HasHole(it.Text) {
					check(it.Text, it.Span)
				}
				p.seeVariables(it)
			})
		case doc.Unknown:
			e.Text = match.Hole(match.Any, fact(it))
		case doc.Null, doc.Bool, doc.Number, doc.List, doc.Map:
			p.under(it.Maybe, func() {
				p.refuse(codeType, it.Span, "%s holds a %s; it must be a string or a list of strings", name, it.Kind)
			})
			continue
		default:
			panic("iam: no such kind of node")
		}
		elems = append(elems, e)
	}
	return elems
}

func (p *parser) seeVariables(n *doc.Node) {
	if !strings.Contains(n.Text, "${") {
		return
	}
	p.variables = true
	if _, bad := Variables(n.Text); bad {
		p.warn(codeVariable, n.Span, "%q holds a policy variable that is not closed or has no name", match.Render(n.Text))
	}
}

func (p *parser) action(st *Statement, e elem, at *doc.Node) {
	n, negated, open := e.pick()
	if n == nil || n.Kind == doc.Null && len(open) == 0 {
		p.refuse(codeNoAction, at.Span, "the statement has neither Action nor NotAction")
		return
	}
	if len(open) > 0 {
		st.Actions = []Elem{{Text: "*", Span: n.Span}}
		st.Maybe = merge(st.Maybe, open)
		return
	}
	st.NotAction = negated
	st.Actions = p.list(n, name("Action", negated), p.checkAction)
}

func name(s string, negated bool) string {
	if negated {
		return "Not" + s
	}
	return s
}

func (p *parser) checkAction(s string, at source.Span) {
	if strings.ContainsAny(s, " \t\r\n,") {
		p.report(codeActionSpace, at, diag.Error, "action %q holds white space or a comma, so it matches nothing", s)
		return
	}
	if s == "*" {
		if p.pol.Kind == RCP {
			p.rcpStar = true
		}
		return
	}
	service, rest, ok := strings.Cut(s, ":")
	if !ok && strings.Trim(s, "*") == "" && s != "" {
		return // "**" is "*"
	}
	if !ok || service == "" || rest == "" || strings.ContainsFunc(rest, func(r rune) bool {
		return !alphanumeric(r) && r != '*' && r != '?' && r != '-' && r != '_' && r != '.'
	}) {
		p.refuse(codeAction, at, "action %q is not of the form service:Action", s)
		return
	}
	if strings.ContainsAny(service, "*?") {
		p.warn(codeServiceStar, at, "action %q has a wildcard in the name of the service", s)
	}
	if p.pol.Kind == Trust && !strings.ContainsAny(service, "*?") && !strings.EqualFold(service, "sts") {
		p.refuse(codeTrustAction, at, "a trust policy names %q; only actions of sts may stand in it", s)
	}
}

func (p *parser) resource(st *Statement, e elem, at *doc.Node) {
	n, negated, open := e.pick()
	if p.pol.Kind == Trust {
		if n != nil && (n.Kind != doc.Null || len(open) == 0) {
			p.under(open, func() {
				p.refuse(codeTrustResource, n.Span, "a trust policy has no %s: the role is the resource", name("Resource", negated))
			})
		}
		return
	}
	if n == nil || n.Kind == doc.Null && len(open) == 0 {
		if p.pol.Kind != Resource && p.pol.Kind != Endpoint {
			p.refuse(codeNoResource, at.Span, "the statement has neither Resource nor NotResource")
		}
		return
	}
	st.HasResource = true
	if len(open) > 0 {
		st.Resources = []Elem{{Text: "*", Span: n.Span}}
		st.Maybe = merge(st.Maybe, open)
		return
	}
	st.NotResource = negated
	st.Resources = p.list(n, name("Resource", negated), p.checkResource)
	for _, e := range st.Resources {
		if match.HasHole(e.Text) && anARN.Match(e.Text) == truth.No && allOf.Match(e.Text) == truth.No {
			p.under(e.Maybe, func() { p.checkResource(match.Render(e.Text), e.Span) })
		}
	}
}

// anARN and allOf tell a symbolic resource that can be neither an ARN nor "*":
// what Ref gives of a bucket or a queue is its name or URL.
var (
	anARN = match.Compile("arn:*")
	allOf = match.Literal("*")
)

func (p *parser) checkResource(s string, at source.Span) {
	if s == "*" || strings.Trim(s, "*") == "" && s != "" {
		return
	}
	if !strings.HasPrefix(s, "arn:") {
		if p.pol.Kind == Resource || p.pol.Kind == Endpoint || strings.HasPrefix(s, "${") {
			// Some services take shorter forms (execute-api:/stage/GET/…).
			p.warn(codeARN, at, "resource %q is no ARN", s)
			return
		}
		p.refuse(codeARN, at, "resource %q must be an ARN or \"*\"", s)
		return
	}
	parts := strings.SplitN(s, ":", 6)
	if len(parts) < 6 {
		if !strings.Contains(s, "*") {
			p.report(codeARN, at, diag.Error, "resource %q has %d of the six parts of an ARN and matches nothing", s, len(parts))
		}
		return
	}
	if TypeWildcard(s) {
		p.report(codeTypeStar, at, diag.Error, "resource %q has a wildcard in the resource type, which AWS does not allow", s)
	}
}

// TypeWildcard reports whether the pattern of an IAM resource has a wildcard
// in the word that says its type ("user", "role"), which AWS does not allow
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html,
// "Incorrect wildcard usage"); the bare "*" is allowed. Only IAM's ARNs are
// looked at, which the page names: that others must not is not documented for
// each service.
func TypeWildcard(pattern string) bool {
	parts := strings.SplitN(pattern, ":", 6)
	if len(parts) < 6 || parts[2] != "iam" || parts[5] == "*" {
		return false
	}
	word, _, _ := strings.Cut(parts[5], "/")
	return strings.ContainsAny(word, "*?")
}
