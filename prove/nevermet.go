package prove

import (
	"strings"

	"penstock/cloud"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/service"
)

// A condition on a key that no request for an action carries makes the grant
// of that action void: a tag of a resource on a call that names none, a key
// that the action does not have.

// neverMet returns the calls that a statement grants by name and a condition
// of it takes back whatever the request, where nothing else allows them. A
// statement that grants something all the same has none: who writes iam:GetRole
// beside iam:PassRole under iam:PassedToService wants the second.
func (p *prover) neverMet(m *cloud.Model, step *Step, pr *cloud.Principal, s *iam.Statement, row *service.Row) []*Call {
	var out []*Call
	for _, act := range row.Actions {
		key := neverCarried(s, act)
		if key == "" {
			continue
		}
		resource := "*"
		if len(s.Resources) == 1 && !strings.ContainsAny(s.Resources[0].Text, "*?") {
			resource = s.Resources[0].Text
		}
		c := granted(step, pr, s, row, act, resource)
		for _, k := range s.Conditions {
			if service.Never(act, k.Key) {
				c.Request.Context.SetAbsent(k.Key)
			}
		}
		c.Target.Context = c.Request.Context
		if p.decide(m, c); c.Decision.Verdict == authz.Deny && !c.Decision.Explicit && c.Decision.Layer == "identity" {
			out = append(out, c)
		}
	}
	if len(out) < len(row.Actions) {
		return nil
	}
	return out
}

// neverCarried returns the key of a condition that fails for want of a key
// which no request for the action carries, "" where there is none.
func neverCarried(s *iam.Statement, action string) string {
	for _, c := range s.Conditions {
		op := strings.ToLower(c.Operator)
		switch {
		case strings.HasSuffix(op, "ifexists"), op == "null", strings.HasPrefix(op, "forallvalues:"), strings.Contains(op, "not"):
			continue
		}
		if service.Never(action, c.Key) {
			return c.Key
		}
	}
	return ""
}
