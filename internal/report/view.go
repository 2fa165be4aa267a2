package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/iam/authz"
	"penstock/match"
	"penstock/pipeline"
	"penstock/prove"
	"penstock/service"
	"penstock/source"
)

// A view is a report arranged as it is shown: the scenarios of one pipeline
// laid over each other, jobs under the actions that start them, calls
// numbered in the order in which the pipeline makes them.
//
//	view ─ pipes ─ before ─ jobs…
//	             └ stages ─ steps (rules, actions) ─ calls
//	                                               └ jobs ─ calls
type view struct {
	rep   *prove.Report
	pipes []*pipe
	calls []*call // by number; calls[0] has number 1
}

// A pipe is one pipeline under all scenarios, or one entry point beside
// pipelines: then before holds all of it, and stages are none.
type pipe struct {
	kind                             string // CloudFormation type, or what prove calls the entry point
	name, arn, account, region, role string
	typ                              string // of a pipeline: V1 or V2
	at                               source.Span
	resource                         *cloud.Resource
	alone                            bool       // an entry point beside pipelines
	facts                            [][]string // of each scenario
	before                           []*step
	stages                           []*stage
}

const pipelineType = "AWS::CodePipeline::Pipeline"

// newPipe takes the head of a run.
func newPipe(r *prove.Run) *pipe {
	if pl := r.Pipeline; pl != nil {
		return &pipe{
			kind: pipelineType, name: pl.Name, arn: pl.ARN, account: pl.Account, region: pl.Region, role: pl.Role,
			typ: pl.Type, at: pl.Span, resource: pl.Resource,
		}
	}
	e := r.Entry
	p := &pipe{kind: e.Kind, name: e.Title, account: e.Account, region: e.Region, at: e.At, resource: e.Resource, alone: true}
	if e.Resource != nil {
		p.arn = e.Resource.ARN
	}
	if len(r.Steps) > 0 {
		p.role = r.Steps[0].Role
	}
	return p
}

type stage struct {
	*pipeline.Stage
	when  string
	steps []*step
}

// A step is an action, a rule or a job.
type step struct {
	*prove.Step
	when  string
	calls []*call
	jobs  []*step
	ins   []int // scenarios
}

// A call is one call and the scenarios in which it is made with this verdict.
type call struct {
	*prove.Call
	number int
	model  *cloud.Model
	step   *step
	when   string
	ins    []int
}

// newView arranges a report.
func newView(rep *prove.Report) *view {
	v := &view{rep: rep}
	var order []string
	runs := map[string][]*prove.Run{}
	for _, r := range rep.Runs {
		id := r.ID()
		if runs[id] == nil {
			order = append(order, id)
		}
		runs[id] = append(runs[id], r)
	}
	for _, id := range order {
		v.pipes = append(v.pipes, v.lay(runs[id]))
	}
	return v
}

// lay puts the runs of one pipeline over each other.
func (v *view) lay(runs []*prove.Run) *pipe {
	p := newPipe(runs[0])
	var steps []*step
	for _, r := range runs {
		p.facts = append(p.facts, r.Scenario)
	}
	for i, r := range runs {
		steps = overlay(steps, r.Steps, stepKey, func(s *step) *prove.Step { return s.Step }, func(s *prove.Step) *step { return &step{Step: s} },
			func(into *step, s *prove.Step) {
				into.ins = append(into.ins, i)
				into.calls = overlay(into.calls, s.Calls, callKey, func(c *call) *prove.Call { return c.Call },
					func(c *prove.Call) *call { return &call{Call: c, model: r.Model, step: into} },
					func(c *call, _ *prove.Call) { c.ins = append(c.ins, i) })
			})
	}
	for _, s := range steps {
		s.when = when(p.facts, s.ins)
		for _, c := range s.calls {
			if c.when = when(p.facts, c.ins); c.when == s.when {
				c.when = "" // its step says so already
			}
		}
		p.hang(s)
	}
	p.number(v)
	return p
}

// hang puts a step where it belongs: a job under the action that starts it.
func (p *pipe) hang(s *step) {
	if s.Stage == nil {
		p.before = append(p.before, s)
		return
	}
	n := len(p.stages)
	if n == 0 || p.stages[n-1].Name != s.Stage.Name {
		p.stages = append(p.stages, &stage{Stage: s.Stage})
		n++
	}
	st := p.stages[n-1]
	if s.Job != nil && len(st.steps) > 0 {
		host := st.steps[len(st.steps)-1]
		host.jobs = append(host.jobs, s)
		return
	}
	st.steps = append(st.steps, s)
}

// number gives the calls their numbers, in the order drawn.
func (p *pipe) number(v *view) {
	var visit func([]*step)
	visit = func(steps []*step) {
		for _, s := range steps {
			for _, c := range s.calls {
				v.calls = append(v.calls, c)
				c.number = len(v.calls)
			}
			visit(s.jobs)
		}
	}
	visit(p.before)
	for _, st := range p.stages {
		visit(st.steps)
	}
}

// overlay lays the items of one more scenario over those of the scenarios
// before: an item with the key of one that is there joins it, any other is
// put in behind the one that went before it.
func overlay[V, T any](have []V, items []T, key func(T) string, of func(V) T, make func(T) V, join func(V, T)) []V {
	used := map[int]bool{}
	keys := []string{}
	for _, h := range have {
		keys = append(keys, key(of(h)))
	}
	at := 0 // where a new item goes
	for _, it := range items {
		k := key(it)
		found := -1
		for i := range have {
			if !used[i] && keys[i] == k {
				found = i
				break
			}
		}
		if found < 0 {
			have = slices.Insert(have, at, make(it))
			keys = slices.Insert(keys, at, k)
			shifted := map[int]bool{at: true}
			for i := range used {
				if i >= at {
					i++
				}
				shifted[i] = true
			}
			used, found = shifted, at
		}
		used[found] = true
		join(have[found], it)
		at = found + 1
	}
	return have
}

