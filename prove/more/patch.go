package more

import (
	"fmt"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/doc/splice"
	"penstock/match"
	"penstock/prove"
	"penstock/source"
	"penstock/truth"
)

// mostPatches bounds the patches of a report that are proved one by one, each
// by reading everything again.
const mostPatches = 8

// A patch is a fix that is not proved yet, of the finding with this index.
type patch struct {
	finding int
	fix     diag.Fix
}

// patch returns the fix that leaves a statement what its subject needs of it;
// false where it cannot be written.
func (f *finder) patch(x *extra, gs []granted) (diag.Fix, bool) {
	if f.proof.Options.Mend == nil || f.proof.Options.Author == nil || x.at.Node == nil || x.at.Resource == nil {
		return diag.Fix{}, false
	}
	list, node, i := statementNode(x.at.Node, x.stmt.Span)
	if node == nil {
		return diag.Fix{}, false
	}
	edits, message, ok := f.narrow(x, gs, list, node, i)
	return diag.Fix{Message: message, Edits: edits}, ok && len(edits) > 0
}

// proved gives the findings those patches with which theorem one holds as it
// did without: all of them where they hold together, for to take away less
// cannot stop more; else each that holds by itself, as far as it is tried.
func (f *finder) proved(fs []diag.Finding, patches []patch) {
	var all []diag.Edit
	for _, p := range patches {
		all = append(all, p.fix.Edits...)
	}
	if len(patches) == 0 {
		return
	}
	if f.holdsWith(all) {
		for _, p := range patches {
			fs[p.finding].Fixes = append(fs[p.finding].Fixes, p.fix)
		}
		return
	}
	for i, p := range patches {
		if i < mostPatches && len(patches) > 1 && f.holdsWith(p.fix.Edits) {
			fs[p.finding].Fixes = append(fs[p.finding].Fixes, p.fix)
		}
	}
}

func (f *finder) holdsWith(edits []diag.Edit) bool {
	models, err := f.proof.Options.Mend(edits)
	return err == nil && f.stillRuns(models)
}

// narrow writes the edits: a statement of which nothing is needed goes, an
// action that is not needed goes, a resource that is wider than needed gives
// way to what is needed.
func (f *finder) narrow(x *extra, gs []granted, list, node *doc.Node, i int) ([]diag.Edit, string, bool) {
	if x.stmt.NotAction || x.stmt.NotResource {
		return nil, "", false
	}
	keep, resources := f.wanted(x, gs)
	if len(keep) == 0 {
		if list == nil || list.Kind != doc.List || len(list.Items) < 2 {
			return nil, "", false // a policy without statements is none
		}
		edits, err := splice.RemoveItem(list, i)
		return edits, "remove the statement", err == nil
	}
	var edits []diag.Edit
	var says []string
	if acts := node.Get("Action"); !same(texts(acts), keep) {
		e, err := splice.Replace(acts, oneOrList(keep))
		if err != nil {
			return nil, "", false
		}
		if e2, removed := f.removeActions(acts, keep); removed {
			e = e2
		}
		edits = append(edits, e...)
		says = append(says, "leave "+strings.Join(keep, ", "))
	}
	if resources != nil {
		var vs []splice.Value
		for _, r := range resources {
			v, ok := f.proof.Options.Author(x.at.Resource, r)
			if head, _, hole := strings.Cut(r, "\x00"); !ok && hole && strings.ContainsAny(head[len(head)-1:], ":/") && strings.Count(head, ":") >= 5 {
				v, ok = f.proof.Options.Author(x.at.Resource, match.Widest(r)) // an id that AWS makes
			}
			if !ok {
				return nil, "", false
			}
			if !slices.ContainsFunc(vs, func(w splice.Value) bool { return w.Tag == v.Tag && w.Text == v.Text }) {
				vs = append(vs, v)
			}
		}
		v := splice.List(vs...)
		if len(vs) == 1 {
			v = vs[0]
		}
		e, err := splice.Replace(node.Get("Resource"), v)
		if err != nil {
			return nil, "", false
		}
		edits = append(edits, e...)
		says = append(says, "on what is needed")
	}
	return edits, strings.Join(says, ", ") + fmt.Sprintf(" in the statement of %s", match.Render(x.subject.Name)), true
}

