package logs

import (
	"testing"

	"penstock/iac/cfn/cfntest"
)

func TestLogGroup(t *testing.T) {
	m := cfntest.Model(t, types, cfntest.Stack{Name: "tools", Template: `
Resources:
  Group: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /aws/codebuild/app}}
  Policy:
    Type: AWS::Logs::ResourcePolicy
    Properties:
      PolicyName: events
      PolicyDocument: !Sub '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "logs:PutLogEvents", "Resource": "${Group.Arn}"}]}'
`})
	g := cfntest.Resource(t, m, "Group")
	if want := "arn:aws:logs:eu-west-1:111111111111:log-group:/aws/codebuild/app"; g.ARN != want {
		t.Errorf("ARN = %q, want %q", g.ARN, want)
	}
	if len(g.Policies) != 1 {
		t.Fatalf("%d policies, want 1", len(g.Policies))
	}
	p := g.Policies[0].Policy
	if p.Broken != "" || len(p.Statements) != 1 || p.Statements[0].Resources[0].Text != g.ARN+":*" {
		t.Errorf("the policy in a string is %+v", p)
	}
}
