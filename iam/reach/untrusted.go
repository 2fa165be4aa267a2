package reach

import (
	"penstock/cloud"
	"penstock/iam"
	"strings"
)

// untrusted reports whether the space is the call by which a caller assumes one
// declared role that does not trust it: most pairs of roles, told from the
// text of the trust policy alone.
func untrusted(m *cloud.Model, s *Space) bool {
	if len(s.Actions) != 1 || len(s.Resources) != 1 || !onlyAssumes(s.Actions[0]) || strings.ContainsAny(s.Resources[0], "*?") {
		return false
	}
	role := m.Principal(s.Resources[0])
	if role == nil || role.Kind != cloud.Role || len(role.Maybe) > 0 || role.Trust == nil || role.Trust.Policy == nil || role.Trust.Unknown != "" {
		return false
	}
	c := readCaller(&s.Principal)
	for i := range role.Trust.Policy.Statements {
		st := &role.Trust.Policy.Statements[i]
		if st.Effect == iam.Allow && mayName(st, &c, &s.Principal) {
			return false
		}
	}
	return true
}

// mayName reports whether the Principal element may name the caller. It errs on
// the side of true.
func mayName(st *iam.Statement, c *caller, who *iam.Principal) bool {
	if st.NotPrincipal || !st.HasPrincipal || c.kind == "someone" || holed(who.ARN) {
		return true
	}
	for i := range st.Principals {
		text := st.Principals[i].Text
		switch st.Principals[i].Type {
		case iam.PrincipalService:
			if c.kind == "service" {
				return true
			}
		case iam.PrincipalFederated:
			if !c.signed() {
				return true
			}
		case iam.PrincipalAWS:
			if text == "*" || holed(text) || !strings.HasPrefix(text, "arn:") && (len(text) != 12 || text == c.account) {
				return true
			}
			if !strings.HasPrefix(text, "arn:") || !c.signed() {
				continue
			}
			_, _, account, res, ok := cutARN(text)
			if !ok || account != c.account {
				continue
			}
			if c.kind != "role" || !strings.HasPrefix(res, "role/") || base(res) == roleName(who) {
				return true
			}
		default:
			return true
		}
	}
	return false
}

func base(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }

// roleName returns the name of the role whose session asks.
func roleName(p *iam.Principal) string {
	if _, rest, ok := strings.Cut(p.ARN, ":assumed-role/"); ok {
		name, _, _ := strings.Cut(rest, "/")
		return name
	}
	return base(p.ARN)
}
