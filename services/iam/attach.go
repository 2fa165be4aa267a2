package iam

import (
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
)

// attachPolicy puts an inline policy on the principals that it lists.
func attachPolicy(m *cloud.Model, r *cloud.Resource) {
	a := m.Attachment(r, r.Prop("PolicyDocument"), iam.Identity, cloud.Text(r.Prop("PolicyName")))
	attachAll(m, r, a)
}

// attachManagedPolicy puts a customer managed policy on the principals that
// it lists itself; those that list it are attachManaged's.
func attachManagedPolicy(m *cloud.Model, r *cloud.Resource) {
	attachAll(m, r, customer(m, r))
}

func attachAll(m *cloud.Model, r *cloud.Resource, a cloud.Attachment) {
	for _, l := range [...]struct{ prop, typ string }{{"Roles", roleType}, {"Users", userType}, {"Groups", groupType}} {
		for n := range r.Prop(l.prop).Elems() {
			attachTo(m, r, n, l.typ, a)
		}
	}
}

// attachInline returns the Attach of the types that hold one policy for one
// principal.
func attachInline(prop, typ string) func(*cloud.Model, *cloud.Resource) {
	return func(m *cloud.Model, r *cloud.Resource) {
		// Without a document the resource changes nothing.
		if r.Prop("PolicyDocument") == nil {
			return
		}
		a := m.Attachment(r, r.Prop("PolicyDocument"), iam.Identity, cloud.Text(r.Prop("PolicyName")))
		attachTo(m, r, r.Prop(prop), typ, a)
	}
}

// attachTo puts a on the principals that n names by name. A name that is not
// known puts it, as a policy that may be there, on each principal of the
// account that could have it.
func attachTo(m *cloud.Model, r *cloud.Resource, n *doc.Node, typ string, a cloud.Attachment) {
	s := cloud.Text(n)
	if n != nil {
		a = a.When(n.Maybe...)
	}
	sure, maybe := m.Refer(s, r.Account, "", typ)
	if strings.HasPrefix(s, "arn:") && a.Policy != nil {
		// "The name (friendly name, not ARN)", says each page.
		p := *a.Policy
		p.Broken = match.Render(s) + " is an ARN, and " + r.Type + " takes names"
		a.Policy = &p
	}
	for _, t := range sure {
		put(m, t, a)
	}
	for _, t := range maybe {
		put(m, t, a.When("which principal "+match.Render(s)+" names"))
	}
}

func put(m *cloud.Model, t *cloud.Resource, a cloud.Attachment) {
	p := m.Principal(t.ARN)
	if p == nil {
		return
	}
	if a.ARN != "" && slices.ContainsFunc(p.Identity, func(b cloud.Attachment) bool { return same(a, b) }) {
		return
	}
	p.Identity = append(p.Identity, a)
}

// same reports whether b is the managed policy a, attached for certain.
func same(a, b cloud.Attachment) bool {
	return a.ARN == b.ARN && b.Policy != nil && len(b.Policy.Maybe) == 0
}

// customer returns the attachment of a declared managed policy.
func customer(m *cloud.Model, r *cloud.Resource) cloud.Attachment {
	a := m.Attachment(r, r.Prop("PolicyDocument"), iam.Identity, r.Name)
	a.ARN = r.ARN
	return a
}

// managed returns the managed policies that n, an entry of r, may name: one
// where it is certain, never none.
func managed(m *cloud.Model, r *cloud.Resource, n *doc.Node) []cloud.Attachment {
	s := cloud.Text(n)
	var as []cloud.Attachment
	for t := range m.OfType(managedType) {
		if t.ARN == s && t.Account == r.Account {
			a := customer(m, t).When(n.Maybe...)
			a.Span = n.Where()
			as = append(as, a)
		}
	}
	if as != nil {
		return as
	}
	_, maybe := m.Refer(s, r.Account, "", managedType)
	a := cloud.Attachment{Name: match.Render(s), ARN: s, Resource: r, Span: n.Where()}
	x, err := arn.Parse(s)
	switch {
	case err != nil && !match.HasHole(s):
		a.Unknown = match.Render(s) + " is no ARN of a managed policy"
	case err == nil && arn.IsAccountID(x.Account) && x.Account != r.Account:
		a.Unknown = "managed policy " + match.Render(s) + " is of another account, where AWS attaches none"
	case err != nil || len(maybe) > 0 || match.HasHole(s):
		a.Unknown = "which managed policy " + match.Render(s) + " is"
	case x.Account == "aws":
		a.Name = x.Name()
		a.Policy = m.Managed(s, awsManaged)
		if a.Policy == nil {
			a.Unknown = "AWS managed policy " + s + " is not in the facts"
		}
		return []cloud.Attachment{a.When(n.Maybe...)}
	default:
		a.Unknown = "managed policy " + s + " is declared by no stack"
	}
	return []cloud.Attachment{a}
}
