package prove

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/iam"
	"penstock/match"
	"penstock/pipeline"
	"penstock/service"
	"penstock/source"
)

// rooms is the services by what the walk asks them for.
type rooms struct {
	actions []service.Action
	jobs    map[string]*service.Job
	effects map[string][]*service.Effect // by lower-case IAM action
	checks  map[string][]service.Check   // by On
	entries []service.Entry
	guards  map[string]*service.Guard // by type of the guarded resource
	routes  []func(*service.Site, *service.Call)
	mends   map[string]func(*service.Site, *diag.Finding) []diag.Fix // by code
	types   map[string]*service.Type                                 // those with properties of a certain shape

	authored []func(*service.Site) []service.Authored
	gates    []func(*service.Site) bool
	slips    []func(*service.Site) string
	seals    []func(*service.Site) *service.Seal
}

func index(services []*service.Service) *rooms {
	r := &rooms{
		jobs:    map[string]*service.Job{},
		effects: map[string][]*service.Effect{},
		checks:  map[string][]service.Check{},
		guards:  map[string]*service.Guard{},
		types:   typesOf(services),
		mends:   map[string]func(*service.Site, *diag.Finding) []diag.Fix{"POL017": byItsARN},
	}
	for _, s := range services {
		r.actions = append(r.actions, s.Actions...)
		for i := range s.Jobs {
			r.jobs[s.Jobs[i].Type] = &s.Jobs[i]
		}
		for i := range s.Effects {
			for _, a := range s.Effects[i].Actions {
				a = strings.ToLower(a)
				r.effects[a] = append(r.effects[a], &s.Effects[i])
			}
		}
		r.entries = append(r.entries, s.Entries...)
		for i := range s.Types {
			if t := &s.Types[i]; t.Guard != nil {
				r.guards[t.Name] = t.Guard
			}
		}
		if s.Route != nil {
			r.routes = append(r.routes, s.Route)
		}
		if s.Authored != nil {
			r.authored = append(r.authored, s.Authored)
		}
		if s.Gate != nil {
			r.gates = append(r.gates, s.Gate)
		}
		if s.Slips != nil {
			r.slips = append(r.slips, s.Slips)
		}
		if s.Seals != nil {
			r.seals = append(r.seals, s.Seals)
		}
		maps.Copy(r.mends, s.Mends)
		for _, c := range s.Checks {
			r.checks[c.On] = append(r.checks[c.On], c)
		}
	}
	return r
}

type prover struct {
	opt   Options
	rooms *rooms
	// undecided leaves calls without a decision, and checks unasked.
	undecided bool
}

// maxDepth bounds jobs that start jobs, beyond which the proof says that it
// did not follow. maxCauses bounds what one call causes.
const (
	maxDepth  = 8
	maxCauses = 16
)

// run walks one pipeline.
func (p *prover) run(m *cloud.Model, pl *pipeline.Pipeline) *Run {
	r := &Run{Scenario: m.Scenario, Pipeline: pl, Model: m}
	site := &service.Site{
		Model: m, Pipeline: pl, Role: pl.Role, Resource: pl.Resource,
		Account: pl.Account, Region: pl.Region, Read: p.reader(pl.Resource),
		Memo: map[string]any{}, Author: p.opt.Author,
	}
	p.job(r, site, nil, nil, 0)
	for _, st := range pl.Stages {
		for _, rule := range stageRules(st) {
			p.rule(r, pl, st, rule, site)
		}
		for _, group := range st.Group() {
			for _, a := range group {
				p.action(r, pl, st, a, site)
			}
		}
	}
	return r
}

func stageRules(st *pipeline.Stage) []*pipeline.Rule {
	return append(append(append([]*pipeline.Rule(nil), st.BeforeEntry...), st.OnSuccess...), st.OnFailure...)
}