// removeActions removes the items of a list that are not kept, where what is
// kept are items of it; so the comments of the others stay.
func (f *finder) removeActions(acts *doc.Node, keep []string) ([]diag.Edit, bool) {
	if acts == nil || acts.Kind != doc.List {
		return nil, false
	}
	for _, k := range keep {
		if !slices.Contains(texts(acts), k) {
			return nil, false
		}
	}
	var edits []diag.Edit
	for i, it := range acts.Items {
		if slices.Contains(keep, it.Text) {
			continue
		}
		e, err := splice.RemoveItem(acts, i)
		if err != nil {
			return nil, false
		}
		edits = append(edits, e...)
	}
	return edits, len(edits) > 0
}

// wanted returns the actions of the statement to keep, those that a wildcard
// names one by one, and the resources to put in the place of those that are
// too wide; nil resources stay.
func (f *finder) wanted(x *extra, gs []granted) (keep, resources []string) {
	extra := func(action string) bool {
		return slices.ContainsFunc(gs, func(g granted) bool {
			return strings.EqualFold(g.action, action) && slices.ContainsFunc(x.idle, func(i granted) bool { return i.action == g.action })
		})
	}
	wide := slices.ContainsFunc(gs, func(g granted) bool {
		return slices.ContainsFunc(x.wide, func(w granted) bool { return w.action == g.action })
	})
	for _, e := range x.stmt.Actions {
		if strings.ContainsAny(e.Text, "*?") {
			// Nobody means every action of a wildcard: what is called stays.
			for _, n := range f.called(x.subject, e.Text) {
				if !slices.Contains(keep, n) {
					keep = append(keep, n)
				}
			}
			continue
		}
		if !extra(e.Text) {
			keep = append(keep, e.Text)
		}
	}
	if !wide && !x.all {
		return keep, nil
	}
	for _, k := range keep {
		for _, n := range x.subject.needs[strings.ToLower(k)] {
			if !slices.Contains(resources, n) {
				resources = append(resources, n)
			}
		}
	}
	return keep, resources
}

// called returns the actions that the subject calls and that a pattern names.
func (f *finder) called(s *subject, pattern string) []string {
	p := match.CompileFold(pattern)
	var out []string
	for _, r := range f.proof.Runs(f.model) {
		for _, st := range r.Steps {
			for _, c := range st.Calls {
				if c.Request.Principal.ARN == s.ARN && p.Match(c.Request.Action) == truth.Yes && !slices.Contains(out, c.Request.Action) {
					out = append(out, c.Request.Action)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// stillRuns reports whether every call that is allowed now is allowed by the
// changed models.
func (f *finder) stillRuns(models []*cloud.Model) bool {
	before := map[string]bool{}
	for _, c := range f.proof.Stopped() {
		before[key(c)] = true
	}
	for _, c := range f.proof.Again(models).Stopped() {
		if !before[key(c)] {
			return false
		}
	}
	return true
}

func key(c *prove.Call) string {
	return strings.Join([]string{c.Row.ID, c.Request.Principal.ARN, c.Request.Principal.Service, c.Request.Action, c.Request.Resource}, "|")
}

// statementNode finds the statement with a span in a document: the list that
// holds it, nil where the document has a single one, and its place there.
func statementNode(document *doc.Node, at source.Span) (list, node *doc.Node, index int) {
	st := document.Get("Statement")
	if st == nil {
		return nil, nil, 0
	}
	if st.Kind == doc.Map {
		if st.Span == at {
			return nil, st, 0
		}
		return nil, nil, 0
	}
	for i, it := range st.Items {
		if it.Span == at {
			return st, it, i
		}
	}
	return nil, nil, 0
}

func texts(n *doc.Node) []string {
	var out []string
	for e := range n.Elems() {
		out = append(out, e.Text)
	}
	return out
}

func same(a, b []string) bool { return slices.Equal(a, b) }

func oneOrList(ss []string) splice.Value {
	if len(ss) == 1 {
		return splice.String(ss[0])
	}
	return splice.Strings(ss...)
}
