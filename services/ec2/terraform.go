package ec2

// terraform is how networks are written for Terraform: the pages vpc, subnet,
// route_table, route, route_table_association, internet_gateway, nat_gateway,
// eip, vpc_endpoint, security_group and vpc_security_group_ingress_rule. A group
// without rules lets everything out in CloudFormation
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html),
// and nothing in Terraform. They stand
// below https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/.
const terraform = `
AWS::EC2::VPC aws_vpc
  ref id
  att VpcId id
  att CidrBlock cidr_block
  att DefaultSecurityGroup default_security_group_id
  CidrBlock cidr_block
  EnableDnsHostnames enable_dns_hostnames
  EnableDnsSupport enable_dns_support
  InstanceTenancy instance_tenancy
  Tags tags tags

AWS::EC2::Subnet aws_subnet
  ref id
  att SubnetId id
  att VpcId vpc_id
  att CidrBlock cidr_block
  VpcId vpc_id
  CidrBlock cidr_block
  AvailabilityZone availability_zone
  AvailabilityZoneId availability_zone_id
  MapPublicIpOnLaunch map_public_ip_on_launch
  Tags tags tags

AWS::EC2::RouteTable aws_route_table
  ref id
  att RouteTableId id
  VpcId vpc_id
  Tags tags tags

AWS::EC2::Route aws_route
  RouteTableId route_table_id
  DestinationCidrBlock destination_cidr_block
  DestinationIpv6CidrBlock destination_ipv6_cidr_block
  DestinationPrefixListId destination_prefix_list_id
  GatewayId gateway_id
  NatGatewayId nat_gateway_id
  TransitGatewayId transit_gateway_id
  VpcEndpointId vpc_endpoint_id
  VpcPeeringConnectionId vpc_peering_connection_id
  EgressOnlyInternetGatewayId egress_only_gateway_id
  NetworkInterfaceId network_interface_id

AWS::EC2::SubnetRouteTableAssociation aws_route_table_association
  SubnetId subnet_id
  RouteTableId route_table_id

AWS::EC2::InternetGateway aws_internet_gateway
  ref id
  att InternetGatewayId id
  Tags tags tags

AWS::EC2::VPCGatewayAttachment aws_internet_gateway_attachment
  VpcId vpc_id
  InternetGatewayId internet_gateway_id

AWS::EC2::EIP aws_eip
  ref public_ip
  att AllocationId allocation_id
  att PublicIp public_ip
  Domain domain
  InstanceId instance
  NetworkBorderGroup network_border_group
  Tags tags tags

AWS::EC2::NatGateway aws_nat_gateway
  ref id
  att NatGatewayId id
  SubnetId subnet_id
  AllocationId allocation_id
  ConnectivityType connectivity_type
  PrivateIpAddress private_ip
  Tags tags tags

AWS::EC2::VPCEndpoint aws_vpc_endpoint
  ref id
  att Id id
  VpcId vpc_id
  ServiceName service_name
  ServiceRegion service_region
  VpcEndpointType vpc_endpoint_type
  IpAddressType ip_address_type
  PrivateDnsEnabled private_dns_enabled
  SubnetIds subnet_ids
  SecurityGroupIds security_group_ids
  RouteTableIds route_table_ids
  PolicyDocument policy json
  Tags tags tags

AWS::EC2::SecurityGroup aws_security_group
  ref id
  att GroupId id
  att Id id
  att VpcId vpc_id
  GroupName name
  GroupDescription description
  VpcId vpc_id
  Tags tags tags
  skip revoke_rules_on_delete
  part aws_vpc_security_group_ingress_rule security_group_id=id each=SecurityGroupIngress {
    Description description
    IpProtocol ip_protocol
    FromPort from_port
    ToPort to_port
    CidrIp cidr_ipv4
    CidrIpv6 cidr_ipv6
    SourcePrefixListId prefix_list_id
    SourceSecurityGroupId referenced_security_group_id
    skip tags
  }
  part aws_vpc_security_group_egress_rule security_group_id=id each=SecurityGroupEgress absent=IpProtocol:-1,CidrIp:0.0.0.0/0 empty=IpProtocol:icmp,CidrIp:127.0.0.1/32,FromPort:252,ToPort:86 {
    Description description
    IpProtocol ip_protocol
    FromPort from_port
    ToPort to_port
    CidrIp cidr_ipv4
    CidrIpv6 cidr_ipv6
    DestinationPrefixListId prefix_list_id
    DestinationSecurityGroupId referenced_security_group_id
    skip tags
  }

AWS::EC2::SecurityGroupIngress aws_vpc_security_group_ingress_rule
  GroupId security_group_id
  Description description
  IpProtocol ip_protocol
  FromPort from_port
  ToPort to_port
  CidrIp cidr_ipv4
  CidrIpv6 cidr_ipv6
  SourcePrefixListId prefix_list_id
  SourceSecurityGroupId referenced_security_group_id
  skip tags

AWS::EC2::SecurityGroupEgress aws_vpc_security_group_egress_rule
  GroupId security_group_id
  Description description
  IpProtocol ip_protocol
  FromPort from_port
  ToPort to_port
  CidrIp cidr_ipv4
  CidrIpv6 cidr_ipv6
  DestinationPrefixListId prefix_list_id
  DestinationSecurityGroupId referenced_security_group_id
  skip tags
`
