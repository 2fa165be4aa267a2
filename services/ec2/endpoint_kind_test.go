package ec2

import (
	"fmt"
	"testing"

	"penstock/iac/cfn/cfntest"
)

// TestNoGateway: which endpoints cannot be gateways.
func TestNoGateway(t *testing.T) {
	for _, tt := range []struct {
		props string
		found bool
		fixed bool
	}{
		{`ServiceName: com.amazonaws.eu-west-1.logs, SubnetIds: [subnet-1]`, true, true},
		{`ServiceName: !Sub "com.amazonaws.${AWS::Region}.ecr.api"`, true, false}, // more is missing than the kind
		{`ServiceName: com.amazonaws.eu-west-1.logs, VpcEndpointType: Gateway`, true, false},
		{`ServiceName: com.amazonaws.eu-west-1.logs, VpcEndpointType: Interface`, false, false},
		{`ServiceName: com.amazonaws.eu-west-1.logs, VpcEndpointType: !Ref Kind`, false, false},
		{`ServiceName: com.amazonaws.eu-west-1.s3`, false, false},
		{`ServiceName: com.amazonaws.eu-west-1.dynamodb, VpcEndpointType: Gateway`, false, false},
		{`ServiceName: com.amazonaws.vpce.eu-west-1.vpce-svc-1`, false, false},
		{`ServiceName: !Ref Kind`, false, false},
	} {
		m := cfntest.Model(t, testTypes(), cfntest.Stack{Name: "net", Template: fmt.Sprintf(`
Parameters: {Kind: {Type: String}}
Resources:
  E:
    Type: AWS::EC2::VPCEndpoint
    Properties: {VpcId: vpc-1, %s}
`, tt.props)})
		found, fixed := false, false
		for _, f := range m.Findings {
			found = found || f.Code == "RUN064"
			fixed = fixed || f.Code == "RUN064" && len(f.Fixes) > 0
		}
		if found != tt.found || fixed != tt.fixed {
			t.Errorf("%s: found %v, fix %v, want %v, %v", tt.props, found, fixed, tt.found, tt.fixed)
		}
	}
}
