package prove

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc/splice"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/truth"
)

// Author writes a value as the author of a template would inside one of its
// resources: !GetAtt where another resource has it, !Sub around it, the
// literal otherwise. It fails where the value holds an unknown that the
// template cannot name there.
type Author func(in *cloud.Resource, value string) (splice.Value, bool)

// An element is one part of a patch, which is kept only if the proof needs it.
type element struct {
	message string
	edits   []diag.Edit
}

// fixes proposes the smallest patch that makes every call of a group allowed:
// one element for each layer that stands in the way, applied in memory,
// proved again, and then each element dropped once to see whether the proof
// still needs it. It returns nothing where no such patch can be written.
func (p *prover) fixes(r *Run, g *callGroup) []diag.Fix {
	if g.calls[0].Decision.Layer == "passrole" {
		return p.actThere(r, g)
	}
	var parts []element
	for _, layer := range blocking(g) {
		for _, sub := range byPlace(r.Model, g, layer) {
			e, ok := p.element(r, sub, layer)
			if !ok {
				return nil
			}
			parts = append(parts, e)
		}
	}
	fix, ok := smallest(parts, func(ps []element) bool { return p.mends(r, g, ps) })
	if !ok {
		return nil
	}
	return []diag.Fix{fix}
}

// smallest makes a fix of the parts that mend needs: each is dropped once, and
// left out where the rest mends as well. It reports false where not even all
// of them do.
func smallest(parts []element, mend func([]element) bool) (diag.Fix, bool) {
	if len(parts) == 0 || !mend(parts) {
		return diag.Fix{}, false
	}
	for i := 0; i < len(parts) && len(parts) > 1; {
		if without := slices.Delete(slices.Clone(parts), i, i+1); mend(without) {
			parts = without
			continue
		}
		i++
	}
	var fix diag.Fix
	var says []string
	for _, e := range parts {
		says = append(says, e.message)
		fix.Edits = append(fix.Edits, e.edits...)
	}
	fix.Message = strings.Join(says, ", and ")
	return fix, true
}

// blocking returns the layers that deny the calls of a group, the deciding
// one first.
func blocking(g *callGroup) []string {
	var out []string
	add := func(l string) {
		if l != "" && !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	for _, c := range g.calls {
		add(c.Decision.Layer)
		for _, l := range c.Decision.Layers {
			if l.Applies && blocks(l) {
				add(l.Layer)
			}
		}
	}
	return out
}

// byPlace splits a group by the document that a layer's fix goes into: each
// resource has its own.
func byPlace(m *cloud.Model, g *callGroup, layer string) []*callGroup {
	if layer != "resource" && layer != "trust" {
		return []*callGroup{g}
	}
	var out []*callGroup
	at := map[string]*callGroup{}
	for _, c := range g.calls {
		k := owner(m, c)
		if at[k] == nil {
			at[k] = &callGroup{}
			out = append(out, at[k])
		}
		at[k].calls = append(at[k].calls, c)
	}
	return out
}

// blocks reports whether a layer surely stops the request by itself.
func blocks(l authz.LayerResult) bool { return l.Denies == truth.Yes || l.Allows == truth.No }

// mends applies the parts and reports whether every call of the group is then
// allowed and none that was allowed is denied.
func (p *prover) mends(r *Run, g *callGroup, parts []element) bool {
	var edits []diag.Edit
	for _, e := range parts {
		edits = append(edits, e.edits...)
	}
	after, err := p.rerun(r, edits)
	grants := r.Entry != nil && r.Entry.Kind == Grants
	switch {
	case err != nil:
		return false
	case after == nil:
		return grants // nothing is granted in vain any more
	}
	verdicts := map[string]authz.Verdict{}
	for _, s := range after.Steps {
		for _, c := range s.Calls {
			k, is := callKey(c), c.Decision.Verdict
			if c.Taken {
				is = authz.Allow // as far as anything in the templates has a say
			}
			if v, ok := verdicts[k]; !ok || is < v {
				verdicts[k] = is
			}
		}
	}
	for _, c := range g.calls {
		if v, ok := verdicts[callKey(c)]; v != authz.Allow && (ok || !grants) {
			return false
		}
	}
	for _, s := range r.Steps {
		for _, c := range s.Calls {
			if c.Decision.Verdict == authz.Allow && verdicts[callKey(c)] == authz.Deny {
				return false
			}
		}
	}
	return true
}

// rerun walks the same pipeline of the same scenario with edits applied; nil
// where it is gone.
func (p *prover) rerun(r *Run, edits []diag.Edit) (*Run, error) {
	models, err := p.opt.Mend(edits)
	if err != nil {
		return nil, err
	}
	q := &prover{opt: p.opt, rooms: p.rooms}
	for _, m := range models {
		if !slices.Equal(m.Scenario, r.Scenario) {
			continue
		}
		for _, again := range q.all(m) {
			if again.ID() == r.ID() {
				return again, nil
			}
		}
		return nil, nil
	}
	return nil, errors.New("the scenario is gone")
}

// callKey names a call so that it can be found again after an edit.
func callKey(c *Call) string {
	stage, action, job := "", "", ""
	if c.Step.Stage != nil {
		stage = c.Step.Stage.Name
	}
	if c.Step.Action != nil {
		action = c.Step.Action.Name
	}
	if c.Step.Job != nil {
		job = c.Step.Job.ID()
	}
	return strings.Join([]string{stage, action, job, c.Row.ID, principal(c), c.Request.Action, c.Request.Resource}, "|")
}

// element writes what one layer needs to let the calls of a group through.
func (p *prover) element(r *Run, g *callGroup, layer string) (element, bool) {
	m, c := r.Model, g.calls[0]
	if hit := denying(c, layer); hit != nil {
		return p.exempt(m, c, hit)
	}
	switch layer {
	case "identity":
		return p.grantIdentity(m, g)
	case "boundary":
		pr := m.Principal(c.Request.Principal.ARN)
		if pr == nil || pr.Boundary == nil {
			return element{}, false
		}
		return p.appendStatement(g, *pr.Boundary, false, fmt.Sprintf("let the boundary of %s allow %s", Short(pr.ARN), actionsText(g)))
	case "resource", "trust":
		return p.grantResource(m, g, layer)
	case "endpoint":
		return p.grantEndpoint(g)
	default:
		return element{}, false
	}
}

// denying returns the Deny of a layer that matched a call.
func denying(c *Call, layer string) *authz.Hit {
	for _, l := range c.Decision.Layers {
		if l.Layer != layer || l.Denies != truth.Yes {
			continue
		}
		for i := range l.Hits {
			if h := &l.Hits[i]; h.Match == truth.Yes && h.Statement.Effect == iam.Deny {
				return h
			}
		}
	}
	return nil
}

func actionsText(g *callGroup) string { return strings.Join(g.actions(), ", ") }
