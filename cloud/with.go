package cloud

import (
	"maps"
	"slices"
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
