package cloud

import (
	"maps"
	"slices"

	"penstock/iam"
)

// With returns a view of m in which p stands in the place of the principal of
// its ARN, or beside the others where there is none. Neither m nor what it
// holds is changed; what is added to the one later is not seen by the other.
func (m *Model) With(p *Principal) *Model {
	w := *m
	w.principals = maps.Clone(m.principals)
	w.order = slices.Clone(m.order)
	if i := slices.IndexFunc(w.order, func(q *Principal) bool { return q.ARN == p.ARN }); i >= 0 {
		w.order[i] = p
	} else {
		w.order = append(w.order, p)
	}
	w.principals[p.ARN] = p
	w.Findings = slices.Clip(m.Findings)
	w.Assumptions = slices.Clip(m.Assumptions)
	return &w
}

// Less returns a view of m in which each policy of a principal or of a
// resource is what keep makes of it: the policy itself, or one that says less.
// Who is the ARN of whom it is a policy of. What changes is a copy in the view;
// whatever does not is shared, so that a pointer tells whether it changed.
func (m *Model) Less(keep func(who string, p *iam.Policy) *iam.Policy) *Model {
	all := func(who string, as []Attachment) ([]Attachment, bool) {
		changed := false
		for i := range as {
			if p := as[i].Policy; p != nil {
				if q := keep(who, p); q != p {
					if !changed {
						as, changed = slices.Clone(as), true
					}
					as[i].Policy = q
				}
			}
		}
		return as, changed
	}
	one := func(who string, a *Attachment) (*Attachment, bool) {
		if a == nil || a.Policy == nil {
			return a, false
		}
		q := keep(who, a.Policy)
		if q == a.Policy {
			return a, false
		}
		b := *a
		b.Policy = q
		return &b, true
	}
	w := *m
	w.Findings, w.Assumptions = slices.Clip(m.Findings), slices.Clip(m.Assumptions)
	own := false
	for i, p := range m.order {
		identity, a := all(p.ARN, p.Identity)
		trust, b := one(p.ARN, p.Trust)
		boundary, c := one(p.ARN, p.Boundary)
		if !a && !b && !c {
			continue
		}
		if !own {
			w.principals, w.order, own = maps.Clone(m.principals), slices.Clone(m.order), true
		}
		q := *p
		q.Identity, q.Trust, q.Boundary = identity, trust, boundary
		w.principals[p.ARN], w.order[i] = &q, &q
	}
	own = false
	for i, r := range m.Resources {
		policies, changed := all(r.ARN, r.Policies)
		if !changed {
			continue
		}
		if !own {
			w.Resources, w.byARN, w.byType, own = slices.Clone(m.Resources), maps.Clone(m.byARN), maps.Clone(m.byType), true
		}
		s := *r
		s.Policies = policies
		w.Resources[i] = &s
		if w.byARN[r.ARN] == r {
			w.byARN[r.ARN] = &s
		}
		of := slices.Clone(w.byType[r.Type])
		of[slices.Index(of, r)] = &s
		w.byType[r.Type] = of
	}
	return &w
}
