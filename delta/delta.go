// Package delta says what a change of templates lets through that was not
// allowed before: two models, before and after, each access that is new with
// a request that proves it, access that is gone, gates that are gone.
//
// Every Allow that the change adds or changes is asked for a request that is
// allowed after and was denied before, through every layer (reach.Beyond). So
// a statement that was only moved, split or written in other words gives
// nothing, and neither does one that a boundary or a service control policy
// stops. Where no Allow changed but something that limits did, a Deny, a
// boundary, a service control policy, each principal below it is asked as a
// whole.
package delta

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/harm"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/iam/reach"
	"penstock/match"
	"penstock/source"
)

// Kind says what changed.
type Kind string

// The kinds. Gains: somebody may do what it could not. Loses: the other way
// round. GateGone and GateNew: an approval of a pipeline.
const (
	Gains    Kind = "gains"
	Loses    Kind = "loses"
	GateGone Kind = "gate gone"
	GateNew  Kind = "gate new"
)

// A Change is one difference.
type Change struct {
	Kind      Kind
	Principal string // who gains or loses
	Resource  string // for a gate the pipeline
	Class     harm.Class
	// Witness is allowed by the one model and denied by the other; nil for a
	// gate, and where only the facts in Missing decide.
	Witness *iam.Request
	// Actions are those that the statement names and that are new, each asked
	// on its own; the witness is of the gravest.
	Actions []string
	Missing []string
	At      source.Span // the statement, or the gate
	What    string      // of a gate: "approval Approve/Ok of pipeline shop"
}

// Certain reports whether the change rests on no fact that is not known.
func (c *Change) Certain() bool { return len(c.Missing) == 0 }

// Compare returns what changes from one model to another, what is gained
// first, the gravest first.
func Compare(before, after *cloud.Model, e *reach.Engine) []Change {
	c := &comparer{engine: e}
	out := c.gains(before, after, Gains)
	out = append(out, gates(before, after)...)
	out = append(out, c.gains(after, before, Loses)...)
	order := map[Kind]int{Gains: 0, GateGone: 1, GateNew: 2, Loses: 3}
	slices.SortStableFunc(out, func(a, b Change) int {
		return cmp.Or(order[a.Kind]-order[b.Kind], cmp.Compare(b.Class, a.Class))
	})
	return out
}

type comparer struct {
	engine *reach.Engine
}

// gains returns what new allows and old does not.
func (c *comparer) gains(old, new *cloud.Model, kind Kind) []Change {
	w := &pair{c: c, old: old, new: new, kind: kind, seen: map[string]int{}}
	same := sameOrg(old.Org, new.Org)
	w.tags = !sameTags(old, new)
	for p := range new.Principals() {
		if p.Kind != cloud.Group {
			w.principal(p, same)
		}
	}
	for _, r := range new.Resources {
		if r.ARN != "" && len(r.Policies) > 0 {
			// What decides beside the policy, as a public access block, is in
			// the properties: with those changed every statement is asked.
			var was []cloud.Attachment
			if o := old.Resource(r.ARN); o != nil && same && !w.tags && sameProps(o, r) {
				was = o.Policies
			}
			w.resource(r.ARN, r.Account, was, r.Policies)
		}
	}
	for p := range new.Principals() {
		if p.Trust == nil {
			continue
		}
		var was []cloud.Attachment
		if o := old.Principal(p.ARN); o != nil && o.Trust != nil && same && !w.tags {
			was = []cloud.Attachment{*o.Trust}
		}
		w.resource(p.ARN, p.Account, was, []cloud.Attachment{*p.Trust})
	}
	return w.out
}

// A pair is two models at work.
type pair struct {
	c        *comparer
	old, new *cloud.Model
	kind     Kind
	seen     map[string]int // place in out
	tags     bool           // some tag changed
	out      []Change
}

