package secretsmanager

import (
	"strings"
	"testing"

	"penstock/cloud"
	"penstock/iac/cfn/cfntest"
	"penstock/match"
)

func TestSecret(t *testing.T) {
	const doc = `{Version: "2012-10-17", Statement: [{Effect: Deny, Principal: "*", Action: "secretsmanager:DeleteSecret", Resource: "*"}]}`
	m := cfntest.Model(t, types, cfntest.Stack{Name: "app", Template: `
Resources:
  Db: {Type: AWS::SecretsManager::Secret, Properties: {Name: app/db}}
  Named: {Type: AWS::SecretsManager::Secret, Properties: {Name: app/named}}
  Partial: {Type: AWS::SecretsManager::Secret, Properties: {Name: app/partial}}
  Twice: {Type: AWS::SecretsManager::Secret, Properties: {Name: app/twice}}
  ByRef: {Type: AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: !Ref Db, ResourcePolicy: ` + doc + `}}
  ByName: {Type: AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: app/named, ResourcePolicy: ` + doc + `}}
  ByPartialARN: {Type: AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:app/partial", ResourcePolicy: ` + doc + `}}
  First: {Type: AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: !Ref Twice, ResourcePolicy: ` + doc + `}}
  Second: {Type: AWS::SecretsManager::ResourcePolicy, Properties: {SecretId: app/twice, ResourcePolicy: ` + doc + `}}
`})
	s := cfntest.Resource(t, m, "Db")
	if !strings.HasPrefix(s.ARN, "arn:aws:secretsmanager:eu-west-1:111111111111:secret:app/db-") || !match.HasHole(s.ARN) || s.Ref != s.ARN {
		t.Errorf("Ref = %q, ARN = %q", match.Render(s.Ref), match.Render(s.ARN))
	}
	if s.Encryption == nil || s.Encryption.Mode != cloud.AWSManaged || s.Encryption.Key != "alias/aws/secretsmanager" {
		t.Errorf("encryption is %+v", s.Encryption)
	}
	for _, c := range []struct {
		id    string
		n     int
		maybe bool
	}{{"Db", 1, false}, {"Named", 1, false}, {"Partial", 1, false}, {"Twice", 2, true}} {
		ps := cfntest.Resource(t, m, c.id).Policies
		if len(ps) != c.n {
			t.Errorf("%s: %d policies, want %d", c.id, len(ps), c.n)
		}
		for _, p := range ps {
			if maybe := len(p.Policy.Maybe) > 0; maybe != c.maybe {
				t.Errorf("%s: the policy of %s is open for %q", c.id, p.Resource.LogicalID, p.Policy.Maybe)
			}
		}
	}
}
