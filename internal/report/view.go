package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/iam/authz"
	"penstock/pipeline"
	"penstock/prove"
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
	found []*found
	jobs  []*step
	ins   []int // scenarios
}

// A found is a cause beside policies that a step met.
type found struct {
	*diag.Finding
	when string
	ins  []int
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
				into.found = overlay(into.found, pointers(s.Findings), findingKey, func(f *found) *diag.Finding { return f.Finding },
					func(f *diag.Finding) *found { return &found{Finding: f} },
					func(f *found, _ *diag.Finding) { f.ins = append(f.ins, i) })
			})
	}
	for _, s := range steps {
		s.when = when(p.facts, s.ins)
		for _, c := range s.calls {
			if c.when = when(p.facts, c.ins); c.when == s.when {
				c.when = "" // its step says so already
			}
		}
		for _, f := range s.found {
			if f.when = when(p.facts, f.ins); f.when == s.when {
				f.when = ""
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

func pointers(fs []diag.Finding) []*diag.Finding {
	out := make([]*diag.Finding, len(fs))
	for i := range fs {
		out[i] = &fs[i]
	}
	return out
}

func findingKey(f *diag.Finding) string { return f.Code + "|" + f.At.String() + "|" + f.Message }

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
