// Package trail proves theorem four, "it leaves a trace": each call that a
// pipeline makes and that CloudTrail can record, and each call that would
// weaken what the other theorems say, is recorded by a trail; no principal of
// the pipeline can stop, change or blind that trail or what it alerts; and
// each call that would weaken them raises an alert that can fire.
//
// What is recorded follows from the trails that the stacks declare and from
// the shapes of services/cloudtrail. Whether a trail, a rule or an alarm
// reaches what it names is theorem one's walk, asked again and not repeated.
// Whether a rule or a metric filter matches is asked of packages trail/pattern
// and trail/filter over events of which only the call is known: whoever makes
// it, from wherever.
//
// What only stops a pipeline, and is seen by that, is a warning where it
// raises no alert, and does not fail the theorem.
package trail

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/iam"
	"penstock/match"
	"penstock/prove"
	"penstock/services/cloudtrail"
)

// Prove is the prover of theorem four.
func Prove(p *prove.Proof) (prove.TheoremResult, []diag.Finding) {
	res := prove.TheoremResult{Theorem: prove.Trail}
	var found [][]diag.Finding
	subject := false
	for i, m := range p.Models {
		w := newWorld(p, m)
		if len(w.pipelines) == 0 {
			found = append(found, nil)
			continue
		}
		subject = true
		w.prove()
		found = append(found, w.found)
		for _, a := range w.assumes {
			if !slices.Contains(res.Assumes, a) {
				res.Assumes = append(res.Assumes, a)
			}
		}
		if i == 0 {
			res.Why = w.summary()
		}
	}
	for i := range found {
		slices.SortStableFunc(found[i], func(a, b diag.Finding) int { return rank(a) - rank(b) })
	}
	fs := p.MergeScenarios(found)
	for i := range fs {
		fs[i].Theorem = string(prove.Trail)
	}
	verify(p, fs)
	res.Outcome = outcome(fs)
	if res.Outcome == prove.Holds && refused(p.Models) {
		res.Outcome, res.Why = prove.Depends, "AWS refuses a template as it stands, and what it declares is not there"
	}
	if !subject {
		res.Outcome, res.Why = prove.NotApplicable, "no stack declares a pipeline"
	}
	return res, fs
}

// order is that of the codes, the worst first: who can blind the trace, what
// is not recorded, what nobody is told of.
var order = []string{
	"TRAIL001", "TRAIL011", "TRAIL012", "TRAIL003", "TRAIL007", "TRAIL002", "TRAIL005", "TRAIL004", "TRAIL006", "TRAIL010", "TRAIL013",
	"TRAIL020", "TRAIL022", "TRAIL021", "TRAIL027", "TRAIL023", "TRAIL024", "TRAIL025", "TRAIL026", "TRAIL028", "TRAIL014", "TRAIL029", "TRAIL090",
}

func rank(f diag.Finding) int { return slices.Index(order, f.Code) }

// refused reports whether something is wrong with a template itself.
func refused(models []*cloud.Model) bool {
	return slices.ContainsFunc(models, func(m *cloud.Model) bool {
		return slices.ContainsFunc(m.Findings, func(f diag.Finding) bool {
			return f.Severity == diag.Error && f.Certainty != diag.Possible
		})
	})
}

func outcome(fs []diag.Finding) prove.Outcome {
	o := prove.Holds
	for _, f := range fs {
		switch {
		case f.Severity == diag.Error && f.Certainty != diag.Possible:
			return prove.Fails
		case f.Severity != diag.Info && f.Certainty == diag.Possible:
			o = prove.Depends
		}
	}
	return o
}

// A world is one model, looked at for its trace.
type world struct {
	p         *prove.Proof
	m         *cloud.Model
	pipelines []*prove.Run
	alone     map[*cloud.Resource]*prove.Run // what runs by itself
	trails    []*cloud.Resource
	roles     []string // ARNs of the pipelines' principals, each once
	accounts  []string // in which they are
	calls     []*record
	silent    []string // actions of the pipelines that leave no event
	weak      []*weak
	listed    map[[5]string]bool // those in weak
	alerts    []*alert
	memo      map[string]recorded
	grants    map[[2]string]bool       // what principals may be granted by their own policies
	open      map[*cloud.Resource]bool // whether their policies may let in principals by themselves
	daily     map[[2]string]bool       // the calls of the pipelines: action, and who

	without []string // while it is asked whether somebody is told without code: whose code was left out
	dry     bool     // a fix is tried, which changes nothing about who can blind what

	found   []diag.Finding
	assumes []string
}

func newWorld(p *prove.Proof, m *cloud.Model) *world {
	w := &world{p: p, m: m, alone: map[*cloud.Resource]*prove.Run{}, memo: map[string]recorded{}}
	for _, r := range p.Runs(m) {
		switch {
		case r.Pipeline != nil, r.Entry.Resource == nil && r.Entry.Kind != prove.Grants:
			w.pipelines = append(w.pipelines, r)
		case r.Entry.Resource != nil:
			w.alone[r.Entry.Resource] = r
		}
	}
	for t := range m.OfType("AWS::CloudTrail::Trail") {
		w.trails = append(w.trails, t)
	}
	return w
}

