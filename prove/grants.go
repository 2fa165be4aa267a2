package prove

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/harm"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/match"
	"penstock/service"
	"penstock/truth"
)

// Not everything that a role does can be read off a template: what a person,
// a script or a function calls is known only from what its author granted. A
// grant that some other layer makes void is therefore part of theorem one:
// whoever wrote "this role may decrypt with that key" meant it to be able to.
//
// A grant is an Allow that names actions and resources, without wildcards in
// the action. It is void where every action of the statement on that resource
// is denied for certain, in every context.

// grants walks what principals are granted by name, one run for each that is
// granted something void. What a run before has already found denied is not
// said again.
func (p *prover) grants(m *cloud.Model, done []*Run) []*Run {
	var out []*Run
	said, touched := map[[2]string]bool{}, map[[2]string]bool{}
	for _, r := range done {
		for _, s := range r.Steps {
			for _, c := range s.Calls {
				touched[[2]string{principal(c), owner(m, c)}] = true
				if c.Decision.Verdict == authz.Deny {
					said[[2]string{principal(c), strings.ToLower(c.Request.Action)}] = true
				}
			}
		}
	}
	for pr := range m.Principals() {
		if pr.Kind == cloud.Group || len(pr.Maybe) > 0 || pr.Resource == nil {
			continue
		}
		site := p.site(m, pr.Resource)
		site.Role = pr.ARN
		r := &Run{Scenario: m.Scenario, Model: m, Entry: &Entry{
			Kind: Grants, Title: match.Render(pr.Name), Account: pr.Account, Resource: pr.Resource, At: pr.Resource.Span,
		}}
		step := &Step{Role: pr.ARN, site: site}
		for _, a := range pr.Identity {
			if a.Policy == nil || a.Resource == nil || a.Policy.Broken != "" || len(a.Policy.Maybe) > 0 {
				continue
			}
			for i := range a.Policy.Statements {
				p.grant(m, step, pr, &a.Policy.Statements[i], touched)
			}
		}
		step.Calls = unsaid(step.Calls, func(c *Call) bool {
			return said[[2]string{pr.ARN, strings.ToLower(c.Request.Action)}]
		})
		// What a grant of its own names and is denied, needs no other cause.
		all := slices.Clone(step.Calls)
		step.Calls = slices.DeleteFunc(step.Calls, func(c *Call) bool {
			return c.Cause != nil && slices.ContainsFunc(all, func(o *Call) bool {
				return o.Cause == nil && strings.EqualFold(o.Request.Action, c.Request.Action) && o.Request.Resource == c.Request.Resource
			})
		})
		if len(step.Calls) > 0 || len(step.Findings) > 0 {
			r.Steps = []*Step{step}
			out = append(out, r)
		}
	}
	return out
}

// unsaid drops the calls of every statement of which one was said already:
// one cause is enough.
func unsaid(calls []*Call, said func(*Call) bool) []*Call {
	known := map[string]bool{}
	for _, c := range calls {
		known[c.Row.ID] = known[c.Row.ID] || said(c)
	}
	return slices.DeleteFunc(calls, func(c *Call) bool { return known[c.Row.ID] })
}

// Grants is the Kind of a run that holds what a principal is granted by name.
const Grants = "grants"

func (p *prover) grant(m *cloud.Model, step *Step, pr *cloud.Principal, s *iam.Statement, touched map[[2]string]bool) {
	actions := named(s)
	if len(actions) == 0 {
		return
	}
	if len(s.Conditions) > 0 {
		row := &service.Row{
			ID: fmt.Sprintf("grant at %s", s.Span), Caller: "role", Actions: actions, Need: service.Stops, Basis: service.Reasoned,
			Why: "a statement of its own grants it", Source: "the template",
		}
		step.Calls = append(step.Calls, p.neverMet(m, step, pr, s, row)...)
	}
	for _, e := range s.Resources {
		if len(e.Maybe) > 0 {
			continue
		}
		row := &service.Row{
			ID: fmt.Sprintf("grant at %s", s.Span), Caller: "role", Actions: actions, Need: service.Stops, Basis: service.Reasoned,
			Why: "a statement of its own grants it", Source: "the template",
		}
		on := instances(m, e.Text)
		calls := p.void(m, step, pr, s, row, on)
		if calls == nil {
			on = slices.DeleteFunc(on, func(resource string) bool {
				r := m.Owner(resource)
				return r == nil || touched[[2]string{pr.ARN, r.ID()}]
			})
			calls = p.hollow(m, step, pr, s, row, on)
		}
		step.Calls = append(step.Calls, calls...)
	}
}

