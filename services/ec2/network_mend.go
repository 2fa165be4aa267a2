package ec2

import (
	"cmp"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/doc/splice"
	"penstock/match"
	"penstock/service"
	"penstock/truth"
)

// mends: what would make what runs in a VPC reach what it has to. Each is a
// proposal: that the traffic then really passes is proved by whoever asks.
var mends = map[string]func(*service.Site, *diag.Finding) []diag.Fix{
	"RUN040": mendWay("RUN040", (*mender).toNAT, (*mender).endpoints, (*mender).newNAT),
	"RUN041": mendWay("RUN041", (*mender).endpoints, (*mender).toNAT, (*mender).newNAT),
	"RUN042": mendWay("RUN042", (*mender).privateNames),
	"RUN043": mendWay("RUN043", (*mender).letIn),
	"RUN044": mendWay("RUN044", (*mender).letOutTo, (*mender).letOut),
	"RUN045": mendLayers,
	"RUN046": mendWay("RUN046", (*mender).region),
	"RUN047": mendWay("RUN047", (*mender).publicAddress, (*mender).endpoints),
	"RUN048": mendWay("RUN048", (*mender).aclOut, (*mender).aclIn, (*mender).aclBoth),
	"RUN049": mendWay("RUN049", (*mender).inTable),
}

// A mender writes one fix for what a job cannot reach. The first thing that
// cannot be written makes it none.
type mender struct {
	*job
	lost  []*need
	says  string
	edits []diag.Edit
	bad   bool
}

func mendWay(code string, ways ...func(*mender)) func(*service.Site, *diag.Finding) []diag.Fix {
	return func(s *service.Site, _ *diag.Finding) []diag.Fix {
		j := jobAt(s)
		if j == nil || s.Author == nil {
			return nil
		}
		lost := slices.DeleteFunc(slices.Clone(j.needs), func(n *need) bool {
			return n.way.reach != truth.No || n.way.code != code || n.need == service.Listed
		})
		var out []diag.Fix
		for _, f := range ways {
			x := &mender{job: j, lost: lost}
			if f(x); !x.bad && len(x.edits) > 0 {
				out = append(out, diag.Fix{Message: x.says, Edits: x.edits})
			}
		}
		return out
	}
}

func (x *mender) put(edits []diag.Edit, err error) {
	x.bad = x.bad || err != nil
	x.edits = append(x.edits, edits...)
}

func (x *mender) insert(in *cloud.Stack, name, typ string, fields ...splice.Field) string {
	edits, id, err := service.Insert(in, name, typ, fields...)
	x.put(edits, err)
	return id
}

// write writes a value for a new resource of a stack.
func (x *mender) write(in *cloud.Stack, value string) splice.Value {
	v, ok := x.site.Author(&cloud.Resource{Stack: in}, value)
	x.bad = x.bad || !ok || value == ""
	return v
}

func (x *mender) writes(in *cloud.Stack, values []string) splice.Value {
	var vs []splice.Value
	for _, v := range values {
		vs = append(vs, x.write(in, v))
	}
	return splice.List(vs...)
}

func f(name string, v splice.Value) splice.Field { return splice.Field{Name: name, Value: v} }

// home is the stack that new parts of the network go to: that of the subnet,
// or of what runs in it.
func (x *mender) home() *cloud.Stack {
	for _, p := range x.places {
		if p.res != nil {
			return p.res.Stack
		}
	}
	if x.site.Resource != nil {
		return x.site.Resource.Stack
	}
	x.bad = true
	return nil
}

// endpoints adds an endpoint for each service.
func (x *mender) endpoints() {
	in := x.home()
	if x.bad {
		return
	}
	var names []string
	group := ""
	for _, n := range x.lost {
		if n.service == "" || n.unsure || n.region != x.site.Region || arn.Partition(n.region) != "aws" {
			x.bad = true // no endpoint leads to the internet, nor to another region
			return
		}
		name := "Endpoint" + logical(n.service)
		fields := []splice.Field{
			f("VpcId", x.write(in, x.vpc)),
			f("ServiceName", splice.Tagged("!Sub", "com.amazonaws.${AWS::Region}."+n.service)),
		}
		if hasGateway(n.service) {
			var tables []string
			for _, p := range x.places {
				if p.table == nil {
					x.bad = true // the main table has no name in a template
					return
				}
				if !slices.Contains(tables, p.table.Ref) {
					tables = append(tables, p.table.Ref)
				}
			}
			fields = append(fields, f("VpcEndpointType", splice.String("Gateway")), f("RouteTableIds", x.writes(in, tables)))
			x.insert(in, name, endpointType, fields...)
			names = append(names, "a gateway endpoint for "+n.service)
			continue
		}
		fields = append(fields, f("VpcEndpointType", splice.String("Interface")), f("PrivateDnsEnabled", splice.Bool(true)))
		if like := x.like(in); like != nil {
			fields = append(fields, f("SubnetIds", splice.Of(like.Node.At("Properties", "SubnetIds"))), f("SecurityGroupIds", splice.Of(like.Node.At("Properties", "SecurityGroupIds"))))
		} else {
			if group == "" {
				group = x.endpointGroup(in)
				x.names()
			}
			fields = append(fields, f("SubnetIds", x.writes(in, x.subnets())), f("SecurityGroupIds", splice.List(splice.Tagged("!Ref", group))))
		}
		x.insert(in, name, endpointType, fields...)
		names = append(names, "an endpoint for "+n.service)
	}
	x.says = "add " + list(names) + " to the VPC"
}

