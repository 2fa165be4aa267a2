package spec

import (
	"time"

	"penstock/doc"
)

// people reads how people get in.
func (r *reader) people(s *Spec, n *doc.Node) {
	if n == nil || n.Kind != doc.Map {
		return
	}
	p := &People{}
	for f := range entries(n.Get("users")) {
		p.Users = append(p.Users, Person{Name: f.Name(), Groups: texts(f.Value)})
	}
	for f := range entries(n.Get("roles")) {
		v := f.Value
		w := WorkRole{
			Name: f.Name(), Groups: texts(v.Get("groups")), Policies: texts(v.Get("policies")), Allow: permissions(v.Get("allow")),
			Session: lasts(v.Get("session"), time.Hour), At: v.Span,
		}
		if names := v.Get("accounts"); names != nil && names.Kind != doc.Map {
			for e := range names.Elems() {
				a, ok := s.Account(str(e))
				if !ok && str(e) != "" {
					r.noAccount(s, e, "people.roles."+f.Name()+".accounts")
				}
				w.Accounts = append(w.Accounts, a)
			}
		}
		if v.Kind == doc.Map && len(w.Policies)+len(w.Allow) == 0 {
			r.add("SPEC003", v.Span, "people.roles.%s may do nothing: add policies or allow", f.Name())
		}
		p.Roles = append(p.Roles, w)
	}
	if c := n.Get("identityCenter"); c != nil && c.Kind == doc.Map {
		p.IdentityCenter = &IdentityCenter{
			Instance: str(c.Get("instance")), Store: str(c.Get("store")), Start: str(c.Get("start")),
			Region: word(c.Get("region"), s.Region), Groups: variables(c.Get("groups")),
		}
	}
	if g := n.Get("github"); g != nil && g.Kind == doc.Map {
		p.GitHub = &GitHubOIDC{
			Repository: str(g.Get("repository")), Branch: str(g.Get("branch")), Environment: str(g.Get("environment")),
			Role: word(g.Get("role"), s.Project+"-github"), Allow: permissions(g.Get("allow")),
			CreateProvider: boolean(g.Get("createProvider"), true),
		}
		switch {
		case p.GitHub.Branch != "" && p.GitHub.Environment != "":
			r.add("SPEC010", g.Span, "people.github has branch and environment: the token of a job names one of them only, keep one")
		case p.GitHub.Environment == "" && p.GitHub.Branch == "":
			p.GitHub.Branch = "main"
		}
	}
	s.People = p
}
