package prove

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/match"
	"penstock/pipeline"
	"penstock/service"
)

// runs proves theorem one over every scenario and adds its runs and findings
// to the report.
func (p *prover) runs(proof *Proof, rep *Report) TheoremResult {
	res := TheoremResult{Theorem: Runs}
	var found []scenarioFindings
	for _, m := range proof.Models {
		var fs []diag.Finding
		for _, r := range proof.Runs(m) {
			rep.Runs = append(rep.Runs, r)
			fs = append(fs, p.findings(r)...)
			count(r, &res)
		}
		own := slices.Clone(m.Findings)
		p.mendModel(proof, m, own)
		fs = slices.Concat(fs, p.shapes(m), p.early(m), sizes(m), own)
		found = append(found, scenarioFindings{m, fs})
	}
	rep.Findings = append(rep.Findings, merge(found)...)
	res.Outcome = outcome(&res, rep)
	if len(rep.Runs) == 0 && res.Outcome == Holds {
		res.Outcome, res.Why = NotApplicable, "no stack declares a pipeline or anything else that runs"
	}
	return res
}

// all walks every entry point of a model.
func (p *prover) all(m *cloud.Model) []*Run {
	var runs []*Run
	for pl := range pipeline.Find(m) {
		runs = append(runs, p.run(m, pl))
	}
	runs = append(runs, p.entries(m, runs)...)
	if p.undecided {
		return runs
	}
	return append(runs, p.grants(m, runs)...)
}

// ID names a run across scenarios and edits.
func (r *Run) ID() string {
	switch {
	case r.Pipeline != nil && r.Pipeline.Resource != nil:
		return r.Pipeline.Resource.ID()
	case r.Pipeline != nil:
		return r.Pipeline.Name
	case r.Entry.Resource != nil:
		return r.Entry.Kind + " " + r.Entry.Resource.ID()
	default:
		return r.Entry.Kind + " " + r.Entry.Title
	}
}

func count(r *Run, res *TheoremResult) {
	if r.Entry != nil && r.Entry.Kind == Grants {
		return // the calls are those of nobody in particular
	}
	for _, s := range r.Steps {
		for _, c := range s.Calls {
			res.Calls++
			switch c.Decision.Verdict {
			case authz.Allow:
				res.Allowed++
			case authz.Deny:
				if c.Row.Need == service.Stops {
					res.Denied++
				}
			case authz.Depends:
				res.Depending++
			default:
				panic("prove: no such verdict")
			}
		}
	}
}

func outcome(res *TheoremResult, rep *Report) Outcome {
	o := Holds
	if res.Depending > 0 {
		o = Depends
	}
	for _, f := range rep.Findings {
		switch {
		// What is wrong with a template itself has no theorem, and counts: AWS
		// refuses the stack, and what it declares never runs.
		case f.Theorem != string(Runs) && f.Theorem != "":
		case f.Severity == diag.Error && f.Certainty != diag.Possible:
			return Fails
		case f.Certainty == diag.Possible && f.Severity != diag.Info:
			o = Depends
		}
	}
	return o
}

// scenarioFindings is what one scenario found.
type scenarioFindings struct {
	model *cloud.Model
	fs    []diag.Finding
}

// merge joins the findings of all scenarios: one that every scenario has is
// said once without a condition, another with the scenarios it holds in.
func merge(all []scenarioFindings) []diag.Finding {
	type key struct {
		code, msg, at string
		start         int
	}
	where := map[key][]string{}
	var order []key
	first := map[key]diag.Finding{}
	for _, s := range all {
		seen := map[key]bool{}
		for _, f := range s.fs {
			k := key{f.Code, f.Message, "", f.At.Start}
			if f.At.File != nil {
				k.at = f.At.File.Name
			}
			if seen[k] {
				continue
			}
			seen[k] = true
			if _, ok := first[k]; !ok {
				first[k] = f
				order = append(order, k)
			}
			where[k] = append(where[k], scenario(s.model))
		}
	}
	var out []diag.Finding
	for _, k := range order {
		f := first[k]
		if len(where[k]) < len(all) {
			f.When = join(where[k], " or ")
		}
		out = append(out, f)
	}
	slices.SortStableFunc(out, func(a, b diag.Finding) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(b.Certainty, a.Certainty))
	})
	return out
}

