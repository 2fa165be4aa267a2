package authz

import (
	"strings"

	"penstock/iam"
	"penstock/match"
	"penstock/truth"
)

// eval is one request being decided. It lives on the stack.
type eval struct {
	engine      *Engine
	req         *iam.Request
	pol         *Policies
	c           *compiled
	caller      caller
	resource    string // the request's, or "*" for an action that takes none
	symbolic    bool   // the resource holds holes, or the action
	plain       bool   // low holds the action
	assumes     bool   // the action is governed by the trust policy of a role
	lowLen      int
	low         [64]byte // the action in lower case
	derived     [derivedKeys][1]string
	sessionRole string
	svc         string      // see service
	gateway     truth.Value // asking the policy of a gateway endpoint
	full        bool        // ask every policy to the end, for a trace
}

func (e *eval) init(engine *Engine, req *iam.Request, p *Policies) {
	e.engine, e.req, e.pol = engine, req, p
	e.c = engine.compile(p)
	e.caller.read(&req.Principal)
	e.resource = req.Resource
	if e.resource == "" {
		e.resource = "*"
	}
	if engine.opt.Actions != nil && e.resource != "*" {
		// An action without resource-level support matches Resource "*" only
		// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html).
		if ok, known := engine.opt.Actions.ResourceLevel(req.Action); known && !ok {
			e.resource = "*"
		}
	}
	e.symbolic = match.HasHole(e.resource) || match.HasHole(req.Action)
	e.lower()
	e.assumes = e.service() == "sts" && e.assumesRole()
}

// lower writes the action in lower case, so that each pattern need not. An
// action that is not plain ASCII, or longer than any of AWS's, stays as it is.
func (e *eval) lower() {
	s := e.req.Action
	if e.symbolic || len(s) > len(e.low) {
		return
	}
	colon := -1
	for i := range len(s) {
		c := s[i]
		switch {
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		case c == ':' && colon < 0:
			colon = i
		case c >= 0x80:
			return
		}
		e.low[i] = c
	}
	e.lowLen, e.plain = len(s), true
	if colon > 0 && string(e.low[:colon]) == s[:colon] {
		e.svc = s[:colon]
	}
}

// is reports whether the request's action is the one named, in lower case.
func (e *eval) is(low string) bool {
	if e.plain {
		return string(e.low[:e.lowLen]) == low
	}
	return strings.EqualFold(e.req.Action, low)
}

// bounded reports whether the caller has a permissions boundary.
func (e *eval) bounded() bool { return e.pol.HasBoundary || len(e.pol.Boundary) > 0 }

// outcome is what the policies of one layer say: allow and deny, each Yes if
// some statement surely does. For policies with principals, by says how the
// allowing statements reach the caller.
type outcome struct {
	allow, deny truth.Value
	by          reach
}

// ask evaluates all policies of a layer.
func (e *eval) ask(l *layer) outcome {
	var o outcome
	for _, p := range l.policies {
		e.askPolicy(p, &o)
		if o.deny == truth.Yes && !e.full {
			return o
		}
	}
	return o
}

func (e *eval) askPolicy(p *policy, o *outcome) {
	if p.index == nil {
		for i := range p.statements {
			e.askStatement(p, &p.statements[i], o)
		}
		return
	}
	e.candidates(p, func(s *statement) { e.askStatement(p, s, o) })
}

func (e *eval) askStatement(p *policy, s *statement, o *outcome) {
	// Nothing that the statement could add is missing any more.
	if s.allow && !s.hasPrincipal && o.allow == truth.Yes || !s.allow && o.deny == truth.Yes {
		return
	}
	if s.allow && p.broken {
		return
	}
	v, by := e.matches(s)
	if v == truth.No {
		return
	}
	if p.maybe || p.broken {
		v = v.And(truth.Maybe)
		by = by.and(truth.Maybe)
	}
	if s.allow {
		o.allow = o.allow.Or(v)
		o.by = o.by.or(by)
	} else {
		o.deny = o.deny.Or(v)
	}
}

// matches reports whether a statement applies to the request, and how its
// principal reaches the caller, which is only of use in an Allow.
func (e *eval) matches(s *statement) (truth.Value, reach) {
	v := e.action(s)
	if v == truth.No {
		return truth.No, reach{}
	}
	if v = v.And(e.onResource(s)); v == truth.No {
		return truth.No, reach{}
	}
	by := reach{direct: truth.Yes}
	if s.hasPrincipal {
		by = e.principal(s)
		if v = v.And(by.any()); v == truth.No {
			return truth.No, reach{}
		}
	}
	for i := range s.conditions {
		if v = v.And(e.condition(&s.conditions[i], s.allow)); v == truth.No {
			return truth.No, reach{}
		}
	}
	if s.maybe {
		v = v.And(truth.Maybe)
	}
	return v, by.and(v)
}

