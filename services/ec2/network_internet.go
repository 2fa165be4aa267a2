package ec2

import (
	"net/netip"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/match"
	"penstock/truth"
)

// byInternet is the way to public addresses: the default route, the security
// groups, the network ACL.
func (j *job) byInternet(p place) way {
	x := j.exit(p, j.net.PublicIP, 0)
	if x.reach == truth.No {
		return x
	}
	if out := j.opens(j.groups, p.vpc, egress, peer{public: true}); out.v == truth.No {
		return no("RUN044", "its security groups let nothing out to the internet on port 443", out.notes...)
	} else if out.v == truth.Maybe {
		x.reach = x.reach.And(truth.Maybe)
		x.facts = append(x.facts, out.facts...)
	}
	if acl := j.acl(p, internet); acl.v == truth.No {
		return no("RUN048", "the network ACL of subnet "+p.called()+" refuses it", acl.notes...)
	} else if acl.v == truth.Maybe {
		x.reach = x.reach.And(truth.Maybe)
		x.facts = append(x.facts, acl.facts...)
	}
	return x
}

// exit follows the default route of a place. public says whether what stands
// there has a public address.
func (w world) exit(p place, public truth.Value, depth int) way {
	switch {
	case p.fact != "" && p.table == nil:
		return maybe(p.fact)
	case p.main:
		return no("RUN040", "subnet "+p.called()+" has no route table of its own, and the main one of a new VPC leads nowhere", diag.Note{At: p.res.Span, Message: "the subnet, without an association to a route table"})
	case p.table == nil:
		return maybe("the routes of subnet " + p.called())
	}
	best := no("RUN040", "the route table "+p.table.ID()+" has no way out", diag.Note{At: p.table.Span, Message: "the route table of subnet " + p.called()})
	var facts []string
	for r := range w.OfType("AWS::EC2::Route") {
		t := text(r, "RouteTableId")
		switch {
		case t == p.table.Ref:
		case w.strange(tableType, t):
			facts = append(facts, "which route table "+match.Render(t)+" is")
			continue
		default:
			continue
		}
		def := isDefaultRoute(r)
		if def == truth.No {
			continue
		}
		x := w.target(r, public, depth)
		if x.reach == truth.Yes && (def == truth.Maybe || len(r.Maybe) > 0) {
			x = maybe("whether the route " + r.ID() + " leads there")
		}
		if x.reach > best.reach || x.reach == truth.No && best.code == "RUN040" && x.code != "" {
			best = x
		}
	}
	if p.fact != "" && best.reach == truth.Yes {
		return maybe(p.fact)
	}
	if best.reach == truth.No && len(facts) > 0 {
		return maybe(facts...)
	}
	return best
}

// isDefaultRoute reports whether a route takes what goes to public addresses: Yes
// for 0.0.0.0/0, Maybe for a part of them.
func isDefaultRoute(r *cloud.Resource) truth.Value {
	c := text(r, "DestinationCidrBlock")
	switch {
	case c == "0.0.0.0/0":
		return truth.Yes
	case match.HasHole(c), r.Prop("DestinationPrefixListId") != nil, text(r, "DestinationIpv6CidrBlock") == "::/0":
		return truth.Maybe
	}
	p, err := netip.ParsePrefix(c)
	if err != nil || inner(p) {
		return truth.No
	}
	return truth.Maybe
}

// target is where a route leads.
func (w world) target(r *cloud.Resource, public truth.Value, depth int) way {
	note := diag.Note{At: r.Span, Message: "the route"}
	if id := text(r, "NatGatewayId"); id != "" {
		return w.nat(id, note, depth)
	}
	gw := text(r, "GatewayId")
	if gw == "" {
		for _, prop := range []string{"TransitGatewayId", "VpcPeeringConnectionId", "VpcEndpointId", "NetworkInterfaceId", "InstanceId", "CoreNetworkArn", "LocalGatewayId", "CarrierGatewayId", "EgressOnlyInternetGatewayId"} {
			if id := text(r, prop); id != "" {
				return maybe("whether " + match.Render(id) + ", to which " + r.ID() + " leads, goes on to the internet")
			}
		}
		return maybe("where the route " + r.ID() + " leads")
	}
	if w.byRef("AWS::EC2::InternetGateway", gw) == nil && !strings.HasPrefix(gw, "igw-") {
		return maybe("what gateway " + match.Render(gw) + " is")
	}
	switch public {
	case truth.Yes:
		return way{reach: truth.Yes}
	case truth.No:
		return no("RUN047", "its default route ("+r.ID()+") leads to an internet gateway, which takes only traffic of public addresses, and it has none", note)
	default:
		return maybe("whether it gets a public address")
	}
}

// nat: a NAT gateway must stand where an internet gateway is the way out
// (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html). One
// that no stack declares is taken to work.
func (w world) nat(id string, note diag.Note, depth int) way {
	nat := w.byRef(natType, id)
	if nat == nil {
		return way{reach: truth.Yes}
	}
	switch kind := text(nat, "ConnectivityType"); {
	case kind == "private":
		return maybe("where the private NAT gateway " + nat.ID() + " leads")
	case kind != "" && kind != "public":
		return maybe("whether NAT gateway " + nat.ID() + " is public: " + match.Render(kind))
	}
	sub := text(nat, "SubnetId")
	if sub == "" || depth > 0 {
		if depth > 0 {
			return no("RUN040", "its NAT gateway "+nat.ID()+" stands in a subnet whose default route leads to a NAT gateway, and not to an internet gateway", diag.Note{At: nat.Span, Message: "the NAT gateway"})
		}
		return way{reach: truth.Yes}
	}
	p := w.place(sub, nat.Span)
	if p.res == nil {
		return way{reach: truth.Yes}
	}
	x := w.exit(p, truth.Yes, depth+1)
	switch {
	case x.reach == truth.No:
		return no("RUN040", "its NAT gateway "+nat.ID()+" stands in subnet "+p.called()+", which has no route to an internet gateway", append([]diag.Note{note, {At: nat.Span, Message: "the NAT gateway"}}, x.notes...)...)
	case len(nat.Maybe) > 0:
		return maybe("whether NAT gateway " + nat.ID() + " exists: " + match.Render(nat.Maybe[0]))
	}
	return x
}