// hollow returns what a statement's calls on resources cause and is denied,
// where that is so for each of them that causes anything: who may read the
// objects of a bucket and may not use its key can read none. Causes that a
// check finds become findings of the step. What a run has been seen to do with
// a resource is better known than this and not asked.
func (p *prover) hollow(m *cloud.Model, step *Step, pr *cloud.Principal, s *iam.Statement, row *service.Row, resources []string) []*Call {
	var denied []*Call
	var found []diag.Finding
	for _, resource := range resources {
		for _, act := range row.Actions {
			effects := p.rooms.effects[strings.ToLower(act)]
			if len(effects) == 0 {
				continue
			}
			c := granted(step, pr, s, row, act, resource)
			c.Target.What = ""
			if p.opt.Engine.Decide(&c.Request, collect(m, c, &c.Request)) == authz.Deny {
				continue
			}
			trial := &Step{Role: step.Role, site: step.site}
			p.check("call", trial, step.site, c.Call)
			bad := p.caused(m, step, c, effects)
			if len(bad) == 0 && len(trial.Findings) == 0 {
				return nil // this one works
			}
			denied, found = append(denied, bad...), append(found, trial.Findings...)
		}
	}
	step.Findings = append(step.Findings, found...)
	return denied
}

// caused returns what a call causes and is denied for certain.
func (p *prover) caused(m *cloud.Model, step *Step, c *Call, effects []*service.Effect) []*Call {
	var bad []*Call
	for _, e := range effects {
		for _, caused := range e.Then(step.site, c.Call) {
			for _, a := range caused.Actions {
				row := *c.Row
				row.Why, row.Source = e.Why, e.Source
				t := caused.Target
				if t.At.IsZero() {
					t.At = c.Target.At
				}
				x := &Call{Call: &service.Call{Row: &row, Target: t, Request: p.request(step.site, a, t), Cause: c.Call}, Step: step}
				x.Request.Context.Open = true
				if p.decide(m, x); x.Decision.Verdict == authz.Deny {
					bad = append(bad, x)
				}
			}
		}
	}
	return bad
}

// void returns the calls that a statement grants on resources, with the trace
// of each, if all of them are denied; nil as soon as one is not, as nearly
// every grant's first.
func (p *prover) void(m *cloud.Model, step *Step, pr *cloud.Principal, s *iam.Statement, row *service.Row, resources []string) []*Call {
	var calls []*Call
	for _, resource := range resources {
		for _, act := range row.Actions {
			if resource == pr.ARN && strings.EqualFold(act, "sts:AssumeRole") {
				return nil // it is that role already: the CDK writes so for actions with the pipeline's role
			}
			c := granted(step, pr, s, row, act, resource)
			if p.opt.Engine.Decide(&c.Request, collect(m, c, &c.Request)) != authz.Deny {
				return nil
			}
			calls = append(calls, c)
		}
	}
	for _, c := range calls {
		p.decide(m, c)
	}
	if !slices.ContainsFunc(calls, func(c *Call) bool { return !held(c) }) {
		return nil
	}
	return calls
}

