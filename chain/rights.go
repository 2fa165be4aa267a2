package chain

import (
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/truth"
)

// rights is what is quickly known of an actor: which of the actions that gains
// name its own policies may allow, and on what. It only ever says that a call
// is out of the question; everything else is asked.
type rights struct {
	actor Actor
	model *cloud.Model     // as it is for the actor
	self  *cloud.Principal // nil where no stack declares it
	open  bool             // nothing is out of the question
	// on holds, by number of the action, the texts that the resources begin
	// with on which a statement may allow it; nil is nowhere.
	on [][]string
	// context is what is known of every request of the actor.
	context iam.Context
}

func (g *Graph) rightsOf(a Actor) *rights {
	key := a.key()
	if r := g.actors[key]; r != nil {
		return r
	}
	r := &rights{actor: a}
	if g.base != nil && a.plain() && g.unchanged(a) {
		*r = *g.base.rightsOf(a)
		r.model = g.model
		g.actors[key] = r
		return r
	}
	r.model, r.self = g.view(a)
	g.read(r)
	g.actors[key] = r
	return r
}

// read fills what identity policies may allow.
func (g *Graph) read(r *rights) {
	if r.self == nil {
		r.open = true
		return
	}
	r.on = make([][]string, len(g.actions))
	g.readAll(r, r.self.Identity)
	for _, name := range r.self.Groups {
		if p := r.model.Named(cloud.Group, r.self.Account, name); p != nil {
			g.readAll(r, p.Identity)
		} else {
			r.open = true
		}
	}
	g.about(r)
}

func (g *Graph) readAll(r *rights, as []cloud.Attachment) {
	for i := range as {
		pol := as[i].Policy
		if pol == nil {
			r.open = true
			return
		}
		for j := range pol.Statements {
			st := &pol.Statements[j]
			if st.Effect == iam.Deny && len(st.Maybe) == 0 {
				continue
			}
			heads := prefixes(st)
			for n, action := range g.actions {
				if r.on[n] != nil && r.on[n][0] == "" || !may(st, action) {
					continue
				}
				if slices.Contains(heads, "") {
					r.on[n] = []string{""}
					continue
				}
				for _, h := range heads {
					if !slices.Contains(r.on[n], h) {
						r.on[n] = append(r.on[n], h)
					}
				}
			}
		}
	}
}

// may reports whether the Action element of a statement may match an action.
func may(st *iam.Statement, action string) bool {
	if st.NotAction {
		return true
	}
	for i := range st.Actions {
		t := st.Actions[i].Text
		if t == "*" || strings.EqualFold(t, action) {
			return true
		}
		if strings.ContainsAny(t, "*?\x00") {
			p := match.CompileFold(t)
			if p.MatchText(action) != truth.No {
				return true
			}
		}
	}
	return false
}