// principal asks for what a principal gains by its own policies.
func (w *pair) principal(p *cloud.Principal, sameOrg bool) {
	was := w.old.Principal(p.ARN)
	var before, after []cloud.Attachment
	if was != nil {
		before = identity(w.old, was)
	}
	after = identity(w.new, p)
	had := texts(before, iam.Allow)
	if w.tags {
		had = nil // a condition on a tag may be met now
	}
	added := false
	for _, a := range after {
		if a.Policy == nil {
			w.unknown(p, a, before)
			continue
		}
		for i := range a.Policy.Statements {
			st := &a.Policy.Statements[i]
			if st.Effect == iam.Allow && !had[text(st)] {
				added = true
				w.statement(p, a, st)
			}
		}
	}
	limited := was != nil && (!equal(texts(before, iam.Deny), texts(after, iam.Deny)) || !sameBoundary(was, p) || !sameOrg)
	if !added && limited {
		w.ask(iam.Principal{ARN: p.ARN}, p.Account, nil, nil, nil, p.Resource.Span)
	}
}

// unknown says that what a policy holds is not known, unless it stood there
// before.
func (w *pair) unknown(p *cloud.Principal, a cloud.Attachment, before []cloud.Attachment) {
	if slices.ContainsFunc(before, func(o cloud.Attachment) bool {
		return o.Policy == nil && o.ARN == a.ARN && o.Name == a.Name && o.Unknown == a.Unknown
	}) {
		return
	}
	w.add(Change{Kind: w.kind, Principal: p.ARN, At: a.Span, Class: harm.Rights, Missing: []string{cmp.Or(a.Unknown, "what policy "+cmp.Or(a.Name, a.ARN)+" holds")}})
}

// statement asks for a request that a statement lets its principal make.
func (w *pair) statement(p *cloud.Principal, a cloud.Attachment, st *iam.Statement) {
	var resources []string
	if !st.NotResource {
		for _, r := range st.Resources {
			resources = append(resources, r.Text)
		}
	}
	var actions []string
	if !st.NotAction {
		for _, e := range st.Actions {
			actions = append(actions, e.Text)
		}
	}
	at := st.Span
	if at.IsZero() {
		at = a.Span
	}
	for _, as := range each(actions) {
		for _, rs := range each(resources) {
			account := p.Account
			if len(rs) == 1 {
				account = cmp.Or(arn.Account(rs[0]), w.owner(rs[0]), account)
			}
			if match.HasHole(account) || strings.ContainsAny(account, "*?") {
				account = p.Account
			}
			w.ask(iam.Principal{ARN: p.ARN}, account, as, rs, nil, at)
		}
	}
}

// owner is the account of the declared resource that a pattern names, "" where
// none is: the ARN of a bucket does not say.
func (w *pair) owner(pattern string) string {
	head, _, _ := strings.Cut(pattern, "*")
	if r := w.new.Owner(strings.TrimRight(head, "/:")); r != nil {
		return r.Account
	}
	return ""
}

// mostParts bounds the actions, and the resources, of a statement that are
// asked one by one.
const mostParts = 24

// each returns the parts to ask for: one by one, where they are few.
func each(parts []string) [][]string {
	if len(parts) == 0 || len(parts) > mostParts {
		return [][]string{parts}
	}
	out := make([][]string, len(parts))
	for i, a := range parts {
		out[i] = []string{a}
	}
	return out
}

// resource asks for what the policy of a resource newly lets in.
func (w *pair) resource(on, account string, before, after []cloud.Attachment) {
	had := texts(before, iam.Allow)
	denied := texts(before, iam.Deny)
	for _, a := range after {
		if a.Policy == nil {
			continue
		}
		for i := range a.Policy.Statements {
			st := &a.Policy.Statements[i]
			if st.Effect != iam.Allow || had[text(st)] {
				continue
			}
			w.admits(on, account, st)
		}
	}
	if len(denied) > 0 && !equal(denied, texts(after, iam.Deny)) {
		for _, a := range after {
			if a.Policy == nil {
				continue
			}
			for i := range a.Policy.Statements {
				if st := &a.Policy.Statements[i]; st.Effect == iam.Allow {
					w.admits(on, account, st)
				}
			}
		}
	}
}

// stranger is an account that no stack knows.
const stranger = "999999999999"

