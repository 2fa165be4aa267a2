package ec2

import (
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/service"
)

// page is where AWS describes its CloudFormation types; a type's page follows.
const page = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-"

const endpointType = "AWS::EC2::VPCEndpoint"

// types are the resources of EC2 and VPC that a pipeline's network is made
// of. Ids have the prefix that EC2 gives them
// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html).
var types = []service.Type{
	{
		Name: "AWS::EC2::VPC", Source: page + "vpc.html",
		Ref:   "vpc-${Hole:Id}",
		ARN:   "arn:${Partition}:ec2:${Region}:${Account}:vpc/${Ref}",
		Attrs: map[string]string{"VpcId": "${Ref}", "CidrBlock": "${Prop:CidrBlock}", "DefaultSecurityGroup": "sg-${Hole:DefaultSecurityGroup}"},
		Props: []string{
			"CidrBlock", "EnableDnsHostnames", "EnableDnsSupport", "InstanceTenancy", "Ipv4IpamPoolId",
			"Ipv4NetmaskLength", "Tags", "VpcEncryptionControl",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::EC2::Subnet", Source: page + "subnet.html",
		Ref:   "subnet-${Hole:Id}",
		ARN:   "arn:${Partition}:ec2:${Region}:${Account}:subnet/${Ref}",
		Attrs: map[string]string{"SubnetId": "${Ref}", "VpcId": "${Prop:VpcId}", "CidrBlock": "${Prop:CidrBlock}"},
		Props: []string{
			"AssignIpv6AddressOnCreation", "AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "EnableDns64",
			"EnableLniAtDeviceIndex", "Ipv4IpamPoolId", "Ipv4NetmaskLength", "Ipv6CidrBlock", "Ipv6IpamPoolId",
			"Ipv6Native", "Ipv6NetmaskLength", "MapPublicIpOnLaunch", "OutpostArn", "PrivateDnsNameOptionsOnLaunch",
			"Tags", "VpcId",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::EC2::SecurityGroup", Source: page + "securitygroup.html",
		NameProp: "GroupName",
		Ref:      "sg-${Hole:Id}",
		ARN:      "arn:${Partition}:ec2:${Region}:${Account}:security-group/${Ref}",
		Attrs:    map[string]string{"GroupId": "${Ref}", "Id": "${Ref}", "VpcId": "${Prop:VpcId}"},
		Props: []string{
			"GroupDescription", "GroupName", "SecurityGroupEgress", "SecurityGroupIngress", "Tags", "VpcId",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::EC2::RouteTable", Source: page + "routetable.html",
		Ref:   "rtb-${Hole:Id}",
		ARN:   "arn:${Partition}:ec2:${Region}:${Account}:route-table/${Ref}",
		Attrs: map[string]string{"RouteTableId": "${Ref}"},
		Props: []string{
			"Tags", "VpcId",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::EC2::InternetGateway", Source: page + "internetgateway.html",
		Ref:   "igw-${Hole:Id}",
		ARN:   "arn:${Partition}:ec2:${Region}:${Account}:internet-gateway/${Ref}",
		Attrs: map[string]string{"InternetGatewayId": "${Ref}"},
		Props: []string{
			"Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::EC2::EgressOnlyInternetGateway", Source: page + "egressonlyinternetgateway.html",
		Ref:   "eigw-${Hole:Id}",
		ARN:   "arn:${Partition}:ec2:${Region}:${Account}:egress-only-internet-gateway/${Ref}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"Tags", "VpcId",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::EC2::NatGateway", Source: page + "natgateway.html",
		Ref:   "nat-${Hole:Id}",
		ARN:   "arn:${Partition}:ec2:${Region}:${Account}:natgateway/${Ref}",
		Attrs: map[string]string{"NatGatewayId": "${Ref}"},
		Props: []string{
			"AllocationId", "AvailabilityMode", "AvailabilityZoneAddresses", "ConnectivityType",
			"MaxDrainDurationSeconds", "PrivateIpAddress", "SecondaryAllocationIds",
			"SecondaryPrivateIpAddressCount", "SecondaryPrivateIpAddresses", "SubnetId", "Tags", "VpcId",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: endpointType, Source: page + "vpcendpoint.html",
		Ref:   "vpce-${Hole:Id}",
		ARN:   "arn:${Partition}:ec2:${Region}:${Account}:vpc-endpoint/${Ref}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"DnsOptions", "IpAddressType", "PolicyDocument", "PrivateDnsEnabled", "ResourceConfigurationArn",
			"RouteTableIds", "SecurityGroupIds", "ServiceName", "ServiceNetworkArn", "ServiceRegion", "SubnetIds",
			"Tags", "VpcEndpointType", "VpcId",
		},
		Declare: declareEndpoint,
	},
	{
		Name: "AWS::EC2::NetworkAcl", Source: page + "networkacl.html",
		Ref:   "acl-${Hole:Id}",
		ARN:   "arn:${Partition}:ec2:${Region}:${Account}:network-acl/${Ref}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"Tags", "VpcId",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::EC2::FlowLog", Source: page + "flowlog.html",
		ARNs:  []string{"DeliverLogsPermissionArn", "LogDestination"},
		Ref:   "fl-${Hole:Id}",
		ARN:   "arn:${Partition}:ec2:${Region}:${Account}:vpc-flow-log/${Ref}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"DeliverCrossAccountRole", "DeliverLogsPermissionArn", "DestinationOptions", "LogDestination",
			"LogDestinationType", "LogFormat", "LogGroupName", "MaxAggregationInterval", "ResourceId",
			"ResourceType", "TagFieldSpecifications", "Tags", "TrafficType",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::EC2::Instance", Source: page + "instance.html",
		Ref:   "i-${Hole:Id}",
		ARN:   "arn:${Partition}:ec2:${Region}:${Account}:instance/${Ref}",
		Attrs: map[string]string{"InstanceId": "${Ref}"},
		Props: []string{
			"AdditionalInfo", "Affinity", "AvailabilityZone", "BlockDeviceMappings", "CpuOptions",
			"CreditSpecification", "DisableApiTermination", "EbsOptimized", "ElasticGpuSpecifications",
			"ElasticInferenceAccelerators", "EnclaveOptions", "HibernationOptions", "HostId", "HostResourceGroupArn",
			"IamInstanceProfile", "ImageId", "InstanceInitiatedShutdownBehavior", "InstanceType", "Ipv6AddressCount",
			"Ipv6Addresses", "KernelId", "KeyName", "LaunchTemplate", "LicenseSpecifications", "MetadataOptions",
			"Monitoring", "NetworkInterfaces", "PlacementGroupName", "PrivateDnsNameOptions", "PrivateIpAddress",
			"PropagateTagsToVolumeOnCreation", "RamdiskId", "SecurityGroupIds", "SecurityGroups", "SourceDestCheck",
			"SsmAssociations", "SubnetId", "Tags", "Tenancy", "UserData", "Volumes",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::EC2::LaunchTemplate", Source: page + "launchtemplate.html",
		NameProp: "LaunchTemplateName",
		Ref:      "lt-${Hole:Id}",
		ARN:      "arn:${Partition}:ec2:${Region}:${Account}:launch-template/${Ref}",
		Attrs:    map[string]string{"LaunchTemplateId": "${Ref}"},
		Props: []string{
			"LaunchTemplateData", "LaunchTemplateName", "TagSpecifications", "VersionDescription",
		},
	},
	{
		Name: "AWS::EC2::NetworkInterface", Source: page + "networkinterface.html",
		Ref:   "eni-${Hole:Id}",
		ARN:   "arn:${Partition}:ec2:${Region}:${Account}:network-interface/${Ref}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"ConnectionTrackingSpecification", "Description", "EnablePrimaryIpv6", "GroupSet", "InterfaceType",
			"Ipv4PrefixCount", "Ipv4Prefixes", "Ipv6AddressCount", "Ipv6Addresses", "Ipv6PrefixCount",
			"Ipv6Prefixes", "PrivateIpAddress", "PrivateIpAddresses", "PublicIpDnsHostnameTypeSpecification",
			"SecondaryPrivateIpAddressCount", "SourceDestCheck", "SubnetId", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::EC2::TransitGateway", Source: page + "transitgateway.html",
		Ref:   "tgw-${Hole:Id}",
		ARN:   "arn:${Partition}:ec2:${Region}:${Account}:transit-gateway/${Ref}",
		Attrs: map[string]string{"Id": "${Ref}", "TransitGatewayArn": "${ARN}"},
		Props: []string{
			"AmazonSideAsn", "AssociationDefaultRouteTableId", "AutoAcceptSharedAttachments",
			"DefaultRouteTableAssociation", "DefaultRouteTablePropagation", "Description", "DnsSupport",
			"EncryptionSupport", "MulticastSupport", "PropagationDefaultRouteTableId",
			"SecurityGroupReferencingSupport", "Tags", "TransitGatewayCidrBlocks", "VpnEcmpSupport",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::EC2::VPCPeeringConnection", Source: page + "vpcpeeringconnection.html",
		Ref:   "pcx-${Hole:Id}",
		ARN:   "arn:${Partition}:ec2:${Region}:${Account}:vpc-peering-connection/${Ref}",
		Attrs: map[string]string{"Id": "${Ref}"},
		Props: []string{
			"AssumeRoleRegion", "PeerOwnerId", "PeerRegion", "PeerRoleArn", "PeerVpcId", "Tags", "VpcId",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::EC2::DHCPOptions", Source: page + "dhcpoptions.html",
		Ref:   "dopt-${Hole:Id}",
		ARN:   "arn:${Partition}:ec2:${Region}:${Account}:dhcp-options/${Ref}",
		Attrs: map[string]string{"DhcpOptionsId": "${Ref}"},
		Props: []string{
			"DomainName", "DomainNameServers", "Ipv6AddressPreferredLeaseTime", "NetbiosNameServers",
			"NetbiosNodeType", "NtpServers", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::EC2::Volume", Source: page + "volume.html",
		Ref:   "vol-${Hole:Id}",
		ARN:   "arn:${Partition}:ec2:${Region}:${Account}:volume/${Ref}",
		Attrs: map[string]string{"VolumeId": "${Ref}"},
		Props: []string{
			"AutoEnableIO", "AvailabilityZone", "AvailabilityZoneId", "Encrypted", "Iops", "KmsKeyId",
			"MultiAttachEnabled", "OutpostArn", "Size", "SnapshotId", "SourceVolumeId", "Tags", "Throughput",
			"VolumeInitializationRate", "VolumeType",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::EC2::PrefixList", Source: page + "prefixlist.html",
		Ref:   "pl-${Hole:Id}",
		ARN:   "arn:${Partition}:ec2:${Region}:${Account}:prefix-list/${Ref}",
		Attrs: map[string]string{"PrefixListId": "${Ref}"},
		Props: []string{
			"AddressFamily", "Entries", "MaxEntries", "PrefixListName", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::EC2::EIP", Source: page + "eip.html",
		Ref:   "${Hole:PublicIp}",
		ARN:   "arn:${Partition}:ec2:${Region}:${Account}:elastic-ip/eipalloc-${Hole:AllocationId}",
		Attrs: map[string]string{"AllocationId": "eipalloc-${Hole:AllocationId}", "PublicIp": "${Ref}"},
		Props: []string{
			"Address", "Domain", "InstanceId", "IpamPoolId", "NetworkBorderGroup", "PublicIpv4Pool", "Tags",
			"TransferAddress",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::EC2::KeyPair", Source: page + "keypair.html",
		NameProp: "KeyName",
		ARN:      "arn:${Partition}:ec2:${Region}:${Account}:key-pair/${Name}",
		Props: []string{
			"KeyFormat", "KeyName", "KeyType", "PublicKeyMaterial", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::EC2::Route", Source: page + "route.html",
		Ref: "${Hole:Id}",
		Props: []string{
			"CarrierGatewayId", "CoreNetworkArn", "DestinationCidrBlock", "DestinationIpv6CidrBlock",
			"DestinationPrefixListId", "EgressOnlyInternetGatewayId", "GatewayId", "InstanceId", "LocalGatewayId",
			"NatGatewayId", "NetworkInterfaceId", "OdbNetworkArn", "RouteTableId", "TransitGatewayId",
			"VpcEndpointId", "VpcPeeringConnectionId",
		},
	},
	{
		Name: "AWS::EC2::SubnetRouteTableAssociation", Source: page + "subnetroutetableassociation.html",
		Ref: "${Hole:Id}",
		Props: []string{
			"RouteTableId", "SubnetId",
		},
	},
	{
		Name: "AWS::EC2::VPCGatewayAttachment", Source: page + "vpcgatewayattachment.html",
		Ref: "${Hole:Id}",
		Props: []string{
			"InternetGatewayId", "VpcId", "VpnGatewayId",
		},
	},
	{
		Name: "AWS::EC2::SecurityGroupIngress", Source: page + "securitygroupingress.html",
		Ref: "${Hole:Id}",
		Props: []string{
			"CidrIp", "CidrIpv6", "Description", "FromPort", "GroupId", "GroupName", "IpProtocol",
			"SourcePrefixListId", "SourceSecurityGroupId", "SourceSecurityGroupName", "SourceSecurityGroupOwnerId",
			"ToPort",
		},
	},
	{
		Name: "AWS::EC2::SecurityGroupEgress", Source: page + "securitygroupegress.html",
		Ref: "${Hole:Id}",
		Props: []string{
			"CidrIp", "CidrIpv6", "Description", "DestinationPrefixListId", "DestinationSecurityGroupId", "FromPort",
			"GroupId", "IpProtocol", "ToPort",
		},
	},
	{
		Name: "AWS::EC2::NetworkAclEntry", Source: page + "networkaclentry.html",
		Ref: "${Hole:Id}",
		Props: []string{
			"CidrBlock", "Egress", "Icmp", "Ipv6CidrBlock", "NetworkAclId", "PortRange", "Protocol", "RuleAction",
			"RuleNumber",
		},
	},
	{
		Name: "AWS::EC2::SubnetNetworkAclAssociation", Source: page + "subnetnetworkaclassociation.html",
		Ref: "${Hole:Id}",
		Props: []string{
			"NetworkAclId", "SubnetId",
		},
	},
	{
		Name: "AWS::EC2::VPCDHCPOptionsAssociation", Source: page + "vpcdhcpoptionsassociation.html",
		Ref: "${Hole:Id}",
		Props: []string{
			"DhcpOptionsId", "VpcId",
		},
	},
	{
		Name: "AWS::EC2::VPCCidrBlock", Source: page + "vpccidrblock.html",
		Ref: "${Hole:Id}",
		Props: []string{
			"AmazonProvidedIpv6CidrBlock", "CidrBlock", "Ipv4IpamPoolId", "Ipv4NetmaskLength", "Ipv6CidrBlock",
			"Ipv6CidrBlockNetworkBorderGroup", "Ipv6IpamPoolId", "Ipv6NetmaskLength", "Ipv6Pool", "VpcId",
		},
	},
	{
		Name: "AWS::EC2::VPCEndpointService", Source: page + "vpcendpointservice.html",
		Ref:   "vpce-svc-${Hole:Id}",
		ARN:   "arn:${Partition}:ec2:${Region}:${Account}:vpc-endpoint-service/${Ref}",
		Attrs: map[string]string{"ServiceId": "${Ref}"},
		Props: []string{
			"AcceptanceRequired", "ContributorInsightsEnabled", "GatewayLoadBalancerArns", "NetworkLoadBalancerArns",
			"PayerResponsibility", "PrivateDnsName", "PrivateDnsNameConfiguration", "SupportedIpAddressTypes",
			"SupportedRegions", "Tags",
		},
		Declare: cloud.Tagged,
	},
	{
		Name: "AWS::EC2::VPCEndpointServicePermissions", Source: page + "vpcendpointservicepermissions.html",
		Ref: "${Prop:ServiceId}",
		Props: []string{
			"AllowedPrincipals", "ServiceId",
		},
	},
}

// declareEndpoint attaches the endpoint policy, which allows everything to
// everybody where none is given
// (https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html).
func declareEndpoint(m *cloud.Model, r *cloud.Resource) {
	r.ReadTags("")
	noGateway(m, r)
	n := r.Prop("PolicyDocument")
	given := n != nil && n.Kind != doc.Null
	if given {
		r.Policies = append(r.Policies, m.Attachment(r, n, iam.Endpoint, "the endpoint policy"))
	}
	if !given || len(n.Maybe) > 0 {
		a := cloud.Attachment{Name: "the default endpoint policy", Policy: fullAccess(r), Resource: r, Span: r.Span}
		if given {
			a = a.When(n.Maybe...)
		}
		r.Policies = append(r.Policies, a)
	}
}

func fullAccess(r *cloud.Resource) *iam.Policy {
	all := iam.Elem{Text: "*", Span: r.Span}
	return &iam.Policy{Kind: iam.Endpoint, Version: "2008-10-17", Span: r.Span, Statements: []iam.Statement{{
		Effect: iam.Allow, Span: r.Span,
		HasPrincipal: true, Principals: []iam.PrincipalElem{{Type: iam.PrincipalAll, Elem: all}},
		Actions: []iam.Elem{all}, HasResource: true, Resources: []iam.Elem{all},
	}}}
}
