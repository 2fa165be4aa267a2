package dynamodb

import (
	"strings"

	"penstock/cloud"
	"penstock/iam"
)

func has(s, part string) bool { return part != "" && strings.Contains(s, part) }

// gatekeeper reports whether a role is allowed, by name, what answers a gate.
func gatekeeper(m *cloud.Model, role string) bool {
	p := m.Principal(role)
	if p == nil {
		return false
	}
	for _, a := range p.Identity {
		if a.Policy == nil {
			continue
		}
		for _, st := range a.Policy.Statements {
			if st.Effect != iam.Allow {
				continue
			}
			for _, e := range st.Actions {
				for _, name := range answers {
					if strings.HasSuffix(e.Text, ":"+name) {
						return true
					}
				}
			}
		}
	}
	return false
}
