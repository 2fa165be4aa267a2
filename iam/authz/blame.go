package authz

import (
	"penstock/iam"
	"penstock/truth"
)

// grantor names the layer that allowed: the caller's own policies, or where
// those do not count the resource's.
func (e *eval) grantor(r *result) string {
	own := r.limits[limitIdentity].And(r.limits[limitBoundary]).And(r.limits[limitSession])
	if e.caller.kind.iamPrincipal() && own == truth.Yes {
		if e.caller.kind == root && r.kind == selfGuarded {
			return r.resourceLayer() // the key policy alone lets the root user in
		}
		return "identity"
	}
	return r.resourceLayer()
}

// blame fills in who denies.
func (e *eval) blame(r *result, d *Decision) {
	if r.denied == truth.Yes {
		d.Explicit = true
		for _, l := range d.Layers {
			if l.Denies == truth.Yes {
				d.Layer = l.Layer
				return
			}
		}
	}
	d.Layer = e.implicit(r)
}

// implicit names the layer that fails to allow: where several do, the one
// that is nearest to a grant which the rest of the policies would make.
func (e *eval) implicit(r *result) string {
	no := truth.No
	switch {
	case r.never != "":
		return r.layer
	case r.scpAllow == no:
		return "scp"
	case r.through && r.endpoint.allow == no:
		return "endpoint"
	case !e.caller.kind.iamPrincipal():
		return r.resourceLayer()
	}
	by := r.resource.by.or(r.grant)
	cap := func() string {
		if r.limits[limitBoundary] == no {
			return "boundary"
		}
		return "session"
	}
	capped := r.limits[limitBoundary].And(r.limits[limitSession])
	cross := r.same != truth.Yes
	if !cross {
		if by.byRole != no && capped == no {
			return cap()
		}
		if r.kind == selfGuarded && by.any() == no {
			return r.resourceLayer()
		}
	}
	switch {
	case r.limits[limitIdentity] == no:
		return "identity"
	case capped == no:
		return cap()
	case cross || r.kind == selfGuarded:
		return r.resourceLayer()
	default:
		return "identity"
	}
}

// deciding picks the statement to show: the Deny that matched, else the Allow
// of the layer to blame that came nearest.
func deciding(d *Decision) *Hit {
	for i := range d.Layers {
		l := &d.Layers[i]
		if l.Layer != d.Layer {
			continue
		}
		var best *Hit
		for j := range l.Hits {
			h := &l.Hits[j]
			allow := h.Statement.Effect == iam.Allow
			switch {
			case d.Explicit && !allow && h.Match == truth.Yes:
				return h
			case d.Verdict == Allow && allow && h.Match == truth.Yes:
				return h
			case d.Verdict == Depends && h.Match == truth.Maybe && best == nil:
				best = h
			case d.Verdict == Deny && !d.Explicit && allow && nearer(h, best):
				best = h
			}
		}
		return best
	}
	return nil
}

// nearer orders near misses: one that fails on a condition is nearer than one
// that fails on the resource, the principal, the action.
func nearer(h, best *Hit) bool {
	return best == nil || rank(h) > rank(best)
}

func rank(h *Hit) int {
	if h.Match != truth.No {
		return 5
	}
	return map[string]int{"condition": 4, "resource": 3, "principal": 2, "action": 1}[h.Element]
}