func (w *world) prove() {
	if len(w.trails) == 0 {
		w.noTrail()
		return
	}
	w.collect()
	w.weaken()
	w.record()
	w.hear()
	if !w.dry {
		w.blind()
	}
	w.keep()
	w.trust()
}

// noTrail is one finding for a world that records nothing.
func (w *world) noTrail() {
	r := w.pipelines[0]
	at := r.Steps[0].Site()
	f := diag.Finding{
		Code: "TRAIL001", Severity: diag.Error, Certainty: diag.Proved,
		Message: fmt.Sprintf("no stack declares a trail: nothing records what is done by %s, and whoever changes it, its gate or its roles is neither seen nor reported", w.pipelineNames()),
	}
	if !w.keepsTrails() {
		f.Severity, f.Certainty = diag.Warning, diag.Possible
		f.Message = fmt.Sprintf("no stack declares a trail: whether anything records what is done by %s, and who changes it, no template shows", w.pipelineNames())
		f.Depends = []string{"whether a trail that no stack declares, that of an organization for one, records what happens there"}
	}
	switch {
	case r.Pipeline != nil:
		f.At = r.Pipeline.Span
	case r.Entry != nil:
		f.At = r.Entry.At
	case at != nil && at.Resource != nil:
		f.At = at.Resource.Span
	}
	w.found = append(w.found, f)
}

// keepsTrails reports whether the stacks hold what is made for a trail, a
// policy that lets CloudTrail write, and so ought to hold the trail. Where they
// hold nothing of the kind, somebody else may keep it.
func (w *world) keepsTrails() bool {
	named := func(a cloud.Attachment) bool {
		return a.Policy != nil && slices.ContainsFunc(a.Policy.Statements, func(s iam.Statement) bool {
			return slices.ContainsFunc(s.Principals, func(e iam.PrincipalElem) bool {
				return e.Type == iam.PrincipalService && e.Text == "cloudtrail.amazonaws.com"
			})
		})
	}
	return slices.ContainsFunc(w.m.Resources, func(r *cloud.Resource) bool { return slices.ContainsFunc(r.Policies, named) })
}

func (w *world) pipelineNames() string {
	var names []string
	for _, r := range w.pipelines {
		if r.Pipeline != nil {
			names = append(names, match.Render(r.Pipeline.Name))
		} else {
			names = append(names, r.Entry.Title)
		}
	}
	if r := w.pipelines[0]; r.Pipeline == nil {
		return list(names, 3)
	}
	if len(names) > 1 {
		return "pipelines " + list(names, 3)
	}
	return "pipeline " + names[0]
}

// collect gathers the principals of the pipelines and the events that their
// calls leave.
func (w *world) collect() {
	seen := map[string]bool{}
	for _, r := range w.pipelines {
		for _, s := range r.Steps {
			w.principal(s.Role)
			for _, c := range s.Calls {
				w.principal(c.Request.Principal.ARN)
				shape := cloudtrail.ShapeOf(c.Request.Action)
				if shape.Class == cloudtrail.Unrecorded {
					if !slices.Contains(w.silent, shape.Action) {
						w.silent = append(w.silent, shape.Action)
					}
					continue
				}
				rec := newRecord(shape, c)
				if k := rec.key(); !seen[k] {
					seen[k] = true
					w.calls = append(w.calls, rec)
				}
			}
		}
	}
	slices.Sort(w.silent)
}

func (w *world) principal(a string) {
	x, err := arn.Parse(a)
	// A token of an identity provider opens a role, which is here too, and can
	// do nothing else.
	token := strings.HasPrefix(x.Resource, "oidc-provider/") || strings.HasPrefix(x.Resource, "saml-provider/")
	if err != nil || x.Service != "iam" || token || slices.Contains(w.roles, a) {
		return
	}
	w.roles, w.accounts = append(w.roles, a), add(w.accounts, x.Account)
}

// summary says in a clause what was looked at.
func (w *world) summary() string {
	if len(w.trails) == 0 {
		return "no stack declares a trail"
	}
	var parts []string
	if n := len(w.calls); n > 0 {
		parts = append(parts, fmt.Sprintf("%s of the pipeline looked for in %s", plural(n, "event"), plural(len(w.trails), "trail")))
	}
	if n := len(w.weak); n > 0 {
		parts = append(parts, fmt.Sprintf("%s that would weaken it in %s", plural(n, "call"), plural(len(w.alerts), "alert")))
	}
	return strings.Join(parts, ", ")
}

// assume records what the theorem takes for granted, once.
func (w *world) assume(format string, a ...any) {
	s := fmt.Sprintf(format, a...)
	if !slices.Contains(w.assumes, s) {
		w.assumes = append(w.assumes, s)
	}
}

// list writes names for a sentence, of more than n the first and how many
// follow.
func list(names []string, n int) string {
	if len(names) > n+1 {
		return strings.Join(names[:n], ", ") + fmt.Sprintf(" and %d more", len(names)-n)
	}
	if len(names) > 1 {
		return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
	}
	return strings.Join(names, "")
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// add appends s to ss once.
func add(ss []string, s string) []string {
	if slices.Contains(ss, s) {
		return ss
	}
	return append(ss, s)
}

// name is how messages name a resource.
func name(r *cloud.Resource) string {
	if r.Name != "" && !match.HasHole(r.Name) {
		return r.Name
	}
	return r.LogicalID
}
