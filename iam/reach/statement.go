package reach

import (
	"strings"

	"penstock/iam"
)

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