func stepKey(s *prove.Step) string {
	var b strings.Builder
	if s.Stage != nil {
		b.WriteString(s.Stage.Name)
	}
	b.WriteByte('|')
	if s.Action != nil {
		b.WriteString(s.Action.Name)
	}
	b.WriteByte('|')
	if s.Job != nil {
		b.WriteString(s.Job.ID())
	}
	return b.String() + "|" + s.Role
}

func callKey(c *prove.Call) string {
	k := []string{c.Row.ID, principal(c), c.Request.Action, c.Request.Resource, c.Decision.Verdict.String()}
	if c.Decision.Verdict != authz.Allow {
		k = append(k, c.Decision.Layer, fmt.Sprint(c.Decision.Explicit), strings.Join(c.Decision.Missing, ","))
	}
	return strings.Join(k, "|")
}

// when names the scenarios in a set: "" where it is all of them, the facts
// that single them out where there are such, else each of them.
func when(facts [][]string, ins []int) string {
	if len(ins) == len(facts) || len(ins) == 0 {
		return ""
	}
	var common []string
	for _, f := range facts[ins[0]] {
		shared := true
		for _, i := range ins {
			shared = shared && slices.Contains(facts[i], f)
		}
		everywhere := true
		for _, other := range facts {
			everywhere = everywhere && slices.Contains(other, f)
		}
		if shared && !everywhere {
			common = append(common, f)
		}
	}
	match := 0
	for _, other := range facts {
		all := len(common) > 0
		for _, f := range common {
			all = all && slices.Contains(other, f)
		}
		if all {
			match++
		}
	}
	if match == len(ins) {
		return strings.Join(common, " and ")
	}
	var each []string
	for _, i := range ins {
		each = append(each, strings.Join(facts[i], " and "))
	}
	return strings.Join(each, ", or ")
}

func principal(c *prove.Call) string {
	return cmp.Or(c.Request.Principal.ARN, c.Request.Principal.Service, "*")
}

// A mark is what a person sees of a call at a glance.
type mark uint8

const (
	allowed  mark = iota
	denied        // the pipeline stops
	degraded      // denied, and the pipeline goes on with something lost
	listed        // denied, and nothing shows that it matters
	depends
)

func markOf(c *prove.Call) mark {
	switch c.Decision.Verdict {
	case authz.Allow:
		return allowed
	case authz.Depends:
		return depends
	case authz.Deny:
		switch c.Row.Need {
		case service.Stops:
			return denied
		case service.Degrades:
			return degraded
		case service.Listed:
			return listed
		default:
			panic("report: no such need")
		}
	default:
		panic("report: no such verdict")
	}
}

// A bundle is calls that one line can show: one caller, one resource, one
// mark, one layer, one scenario.
type bundle struct {
	mark
	calls []*call
}

// bundles groups calls, in the order in which the first of each is made.
func bundles(calls []*call) []bundle {
	type key struct {
		mark
		principal, resource, account, layer, when string
	}
	index := map[key]int{}
	var bs []bundle
	for _, c := range calls {
		k := key{markOf(c.Call), principal(c.Call), c.Request.Resource, c.Request.ResourceAccount, "", c.when}
		if k.mark != allowed {
			k.layer = c.Decision.Layer + strings.Join(c.Decision.Missing, "|")
		}
		i, ok := index[k]
		if !ok {
			i = len(bs)
			index[k] = i
			bs = append(bs, bundle{mark: k.mark})
		}
		bs[i].calls = append(bs[i].calls, c)
	}
	return bs
}

// actions returns the IAM actions of a bundle, each once.
func (b bundle) actions() []string {
	var as []string
	for _, c := range b.calls {
		if !slices.Contains(as, c.Request.Action) {
			as = append(as, c.Request.Action)
		}
	}
	return as
}

// numbers returns the numbers of a bundle's calls: "#3–#5, #9".
func (b bundle) numbers() string {
	var parts []string
	for i := 0; i < len(b.calls); {
		j := i
		for j+1 < len(b.calls) && b.calls[j+1].number == b.calls[j].number+1 {
			j++
		}
		switch {
		case j == i:
			parts = append(parts, fmt.Sprintf("#%d", b.calls[i].number))
		case j == i+1:
			parts = append(parts, fmt.Sprintf("#%d", b.calls[i].number), fmt.Sprintf("#%d", b.calls[j].number))
		default:
			parts = append(parts, fmt.Sprintf("#%d–#%d", b.calls[i].number, b.calls[j].number))
		}
		i = j + 1
	}
	return strings.Join(parts, ", ")
}

// finding returns the number, from 1, of the finding that speaks of a call,
// 0 where none does.
func (v *view) finding(c *call) int {
	if c.Decision.Verdict == authz.Allow {
		return 0
	}
	for i := range v.rep.Findings {
		if speaks(&v.rep.Findings[i], c) {
			return i + 1
		}
	}
	return 0
}

func speaks(f *diag.Finding, c *call) bool {
	if f.Resource != c.Request.Resource || f.Principal != principal(c.Call) {
		return false
	}
	for a := range strings.SplitSeq(f.Action, ", ") {
		if a == c.Request.Action {
			return true
		}
	}
	return false
}

// show makes text from a template fit to be shown: holes by name.
func show(s string) string { return match.Render(s) }
