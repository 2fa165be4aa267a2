package kms

import (
	"testing"

	"penstock/iac/cfn/cfntest"
	"penstock/iam"
)

func TestKeyPolicy(t *testing.T) {
	m := cfntest.Model(t, types, cfntest.Stack{Name: "tools", PhysicalIDs: map[string]string{"Known": "1234abcd-12ab-34cd-56ef-1234567890ab"}, Template: `
Resources:
  Bare: {Type: AWS::KMS::Key, Properties: {EnableKeyRotation: true}}
  Known:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {AWS: "arn:aws:iam::111111111111:role/build"}, Action: "kms:Decrypt", Resource: "*"}]
  Alias: {Type: AWS::KMS::Alias, Properties: {AliasName: alias/artifacts, TargetKeyId: !GetAtt Known.Arn}}
`})
	bare := cfntest.Resource(t, m, "Bare")
	if len(bare.Policies) != 1 {
		t.Fatalf("%d policies on a key without one, want the default", len(bare.Policies))
	}
	s := bare.Policies[0].Policy.Statements[0]
	if s.Effect != iam.Allow || s.Principals[0].Text != "arn:aws:iam::111111111111:root" || s.Actions[0].Text != "kms:*" {
		t.Errorf("the default key policy is %+v", s)
	}
	known := cfntest.Resource(t, m, "Known")
	if want := "arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"; known.ARN != want {
		t.Errorf("ARN = %q, want %q", known.ARN, want)
	}
	if len(known.Policies) != 1 || known.Policies[0].Policy.Kind != iam.Resource || known.Policies[0].Node == nil {
		t.Errorf("policies are %+v", known.Policies)
	}
	if alias := cfntest.Resource(t, m, "Alias"); alias.Ref != "alias/artifacts" || alias.ARN != "arn:aws:kms:eu-west-1:111111111111:alias/artifacts" {
		t.Errorf("alias is %q, %q", alias.Ref, alias.ARN)
	}
}
