package prove

import (
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/doc/splice"
	"penstock/iam"
)

// Fix writes the cut that was found last as edits, not proved yet; false where
// it cannot be written, as where nothing would be left of a policy that is a
// resource of its own.
func (c *Cutter) Fix() (diag.Fix, bool) {
	if c.proof.Options.Mend == nil || c.proof.Options.Author == nil || len(c.parts) == 0 {
		return diag.Fix{}, false
	}
	v := c.view(c.parts, false)
	if len(v.stops) > 0 {
		return diag.Fix{}, false
	}
	var fix diag.Fix
	var says []string
	for _, p := range c.parts {
		edits, ok := c.edits(p, v.kept[p])
		if !ok {
			return diag.Fix{}, false
		}
		fix.Edits = append(fix.Edits, edits...)
		says = append(says, c.part(p, v.kept[p]).Message)
	}
	fix.Message = strings.Join(says, ", and ")
	return fix, true
}

// edits takes a statement away, or leaves of it what is kept.
func (c *Cutter) edits(p cutPart, kept []iam.Statement) ([]diag.Edit, bool) {
	a, st := c.written(p)
	if a == nil || a.Resource == nil || a.Resource.Props == nil {
		return nil, false
	}
	if p.who != "" {
		return removeItem(a.Resource.Prop("ManagedPolicyArns"), func(n *doc.Node) bool { return len(kept) == 0 && cloud.Text(n) == a.ARN })
	}
	if a.Node == nil {
		return nil, false
	}
	list := a.Node.Get("Statement")
	var node *doc.Node
	for n := range list.Elems() {
		if n.Span == st.Span {
			node = n
		}
	}
	switch {
	case node == nil || len(kept) > 1:
		return nil, false
	case len(kept) == 1:
		return c.narrow(a, st, node, &kept[0])
	case list.Kind == doc.List && len(list.Items) > 1:
		return removeItem(list, func(n *doc.Node) bool { return n == node })
	default:
		return removeItem(a.Resource.Prop("Policies"), func(n *doc.Node) bool { return n.Get("PolicyDocument") == a.Node })
	}
}

func removeItem(list *doc.Node, is func(*doc.Node) bool) ([]diag.Edit, bool) {
	if list == nil || list.Kind != doc.List {
		return nil, false
	}
	i := slices.IndexFunc(list.Items, is)
	if i < 0 {
		return nil, false
	}
	edits, err := splice.RemoveItem(list, i)
	return edits, err == nil
}

// narrow writes what is kept into the place of what a statement says.
func (c *Cutter) narrow(a *cloud.Attachment, st *iam.Statement, node *doc.Node, kept *iam.Statement) ([]diag.Edit, bool) {
	if st.NotAction || st.NotResource || len(kept.Principals) != len(st.Principals) {
		return nil, false
	}
	var edits []diag.Edit
	set := func(key string, vs []splice.Value) bool {
		v := splice.List(vs...)
		if len(vs) == 1 {
			v = vs[0]
		}
		e, err := splice.Replace(node.Get(key), v)
		edits = append(edits, e...)
		return err == nil
	}
	if !sameTexts(kept.Actions, st.Actions) {
		var vs []splice.Value
		for _, e := range kept.Actions {
			vs = append(vs, splice.String(e.Text))
		}
		if !set("Action", vs) {
			return nil, false
		}
	}
	if st.HasResource && !sameTexts(kept.Resources, st.Resources) {
		var vs []splice.Value
		for _, e := range kept.Resources {
			v, ok := c.write(a.Resource, e.Text)
			if !ok {
				return nil, false
			}
			vs = append(vs, v)
		}
		if !set("Resource", vs) {
			return nil, false
		}
	}
	return edits, len(edits) > 0
}

// write writes a resource; an id at its end that AWS makes up is a wildcard.
func (c *Cutter) write(in *cloud.Resource, resource string) (splice.Value, bool) {
	if v, ok := c.proof.Options.Author(in, resource); ok {
		return v, true
	}
	i := strings.IndexByte(resource, 0)
	if i < 0 || strings.Count(resource[:i], ":") < 5 || !strings.HasSuffix(resource[:i], "/") && !strings.HasSuffix(resource[:i], ":") {
		return splice.Value{}, false
	}
	return c.proof.Options.Author(in, resource[:i]+"*")
}

func sameTexts(a, b []iam.Elem) bool {
	return slices.EqualFunc(a, b, func(x, y iam.Elem) bool { return x.Text == y.Text })
}

// written returns a statement, and the attachment by which it is in a template.
func (c *Cutter) written(p cutPart) (*cloud.Attachment, *iam.Statement) {
	var at *cloud.Attachment
	var st *iam.Statement
	look := func(who string, a *cloud.Attachment) {
		if st != nil || a == nil || a.Policy == nil {
			return
		}
		for i := range a.Policy.Statements {
			if x := &a.Policy.Statements[i]; p.is(who, a.Policy, x) {
				at, st = a, x
				return
			}
		}
	}
	for pr := range c.model.Principals() {
		for i := range pr.Identity {
			look(pr.ARN, &pr.Identity[i])
			if p.who == pr.ARN && at == &pr.Identity[i] && at.Resource == nil && pr.Resource != nil {
				b := *at
				b.Resource = pr.Resource
				at = &b
			}
		}
		look(pr.ARN, pr.Trust)
		look(pr.ARN, pr.Boundary)
	}
	for _, r := range c.model.Resources {
		for i := range r.Policies {
			look(r.ARN, &r.Policies[i])
		}
	}
	return at, st
}

// StoppedAsBefore reports whether no call is stopped that is not stopped in
// another proof: edits that p was made with break nothing.
func (p *Proof) StoppedAsBefore(other *Proof) bool {
	key := func(c *Call) string {
		return strings.Join([]string{c.Row.ID, c.Request.Principal.ARN, c.Request.Principal.Service, c.Request.Action, c.Request.Resource}, "|")
	}
	before := map[string]bool{}
	for _, c := range other.Stopped() {
		before[key(c)] = true
	}
	return !slices.ContainsFunc(p.Stopped(), func(c *Call) bool { return !before[key(c)] })
}
