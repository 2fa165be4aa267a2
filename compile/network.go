package compile

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"penstock/blueprint"
	"penstock/spec"
)

// Logical ids of the network.
const (
	vpcID       = "Vpc"
	buildsGroup = "BuildsGroup"
	routesID    = "PrivateRoutes"
)

// zones is in how many availability zones builds run and endpoints stand: one
// may fail, and each more is paid for by every interface endpoint.
const zones = 2

// A buildNet is where builds run, as the stack of the tools refers to it.
type buildNet struct {
	vpc     blueprint.Sub
	subnets []blueprint.Sub
	groups  []blueprint.Sub // of the builds
	tables  []blueprint.Sub // route tables of the subnets, for gateway endpoints
	made    bool            // the VPC is made here
	guarded bool            // the group of the builds is made here
}

// inVPC are the builds and tests that run in the network.
func (b *builder) inVPC() []*spec.Build {
	var out []*spec.Build
	if b.spec.Network == nil {
		return nil
	}
	all := slices.Clone(b.spec.Builds)
	for _, s := range b.spec.Stages {
		if s.Test != nil {
			all = append(all, s.Test)
		}
	}
	for _, x := range all {
		if x.VPC {
			out = append(out, x)
		}
	}
	return out
}

// buildNet is where builds run; nil where they run in no VPC. It follows from the
// spec alone, so that whoever asks needs not wait for network.
func (b *builder) buildNet() *buildNet {
	if len(b.inVPC()) == 0 {
		return nil
	}
	n, st := b.spec.Network, b.tools()
	given := func(name, value, pattern, what string) blueprint.Sub {
		return st.Parameter(blueprint.Parameter{Name: name, Value: value, Inline: true, Pattern: pattern, Description: what})
	}
	p := &buildNet{made: n.VPC == ""}
	if p.made {
		p.vpc, p.tables = blueprint.Ref(vpcID), []blueprint.Sub{blueprint.Ref(routesID)}
		for i := range zones {
			p.subnets = append(p.subnets, blueprint.Ref("PrivateSubnet"+letter(i)))
		}
	} else {
		p.vpc = given("VpcId", n.VPC, "vpc-[0-9a-f]+", "The VPC that builds run in")
		for i, s := range n.Subnets {
			p.subnets = append(p.subnets, given("Subnet"+letter(i), s, "subnet-[0-9a-f]+", "A private subnet of the VPC"))
		}
		for i, t := range n.RouteTables {
			p.tables = append(p.tables, given("RouteTable"+letter(i), t, "rtb-[0-9a-f]+", "A route table of those subnets"))
		}
	}
	for i, g := range n.SecurityGroups {
		p.groups = append(p.groups, given("SecurityGroup"+letter(i), g, "sg-[0-9a-f]+", "A security group of the builds"))
	}
	if len(p.groups) == 0 {
		p.guarded, p.groups = true, []blueprint.Sub{blueprint.Ref(buildsGroup)}
	}
	return p
}

// letter is the i-th letter of the alphabet, and a number beyond it.
func letter(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return fmt.Sprint(i + 1)
}

// vpcConfig is the property VpcConfig of a build's project, nil where the
// build runs in no VPC.
func (b *builder) vpcConfig(x *spec.Build) any {
	p := b.buildNet()
	if p == nil || !x.VPC {
		return nil
	}
	return blueprint.KV("VpcId", p.vpc, "Subnets", blueprint.Subs(p.subnets...), "SecurityGroupIds", blueprint.Subs(p.groups...))
}

// network draws the VPC, where it is not given, and the security group of the
// builds. Endpoints come when it is known what the builds call: endpoints. It
// fails where the spec says too little of a VPC that is given.
func (b *builder) network() error {
	p := b.buildNet()
	switch {
	case p == nil:
		return nil
	case len(p.subnets) == 0:
		return errors.New("network names a VPC and none of its subnets")
	case len(p.tables) == 0 && b.spec.Network.Endpoints:
		return errors.New("network has no routeTables: the endpoint of S3 stands in the route tables of the subnets; name them, or say endpoints: false where the VPC has its own")
	}
	st := b.tools()
	section := "network"
	add := func(id, typ, comment string, props blueprint.Map) *blueprint.Resource {
		r := st.Add(&blueprint.Resource{ID: id, Type: typ, Comment: comment, Section: section, Props: props})
		section = ""
		return r
	}
	if p.made {
		b.vpc(add)
	}
	if !p.guarded {
		return nil
	}
	add(buildsGroup, "AWS::EC2::SecurityGroup",
		"What builds may reach is in rules of their own, so that the group and that of the endpoints can name each other. The "+
			"rule here lets nothing out: a group that names none gets one that lets out everything.",
		blueprint.KV(
			"GroupDescription", "Builds: out on port 443 alone, to the endpoints", "VpcId", p.vpc,
			"SecurityGroupEgress", blueprint.List{nothing()}, "Tags", b.named("builds"),
		))
	if b.spec.Network.NAT || !b.spec.Network.Endpoints {
		why := "The internet, through the NAT gateway: packages and images of others."
		if !b.spec.Network.NAT {
			why = "Whatever way the VPC has: its endpoints and their groups are not made here."
		}
		add("BuildsToInternet", "AWS::EC2::SecurityGroupEgress", why, blueprint.KV(
			"GroupId", blueprint.Ref(buildsGroup), "Description", "HTTPS", "IpProtocol", "tcp", "FromPort", 443, "ToPort", 443, "CidrIp", "0.0.0.0/0"))
	}
	return nil
}

