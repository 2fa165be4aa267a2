package ec2

import (
	"fmt"
	"regexp"
	"slices"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc/splice"
	"penstock/match"
	"penstock/service"
)

// gateways are the services that have gateway endpoints; all others have
// interface endpoints only
// (https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html,
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-networking.html).
var gateways = []string{"s3", "dynamodb", "s3express"}

func hasGateway(svc string) bool { return slices.Contains(gateways, svc) }

// ofAWS is the name of an endpoint service of AWS's: region, and service.
var ofAWS = regexp.MustCompile(`^(?:cn\.)?com\.amazonaws\.([a-z0-9-]+)\.([a-z0-9.-]+)$`)

// noGateway finds a gateway endpoint of a service that has none, with which
// the stack cannot be made. It is what an endpoint becomes whose author left
// out VpcEndpointType: what runs in the VPC is then judged as if it were
// there
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpoint.html#cfn-ec2-vpcendpoint-vpcendpointtype).
func noGateway(m *cloud.Model, r *cloud.Resource) {
	kind, name := r.Prop("VpcEndpointType"), text(r, "ServiceName")
	if k := cloud.Text(kind); k != "" && k != "Gateway" || kind != nil && len(kind.Maybe) > 0 {
		return
	}
	svc := ofAWS.FindStringSubmatch(name)
	if match.HasHole(name) || svc == nil || svc[1] == "vpce" || hasGateway(svc[2]) {
		return
	}
	is, at := "is a gateway endpoint", r.Span
	if kind == nil {
		is = "has no VpcEndpointType, which makes it a gateway endpoint"
	} else if !kind.Span.IsZero() {
		at = kind.Span
	}
	f := diag.Finding{
		Code: "RUN064", Theorem: "runs", At: at, Severity: diag.Error, Certainty: diag.Proved,
		Message:  fmt.Sprintf("endpoint %s %s, and %s has interface endpoints only", r.ID(), is, svc[2]),
		AWSError: "Endpoint type (Gateway) does not match available service types ([Interface]). (Service: Ec2, Status Code: 400)",
	}
	if r.Prop("SubnetIds") != nil && kind == nil {
		if edits, err := splice.SetField(r.Props, "VpcEndpointType", splice.String("Interface")); err == nil {
			f.Fixes = []diag.Fix{{Message: "make " + r.LogicalID + " an interface endpoint", Edits: edits, Safe: true}}
		}
	}
	m.Findings = append(m.Findings, f)
}

var kindCode = service.Code{
	Code: "RUN064", Theorem: "runs",
	Fix:   "`VpcEndpointType: Interface`",
	Open:  "it has no subnets: which it is to be in, the author knows",
	Title: "a gateway endpoint of a service that has none",
	Doc: `
S3 and DynamoDB have gateway endpoints, which stand in route tables. All other services have interface endpoints, with
subnets, security groups and private DNS. An endpoint is a gateway unless ` + "`VpcEndpointType`" + ` says otherwise.

**What AWS shows**: CloudFormation does not make the endpoint: "Endpoint type (Gateway) does not match available service types
([Interface])".

**Remedy**: ` + "`VpcEndpointType: Interface`" + `.

**Sources**
- https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpoint.html#cfn-ec2-vpcendpoint-vpcendpointtype
- https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
`,
}
