package chain

import (
	"slices"
	"strconv"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/iam/facts"
	"penstock/iam/reach"
	"penstock/match"
	"penstock/service"
	"penstock/truth"
)

// asked is a question that was put: who, and which call.
type asked struct {
	who  *rights
	call int32
}

// answer is what came of it.
type answer struct {
	verdict reach.Verdict
	witness *iam.Request
	missing []string
}

// ask decides one call of an actor: any of its actions will do.
func (g *Graph) ask(r *rights, c *numbered) answer {
	if g.base != nil && !g.touched(r.actor, c.PowerCall) {
		return g.base.ask(g.base.rightsOf(r.actor), c)
	}
	k := asked{r, c.id}
	if c.Caller != (iam.Principal{}) {
		k.who = nil
	}
	if a, ok := g.memo[k]; ok {
		return a
	}
	a := g.decide(r, c, c.Resources)
	g.memo[k] = a
	return a
}

// decide asks for each action of a call in turn, on resources in place of its
// own, and returns the best answer.
func (g *Graph) decide(r *rights, c *numbered, resources []string) answer {
	var best answer
	for i, action := range c.Actions {
		if c.Caller == (iam.Principal{}) && !g.worth(r, c, i) {
			continue
		}
		a := g.put(r, c, action, g.plain(resources))
		if a.Verdict != reach.Some && len(resources) == 1 && strings.HasSuffix(resources[0], "*") {
			a = g.put(r, c, action, resources)
		}
		if a.Verdict > best.verdict {
			best = answer{a.Verdict, a.Witness, a.Missing}
		}
		if best.verdict == reach.Some {
			break
		}
	}
	return best
}

// plain is a name that reads well where a call leaves it open, tried before
// any other: "anything", in a region where the account has a stack.
func (g *Graph) plain(resources []string) []string {
	if len(resources) != 1 || !strings.HasSuffix(resources[0], "*") {
		return resources
	}
	a, err := arn.Parse(resources[0])
	if err != nil || strings.ContainsAny(a.Resource[:len(a.Resource)-1], "*?") {
		return resources
	}
	if a.Partition == "*" {
		a.Partition = "aws"
	}
	if a.Region == "*" {
		a.Region = "us-east-1"
		for _, s := range g.model.Stacks {
			if s.Account == a.Account && !strings.ContainsAny(s.Region, "*?\x00") {
				a.Region = s.Region
				break
			}
		}
	}
	a.Resource = strings.TrimSuffix(a.Resource, "*") + "anything"
	return []string{a.String()}
}

// worth reports whether the i-th action of a call is not out of the question.
func (g *Graph) worth(r *rights, c *numbered, i int) bool {
	one := service.PowerCall{Actions: c.Actions[i : i+1], Resources: c.Resources}
	return g.possible(r, &numbered{PowerCall: &one, actions: c.actions[i : i+1]})
}

// put asks for one action.
func (g *Graph) put(r *rights, c *numbered, action string, resources []string) reach.Answer {
	who := c.Caller
	s := reach.Space{Principal: who, Actions: []string{action}, Resources: resources, ResourceAccount: c.Account}
	s.Context = c.Context.Clone()
	model := g.model
	if who == (iam.Principal{}) {
		who = iam.Principal{ARN: r.actor.ARN}
		model = r.model
		r.adds(&s.Context)
	}
	s.Principal = who
	on := "*"
	if len(resources) > 0 {
		on = resources[0]
	}
	q := iam.Request{Principal: who, Action: action, Resource: on, ResourceAccount: c.Account}
	g.settle(model, &q, &s.Context)
	pol := authz.Collect(model, &q)
	if c.Same {
		pol = unguarded(pol)
	}
	if len(resources) < 2 && !strings.ContainsAny(on, "*?") {
		// One request, but for its context: where that does not matter authz
		// knows, and it knows for every value of what is open.
		q.Context = s.Context.Clone()
		q.Context.Open = true
		switch g.judge().Decide(&q, pol) {
		case authz.Deny:
			return reach.Answer{Verdict: reach.None}
		case authz.Allow:
			q.Context.Open = false
			return reach.Answer{Verdict: reach.Some, Witness: &q}
		default:
			if missing := g.factsAlone(&q, pol); missing != nil {
				q.Context.Open = false
				return reach.Answer{Verdict: reach.Depends, Witness: &q, Missing: missing}
			}
		}
	}
	if len(resources) > 0 && g.deniesAll(q, s.Context.Clone(), pol, resources) {
		return reach.Answer{Verdict: reach.None}
	}
	return g.membership(g.reach.Find(pol, s), &s.Context, pol)
}

// factsAlone returns what a request depends on in an open context where that
// is the same for every context: no statement that may match has a condition or
// a variable, so what is not known of it is a fact of the material and nothing
// that the sender could choose. It is nil where some context could matter.
func (g *Graph) factsAlone(q *iam.Request, pol *authz.Policies) []string {
	if len(pol.Grants) > 0 {
		return nil
	}
	d := g.judge().Explain(q, pol)
	if d.Verdict != authz.Depends || len(d.Missing) == 0 {
		return nil
	}
	for _, l := range d.Layers {
		for i := range l.Hits {
			if h := &l.Hits[i]; h.Match == truth.Maybe && (len(h.Statement.Conditions) > 0 || slices.ContainsFunc(h.Statement.Resources, func(e iam.Elem) bool { return strings.Contains(e.Text, "${") })) {
				return nil
			}
		}
	}
	out := make([]string, len(d.Missing))
	for i, m := range d.Missing {
		out[i] = match.Render(m)
	}
	return out
}

