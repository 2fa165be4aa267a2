package ec2

import (
	"slices"
	"strconv"

	"penstock/cloud"
	"penstock/diag"
	"penstock/match"
	"penstock/truth"
)

// The ports at which an answer arrives: those that Linux gives out. AWS
// recommends to open 1024 to 65535
// (https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports).
const (
	firstEphemeral = 32768
	lastEphemeral  = 60999
)

// internet stands for all public addresses.
const internet = "the internet"

// acl reports whether the network ACL of a place lets a connection to port 443
// of an address out, and its answer in.
func (w world) acl(p place, addr string) ruling {
	acl, r := w.aclOf(p)
	if acl == nil {
		return r
	}
	out := w.entries(acl, true, addr, port, port)
	in := w.entries(acl, false, addr, firstEphemeral, lastEphemeral)
	return both(out, in)
}

// between reports whether the network ACLs let a connection pass from one
// place to port 443 of another, and the answer back. They see only what leaves
// a subnet.
func (w world) between(from, to place) ruling {
	if from.id == to.id {
		return ruling{v: truth.Yes}
	}
	r := ruling{v: truth.Yes}
	if a, fr := w.aclOf(from); a == nil {
		r = both(r, fr)
	} else {
		addr := text(to.res, "CidrBlock")
		r = both(r, both(w.entries(a, true, addr, port, port), w.entries(a, false, addr, firstEphemeral, lastEphemeral)))
	}
	if a, fr := w.aclOf(to); a == nil {
		r = both(r, fr)
	} else {
		addr := text(from.res, "CidrBlock")
		r = both(r, both(w.entries(a, false, addr, port, port), w.entries(a, true, addr, firstEphemeral, lastEphemeral)))
	}
	return r
}

func both(a, b ruling) ruling {
	return ruling{v: a.v.And(b.v), notes: append(slices.Clone(a.notes), b.notes...), facts: append(slices.Clone(a.facts), b.facts...)}
}

// aclOf returns the network ACL of a place; where no stack gives it one, what
// the default one says, which lets everything pass
// (https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html).
// What the ACL of an undeclared subnet says is part of whether the subnet has
// a way out, and not asked again.
func (w world) aclOf(p place) (*cloud.Resource, ruling) {
	for a := range w.OfType("AWS::EC2::SubnetNetworkAclAssociation") {
		if text(a, "SubnetId") != p.id {
			continue
		}
		id := text(a, "NetworkAclId")
		if acl := w.byRef("AWS::EC2::NetworkAcl", id); acl != nil && len(a.Maybe) == 0 {
			return acl, ruling{}
		}
		return nil, ruling{v: truth.Maybe, facts: []string{"the rules of network ACL " + match.Render(id)}}
	}
	return nil, ruling{v: truth.Yes}
}

// entries goes through the rules of an ACL in the order of their numbers; the
// first that matches decides, and none is a denial
// (https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html).
func (w world) entries(acl *cloud.Resource, out bool, addr string, lo, hi int) ruling {
	type entry struct {
		n int
		r *cloud.Resource
	}
	var es []entry
	r := ruling{v: truth.No, notes: []diag.Note{{At: acl.Span, Message: "the network ACL"}}}
	for e := range w.OfType("AWS::EC2::NetworkAclEntry") {
		if text(e, "NetworkAclId") != acl.Ref {
			continue
		}
		switch d := text(e, "Egress"); {
		case match.HasHole(d):
			return unclear(e)
		case (d == "true") != out:
			continue
		}
		n, err := strconv.Atoi(text(e, "RuleNumber"))
		if err != nil {
			return unclear(e)
		}
		es = append(es, entry{n, e})
	}
	slices.SortStableFunc(es, func(a, b entry) int { return a.n - b.n })
	var allowed, denied bool // by a rule that may match
	for _, e := range es {
		v := aclProto(e.r).And(aclPorts(e.r, lo, hi)).And(aclAddr(e.r, addr))
		if v == truth.No {
			continue
		}
		action := text(e.r, "RuleAction")
		if v == truth.Maybe || len(e.r.Maybe) > 0 || action != "allow" && action != "deny" {
			allowed, denied = allowed || action != "deny", denied || action != "allow"
			continue
		}
		r.notes = append(r.notes, diag.Note{At: e.r.Span, Message: "the rule that decides"})
		if action == "allow" {
			r.v = truth.Yes
		}
		break
	}
	if r.v == truth.No && allowed || r.v == truth.Yes && denied {
		return ruling{v: truth.Maybe, facts: []string{"which addresses and ports the rules of network ACL " + acl.ID() + " cover"}}
	}
	return r
}

func unclear(e *cloud.Resource) ruling {
	return ruling{v: truth.Maybe, facts: []string{"what the network ACL rule " + e.ID() + " says"}}
}

func aclProto(e *cloud.Resource) truth.Value {
	p := text(e, "Protocol")
	if match.HasHole(p) {
		return truth.Maybe
	}
	return truth.Of(p == "-1" || p == "6")
}

// aclPorts reports whether an entry covers all the ports from lo to hi; Maybe
// for some of them.
func aclPorts(e *cloud.Resource, lo, hi int) truth.Value {
	if text(e, "Protocol") == "-1" {
		return truth.Yes // ports are ignored
	}
	from, err1 := strconv.Atoi(text(e, "PortRange", "From"))
	to, err2 := strconv.Atoi(text(e, "PortRange", "To"))
	switch {
	case e.Prop("PortRange") == nil:
		return truth.Yes
	case err1 != nil || err2 != nil:
		return truth.Maybe
	case from <= lo && hi <= to:
		return truth.Yes
	case to < lo || hi < from:
		return truth.No
	}
	return truth.Maybe
}

func aclAddr(e *cloud.Resource, addr string) truth.Value {
	c := text(e, "CidrBlock")
	switch {
	case c == "":
		return truth.No // IPv6
	case addr == internet:
		return coversInternet(c)
	case addr == "":
		return covers(c, nil)
	}
	return covers(c, []string{addr})
}
