package cfn

import (
	"maps"
	"slices"

	"penstock/cloud"
	"penstock/iam"
)

// join makes the model: every resource declared before any is attached.
func (w *world) join() {
	m := w.model
	m.Needs = w.in.Needs
	if w.in.Org != nil {
		m.Org = cloneOrg(m, w.in.Org)
	}
	for _, s := range w.stacks {
		for _, r := range s.order {
			if r.made != nil {
				m.Add(r.made)
			}
		}
	}
	for _, pass := range []bool{false, true} {
		for _, s := range w.stacks {
			for _, r := range s.order {
				if r.made == nil || r.t == nil {
					continue
				}
				if f := r.t.Declare; !pass && f != nil {
					f(m, r.made)
				}
				if f := r.t.Attach; pass && f != nil {
					f(m, r.made)
				}
			}
		}
	}
	w.found = append(w.found, m.Findings...)
	m.Findings = nil
}

func cloneOrg(m *cloud.Model, o *cloud.Organization) *cloud.Organization {
	c := *o
	c.Parent = maps.Clone(o.Parent)
	layer := func(of map[string][]cloud.Attachment, k iam.Kind) map[string][]cloud.Attachment {
		out := map[string][]cloud.Attachment{}
		for target, as := range of {
			as = slices.Clone(as)
			for i := range as {
				if as[i].Policy == nil && as[i].Node != nil {
					as[i].Policy = m.Policy(as[i].Node, k)
				}
			}
			out[target] = as
		}
		return out
	}
	c.SCPs, c.RCPs = layer(o.SCPs, iam.SCP), layer(o.RCPs, iam.RCP)
	return &c
}
