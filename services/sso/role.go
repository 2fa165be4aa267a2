package sso

import (
	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/doc/json"
	"penstock/iam"
	"penstock/iam/facts"
	"penstock/match"
	"penstock/service"
	"penstock/source"
)

// assign makes the role that an assigned permission set has in the account
// that it is assigned in: with its inline policy, the AWS managed policies and
// those of the account that it names, and its boundary
// (https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html).
func assign(m *cloud.Model, r *cloud.Resource) {
	set := m.Resource(cloud.Text(r.Prop("PermissionSetArn")))
	account := cloud.Text(r.Prop("TargetId"))
	if set == nil || set.Type != setType || account == "" {
		return
	}
	role := service.PermissionSetRole(account, set.Name)
	if m.Principal(role) != nil {
		return // assigned to somebody else too
	}
	p := &cloud.Principal{
		Kind: cloud.Role, ARN: role, Name: service.PermissionSetRoleName(set.Name), Account: account,
		Path: "/aws-reserved/sso.amazonaws.com/", Resource: set, Maybe: append(set.Maybe[:len(set.Maybe):len(set.Maybe)], r.Maybe...),
		Trust: trust(set, account),
	}
	if n := set.Prop("InlinePolicy"); n != nil && n.Kind != doc.Null {
		p.Identity = append(p.Identity, m.Attachment(set, n, iam.Identity, "the inline policy"))
	}
	for n := range set.Prop("ManagedPolicies").Elems() {
		p.Identity = append(p.Identity, amazons(m, set, n).When(n.Maybe...))
	}
	for n := range set.Prop("CustomerManagedPolicyReferences").Elems() {
		p.Identity = append(p.Identity, accounts(m, set, n, account).When(n.Maybe...))
	}
	if b := set.Prop("PermissionsBoundary"); b != nil && b.Kind != doc.Null {
		a := amazons(m, set, b.Get("ManagedPolicyArn"))
		if ref := b.Get("CustomerManagedPolicyReference"); ref != nil {
			a = accounts(m, set, ref, account)
		}
		if a.Policy != nil {
			q := *a.Policy
			q.Kind = iam.Boundary
			a.Policy = &q
		}
		p.Boundary = &a
	}
	m.AddPrincipal(p)
}

// trust is the trust policy of the role of a permission set: the identity
// provider of Identity Center in the account, which nobody else signs for, and
// no principal of IAM. Nobody but AWS changes it: "this role is only modifiable
// by AWS"
// (https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html,
// https://github.com/perkbox/cloud-access-bot/issues/11).
func trust(set *cloud.Resource, account string) *cloud.Attachment {
	a := &cloud.Attachment{Name: "the trust policy", Resource: set, Span: set.Span}
	provider := "arn:" + arn.Partition(set.Region) + ":iam::" + account + ":saml-provider/AWSSSO_" + match.Hole(match.Name, "the provider of Identity Center") + "_DO_NOT_DELETE"
	st := iam.Statement{
		Effect: iam.Allow, Span: set.Span, HasPrincipal: true,
		Principals: []iam.PrincipalElem{{Type: iam.PrincipalFederated, Elem: iam.Elem{Text: provider, Span: set.Span}}},
		Actions:    []iam.Elem{{Text: "sts:AssumeRoleWithSAML", Span: set.Span}, {Text: "sts:TagSession", Span: set.Span}},
	}
	a.Policy = &iam.Policy{Kind: iam.Trust, Span: set.Span, Statements: []iam.Statement{st}}
	return a
}

// amazons is the AWS managed policy that n names by its ARN.
func amazons(m *cloud.Model, set *cloud.Resource, n *doc.Node) cloud.Attachment {
	s := cloud.Text(n)
	a := cloud.Attachment{Name: match.Render(s), ARN: s, Resource: set, Span: n.Where()}
	x, err := arn.Parse(s)
	switch {
	case err != nil || match.HasHole(s):
		a.Unknown = "which managed policy " + match.Render(s) + " is"
	case x.Account != "aws":
		a.Unknown = match.Render(s) + " is no policy of AWS's, and a permission set names others by CustomerManagedPolicyReferences"
	default:
		a.Name = x.Name()
		if a.Policy = m.Managed(s, managed); a.Policy == nil {
			a.Unknown = "AWS managed policy " + s + " is not in the facts"
		}
	}
	return a
}

// accounts is the policy of the target account that n names by name and path.
func accounts(m *cloud.Model, set *cloud.Resource, n *doc.Node, account string) cloud.Attachment {
	name := cloud.Text(n.Get("Name"))
	for r := range m.OfType(policyType) {
		if r.Account == account && r.Name == name {
			a := m.Attachment(r, r.Prop("PolicyDocument"), iam.Identity, name)
			a.ARN, a.Span = r.ARN, n.Where()
			return a
		}
	}
	return cloud.Attachment{
		Name: match.Render(name), Resource: set, Span: n.Where(),
		Unknown: "managed policy " + match.Render(name) + " of account " + match.Render(account) + " is declared by no stack",
	}
}

// managed reads an AWS managed policy from the facts, nil where they have none
// of this ARN.
func managed(a string) *iam.Policy {
	text, _, ok := facts.ManagedPolicy(a)
	if !ok {
		return nil
	}
	n, _, err := json.Parse(source.NewFile(a, text))
	if err != nil {
		return nil
	}
	p, _ := iam.Parse(n, iam.Identity)
	return p
}
