package reach

import (
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/match"
	"slices"
	"strings"
)

// Find answers for one set of policies that bears on every request of the
// space: one caller, one resource's policy.
func (e *Engine) Find(pol *authz.Policies, s Space) Answer {
	q := question{e: e, pol: pol, s: &s}
	if a, ok := q.plainly(); ok {
		return a
	}
	o, req := q.try(false, nil)
	if o == empty {
		return Answer{Policies: pol}
	}
	a := Answer{Verdict: Depends, Policies: pol}
	if o == found && q.confirm(req, &a) {
		return a
	}
	// What is not known may not matter to another request: ask for one that
	// is allowed for certain, with values for what policy variables name.
	for _, fixed := range q.settings() {
		if o, r := q.try(true, fixed); o == found && q.confirm(r, &a) {
			return a
		}
	}
	if a.Witness == nil {
		q.explain(&a)
	}
	return a
}

// plainly asks authz about a space that leaves nothing open but context keys:
// what it denies or allows with all of them unknown, it denies or allows
// whatever they are.
func (q *question) plainly() (Answer, bool) {
	s := q.s
	one := func(list []string) bool { return len(list) == 1 && !strings.ContainsAny(list[0], "*?") }
	if !one(s.Actions) || holed(s.Actions[0]) || !one(s.Resources) ||
		len(s.NotActions)+len(s.NotResources)+len(s.within) > 0 || s.kms || s.elsewhere || !fromARN(s.ResourceAccount, s.Resources[0]) {
		return Answer{}, false
	}
	req := iam.Request{Principal: s.Principal, Action: s.Actions[0], Resource: s.Resources[0], ResourceAccount: s.ResourceAccount, Context: s.Context}
	if !s.Fixed {
		req.Context = s.Context.Clone()
		req.Context.Open, req.Context.Rest = true, nil
	}
	switch q.e.authz.Decide(&req, q.pol) {
	case authz.Deny:
		return Answer{Policies: q.pol}, true
	case authz.Allow:
		a := Answer{}
		req.Context.Open = false
		ok := q.confirm(&req, &a)
		return a, ok
	}
	return Answer{}, false
}

// fromARN reports whether the owner of the resource is known.
func fromARN(owner, resource string) bool {
	if owner != "" {
		return true
	}
	f := strings.SplitN(resource, ":", 6)
	return len(f) == 6 && f[4] != ""
}

// A question is one Find at work.
type question struct {
	e   *Engine
	pol *authz.Policies
	// old is of Beyond: what must not allow the request, and before the same
	// as it was given.
	old, before *authz.Policies
	s           *Space
	last        *problem
}

// try solves the question once.
func (q *question) try(sure bool, fixed map[string]string) (outcome, *iam.Request) {
	p := newProblem(sure)
	q.last = p
	p.given = fixed
	caller := readCaller(&q.s.Principal)
	l := &layers{p: p, e: q.e, pol: q.pol, caller: caller, account: q.s.ResourceAccount, named: q.s.Actions}
	l.oracle = oracle{
		engine: q.e.namer(), who: q.s.Principal, account: caller.account, partition: caller.partition,
		signed: caller.signed(), bounded: q.pol.HasBoundary || len(q.pol.Boundary) > 0,
	}
	if l.oracle.partition == "" {
		l.oracle.partition = "aws"
	}
	p.resolve = q.resolver(p, fixed)
	p.docs, p.scope = docs(q.pol), scopeOf(q.s.Actions)
	if q.old != nil {
		p.docs = append(p.docs, docs(q.old)...)
	}
	in := p.space(q.s)
	if in == no {
		return empty, nil
	}
	root := p.f.and(in, l.allowed())
	if q.old != nil {
		before := *l
		before.pol, before.oracle.bounded = q.old, q.old.HasBoundary || len(q.old.Boundary) > 0
		p.sure = !p.sure
		root = p.f.and(root, -before.allowed())
		p.sure = !p.sure
	}
	o := p.solve(root)
	if o != found {
		return o, nil
	}
	return o, p.request(q.s, q.e.opt.Actions)
}

// space restricts action and resource to those of the space.
func (p *problem) space(s *Space) ref {
	r := yes
	switch {
	case len(s.Actions) == 1 && !strings.ContainsAny(s.Actions[0], "*?") && !holed(s.Actions[0]):
		p.fix(p.action, strings.ToLower(s.Actions[0]), false)
	case s.Actions != nil:
		r = p.anyAction(s.Actions)
	}
	if len(s.NotActions) > 0 {
		r = p.f.and(r, -p.anyAction(s.NotActions))
	}
	switch {
	case len(s.Resources) == 1 && !strings.ContainsAny(s.Resources[0], "*?"):
		p.fix(p.resource, s.Resources[0], false)
	case len(s.Resources) == 1 && s.Resources[0] == "*":
	case s.Resources != nil:
		n := need{id: -1, exact: true}
		for _, t := range s.Resources {
			n.globs = append(n.globs, p.syms.pattern(t, resource, true, false))
		}
		p.resource.domain = append(p.resource.domain, n)
		p.resource.texts = true
	}
	if s.kms {
		r = p.f.and(r, p.like(p.action, "kms:*", plain, true, true))
	}
	if s.within != nil {
		n := need{id: -1, exact: true}
		for _, t := range s.within {
			n.globs = append(n.globs, p.syms.pattern(t, resource, true, false))
		}
		p.resource.domain = append(p.resource.domain, n)
	}
	for _, t := range s.NotResources {
		r = p.f.and(r, -p.like(p.resource, t, resource, true, false))
	}
	p.asked = slices.Concat(s.Actions, s.NotActions)
	return r
}

