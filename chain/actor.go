package chain

import (
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/iam/facts"
	"penstock/match"
)

// An Actor is a principal, and what was done to its rights before it acts. The
// zero fields are a principal as the templates have it.
type Actor struct {
	ARN string
	// Admin: somebody wrote policies that allow everything into it.
	Admin bool
	// Unbound: somebody took its boundary away.
	Unbound bool
	// Groups are those that somebody made it a member of.
	Groups []string
	// Boundary is the policy that bounds a principal which was made on the
	// way, "" for none; Made tells it from one that is declared.
	Made     bool
	Boundary string
	// Only limits what it is used for; nil is no limit.
	Only []string
}

// plain reports whether nothing was done to an actor's rights.
func (a Actor) plain() bool {
	return !a.Admin && !a.Unbound && !a.Made && a.Groups == nil && a.Only == nil
}

// changed reports whether somebody gave an actor rights that it does not have
// by the templates.
func (a Actor) changed() bool { return a.Admin || a.Unbound || a.Made || a.Groups != nil }

// key tells actors apart.
func (a Actor) key() string {
	if a.plain() {
		return a.ARN
	}
	var b strings.Builder
	b.WriteString(a.ARN)
	for _, f := range []struct {
		on   bool
		mark string
	}{{a.Admin, "|admin"}, {a.Unbound, "|unbound"}, {a.Made, "|made"}} {
		if f.on {
			b.WriteString(f.mark)
		}
	}
	b.WriteString("|" + strings.Join(a.Groups, ",") + "|" + a.Boundary + "|" + strings.Join(a.Only, ","))
	return b.String()
}

// covers reports whether a can do all that b can: the same principal with no
// less done to its rights.
func (a Actor) covers(b Actor) bool {
	return a.ARN == b.ARN && (a.Admin || !b.Admin) && (a.Unbound || !b.Unbound) && a.Made == b.Made && a.Boundary == b.Boundary &&
		(a.Only == nil || slices.Equal(a.Only, b.Only)) &&
		(a.Admin || !slices.ContainsFunc(b.Groups, func(g string) bool { return !slices.Contains(a.Groups, g) }))
}

// everything is the identity policy of who was given all rights.
var everything = &iam.Policy{
	Kind: iam.Identity, Version: iam.Version2012,
	Statements: []iam.Statement{{
		Sid: "Escalated", Effect: iam.Allow,
		Actions:   []iam.Elem{{Text: "*"}},
		Resources: []iam.Elem{{Text: "*"}}, HasResource: true,
	}},
}

// sweeping reports whether the policies of an actor as they stand allow
// everything and deny nothing, so that nobody can give it more.
func (g *Graph) sweeping(a Actor) bool {
	p := g.model.Principal(a.ARN)
	if p == nil || a.Only != nil {
		return false
	}
	all := false
	for _, at := range p.Identity {
		if at.Policy == nil || len(at.Policy.Maybe) > 0 {
			return false
		}
		for i := range at.Policy.Statements {
			st := &at.Policy.Statements[i]
			if st.Effect == iam.Deny {
				return false
			}
			all = all || !st.NotAction && !st.NotResource && len(st.Maybe) == 0 && len(st.Conditions) == 0 && one(st.Actions) && one(st.Resources)
		}
	}
	return all
}

func one(es []iam.Elem) bool {
	return slices.ContainsFunc(es, func(e iam.Elem) bool { return e.Text == "*" && len(e.Maybe) == 0 })
}

// view returns the model as it is once what was done to a has been done, and
// the principal in it, nil where no stack declares one.
func (g *Graph) view(a Actor) (*cloud.Model, *cloud.Principal) {
	p := g.model.Principal(a.ARN)
	if !a.Admin && !a.Unbound && !a.Made && a.Groups == nil {
		return g.model, p
	}
	var q cloud.Principal
	switch {
	case p != nil:
		q = *p
	case a.Made:
		x, _ := arn.Parse(a.ARN)
		q = cloud.Principal{ARN: a.ARN, Name: x.Name(), Path: "/", Account: x.Account, Kind: cloud.Role}
		if strings.HasPrefix(x.Resource, "user/") {
			q.Kind = cloud.User
		}
		q.Boundary = g.boundary(a.Boundary)
	default:
		return g.model, nil
	}
	if a.Admin {
		q.Identity = []cloud.Attachment{{Policy: everything, Name: "any policy"}}
	}
	if a.Unbound {
		q.Boundary = nil
	}
	q.Groups = append(slices.Clip(q.Groups), a.Groups...)
	return g.model.With(&q), &q
}

// boundary returns the managed policy of an ARN as a boundary, nil for "".
func (g *Graph) boundary(a string) *cloud.Attachment {
	if a == "" {
		return nil
	}
	for p := range g.model.Principals() {
		if p.Boundary != nil && p.Boundary.ARN == a {
			return p.Boundary
		}
		for i := range p.Identity {
			if p.Identity[i].ARN == a && p.Identity[i].Policy != nil {
				b := p.Identity[i]
				pol := *b.Policy
				pol.Kind = iam.Boundary
				b.Policy = &pol
				return &b
			}
		}
	}
	b := &cloud.Attachment{ARN: a, Name: match.Render(a)}
	if r := g.model.Resource(a); r != nil {
		*b = g.model.Attachment(r, r.Prop("PolicyDocument"), iam.Boundary, r.Name)
		b.ARN = a
		return b
	}
	b.Unknown = "what the boundary " + match.Render(a) + " allows"
	if _, _, ok := facts.ManagedPolicy(a); ok && strings.HasSuffix(a, "/AdministratorAccess") {
		pol := *everything
		pol.Kind = iam.Boundary
		b.Policy, b.Unknown = &pol, ""
	}
	return b
}

// made is the ARN of a principal that somebody makes in an account. Its name is
// theirs to choose, so it is not known.
func made(account, kind string) string {
	return "arn:aws:iam::" + account + ":" + kind + "/" + match.Hole(match.Name, "the name of the new "+kind+" of "+account)
}

// Name is what people call the actor: the last part of its ARN, and what was
// done to it.
func (a Actor) Name() string {
	name := Short(a.ARN)
	switch {
	case a.Made:
		x, _ := arn.Parse(a.ARN)
		kind, _, _ := strings.Cut(x.Resource, "/")
		name = "a new " + kind + " of " + x.Account
		if a.Boundary != "" {
			name += " under " + Short(a.Boundary)
		}
	case a.Admin && a.Unbound:
		name += " with all rights and no boundary"
	case a.Admin:
		name += " with all rights"
	case a.Unbound:
		name += " without its boundary"
	case a.Groups != nil:
		name += " in group " + strings.Join(a.Groups, ", ")
	}
	return name
}

// Short returns the part of an ARN that people tell principals and resources
// apart by.
func Short(s string) string {
	a, err := arn.Parse(s)
	if err != nil {
		return match.Render(s)
	}
	if rest, ok := strings.CutPrefix(a.Resource, "assumed-role/"); ok {
		return match.Render(rest)
	}
	if a.Service == "iam" {
		return match.Render(a.Name())
	}
	return match.Render(a.Resource)
}
