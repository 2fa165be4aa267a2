package reach

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"penstock/iam"
	"penstock/iam/authz"
	"penstock/match"
	"penstock/truth"
)

// An Inclusion says whether one set of policies allows no more than another.
type Inclusion struct {
	// Verdict is Yes where every request that the new policies allow is
	// allowed by the old ones, No where Witness is not, else Maybe.
	Verdict truth.Value
	// Witness is a request that the new policies allow and the old ones do
	// not. Authz has confirmed it; for Maybe it is nil.
	Witness *iam.Request
	// Missing names what Maybe rests on.
	Missing []string
	// Policies are what authz was asked with about the witness: the new ones
	// in their layer, and what else a request needs.
	Policies *authz.Policies
}

// Included reports whether every request that new allows is also allowed by
// old: both stand for all policies of one layer. Where no statement has a
// principal the layer is that of identity policies, and the request's caller
// is any role, user or federated user to whom they belong. Else it is that of
// a resource's own policy, and the caller is anybody; what the caller's own
// policies say is taken to be enough.
//
// A policy that AWS would refuse is read as it stands.
func (e *Engine) Included(old, new []*iam.Policy) Inclusion {
	c := comparison{e: e, old: accepted(old), new: accepted(new), left: 2 * maxWork}
	c.look()
	if c.common(); c.idle {
		return Inclusion{Verdict: truth.Yes}
	}
	answer := Inclusion{Verdict: truth.Yes}
	classes := c.classes()
	for _, c.allows = range c.pieces() {
		c.narrow()
		for _, k := range classes {
			a := c.ask(k)
			if a.Verdict == truth.No {
				return a
			}
			if a.Verdict == truth.Maybe {
				answer.Verdict = truth.Maybe
				answer.Missing = append(answer.Missing, a.Missing...)
			}
		}
	}
	slices.Sort(answer.Missing)
	answer.Missing = slices.Compact(answer.Missing)
	return answer
}

// accepted returns the policies as if AWS accepted them.
func accepted(ps []*iam.Policy) []*iam.Policy {
	out := make([]*iam.Policy, len(ps))
	for i, p := range ps {
		if out[i] = p; p.Broken != "" {
			q := *p
			q.Broken = ""
			out[i] = &q
		}
	}
	return out
}

// A comparison is one Included at work.
type comparison struct {
	e         *Engine
	old, new  []*iam.Policy
	resource  bool // some statement has a principal
	trust     bool // of a role's trust policy
	principal bool // a condition asks who the caller is
	both      []*iam.Policy
	skip      map[*iam.Statement]bool // allows of new that old has too, with no deny in the way
	idle      bool                    // and new allows nothing else
	left      int                     // of the work that may be done
	allows    []*iam.Policy           // a piece of what new allows
	scope     *scope                  // of its actions
}

func (c *comparison) look() {
	c.both = append(slices.Clone(c.old), c.new...)
	for _, p := range c.both {
		c.trust = c.trust || p.Kind == iam.Trust
		for i := range p.Statements {
			st := &p.Statements[i]
			c.resource = c.resource || st.HasPrincipal
			for j := range st.Conditions {
				k := &st.Conditions[j]
				c.mention(k.Key)
				for _, v := range k.Values {
					c.variables(v.Text)
				}
			}
			for _, r := range st.Resources {
				c.variables(r.Text)
			}
		}
	}
}

func (c *comparison) variables(s string) {
	parts, _ := iam.Variables(s)
	for i := range parts {
		c.mention(parts[i].Key)
	}
}

func (c *comparison) mention(key string) {
	switch low := strings.ToLower(key); low {
	case "aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:principalisawsservice", "aws:principalservicename",
		"aws:principalservicenameslist", "aws:principalorgid", "aws:principalorgpaths", "aws:username", "aws:userid", "kms:calleraccount":
		c.principal = true
	default:
		c.principal = c.principal || strings.HasPrefix(low, "aws:principaltag/")
	}
}

// A class is a kind of caller. A generic one stands for all of its kind, in
// one account or in any, that no statement names.
type class struct {
	kind    string // as caller.kind
	who     iam.Principal
	generic bool
	account string // "": any
}

// stranger is an account that no policy of the world should name.
const stranger = "210123456789"