// prefixes are the texts that what a statement is about begins with.
func prefixes(st *iam.Statement) []string {
	if st.NotResource || !st.HasResource || len(st.Resources) == 0 {
		return []string{""}
	}
	out := make([]string, 0, len(st.Resources))
	for i := range st.Resources {
		h := head(st.Resources[i].Text)
		if !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	return out
}

// head is the text before the first wildcard, variable or hole of a pattern.
func head(s string) string {
	if i := strings.IndexAny(s, "*?$\x00"); i >= 0 {
		return s[:i]
	}
	return s
}

// meets reports whether something can begin with both texts.
func meets(a, b string) bool {
	n := min(len(a), len(b))
	return a[:n] == b[:n]
}

// possible reports whether the actor's own policies may allow one of a call's
// actions on one of its resources, or the resource's policy may let it in.
func (g *Graph) possible(r *rights, c *numbered) bool {
	if r.actor.Only != nil && !slices.ContainsFunc(c.Actions, func(a string) bool { return within(r.actor.Only, a) }) {
		return false
	}
	if r.open {
		return true
	}
	for _, n := range c.actions {
		on := r.on[n]
		if on == nil {
			continue
		}
		if on[0] == "" || len(c.Resources) == 0 {
			return true
		}
		for _, t := range c.Resources {
			h := head(t)
			for _, o := range on {
				if meets(h, o) {
					return true
				}
			}
		}
	}
	return slices.ContainsFunc(c.Resources, func(t string) bool { return g.letsIn(t, r) })
}

// within reports whether a list of patterns holds an action.
func within(only []string, action string) bool {
	return slices.ContainsFunc(only, func(t string) bool {
		p := match.CompileFold(t)
		return p.MatchText(action) == truth.Yes
	})
}

// named is whom the policy of a resource names in an Allow.
type named struct {
	all  bool // somebody that cannot be told from the text
	arns map[string]bool
}

// letsIn reports whether the policy of a resource may grant something to an
// actor that its own policies do not.
func (g *Graph) letsIn(resource string, r *rights) bool {
	n := g.guard(resource)
	return n.all || n.arns[r.actor.ARN]
}

// guard reads whom the policy of a resource names.
func (g *Graph) guard(resource string) *named {
	n := g.guards[resource]
	if n == nil {
		n = &named{}
		if p := g.model.Principal(resource); p != nil && p.Kind == cloud.Role {
			if p.Trust != nil {
				n.add(p.Trust)
			}
		} else if o := g.model.Owner(resource); o != nil {
			for i := range o.Policies {
				n.add(&o.Policies[i])
			}
		}
		g.guards[resource] = n
	}
	return n
}

func (n *named) add(a *cloud.Attachment) {
	if a.Policy == nil {
		n.all = true
		return
	}
	for i := range a.Policy.Statements {
		st := &a.Policy.Statements[i]
		if st.Effect == iam.Deny && len(st.Maybe) == 0 {
			continue
		}
		if st.NotPrincipal || !st.HasPrincipal {
			n.all = true
			continue
		}
		for _, e := range st.Principals {
			switch {
			case e.Type == iam.PrincipalService || e.Type == iam.PrincipalCanonicalUser:
			case e.Type == iam.PrincipalAll || strings.ContainsAny(e.Text, "*?$\x00") || strings.Contains(e.Text, ":assumed-role/"):
				n.all = true
			case strings.HasSuffix(e.Text, ":root") || arn.IsAccountID(e.Text):
				// Names an account, whose own policies have to allow it too.
			default:
				if n.arns == nil {
					n.arns = map[string]bool{}
				}
				n.arns[e.Text] = true
			}
		}
	}
}

// about sets what is known of every request of an actor: what service.Rest
// says of its tags and its organization, and that no second factor is shown by
// a role that only services and token holders can take on.
func (g *Graph) about(r *rights) {
	q := iam.Request{Principal: iam.Principal{ARN: r.actor.ARN}}
	rest := service.Rest(r.model, q)
	for _, k := range g.conditionKeys() {
		switch {
		case strings.HasPrefix(k, "aws:principaltag/"):
			if r.self.Kind == cloud.Role && taggable(r.self) {
				continue
			}
		case k == "aws:principalorgid", k == "aws:sourcearn", k == "aws:sourceaccount", k == "aws:sourceorgid", k == "aws:sourceorgpaths", k == "aws:sourceowner":
		case k == "aws:multifactorauthpresent":
			if !servedOnly(r.self) {
				continue
			}
		default:
			continue
		}
		if v := rest(k); v.State != iam.Unknown {
			r.context.Put(k, v)
		}
	}
}

// adds sets in a context what is known of every request of the actor.
func (r *rights) adds(x *iam.Context) {
	for k, v := range r.context.All() {
		if !x.Has(k) {
			x.Put(k, v)
		}
	}
}

// taggable reports whether the trust of a role may let somebody pass session
// tags, which take the place of the role's
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html, "the
// trust policy must allow sts:TagSession").
func taggable(p *cloud.Principal) bool {
	if p.Trust == nil || p.Trust.Policy == nil {
		return true
	}
	return slices.ContainsFunc(p.Trust.Policy.Statements, func(st iam.Statement) bool {
		return (st.Effect == iam.Allow || len(st.Maybe) > 0) && may(&st, "sts:TagSession")
	})
}

// servedOnly reports whether only services and holders of tokens can take on a
// role.
func servedOnly(p *cloud.Principal) bool {
	if p.Kind != cloud.Role || p.Trust == nil || p.Trust.Policy == nil {
		return false
	}
	return !slices.ContainsFunc(p.Trust.Policy.Statements, func(st iam.Statement) bool {
		return st.NotPrincipal || slices.ContainsFunc(st.Principals, func(e iam.PrincipalElem) bool {
			return e.Type == iam.PrincipalAll || e.Type == iam.PrincipalAWS || e.Type == iam.PrincipalCanonicalUser
		})
	})
}