// held reports whether a denied call is one by which a principal gains rights,
// hides what it did or gets around a gate, and is denied by a Deny, a boundary
// or the organization: whoever laid that over the grant meant it.
func held(c *Call) bool {
	prefix, name, _ := strings.Cut(strings.ToLower(c.Request.Action), ":")
	switch prefix {
	case "iam":
		if name == "passrole" || name == "createservicelinkedrole" || harm.Of(c.Request.Action) != harm.Rights {
			return false
		}
	case "codepipeline":
		if name != "putapprovalresult" && name != "overridestagecondition" && name != "enablestagetransition" {
			return false
		}
	default:
		if harm.Of(c.Request.Action) != harm.Hide {
			return false
		}
	}
	d := &c.Decision
	return d.Explicit && (d.Layer == "identity" || d.Layer == "scp" || d.Layer == "boundary") || d.Layer == "boundary" || d.Layer == "scp"
}

// named returns the actions that a statement allows by full name, nil where
// it is no plain Allow or where one has a wildcard: who writes "s3:*" under a
// boundary means what is left of it.
func named(s *iam.Statement) []string {
	if s.Effect != iam.Allow || s.NotAction || s.NotResource || len(s.Maybe) > 0 {
		return nil
	}
	var out []string
	for _, a := range s.Actions {
		if len(a.Maybe) > 0 || match.HasHole(a.Text) || strings.ContainsAny(a.Text, "*?") {
			return nil
		}
		out = append(out, a.Text)
	}
	return out
}

// maxInstances bounds the resources that one pattern is tried on.
const maxInstances = 16

// instances returns the declared resources that a pattern names: the ARN
// itself where it has no wildcard, with "/*" at the end something in a
// declared resource, else every declared resource that the pattern covers. A
// pattern for all of a kind ("role/*") names none in particular.
func instances(m *cloud.Model, pattern string) []string {
	a, err := arn.Parse(pattern)
	if err != nil || strings.Contains(pattern, "${") {
		return nil
	}
	if !strings.ContainsAny(pattern, "*?") {
		if m.Owner(pattern) != nil || m.Principal(pattern) != nil {
			return []string{pattern}
		}
		return nil
	}
	if head, ok := strings.CutSuffix(pattern, "/*"); ok && !strings.ContainsAny(head, "*?") && m.Owner(head) != nil {
		return []string{head + "/" + match.Hole(match.Key, "any object")}
	}
	if strings.ContainsAny(a.Service+a.Partition, "*?") || strings.HasPrefix(a.Resource, "*") || strings.HasSuffix(a.Resource, "/*") || strings.HasSuffix(a.Resource, ":*") {
		return nil
	}
	want := match.CompileARN(pattern)
	var out []string
	for _, r := range m.Resources {
		if r.ARN != "" && want.Match(r.ARN) == truth.Yes {
			if out = append(out, r.ARN); len(out) > maxInstances {
				return nil
			}
		}
	}
	return out
}

// granted is one granted call, in a context of which nothing is known but what
// the statement itself demands.
func granted(step *Step, pr *cloud.Principal, s *iam.Statement, row *service.Row, action, resource string) *Call {
	t := service.Target{Caller: iam.Principal{ARN: pr.ARN}, Resource: resource, At: s.Span, What: "granted by name"}
	t.Context.Open = true
	for _, c := range s.Conditions {
		if v, ok := demanded(c); ok {
			t.Context.Set(c.Key, v)
		}
	}
	q := iam.Request{Principal: t.Caller, Action: action, Resource: resource, ResourceAccount: accountOf(step.site, resource), Context: t.Context}
	if a, err := arn.Parse(resource); err == nil && a.Region != "" {
		q.Context.Set("aws:RequestedRegion", a.Region)
	}
	q.Context.Set("aws:SecureTransport", "true")
	return &Call{Call: &service.Call{Row: row, Target: t, Request: q}, Step: step}
}

// demanded returns the value that a plain positive condition asks for, none
// where it leaves a choice: a grant to pass two roles to two services means
// each role and its service.
func demanded(c iam.Condition) (string, bool) {
	switch strings.ToLower(strings.TrimSuffix(strings.ToLower(c.Operator), "ifexists")) {
	case "stringequals", "stringlike", "arnequals", "arnlike", "bool", "stringequalsignorecase":
	default:
		return "", false
	}
	if len(c.Values) != 1 || strings.ContainsAny(c.Values[0].Text, "*?$") {
		return "", false
	}
	return c.Values[0].Text, true
}