// deniesAll asks authz about all that patterns take in, each wildcard an
// unknown, in a context of which nothing more is known.
func (g *Graph) deniesAll(q iam.Request, open iam.Context, pol *authz.Policies, patterns []string) bool {
	open.Open = true
	q.Context = open
	for _, p := range patterns {
		q.Resource = unknowns(p)
		if g.judge().Decide(&q, pol) != authz.Deny {
			return false
		}
	}
	return true
}

// unknowns is a pattern as one resource of which nothing is known where the
// pattern has a wildcard: what authz denies of it, it denies of all that the
// pattern matches.
func unknowns(pattern string) string {
	if !strings.ContainsAny(pattern, "*?") {
		return pattern
	}
	var b strings.Builder
	for i := range len(pattern) {
		switch c := pattern[i]; c {
		case '*', '?':
			b.WriteString(match.Hole(match.Any, "part "+strconv.Itoa(i)))
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// membership takes back an answer that rests on the organization of the
// caller, where that is not known: it is a fact of the account and not for the
// caller to choose.
func (g *Graph) membership(ans reach.Answer, known *iam.Context, pol *authz.Policies) reach.Answer {
	if ans.Verdict != reach.Some || ans.Witness == nil || ans.Witness.Principal.ARN == "" {
		return ans
	}
	q := *ans.Witness
	free := false
	q.Context = iam.Context{Open: true}
	for k, v := range ans.Witness.Context.All() {
		if low := strings.ToLower(k); (low == "aws:principalorgid" || low == "aws:principalorgpaths") && !known.Has(k) {
			free = true
			continue
		}
		q.Context.Put(k, v)
	}
	if !free || g.judge().DecideCases(&q, pol) == authz.Allow {
		return ans
	}
	ans.Verdict = reach.Depends
	ans.Missing = append(ans.Missing, "the organization of account "+arn.Account(q.Principal.ARN)+" (aws:PrincipalOrgID)")
	return ans
}

// judge decides single requests.
func (g *Graph) judge() *authz.Engine {
	if g.authz == nil {
		g.authz = authz.New(authz.Options{Actions: facts.Actions{}, RCPServices: facts.RCP})
	}
	return g.authz
}

// unguarded leaves out the policy of the resource: of something that is made
// on the way, and has none yet.
func unguarded(p *authz.Policies) *authz.Policies {
	out := &authz.Policies{
		Identity: p.Identity, Boundary: p.Boundary, HasBoundary: p.HasBoundary, Session: p.Session, HasSession: p.HasSession,
		SCP: p.SCP, RCP: p.RCP, Management: p.Management, ResourceManagement: p.ResourceManagement, ServiceLinked: p.ServiceLinked,
	}
	for _, u := range p.Unknown {
		if u.Layer != "resource" {
			out.Unknown = append(out.Unknown, u)
		}
	}
	return out
}

// settle lays a context over what is known of the keys that policies ask for,
// whoever sends the request: a key of a service is only in the requests that
// AWS lists it for, and a declared resource has the tags that it declares. What
// the sender chooses stays open.
func (g *Graph) settle(m *cloud.Model, q *iam.Request, x *iam.Context) {
	x.Over(g.settled(m, q))
}

// settled is worked out once for an action and a resource: nothing in it hangs
// on who asks, but for its account.
func (g *Graph) settled(m *cloud.Model, q *iam.Request) *iam.Context {
	id := q.Action + "|" + q.Resource + "|" + q.ResourceAccount + "|" + arn.Account(q.Principal.ARN) + "|" + q.Principal.Service
	if s, ok := g.settings[id]; ok {
		return s
	}
	out := &iam.Context{}
	rest := service.Rest(m, *q)
	for _, k := range g.conditionKeys() {
		if chosen(k) {
			continue
		}
		if v := rest(k); v.State != iam.Unknown {
			out.Put(k, v)
		}
	}
	g.settings[id] = out
	return out
}

// chosen reports whether a key is for the sender to choose, or hangs on who it
// is rather than on what it asks for.
func chosen(low string) bool {
	if rest, ok := strings.CutPrefix(low, "aws:"); ok {
		return !strings.HasPrefix(rest, "resourcetag/") && !strings.HasPrefix(rest, "requesttag/") && rest != "tagkeys" && rest != "resourceorgid"
	}
	switch low {
	case "sts:externalid", "sts:transitivetagkeys", "kms:viaservice", "s3:signatureversion", "codebuild:buildarn", "codebuild:projectarn":
		return true
	}
	return strings.HasPrefix(low, "kms:encryptioncontext")
}

// conditionKeys lists the keys that the conditions of the model's policies
// name, in lower case.
func (g *Graph) conditionKeys() []string {
	if g.keys != nil {
		return g.keys
	}
	seen := map[string]bool{}
	g.keys = []string{}
	policies(g.model, func(p *iam.Policy) {
		for i := range p.Statements {
			for j := range p.Statements[i].Conditions {
				low := strings.ToLower(p.Statements[i].Conditions[j].Key)
				if !seen[low] && !strings.ContainsRune(low, 0) {
					seen[low] = true
					g.keys = append(g.keys, low)
				}
			}
		}
	})
	slices.Sort(g.keys)
	return g.keys
}

// policies yields every policy of a model.
func policies(m *cloud.Model, visit func(*iam.Policy)) {
	one := func(a *cloud.Attachment) {
		if a != nil && a.Policy != nil {
			visit(a.Policy)
		}
	}
	all := func(as []cloud.Attachment) {
		for i := range as {
			one(&as[i])
		}
	}
	for p := range m.Principals() {
		all(p.Identity)
		one(p.Trust)
		one(p.Boundary)
	}
	for _, r := range m.Resources {
		all(r.Policies)
	}
	if m.Org != nil {
		for _, as := range m.Org.SCPs {
			all(as)
		}
		for _, as := range m.Org.RCPs {
			all(as)
		}
	}
}