// admits asks for each principal that a statement of a resource's policy
// names: an account as a whole by a role of it that may do everything.
func (w *pair) admits(on, account string, st *iam.Statement) {
	var actions []string
	if !st.NotAction {
		for _, e := range st.Actions {
			actions = append(actions, e.Text)
		}
	}
	partition := "aws"
	if a, err := arn.Parse(on); err == nil && a.Partition != "" {
		partition = a.Partition
	}
	resources := []string{on, on + "/*", on + ":*"}
	if st.NotPrincipal {
		w.ask(iam.Principal{ARN: "arn:" + partition + ":iam::" + stranger + ":role/anybody"}, account, actions, resources, anything, st.Span)
		return
	}
	for _, p := range st.Principals {
		switch {
		case p.Type == iam.PrincipalService:
			w.ask(iam.Principal{Service: p.Text}, account, actions, resources, nil, st.Span)
		case p.Type == iam.PrincipalFederated:
			w.ask(iam.Principal{ARN: p.Text}, account, actions, resources, nil, st.Span)
		case p.Type == iam.PrincipalAll || p.Text == "*":
			w.ask(iam.Principal{ARN: "arn:" + partition + ":iam::" + stranger + ":role/anybody"}, account, actions, resources, anything, st.Span)
			for _, named := range principals(st) {
				w.ask(iam.Principal{ARN: named}, account, actions, resources, anything, st.Span)
			}
		case arn.IsAccountID(p.Text), strings.HasSuffix(p.Text, ":root"):
			of := p.Text
			if a := arn.Account(p.Text); a != "" {
				of = a
			}
			named := principals(st)
			if len(named) == 0 && of != account {
				named = []string{"arn:" + partition + ":iam::" + of + ":role/any-role-of-the-account"}
			}
			for _, n := range named {
				w.ask(iam.Principal{ARN: n}, account, actions, resources, anything, st.Span)
			}
		case p.Type == iam.PrincipalAWS:
			w.ask(iam.Principal{ARN: p.Text}, account, actions, resources, anything, st.Span)
		}
	}
}

// principals are those that the conditions of a statement name by their ARNs.
func principals(st *iam.Statement) []string {
	var out []string
	for _, c := range st.Conditions {
		if !strings.EqualFold(c.Key, "aws:PrincipalArn") {
			continue
		}
		for _, v := range c.Values {
			out = append(out, strings.ReplaceAll(v.Text, "*", "any"))
		}
	}
	return out
}

// anything is the policy of somebody who administers an account.
var anything = []*iam.Policy{{Kind: iam.Identity, Version: iam.Version2012, Statements: []iam.Statement{{
	Effect: iam.Allow, Actions: []iam.Elem{{Text: "*"}}, Resources: []iam.Elem{{Text: "*"}}, HasResource: true,
}}}}

// ask looks for one request that new allows and old denies. As, if given,
// stands for the identity policies of a principal that no stack declares.
func (w *pair) ask(who iam.Principal, account string, actions, resources []string, as []*iam.Policy, at source.Span) {
	on := "*"
	if len(resources) == 1 || as != nil && len(resources) > 0 {
		on = resources[0]
	} else if as == nil && who.Service != "" && len(resources) > 0 {
		on = resources[0]
	}
	action := "*"
	if len(actions) > 0 {
		action = actions[0]
	}
	var pols [2]*authz.Policies
	for i, m := range []*cloud.Model{w.old, w.new} {
		q := iam.Request{Principal: who, Action: action, Resource: on, ResourceAccount: account}
		pols[i] = authz.Collect(m, &q)
		if as != nil && m.Principal(who.ARN) == nil {
			pols[i] = given(pols[i], as)
		}
	}
	if w.kind == Gains && w.old.Principal(who.ARN) == nil && as == nil && who.Service == "" {
		pols[0] = given(pols[0], nil) // it did not exist, and could do nothing
	}
	if w.kind == Loses && w.old.Principal(who.ARN) == nil && as == nil && who.Service == "" {
		pols[0] = given(pols[0], nil)
	}
	a := w.c.engine.Beyond(pols[0], pols[1], reach.Space{Principal: who, Actions: actions, Resources: resources, ResourceAccount: account})
	if a.Verdict == reach.None {
		return
	}
	ch := Change{Kind: w.kind, Principal: cmp.Or(who.ARN, who.Service), At: at, Witness: a.Witness, Missing: a.Missing}
	if a.Verdict == reach.Some {
		ch.Missing = nil
	} else if len(ch.Missing) == 0 {
		ch.Missing = []string{"facts that no template shows"}
	}
	ch.Class = worst(actions)
	if a.Witness != nil {
		ch.Class = max(ch.Class, harm.Of(a.Witness.Action))
		ch.Resource = a.Witness.Resource
	} else if len(resources) > 0 {
		ch.Resource = resources[0]
	}
	if ch.Witness != nil {
		ch.Actions = []string{ch.Witness.Action}
	}
	w.add(ch)
}

