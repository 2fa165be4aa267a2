package sqs

import (
	"testing"

	"penstock/iac/cfn/cfntest"
)

func TestQueuePolicy(t *testing.T) {
	m := cfntest.Model(t, types, cfntest.Stack{Name: "app", Template: `
Resources:
  Jobs: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}
  Dead: {Type: AWS::SQS::Queue}
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Jobs]
      PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: "sqs:SendMessage", Resource: !GetAtt Jobs.Arn}]}
`})
	if ps := cfntest.Resource(t, m, "Jobs").Policies; len(ps) != 1 || len(ps[0].Policy.Maybe) > 0 {
		t.Errorf("the queue has %+v", ps)
	}
	if ps := cfntest.Resource(t, m, "Dead").Policies; len(ps) != 0 {
		t.Errorf("another queue has %+v", ps)
	}
}
