package ec2

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/match"
	"penstock/source"
	"penstock/truth"
)

// endpointsIn reports whether a VPC has endpoints at all.
func (w world) endpointsIn(vpc string) bool {
	for ep := range w.OfType(endpointType) {
		if text(ep, "VpcId") == vpc {
			return true
		}
	}
	return false
}

// serviceName is the name of a service's endpoint in a region.
func serviceName(h host) string {
	if arn.Partition(h.region) == "aws-cn" {
		return "cn.com.amazonaws." + h.region + "." + h.service
	}
	return "com.amazonaws." + h.region + "." + h.service
}

// fits reports whether an endpoint stands in the VPC of a place and is for a
// host. Some endpoints in China have the name without the "cn.".
func (j *job) fits(ep *cloud.Resource, p place, h host) truth.Value {
	if h.service == "" {
		return truth.No
	}
	name := text(ep, "ServiceName")
	want := serviceName(h)
	return j.sameVPC(text(ep, "VpcId"), p.vpc).And(match.Equal(name, want).Or(match.Equal(name, strings.TrimPrefix(want, "cn."))))
}

// sameVPC compares ids: two that different declarations give differ.
func (w world) sameVPC(a, b string) truth.Value {
	switch {
	case a == b && a != "":
		return truth.Yes
	case a == "" || b == "":
		return truth.Maybe
	case w.byRef(vpcType, a) != nil && w.byRef(vpcType, b) != nil:
		return truth.No
	}
	return match.Equal(a, b)
}

// misfit explains an endpoint that is nearly right: for the service in
// another region, or in another VPC.
func (j *job) misfit(ep *cloud.Resource, p place, h host) (way, bool) {
	name := text(ep, "ServiceName")
	if h.service == "" || match.HasHole(name) || !strings.HasSuffix(name, "."+h.service) {
		return way{}, false
	}
	region := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(name, "cn."), "com.amazonaws."), "."+h.service)
	note := diag.Note{At: where(ep, "ServiceName"), Message: "the endpoint of " + name}
	if region == h.region || strings.Contains(region, ".") || j.sameVPC(text(ep, "VpcId"), p.vpc) != truth.Yes {
		return way{}, false
	}
	return no("RUN046", fmt.Sprintf("the endpoint %s is that of region %s, and the call goes to %s", ep.ID(), region, h.region), note), true
}

func where(r *cloud.Resource, prop string) source.Span {
	if n := r.Prop(prop); n != nil && !n.Span.IsZero() {
		return n.Span
	}
	return r.Span
}

// byGateway is the way through a gateway endpoint. Its endpoint is nil where
// the route table of the place does not have it.
func (j *job) byGateway(ep *cloud.Resource, p place, h host) way {
	ids := texts(ep.Prop("RouteTableIds"))
	switch {
	case p.table != nil && p.fact == "" && slices.Contains(ids, p.table.Ref):
	case p.main || p.table != nil && p.fact == "":
		for _, id := range ids {
			if j.strange(tableType, id) {
				return maybe("which route table " + match.Render(id) + " is")
			}
		}
		what := "the main route table, which the subnet uses, does not have it"
		notes := []diag.Note{{At: ep.Span, Message: "the gateway endpoint of " + h.service}}
		if p.table != nil {
			what = "the route table " + p.table.ID() + " of the subnet does not have it"
			notes = append(notes, diag.Note{At: p.table.Span, Message: "the route table of the subnet"})
		}
		return no("RUN049", "the gateway endpoint "+ep.ID()+" is not in its way: "+what, notes...)
	default:
		return maybe("whether the route table of subnet " + p.called() + " has " + ep.ID())
	}
	x := way{reach: truth.Yes, endpoint: ep}
	if out := j.opens(j.groups, p.vpc, egress, peer{public: true, list: PrefixList(h.service, h.region)}); out.v != truth.Yes {
		x = refusal("RUN044", "its security groups let nothing out to "+h.service+" (an endpoint of this kind needs 0.0.0.0/0 or its prefix list)", out)
	} else if acl := j.acl(p, internet); acl.v != truth.Yes {
		x = refusal("RUN048", "the network ACL of subnet "+p.called()+" refuses it", acl)
	}
	x.endpoint = ep
	return x
}

// refusal is the way where a rule does not let it pass, or may not.
func refusal(code, why string, r ruling) way {
	if r.v == truth.No {
		return no(code, why, r.notes...)
	}
	return maybe(r.facts...)
}

