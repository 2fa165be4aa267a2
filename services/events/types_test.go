package events

import (
	"testing"

	"penstock/iac/cfn/cfntest"
)

func TestRuleARN(t *testing.T) {
	m := cfntest.Model(t, types, cfntest.Stack{Name: "app", Template: `
Resources:
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: orders}}
  OnDefault: {Type: AWS::Events::Rule, Properties: {Name: r, EventPattern: {}}}
  OnBus: {Type: AWS::Events::Rule, Properties: {Name: r, EventBusName: !Ref Bus, EventPattern: {}}}
  OnBusARN: {Type: AWS::Events::Rule, Properties: {Name: s, EventBusName: !GetAtt Bus.Arn, EventPattern: {}}}
`})
	for id, want := range map[string]string{
		"OnDefault": "arn:aws:events:eu-west-1:111111111111:rule/r",
		"OnBus":     "arn:aws:events:eu-west-1:111111111111:rule/orders/r",
		"OnBusARN":  "arn:aws:events:eu-west-1:111111111111:rule/orders/s",
	} {
		if got := cfntest.Resource(t, m, id).ARN; got != want {
			t.Errorf("%s: ARN = %q, want %q", id, got, want)
		}
	}
	if got := cfntest.Resource(t, m, "OnBus").Ref; got != "orders|r" {
		t.Errorf("Ref of a rule on a bus = %q, want orders|r", got)
	}
	if got := cfntest.Resource(t, m, "OnDefault").Ref; got != "r" {
		t.Errorf("Ref of a rule on the default bus = %q, want r", got)
	}
}

func TestBusPolicy(t *testing.T) {
	m := cfntest.Model(t, types, cfntest.Stack{Name: "app", Template: `
Resources:
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: orders}}
  Simple: {Type: AWS::Events::EventBusPolicy, Properties: {StatementId: a, Action: "events:PutEvents", Principal: "222222222222"}}
  Org: {Type: AWS::Events::EventBusPolicy, Properties: {StatementId: b, Action: "events:PutEvents", Principal: "*", Condition: {Type: StringEquals, Key: "aws:PrincipalOrgID", Value: o-abc}}}
  Full:
    Type: AWS::Events::EventBusPolicy
    Properties:
      EventBusName: !Ref Bus
      StatementId: c
      Statement: {Effect: Allow, Principal: {AWS: "arn:aws:iam::222222222222:root"}, Action: "events:PutEvents", Resource: !GetAtt Bus.Arn}
`})
	bus := cfntest.Resource(t, m, "Bus")
	if len(bus.Policies) != 1 || bus.Policies[0].Policy.Broken != "" {
		t.Errorf("the bus has %+v", bus.Policies)
	}
	d := m.Resource("arn:aws:events:eu-west-1:111111111111:event-bus/default")
	if d == nil || len(d.Policies) != 2 {
		t.Fatalf("the default bus is %+v", d)
	}
	for i, want := range []struct {
		principal  string
		conditions int
	}{{"arn:aws:iam::222222222222:root", 0}, {"*", 1}} {
		s := d.Policies[i].Policy.Statements[0]
		if s.Principals[0].Text != want.principal || len(s.Conditions) != want.conditions {
			t.Errorf("statement %d is %+v", i, s)
		}
	}
}
