package authz

import (
	"strings"

	"penstock/iam"
	"penstock/match"
)

// A layer is the policies of one kind that bear on a request.
type layer struct {
	policies []*policy
}

// A policy is an iam.Policy with everything worked out that does not depend
// on the request.
type policy struct {
	src        *iam.Policy
	statements []statement
	index      *index // nil for a short policy
	broken     bool
	maybe      bool
}

type statement struct {
	src          *iam.Statement
	trust        bool // of a role's trust policy
	allow        bool
	maybe        bool
	hasPrincipal bool
	notPrincipal bool
	principals   []principal
	notAction    bool
	service      string // the one service of all actions, in lower case; "" where there is none
	actions      []element
	hasResource  bool
	notResource  bool
	resources    []element
	conditions   []condition
}

// An element is one action or resource.
type element struct {
	src     *iam.Elem
	pattern match.Pattern
	parts   []iam.Part // of a resource with policy variables; the pattern is then unused
	maybe   bool
	typed   bool // a wildcard in the resource type: see iam.TypeWildcard
	all     bool // "*"
}

func compilePolicy(p *iam.Policy) *policy {
	c := &policy{src: p, broken: p.Broken != "", maybe: len(p.Maybe) > 0}
	c.statements = make([]statement, len(p.Statements))
	variables := p.Version == iam.Version2012
	for i := range p.Statements {
		compileStatement(&c.statements[i], &p.Statements[i], variables)
		c.statements[i].trust = p.Kind == iam.Trust
	}
	c.index = newIndex(c.statements)
	return c
}

func compileStatement(c *statement, s *iam.Statement, variables bool) {
	c.src = s
	c.allow = s.Effect == iam.Allow
	c.maybe = len(s.Maybe) > 0
	c.hasPrincipal, c.notPrincipal = s.HasPrincipal, s.NotPrincipal
	c.notAction, c.hasResource, c.notResource = s.NotAction, s.HasResource, s.NotResource
	if len(s.Principals) > 0 {
		c.principals = make([]principal, len(s.Principals))
		for i := range s.Principals {
			c.principals[i] = compilePrincipal(&s.Principals[i])
		}
	}
	c.actions = make([]element, len(s.Actions))
	for i := range s.Actions {
		a := &s.Actions[i]
		c.actions[i] = element{src: a, maybe: len(a.Maybe) > 0, pattern: match.CompileFold(a.Text)}
	}
	c.service = oneService(c.actions)
	c.resources = make([]element, len(s.Resources))
	for i := range s.Resources {
		c.resources[i] = compileResource(&s.Resources[i], variables)
	}
	c.conditions = make([]condition, len(s.Conditions))
	for i := range s.Conditions {
		c.conditions[i] = compileCondition(&s.Conditions[i], variables)
	}
}

// compileResource compiles an entry of Resource. Variables count only after
// the fifth colon
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-resourceelement);
// an earlier one is text.
func compileResource(e *iam.Elem, variables bool) element {
	c := element{src: e, maybe: len(e.Maybe) > 0, typed: iam.TypeWildcard(e.Text)}
	if variables {
		head, tail := sixth(e.Text)
		if parts, _ := iam.Variables(tail); parts != nil {
			if head != "" {
				parts = append([]iam.Part{{Text: head}}, parts...)
			}
			c.parts = parts
			return c
		}
	}
	c.pattern = match.CompileARN(e.Text)
	c.all = e.Text == "*"
	return c
}

// oneService returns the service that all of a list of actions belong to, ""
// where a wildcard may stand for another one.
func oneService(actions []element) string {
	one := ""
	for i := range actions {
		service, _, ok := strings.Cut(actions[i].pattern.Prefix(), ":")
		if !ok || service == "" || i > 0 && service != one || len(service) >= len(eval{}.low) {
			return ""
		}
		one = service
	}
	return one
}

// sixth cuts s after its fifth colon; a colon within "${…}" does not count.
// Without five colons everything is head.
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
