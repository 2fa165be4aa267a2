package ec2

import (
	"slices"
	"strconv"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc/splice"
	"penstock/service"
	"penstock/truth"
)

// toNAT leads the subnets to a NAT gateway that the VPC has.
func (x *mender) toNAT() {
	var nats []*cloud.Resource
	for nat := range x.OfType(natType) {
		p := x.place(text(nat, "SubnetId"), nat.Span)
		if text(nat, "ConnectivityType") != "private" && p.vpc == x.vpc && x.exit(p, truth.Yes, 1).reach == truth.Yes {
			nats = append(nats, nat)
		}
	}
	if len(nats) == 0 {
		x.bad = true
		return
	}
	x.leadTo(nats[0].Stack, splice.Tagged("!Ref", nats[0].LogicalID))
	x.says = "route what leaves the subnet to " + nats[0].ID()
}

// newNAT adds a NAT gateway in a public subnet of the VPC, and leads to it.
func (x *mender) newNAT() {
	var public *cloud.Resource
	for s := range x.OfType(subnetType) {
		p := x.place(s.Ref, s.Span)
		if public == nil && p.vpc == x.vpc && x.exit(p, truth.Yes, 1).reach == truth.Yes {
			public = s
		}
	}
	if public == nil {
		x.bad = true
		return
	}
	ip := x.insert(public.Stack, "NatAddress", "AWS::EC2::EIP", f("Domain", splice.String("vpc")))
	nat := x.insert(public.Stack, "NatGateway", natType,
		f("AllocationId", splice.Tagged("!GetAtt", ip+".AllocationId")), f("SubnetId", splice.Tagged("!Ref", public.LogicalID)))
	x.leadTo(public.Stack, splice.Tagged("!Ref", nat))
	x.says = "add a NAT gateway in " + public.ID() + ", and route what leaves the subnet to it"
}

// leadTo gives the route table of each subnet of the job a default route to a
// NAT gateway; a subnet that has no table of its own gets one.
func (x *mender) leadTo(in *cloud.Stack, nat splice.Value) {
	var done []string
	fresh := ""
	for i, p := range x.places {
		if x.exit(p, truth.No, 0).reach == truth.Yes {
			continue
		}
		number := ""
		if i > 0 {
			number = strconv.Itoa(i + 1)
		}
		route := func(table splice.Value) {
			x.insert(in, "RouteOut"+number, "AWS::EC2::Route",
				f("RouteTableId", table), f("DestinationCidrBlock", splice.String("0.0.0.0/0")), f("NatGatewayId", nat))
		}
		switch {
		case p.table != nil && slices.Contains(done, p.table.Ref):
		case p.table != nil:
			done = append(done, p.table.Ref)
			route(x.write(in, p.table.Ref))
		case p.main && p.res != nil:
			if fresh == "" {
				fresh = x.insert(in, "PrivateRoutes", tableType, f("VpcId", x.write(in, x.vpc)))
				route(splice.Tagged("!Ref", fresh))
			}
			x.insert(in, p.res.LogicalID+"Routes", assocType, f("SubnetId", x.write(in, p.id)), f("RouteTableId", splice.Tagged("!Ref", fresh)))
		default:
			x.bad = true
		}
	}
}

func (x *mender) aclOut()  { x.acls(true, false) }
func (x *mender) aclIn()   { x.acls(false, true) }
func (x *mender) aclBoth() { x.acls(true, true) }

// acls lets port 443 out of the subnets, or the answers in, by rules that come
// before all others.
func (x *mender) acls(out, in bool) {
	var done []*cloud.Resource
	for _, p := range x.places {
		acl, _ := x.aclOf(p)
		if acl == nil || slices.Contains(done, acl) {
			continue
		}
		done = append(done, acl)
		rule := func(name string, egress bool, from, to string) {
			n := x.free(acl, egress)
			if n < 1 {
				x.bad = true
				return
			}
			x.insert(acl.Stack, acl.LogicalID+name, "AWS::EC2::NetworkAclEntry",
				f("NetworkAclId", splice.Tagged("!Ref", acl.LogicalID)), f("Egress", splice.Bool(egress)), f("RuleNumber", splice.Number(strconv.Itoa(n))),
				f("Protocol", splice.Number("6")), f("RuleAction", splice.String("allow")), f("CidrBlock", splice.String("0.0.0.0/0")),
				f("PortRange", splice.Map(f("From", splice.Number(from)), f("To", splice.Number(to)))))
		}
		switch {
		case out && in:
			x.says = "let port 443 out of " + acl.ID() + ", and the answers in"
		case out:
			x.says = "let port 443 out of " + acl.ID()
		default:
			x.says = "let the answers into " + acl.ID()
		}
		if out {
			rule("HttpsOut", true, "443", "443")
		}
		if in {
			rule("AnswersIn", false, "1024", "65535")
		}
	}
}

// free is a rule number of a network ACL that comes before those in use.
func (x *mender) free(acl *cloud.Resource, out bool) int {
	least := 200
	for e := range x.OfType("AWS::EC2::NetworkAclEntry") {
		if n, err := strconv.Atoi(text(e, "RuleNumber")); err == nil && text(e, "NetworkAclId") == acl.Ref && (text(e, "Egress") == "true") == out {
			least = min(least, n)
		}
	}
	return least / 2
}

// mendLayers lets the layers of images through the policy of the endpoint of
// S3. What AWS asks for is to read them, and nothing else
// (https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms).
func mendLayers(s *service.Site, found *diag.Finding) []diag.Fix {
	j := jobAt(s)
	if j == nil {
		return nil
	}
	for _, n := range j.needs {
		ep := n.way.endpoint
		if !n.layers || ep == nil {
			continue
		}
		list := ep.Prop("PolicyDocument", "Statement")
		if list == nil {
			return nil
		}
		edits, err := splice.Add(list, splice.Map(
			f("Effect", splice.String("Allow")), f("Principal", splice.String("*")), f("Action", splice.String("s3:GetObject")),
			f("Resource", splice.String(found.Resource)),
		))
		if err != nil {
			return nil
		}
		return []diag.Fix{{Message: "let the layers of images through " + ep.ID(), Edits: edits}}
	}
	return nil
}
