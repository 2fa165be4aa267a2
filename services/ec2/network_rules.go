package ec2

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/match"
	"penstock/source"
	"penstock/truth"
)

// port is the one that every AWS service and every registry is reached at.
const port = 443

const (
	groupType = "AWS::EC2::SecurityGroup"
	ingress   = false
	egress    = true
)

// A ruling is what security groups or a network ACL say to some traffic.
type ruling struct {
	v     truth.Value
	notes []diag.Note
	facts []string
}

// A peer is the other end of the traffic.
type peer struct {
	any    bool   // whoever it is
	public bool   // addresses on the internet
	list   string // the prefix list that holds its addresses, "" where it is not known
	groups []string
	// ranges hold its address, the closest first; none where nothing is
	// known of it.
	ranges []string
}

// A rule is one entry of a security group.
type rule struct {
	proto, from, to   string
	cidr, list, group string // the other end
	unknown           string // why it cannot be read
	maybe             []string
	at                source.Span
}

// defaultGroup is what Fn::GetAtt gives for the default group of a VPC.
func defaultGroup(vpc *cloud.Resource) string {
	return "sg-" + match.Hole(match.Name, vpc.ID()+".DefaultSecurityGroup")
}

// groupsIn returns the groups of an interface, which are the default group of
// the VPC where none are named.
func (w world) groupsIn(groups []string, vpc string) []string {
	if len(groups) > 0 {
		return groups
	}
	if v := w.byRef(vpcType, vpc); v != nil {
		return []string{defaultGroup(v)}
	}
	return []string{match.Hole(match.Name, "the default security group of VPC "+match.Render(vpc))}
}

// opens reports whether security groups let traffic on port 443 out to a peer,
// or in from one. Groups are stateful: the answer may come back
// (https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html).
func (w world) opens(groups []string, vpc string, out bool, to peer) ruling {
	r := ruling{v: truth.No}
	for _, g := range w.groupsIn(groups, vpc) {
		rules, fact := w.rules(g, out)
		if fact != "" {
			r.v = r.v.Or(truth.Maybe)
			r.facts = append(r.facts, fact)
		}
		for _, x := range rules {
			v := x.port().And(w.matches(x, to))
			if v == truth.Yes && len(x.maybe) > 0 {
				v = truth.Maybe
			}
			if v == truth.Maybe {
				r.facts = append(r.facts, x.fact(g))
			}
			r.v = r.v.Or(v)
		}
		if res := w.byRef(groupType, g); res != nil {
			r.notes = append(r.notes, diag.Note{At: res.Span, Message: "the security group"})
		}
	}
	return r
}

func (x rule) fact(g string) string {
	if x.unknown != "" {
		return x.unknown
	}
	if len(x.maybe) > 0 {
		return match.Render(x.maybe[0])
	}
	return "whether " + match.Render(cmp.Or(x.list, x.group, x.cidr, x.from, g)) + " in the rules of " + match.Render(g) + " covers it"
}

// rules returns the rules of a group in one direction; fact says what is not
// known of them.
func (w world) rules(g string, out bool) (rs []rule, fact string) {
	res := w.byRef(groupType, g)
	prop, typ := "SecurityGroupIngress", "AWS::EC2::SecurityGroupIngress"
	if out {
		prop, typ = "SecurityGroupEgress", "AWS::EC2::SecurityGroupEgress"
	}
	separate := 0
	for r := range w.OfType(typ) {
		switch id := text(r, "GroupId"); {
		case id == g:
			x := readRule(r.Props, out)
			x.maybe = append(x.maybe, r.Maybe...)
			x.at = r.Span
			rs = append(rs, x)
			separate++
		case w.strange(groupType, id) && !w.isDefaultGroup(id):
			fact = "which security group " + match.Render(id) + " is"
		}
	}
	everything := rule{proto: "-1", cidr: "0.0.0.0/0"}
	switch {
	case w.isDefaultGroup(g):
		// It lets in its own members, and out everything
		// (https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html).
		if out {
			return append(rs, everything), fact
		}
		return append(rs, rule{proto: "-1", group: g}), fact
	case res == nil:
		return rs, "the rules of security group " + match.Render(g)
	}
	n := res.Prop(prop)
	if out && (n == nil || n.Kind == doc.Null) {
		// "if you do not add egress rules, we add egress rules that allow all
		// outbound IPv4 and IPv6 traffic"
		// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html).
		// Whether rules of their own resources take that one away is not
		// documented.
		if separate > 0 {
			everything.unknown = "whether the rules beside " + res.ID() + " replace its default rule"
		}
		return append(rs, everything), fact
	}
	for e := range n.Elems() {
		x := readRule(e, out)
		x.maybe = append(x.maybe, n.Maybe...)
		rs = append(rs, x)
	}
	return rs, fact
}

