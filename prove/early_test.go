package prove_test

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"penstock/diag"
	"penstock/internal/provetest"
	"penstock/prove"
)

const circle = `
-- penstock.stacks.yaml --
stacks:
  - {name: tools, template: tools.yaml, account: "111111111111", region: eu-west-1}
  - {name: prod, template: prod.yaml, account: "222222222222", region: eu-west-1}
-- tools.yaml --
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}, Action: "kms:*", Resource: "*"}
          - {Effect: Allow, Principal: {AWS: "PROD"}, Action: "kms:Decrypt", Resource: "*", Condition: {ArnEquals: {"aws:PrincipalArn": "arn:aws:iam::222222222222:role/deploy"}}}
  Pipe:
    Type: AWS::IAM::Role
    Properties:
      RoleName: pipe
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: codepipeline.amazonaws.com}, Action: "sts:AssumeRole"}]}
-- prod.yaml --
Resources:
  Deploy:
    Type: AWS::IAM::Role
    Properties:
      RoleName: deploy
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: "arn:aws:iam::111111111111:role/pipe"}, Action: "sts:AssumeRole"}]}
`

// TestCircle: stacks of two accounts that name each other's roles cannot be
// deployed one after the other; with the account named in one of them, they
// can. That is told, and is no failure: they may be there already.
func TestCircle(t *testing.T) {
	for who, want := range map[string]int{
		"arn:aws:iam::222222222222:role/deploy": 1,
		"arn:aws:iam::222222222222:root":        0,
		"222222222222":                          0,
	} {
		w := provetest.Archive(t, txtar.Parse([]byte(strings.ReplaceAll(circle, "PROD", who))))
		n := 0
		for _, f := range prove.Prove(w.Models, w.Options()).Findings {
			if f.Code == "RUN123" {
				n++
				if f.Severity != diag.Info || !strings.Contains(f.Message, "wait for each other") {
					t.Errorf("%s: %s %s", who, f.Severity, f.Message)
				}
			}
		}
		if n != want {
			t.Errorf("%s: %d findings, want %d", who, n, want)
		}
	}
}
