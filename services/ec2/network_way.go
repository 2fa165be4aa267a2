package ec2

import (
	"penstock/cloud"
	"penstock/diag"
	"penstock/match"
	"penstock/source"
	"penstock/truth"
)

// A world answers questions about the networks of a model.
type world struct{ *cloud.Model }

// A place is a subnet, as far as it is known.
type place struct {
	id    string
	vpc   string // id, "" where it is not known
	res   *cloud.Resource
	table *cloud.Resource
	// main is set where the subnet uses the main route table of a VPC that
	// the stacks declare, which has the local route and no other.
	main bool
	fact string // what would have to be known of its routes
	at   source.Span
}

// A way is whether and how a host is reached.
type way struct {
	reach    truth.Value
	endpoint *cloud.Resource // that the traffic goes through
	mixed    bool            // not from all subnets through that one
	perhaps  *cloud.Resource // an endpoint that it may go through
	code     string          // of the finding, where reach is No
	why      string          // a clause, where reach is No
	notes    []diag.Note
	facts    []string // on which a Maybe depends
}

func no(code, why string, notes ...diag.Note) way {
	return way{reach: truth.No, code: code, why: why, notes: notes}
}

func maybe(facts ...string) way { return way{reach: truth.Maybe, facts: facts} }

// byRef returns the resource of a type that an id refers to.
func (w world) byRef(typ, id string) *cloud.Resource {
	if id == "" {
		return nil
	}
	for r := range w.OfType(typ) {
		if r.Ref == id {
			return r
		}
	}
	return nil
}

// strange reports whether an id is one that no stack declares, but which may
// turn out to be that of a declared resource.
func (w world) strange(typ, id string) bool {
	return match.HasHole(id) && w.byRef(typ, id) == nil
}

const (
	vpcType    = "AWS::EC2::VPC"
	subnetType = "AWS::EC2::Subnet"
	tableType  = "AWS::EC2::RouteTable"
	assocType  = "AWS::EC2::SubnetRouteTableAssociation"
	natType    = "AWS::EC2::NatGateway"
)

// place finds a subnet and its route table. A subnet without an association
// uses the main route table of its VPC, which in a new VPC has only the local
// route
// (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html#main-route-table).
func (w world) place(id string, at source.Span) place {
	p := place{id: id, at: at, res: w.byRef(subnetType, id)}
	if p.res == nil {
		p.fact = "the routes of subnet " + match.Render(id)
		return p
	}
	p.vpc = text(p.res, "VpcId")
	for a := range w.OfType(assocType) {
		switch s := text(a, "SubnetId"); {
		case s == id:
			t := text(a, "RouteTableId")
			p.table = w.byRef(tableType, t)
			switch {
			case p.table == nil:
				p.fact = "the routes of route table " + match.Render(t)
			case len(a.Maybe) > 0:
				p.fact = "whether " + a.ID() + " exists: " + match.Render(a.Maybe[0])
			default:
				p.fact = ""
			}
			return p
		case w.strange(subnetType, s):
			p.fact = "which subnet " + match.Render(s) + " is"
		}
	}
	switch {
	case p.fact != "":
	case w.byRef(vpcType, p.vpc) == nil:
		p.fact = "the main route table of VPC " + match.Render(p.vpc)
	default:
		p.main = true
	}
	return p
}

// called is what a place is called in a message.
func (p place) called() string {
	if p.res != nil {
		return p.res.ID()
	}
	return match.Render(p.id)
}

// ranges are blocks of addresses that hold those of the place, the closest
// first.
func (w world) ranges(p place) []string {
	var rs []string
	if c := text(p.res, "CidrBlock"); c != "" {
		rs = append(rs, c)
	}
	return append(rs, w.vpcRanges(p.vpc)...)
}

// vpcRanges is the block of a VPC that has one only.
func (w world) vpcRanges(id string) []string {
	v := w.byRef(vpcType, id)
	c := text(v, "CidrBlock")
	if c == "" {
		return nil
	}
	for r := range w.OfType("AWS::EC2::VPCCidrBlock") {
		if s := text(r, "VpcId"); s == id || w.strange(vpcType, s) {
			return nil
		}
	}
	return []string{c}
}

// reach is the way from a place to a host. What decides is where the host's
// name leads: an interface endpoint with private DNS takes the name in the
// whole VPC, so that no gateway helps where its security group refuses; a
// gateway endpoint takes the addresses of its service in the route tables
// that it is in; everything else leaves by the default route
// (https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html#enable-private-dns,
// https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html#gateway-endpoint-routing).
func (j *job) reach(p place, h host) way {
	if j.net.Proxy != "" {
		return maybe("what " + j.net.Proxy + " reaches")
	}
	if out := j.opens(j.groups, p.vpc, egress, peer{any: true}); out.v == truth.No {
		return no("RUN044", "its security groups let nothing out on port 443", out.notes...)
	}
	var open []string // endpoints that may be the way
	var perhaps *cloud.Resource
	var nearest *way // the endpoint that would be, if it were right
	near := func(x way) {
		if nearest == nil {
			nearest = &x
		}
	}
	for ep := range j.OfType(endpointType) {
		fit := j.fits(ep, p, h)
		if fit == truth.No {
			if x, ok := j.misfit(ep, p, h); ok {
				near(x)
			}
			continue
		}
		var x way
		switch kind := text(ep, "VpcEndpointType"); kind {
		case "Interface":
			x = j.byInterface(ep, p, h)
		case "", "Gateway":
			if hasGateway(h.service) {
				x = j.byGateway(ep, p, h)
			} else {
				x = j.byInterface(ep, p, h) // what it is meant to be, see noGateway
			}
		default:
			continue
		}
		if x.endpoint == nil { // the traffic does not go there
			if x.reach == truth.No {
				near(x)
			} else {
				open, perhaps = append(open, x.facts...), ep
			}
			continue
		}
		if fit == truth.Maybe || len(ep.Maybe) > 0 {
			open, perhaps = append(open, "whether "+ep.ID()+" is the way to "+h.name), ep
			continue
		}
		return x
	}
	x := j.byInternet(p)
	x.perhaps = perhaps
	switch {
	case x.reach == truth.Yes:
		x.mixed = perhaps != nil
		return x
	case perhaps != nil:
		return way{reach: truth.Maybe, perhaps: perhaps, facts: append(open, x.facts...)}
	case x.reach == truth.Maybe:
		return x
	case h.unsure:
		return maybe("whether an endpoint of the VPC serves " + h.name)
	case nearest != nil:
		return *nearest
	case x.code == "RUN040" && h.service != "" && j.endpointsIn(p.vpc):
		return no("RUN041", "the VPC has no endpoint for it, and "+x.why, x.notes...)
	default:
		return x
	}
}
