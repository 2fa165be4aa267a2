package reach

import (
	"iter"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/match"
	"penstock/truth"
)

// A part is a piece of a space on whose requests the same policies bear.
type part struct {
	space    Space
	policies *authz.Policies
}

// Exists answers over a model. It splits the space by the declared resources
// that its patterns can meet, each with its own policy, by authz.Collect, and
// the undeclared rest, and asks Find for each. The first Some is the answer;
// None only where all are.
func (e *Engine) Exists(m *cloud.Model, s Space) Answer {
	answer := Answer{}
	if untrusted(m, &s) {
		return answer
	}
	for p := range e.parts(m, s) {
		a := e.Find(p.policies, p.space)
		if a.Verdict == Some {
			return a
		}
		if a.Verdict == Depends && (answer.Verdict == None || answer.Witness == nil && a.Witness != nil) {
			answer = a
		}
	}
	return answer
}

// All yields every part of the space that has a witness or may have one: per
// declared resource, and the rest, and for each per group of actions that the
// policies do not tell apart. Depends is yielded where no Some is.
func (e *Engine) All(m *cloud.Model, s Space) iter.Seq[Answer] {
	return func(yield func(Answer) bool) {
		for p := range e.parts(m, s) {
			// Most parts have nothing to give; find that out at once.
			first := e.Find(p.policies, p.space)
			if first.Verdict == None {
				continue
			}
			groups := e.groups(p)
			if len(groups) < 2 {
				if !yield(first) {
					return
				}
				continue
			}
			for _, g := range groups {
				q := p.space
				q.Actions = g
				if a := e.Find(p.policies, q); a.Verdict != None && !yield(a) {
					return
				}
			}
		}
	}
}

// groups sorts the actions of a part, those of the facts and those that are
// named, by the patterns that they match.
func (e *Engine) groups(p part) [][]string {
	q := newProblem(false)
	q.docs, q.asked = docs(p.policies), p.space.Actions
	listed, services := q.names()
	in, out := compileAll(p.space.Actions), compileAll(p.space.NotActions)
	patterns := compileAll(listed)
	var order []string
	members := map[string][]string{}
	seen := map[string]bool{}
	add := func(a string) {
		low := strings.ToLower(a)
		if seen[low] || len(in) > 0 && !matches(in, a) || matches(out, a) {
			return
		}
		seen[low] = true
		sig := make([]byte, len(patterns))
		for i := range patterns {
			if patterns[i].Match(a) == truth.Yes {
				sig[i] = 1
			}
		}
		if members[string(sig)] == nil {
			order = append(order, string(sig))
		}
		members[string(sig)] = append(members[string(sig)], a)
	}
	for _, a := range listed {
		if !strings.ContainsAny(a, "*?") && strings.Contains(a, ":") && !holed(a) {
			add(a)
		}
	}
	if e.opt.Actions != nil {
		for _, svc := range services {
			for _, n := range e.opt.Actions(svc) {
				add(svc + ":" + n)
			}
		}
	}
	out2 := make([][]string, 0, len(order))
	for _, sig := range order {
		out2 = append(out2, members[sig])
	}
	return out2
}

func compileAll(patterns []string) []match.Pattern {
	ps := make([]match.Pattern, len(patterns))
	for i, t := range patterns {
		ps[i] = match.CompileFold(t)
	}
	return ps
}

func matches(ps []match.Pattern, s string) bool {
	return slices.ContainsFunc(ps, func(p match.Pattern) bool { return p.Match(s) == truth.Yes })
}

