package more

import (
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/iam"
	"penstock/match"
	"penstock/prove"
	"penstock/truth"
)

// A subject is a principal of the delivery with what it is known to need.
type subject struct {
	*cloud.Principal
	// does says what acts with it: "pipeline shop", "build project shop-build".
	does []string
	// open is why not everything that it calls can be known, "" where the
	// catalogue knows all: somebody's code runs with it, or nothing in the
	// templates does.
	open  string
	needs map[string][]string // resources, as patterns, by action in lower case
	stats []stated            // what the user states beside
	runs  []*prove.Run        // that it acts in
	piped bool                // a pipeline of its account is declared
	other bool                // no role of a delivery: there is none, and so it is asked whom it can become
}

// A stated need is a line of the stacks file.
type stated struct {
	actions   []match.Pattern
	resources []string
}

// subjects returns the principals whose permissions the theorem is about: the
// roles that act in what the models run, and those that only a delivery
// service or a workflow can assume and that nothing in the templates uses.
// Where there are none of either, users and roles that run code may stand for a
// delivery that works from outside.
func subjects(p *prove.Proof, m *cloud.Model) []*subject {
	var out []*subject
	index := map[string]*subject{}
	add := func(role string) *subject {
		pr := m.Principal(role)
		if pr == nil || pr.Kind != cloud.Role {
			return nil
		}
		s := index[pr.ARN]
		if s == nil {
			s = &subject{Principal: pr, needs: map[string][]string{}}
			index[pr.ARN] = s
			out = append(out, s)
		}
		return s
	}
	for _, r := range p.Runs(m) {
		if r.Entry != nil && r.Entry.Kind == prove.Grants {
			continue
		}
		for _, st := range r.Steps {
			for _, a := range p.Authored(st) {
				if s := add(a.Role); s != nil && a.Passes == "" && s.open == "" {
					s.open = a.What + " may call anything"
				}
			}
			for _, c := range st.Calls {
				s := add(c.Request.Principal.ARN)
				if s == nil {
					continue
				}
				s.acts(r, st)
				s.need(c)
			}
		}
	}
	for pr := range m.Principals() {
		if pr.Kind != cloud.Role || pr.Trust == nil || pr.Trust.Policy == nil || index[pr.ARN] != nil {
			continue
		}
		if who := delivery(pr.Trust.Policy); who != "" {
			if s := add(pr.ARN); s != nil {
				s.open = "nothing in the templates runs with it"
				s.does = []string{who}
			}
		}
	}
	if len(out) == 0 {
		for pr := range m.Principals() {
			if pr.Kind == cloud.User && len(pr.Identity) > 0 || pr.Kind == cloud.Role && pr.Trust != nil && pr.Trust.Policy != nil && len(pr.Identity) > 0 && runsCode(pr.Trust) {
				s := &subject{Principal: pr, needs: map[string][]string{}, open: "nothing in the templates says what it runs", other: true}
				out = append(out, s)
			}
		}
	}
	for _, s := range out {
		if s.open == "" && runsCode(s.Trust) {
			s.open = "the code that runs with it may call anything"
		}
		s.slack()
		s.state(m)
		s.piped = slices.ContainsFunc(p.Runs(m), func(r *prove.Run) bool { return r.Pipeline != nil && r.Pipeline.Account == s.Account })
	}
	return out
}

func (s *subject) acts(r *prove.Run, st *prove.Step) {
	if !slices.Contains(s.runs, r) {
		s.runs = append(s.runs, r)
	}
	var what string
	switch {
	case st.Job != nil:
		what = match.Render(st.Job.ID())
	case r.Pipeline != nil:
		what = "pipeline " + match.Render(r.Pipeline.Name)
	default:
		what = match.Render(r.Entry.Title)
	}
	if !slices.Contains(s.does, what) {
		s.does = append(s.does, what)
	}
}

// need records that the subject makes a call, under each name that AWS may
// ask about it.
func (s *subject) need(c *prove.Call) {
	for _, a := range []string{c.Request.Action, c.Target.Else} {
		if a == "" {
			continue
		}
		a = strings.ToLower(a)
		for _, r := range []string{c.Request.Resource, c.Target.Or} {
			if r != "" && !slices.Contains(s.needs[a], r) {
				s.needs[a] = append(s.needs[a], r)
			}
		}
	}
}

// state adds what the stacks file says that the subject needs.
func (s *subject) state(m *cloud.Model) {
	for _, n := range m.Needs {
		p := match.Compile(n.Principal)
		if p.Match(s.ARN) == truth.No && p.Match(s.Name) == truth.No {
			continue
		}
		var st stated
		for _, a := range n.Actions {
			st.actions = append(st.actions, match.CompileFold(a))
		}
		st.resources = n.Resources
		s.stats = append(s.stats, st)
	}
}

// allowed returns the resources, as patterns, on which the subject needs an
// action; everything where a nil resource list states it.
func (s *subject) allowed(action string) (patterns []string, everything bool) {
	for _, r := range s.needs[strings.ToLower(action)] {
		patterns = append(patterns, r)
		if w := match.Widest(r); w != r {
			patterns = append(patterns, w)
		}
	}
	for _, st := range s.stats {
		if !slices.ContainsFunc(st.actions, func(p match.Pattern) bool { return p.Match(action) == truth.Yes }) {
			continue
		}
		if st.resources == nil {
			return nil, true
		}
		patterns = append(patterns, st.resources...)
	}
	return patterns, false
}

// deliverers assume the roles of a delivery pipeline.
var deliverers = []string{"codepipeline.amazonaws.com", "codebuild.amazonaws.com", "codedeploy.amazonaws.com"}

// delivery returns who of them a trust policy lets in, or the provider of a
// workflow's tokens; "" where it lets none in.
func delivery(trust *iam.Policy) string {
	for i := range trust.Statements {
		st := &trust.Statements[i]
		if st.Effect != iam.Allow || st.NotPrincipal {
			continue
		}
		for _, p := range st.Principals {
			switch p.Type {
			case iam.PrincipalService:
				if slices.Contains(deliverers, p.Text) {
					return "whatever " + p.Text + " runs with it"
				}
			case iam.PrincipalFederated:
				if strings.Contains(p.Text, ":oidc-provider/") && !strings.Contains(p.Text, "oidc.eks.") {
					return "the workflows of " + p.Text[strings.Index(p.Text, "/")+1:]
				}
			}
		}
	}
	return ""
}

// code are the services that run a customer's code with the role.
var code = []string{"codebuild.amazonaws.com", "lambda.amazonaws.com", "ecs-tasks.amazonaws.com", "ec2.amazonaws.com", "edgelambda.amazonaws.com"}

// runsCode reports whether a role can be taken on by somebody's code, or by
// people.
func runsCode(a *cloud.Attachment) bool {
	if a == nil || a.Policy == nil {
		return true
	}
	for i := range a.Policy.Statements {
		st := &a.Policy.Statements[i]
		if st.Effect != iam.Allow {
			continue
		}
		for _, p := range st.Principals {
			if p.Type == iam.PrincipalFederated || p.Type == iam.PrincipalService && slices.Contains(code, p.Text) {
				return true
			}
		}
	}
	return false
}