// principal reports how the statement names the caller.
func (e *eval) principal(s *statement) reach {
	if s.notPrincipal {
		return reach{direct: e.excluded(s).Not()}
	}
	var r reach
	for i := range s.principals {
		p := &s.principals[i]
		n := p.names(e)
		if e.gateway != truth.No && p.kind != pAll && (e.caller.kind != root || p.kind != pAccount && p.kind != pCanonical) {
			n = n.and(e.gateway.Not())
		}
		r = r.or(n)
	}
	return r
}

// action matches the Action or NotAction element. An empty list matches
// nothing, negated or not: AWS calls such a statement without effect
// (access-analyzer-reference-policy-checks.html, "Empty array action").
func (e *eval) action(s *statement) truth.Value {
	if len(s.actions) == 0 {
		return truth.No
	}
	if s.trust && !e.assumes && !match.HasHole(e.req.Action) {
		// A trust policy says who may assume the role, even with Action "*"; it
		// has no say in passing the role
		// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html).
		return truth.No
	}
	if s.service != "" && e.plain && (s.service[0] != e.low[0] || e.low[len(s.service)] != ':') {
		return truth.Of(s.notAction) // all are of another service
	}
	v := truth.No
	for i := range s.actions {
		a := &s.actions[i]
		var m truth.Value
		switch {
		case e.plain:
			m = a.pattern.MatchLower(e.req.Action, e.low[:e.lowLen])
		case e.symbolic:
			m = a.pattern.Match(e.req.Action)
		default:
			m = a.pattern.MatchText(e.req.Action)
		}
		if a.maybe {
			m = m.And(truth.Maybe)
		}
		if v = v.Or(m); v == truth.Yes {
			break
		}
	}
	if s.notAction {
		return v.Not()
	}
	return v
}

// onResource matches the Resource or NotResource element.
func (e *eval) onResource(s *statement) truth.Value {
	if !s.hasResource {
		return truth.Yes
	}
	if len(s.resources) == 0 {
		return truth.No
	}
	v := truth.No
	for i := range s.resources {
		if v = v.Or(e.element(s, &s.resources[i])); v == truth.Yes {
			break
		}
	}
	if s.notResource {
		return v.Not()
	}
	return v
}

// element matches one resource pattern.
func (e *eval) element(s *statement, r *element) truth.Value {
	var v truth.Value
	switch {
	case r.all:
		v = truth.Yes
	case r.parts != nil:
		v = e.substituted(r)
	case e.symbolic:
		v = r.pattern.Match(e.resource)
	default:
		v = r.pattern.MatchText(e.resource)
	}
	if r.typed && v != truth.No {
		// AWS does not allow the pattern. Whether it would match is not
		// documented, so it grants nothing, and may deny (assumed).
		if s.allow != s.notResource {
			return truth.No
		}
		v = truth.Maybe
	}
	if r.maybe {
		v = v.And(truth.Maybe)
	}
	return v
}

// substituted matches a pattern with policy variables. With a variable that
// has no value it matches nothing
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value).
func (e *eval) substituted(r *element) truth.Value {
	var b match.Builder
	sure := e.fill(&b, r.parts, true)
	if sure == truth.No {
		return truth.No
	}
	p := b.ARN()
	return p.Match(e.resource).And(sure)
}

// fill joins the parts of a string with policy variables. It returns No if a
// variable surely has no value, Maybe if one may have none. The value of a
// variable that is not known is a hole.
func (e *eval) fill(b *match.Builder, parts []iam.Part, wild bool) truth.Value {
	sure := truth.Yes
	for i := range parts {
		p := &parts[i]
		switch {
		case p.Literal != 0:
			b.Text(string(rune(p.Literal)))
		case p.Key == "":
			if wild {
				b.Wild(p.Text)
			} else {
				b.Text(p.Text)
			}
		default:
			text, v := e.variable(p)
			if v == truth.No {
				return truth.No
			}
			sure = sure.And(v)
			b.Text(text)
		}
	}
	return sure
}

// variable returns the value of a policy variable; No if it has none, Maybe
// if it may have none. A key with several values cannot be used
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html).
func (e *eval) variable(p *iam.Part) (string, truth.Value) {
	low := strings.ToLower(p.Key)
	v := e.lookup(low, derivedOf(low))
	switch {
	case v.State == iam.Unknown:
		// With a default it has a value in any case, but which is unknown. A
		// value is never empty, a default may be.
		switch {
		case p.HasDefault && p.Default == "":
			return match.Hole(match.Any, p.Key), truth.Yes
		case p.HasDefault:
			return match.Hole(match.Key, p.Key), truth.Yes
		}
		return match.Hole(match.Key, p.Key), truth.Maybe
	case v.State == iam.Known && !v.Multi && len(v.Values) == 1 && v.Values[0] != "":
		if !v.Optional {
			return v.Values[0], truth.Yes
		}
		if p.HasDefault {
			return match.Hole(match.Any, p.Key), truth.Yes
		}
		return v.Values[0], truth.Maybe
	case p.HasDefault && !v.Multi && len(v.Values) <= 1:
		return p.Default, truth.Yes
	default:
		return "", truth.No
	}
}
