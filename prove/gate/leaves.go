package gate

import (
	"strings"

	"penstock/arn"
	"penstock/iam"
	"penstock/iam/reach"
	"penstock/match"
	"penstock/prove"
)

// strange is what nobody can tell of a principal that no stack declares and
// that somebody runs as, or can become.
func (f *finder) strange(w *way) []harm {
	if w.Declared {
		return nil
	}
	h := harm{code: "GATE009", what: "do what no template shows", verdict: reach.Depends}
	h.missing = []string{"what " + prove.Short(w.Actor.ARN) + " may do, which no stack declares"}
	return []harm{h}
}

// leaves finds the roles that somebody may assume and that no stack declares:
// named, or taken in by a wildcard. What such a role may do, and whether it
// lets the caller in, is not known.
func (f *finder) leaves(w *way) []harm {
	p := f.model.Principal(w.Actor.ARN)
	if p == nil {
		return nil
	}
	var out []harm
	seen := map[string]bool{}
	for _, a := range p.Identity {
		if a.Policy == nil {
			continue
		}
		for i := range a.Policy.Statements {
			st := &a.Policy.Statements[i]
			if st.Effect != iam.Allow || !assumes(st) {
				continue
			}
			for _, e := range st.Resources {
				if seen[e.Text] || !strings.ContainsAny(e.Text, "*?") && f.model.Principal(e.Text) != nil {
					continue
				}
				seen[e.Text] = true
				ans := f.can(w, arn.Account(e.Text), e.Text, "sts:AssumeRole")
				if ans.Verdict == reach.None {
					continue
				}
				what := "role " + match.Render(arnName(e.Text)) + " of account " + match.Render(arn.Account(e.Text)) + ", which no stack declares"
				fact := "what role " + match.Render(e.Text) + " may do, and whether it lets " + prove.Short(w.Actor.ARN) + " in"
				if strings.ContainsAny(e.Text, "*?") {
					what = "any role that " + match.Render(e.Text) + " takes in and that no stack declares"
					fact = "which roles " + match.Render(e.Text) + " takes in beside those that the stacks declare, what they may do, and whether they let " + prove.Short(w.Actor.ARN) + " in"
				}
				h := answer("GATE009", ans, "assume "+what)
				h.verdict, h.missing = reach.Depends, []string{fact}
				out = append(out, h)
			}
		}
	}
	return out
}

// assumes reports whether a statement names sts:AssumeRole.
func assumes(st *iam.Statement) bool {
	if st.NotAction {
		return false
	}
	for _, e := range st.Actions {
		p := match.CompileFold(e.Text)
		if p.Match("sts:AssumeRole") != 0 {
			return true
		}
	}
	return false
}