func scenario(m *cloud.Model) string { return join(m.Scenario, " and ") }

func join(ss []string, sep string) string {
	var out strings.Builder
	for i, s := range ss {
		if i > 0 {
			out.WriteString(sep)
		}
		out.WriteString(s)
	}
	return out.String()
}

// decide answers one call, with the trace where it is not simply allowed.
func (p *prover) decide(m *cloud.Model, c *Call) {
	if len(c.Target.Missing) > 0 {
		c.Decision = authz.Decision{Verdict: authz.Depends, Layer: "catalogue", Missing: c.Target.Missing}
		return
	}
	pol := collect(m, c, &c.Request)
	v := p.opt.Engine.DecideCases(&c.Request, pol)
	if c.Target.Or != "" {
		other := c.Request
		other.Resource = c.Target.Or
		if w := p.opt.Engine.DecideCases(&other, collect(m, c, &other)); w != v {
			c.Decision = authz.Decision{
				Verdict: authz.Depends, Layer: "catalogue",
				Missing: []string{fmt.Sprintf("whether AWS asks about %s (%s) or %s (%s)",
					match.Render(c.Request.Resource), v, match.Render(other.Resource), w)},
			}
			return
		}
	}
	if v == authz.Allow {
		c.Decision.Verdict = v
		return
	}
	if v == authz.Deny && p.instead(m, c) {
		c.Decision.Verdict = authz.Allow
		return
	}
	c.Decision = p.opt.Engine.ExplainCases(&c.Request, pol)
	c.Taken = v == authz.Depends && taken(m, c, pol)
	linked(c)
	if c.Target.Else != "" && v == authz.Deny && !c.Decision.Explicit {
		other := c.Request
		other.Action = c.Target.Else
		if p.opt.Engine.DecideCases(&other, collect(m, c, &other)) != authz.Deny {
			c.Decision.Verdict = authz.Depends
			c.Decision.Missing = []string{fmt.Sprintf("whether AWS takes %s, which is allowed, for %s", other.Action, c.Request.Action)}
		}
	}
}

// instead reports whether a request that does as well is not denied.
func (p *prover) instead(m *cloud.Model, c *Call) bool {
	t := c.Target.Instead
	if t == nil || len(t.Only) == 0 || c.Step.site == nil {
		return false
	}
	other := *c
	other.Call = &service.Call{Row: c.Row, Target: *t}
	other.Request = p.request(c.Step.site, t.Only[0], *t)
	return p.opt.Engine.DecideCases(&other.Request, collect(m, &other, &other.Request)) != authz.Deny
}

// Explain returns the decision of a call with its whole trace.
func (rep *Report) Explain(m *cloud.Model, e *authz.Engine, c *Call) authz.Decision {
	if c.Decision.Layer == "catalogue" {
		return c.Decision
	}
	if e == nil {
		e = NewEngine()
	}
	return e.ExplainCases(&c.Request, collect(m, c, &c.Request))
}

// collect gathers the policies for a call asked as q, that of the VPC endpoint
// on its way included.
func collect(m *cloud.Model, c *Call, q *iam.Request) *authz.Policies {
	pol := authz.Collect(m, q)
	if c.Target.Delegates && m.Principal(q.Resource) == nil {
		delegated(pol, q.Resource)
	}
	if e := c.Target.Endpoint; e != nil {
		pol.HasEndpoint = true
		// The default is a gateway endpoint
		// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpoint.html).
		if pol.EndpointType = cmp.Or(e.Prop("VpcEndpointType").Str(), "Gateway"); match.HasHole(pol.EndpointType) {
			pol.EndpointType = ""
		}
		for _, a := range e.Policies {
			if a.Policy != nil {
				pol.Endpoint = append(pol.Endpoint, a.Policy)
			} else {
				pol.Unknown = append(pol.Unknown, authz.Unknown{Layer: "endpoint", Fact: a.Unknown})
			}
		}
	}
	return pol
}