// add joins what one statement lets one principal do.
func (w *pair) add(ch Change) {
	key := fmt.Sprint(ch.Kind, ch.Principal, ch.At)
	i, ok := w.seen[key]
	if !ok {
		w.seen[key] = len(w.out)
		w.out = append(w.out, ch)
		return
	}
	was := &w.out[i]
	for _, a := range ch.Actions {
		if !slices.Contains(was.Actions, a) {
			was.Actions = append(was.Actions, a)
		}
	}
	if ch.Certain() && (!was.Certain() || ch.Class > was.Class) {
		ch.Actions = was.Actions
		*was = ch
	}
}

// given replaces the identity policies, and what is not known of them.
func given(p *authz.Policies, identity []*iam.Policy) *authz.Policies {
	out := &authz.Policies{
		Identity: identity, Resource: p.Resource, SCP: p.SCP, RCP: p.RCP, Grants: p.Grants, Endpoint: p.Endpoint, HasEndpoint: p.HasEndpoint,
		EndpointType: p.EndpointType, Management: p.Management, ResourceManagement: p.ResourceManagement, AWSManagedKey: p.AWSManagedKey, PublicBlock: p.PublicBlock,
	}
	for _, u := range p.Unknown {
		if u.Layer != "identity" && u.Layer != "boundary" {
			out.Unknown = append(out.Unknown, u)
		}
	}
	return out
}

// worst is the gravest class of the actions that a statement names.
func worst(actions []string) harm.Class {
	c := harm.Look
	for _, a := range actions {
		if !strings.ContainsAny(a, "*?") {
			c = max(c, harm.Of(a))
		}
	}
	return c
}

// Finding states a change as a finding, for reports.
func (c *Change) Finding() diag.Finding {
	d := diag.Finding{At: c.At, Principal: c.Principal, Resource: match.Render(c.Resource), Severity: diag.Error, Certainty: diag.Proved, Depends: c.Missing, Message: c.String()}
	switch c.Kind {
	case Gains:
		d.Code = "DIFF001"
		if !c.Certain() {
			d.Code, d.Severity, d.Certainty = "DIFF002", diag.Warning, diag.Possible
		}
	case GateGone:
		d.Code = "DIFF003"
	case GateNew, Loses:
		d.Code, d.Severity = "DIFF004", diag.Info
	}
	if c.Witness != nil {
		d.Action = c.Witness.Action
	}
	return d
}

// String says the change in a sentence.
func (c *Change) String() string {
	who := match.Render(c.Principal)
	if a, err := arn.Parse(c.Principal); err == nil {
		kind, _, _ := strings.Cut(a.Resource, "/")
		who = fmt.Sprintf("%s %s of account %s", kind, match.Render(a.Name()), match.Render(a.Account))
		if a.Account == stranger {
			who = "anybody in any account"
		}
	}
	does := "call something on " + match.Render(c.Resource)
	if q := c.Witness; q != nil {
		does = "call " + strings.Join(c.Actions, ", ")
		if q.Resource != "*" && q.Resource != "" {
			does += " on " + match.Render(q.Resource)
		}
	}
	switch c.Kind {
	case Gains:
		if !c.Certain() {
			return who + " may now " + does + ", or may not, by facts that are not known"
		}
		return who + " may now " + does
	case Loses:
		return who + " may no longer " + does
	case GateGone:
		return c.What + " is gone, or stands before another stage"
	default:
		return c.What + " is new"
	}
}