// nothing is the rule of a security group that lets nothing out: an address
// that no packet leaves the machine for. A group without a rule for what goes
// out gets one that allows it all
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html).
func nothing() blueprint.Map {
	return blueprint.KV("CidrIp", "127.0.0.1/32", "Description", "Nothing", "IpProtocol", "-1")
}

// named are the tags of what is found by its tag Name in the console.
func (b *builder) named(what string) blueprint.List {
	return append(blueprint.List{blueprint.KV("Key", "Name", "Value", blueprint.Sub("${ProjectName}-"+what))}, b.tags()...)
}

// vpc draws a VPC of private subnets, and with NAT a public one for the
// gateway.
func (b *builder) vpc(add func(id, typ, comment string, props blueprint.Map) *blueprint.Resource) {
	st := b.tools()
	blocks := divideCIDR(b.spec.Network.CIDR)
	cidr := func(name, value, what string) blueprint.Sub {
		return st.Parameter(blueprint.Parameter{Name: name, Value: value, Inline: true, Description: what})
	}
	add(vpcID, "AWS::EC2::VPC", "Private DNS of endpoints needs both attributes, of which a new VPC has the first only.", blueprint.KV(
		"CidrBlock", cidr("VpcCidr", b.spec.Network.CIDR, "Addresses of the VPC of the builds"),
		"EnableDnsSupport", true, "EnableDnsHostnames", true, "Tags", b.named("builds")))
	add(routesID, "AWS::EC2::RouteTable", "", blueprint.KV("VpcId", blueprint.Ref(vpcID), "Tags", b.named("private")))
	for i := range zones {
		x := letter(i)
		comment := ""
		if i == 0 {
			comment = "Zones by their ids: the id of a zone is the same in every account, its name (" + b.spec.Region + "a) is not, and may be " +
				"one that the account does not have."
		}
		add("PrivateSubnet"+x, "AWS::EC2::Subnet", comment, blueprint.KV(
			"VpcId", blueprint.Ref(vpcID), "CidrBlock", cidr("PrivateCidr"+x, blocks[i], "Addresses of a subnet of the builds"),
			"AvailabilityZoneId", b.zone(st, i), "MapPublicIpOnLaunch", false, "Tags", b.named("private-"+strings.ToLower(x))))
		add("PrivateSubnetRoutes"+x, "AWS::EC2::SubnetRouteTableAssociation", "", blueprint.KV(
			"SubnetId", blueprint.Ref("PrivateSubnet"+x), "RouteTableId", blueprint.Ref(routesID)))
	}
	if !b.spec.Network.NAT {
		return
	}
	add("InternetGateway", "AWS::EC2::InternetGateway", "The way out for packages and images of others, which no endpoint leads to.", blueprint.KV("Tags", b.named("builds")))
	add("InternetGatewayAttachment", "AWS::EC2::VPCGatewayAttachment", "", blueprint.KV("VpcId", blueprint.Ref(vpcID), "InternetGatewayId", blueprint.Ref("InternetGateway")))
	add("PublicSubnet", "AWS::EC2::Subnet", "Holds the NAT gateway and nothing else.", blueprint.KV(
		"VpcId", blueprint.Ref(vpcID), "CidrBlock", cidr("PublicCidr", blocks[len(blocks)-1], "Addresses of the subnet of the NAT gateway"),
		"AvailabilityZoneId", b.zone(st, 0), "MapPublicIpOnLaunch", false, "Tags", b.named("public")))
	add("PublicRoutes", "AWS::EC2::RouteTable", "", blueprint.KV("VpcId", blueprint.Ref(vpcID), "Tags", b.named("public")))
	add("PublicSubnetRoutes", "AWS::EC2::SubnetRouteTableAssociation", "", blueprint.KV("SubnetId", blueprint.Ref("PublicSubnet"), "RouteTableId", blueprint.Ref("PublicRoutes")))
	add("PublicDefaultRoute", "AWS::EC2::Route", "", blueprint.KV(
		"RouteTableId", blueprint.Ref("PublicRoutes"), "DestinationCidrBlock", "0.0.0.0/0", "GatewayId", blueprint.Ref("InternetGateway"),
	)).DependsOn = []string{"InternetGatewayAttachment"}
	add("NatAddress", "AWS::EC2::EIP", "", blueprint.KV("Domain", "vpc", "Tags", b.named("nat"))).DependsOn = []string{"InternetGatewayAttachment"}
	add("NatGateway", "AWS::EC2::NatGateway", "One for all zones: a build that waits for its zone to come back is started again.", blueprint.KV(
		"AllocationId", blueprint.Att("NatAddress", "AllocationId"), "SubnetId", blueprint.Ref("PublicSubnet"), "Tags", b.named("builds")))
	add("PrivateDefaultRoute", "AWS::EC2::Route", "", blueprint.KV(
		"RouteTableId", blueprint.Ref(routesID), "DestinationCidrBlock", "0.0.0.0/0", "NatGatewayId", blueprint.Ref("NatGateway")))
}
