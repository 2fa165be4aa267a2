package prove

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc/load"
	"penstock/doc/splice"
	"penstock/iam/authz"
	"penstock/match"
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
	if len(parts) == 0 || !p.mends(r, g, parts) {
		return nil
	}
	for i := 0; i < len(parts) && len(parts) > 1; {
		without := slices.Delete(slices.Clone(parts), i, i+1)
		if p.mends(r, g, without) {
			parts = without
			continue
		}
		i++
	}
	fix := diag.Fix{}
	var says []string
	for _, e := range parts {
		says = append(says, e.message)
		fix.Edits = append(fix.Edits, e.edits...)
	}
	fix.Message = strings.Join(says, ", and ")
	return []diag.Fix{fix}
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
func blocks(l authz.LayerResult) bool { return l.Denies == yes || l.Allows == no }

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
			k := callKey(c)
			if v, ok := verdicts[k]; !ok || c.Decision.Verdict < v {
				verdicts[k] = c.Decision.Verdict
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
		return p.appendStatement(g, *pr.Boundary, false, fmt.Sprintf("let the boundary of %s allow %s", short(pr.ARN), actionsText(g)))
	case "resource", "trust":
		return p.grantResource(m, g, layer)
	default:
		return element{}, false
	}
}

// denying returns the Deny of a layer that matched a call.
func denying(c *Call, layer string) *authz.Hit {
	for _, l := range c.Decision.Layers {
		if l.Layer != layer || l.Denies != yes {
			continue
		}
		for i := range l.Hits {
			if h := &l.Hits[i]; h.Match == yes && h.Statement.Effect == deny {
				return h
			}
		}
	}
	return nil
}

func actionsText(g *callGroup) string { return strings.Join(g.actions(), ", ") }

// grantIdentity adds what the caller lacks to one of its own policies: to a
// statement that already says exactly the rest, else as a statement of its
// own; a role without any policy in the templates gets an inline one.
func (p *prover) grantIdentity(m *cloud.Model, g *callGroup) (element, bool) {
	pr := m.Principal(g.calls[0].Request.Principal.ARN)
	if pr == nil || pr.Resource == nil {
		return element{}, false
	}
	msg := fmt.Sprintf("allow %s to %s", short(pr.ARN), actionsText(g))
	for _, a := range pr.Identity {
		if e, ok := p.widen(m, g, a, msg); ok {
			return e, true
		}
	}
	// The role's own inline policies first: a shared managed policy would
	// give the call to others as well.
	for _, own := range []bool{true, false} {
		for _, a := range pr.Identity {
			if a.Node == nil || a.Policy == nil || (a.Resource == pr.Resource) != own || shared(m, a) {
				continue
			}
			if e, ok := p.appendStatement(g, a, false, msg); ok {
				return e, true
			}
		}
	}
	st, ok := p.statement(pr.Resource, g, false)
	if !ok {
		return element{}, false
	}
	policy := splice.Map(
		field("PolicyName", splice.String("penstock")),
		field("PolicyDocument", splice.Map(
			field("Version", splice.String("2012-10-17")),
			field("Statement", splice.List(st)),
		)),
	)
	var edits []diag.Edit
	var err error
	if have := pr.Resource.Prop("Policies"); have != nil {
		edits, err = splice.AppendItem(have, policy)
	} else {
		edits, err = splice.SetField(pr.Resource.Props, "Policies", splice.List(policy))
	}
	return element{msg, edits}, err == nil
}

// shared reports whether another principal carries the same policy.
func shared(m *cloud.Model, a cloud.Attachment) bool {
	n := 0
	for pr := range m.Principals() {
		for _, b := range pr.Identity {
			if b.Policy == a.Policy {
				n++
			}
		}
	}
	return n > 1
}

// widen appends the actions to a statement whose resources are exactly those
// wanted, so that nothing else is granted.
func (p *prover) widen(m *cloud.Model, g *callGroup, a cloud.Attachment, msg string) (element, bool) {
	if a.Policy == nil || a.Node == nil || shared(m, a) {
		return element{}, false
	}
	wanted := map[string]bool{}
	for _, c := range g.calls {
		wanted[c.Request.Resource] = true
	}
	for i := range a.Policy.Statements {
		s := &a.Policy.Statements[i]
		if s.Effect != allow || s.NotAction || s.NotResource || len(s.Conditions) > 0 || len(s.Maybe) > 0 || len(s.Resources) != len(wanted) {
			continue
		}
		exact := true
		for _, e := range s.Resources {
			exact = exact && wanted[e.Text]
		}
		if !exact {
			continue
		}
		node := statementNode(a, s.Index)
		actions := node.Get("Action")
		if actions == nil {
			continue
		}
		var edits []diag.Edit
		for _, act := range g.actions() {
			es, err := appendOrList(actions, splice.String(act))
			if err != nil {
				return element{}, false
			}
			edits = append(edits, es...)
			if actions.Kind != listKind {
				// A second action would have to go into the list that the
				// first edit makes.
				if len(g.actions()) > 1 {
					return element{}, false
				}
			}
		}
		return element{msg, edits}, true
	}
	return element{}, false
}

