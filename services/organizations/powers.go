package organizations

import (
	"penstock/cloud"
	"penstock/service"
)

const apiPage = "https://docs.aws.amazon.com/organizations/latest/APIReference/"

// powers: the policies of an organization limit what everybody in its accounts
// may do.
var powers = []service.Power{
	{
		ID: "organizations.policy", Kind: service.Tamper,
		Why:   "takes a policy of the organization away, or changes what it limits",
		Basis: service.Documented, Source: apiPage + "API_DetachPolicy.html; " + apiPage + "API_UpdatePolicy.html; " + apiPage + "API_DeletePolicy.html; " + apiPage + "API_DisablePolicyType.html",
		Find: limits,
	},
	{
		ID: "organizations.leave", Kind: service.Tamper,
		Why:   "takes an account out of the organization or to another part of it, and so out of its policies",
		Basis: service.Documented, Source: apiPage + "API_LeaveOrganization.html; " + apiPage + "API_MoveAccount.html; " + apiPage + "API_RemoveAccountFromOrganization.html",
		Find: leave,
	},
}

// limits is asked in the management account, where the policies are.
func limits(m *cloud.Model) []service.Gain {
	gs := service.Change("AWS::Organizations::Policy", "policy", service.TouchesGuard, "changes or takes away the policy",
		"organizations:DetachPolicy", "organizations:UpdatePolicy", "organizations:DeletePolicy")(m)
	if m.Org == nil || m.Org.Management == "" || len(m.Org.SCPs)+len(m.Org.RCPs) == 0 {
		return gs
	}
	return append(gs, service.Gain{
		Calls: []service.PowerCall{{
			Actions:   []string{"organizations:DetachPolicy", "organizations:UpdatePolicy", "organizations:DeletePolicy", "organizations:DisablePolicyType"},
			Resources: []string{"arn:*:organizations::" + m.Org.Management + ":policy/*", "arn:*:organizations::" + m.Org.Management + ":root/*"}, Account: m.Org.Management,
			Why: "changes or takes away a policy",
		}},
		Touches: service.TouchesGuard, What: "policies of the organization",
	})
}

func leave(m *cloud.Model) []service.Gain {
	if m.Org == nil || len(m.Org.SCPs)+len(m.Org.RCPs) == 0 {
		return nil
	}
	var gs []service.Gain
	seen := map[string]bool{m.Org.Management: true}
	for _, s := range m.Stacks {
		if seen[s.Account] {
			continue
		}
		seen[s.Account] = true
		gs = append(gs, service.Gain{
			Calls:   []service.PowerCall{{Actions: []string{"organizations:LeaveOrganization"}, Account: s.Account, Why: "leaves the organization"}},
			Touches: service.TouchesGuard, What: "the membership of account " + s.Account,
		})
	}
	return gs
}
