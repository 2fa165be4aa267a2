package kms

import (
	"penstock/cloud"
	"penstock/match"
	"penstock/service"
)

const apiPage = "https://docs.aws.amazon.com/kms/latest/APIReference/"

// powers: a key decides who reads what it encrypts, and whether anybody does.
var powers = []service.Power{
	{
		ID: "kms.policy", Kind: service.Tamper,
		Why:   "changes who may use the key",
		Basis: service.Documented, Source: apiPage + "API_PutKeyPolicy.html; " + apiPage + "API_CreateGrant.html; https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-grant-is-for-aws-resource",
		Find: policies,
	},
	{
		ID: "kms.disable", Kind: service.Tamper,
		Why:   "disables or deletes the key, so that nothing it encrypts can be read",
		Basis: service.Documented, Source: apiPage + "API_DisableKey.html; " + apiPage + "API_ScheduleKeyDeletion.html",
		Find: both(service.TouchesGuard, "makes the key useless", "kms:DisableKey", "kms:ScheduleKeyDeletion", "kms:DeleteImportedKeyMaterial", "kms:RevokeGrant"),
	},
	{
		ID: "kms.alias", Kind: service.Tamper,
		Why:   "has an alias name another key",
		Basis: service.Documented, Source: apiPage + "API_UpdateAlias.html",
		Find: service.Change("AWS::KMS::Alias", "alias", service.TouchesGuard, "changes the alias", "kms:UpdateAlias", "kms:DeleteAlias"),
	},
	{
		ID: "kms.trail", Kind: service.Blind,
		Why:   "makes the key of a trail useless, so that the trail cannot write or nobody can read it",
		Basis: service.Documented, Source: apiPage + "API_DisableKey.html; https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html",
		Find: trails,
	},
}

var keyTypes = [...]string{"AWS::KMS::Key", "AWS::KMS::ReplicaKey"}

// policies finds who changes the use of a key. A grant that only a service of
// AWS may make for a resource of its own is no change of the caller's.
func policies(m *cloud.Model) []service.Gain {
	gs := both(service.TouchesGuard, "changes who may use the key", "kms:PutKeyPolicy", "kms:ReplicateKey")(m)
	grants := both(service.TouchesGuard, "grants the use of the key", "kms:CreateGrant")(m)
	for i := range grants {
		grants[i].Calls[0].Context.Set("kms:GrantIsForAWSResource", "false")
	}
	return append(gs, grants...)
}

func both(touches, why string, actions ...string) func(*cloud.Model) []service.Gain {
	return func(m *cloud.Model) []service.Gain {
		var gs []service.Gain
		for _, t := range keyTypes {
			gs = append(gs, service.Change(t, "key", touches, why, actions...)(m)...)
		}
		return gs
	}
}

// trails finds what the trails and log groups of the stacks encrypt with.
func trails(m *cloud.Model) []service.Gain {
	var gs []service.Gain
	for _, at := range [...]struct{ typ, prop, what string }{
		{"AWS::CloudTrail::Trail", "KMSKeyId", "trail"}, {"AWS::Logs::LogGroup", "KmsKeyId", "log group"}, {"AWS::SNS::Topic", "KmsMasterKeyId", "topic"},
	} {
		for r := range m.OfType(at.typ) {
			a, _, ok := cloud.KeyARN(m, cloud.Text(r.Prop(at.prop)), r.Account, r.Region)
			key := m.Resource(a)
			if !ok || key == nil {
				continue
			}
			gs = append(gs, service.Gain{
				Calls:    []service.PowerCall{service.On(key, "makes the key useless", "kms:DisableKey", "kms:ScheduleKeyDeletion", "kms:PutKeyPolicy", "kms:RevokeGrant")},
				Resource: r, What: "key of " + at.what + " " + match.Render(service.Called(r)), Maybe: r.Maybe,
			})
		}
	}
	return gs
}