func (p *prover) action(r *Run, pl *pipeline.Pipeline, st *pipeline.Stage, a *pipeline.Action, parent *service.Site) {
	step := &Step{Stage: st, Action: a, Role: pl.RoleOf(a)}
	r.Steps = append(r.Steps, step)
	site := *parent
	site.Stage, site.Action, site.Role = st, a, step.Role
	site.Account, site.Region, site.Resource = a.Account, a.Region, nil
	step.site = &site
	known := false
	for _, last := range []bool{false, true} {
		for i := range p.rooms.actions {
			ac := &p.rooms.actions[i]
			if ac.Provider == "*" && ac.Last == last {
				p.rows(r, step, &site, ac.Rows, 0)
			}
		}
		if last {
			break
		}
		for i := range p.rooms.actions {
			ac := &p.rooms.actions[i]
			if ac.Provider == a.Provider && (ac.Category == "" || ac.Category == a.Category) && (ac.Owner == "" || ac.Owner == a.Owner) {
				known = true
				p.rows(r, step, &site, ac.Rows, 0)
			}
		}
	}
	if !known {
		step.Findings = append(step.Findings, diag.Finding{
			Code: "RUN090", Theorem: string(Runs), At: a.Span, Severity: diag.Warning, Certainty: diag.Possible,
			Message: fmt.Sprintf("action %q uses the provider %q (category %s), whose calls are not in the catalogue: the proof cannot tell whether it runs", a.Name, match.Render(a.Provider), a.Category),
			Depends: []string{"the calls of provider " + match.Render(a.Provider)},
		})
	}
	p.check("action", step, &site, nil)
}

func (p *prover) rule(r *Run, pl *pipeline.Pipeline, st *pipeline.Stage, rule *pipeline.Rule, parent *service.Site) {
	step := &Step{Stage: st, Role: pl.Role}
	if rule.Role != "" {
		step.Role = rule.Role
	}
	r.Steps = append(r.Steps, step)
	site := *parent
	site.Stage, site.Rule, site.Role, site.Resource = st, rule, step.Role, nil
	step.site = &site
	known := false
	for i := range p.rooms.actions {
		ac := &p.rooms.actions[i]
		if ac.Category == "Rule" && ac.Provider == rule.Provider {
			known = true
			p.rows(r, step, &site, ac.Rows, 0)
		}
	}
	if !known {
		step.Findings = append(step.Findings, diag.Finding{
			Code: "RUN090", Theorem: string(Runs), At: rule.Span, Severity: diag.Warning, Certainty: diag.Possible,
			Message: fmt.Sprintf("rule %q uses the provider %q, whose calls are not in the catalogue: the proof cannot tell whether it runs", rule.Name, match.Render(rule.Provider)),
			Depends: []string{"the calls of rule provider " + match.Render(rule.Provider)},
		})
	}
}

// job walks what happens when site.Resource runs: its service assumes its
// role, then the rows.
func (p *prover) job(r *Run, site *service.Site, st *pipeline.Stage, a *pipeline.Action, depth int) {
	j := p.rooms.jobs[site.Resource.Type]
	if j == nil {
		return
	}
	step := &Step{Stage: st, Action: a, Job: site.Resource, site: site}
	r.Steps = append(r.Steps, step)
	site.Network = nil
	var at source.Span
	role := ""
	if j.Role != nil {
		role, at = j.Role(site)
	}
	if role != "" {
		site.Role = role
		step.Role = role
		assume := service.Target{
			Caller: iam.Principal{Service: j.Principal}, Resource: role, Account: arn.Account(role), At: at, What: "the role it runs with",
		}
		if j.Assume != nil {
			assume.Context = j.Assume(site)
		}
		row := &service.Row{
			ID: strings.ToLower(j.Type) + ".assume", Caller: j.Principal, Actions: []string{"sts:AssumeRole"},
			Why: "assumes", Need: service.Stops, Basis: service.Documented, Source: j.AssumeSource,
		}
		p.call(r, step, site, row, row.Actions[0], assume, nil, depth)
	}
	if j.Network != nil {
		site.Network = j.Network(site)
	}
	p.rows(r, step, site, j.Rows, depth)
	on := "job"
	if site.Resource.Type == "AWS::CodePipeline::Pipeline" && depth == 0 {
		on = "pipeline"
	}
	p.check(on, step, site, nil)
}

func (p *prover) rows(r *Run, step *Step, site *service.Site, rows []service.Row, depth int) {
	for i := range rows {
		row := &rows[i]
		for _, t := range row.Targets(site) {
			actions := t.Only
			if actions == nil {
				actions = row.Actions
			}
			for _, a := range actions {
				p.call(r, step, site, row, a, t, nil, depth)
			}
			if t.Starts != nil {
				p.start(r, step, site, t.Starts, depth)
			}
		}
	}
}