// findings states what a run shows, one finding for calls that fail alike.
func (p *prover) findings(r *Run) []diag.Finding {
	var out []diag.Finding
	for _, s := range r.Steps {
		from := len(out)
		out = append(out, s.Findings...)
		if f, ok := p.tooEarly(r, s); ok {
			out = append(out, f)
		}
		p.mend(r, s, out[from:])
	}
	checks := len(out)
	for _, g := range groups(r) {
		if p.covered(r, g, out[:checks]) {
			continue
		}
		if g.calls[0].Taken {
			assume(r.Model, g)
			continue
		}
		out = append(out, p.finding(r, g))
	}
	return out
}

// covered reports whether findings of checks speak of a group, and hands them
// the fix that only the layers know.
func (p *prover) covered(r *Run, g *callGroup, fs []diag.Finding) bool {
	if covering(fs, g.calls[0]) < 0 {
		return false
	}
	if p.opt.Mend == nil || !g.calls[0].Failed() {
		return true
	}
	fixes := p.fixes(r, g)
	for _, c := range g.calls {
		if i := covering(fs, c); i >= 0 && len(fs[i].Fixes) == 0 {
			fs[i].Fixes = fixes
		}
	}
	return true
}

// covering returns the index of the finding that speaks of a call, -1 where
// none does: checks such as "role passed across accounts" know the cause
// better than the layer does.
func covering(fs []diag.Finding, c *Call) int {
	return slices.IndexFunc(fs, func(f diag.Finding) bool {
		return f.Action == c.Request.Action && f.Resource == c.Request.Resource && f.Principal == principal(c)
	})
}

// A callGroup is calls that one sentence describes: one caller, one line of
// the catalogue, one verdict of one layer; of the layers that stand at the
// resource, one resource.
type callGroup struct{ calls []*Call }

func groups(r *Run) []*callGroup {
	var out []*callGroup
	index := map[string]*callGroup{}
	for _, s := range r.Steps {
		for _, c := range s.Calls {
			d := c.Decision
			if d.Verdict == authz.Allow {
				continue
			}
			line := c.Row.ID
			if d.Verdict == authz.Deny && d.Explicit && d.Deciding != nil {
				line = "" // one statement is one cause, whatever it stops
			}
			k := fmt.Sprint(principal(c), "|", line, "|", d.Verdict, d.Explicit, d.Layer, "|", c.Row.Need)
			if d.Verdict == authz.Depends {
				k += fmt.Sprint(d.Missing, c.Taken)
			}
			if d.Layer == "resource" || d.Layer == "trust" {
				k += "|" + owner(r.Model, c)
			}
			if d.Deciding != nil && d.Explicit {
				k += fmt.Sprint("|", d.Deciding.Statement.Span)
			}
			g := index[k]
			if g == nil {
				g = &callGroup{}
				index[k] = g
				out = append(out, g)
			}
			g.calls = append(g.calls, c)
		}
	}
	return out
}

func owner(m *cloud.Model, c *Call) string {
	if r := m.Owner(c.Request.Resource); r != nil {
		return r.ID()
	}
	return c.Request.Resource
}

func (g *callGroup) actions() []string {
	var as []string
	for _, c := range g.calls {
		if !slices.Contains(as, c.Request.Action) {
			as = append(as, c.Request.Action)
		}
	}
	return as
}

// resources returns what the calls are on, each once.
func (g *callGroup) resources() []string {
	var rs []string
	for _, c := range g.calls {
		if !slices.Contains(rs, c.Request.Resource) {
			rs = append(rs, c.Request.Resource)
		}
	}
	return rs
}

func principal(c *Call) string {
	return cmp.Or(c.Request.Principal.ARN, c.Request.Principal.Service, "*")
}
