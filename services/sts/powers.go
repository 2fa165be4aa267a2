package sts

import (
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

const assumePage = "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"

// powers: who can become a role. The trust of the role, and what the caller
// may do, decide; a row says only which role.
var powers = []service.Power{
	{
		ID: "sts.assume", Kind: service.Become,
		Why:   "takes a session of the role, with its rights",
		Basis: service.Documented, Source: assumePage,
		Find: func(m *cloud.Model) []service.Gain { return roles(m, "sts:AssumeRole", nil) },
	},
	{
		ID: "sts.assume-web-identity", Kind: service.Become,
		Why:   "takes a session of the role with a token of an identity provider",
		Basis: service.Documented, Source: "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html",
		Find: func(m *cloud.Model) []service.Gain {
			return roles(m, "sts:AssumeRoleWithWebIdentity", federated)
		},
	},
	{
		ID: "sts.assume-saml", Kind: service.Become,
		Why:   "takes a session of the role with an assertion of an identity provider",
		Basis: service.Documented, Source: "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html",
		Find: func(m *cloud.Model) []service.Gain { return roles(m, "sts:AssumeRoleWithSAML", federated) },
	},
}

// roles returns a gain for each declared role whose trust fits. A
// service-linked role, which only its service can use, is not declared as a
// principal.
func roles(m *cloud.Model, action string, fits func(*iam.Policy) bool) []service.Gain {
	var gs []service.Gain
	for p := range m.Principals() {
		if p.Kind != cloud.Role || p.Trust == nil {
			continue
		}
		if fits != nil && p.Trust.Policy != nil && !fits(p.Trust.Policy) {
			continue
		}
		gs = append(gs, service.Gain{
			Calls: []service.PowerCall{{
				Actions: []string{action}, Resources: []string{p.ARN}, Account: p.Account, Why: "takes on role " + match.Render(p.Name),
			}},
			Principal: p.ARN, Resource: p.Resource, What: "role " + match.Render(p.Name), Maybe: p.Maybe,
		})
	}
	return gs
}

// federated reports whether a trust may let in somebody with a token: it names
// a provider, or everybody, or all but some.
func federated(p *iam.Policy) bool {
	return slices.ContainsFunc(p.Statements, func(st iam.Statement) bool {
		return st.NotPrincipal || len(st.Maybe) > 0 || slices.ContainsFunc(st.Principals, func(e iam.PrincipalElem) bool {
			return e.Type == iam.PrincipalFederated || e.Type == iam.PrincipalAll || strings.Contains(e.Text, "*")
		})
	})
}
