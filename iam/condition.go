package iam

import (
	"strings"

	"penstock/doc"
	"penstock/match"
)

// condition reads the Condition element.
func (p *parser) condition(st *Statement, n *doc.Node) {
	if n == nil || n.Kind == doc.Null && len(n.Maybe) == 0 {
		return
	}
	if facts := p.mayBeAbsent(n); len(facts) > 0 {
		st.Maybe = merge(st.Maybe, facts)
		return
	}
	if n.Kind != doc.Map {
		p.refuse(codeType, n.Span, "Condition is a %s; it must be a map", n.Kind)
		return
	}
	if len(n.Fields) == 0 {
		p.warn(codeEmpty, n.Span, "Condition is empty and has no effect")
	}
	seen := map[string]bool{}
	for _, f := range n.Fields {
		op := f.Name()
		facts := p.mayBeAbsent(f.Value)
		if f.Value.Kind == doc.String {
			// An attribute of a custom resource may be a map.
			facts = merge(facts, match.Holes(f.Value.Text))
		}
		if len(facts) > 0 {
			st.Maybe = merge(st.Maybe, facts)
			continue
		}
		if seen[strings.ToLower(op)] {
			p.refuse(codeDuplicate, f.Key.Span, "Condition has the operator %s twice", op)
		}
		seen[strings.ToLower(op)] = true
		parsed, ok := ParseOperator(op)
		if !ok {
			p.badOperator(f.Key, parsed)
		}
		if f.Value.Kind != doc.Map {
			p.refuse(codeType, f.Value.Span, "%s is a %s; it must be a map of condition keys", op, f.Value.Kind)
			continue
		}
		p.conditionKeys(st, op, parsed, ok, f.Value)
	}
}

// mayBeAbsent returns the facts that decide whether a node is there, and what
// an unknown one depends on.
func (p *parser) mayBeAbsent(n *doc.Node) []string {
	if n.Kind == doc.Unknown {
		return merge(n.Maybe, []string{fact(n)})
	}
	return n.Maybe
}

func (p *parser) badOperator(key *doc.Node, parsed Operator) {
	op := key.Text
	if parsed.Base == Null {
		p.refuse(codeNullIfExists, key.Span, "operator %q: Null takes neither IfExists nor ForAnyValue nor ForAllValues", op)
		return
	}
	hint := ""
	if near := nearOperator(op); near != "" {
		hint = "; did you mean " + near + "?"
	}
	p.refuse(codeOperator, key.Span, "condition operator %q does not exist%s", op, hint)
}

func (p *parser) conditionKeys(st *Statement, op string, parsed Operator, ok bool, n *doc.Node) {
	if len(n.Fields) == 0 {
		p.warn(codeEmpty, n.Span, "%s is empty and has no effect", op)
	}
	seen := map[string]bool{}
	for _, f := range n.Fields {
		key, v := f.Name(), f.Value
		low := strings.ToLower(key)
		if seen[low] {
			p.under(v.Maybe, func() {
				p.refuse(codeDuplicate, f.Key.Span, "%s has the key %s twice; keys do not differ by case", op, key)
			})
		}
		seen[low] = true
		if len(v.Maybe) > 0 {
			st.Maybe = merge(st.Maybe, v.Maybe)
			continue
		}
		if !strings.Contains(key, ":") && !match.HasHole(key) {
			p.warn(codeConditionKey, f.Key.Span, "condition key %q has no service in front: no request carries it", key)
		}
		c := Condition{Operator: op, Key: key, Span: v.Span}
		if v.Kind == doc.List && len(v.Items) == 0 {
			p.warn(codeEmpty, v.Span, "%s %s has no values", op, key)
		}
		if v.Kind == doc.Null {
			p.refuse(codeType, v.Span, "%s %s is null; it must be a value or a list of values", op, key)
		}
		for it := range v.Elems() {
			e := Elem{Text: it.Text, Span: it.Span, Maybe: it.Maybe}
			switch it.Kind {
			case doc.Unknown:
				e.Text = match.Hole(match.Any, fact(it))
			case doc.String, doc.Number, doc.Bool:
				// Numbers and booleans count as their text.
				p.seeVariables(it)
				if ok && !parsed.Base.Textual() && ParseLiteral(parsed.Base, it.Text).Bad {
					p.warn(codeConditionValue, it.Span, "%s %s: %q is no %s, so it matches nothing", op, key, match.Render(it.Text), parsed.Base.wants())
				}
			case doc.Null, doc.List, doc.Map:
				p.under(it.Maybe, func() {
					p.refuse(codeType, it.Span, "%s %s holds a %s; it must be a string, number or boolean", op, key, it.Kind)
				})
				continue
			default:
				panic("iam: no such kind of node")
			}
			c.Values = append(c.Values, e)
		}
		st.Conditions = append(st.Conditions, c)
	}
}

// kindRules checks what only one kind of policy forbids.
func (p *parser) kindRules(st *Statement, n *doc.Node) {
	if p.pol.Kind != RCP {
		return
	}
	star := p.rcpStar
	p.rcpStar = false
	switch {
	case st.Effect == Allow && !p.fullAccess(st):
		p.refuse(codeRCP, n.Span, "a resource control policy only denies; Allow stands in AWS's RCPFullAWSAccess alone")
	case st.Effect == Deny && st.NotAction:
		p.refuse(codeRCP, n.Span, "a resource control policy must not have NotAction")
	case st.Effect == Deny && star:
		p.refuse(codeRCP, n.Span, "the action \"*\" alone must not stand in a resource control policy: name the services")
	}
}

// fullAccess reports whether st is the statement of RCPFullAWSAccess.
func (p *parser) fullAccess(st *Statement) bool {
	return len(st.Maybe) > 0 || !st.NotAction && !st.NotResource && !st.NotPrincipal && len(st.Conditions) == 0 &&
		len(st.Actions) == 1 && st.Actions[0].Text == "*" && len(st.Resources) == 1 && st.Resources[0].Text == "*"
}
