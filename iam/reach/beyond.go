package reach

import "penstock/iam/authz"

// Beyond asks for a request of the space that new allows and old does not:
// both are everything that bears on it, before a change and after. None is a
// proof that the change allows nothing new there.
func (e *Engine) Beyond(old, new *authz.Policies, s Space) Answer {
	q := question{e: e, pol: new, old: old, s: &s}
	o, req := q.try(false, nil)
	if o == empty {
		return Answer{Policies: new}
	}
	a := Answer{Verdict: Depends, Policies: new}
	if o == found && q.confirm(req, &a) && q.denied(&a) {
		return a
	}
	for _, fixed := range q.settings() {
		if o, r := q.try(true, fixed); o == found && q.confirm(r, &a) && q.denied(&a) {
			return a
		}
	}
	a.Verdict = Depends
	if a.Witness == nil {
		q.explain(&a)
	}
	return a
}

// denied reports whether the old policies deny the witness for certain.
func (q *question) denied(a *Answer) bool {
	if a.Witness == nil {
		return false
	}
	if q.e.authz.Decide(a.Witness, q.old) == authz.Deny {
		return true
	}
	*a = Answer{Verdict: Depends, Policies: q.pol}
	return false
}
