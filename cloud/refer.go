package cloud

import (
	"strings"

	"penstock/doc"
	"penstock/match"
)

// Text returns what a scalar says, and for a node that could not be known a
// hole that may be any string. Nil and null give "".
func Text(n *doc.Node) string {
	if n != nil && n.Kind == doc.Unknown {
		return match.Hole(match.Any, n.Text)
	}
	return n.Str()
}

// Refer returns the resources of these types that s names: sure are those
// whose Ref, name or ARN is s. Where there is none, maybe are those that s,
// symbolic itself or compared with a name that CloudFormation will make up,
// could turn out to name. A name counts in its account and region, either ""
// for any; an ARN counts anywhere.
func (m *Model) Refer(s, account, region string, types ...string) (sure, maybe []*Resource) {
	if s == "" {
		return nil, nil
	}
	for _, t := range types {
		for r := range m.OfType(t) {
			here := (account == "" || r.Account == account) && (region == "" || r.Region == region)
			switch {
			case r.ARN == s, here && (r.Ref == s || r.Name == s):
				sure = append(sure, r)
			case here && r.couldBe(s):
				maybe = append(maybe, r)
			}
		}
	}
	if sure != nil {
		return sure, nil
	}
	return nil, maybe
}

// couldBe reports whether s may name r, although the texts differ.
func (r *Resource) couldBe(s string) bool {
	return r.couldEqual(s, r.Ref) || r.couldEqual(s, r.Name) || r.couldEqual(s, r.ARN)
}

// couldEqual compares s with c, the Ref, name or ARN of r. Where all that is
// unknown of c is the name that CloudFormation will make up, s must be one
// that it could.
func (r *Resource) couldEqual(s, c string) bool {
	if !overlap(s, c) {
		return false
	}
	if match.HasHole(s) || !r.generated() {
		return true
	}
	before, after, ok := strings.Cut(c, r.Name)
	if !ok || match.HasHole(before) || match.HasHole(after) {
		return true
	}
	return len(s) > len(before)+len(after) && r.couldGenerate(s[len(before):len(s)-len(after)])
}

// generated reports whether the name is a hole for the resource itself, which
// a reader names after the stack and the logical id.
func (r *Resource) generated() bool {
	if !wholeHole(r.Name) {
		return false
	}
	h := match.Holes(r.Name)[0]
	return h == r.LogicalID || strings.HasSuffix(h, "."+r.LogicalID)
}

// couldGenerate reports whether CloudFormation could make up the name s for
// r. It joins the stack's name, the logical id and a random suffix by '-'
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html);
// a long stack name is cut, so that only its first characters are compared
// (how many stay is not documented; eight is assumed).
func (r *Resource) couldGenerate(s string) bool {
	if r.Stack == nil || match.HasHole(r.Stack.Name) {
		return true
	}
	// A reader tells stacks of one name apart by what follows an '@'.
	name, _, _ := strings.Cut(r.Stack.Name, "@")
	head := name[:min(8, len(name))]
	return len(s) > len(head) && strings.EqualFold(s[:len(head)], head) && strings.Contains(s, "-")
}

// overlap reports whether two symbolic strings, not equal as text, could be
// equal for some value of their holes: what stands before the first hole and
// after the last of each must agree. Yes may be wrong, no is not.
func overlap(a, b string) bool {
	if b == "" || (!match.HasHole(a) && !match.HasHole(b)) {
		return false
	}
	ah, at := ends(a)
	bh, bt := ends(b)
	n, k := min(len(ah), len(bh)), min(len(at), len(bt))
	return ah[:n] == bh[:n] && at[len(at)-k:] == bt[len(bt)-k:]
}

// ends returns what stands before the first and after the last hole.
func ends(s string) (head, tail string) {
	before, _, ok := strings.Cut(s, "\x00")
	if !ok {
		return s, s
	}
	return before, s[strings.LastIndexByte(s, 0)+1:]
}
