package secretsmanager

import (
	"penstock/cloud"
	"penstock/match"
	"penstock/service"
)

const apiPage = "https://docs.aws.amazon.com/secretsmanager/latest/apireference/"

// powers: a secret is what a build or a container logs in with.
var powers = []service.Power{
	{
		ID: "secretsmanager.value", Kind: service.Tamper,
		Why:   "puts another value into a secret that builds and containers read",
		Basis: service.Documented, Source: apiPage + "API_PutSecretValue.html; " + apiPage + "API_UpdateSecret.html",
		Find: service.Change(secretType, "secret", service.TouchesTarget, "changes the secret",
			"secretsmanager:PutSecretValue", "secretsmanager:UpdateSecret", "secretsmanager:UpdateSecretVersionStage", "secretsmanager:DeleteSecret"),
	},
	{
		ID: "secretsmanager.policy", Kind: service.Tamper,
		Why:   "changes who may read the secret",
		Basis: service.Documented, Source: apiPage + "API_PutResourcePolicy.html; " + apiPage + "API_ReplicateSecretToRegions.html",
		Find: service.Change(secretType, "policy of secret", service.TouchesGuard, "changes the policy",
			"secretsmanager:PutResourcePolicy", "secretsmanager:DeleteResourcePolicy", "secretsmanager:ReplicateSecretToRegions"),
	},
	{
		// The rotation function is handed the secret, with the rights of its
		// own role; who sets it needs lambda:InvokeFunction on it.
		ID: "secretsmanager.rotation", Kind: service.Tamper,
		Why:   "has another function rotate the secret, which is handed its value",
		Basis: service.Documented, Source: apiPage + "API_RotateSecret.html (RotationLambdaARN)",
		Find: func(m *cloud.Model) []service.Gain {
			return service.Each(m, secretType, func(r *cloud.Resource) []service.Gain {
				return []service.Gain{{
					Calls: []service.PowerCall{
						service.On(r, "sets the function", "secretsmanager:RotateSecret"),
						{Actions: []string{"lambda:InvokeFunction"}, Resources: []string{"arn:*:lambda:*:*:function:*"}, Why: "lets Secrets Manager run it"},
					},
					Resource: r, Touches: service.TouchesTarget, What: "rotation of secret " + match.Render(service.Called(r)), Maybe: r.Maybe,
				}}
			})
		},
	},
}