// classes lists the callers to ask about.
func (c *comparison) classes() []class {
	if !c.resource {
		out := []class{generic("role", "")}
		if c.principal {
			out = append(out, generic("user", ""), generic("federated", ""))
		}
		return out
	}
	var out []class
	accounts := []string{}
	sessions := map[string]bool{} // roles of which a session is named
	add := func(k class) {
		if !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	account := func(a string) {
		if a != "" && !holed(a) && !slices.Contains(accounts, a) {
			accounts = append(accounts, a)
		}
	}
	var names []iam.PrincipalElem
	for _, p := range c.both {
		for i := range p.Statements {
			names = append(names, p.Statements[i].Principals...)
		}
	}
	for _, n := range names {
		if f := strings.SplitN(n.Text, ":", 6); len(f) == 6 && strings.HasPrefix(f[5], "assumed-role/") {
			role, _, _ := strings.Cut(strings.TrimPrefix(f[5], "assumed-role/"), "/")
			sessions[f[4]+"/"+role] = true
		}
	}
	for _, n := range names {
		switch n.Type {
		case iam.PrincipalService:
			if n.Text != "*" {
				add(class{kind: "service", who: iam.Principal{Service: n.Text}})
			}
		case iam.PrincipalFederated:
			switch {
			case strings.HasPrefix(n.Text, "arn:"):
				add(class{kind: "provider", who: iam.Principal{ARN: n.Text}})
			case n.Text != "*":
				add(class{kind: "service", who: iam.Principal{Service: n.Text}})
			}
		case iam.PrincipalAWS:
			f := strings.SplitN(n.Text, ":", 6)
			if len(f) < 6 {
				if len(n.Text) == 12 {
					account(n.Text)
				}
				continue
			}
			account(f[4])
			who := iam.Principal{ARN: n.Text}
			k := class{kind: readCaller(&who).kind, who: who}
			if k.kind == "role" && strings.HasPrefix(f[5], "role/") {
				name := f[5][strings.LastIndexByte(f[5], '/')+1:]
				if sessions[f[4]+"/"+name] {
					k.who = iam.Principal{ARN: "arn:" + f[1] + ":sts::" + f[4] + ":assumed-role/" + name + "/another-session", Role: n.Text}
				}
			}
			if k.kind != "someone" && k.kind != "root" {
				add(k)
			}
			if role, ok := sessionRole(n.Text); ok {
				add(class{kind: "role", who: iam.Principal{ARN: strings.TrimSuffix(n.Text, base(n.Text)) + "another-session", Role: role}})
			}
			if k.kind == "user" {
				// Naming a user names the federated users that it makes.
				add(class{kind: "federated", who: iam.Principal{ARN: "arn:" + f[1] + ":sts::" + f[4] + ":federated-user/" + base(f[5])}})
			}
		}
	}
	for _, a := range append(accounts, stranger) {
		add(generic("role", a))
		add(generic("user", a))
		if c.principal {
			add(generic("federated", a))
		}
		if !c.trust {
			add(class{kind: "root", who: iam.Principal{ARN: "arn:aws:iam::" + a + ":root"}})
		}
	}
	if c.principal {
		for _, kind := range []string{"role", "user", "federated", "root"} {
			add(generic(kind, ""))
		}
	}
	add(class{kind: "service", generic: c.principal, who: iam.Principal{Service: "unlisted.amazonaws.com"}})
	add(class{kind: "anonymous"})
	if c.trust {
		add(class{kind: "provider", who: iam.Principal{ARN: "arn:aws:iam::" + stranger + ":oidc-provider/unlisted.example.com"}})
	}
	return c.distinct(out)
}

// sessionRole returns the ARN of the role of a session, without the path that
// it may have.
func sessionRole(arn string) (string, bool) {
	partition, svc, account, res, ok := cutARN(arn)
	rest, session := strings.CutPrefix(res, "assumed-role/")
	if !ok || !session || svc != "sts" {
		return "", false
	}
	name, _, _ := strings.Cut(rest, "/")
	return "arn:" + partition + ":iam::" + account + ":role/" + name, true
}

func generic(kind, account string) class {
	a := account
	if a == "" {
		a = stranger
	}
	k := class{kind: kind, generic: true, account: account}
	switch kind {
	case "role":
		k.who.ARN = "arn:aws:iam::" + a + ":role/anyone"
	case "user":
		k.who.ARN = "arn:aws:iam::" + a + ":user/anyone"
	case "root":
		k.who.ARN = "arn:aws:iam::" + a + ":root"
	case "federated":
		k.who.ARN = "arn:aws:sts::" + a + ":federated-user/anyone"
	}
	return k
}

// distinct leaves one class of those that no statement tells apart.
func (c *comparison) distinct(in []class) []class {
	if c.principal {
		return in
	}
	var out []class
	seen := map[string]bool{}
	for _, k := range in {
		o := c.oracle(k)
		sig := []byte{}
		some := false
		for _, p := range c.both {
			for i := range p.Statements {
				v := o.names(p, &p.Statements[i]).any()
				some = some || v != truth.No
				sig = append(sig, '0'+byte(v))
			}
		}
		if some && !seen[string(sig)] {
			seen[string(sig)] = true
			out = append(out, k)
		}
	}
	return out
}

func (c *comparison) oracle(k class) *oracle {
	w := readCaller(&k.who)
	o := &oracle{engine: c.e.namer(), who: k.who, account: w.account, partition: w.partition, signed: w.signed()}
	if o.partition == "" {
		o.partition = "aws"
	}
	return o
}

// ask looks for a witness of one class.
func (c *comparison) ask(k class) Inclusion {
	o := c.oracle(k)
	p, res := c.solve(k, o, false, nil, nil)
	if res == empty {
		return Inclusion{Verdict: truth.Yes}
	}
	var tried []string
	var a Inclusion
	if res == found {
		if c.confirm(p, k, &a) {
			return a
		}
		// Authz may know of an action what policies do not say: try others.
		for range 6 {
			if len(p.variable) > 0 {
				break
			}
			tried = append(tried, p.chosen)
			q, res := c.solve(k, o, false, nil, tried)
			if res != found {
				break
			}
			if c.confirm(q, k, &a) {
				return a
			}
			if q.chosen == p.chosen {
				break
			}
			p = q
		}
	}
	q := question{last: p, s: &Space{}}
	for _, fixed := range q.settings() {
		if p, res := c.solve(k, o, true, fixed, nil); res == found && c.confirm(p, k, &a) {
			return a
		}
	}
	m := Answer{}
	q.explain(&m)
	return Inclusion{Verdict: truth.Maybe, Missing: append(m.Missing, a.Missing...)}
}

// solve asks once whether new allows what old does not.
func (c *comparison) solve(k class, o *oracle, sure bool, fixed map[string]string, not []string) (*problem, outcome) {
	p := newProblem(sure)
	p.given, p.keep = fixed, c.resource
	p.who(k, c, fixed)
	p.docs, p.scope = c.both, c.scope
	if p.work = min(maxWork, c.left); p.work <= 0 {
		p.gave = append(p.gave, "the resource")
		return p, tooHard
	}
	if c.trust {
		p.fix(p.resource, "arn:aws:iam::"+stranger+":role/target", false)
	}
	up := !sure
	newAllow := p.f.or(c.side(p, o, c.allows, iam.Allow, up)...)
	if newAllow == no {
		return p, empty
	}
	newDeny := p.f.or(c.side(p, o, c.new, iam.Deny, !up)...)
	oldAllow, oldDeny := p.f.or(c.side(p, o, c.old, iam.Allow, !up)...), p.f.or(c.side(p, o, c.old, iam.Deny, up)...)
	root := p.f.and(newAllow, -newDeny, -p.f.and(oldAllow, -oldDeny), -p.anyAction([]string{"sts:GetCallerIdentity", "sts:GetSessionToken"}))
	for _, a := range not {
		root = p.f.and(root, -p.like(p.action, a, plain, false, true))
	}
	before := p.work
	res := p.solve(root)
	c.left -= before - p.work
	if res == found {
		p.actionText(c.e.opt.Actions)
	}
	return p, res
}

// common finds the allows that both sides have. Where old denies nothing that
// new does not deny in the same words, they can give no witness.
func (c *comparison) common() {
	c.idle = true
	had, denied := map[string]bool{}, map[string]bool{}
	for _, p := range c.new {
		for i := range p.Statements {
			if st := &p.Statements[i]; st.Effect == iam.Deny {
				denied[spell(p, st)] = true
			}
		}
	}
	same := true
	for _, p := range c.old {
		for i := range p.Statements {
			st := &p.Statements[i]
			if st.Effect == iam.Allow {
				had[spell(p, st)] = true
			} else {
				same = same && denied[spell(p, st)]
			}
			same = same && len(st.Maybe)+len(p.Maybe) == 0
		}
	}
	c.skip = map[*iam.Statement]bool{}
	for _, p := range c.new {
		for i := range p.Statements {
			if st := &p.Statements[i]; st.Effect == iam.Allow {
				c.skip[st] = same && len(st.Maybe) == 0 && had[spell(p, st)]
				c.idle = c.idle && c.skip[st]
			}
		}
	}
}

// maxPiece is how many actions are asked about at once. A long policy is taken
// apart: a request that it allows, some piece of it allows.
const maxPiece = 64

// pieces takes what new allows, but for what is common, apart.
func (c *comparison) pieces() [][]*iam.Policy {
	var out [][]*iam.Policy
	var piece []*iam.Policy
	n := 0
	add := func(p *iam.Policy, st iam.Statement) {
		if n += len(st.Actions); n > maxPiece && len(piece) > 0 {
			out = append(out, piece)
			piece, n = nil, len(st.Actions)
		}
		q := *p
		q.Statements = []iam.Statement{st}
		piece = append(piece, &q)
	}
	for _, p := range c.new {
		for i := range p.Statements {
			st := p.Statements[i]
			if st.Effect != iam.Allow || c.skip[&p.Statements[i]] {
				continue
			}
			if st.NotAction {
				add(p, st)
				continue
			}
			for part := range slices.Chunk(st.Actions, maxPiece) {
				st.Actions = part
				add(p, st)
			}
		}
	}
	if len(piece) > 0 {
		out = append(out, piece)
	}
	return out
}

// narrow finds the scope of the piece at hand.
func (c *comparison) narrow() {
	c.scope = &scope{texts: map[string]bool{}, all: map[string][]string{}}
	for _, p := range c.allows {
		if !c.scope.add(&p.Statements[0]) {
			c.scope = nil
			return
		}
	}
}

// spell writes a statement so that two with the same text mean the same.
func spell(p *iam.Policy, st *iam.Statement) string {
	var b strings.Builder
	list := func(name string, es []iam.Elem, low bool) {
		words := make([]string, 0, len(es))
		for _, e := range es {
			w := e.Text
			if low {
				w = strings.ToLower(w)
			}
			if len(e.Maybe) > 0 {
				w += "\x01" + strings.Join(e.Maybe, "\x01")
			}
			words = append(words, w)
		}
		slices.Sort(words)
		fmt.Fprintf(&b, "%s %d", name, len(es))
		for _, w := range words {
			b.WriteString("\x02")
			b.WriteString(w)
		}
		b.WriteString("\x03")
	}
	fmt.Fprint(&b, p.Version == iam.Version2012, p.Kind, st.Effect, st.NotAction, st.NotResource, st.HasResource, st.NotPrincipal, st.HasPrincipal)
	list("action", st.Actions, true)
	list("resource", st.Resources, false)
	ps := make([]iam.Elem, len(st.Principals))
	for i, q := range st.Principals {
		ps[i] = q.Elem
		ps[i].Text = strconv.Itoa(int(q.Type)) + q.Text
	}
	list("principal", ps, false)
	for _, k := range st.Conditions {
		list(k.Operator+"\x04"+k.Key, k.Values, false)
	}
	return b.String()
}

// side returns the formulas of the statements with an effect; up asks for those
// that may match and not only those that surely do.
func (c *comparison) side(p *problem, o *oracle, ps []*iam.Policy, effect iam.Effect, up bool) []ref {
	var out []ref
	for _, d := range ps {
		for i := range d.Statements {
			st := &d.Statements[i]
			if st.Effect == effect && holds(o.names(d, st).any(), up) {
				if r := p.statement(d, st, up); r != no {
					out = append(out, r)
				}
			}
		}
	}
	return out
}

// confirm makes the request of a model and asks authz about both sides.
func (c *comparison) confirm(p *problem, k class, a *Inclusion) bool {
	who := k.who
	claimed := p.caller != nil && len(p.caller.claims) > 0 && p.caller.value.known
	if v := p.caller; claimed && k.kind == "service" {
		who.Service = v.value.texts[0]
	} else if claimed {
		who.ARN = p.callerText(v)
	}
	own := readCaller(&who)
	p.partition = own.partition
	req := p.request(&Space{Principal: who}, c.e.opt.Actions)
	if partition, _, _, _, ok := cutARN(req.Resource); ok && own.signed() && !claimed && partition != "" {
		// Caller and resource are in one partition.
		req.Principal.ARN = "arn:" + partition + strings.TrimPrefix(who.ARN, "arn:"+own.partition)
	}
	engine := c.e.namer()
	now, before := c.world(req, own, c.new), c.world(req, own, c.old)
	if engine.Decide(req, now) == authz.Allow && engine.Decide(req, before) == authz.Deny {
		*a = Inclusion{Verdict: truth.No, Witness: req, Policies: now}
		return true
	}
	if !c.resource && !c.principal {
		// There are calls that only users can make.
		u := *req
		u.Principal.ARN = strings.Replace(req.Principal.ARN, ":role/", ":user/", 1)
		if engine.Decide(&u, now) == authz.Allow && engine.Decide(&u, before) == authz.Deny {
			*a = Inclusion{Verdict: truth.No, Witness: &u, Policies: now}
			return true
		}
	}
	for _, x := range []*authz.Policies{now, before} {
		if d := engine.Explain(req, x); d.Verdict == authz.Depends {
			for _, m := range d.Missing {
				a.Missing = append(a.Missing, match.Render(m))
			}
		}
	}
	return false
}

// world is a world in which the policies alone decide about the request.
func (c *comparison) world(req *iam.Request, own caller, ps []*iam.Policy) *authz.Policies {
	if !c.resource {
		// What needs the resource's own policy as well finds one that
		// delegates to the account.
		req.ResourceAccount = own.account
		return unlimited(own, &authz.Policies{Identity: ps, Resource: []*iam.Policy{delegate(own.account)}})
	}
	req.ResourceAccount = stranger
	svc, _, _ := strings.Cut(strings.ToLower(req.Action), ":")
	switch {
	case svc == "kms" || svc == "sts":
		if own.signed() {
			req.ResourceAccount = own.account
		}
	case own.account == stranger:
		req.ResourceAccount = "210123456780"
	}
	pol := &authz.Policies{Resource: ps}
	if own.signed() {
		pol.Identity = []*iam.Policy{anything}
	}
	return unlimited(own, pol)
}

// unlimited gives a federated user a session policy that allows everything:
// without one it may do nothing.
func unlimited(own caller, pol *authz.Policies) *authz.Policies {
	if own.kind == "federated" {
		pol.HasSession, pol.Session = true, []*iam.Policy{anything}
	}
	return pol
}

// delegate is a resource policy that leaves everything to an account.
func delegate(account string) *iam.Policy {
	return &iam.Policy{
		Kind: iam.Resource, Version: iam.Version2012,
		Statements: []iam.Statement{{
			Effect: iam.Allow, HasPrincipal: true, Principals: []iam.PrincipalElem{{Type: iam.PrincipalAWS, Elem: iam.Elem{Text: account}}},
			Actions: []iam.Elem{{Text: "*"}}, Resources: []iam.Elem{{Text: "*"}}, HasResource: true,
		}},
	}
}

// Allowing names the statements of the new policies that allow the witness, as
// "statement 2 (Sid)".
func (in *Inclusion) Allowing() []string {
	if in.Witness == nil {
		return nil
	}
	var ms []authz.Match
	authz.New(authz.Options{}).Judge(in.Witness, in.Policies, &ms)
	var out []string
	for _, m := range ms {
		if m.Statement.Effect != iam.Allow || m.Match != truth.Yes || m.Layer == "session" || m.Layer == "identity" && in.Policies.Identity[m.Policy] == anything ||
			m.Layer == "resource" && in.Policies.Identity != nil && in.Policies.Identity[0] != anything {
			continue
		}
		text := "statement " + strconv.Itoa(m.Statement.Index+1)
		if m.Statement.Sid != "" {
			text += " (" + m.Statement.Sid + ")"
		}
		out = append(out, text)
	}
	return out
}
