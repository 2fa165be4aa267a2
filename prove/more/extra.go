package more

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/harm"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/iam/facts"
	"penstock/iam/reach"
	"penstock/match"
	"penstock/truth"
)

// An extra is what one statement grants a subject beyond its needs.
type extra struct {
	subject *subject
	at      cloud.Attachment
	stmt    *iam.Statement
	// idle are the actions that are not needed at all, wide those that are
	// needed on less than the statement says.
	idle, wide []granted
	// all is set for a statement that allows so much that it is not told
	// action by action: idle then holds one example of each class.
	all bool
}

// granted is one action of an extra, with a request that is allowed and not
// needed.
type granted struct {
	action  string
	class   harm.Class
	witness *iam.Request
	// missing names what the witness depends on; nil where it is allowed.
	missing []string
	// sweeping: the resources take in all of a kind in the account, so that
	// nobody can have meant each of them. owned is a declared resource that
	// the request is on.
	sweeping bool
	owned    *cloud.Resource
}

// most is how many actions a statement may name, by wildcards, before it is
// judged by examples.
const most = 400

// extras returns what the subject is granted beyond its needs.
func (f *finder) extras(s *subject) []*extra {
	var out []*extra
	for _, a := range s.Identity {
		if a.Policy == nil || a.Policy.Broken != "" {
			continue
		}
		for i := range a.Policy.Statements {
			st := &a.Policy.Statements[i]
			if st.Effect != iam.Allow {
				continue
			}
			if x := f.extra(s, a, st); x != nil {
				out = append(out, x)
			}
		}
	}
	return out
}

func (f *finder) extra(s *subject, a cloud.Attachment, st *iam.Statement) *extra {
	x := &extra{subject: s, at: a, stmt: st}
	actions, all := expand(st)
	if all {
		x.all = true
		actions = examples(st)
	}
	for _, action := range actions {
		patterns, everything := s.allowed(action)
		if everything {
			continue
		}
		if x.all && len(patterns) > 0 {
			continue
		}
		beyond := beyond(action, elements(st), patterns)
		if len(beyond) == 0 {
			continue
		}
		g, ok := f.witness(s, a, st, action, beyond, patterns)
		if !ok {
			continue
		}
		if len(patterns) == 0 {
			x.idle = append(x.idle, g)
		} else {
			x.wide = append(x.wide, g)
		}
	}
	if len(x.idle)+len(x.wide) == 0 {
		return nil
	}
	return x
}

// elements returns the resources of a statement as patterns.
func elements(st *iam.Statement) []string {
	if st.NotResource || !st.HasResource {
		return []string{"*"}
	}
	out := make([]string, len(st.Resources))
	for i, e := range st.Resources {
		out[i] = e.Text
	}
	return out
}

// beyond returns the resources of a statement that are not within what is
// needed. An action that takes no resource needs "*".
func beyond(action string, granted, needed []string) []string {
	if supported, known := (facts.Actions{}).ResourceLevel(action); known && !supported && len(needed) > 0 {
		return nil
	}
	var out []string
	for _, g := range granted {
		if !slices.ContainsFunc(needed, func(n string) bool { return within(g, n) }) {
			out = append(out, g)
		}
	}
	return out
}

// within reports whether every resource that pattern a matches is matched by
// b: the wildcards of a, read as text, are taken up by those of b.
func within(a, b string) bool {
	if a == b {
		return true
	}
	p := match.CompileARN(b)
	return p.Match(a) == truth.Yes && !strings.Contains(a, "${")
}

// expand returns the actions that a statement names; all reports that there
// are too many to tell one by one.
func expand(st *iam.Statement) (actions []string, all bool) {
	if st.NotAction {
		return nil, true
	}
	for _, e := range st.Actions {
		prefix, name, ok := strings.Cut(e.Text, ":")
		switch {
		case !ok || strings.ContainsAny(prefix, "*?") || match.HasHole(e.Text):
			return nil, true
		case !strings.ContainsAny(name, "*?"):
			actions = append(actions, e.Text)
			continue
		}
		svc, ok := facts.Service(prefix)
		if !ok {
			actions = append(actions, e.Text)
			continue
		}
		p := match.CompileFold(name)
		for a := range svc.Actions() {
			if p.Match(a.Name) == truth.Yes {
				actions = append(actions, svc.Prefix+":"+a.Name)
			}
		}
		if len(actions) > most {
			return nil, true
		}
	}
	return actions, false
}