// logical makes a part of a logical id of the name of a service.
func logical(service string) string {
	var b strings.Builder
	for w := range strings.FieldsFuncSeq(service, func(r rune) bool { return r == '.' || r == '-' }) {
		b.WriteString(strings.ToUpper(w[:1]) + w[1:])
	}
	return b.String()
}

// like returns an interface endpoint of the VPC whose subnets and groups are
// good for another one, nil where there is none.
func (x *mender) like(in *cloud.Stack) *cloud.Resource {
	for ep := range x.OfType(endpointType) {
		if ep.Stack != in || ep.Node == nil || text(ep, "VpcEndpointType") != "Interface" || text(ep, "VpcId") != x.vpc ||
			ep.Node.At("Properties", "SubnetIds") == nil || ep.Node.At("Properties", "SecurityGroupIds") == nil {
			continue
		}
		good := true
		for _, p := range x.places {
			from := peer{groups: x.groupsIn(x.job.groups, p.vpc), ranges: x.ranges(p)}
			good = good && x.opens(texts(ep.Prop("SecurityGroupIds")), p.vpc, ingress, from).v == truth.Yes
		}
		if good {
			return ep
		}
	}
	return nil
}

func (x *mender) subnets() []string {
	var out []string
	for _, p := range x.places {
		out = append(out, p.id)
	}
	return out
}

// endpointGroup adds a security group that lets the job in on port 443.
func (x *mender) endpointGroup(in *cloud.Stack) string {
	return x.insert(in, "EndpointGroup", groupType,
		f("GroupDescription", splice.String("VPC endpoints")), f("VpcId", x.write(in, x.vpc)),
		f("SecurityGroupIngress", splice.List(x.callers(in)...)))
}

// callers are the rules that let the job in: by its security groups, or by
// its subnets where it has none of its own.
func (x *mender) callers(in *cloud.Stack) []splice.Value {
	var rules []splice.Value
	for _, g := range x.job.groups {
		rules = append(rules, https(f("SourceSecurityGroupId", x.write(in, g))))
	}
	if len(x.job.groups) == 0 {
		for _, p := range x.places {
			rules = append(rules, https(f("CidrIp", x.write(in, text(p.res, "CidrBlock")))))
		}
	}
	return rules
}

func https(other splice.Field) splice.Value {
	return splice.Map(f("IpProtocol", splice.String("tcp")), f("FromPort", splice.Number("443")), f("ToPort", splice.Number("443")), other)
}

// names lets a declared VPC have private DNS.
func (x *mender) names() {
	v := x.byRef(vpcType, x.vpc)
	for _, on := range []string{"EnableDnsSupport", "EnableDnsHostnames"} {
		if v != nil && (text(v, on) == "false" || text(v, on) == "" && on == "EnableDnsHostnames") {
			x.put(splice.SetField(v.Props, on, splice.Bool(true)))
		}
	}
}

// privateNames switches private DNS on.
func (x *mender) privateNames() {
	for ep := range x.OfType(endpointType) {
		for _, n := range x.lost {
			if on := text(ep, "PrivateDnsEnabled"); (on == "" || on == "false") && text(ep, "VpcEndpointType") == "Interface" && x.fits(ep, x.places[0], n.host) == truth.Yes {
				x.put(splice.SetField(ep.Props, "PrivateDnsEnabled", splice.Bool(true)))
			}
		}
	}
	x.says = "give the names of the services to the endpoints (private DNS)"
	x.names()
}

// ends are the declared endpoints that the lost hosts are behind.
func (x *mender) ends() []*cloud.Resource {
	var out []*cloud.Resource
	for _, n := range x.lost {
		if ep := n.way.endpoint; ep != nil && !slices.Contains(out, ep) {
			out = append(out, ep)
		}
	}
	return out
}

