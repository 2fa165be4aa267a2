package authz

import (
	"fmt"
	"slices"
	"strings"

	"penstock/iam"
	"penstock/match"
	"penstock/truth"
)

// mostMisses bounds how many near misses a layer keeps.
const mostMisses = 40

// hits lists the statements of a layer that matched, may match, or would
// match but for one element or condition.
func (e *eval) hits(l *layer) []Hit {
	var out []Hit
	misses := 0
	for _, p := range l.policies {
		for i := range p.statements {
			h, near := e.hit(p, &p.statements[i])
			if h.Match == truth.No {
				if !near || misses == mostMisses {
					continue
				}
				misses++
			}
			out = append(out, h)
		}
	}
	return out
}

// failing collects the elements that keep a statement from matching, and what
// those that may match rest on.
type failing struct {
	hit   *Hit
	count int
	maybe bool
}

func (f *failing) see(v truth.Value, element string, c *iam.Condition, why func() string, missing func() []string) {
	switch v {
	case truth.No:
		f.count++
		if f.count == 1 || element != "action" && f.hit.Element == "action" {
			f.hit.Element, f.hit.Condition, f.hit.Why = element, c, why()
		}
	case truth.Maybe:
		facts := missing()
		f.hit.Missing = append(f.hit.Missing, facts...)
		if f.count == 0 && !f.maybe {
			f.hit.Element, f.hit.Condition = element, c
			f.hit.Why = "depends on " + strings.Join(facts, ", ")
		}
		f.maybe = true
	}
}

// hit meets one statement with the request. Near is whether exactly one thing
// kept it from matching.
func (e *eval) hit(p *policy, s *statement) (h Hit, near bool) {
	h = Hit{Policy: p.src, Statement: s.src}
	f := failing{hit: &h}
	f.see(e.action(s), "action", nil, func() string { return e.whyAction(s) }, func() []string {
		return elementFacts(s.actions, e.req.Action)
	})
	action := f.count == 0
	f.see(e.onResource(s), "resource", nil, func() string { return e.whyResource(s) }, func() []string {
		return append(elementFacts(s.resources, e.resource), e.variableFacts(s.resources)...)
	})
	if s.hasPrincipal {
		f.see(e.principal(s).any(), "principal", nil, func() string { return e.whyPrincipal(s) }, func() []string {
			return e.principalFacts(s)
		})
	}
	for i := range s.conditions {
		c := &s.conditions[i]
		f.see(e.condition(c, s.allow), "condition", c.src, func() string { return e.whyCondition(c) }, func() []string {
			return e.conditionFacts(c)
		})
	}
	if s.maybe {
		f.see(truth.Maybe, "", nil, nil, func() []string { return render(s.src.Maybe) })
	}
	if p.maybe {
		f.see(truth.Maybe, "", nil, nil, func() []string { return render(p.src.Maybe) })
	}
	if p.broken {
		f.see(truth.Maybe, "", nil, nil, func() []string { return []string{"a policy that AWS refuses: " + p.src.Broken} })
	}
	slices.Sort(h.Missing)
	h.Missing = slices.Compact(h.Missing)
	switch {
	case f.count > 0:
		h.Match, h.Missing = truth.No, nil
	case p.broken && s.allow:
		// A broken policy grants nothing.
		h.Match, h.Element, h.Missing = truth.No, "policy", nil
		h.Why = "AWS refuses the policy: " + p.src.Broken
		return h, true
	case f.maybe:
		h.Match = truth.Maybe
	default:
		h.Match, h.Element, h.Condition, h.Why = truth.Yes, "", nil, ""
		if s.hasPrincipal && !s.notPrincipal {
			// It matches, but in which way may matter.
			h.Missing = e.principalFacts(s)
		}
	}
	return h, f.count == 1 && (action || sameService(s, e.req.Action))
}

// sameService reports whether a statement names an action of the service.
func sameService(s *statement, action string) bool {
	svc, _, _ := strings.Cut(action, ":")
	for i := range s.actions {
		if got, _, ok := strings.Cut(s.actions[i].src.Text, ":"); ok && strings.EqualFold(got, svc) {
			return true
		}
	}
	return false
}

func render(facts []string) []string {
	out := make([]string, len(facts))
	for i, f := range facts {
		out[i] = match.Render(f)
	}
	return out
}

// elementFacts returns what the match of a text with a list rests on.
func elementFacts(list []element, s string) []string {
	var facts []string
	for i := range list {
		el := &list[i]
		v := truth.Maybe
		if el.parts == nil {
			v = el.pattern.Match(s)
		}
		if v == truth.Maybe {
			facts = append(facts, match.Holes(el.src.Text)...)
			facts = append(facts, match.Holes(s)...)
		}
		if v != truth.No {
			facts = append(facts, render(el.src.Maybe)...)
			if el.typed {
				facts = append(facts, "whether "+el.src.Text+" matches, which AWS does not allow")
			}
		}
	}
	return facts
}

