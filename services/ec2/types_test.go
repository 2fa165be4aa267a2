package ec2

import (
	"testing"

	"penstock/iac/cfn/cfntest"
	"penstock/iam"
)

func TestEndpointPolicy(t *testing.T) {
	m := cfntest.Model(t, types, cfntest.Stack{Name: "net", Template: `
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Open: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.eu-west-1.s3}}
  Tight:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      ServiceName: com.amazonaws.eu-west-1.s3
      PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: "*"}]}
`})
	for id, action := range map[string]string{"Open": "*", "Tight": "s3:GetObject"} {
		ps := cfntest.Resource(t, m, id).Policies
		if len(ps) != 1 || ps[0].Policy.Kind != iam.Endpoint || ps[0].Policy.Statements[0].Actions[0].Text != action {
			t.Errorf("%s: policies are %+v", id, ps)
		}
	}
}
