package ecr

import (
	"testing"

	"penstock/cloud"
	"penstock/iac/cfn/cfntest"
)

func TestRepository(t *testing.T) {
	m := cfntest.Model(t, types, cfntest.Stack{Name: "app", Template: `
Resources:
  Plain: {Type: AWS::ECR::Repository, Properties: {RepositoryName: app}}
  Kms:
    Type: AWS::ECR::Repository
    Properties:
      RepositoryName: app2
      EncryptionConfiguration: {EncryptionType: KMS}
      RepositoryPolicyText: {Version: "2012-10-17", Statement: [{Sid: pull, Effect: Allow, Principal: {AWS: "arn:aws:iam::222222222222:root"}, Action: ["ecr:BatchGetImage"]}]}
Outputs:
  Uri: {Value: !GetAtt Plain.RepositoryUri}
`})
	plain, kms := cfntest.Resource(t, m, "Plain"), cfntest.Resource(t, m, "Kms")
	if plain.Encryption.Mode != cloud.AWSOwned || kms.Encryption.Mode != cloud.AWSManaged || kms.Encryption.Key != "alias/aws/ecr" {
		t.Errorf("encryption is %+v and %+v", plain.Encryption, kms.Encryption)
	}
	// A repository policy has no Resource element.
	if len(kms.Policies) != 1 || kms.Policies[0].Policy.Broken != "" {
		t.Errorf("policies are %+v", kms.Policies)
	}
	if want := "arn:aws:ecr:eu-west-1:111111111111:repository/app"; plain.ARN != want {
		t.Errorf("ARN = %q, want %q", plain.ARN, want)
	}
}