// variableFacts returns the policy variables of resources that are not known.
func (e *eval) variableFacts(list []element) []string {
	var facts []string
	for i := range list {
		facts = append(facts, e.partFacts(list[i].parts)...)
	}
	return facts
}

func (e *eval) partFacts(parts []iam.Part) []string {
	var facts []string
	for i := range parts {
		if parts[i].Key == "" {
			continue
		}
		low := strings.ToLower(parts[i].Key)
		v := e.lookup(low, derivedOf(low))
		if v.State == iam.Unknown || v.Optional {
			facts = append(facts, parts[i].Key)
		}
		for _, s := range v.Values {
			facts = append(facts, match.Holes(s)...)
		}
	}
	return facts
}

func (e *eval) principalFacts(s *statement) []string {
	var facts []string
	if e.gateway == truth.Maybe {
		facts = append(facts, "whether the VPC endpoint is a gateway endpoint")
	}
	for i := range s.principals {
		p := &s.principals[i]
		facts = append(facts, render(p.src.Maybe)...)
		if p.names(e).any() != truth.Maybe {
			continue
		}
		facts = append(facts, match.Holes(p.src.Text)...)
		switch {
		case p.kind == pCanonical && e.caller.kind.iamPrincipal():
			facts = append(facts, "whose canonical user id "+p.src.Text+" is")
		case p.kind == pSession && e.caller.kind == role:
			facts = append(facts, "the session name of "+match.Render(e.caller.arn))
		}
	}
	return append(facts, match.Holes(e.caller.arn)...)
}

func (e *eval) conditionFacts(c *condition) []string {
	var facts []string
	if !c.ok {
		return []string{"a condition operator that does not exist: " + c.src.Operator}
	}
	if c.symbols {
		facts = append(facts, match.Holes(c.src.Key)...)
	}
	v := e.lookup(c.key, c.derived)
	if v.State == iam.Unknown || v.Optional {
		facts = append(facts, c.src.Key)
	}
	for _, s := range v.Values {
		facts = append(facts, match.Holes(s)...)
	}
	for i := range c.values {
		facts = append(facts, match.Holes(c.values[i].src.Text)...)
		facts = append(facts, render(c.values[i].src.Maybe)...)
		facts = append(facts, e.partFacts(c.values[i].parts)...)
	}
	return facts
}

func (e *eval) whyAction(s *statement) string {
	if len(s.actions) == 0 {
		return "it lists no action"
	}
	return fmt.Sprintf("%s %s does not cover %s", elementName("Action", s.notAction), joinTexts(s.src.Actions), e.req.Action)
}

func (e *eval) whyResource(s *statement) string {
	switch {
	case len(s.resources) == 0:
		return "it lists no resource"
	case e.resource == "*" && e.req.Resource != "*":
		return fmt.Sprintf("%s takes no resource, so only Resource \"*\" covers it", e.req.Action)
	}
	return fmt.Sprintf("%s %s does not cover %s", elementName("Resource", s.notResource), joinTexts(s.src.Resources), match.Render(e.resource))
}

func elementName(name string, not bool) string {
	if not {
		return "Not" + name
	}
	return name
}

func (e *eval) whyPrincipal(s *statement) string {
	names := make([]iam.Elem, len(s.src.Principals))
	for i, p := range s.src.Principals {
		names[i] = p.Elem
	}
	if e.gateway == truth.Yes && !s.notPrincipal {
		return "a gateway endpoint lets in principals by aws:PrincipalArn with Principal \"*\", not by name"
	}
	return fmt.Sprintf("%s %s does not cover %s", elementName("Principal", s.notPrincipal), joinTexts(names), e.whoText())
}

func (e *eval) whoText() string {
	switch e.caller.kind {
	case anonymous:
		return "an anonymous caller"
	case service:
		return e.caller.service
	default:
		return match.Render(e.caller.arn)
	}
}

func (e *eval) whyCondition(c *condition) string {
	head := c.src.Operator + " " + c.src.Key + ": "
	v := e.lookup(c.key, c.derived)
	want := joinTexts(c.src.Values)
	switch {
	case v.State == iam.Absent:
		return head + "the request does not carry the key"
	case v.State == iam.Unknown:
		return head + "no value of the key is " + want
	case c.op.Base == iam.Null:
		return head + "the request carries the key"
	case len(c.src.Values) == 0:
		return head + "the condition lists no values"
	case c.op.Set == iam.Single && (v.Multi || len(v.Values) > 1):
		return head + "the key has several values and needs ForAnyValue or ForAllValues"
	}
	got := make([]string, len(v.Values))
	for i, s := range v.Values {
		got[i] = match.Render(s)
	}
	not := ""
	if c.op.Negated {
		not = "anything but "
	}
	return fmt.Sprintf("%sthe request has %q, the policy wants %s%s", head, strings.Join(got, ", "), not, want)
}