// isDefaultGroup reports whether an id is that of the default group of a declared
// VPC.
func (w world) isDefaultGroup(id string) bool {
	for v := range w.OfType(vpcType) {
		if defaultGroup(v) == id {
			return true
		}
	}
	return false
}

func readRule(n *doc.Node, out bool) rule {
	x := rule{at: n.Where()}
	if n == nil || n.Kind != doc.Map {
		x.unknown = "a rule at " + n.Where().String()
		return x
	}
	x.maybe = n.Maybe
	get := func(k string) string { return cloud.Text(n.Get(k)) }
	x.proto, x.from, x.to = get("IpProtocol"), get("FromPort"), get("ToPort")
	x.cidr = get("CidrIp") // the services answer over IPv4 unless asked otherwise
	if out {
		x.list, x.group = get("DestinationPrefixListId"), get("DestinationSecurityGroupId")
	} else {
		x.list, x.group = get("SourcePrefixListId"), cmp.Or(get("SourceSecurityGroupId"), get("SourceSecurityGroupName"))
	}
	return x
}

// port reports whether the rule is for TCP on port 443.
func (x rule) port() truth.Value {
	switch {
	case x.unknown != "":
		return truth.Maybe
	case x.proto == "-1":
		return truth.Yes
	case match.HasHole(x.proto):
		return truth.Maybe
	case x.proto != "6" && !strings.EqualFold(x.proto, "tcp"):
		return truth.No
	}
	if match.HasHole(x.from) || match.HasHole(x.to) {
		return truth.Maybe
	}
	lo, err1 := strconv.Atoi(x.from)
	hi, err2 := strconv.Atoi(cmp.Or(x.to, x.from))
	switch {
	case err1 != nil || err2 != nil:
		return truth.Of(x.from == "" && x.to == "")
	case lo == -1:
		return truth.Yes
	}
	return truth.Of(lo <= port && port <= hi)
}

// matches reports whether a rule covers a peer.
func (w world) matches(x rule, to peer) truth.Value {
	v := truth.No
	switch {
	case x.unknown != "":
		return truth.Maybe
	case to.any:
		// Blocks that no network of anybody's has are a way to write "nothing".
		return truth.Of(x.cidr != "255.255.255.255/32" && x.cidr != "127.0.0.1/32")
	}
	if x.cidr != "" {
		if to.public {
			v = v.Or(coversInternet(x.cidr))
		} else {
			v = v.Or(covers(x.cidr, to.ranges))
		}
	}
	// A list that AWS keeps holds public addresses of its services.
	if x.list != "" && (to.public || !keptByAWS(x.list)) {
		v = v.Or(truth.Of(x.list == to.list).Or(truth.Maybe))
	}
	if x.group != "" && !to.public {
		for _, o := range to.groups {
			v = v.Or(w.sameGroup(x.group, o))
		}
	}
	return v
}

// sameGroup compares ids: two that different declarations give differ.
func (w world) sameGroup(a, b string) truth.Value {
	if a == b {
		return truth.Yes
	}
	known := func(id string) bool { return w.byRef(groupType, id) != nil || w.isDefaultGroup(id) }
	if known(a) && known(b) {
		return truth.No
	}
	return match.Equal(a, b)
}

// inner reports whether a block holds no public address
// (https://www.iana.org/assignments/iana-ipv4-special-registry).
func inner(p netip.Prefix) bool {
	for _, s := range [...]string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"} {
		q := netip.MustParsePrefix(s)
		if q.Bits() <= p.Bits() && q.Contains(p.Addr()) {
			return true
		}
	}
	return false
}

// coversInternet reports whether a block holds all public addresses.
func coversInternet(cidr string) truth.Value {
	if cidr == "0.0.0.0/0" {
		return truth.Yes
	}
	p, err := netip.ParsePrefix(cidr)
	if err != nil {
		return truth.Of(match.HasHole(cidr)).And(truth.Maybe)
	}
	return truth.Of(!inner(p)).And(truth.Maybe)
}

// covers reports whether a block holds an address that is in each of the
// ranges.
func covers(cidr string, ranges []string) truth.Value {
	if cidr == "0.0.0.0/0" || slices.Contains(ranges, cidr) {
		return truth.Yes
	}
	p, err := netip.ParsePrefix(cidr)
	if err != nil {
		return truth.Of(match.HasHole(cidr)).And(truth.Maybe)
	}
	v := truth.Maybe
	for _, r := range ranges {
		q, err := netip.ParsePrefix(r)
		switch {
		case err != nil:
		case p.Bits() <= q.Bits() && p.Contains(q.Addr()):
			return truth.Yes
		case !p.Overlaps(q):
			return truth.No
		}
	}
	return v
}