// letIn opens the security groups of the endpoints to the job.
func (x *mender) letIn() {
	var done []*cloud.Resource
	for _, ep := range x.ends() {
		var group *cloud.Resource
		for _, id := range texts(ep.Prop("SecurityGroupIds")) {
			group = cmp.Or(group, x.byRef(groupType, id))
		}
		switch {
		case group == nil && ep.Prop("SecurityGroupIds") == nil:
			x.put(splice.SetField(ep.Props, "SecurityGroupIds", splice.List(splice.Tagged("!Ref", x.endpointGroup(ep.Stack)))))
			x.says = "give " + ep.ID() + " a security group that lets the caller in on port 443"
		case group == nil || slices.Contains(done, group):
			x.bad = x.bad || group == nil
		default:
			done = append(done, group)
			x.says = "let the caller into " + group.ID() + " on port 443"
			x.rules(group, "SecurityGroupIngress", x.callers(group.Stack))
		}
	}
}

// rules adds rules to a declared security group.
func (x *mender) rules(group *cloud.Resource, prop string, rules []splice.Value) {
	if group.Prop(prop) == nil {
		x.put(splice.SetField(group.Props, prop, splice.List(rules...)))
		return
	}
	for _, r := range rules {
		x.put(splice.AppendItem(group.Prop(prop), r))
	}
}

// letOutTo opens the security groups of the job to the endpoints alone.
func (x *mender) letOutTo() {
	ends := x.ends()
	if len(ends) != len(x.lost) {
		x.bad = true
		return
	}
	own := x.own()
	var to []string
	for _, ep := range ends {
		for _, g := range texts(ep.Prop("SecurityGroupIds")) {
			if !slices.Contains(to, g) {
				to = append(to, g)
			}
		}
	}
	if own == nil || len(to) == 0 {
		x.bad = true
		return
	}
	for _, g := range to {
		v, ok := x.site.Author(own, g)
		x.bad = x.bad || !ok
		x.rules(own, "SecurityGroupEgress", []splice.Value{https(f("DestinationSecurityGroupId", v))})
	}
	x.says = "let port 443 out of " + own.ID() + " to the endpoints"
}

// letOut opens them to every address.
func (x *mender) letOut() {
	own := x.own()
	if own == nil {
		x.bad = true
		return
	}
	x.rules(own, "SecurityGroupEgress", []splice.Value{https(f("CidrIp", splice.String("0.0.0.0/0")))})
	x.says = "let port 443 out of " + own.ID()
}

// own is the first declared security group of the job.
func (x *mender) own() *cloud.Resource {
	for _, g := range x.job.groups {
		if r := x.byRef(groupType, g); r != nil {
			return r
		}
	}
	return nil
}

// region lets an endpoint be that of its own region.
func (x *mender) region() {
	for _, n := range x.lost {
		if n.region != x.site.Region {
			x.bad = true // an endpoint there is of no use to a VPC here
			return
		}
		for ep := range x.OfType(endpointType) {
			if _, ok := x.misfit(ep, x.places[0], n.host); ok {
				x.put(splice.SetField(ep.Props, "ServiceName", splice.Tagged("!Sub", "com.amazonaws.${AWS::Region}."+n.service)))
				x.says = "let " + ep.ID() + " be the endpoint of this region"
			}
		}
	}
}

// publicAddress gives what runs a public address, where it may have one.
func (x *mender) publicAddress() {
	if x.net.Address == nil {
		x.bad = true
		return
	}
	x.says = "give " + match.Render(x.net.What) + " a public address"
	x.put(x.net.Address())
}

// inTable puts a gateway endpoint into the route tables of the job.
func (x *mender) inTable() {
	for _, n := range x.lost {
		for ep := range x.OfType(endpointType) {
			if kind := text(ep, "VpcEndpointType"); kind != "" && kind != "Gateway" || x.fits(ep, x.places[0], n.host) != truth.Yes {
				continue
			}
			have := texts(ep.Prop("RouteTableIds"))
			for _, p := range x.places {
				if p.table == nil {
					x.bad = true
					return
				}
				if slices.Contains(have, p.table.Ref) {
					continue
				}
				have = append(have, p.table.Ref)
				v, ok := x.site.Author(ep, p.table.Ref)
				x.bad = x.bad || !ok
				if list := ep.Prop("RouteTableIds"); list != nil {
					x.put(splice.AppendItem(list, v))
				} else {
					x.put(splice.SetField(ep.Props, "RouteTableIds", splice.List(v)))
				}
			}
			x.says = "put " + ep.ID() + " into the route table of the subnet"
		}
	}
}