// examples are the actions by which a statement that allows nearly everything
// is judged, one or two of each class.
func examples(st *iam.Statement) []string {
	var out []string
	for _, a := range []string{
		"iam:CreateAccessKey", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy", "kms:PutKeyPolicy", "s3:PutBucketPolicy",
		"lambda:UpdateFunctionCode", "ecs:UpdateService", "codepipeline:PutApprovalResult", "cloudformation:UpdateStack", "s3:PutObject",
		"secretsmanager:GetSecretValue", "ssm:GetParameters", "s3:GetObject", "dynamodb:GetItem",
		"cloudtrail:StopLogging", "logs:DeleteLogGroup",
		"s3:DeleteBucket", "dynamodb:DeleteTable", "rds:DeleteDBCluster", "kms:ScheduleKeyDeletion",
		"ec2:RunInstances",
	} {
		hit := slices.ContainsFunc(st.Actions, func(e iam.Elem) bool {
			p := match.CompileFold(e.Text)
			return p.Match(a) != truth.No
		})
		if hit != st.NotAction {
			out = append(out, a)
		}
	}
	return out
}

// witness returns a request that the statement lets the subject make and that
// it does not need, on a resource that the stacks declare where there is one;
// false where some other layer stops them all.
func (f *finder) witness(s *subject, a cloud.Attachment, st *iam.Statement, action string, beyond, needed []string) (granted, bool) {
	g := granted{action: action, class: harm.Of(action)}
	for _, r := range beyond {
		g.sweeping = g.sweeping || sweeping(action, r) && !tagged(st)
	}
	if q, r, v := f.declared(s, st, action, beyond, needed); q != nil {
		g.witness, g.owned = q, r
		if v == authz.Depends {
			g.missing = []string{"conditions of the statement"}
		}
		return g, true
	}
	ask := &iam.Request{Principal: iam.Principal{ARN: s.ARN}, Action: action, Resource: match.Widest(beyond[0]), ResourceAccount: s.Account}
	pol := authz.Collect(f.model, ask)
	only := &authz.Policies{
		Identity: f.alone(pol.Identity, a, st, beyond),
		Boundary: pol.Boundary, HasBoundary: pol.HasBoundary,
		SCP: pol.SCP, Management: pol.Management, ServiceLinked: pol.ServiceLinked,
	}
	for _, u := range pol.Unknown {
		if u.Layer != "resource" {
			only.Unknown = append(only.Unknown, u)
		}
	}
	ans := f.likeAnother(only, st, reach.Space{
		Principal: iam.Principal{ARN: s.ARN}, Actions: []string{action},
		Resources: kinds(action), NotResources: needed, ResourceAccount: s.Account,
	})
	if ans.Verdict == reach.None {
		ans = f.abroad(only, s, action, beyond, needed)
	}
	switch ans.Verdict {
	case reach.None:
		return g, false
	case reach.Some:
		g.witness = ans.Witness
		return g, true
	default:
		g.witness, g.missing = ans.Witness, ans.Missing
		return g, true
	}
}

// likeAnother is Find for one action of a statement. What was found for another
// action of it, which the policies do not tell from this one, is tried first:
// whoever names a service by a wildcard names dozens.
func (f *finder) likeAnother(pol *authz.Policies, st *iam.Statement, sp reach.Space) reach.Answer {
	action := sp.Actions[0]
	var b strings.Builder
	fmt.Fprintf(&b, "%p %s %q %q %s ", st, sp.Principal.ARN, sp.Resources, sp.NotResources, sp.ResourceAccount)
	tell := func(ps []*iam.Policy) {
		for _, p := range ps {
			for i := range p.Statements {
				for _, e := range p.Statements[i].Actions {
					c := match.CompileFold(e.Text)
					b.WriteByte('0' + byte(c.Match(action)))
				}
			}
		}
	}
	tell(pol.Identity)
	tell(pol.Boundary)
	for _, l := range pol.SCP {
		tell(l)
	}
	key := b.String()
	if a, ok := f.found[key]; ok {
		q := *a.Witness
		q.Action, q.Context = action, a.Witness.Context.Clone()
		switch v := f.engine.Decide(&q, pol); {
		case v == authz.Allow && a.Verdict == reach.Some, v == authz.Depends && a.Verdict == reach.Depends:
			return reach.Answer{Verdict: a.Verdict, Witness: &q, Missing: a.Missing}
		}
	}
	ans := f.reach.Find(pol, sp)
	if ans.Witness != nil {
		if f.found == nil {
			f.found = map[string]reach.Answer{}
		}
		f.found[key] = ans
	}
	return ans
}