// start walks the job of a resource that a call set going. One that is being
// walked already, a pipeline that starts itself, is not walked again.
func (p *prover) start(r *Run, step *Step, parent *service.Site, res *cloud.Resource, depth int) {
	if r.active[res] {
		return
	}
	if depth >= maxDepth {
		r.Model.Assume("what " + match.Render(res.ID()) + " starts is not followed: more than " + strconv.Itoa(maxDepth) + " jobs start one another before it")
		return
	}
	if r.active == nil {
		r.active = map[*cloud.Resource]bool{}
	}
	r.active[res] = true
	defer delete(r.active, res)
	site := *parent
	site.Resource, site.Account, site.Region = res, res.Account, res.Region
	site.Role, site.Read, site.Memo = "", p.reader(res), map[string]any{}
	p.job(r, &site, step.Stage, step.Action, depth+1)
}

// call decides one call and follows what it causes.
func (p *prover) call(r *Run, step *Step, site *service.Site, row *service.Row, action string, t service.Target, cause *Call, depth int) {
	sc := &service.Call{Row: row, Target: t, Request: p.request(site, action, t)}
	if cause != nil {
		sc.Cause = cause.Call
	}
	if site.Network != nil && cause == nil {
		p.route(site, sc)
	}
	c := &Call{Call: sc, Step: step}
	if !p.undecided {
		p.decide(site.Model, c)
	}
	step.Calls = append(step.Calls, c)
	p.check("call", step, site, sc)
	if length(cause) >= maxCauses || row.Need == service.Listed {
		return // what a call that may not be made would cause is no news
	}
	for _, e := range p.rooms.effects[strings.ToLower(action)] {
		for _, caused := range e.Then(site, sc) {
			why := caused.Why
			if why == "" {
				why = e.Why
			}
			er := &service.Row{
				ID: e.ID, Caller: row.Caller, Actions: caused.Actions, Why: why,
				Need: row.Need, Lost: row.Lost, Basis: e.Basis, Source: e.Source,
			}
			for _, a := range caused.Actions {
				p.call(r, step, site, er, a, caused.Target, c, depth)
			}
		}
	}
}

// route lets the rooms say how a call of the first hand travels; what the
// user settled stays as it is. What a call causes is made by the service, on
// its own network.
func (p *prover) route(site *service.Site, c *service.Call) {
	for _, f := range p.rooms.routes {
		f(site, c)
	}
	for k, v := range p.opt.Context {
		c.Request.Context.Set(k, v)
	}
}

func length(c *Call) int {
	n := 0
	for ; c != nil; n++ {
		if c.Cause == nil {
			return n + 1
		}
		c = &Call{Call: c.Cause}
	}
	return n
}

// request makes the request of a target.
func (p *prover) request(site *service.Site, action string, t service.Target) iam.Request {
	caller := t.Caller
	if caller == (iam.Principal{}) {
		caller.ARN = site.Role
	}
	region := t.Region
	if region == "" {
		region = site.Region
	}
	if caller.Service != "" && caller.Region == "" {
		caller.Region = region
	}
	q := iam.Request{Principal: caller, Action: action, Resource: t.Resource, ResourceAccount: t.Account, Context: t.Context.Clone()}
	if q.Resource == "" {
		q.Resource = "*"
	}
	if q.ResourceAccount == "" {
		q.ResourceAccount = accountOf(site, q.Resource)
	}
	if region != "" && !q.Context.Has("aws:RequestedRegion") {
		q.Context.Set("aws:RequestedRegion", region)
	}
	if !q.Context.Has("aws:SecureTransport") {
		q.Context.Set("aws:SecureTransport", "true") // AWS's own services call over TLS only
	}
	if t.Caller == (iam.Principal{}) && site.Outside() {
		service.FromOutside(&q.Context)
	}
	for k, v := range p.opt.Context {
		q.Context.Set(k, v)
	}
	q.Context.Rest = service.Rest(site.Model, q)
	return q
}

func accountOf(site *service.Site, resource string) string {
	if resource == "*" {
		return site.Account
	}
	if a := arn.Account(resource); a != "" {
		return a
	}
	if r := site.Model.Owner(resource); r != nil {
		return r.Account
	}
	return ""
}

func (p *prover) reader(res *cloud.Resource) func(string) (*source.File, error) {
	return func(name string) (*source.File, error) {
		if p.opt.Read == nil || res.Stack == nil {
			return nil, fmt.Errorf("no file %q", name)
		}
		return p.opt.Read(res.Stack, name)
	}
}

func (p *prover) check(on string, step *Step, site *service.Site, c *service.Call) {
	if p.undecided {
		return
	}
	for _, ch := range p.rooms.checks[on] {
		for _, f := range ch.Find(site, c) {
			f.Code = ch.Code
			if f.Theorem == "" {
				f.Theorem = string(Runs)
			}
			step.Findings = append(step.Findings, f)
		}
	}
}
