package ec2

import "penstock/service"

const (
	pageEndpoints = "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html"
	pageGateways  = "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html"
	pageBuilds    = "https://docs.aws.amazon.com/codebuild/latest/userguide/vpc-support.html"
	pageECR       = "https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html"

	shown = `
**What AWS shows**: nothing about the network, but what the caller says when nobody answers: CodeBuild
` + "`CLIENT_ERROR: CannotPullContainerError: failed to resolve reference`" + ` or ` + "`dial tcp …:443: i/o timeout`" + `, or a build that hangs
without a log; ECS ` + "`ResourceInitializationError: unable to pull secrets or registry auth`" + `.
`
)

var codes = []service.Code{
	{
		Code: "RUN040", Theorem: "runs",
		Fix:  "a route to the NAT gateway that the VPC has, else an endpoint for each service, else a NAT gateway",
		Open: "hosts on the internet, and no public subnet for a NAT gateway",

		Title: "what runs in a VPC has no way out of its subnet",
		Doc: `
A build, a task or a function in a VPC makes its calls through its network interface. The route table of its subnet
leads neither to the internet nor to an endpoint of the service that it calls. No policy has to do with it.

A build in a VPC does not need everything: CodeBuild itself pulls the image that the build runs in, outside the VPC
(` + "`aws/codebuild/…`" + ` and your own), and makes the network interface. What goes through the VPC is the source, the
artifacts, the log, the variables from Secrets Manager and Parameter Store, and all that the commands do, so that a
` + "`docker pull`" + ` from ECR needs ` + "`ecr.api`, `ecr.dkr`" + ` and, for the layers, ` + "`s3`" + `. The endpoint ` + "`codebuild`" + ` is for those who
call CodeBuild; the build does not need it.
` + shown + `
**Remedy**: a default route to a NAT gateway that stands in a public subnet, or an endpoint for each service: of type
Gateway for S3 and DynamoDB, in the route table of the subnet, of type Interface with private DNS for the others.

**Sources**
- ` + pageBuilds + `
- https://docs.aws.amazon.com/codebuild/latest/userguide/use-vpc-endpoints-with-codebuild.html
- ` + pageECR + `
- https://github.com/aws/containers-roadmap/issues/2576 (the image of the build is pulled outside the VPC)
- https://github.com/CloudSnorkel/cdk-github-runners/pull/558 (a build that cannot reach CloudWatch hangs)
`,
	},
	{
		Code: "RUN041", Theorem: "runs",
		Fix:  "an endpoint for each service, with a security group that lets the caller in",
		Open: "the main route table, which no template names, would need a gateway endpoint",

		Title: "the VPC has endpoints, but not for this service",
		Doc: `
The subnet has no route to the internet, and among the endpoints of the VPC there is none for a service that is called,
or it is in no subnet. Often forgotten: ECR has two, ` + "`ecr.api`" + ` for the password and ` + "`ecr.dkr`" + ` for the images, and keeps the
layers in S3; the log needs ` + "`logs`" + `; ` + "`sts`" + ` is needed where a command assumes a role.

That an endpoint is not in the subnet of the caller, nor in its zone, is no error: it serves the whole VPC.
` + shown + `
**Remedy**: the endpoint that the finding names, or a NAT gateway.

**Sources**
- ` + pageECR + `
- ` + pageEndpoints + `
`,
	},
	{
		Code: "RUN042", Theorem: "runs",
		Fix:  "`PrivateDnsEnabled`, and what the VPC needs for it",
		Open: "the VPC is in no stack",

		Title: "the endpoint has no private DNS",
		Doc: `
Without private DNS the name of the service (` + "`logs.eu-west-1.amazonaws.com`" + `) leads to its public address, and nothing
uses the endpoint. CloudFormation leaves it off unless ` + "`PrivateDnsEnabled: true`" + ` is written. The VPC must have both
` + "`EnableDnsSupport`" + ` (on unless set) and ` + "`EnableDnsHostnames`" + ` (off unless set).

**What AWS shows**: timeouts, as without the endpoint; or, when the stack is made, "Enabling private DNS requires both
enableDnsSupport and enableDnsHostnames VPC attributes set to true".

**Remedy**: the three attributes.

**Sources**
- https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpoint.html#cfn-ec2-vpcendpoint-privatednsenabled
- https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html
`,
	},
	{
		Code: "RUN043", Theorem: "runs",
		Fix:  "a rule for the caller's security group, or for its subnet",
		Open: "the security group of the endpoint is in no stack",

		Title: "the security group of the endpoint refuses the caller",
		Doc: `
An interface endpoint has network interfaces with security groups. They must let in TCP port 443 from the caller: from
its security group, or from the addresses of its subnet. An endpoint that names no group has the default group of the
VPC, which lets in only members of that same group.

A NAT gateway does not help: with private DNS the name of the service leads to the endpoint in the whole VPC.
` + shown + `
**Remedy**: an ingress rule for TCP 443 with the security group of the caller as its source.

**Sources**
- ` + pageEndpoints + `
- https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
`,
	},
	{
		Code: "RUN044", Theorem: "runs",
		Fix:  "a rule for port 443, to the security groups of the endpoints alone where that is enough",
		Open: "the security groups are in no stack",

		Title: "the caller's own security groups let nothing out",
		Doc: `
A security group without egress rules lets everything out; as soon as a template writes one, only what it writes. TCP
port 443 must be let out: to the security group or the addresses of an interface endpoint, to 0.0.0.0/0 or the prefix
list of the service for a gateway endpoint (its addresses are public), to 0.0.0.0/0 for a NAT gateway.
` + shown + `
**Remedy**: an egress rule for TCP 443.

**Sources**
- https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
- https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html#gateway-endpoint-security
- https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
`,
	},
	{
		Code: "RUN045", Theorem: "runs",
		Fix:  "a statement that lets the layers be read",
		Open: "the policy is none that can be added to",

		Title: "the policy of the S3 endpoint keeps the layers of images away",
		Doc: `
ECR keeps the layers of images in a bucket of its own, ` + "`prod-<region>-starport-layer-bucket`" + `, and whoever pulls an image
downloads them from there. An endpoint policy that names only one's own buckets refuses that, though the role has every
permission and the endpoint is the right one.

**What AWS shows**: the pull fails while it downloads, with 403 Forbidden.

**Remedy**: ` + "`s3:GetObject` on `arn:aws:s3:::prod-<region>-starport-layer-bucket/*`" + ` in the policy of the S3 endpoint.

**Sources**
- ` + pageECR + `#ecr-minimum-s3-perms
`,
	},
	{
		Code: "RUN046", Theorem: "runs",
		Fix:  "the service name of this region",
		Open: "the call goes to another region",

		Title: "the endpoint is for another region",
		Doc: `
An endpoint serves one region, and the call goes to another: the name of the service in ` + "`ServiceName`" + ` has the wrong
region, or the bucket, key or repository is in another one.

**What AWS shows**: "The Vpc Endpoint Service '…' does not exist" when the stack is made, or timeouts.

**Remedy**: ` + "`com.amazonaws.${AWS::Region}.<service>`" + `, or a NAT gateway for calls to another region.

**Sources**
- https://docs.aws.amazon.com/codebuild/latest/userguide/use-vpc-endpoints-with-codebuild.html ("VPC endpoints currently
  do not support cross-Region requests")
`,
	},
	{
		Code: "RUN047", Theorem: "runs",
		Fix:  "a public address, where it may have one, else endpoints",
		Open: "a build or a function has none, and hosts on the internet need a NAT gateway",

		Title: "an internet gateway is no way out without a public address",
		Doc: `
The subnet's default route leads to an internet gateway, which serves only network interfaces with a public address.
CodeBuild and Lambda never give one to what runs in a VPC, whatever the subnet says; a Fargate task has one only with
` + "`AssignPublicIp: ENABLED`" + `.
` + shown + `
**Remedy**: a private subnet whose default route leads to a NAT gateway; for Fargate ` + "`AssignPublicIp: ENABLED`" + ` does too.

**Sources**
- ` + pageBuilds + ` ("Use a NAT gateway … CodeBuild does not assign elastic or public IP addresses")
- https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html
- https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
`,
	},
	{
		Code: "RUN048", Theorem: "runs",
		Fix:  "rules for port 443 and the answers, before all others",
		Open: "the first rule has the smallest number that there is",

		Title: "a network ACL refuses the traffic",
		Doc: `
A network ACL is not stateful: it must let TCP port 443 out, and the answer in, at the port that the caller happened to
take (1024 to 65535). A new ACL of one's own refuses all that no rule of it allows.
` + shown + `
**Remedy**: both rules, in the ACL of the subnet, and of the subnet of the endpoint where that is another one.

**Sources**
- https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
`,
	},
	{
		Code: "RUN049", Theorem: "runs",
		Fix:  "the route table of the subnet in `RouteTableIds`",
		Open: "the subnet uses the main route table, which no template names",

		Title: "the gateway endpoint is not in the route table of the subnet",
		Doc: `
A gateway endpoint (S3, DynamoDB) works by routes: it is the way only for subnets whose route table it names in
` + "`RouteTableIds`" + `.
` + shown + `
**Remedy**: the route table of the subnet in ` + "`RouteTableIds`" + `.

**Sources**
- ` + pageGateways + `#gateway-endpoint-routing
`,
	},
}
