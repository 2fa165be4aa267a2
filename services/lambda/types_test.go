package lambda

import (
	"testing"

	"penstock/iac/cfn/cfntest"
	"penstock/iam"
)

func TestPermission(t *testing.T) {
	m := cfntest.Model(t, types, cfntest.Stack{Name: "app", Template: `
Resources:
  Hook: {Type: AWS::Lambda::Function, Properties: {FunctionName: hook, Role: "arn:aws:iam::111111111111:role/hook", Code: {}}}
  Other: {Type: AWS::Lambda::Function, Properties: {FunctionName: other, Role: "arn:aws:iam::111111111111:role/hook", Code: {}}}
  Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !GetAtt Hook.Arn, FunctionVersion: "1", Name: live}}
  ByRef:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref Hook, Action: "lambda:InvokeFunction", Principal: events.amazonaws.com, SourceArn: "arn:aws:events:eu-west-1:111111111111:rule/r"}
  ByARN:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !GetAtt Hook.Arn, Action: "lambda:InvokeFunction", Principal: "222222222222"}
  OfAlias:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref Live, Action: "lambda:InvokeFunction", Principal: "*", PrincipalOrgID: o-abc}
`})
	hook, other := cfntest.Resource(t, m, "Hook"), cfntest.Resource(t, m, "Other")
	if len(other.Policies) != 0 {
		t.Errorf("another function has %+v", other.Policies)
	}
	if len(hook.Policies) != 3 {
		t.Fatalf("%d statements, want 3", len(hook.Policies))
	}
	for i, want := range []struct {
		typ                 iam.PrincipalType
		principal, resource string
		conditions          int
	}{
		{iam.PrincipalService, "events.amazonaws.com", hook.ARN, 1},
		{iam.PrincipalAWS, "arn:aws:iam::222222222222:root", hook.ARN, 0},
		{iam.PrincipalAll, "*", hook.ARN + ":live", 1},
	} {
		s := hook.Policies[i].Policy.Statements[0]
		if p := s.Principals[0]; p.Type != want.typ || p.Text != want.principal || s.Resources[0].Text != want.resource || len(s.Conditions) != want.conditions {
			t.Errorf("statement %d is %+v, want %+v", i, s, want)
		}
	}
}