// docs are the policies that the question names.
func docs(pol *authz.Policies) []*iam.Policy {
	out := slices.Concat(pol.Identity, pol.Boundary, pol.Session, pol.Resource, pol.Endpoint)
	for _, level := range slices.Concat(pol.SCP, pol.RCP) {
		out = append(out, level...)
	}
	return out
}

// names lists the actions and patterns of actions that policies and question
// name, and their services.
func (p *problem) names() (actions, services []string) {
	if p.listed != nil {
		return p.listed, p.prefixes
	}
	seen := map[string]bool{}
	add := func(action string) {
		if seen[action] {
			return
		}
		seen[action] = true
		p.listed = append(p.listed, action)
		svc, _, ok := strings.Cut(strings.ToLower(action), ":")
		if ok && !seen[svc] && !strings.ContainsAny(svc, "*?") && !holed(svc) {
			seen[svc] = true
			p.prefixes = append(p.prefixes, svc)
		}
	}
	for _, a := range p.asked {
		add(a)
	}
	for _, d := range p.docs {
		for i := range d.Statements {
			for _, a := range d.Statements[i].Actions {
				add(a.Text)
			}
		}
	}
	return p.listed, p.prefixes
}

// confirm asks authz about a request, for each account that may own the
// resource where the space leaves that open.
func (q *question) confirm(req *iam.Request, a *Answer) bool {
	owners := []string{req.ResourceAccount}
	if q.s.elsewhere {
		if f := strings.SplitN(req.Resource, ":", 6); len(f) == 6 && f[4] != "" {
			owners[0] = f[4]
		} else if v := req.Context.Get("aws:ResourceAccount"); v.State == iam.Known && len(v.Values) == 1 {
			owners[0] = v.Values[0]
		}
	} else if req.ResourceAccount == "" && req.Resource != "*" {
		if f := strings.SplitN(req.Resource, ":", 6); len(f) == 6 && f[4] == "" {
			own := readCaller(&q.s.Principal).account
			owners = append(owners, own, "999999999999")
		}
	}
	for _, o := range owners {
		r := *req
		r.ResourceAccount = o
		d := q.e.authz.Judge(&r, q.pol, nil)
		switch {
		case d.Verdict == authz.Allow:
			*a = Answer{Verdict: Some, Witness: &r, Decision: d, Policies: q.pol}
			return true
		case d.Verdict == authz.Depends && a.Witness == nil:
			d = q.e.authz.Explain(&r, q.pol)
			d.Layers = nil
			a.Witness, a.Decision = &r, d
			for _, m := range d.Missing {
				a.Missing = append(a.Missing, match.Render(m))
			}
		}
	}
	return false
}

// explain says what a Depends without a witness rests on.
func (q *question) explain(a *Answer) {
	p := q.last
	for _, k := range p.variable {
		a.Missing = append(a.Missing, "the value of ${"+k+"}")
	}
	for _, g := range p.gave {
		a.Missing = append(a.Missing, "whether a value of "+match.Render(g)+" meets all conditions, which is too hard to tell")
	}
	if len(a.Missing) == 0 {
		a.Missing = []string{"whether what the policies ask of the request can hold together"}
	}
	slices.Sort(a.Missing)
	a.Missing = slices.Compact(a.Missing)
}

// settings returns values for the keys that policy variables name: those that
// the last model gave them, and values that nothing else is like.
func (q *question) settings() []map[string]string {
	if len(q.last.variable) == 0 {
		return []map[string]string{nil}
	}
	plainly, asFound := map[string]string{}, map[string]string{}
	i := 0
	for low := range q.last.variable {
		i++
		plainly[low] = "any" + string(rune('a'+i%26)) + "1"
		if strings.HasSuffix(low, "account") {
			plainly[low] = stranger
		}
		asFound[low] = plainly[low]
		if k := q.last.keys[low]; k != nil && k.v != nil && k.v.value.known && len(k.v.value.texts) == 1 && k.v.value.texts[0] != "" {
			asFound[low] = k.v.value.texts[0]
		}
	}
	return []map[string]string{asFound, plainly}
}