// abroad asks about the resources that a statement names in accounts other
// than the subject's own. Their policies have a say, and are not known.
func (f *finder) abroad(only *authz.Policies, s *subject, action string, beyond, needed []string) reach.Answer {
	for _, r := range beyond {
		account := arn.Account(r)
		if account == "" || account == s.Account {
			continue
		}
		if strings.ContainsAny(account, "*?") || match.HasHole(account) {
			account = ""
		}
		pol := &authz.Policies{
			Identity: only.Identity, Boundary: only.Boundary, HasBoundary: only.HasBoundary,
			SCP: only.SCP, Management: only.Management, ServiceLinked: only.ServiceLinked,
			Unknown: append(slices.Clip(only.Unknown), authz.Unknown{Layer: "resource", Fact: "the policy of " + match.Render(r)}),
		}
		ans := f.reach.Find(pol, reach.Space{
			Principal: iam.Principal{ARN: s.ARN}, Actions: []string{action}, Resources: []string{r}, NotResources: needed, ResourceAccount: account,
		})
		if ans.Verdict != reach.None {
			return ans
		}
	}
	return reach.Answer{Verdict: reach.None}
}

// declared looks for a resource of the stacks that the statement grants and
// that is not needed.
func (f *finder) declared(s *subject, st *iam.Statement, action string, beyond, needed []string) (*iam.Request, *cloud.Resource, authz.Verdict) {
	prefix, _, _ := strings.Cut(action, ":")
	kinds := kinds(action)
	var depends *iam.Request
	var of *cloud.Resource
	for _, r := range f.byService(strings.ToLower(prefix)) {
		if !f.matches(beyond, r.ARN) || f.matches(needed, r.ARN) || kinds != nil && !f.matches(kinds, r.ARN) {
			continue
		}
		q := &iam.Request{Principal: iam.Principal{ARN: s.ARN}, Action: action, Resource: r.ARN, ResourceAccount: r.Account}
		q.Context.Open = true
		switch f.engine.DecideCases(q, authz.Collect(f.model, q)) {
		case authz.Allow:
			return q, r, authz.Allow
		case authz.Depends:
			if depends == nil {
				depends, of = q, r
			}
		}
	}
	if depends != nil {
		return depends, of, authz.Depends
	}
	return nil, nil, authz.Deny
}

// byService returns the declared resources of a service, by the prefix of its
// actions; a role is one of IAM and of STS.
func (f *finder) byService(prefix string) []*cloud.Resource {
	if prefix == "sts" {
		prefix = "iam"
	}
	if f.services == nil {
		f.services = map[string][]*cloud.Resource{}
		for _, r := range f.model.Resources {
			if a, err := arn.Parse(r.ARN); err == nil {
				f.services[a.Service] = append(f.services[a.Service], r)
			}
		}
	}
	return f.services[prefix]
}

func matches(patterns []string, resource string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return takes(p, resource) })
}

// matches is the function matches for what is asked again and again.
func (f *finder) matches(patterns []string, resource string) bool {
	if f.taken == nil {
		f.taken = map[[2]string]bool{}
	}
	for _, p := range patterns {
		k := [2]string{p, resource}
		yes, ok := f.taken[k]
		if !ok {
			yes = takes(p, resource)
			f.taken[k] = yes
		}
		if yes {
			return true
		}
	}
	return false
}