// byInterface is the way through an interface endpoint. Its endpoint is nil
// where the name of the service does not lead there. An endpoint in one zone
// serves the whole VPC: it need not be in the subnet of the job, nor in its
// zone
// (https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html#interface-endpoint-subnets).
func (j *job) byInterface(ep *cloud.Resource, p place, h host) way {
	if d := j.privateDNS(ep, p.vpc, h); d.reach != truth.Yes {
		return d
	}
	x := way{reach: truth.Yes, endpoint: ep}
	subnets := texts(ep.Prop("SubnetIds"))
	if ep.Prop("SubnetIds") != nil && len(subnets) == 0 || ep.Prop("SubnetIds") == nil && len(texts(ep.Prop("SubnetConfigurations"))) == 0 {
		x = no("RUN041", "its endpoint "+ep.ID()+" is in no subnet (SubnetIds)", diag.Note{At: ep.Span, Message: "the endpoint"})
		x.endpoint = ep
		return x
	}
	groups := texts(ep.Prop("SecurityGroupIds"))
	from := peer{groups: j.groupsIn(j.groups, p.vpc), ranges: j.ranges(p)}
	if in := j.opens(groups, p.vpc, ingress, from); in.v != truth.Yes {
		why := fmt.Sprintf("the security groups of the endpoint %s do not let it in on port 443", ep.ID())
		if len(groups) == 0 {
			why = fmt.Sprintf("the endpoint %s names no security group and gets the default one of the VPC, which lets in only its own members", ep.ID())
		}
		in.notes = append([]diag.Note{{At: where(ep, "SecurityGroupIds"), Message: "the endpoint of " + h.service}}, in.notes...)
		x = refusal("RUN043", why, in)
		x.endpoint = ep
		if x.reach == truth.No {
			return x
		}
	}
	for _, id := range subnets {
		to := j.place(id, ep.Span)
		to.vpc = p.vpc
		out := j.opens(j.groups, p.vpc, egress, peer{groups: j.groupsIn(groups, p.vpc), ranges: j.ranges(to)})
		if out.v == truth.Yes {
			out = j.between(p, to)
			if out.v == truth.No {
				x = no("RUN048", "a network ACL on the way to the endpoint "+ep.ID()+" refuses it", out.notes...)
			}
		} else if out.v == truth.No {
			x = no("RUN044", "its security groups do not let it out on port 443 to the endpoint "+ep.ID(), out.notes...)
		}
		if out.v == truth.Maybe && x.reach == truth.Yes {
			x = maybe(out.facts...)
		}
		x.endpoint = ep
		if x.reach == truth.No {
			return x
		}
	}
	return x
}

// privateDNS reports whether the name of the service leads to an endpoint in
// its VPC: Yes, or a way without an endpoint that says why not. CloudFormation
// leaves private DNS off unless told, and AWS refuses it in a VPC without both
// DNS attributes, of which a new VPC has only EnableDnsSupport
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpoint.html#cfn-ec2-vpcendpoint-privatednsenabled,
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html#vpc-dns-support).
func (j *job) privateDNS(ep *cloud.Resource, vpc string, h host) way {
	note := diag.Note{At: where(ep, "PrivateDnsEnabled"), Message: "the endpoint of " + h.service}
	v := j.byRef(vpcType, vpc)
	for zone := range j.OfType("AWS::Route53::HostedZone") {
		if name := text(zone, "Name"); zone.Prop("VPCs") != nil && strings.Contains(name, "amazonaws.com") {
			return maybe("what the private hosted zone " + zone.ID() + " says of " + h.service)
		}
	}
	switch on := text(ep, "PrivateDnsEnabled"); {
	case on == "" || on == "false":
		return no("RUN042", fmt.Sprintf("the endpoint %s has no private DNS (PrivateDnsEnabled is false unless it is set), so that the name of the service leads to its public address", ep.ID()), note)
	case on != "true":
		return maybe("whether " + ep.ID() + " has private DNS: " + match.Render(on))
	case v != nil && text(v, "EnableDnsSupport") == "false":
		return no("RUN042", fmt.Sprintf("the VPC %s has EnableDnsSupport off, without which the endpoint %s has no private DNS", v.ID(), ep.ID()), note, diag.Note{At: where(v, "EnableDnsSupport"), Message: "the VPC"})
	case v != nil && (text(v, "EnableDnsHostnames") == "" || text(v, "EnableDnsHostnames") == "false"):
		return no("RUN042", fmt.Sprintf("the VPC %s has EnableDnsHostnames off (a VPC has it only where it is set), and AWS refuses the private DNS of the endpoint %s there", v.ID(), ep.ID()), note, diag.Note{At: where(v, "EnableDnsHostnames"), Message: "the VPC"})
	case h.service == "s3" || h.service == "dynamodb":
		// They may keep the name for resolvers outside the VPC
		// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html#private-dns).
		switch text(ep, "DnsOptions", "PrivateDnsOnlyForInboundResolverEndpoint") {
		case "AllResolvers", "false":
		case "OnlyInboundResolver", "true":
			return no("RUN042", fmt.Sprintf("the endpoint %s has private DNS only for resolvers outside the VPC", ep.ID()), note)
		default:
			return maybe("whether the private DNS of " + ep.ID() + " is for the VPC itself")
		}
	}
	for a := range j.OfType("AWS::EC2::VPCDHCPOptionsAssociation") {
		o := j.byRef("AWS::EC2::DHCPOptions", text(a, "DhcpOptionsId"))
		if text(a, "VpcId") == vpc && (o == nil || o.Prop("DomainNameServers") != nil && !slices.Contains(texts(o.Prop("DomainNameServers")), "AmazonProvidedDNS")) {
			return maybe("what the name servers of the VPC answer for " + h.service)
		}
	}
	return way{reach: truth.Yes}
}
