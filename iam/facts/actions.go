package facts

import "strings"

// Actions answers, for the engine of package iam/authz, what it needs to know
// of an action.
type Actions struct{}

// ResourceLevel reports whether an action ("s3:ListAllMyBuckets", in any
// case) can be allowed on single resources, and whether the facts list it at
// all.
func (Actions) ResourceLevel(action string) (supported, known bool) {
	prefix, name, ok := strings.Cut(action, ":")
	if !ok {
		return false, false
	}
	svc, ok := Service(prefix)
	if !ok {
		return false, false
	}
	a, ok := svc.Action(name)
	return ok && a.ResourceLevel(), ok
}
