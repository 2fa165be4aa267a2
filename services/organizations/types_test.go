package organizations

import (
	"testing"

	"penstock/iac/cfn/cfntest"
)

func TestPolicies(t *testing.T) {
	m := cfntest.Model(t, types, cfntest.Stack{Name: "mgmt", Account: "999999999999", PhysicalIDs: map[string]string{"Prod": "222222222222"}, Template: `
Parameters:
  Target: {Type: String}
Resources:
  Org: {Type: AWS::Organizations::Organization}
  Workloads: {Type: AWS::Organizations::OrganizationalUnit, Properties: {Name: workloads, ParentId: !GetAtt Org.RootId}}
  Prod: {Type: AWS::Organizations::Account, Properties: {AccountName: prod, Email: p@example.com, ParentIds: [!Ref Workloads]}}
  Root:
    Type: AWS::Organizations::Policy
    Properties:
      Name: root
      Type: SERVICE_CONTROL_POLICY
      TargetIds: [!GetAtt Org.RootId]
      Content: {Version: "2012-10-17", Statement: [{Effect: Deny, Action: "iam:CreateUser", Resource: "*"}]}
  Unit:
    Type: AWS::Organizations::Policy
    Properties:
      Name: unit
      Type: RESOURCE_CONTROL_POLICY
      TargetIds: [!Ref Workloads, "333333333333"]
      Content: '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteBucket", "Resource": "*"}]}'
  Open:
    Type: AWS::Organizations::Policy
    Properties:
      Name: open
      Type: SERVICE_CONTROL_POLICY
      TargetIds: [!Ref Target]
      Content: {Version: "2012-10-17", Statement: [{Effect: Deny, Action: "*", Resource: "*"}]}
  Tags:
    Type: AWS::Organizations::Policy
    Properties: {Name: tags, Type: TAG_POLICY, TargetIds: ["333333333333"], Content: {}}
`})
	o := m.Org
	if o == nil || o.Management != "999999999999" {
		t.Fatalf("organization is %+v", o)
	}
	levels, in := o.Levels("222222222222", o.SCPs)
	if !in || len(levels) != 3 || len(levels[0]) != 2 {
		t.Fatalf("SCPs of the account by level: %+v", levels)
	}
	if root, open := levels[0][0], levels[0][1]; root.Name != "root" || len(root.Policy.Maybe) != 0 || open.Name != "open" || len(open.Policy.Maybe) == 0 {
		t.Errorf("at the root: %q %v, %q %v", root.Name, root.Policy.Maybe, open.Name, open.Policy.Maybe)
	}
	levels, _ = o.Levels("222222222222", o.RCPs)
	if len(levels) != 3 || len(levels[1]) != 1 || levels[1][0].Policy.Statements[0].Actions[0].Text != "s3:DeleteBucket" {
		t.Errorf("RCPs of the account by level: %+v", levels)
	}
	if len(o.RCPs["333333333333"]) != 1 || len(o.SCPs["333333333333"]) != 0 {
		t.Errorf("the account by id has %+v and %+v", o.RCPs["333333333333"], o.SCPs["333333333333"])
	}
	if _, in := o.Levels("999999999999", o.SCPs); in {
		t.Error("the management account is limited")
	}
	if len(m.Assumptions) != 1 {
		t.Errorf("assumptions: %q", m.Assumptions)
	}
}
