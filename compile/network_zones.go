package compile

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"penstock/blueprint"
	"penstock/services/ec2"
)

// divideCIDR takes a block apart into sixteen, or into as many as keep a
// subnet at the least that AWS makes, /28
// (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html). The
// first are for builds, the last is for the NAT gateway.
func divideCIDR(block string) []string {
	p, err := netip.ParsePrefix(block)
	if err != nil || !p.Addr().Is4() {
		return slices.Repeat([]string{block}, zones+1) // the reader of specs has refused it
	}
	p = p.Masked()
	bits := max(p.Bits(), min(p.Bits()+4, 28))
	a := p.Addr().As4()
	base := uint32(a[0])<<24 | uint32(a[1])<<16 | uint32(a[2])<<8 | uint32(a[3])
	var out []string
	for i := range uint32(1) << (bits - p.Bits()) {
		n := base + i<<(32-bits)
		out = append(out, netip.PrefixFrom(netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}), bits).String())
	}
	for len(out) <= zones {
		out = append(out, out[len(out)-1])
	}
	return out
}

// zone is the id of the i-th availability zone for the stack's region.
// Fn::GetAZs has no counterpart in Fn::Sub, names of zones are an account's own
// (ap-northeast-1b is there in few), and subnets without a zone may all fall
// into one, where an endpoint can have one subnet only; an id is a constant
// that CloudFormation and Terraform take alike
// (https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html).
func (b *builder) zone(st *blueprint.Stack, i int) blueprint.Sub {
	id := ""
	if ids := zoneIDs(st.Region); i < len(ids) {
		id = ids[i]
	}
	return st.Parameter(blueprint.Parameter{
		Name: "Zone" + letter(i), Value: id, Inline: id != "", Pattern: "[a-z0-9]+-az[0-9]+",
		Description: "Id of an availability zone of the region, as aws ec2 describe-availability-zones tells it",
	})
}

// gaps are the regions whose first three zones are not the numbers 1 to 3 for
// every account and service
// (https://docs.aws.amazon.com/efs/latest/ug/OneZoneAZs.html lists the ids that
// accounts get; https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html).
var gaps = map[string][]int{
	"ap-northeast-1": {1, 2, 4}, "ca-central-1": {1, 2, 4}, "us-east-1": {1, 2, 4}, "us-west-1": {1, 3}, "cn-north-1": {1, 2},
}

// directions are the words of a region's name as the ids of its zones spell
// them: ap-northeast-1 is apne1.
var directions = map[string]string{
	"north": "n", "south": "s", "east": "e", "west": "w", "central": "c",
	"northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw",
}

// zoneIDs are the ids of zones of a region, none for a region whose name is
// not made as those are.
func zoneIDs(region string) []string {
	parts := strings.Split(region, "-")
	n := len(parts)
	if n < 3 || directions[parts[n-2]] == "" || len(parts[n-1]) != 1 {
		return nil
	}
	code := ""
	switch {
	case n == 3 && len(parts[0]) == 2:
		code = parts[0]
	case n == 4 && parts[0] == "us" && parts[1] == "gov":
		code = "usg"
	default:
		return nil
	}
	code += directions[parts[n-2]] + parts[n-1]
	numbers := gaps[region]
	if numbers == nil {
		numbers = []int{1, 2, 3}
	}
	var out []string
	for _, i := range numbers {
		out = append(out, fmt.Sprintf("%s-az%d", code, i))
	}
	return out
}

// prefixList is the prefix list of a gateway endpoint's service, a parameter
// to be given where it is not known for the region.
func (b *builder) prefixList(st *blueprint.Stack, service string) blueprint.Sub {
	id := ec2.PrefixList(service, st.Region)
	name := "com.amazonaws." + st.Region + "." + service
	if strings.HasPrefix(st.Region, "cn-") {
		name = "cn." + name
	}
	if id == "" && st.Param(ident(service)+"PrefixList") == nil {
		b.step(Step{
			Title:   "Look up the prefix list of " + name + ": parameter " + ident(service) + "PrefixList of stack " + st.Name,
			Command: "aws ec2 describe-managed-prefix-lists --region " + st.Region + " --filters Name=prefix-list-name,Values=" + name + " --query 'PrefixLists[0].PrefixListId' --output text",
			Why:     "its id is the region's own, and no template can look it up",
		})
	}
	return st.Parameter(blueprint.Parameter{
		Name: ident(service) + "PrefixList", Value: id, Inline: id != "", Pattern: "pl-[0-9a-f]+",
		Description: "Id of the prefix list " + name,
	})
}
