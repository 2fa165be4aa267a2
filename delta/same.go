package delta

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/iam"
)

// identity returns the policies of a principal and of its groups.
func identity(m *cloud.Model, p *cloud.Principal) []cloud.Attachment {
	out := slices.Clone(p.Identity)
	for _, g := range p.Groups {
		if gr := m.Named(cloud.Group, p.Account, g); gr != nil {
			out = append(out, gr.Identity...)
		}
	}
	return out
}

// text writes a statement so that two that say the same in the same words
// compare as equal, whatever their place and name.
func text(st *iam.Statement) string {
	var b strings.Builder
	list := func(name string, not bool, es []iam.Elem) {
		ts := make([]string, len(es))
		for i, e := range es {
			ts[i] = e.Text + strings.Join(e.Maybe, "&")
		}
		slices.Sort(ts)
		fmt.Fprint(&b, name, not, ts, "\n")
	}
	fmt.Fprint(&b, st.Effect, "\n")
	list("action", st.NotAction, st.Actions)
	list("resource", st.NotResource, st.Resources)
	var ps []iam.Elem
	for _, p := range st.Principals {
		ps = append(ps, iam.Elem{Text: p.Type.String() + p.Text})
	}
	list("principal", st.NotPrincipal, ps)
	var cs []string
	for _, c := range st.Conditions {
		vs := make([]string, len(c.Values))
		for i, v := range c.Values {
			vs[i] = v.Text
		}
		slices.Sort(vs)
		cs = append(cs, fmt.Sprint(c.Operator, strings.ToLower(c.Key), vs))
	}
	slices.Sort(cs)
	fmt.Fprint(&b, cs, st.Maybe)
	return b.String()
}

func texts(as []cloud.Attachment, effect iam.Effect) map[string]bool {
	out := map[string]bool{}
	for _, a := range as {
		if a.Policy == nil {
			out["unknown "+a.Name] = true
			continue
		}
		for i := range a.Policy.Statements {
			if st := &a.Policy.Statements[i]; st.Effect == effect {
				out[text(st)] = true
			}
		}
	}
	return out
}

func equal(a, b map[string]bool) bool {
	if len(a) != len(b) {
		return false
	}
	for k := range a {
		if !b[k] {
			return false
		}
	}
	return true
}

func sameBoundary(a, b *cloud.Principal) bool {
	of := func(p *cloud.Principal) []cloud.Attachment {
		if p.Boundary == nil {
			return nil
		}
		return []cloud.Attachment{*p.Boundary}
	}
	if (a.Boundary == nil) != (b.Boundary == nil) {
		return false
	}
	return equal(texts(of(a), iam.Allow), texts(of(b), iam.Allow)) && equal(texts(of(a), iam.Deny), texts(of(b), iam.Deny))
}

func sameOrg(a, b *cloud.Organization) bool {
	if (a == nil) != (b == nil) {
		return false
	}
	if a == nil {
		return true
	}
	same := func(x, y map[string][]cloud.Attachment) bool {
		if len(x) != len(y) {
			return false
		}
		for k := range x {
			if !equal(texts(x[k], iam.Allow), texts(y[k], iam.Allow)) || !equal(texts(x[k], iam.Deny), texts(y[k], iam.Deny)) {
				return false
			}
		}
		return true
	}
	return a.Management == b.Management && same(a.SCPs, b.SCPs) && same(a.RCPs, b.RCPs)
}

// sameProps reports whether two resources are written in the same words.
func sameProps(a, b *cloud.Resource) bool {
	if a.Props == nil || b.Props == nil || a.Props == b.Props {
		return a.Props == b.Props
	}
	// A tree that was made and not read has no words.
	text := a.Props.Span.Text()
	return text == b.Props.Span.Text() && (text != "" || len(a.Props.Fields)+len(b.Props.Fields) == 0)
}

// sameTags reports whether every principal and resource has the tags that it
// had; one that is new or gone has not.
func sameTags(old, new *cloud.Model) bool {
	for _, r := range new.Resources {
		if o := old.Resource(r.ARN); r.ARN != "" && len(r.Tags) > 0 && (o == nil || !maps.Equal(o.Tags, r.Tags)) {
			return false
		}
	}
	for p := range new.Principals() {
		if o := old.Principal(p.ARN); len(p.Tags) > 0 && (o == nil || !maps.Equal(o.Tags, p.Tags)) {
			return false
		}
	}
	for _, r := range old.Resources {
		if n := new.Resource(r.ARN); n != nil && len(n.Tags) < len(r.Tags) {
			return false
		}
	}
	for p := range old.Principals() {
		if n := new.Principal(p.ARN); n != nil && len(n.Tags) < len(p.Tags) {
			return false
		}
	}
	return true
}