// grantResource lets the caller through the policy of the resource itself.
func (p *prover) grantResource(m *cloud.Model, g *callGroup, layer string) (element, bool) {
	c := g.calls[0]
	if layer == "trust" {
		pr := m.Principal(c.Request.Resource)
		if pr == nil || pr.Trust == nil {
			return element{}, false
		}
		if e, ok := p.dropCondition(c, *pr.Trust); ok {
			return e, true
		}
		return p.appendStatement(g, *pr.Trust, true, fmt.Sprintf("let %s trust %s", short(pr.ARN), short(principal(c))))
	}
	owner := m.Owner(c.Request.Resource)
	if owner == nil {
		return element{}, false
	}
	msg := fmt.Sprintf("let %s allow %s to %s", match.Render(owner.ID()), short(principal(c)), actionsText(g))
	for _, a := range owner.Policies {
		if e, ok := p.appendStatement(g, a, true, msg); ok {
			return e, true
		}
	}
	if len(owner.Policies) > 0 {
		return element{}, false
	}
	return p.firstPolicy(g, owner, msg)
}

// firstPolicy gives a resource without a policy its first one, in the
// template that declares it.
func (p *prover) firstPolicy(g *callGroup, owner *cloud.Resource, msg string) (element, bool) {
	guard := p.rooms.guards[owner.Type]
	if guard == nil || owner.Stack == nil || owner.Stack.File == nil || owner.Props == nil {
		return element{}, false
	}
	root, _, err := load.Parse(owner.Stack.File)
	if err != nil {
		return element{}, false
	}
	resources := root.Get("Resources")
	holder := owner
	if guard.Type != "" {
		name := owner.LogicalID + "Policy"
		for resources.Get(name) != nil {
			name += "2"
		}
		holder = &cloud.Resource{Stack: owner.Stack, LogicalID: name}
	}
	st, ok := p.statement(holder, g, true)
	if !ok {
		return element{}, false
	}
	document := splice.Map(field("Version", splice.String("2012-10-17")), field("Statement", splice.List(st)))
	if guard.Type == "" {
		edits, err := splice.SetField(owner.Props, guard.Document, document)
		return element{msg, edits}, err == nil
	}
	of := splice.Tagged("!Ref", owner.LogicalID)
	if guard.List {
		of = splice.List(of)
	}
	edits, err := splice.SetField(resources, holder.LogicalID, splice.Map(
		field("Type", splice.String(guard.Type)),
		field("Properties", splice.Map(field(guard.Of, of), field(guard.Document, document))),
	))
	return element{msg, edits}, err == nil
}

// appendStatement adds one statement to a document.
func (p *prover) appendStatement(g *callGroup, a cloud.Attachment, withPrincipal bool, msg string) (element, bool) {
	list := a.Node.Get("Statement")
	if list == nil || a.Resource == nil {
		return element{}, false
	}
	st, ok := p.statement(a.Resource, g, withPrincipal)
	if !ok {
		return element{}, false
	}
	edits, err := appendOrList(list, st)
	return element{msg, edits}, err == nil
}

func appendOrList(n nodePtr, v splice.Value) ([]diag.Edit, error) {
	if n.Kind == listKind {
		return splice.AppendItem(n, v)
	}
	return splice.ListOf(n, v)
}

// statement writes the Allow that a group of calls needs, in the words of the
// stack that will hold it. Key policies and trust policies name no resource
// but their own.
func (p *prover) statement(in *cloud.Resource, g *callGroup, withPrincipal bool) (splice.Value, bool) {
	c := g.calls[0]
	fields := []splice.Field{field("Effect", splice.String("Allow"))}
	if withPrincipal {
		pv, ok := p.principalValue(in, c)
		if !ok {
			return splice.Value{}, false
		}
		fields = append(fields, field("Principal", pv))
	}
	fields = append(fields, field("Action", oneOrList(g.actions())))
	trust := strings.HasPrefix(c.Request.Action, "sts:AssumeRole") && withPrincipal
	switch {
	case trust:
	case withPrincipal && strings.HasPrefix(c.Request.Action, "kms:"):
		fields = append(fields, field("Resource", splice.String("*")))
	default:
		var vs []splice.Value
		var seen []string
		for _, c := range g.calls {
			for _, r := range []string{c.Request.Resource, c.Target.Or} {
				if r == "" || slices.Contains(seen, r) {
					continue
				}
				seen = append(seen, r)
				v, ok := p.resourceValue(in, r)
				if !ok {
					return splice.Value{}, false
				}
				vs = append(vs, v)
			}
		}
		if len(vs) == 1 {
			fields = append(fields, field("Resource", vs[0]))
		} else {
			fields = append(fields, field("Resource", splice.List(vs...)))
		}
	}
	return splice.Map(fields...), true
}

func oneOrList(ss []string) splice.Value {
	if len(ss) == 1 {
		return splice.String(ss[0])
	}
	return splice.Strings(ss...)
}

func field(name string, v splice.Value) splice.Field { return splice.Field{Name: name, Value: v} }

func (p *prover) principalValue(in *cloud.Resource, c *Call) (splice.Value, bool) {
	if svc := c.Request.Principal.Service; svc != "" {
		return splice.Map(field("Service", splice.String(svc))), true
	}
	v, ok := p.opt.Author(in, c.Request.Principal.ARN)
	return splice.Map(field("AWS", v)), ok
}

// resourceValue writes a resource for a statement. What each execution makes
// anew (an object key, a log stream) is a hole that no template can name; it
// becomes a wildcard, the smallest pattern that covers every execution.
func (p *prover) resourceValue(in *cloud.Resource, resource string) (splice.Value, bool) {
	if v, ok := p.opt.Author(in, resource); ok {
		return v, true
	}
	return p.opt.Author(in, wildcard(resource))
}

// wildcard replaces the last hole, and what follows it, by "*".
func wildcard(s string) string {
	const mark = "\x00"
	end := strings.LastIndex(s, mark)
	if end < 0 {
		return s
	}
	start := strings.LastIndex(s[:end], mark)
	if start < 0 {
		return s
	}
	return s[:start] + "*"
}