// parts splits a space.
func (e *Engine) parts(m *cloud.Model, s Space) iter.Seq[part] {
	return func(yield func(part) bool) {
		sts, others := asks(s, "sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"), true
		if s.Actions != nil {
			others = slices.ContainsFunc(s.Actions, func(a string) bool { return !onlyAssumes(a) })
		}
		if s.Resources != nil && !slices.ContainsFunc(s.Resources, func(r string) bool { return strings.ContainsAny(r, "*?") }) {
			for _, r := range s.Resources {
				if !e.single(m, s, r, sts, others, yield) {
					return
				}
			}
			return
		}
		within := make([]match.Pattern, len(s.Resources))
		for i, r := range s.Resources {
			within[i] = match.CompileARN(r)
		}
		var known []string
		if sts {
			for p := range m.Principals() {
				if p.Kind != cloud.Role {
					continue
				}
				known = append(known, p.ARN)
				if len(within) > 0 && !slices.ContainsFunc(within, func(w match.Pattern) bool { return w.Match(p.ARN) != truth.No }) {
					continue
				}
				if !e.single(m, s, p.ARN, true, false, yield) {
					return
				}
			}
			if !e.rest(m, s, known, true, yield) {
				return
			}
		}
		if !others {
			return
		}
		known = nil
		for _, r := range m.Resources {
			if r.ARN == "" || m.Resource(r.ARN) != r || len(r.Policies) == 0 && len(r.Maybe) == 0 && len(r.Opaque) == 0 && !guardedType(r) {
				continue
			}
			known = append(known, r.ARN)
			if !e.inside(m, s, r, yield) {
				return
			}
		}
		e.rest(m, s, known, false, yield)
	}
}

// asks reports whether the space can hold one of these actions.
func asks(s Space, actions ...string) bool {
	in, out := compileAll(s.Actions), compileAll(s.NotActions)
	return slices.ContainsFunc(actions, func(a string) bool {
		return (s.Actions == nil || slices.ContainsFunc(in, func(p match.Pattern) bool { return p.Match(a) != truth.No })) && !matches(out, a)
	})
}

// onlyAssumes reports whether a pattern names nothing but an action that a
// trust policy governs.
func onlyAssumes(a string) bool {
	return slices.ContainsFunc(assumptions, func(b string) bool { return strings.EqualFold(a, b) })
}

// single asks about one resource.
func (e *Engine) single(m *cloud.Model, s Space, r string, sts, others bool, yield func(part) bool) bool {
	s.Resources = []string{r}
	if s.ResourceAccount == "" {
		if s.ResourceAccount = arn.Account(r); s.ResourceAccount == "" {
			if o := m.Owner(r); o != nil {
				s.ResourceAccount = o.Account
			}
		}
	}
	if sts {
		t := s
		if !slices.ContainsFunc(s.Actions, onlyAssumes) || s.Actions == nil || others {
			t.Actions = meetActions(s.Actions, assumptions)
		}
		if !yield(part{t, e.collect(m, s, "sts:AssumeRole", r)}) {
			return false
		}
	}
	if others {
		t := s
		t.NotActions = append(slices.Clone(s.NotActions), assumptions...)
		svc := "s3"
		if a, err := arn.Parse(r); err == nil && a.Service != "" {
			svc = a.Service
		}
		if svc == "sts" {
			svc = "iam"
		}
		return yield(part{t, e.collect(m, s, svc+":Any", r)})
	}
	return true
}

// meetActions returns those of list that the patterns hold.
func meetActions(patterns, list []string) []string {
	if patterns == nil {
		return list
	}
	ps := compileAll(patterns)
	out := []string{}
	for _, a := range list {
		if slices.ContainsFunc(ps, func(p match.Pattern) bool { return p.Match(a) != truth.No }) {
			out = append(out, a)
		}
	}
	return out
}

func (e *Engine) collect(m *cloud.Model, s Space, action, resource string) *authz.Policies {
	return authz.Collect(m, &iam.Request{Principal: s.Principal, Action: action, Resource: resource, ResourceAccount: s.ResourceAccount})
}

// guardedType reports whether the resource is of a service of which an
// undeclared resource would leave its policy in doubt, so that a declared one
// without a policy must be told from it.
func guardedType(r *cloud.Resource) bool {
	a, err := arn.Parse(r.ARN)
	return err == nil && a.Service != "iam" && a.Service != "sts"
}

