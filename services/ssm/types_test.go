package ssm

import (
	"testing"

	"penstock/iac/cfn/cfntest"
)

func TestParameterARN(t *testing.T) {
	m := cfntest.Model(t, types, cfntest.Stack{Name: "app", Template: `
Resources:
  Slash: {Type: AWS::SSM::Parameter, Properties: {Name: /app/db, Type: String, Value: x}}
  Plain: {Type: AWS::SSM::Parameter, Properties: {Name: db, Type: String, Value: x, Tags: {team: ci}}}
`})
	for id, want := range map[string]string{
		"Slash": "arn:aws:ssm:eu-west-1:111111111111:parameter/app/db",
		"Plain": "arn:aws:ssm:eu-west-1:111111111111:parameter/db",
	} {
		if got := cfntest.Resource(t, m, id).ARN; got != want {
			t.Errorf("%s: ARN = %q, want %q", id, got, want)
		}
	}
	if tags := cfntest.Resource(t, m, "Plain").Tags; tags["team"] != "ci" {
		t.Errorf("tags are %v", tags)
	}
}
