package iam

import (
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
)

const (
	roleType    = "AWS::IAM::Role"
	userType    = "AWS::IAM::User"
	groupType   = "AWS::IAM::Group"
	managedType = "AWS::IAM::ManagedPolicy"
)

func declareRole(m *cloud.Model, r *cloud.Resource) {
	r.ReadTags("")
	p := declare(m, r, cloud.Role)
	trust := m.Attachment(r, r.Prop("AssumeRolePolicyDocument"), iam.Trust, "the trust policy")
	if p.Resource == r {
		p.Trust = &trust
	}
}

func declareUser(m *cloud.Model, r *cloud.Resource) {
	r.ReadTags("")
	declare(m, r, cloud.User)
}

func declareGroup(m *cloud.Model, r *cloud.Resource) { declare(m, r, cloud.Group) }

// declare makes the principal of r with its inline policies. Where another
// resource has declared the same ARN (two of one name under conditions that
// nobody can tell apart), what the principal has depends on which it is.
func declare(m *cloud.Model, r *cloud.Resource, k cloud.PrincipalKind) *cloud.Principal {
	p := m.Principal(r.ARN)
	if p == nil {
		path := r.Prop("Path").Str()
		if path == "" {
			path = "/"
		}
		p = &cloud.Principal{
			Kind: k, ARN: r.ARN, Name: r.Name, Path: path, Account: r.Account,
			Tags: r.Tags, Resource: r, Maybe: r.Maybe,
		}
		m.AddPrincipal(p)
	} else {
		unclear := cloud.Attachment{
			Name: "the second declaration", Resource: r, Span: r.Span,
			Unknown: "both " + p.Resource.ID() + " and " + r.ID() + " declare " + match.Render(r.ARN),
		}
		p.Identity = append(p.Identity, unclear)
		if k == cloud.Role {
			p.Trust = &unclear
		}
		return p
	}
	for n := range r.Prop("Policies").Elems() {
		if n.Kind == doc.Unknown {
			p.Identity = append(p.Identity, unknown(r, n, "the inline policies"))
			continue
		}
		name := cloud.Text(n.Get("PolicyName"))
		a := m.Attachment(r, n.Get("PolicyDocument"), iam.Identity, name)
		p.Identity = append(p.Identity, a.When(n.Maybe...))
	}
	return p
}

func unknown(r *cloud.Resource, n *doc.Node, what string) cloud.Attachment {
	return cloud.Attachment{
		Name: what, Resource: r, Span: n.Where(),
		Unknown: what + " of " + r.ID() + " depend on " + match.Render(cloud.Text(n)),
	}
}

// attachManaged joins a principal to the managed policies that it names and
// to its boundary.
func attachManaged(m *cloud.Model, r *cloud.Resource) {
	p := m.Principal(r.ARN)
	if p == nil || p.Resource != r {
		return
	}
	for n := range r.Prop("ManagedPolicyArns").Elems() {
		for _, a := range managed(m, r, n) {
			put(m, r, a)
		}
	}
	n := r.Prop("PermissionsBoundary")
	if cloud.Text(n) == "" {
		return
	}
	as := managed(m, r, n)
	b := as[0]
	if len(as) > 1 || b.Policy != nil && len(b.Policy.Maybe) > 0 {
		// A policy that may be absent grants less in an identity, but a
		// boundary that may be absent limits less: its content is unknown.
		b = cloud.Attachment{
			Name: "the permissions boundary", Resource: r, Span: n.Span,
			Unknown: "which permissions boundary " + r.ID() + " has is not known",
		}
	}
	if b.Policy != nil {
		q := *b.Policy
		q.Kind = iam.Boundary
		b.Policy = &q
	}
	p.Boundary = &b
}

func attachUser(m *cloud.Model, r *cloud.Resource) {
	attachManaged(m, r)
	p := m.Principal(r.ARN)
	if p == nil {
		return
	}
	for n := range r.Prop("Groups").Elems() {
		join(m, r, n, p, n.Maybe)
	}
}

// attachMembers adds users to a group.
func attachMembers(m *cloud.Model, r *cloud.Resource) {
	group := r.Prop("GroupName")
	for n := range r.Prop("Users").Elems() {
		sure, maybe := m.Refer(cloud.Text(n), r.Account, "", userType)
		for _, u := range sure {
			if p := m.Principal(u.ARN); p != nil {
				join(m, r, group, p, append(append([]string(nil), r.Maybe...), n.Maybe...))
			}
		}
		for _, u := range maybe {
			if p := m.Principal(u.ARN); p != nil {
				p.Identity = append(p.Identity, unknown(r, n, "the members"))
			}
		}
	}
}

// join makes p a member of the group that n names. A membership that is not
// certain, or of a group that no stack declares, is a policy of unknown
// content, since the group may grant or deny anything.
func join(m *cloud.Model, r *cloud.Resource, n *doc.Node, p *cloud.Principal, maybe []string) {
	name := cloud.Text(n)
	sure, _ := m.Refer(name, r.Account, "", groupType)
	if len(sure) > 0 && len(maybe) == 0 && len(sure[0].Maybe) == 0 {
		p.Groups = append(p.Groups, sure[0].Name)
		return
	}
	a := cloud.Attachment{Name: "the policies of group " + match.Render(name), Resource: r, Span: n.Where()}
	switch {
	case len(sure) == 0:
		a.Unknown = "the policies of group " + match.Render(name) + ", which no stack declares"
	default:
		a.Unknown = "whether " + match.Render(p.Name) + " is in group " + match.Render(name)
	}
	p.Identity = append(p.Identity, a)
}
