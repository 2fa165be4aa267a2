package secretsmanager

import (
	"strings"
	"testing"

	"penstock/cloud"
	"penstock/iac/cfn/cfntest"
	"penstock/match"
)

func TestSecret(t *testing.T) {
	m := cfntest.Model(t, types, cfntest.Stack{Name: "app", Template: `
Resources:
  Db: {Type: AWS::SecretsManager::Secret, Properties: {Name: app/db}}
  Guard:
    Type: AWS::SecretsManager::ResourcePolicy
    Properties:
      SecretId: !Ref Db
      ResourcePolicy: {Version: "2012-10-17", Statement: [{Effect: Deny, Principal: "*", Action: "secretsmanager:DeleteSecret", Resource: "*"}]}
  ByName:
    Type: AWS::SecretsManager::ResourcePolicy
    Properties:
      SecretId: app/db
      ResourcePolicy: {Version: "2012-10-17", Statement: [{Effect: Deny, Principal: "*", Action: "secretsmanager:PutSecretValue", Resource: "*"}]}
  ByPartialARN:
    Type: AWS::SecretsManager::ResourcePolicy
    Properties:
      SecretId: arn:aws:secretsmanager:eu-west-1:111111111111:secret:app/db
      ResourcePolicy: {Version: "2012-10-17", Statement: [{Effect: Deny, Principal: "*", Action: "secretsmanager:UpdateSecret", Resource: "*"}]}
`})
	s := cfntest.Resource(t, m, "Db")
	if !strings.HasPrefix(s.ARN, "arn:aws:secretsmanager:eu-west-1:111111111111:secret:app/db-") || !match.HasHole(s.ARN) || s.Ref != s.ARN {
		t.Errorf("Ref = %q, ARN = %q", match.Render(s.Ref), match.Render(s.ARN))
	}
	if s.Encryption == nil || s.Encryption.Mode != cloud.AWSManaged || s.Encryption.Key != "alias/aws/secretsmanager" {
		t.Errorf("encryption is %+v", s.Encryption)
	}
	if len(s.Policies) != 3 {
		t.Errorf("%d policies, want 3", len(s.Policies))
	}
	for _, p := range s.Policies {
		if len(p.Policy.Maybe) > 0 {
			t.Errorf("policy of %s is not certain: %q", p.Resource.LogicalID, p.Policy.Maybe)
		}
	}
}
