package sns

import (
	"testing"

	"penstock/cloud"
	"penstock/iac/cfn/cfntest"
)

func TestTopic(t *testing.T) {
	m := cfntest.Model(t, types, cfntest.Stack{Name: "tools", Template: `
Resources:
  Quiet: {Type: AWS::SNS::Topic, Properties: {TopicName: quiet}}
  Alerts: {Type: AWS::SNS::Topic, Properties: {TopicName: alerts, KmsMasterKeyId: alias/aws/sns}}
  Policy:
    Type: AWS::SNS::TopicPolicy
    Properties:
      Topics: [!Ref Alerts]
      PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: events.amazonaws.com}, Action: "sns:Publish", Resource: !Ref Alerts}]}
  Sub: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Alerts, Protocol: email, Endpoint: a@example.com}}
`})
	quiet, alerts := cfntest.Resource(t, m, "Quiet"), cfntest.Resource(t, m, "Alerts")
	if len(quiet.Policies) != 1 || quiet.Policies[0].Name != defaultName || quiet.Encryption.Mode != cloud.AWSOwned {
		t.Errorf("a topic without policy has %+v, %+v", quiet.Policies, quiet.Encryption)
	}
	if len(alerts.Policies) != 1 || alerts.Policies[0].Name != "the topic policy" {
		t.Errorf("a topic policy does not replace the default: %+v", alerts.Policies)
	}
	if e := alerts.Encryption; e.Mode != cloud.AWSManaged || e.Key != "alias/aws/sns" {
		t.Errorf("encryption is %+v", e)
	}
	if alerts.Ref != "arn:aws:sns:eu-west-1:111111111111:alerts" {
		t.Errorf("Ref = %q", alerts.Ref)
	}
}