// inside asks about a declared resource and what it contains.
func (e *Engine) inside(m *cloud.Model, s Space, r *cloud.Resource, yield func(part) bool) bool {
	whole := []string{r.ARN, r.ARN + "/*", r.ARN + ":*"}
	t := s
	t.Resources, t.within = whole, s.Resources
	for _, o := range m.Resources {
		if o != r && strings.HasPrefix(o.ARN, r.ARN) && len(o.ARN) > len(r.ARN) && (o.ARN[len(r.ARN)] == '/' || o.ARN[len(r.ARN)] == ':') {
			t.NotResources = append(slices.Clone(t.NotResources), o.ARN, o.ARN+"/*", o.ARN+":*")
		}
	}
	if s.ResourceAccount == "" {
		t.ResourceAccount = r.Account
	}
	if len(s.Resources) > 0 && !slices.ContainsFunc(s.Resources, func(w string) bool { return mayMeet(w, whole) }) {
		return true
	}
	t.NotActions = append(slices.Clone(s.NotActions), assumptions...)
	svc := "s3"
	if a, err := arn.Parse(r.ARN); err == nil {
		svc = a.Service
	}
	return yield(part{t, e.collect(m, t, svc+":Any", r.ARN)})
}

// mayMeet reports whether a pattern can have a resource in common with any of
// a list of patterns, by the text before their wildcards.
func mayMeet(pattern string, list []string) bool {
	if holed(pattern) {
		return true
	}
	head, _, _ := strings.Cut(pattern, "*")
	head, _, _ = strings.Cut(head, "?")
	return slices.ContainsFunc(list, func(t string) bool {
		other, _, _ := strings.Cut(t, "*")
		return holed(t) || strings.HasPrefix(head, other) || strings.HasPrefix(other, head)
	})
}

// rest asks about what no stack declares, in the caller's account and, where
// the space does not settle that, in another.
func (e *Engine) rest(m *cloud.Model, s Space, known []string, sts bool, yield func(part) bool) bool {
	t := s
	for _, k := range known {
		t.NotResources = append(slices.Clone(t.NotResources), k)
		if !sts {
			t.NotResources = append(t.NotResources, k+"/*", k+":*")
		}
	}
	own := readCaller(&s.Principal)
	owners := []string{s.ResourceAccount}
	if s.ResourceAccount == "" {
		owners = []string{own.account, "999999999999"}
		if !own.signed() {
			owners = owners[1:]
		}
	}
	if sts {
		t.Actions = meetActions(s.Actions, assumptions)
	} else {
		t.NotActions = append(slices.Clone(s.NotActions), assumptions...)
	}
	for _, owner := range owners {
		u := t
		u.ResourceAccount = owner
		u.elsewhere = s.ResourceAccount == "" && owner != own.account
		if sts {
			if !yield(part{u, e.collect(m, u, "sts:AssumeRole", "arn:aws:iam::"+owner+":role/*")}) {
				return false
			}
			continue
		}
		// What guards a resource that no stack declares may deny; in the
		// caller's own account it is not taken to grant, but for a key, which
		// always has a policy: see authz.Collect.
		pol := e.collect(m, u, "ec2:Any", "arn:aws:ec2:us-east-1:"+owner+":*")
		if owner != own.account {
			pol.Unknown = append(pol.Unknown, authz.Unknown{Layer: "resource", Fact: undeclared})
			if !yield(part{u, pol}) {
				return false
			}
			continue
		}
		keys := u
		u.NotActions = append(slices.Clone(u.NotActions), "kms:*")
		pol.Resource = []*iam.Policy{hidden}
		if !yield(part{u, pol}) {
			return false
		}
		keys.kms = true
		pol = e.collect(m, keys, "ec2:Any", "arn:aws:ec2:us-east-1:"+owner+":*")
		pol.Unknown = append(pol.Unknown, authz.Unknown{Layer: "resource", Fact: undeclared})
		if !yield(part{keys, pol}) {
			return false
		}
	}
	return true
}

const undeclared = "the policies of resources that no stack declares"

// hidden is the policy that a resource may have which no stack declares.
var hidden = &iam.Policy{
	Kind: iam.Resource, Version: iam.Version2012, Maybe: []string{undeclared},
	Statements: nothing.Statements,
}