// takes reports whether a pattern surely matches a resource. Most differ before
// the first wildcard or unknown of either, or after the last, which is seen at
// once.
func takes(pattern, resource string) bool {
	if pattern == "*" || pattern == resource {
		return true
	}
	i, j := strings.IndexAny(pattern, "*?\x00"), strings.IndexByte(resource, 0)
	if i < 0 {
		return false
	}
	if j < 0 {
		j = len(resource)
	}
	if n := min(i, j); pattern[:n] != resource[:n] {
		return false
	}
	tail, rest := pattern[strings.LastIndexAny(pattern, "*?\x00")+1:], resource[strings.LastIndexByte(resource, 0)+1:]
	if n := min(len(tail), len(rest)); tail[len(tail)-n:] != rest[len(rest)-n:] {
		return false
	}
	c := match.CompileARN(pattern)
	return c.Match(resource) == truth.Yes
}

// alone returns the identity policies with this statement, on these
// resources, as the only one that allows.
func (f *finder) alone(ps []*iam.Policy, a cloud.Attachment, st *iam.Statement, resources []string) []*iam.Policy {
	var out []*iam.Policy
	for _, p := range ps {
		q := &iam.Policy{Kind: p.Kind, Version: p.Version, Broken: p.Broken, Maybe: p.Maybe, Span: p.Span}
		for i := range p.Statements {
			if p.Statements[i].Effect == iam.Deny {
				q.Statements = append(q.Statements, p.Statements[i])
			}
		}
		if len(q.Statements) > 0 {
			out = append(out, q)
		}
	}
	one := *st
	if !one.NotResource {
		one.Resources = nil
		for _, e := range st.Resources {
			if slices.Contains(resources, e.Text) {
				one.Resources = append(one.Resources, e)
			}
		}
	}
	return append(out, &iam.Policy{Kind: iam.Identity, Version: a.Policy.Version, Statements: []iam.Statement{one}, Span: a.Policy.Span})
}

// kinds are the patterns of the ARNs that an action can be asked about, nil
// for any: the templates of its resource types.
func kinds(action string) []string {
	prefix, name, _ := strings.Cut(action, ":")
	svc, ok := facts.Service(prefix)
	if !ok {
		return nil
	}
	a, ok := svc.Action(name)
	if !ok || len(a.Resources) == 0 {
		return nil
	}
	var out []string
	for _, r := range a.Resources {
		t, ok := svc.ResourceType(r.Type)
		if !ok {
			return nil
		}
		for _, arn := range t.ARNs {
			out = append(out, template(arn))
		}
	}
	return out
}

// template turns the variables of an ARN template into wildcards.
func template(s string) string {
	var b strings.Builder
	for {
		head, rest, ok := strings.Cut(s, "${")
		b.WriteString(head)
		if !ok {
			return b.String()
		}
		b.WriteByte('*')
		_, s, _ = strings.Cut(rest, "}")
	}
}

// sweeping reports whether a resource pattern takes in all of a kind: "*",
// "arn:aws:s3:::*", "…:role/*", "…:secret:*". What AWS forces, "*" for an
// action that takes no resource, is not.
func sweeping(action, pattern string) bool {
	if supported, known := (facts.Actions{}).ResourceLevel(action); known && !supported {
		return false
	}
	if pattern == "*" {
		return true
	}
	a, err := arn.Parse(pattern)
	if err != nil {
		return strings.HasSuffix(pattern, "*")
	}
	rest := a.Resource
	if i := strings.IndexAny(rest, ":/"); i >= 0 && a.Service != "s3" && !strings.ContainsAny(rest[:i], "*?") {
		rest = rest[i+1:]
	}
	return strings.HasPrefix(rest, "*")
}

// tagged reports whether a statement takes in only resources that carry a tag,
// keys that a service uses on the caller's behalf, or what was encrypted in a
// named context: its author meant those, however wide its Resource is.
func tagged(st *iam.Statement) bool {
	return slices.ContainsFunc(st.Conditions, func(c iam.Condition) bool {
		low := strings.ToLower(c.Key)
		_, name, _ := strings.Cut(low, ":")
		op := strings.ToLower(c.Operator)
		positive := !strings.Contains(op, "not") && !strings.HasSuffix(op, "ifexists") && op != "null"
		return positive && (strings.HasPrefix(name, "resourcetag/") || low == "kms:viaservice" || strings.HasPrefix(low, "kms:encryptioncontext:") || low == "kms:resourcealiases")
	})
}
