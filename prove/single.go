package prove

import (
	"slices"

	"penstock/cloud"
	"penstock/diag"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/service"
)

// A Question is one call that stands in no catalogue, asked of a model.
type Question struct {
	Model   *cloud.Model
	Request iam.Request
}

// Decide answers a question with the whole trace.
func (q *Question) Decide(e *authz.Engine) authz.Decision {
	return e.ExplainCases(&q.Request, authz.Collect(q.Model, &q.Request))
}

// FixOne proposes the smallest patch that makes one denied call allowed, as
// the findings of theorem one do: written, applied in memory, read and decided
// again, each element dropped once to see whether it is needed. Again returns
// the question as it stands in the mended models; it may use other ARNs where
// a name has changed. It reports false where no patch can be written.
func FixOne(q *Question, opt Options, again func(*cloud.Model) (*Question, bool)) (diag.Fix, bool) {
	if opt.Mend == nil {
		return diag.Fix{}, false
	}
	if opt.Engine == nil {
		opt.Engine = NewEngine()
	}
	p := &prover{opt: opt, rooms: index(opt.Services)}
	c := &Call{Call: &service.Call{
		Row:     &service.Row{ID: "question", Actions: []string{q.Request.Action}, Need: service.Stops},
		Target:  service.Target{Caller: q.Request.Principal, Resource: q.Request.Resource, Context: q.Request.Context},
		Request: q.Request,
	}, Step: &Step{}}
	c.Decision = q.Decide(opt.Engine)
	if c.Decision.Verdict != authz.Deny {
		return diag.Fix{}, false
	}
	g := &callGroup{calls: []*Call{c}}
	r := &Run{Scenario: q.Model.Scenario, Model: q.Model}
	allowed := func(parts []element) bool {
		var edits []diag.Edit
		for _, e := range parts {
			edits = append(edits, e.edits...)
		}
		models, err := opt.Mend(edits)
		if err != nil {
			return false
		}
		for _, m := range models {
			if !slices.Equal(m.Scenario, q.Model.Scenario) {
				continue
			}
			after, ok := again(m)
			return ok && opt.Engine.DecideCases(&after.Request, authz.Collect(m, &after.Request)) == authz.Allow
		}
		return false
	}
	var parts []element
	for _, layer := range blocking(g) {
		e, ok := p.element(r, g, layer)
		if !ok {
			return diag.Fix{}, false
		}
		parts = append(parts, e)
	}
	return smallest(parts, allowed)
}
