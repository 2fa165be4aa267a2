package more

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/iam/reach"
	"penstock/match"
	"penstock/prove"
	"penstock/source"
)

// stranger is an account that no stack knows.
const stranger = "999999999999"

// anything is the identity policy of somebody who administers an account.
var anything = &iam.Policy{Kind: iam.Identity, Version: iam.Version2012, Statements: []iam.Statement{{
	Effect: iam.Allow, Actions: []iam.Elem{{Text: "*"}}, Resources: []iam.Elem{{Text: "*"}}, HasResource: true,
}}}

// outside finds what the policies of roles, buckets, keys and other resources
// let in beside the principals that the pipeline needs: anybody at all
// (MORE008), or every principal of another account (MORE009). It asks for
// somebody there who may do everything as far as its own account goes.
func (f *finder) outside(t *tally) []diag.Finding {
	var out []diag.Finding
	for _, g := range f.guarded(t.subjects > 0) {
		who := iam.Principal{ARN: "arn:" + partition(g.arn) + ":iam::" + stranger + ":role/anybody"}
		if ans := f.lets(g, who, nil); ans.Verdict != reach.None {
			t.note(ans)
			out = append(out, f.open(g, ans, "MORE008", "anybody in any account"))
			continue
		}
		if d, ok := f.vendor(g); ok {
			t.grave++
			out = append(out, d)
		}
		for _, account := range f.accounts() {
			if account == g.account {
				continue
			}
			who := iam.Principal{ARN: "arn:" + partition(g.arn) + ":iam::" + account + ":role/" + unlikely}
			if ans := f.lets(g, who, f.model.Org); ans.Verdict != reach.None {
				t.note(ans)
				out = append(out, f.open(g, ans, "MORE009", "every principal of account "+account+" that its own account allows it"))
			}
		}
	}
	return out
}

// unlikely is the name of a role that nobody means.
const unlikely = "any-other-role-of-the-account"

func (t *tally) note(ans reach.Answer) {
	if ans.Verdict == reach.Some {
		t.grave++
	} else {
		t.unexplained++
	}
}

// A guard is a resource or a role with a policy of its own.
type guard struct {
	arn, account string
	policies     []*iam.Policy
	at           source.Span
	what         string
	actions      []string // that matter; nil is all of its service
}

// guarded returns what has a policy that somebody wrote, as far as its policy
// is known: roles with rights, and beside a pipeline every resource.
func (f *finder) guarded(pipeline bool) []*guard {
	var out []*guard
	add := func(g *guard, as ...cloud.Attachment) {
		for i := range as {
			if a := &as[i]; a.Policy != nil && a.Policy.Broken == "" {
				g.policies = append(g.policies, a.Policy)
				if g.at.IsZero() {
					g.at = a.Span
				}
			}
		}
		if len(g.policies) > 0 && slices.ContainsFunc(g.policies, foreign(g.account)) {
			out = append(out, g)
		}
	}
	for pr := range f.model.Principals() {
		if pr.Trust != nil && (pipeline || len(pr.Identity) > 0) {
			add(&guard{arn: pr.ARN, account: pr.Account, what: "role " + match.Render(pr.Name), actions: []string{"sts:AssumeRole"}}, *pr.Trust)
		}
	}
	for _, r := range f.model.Resources {
		if !pipeline || r.Type == "AWS::EC2::VPCEndpoint" {
			continue // its policy limits who comes through it, and lets nobody in
		}
		if r.ARN != "" && len(r.Policies) > 0 {
			add(&guard{arn: r.ARN, account: r.Account, what: match.Render(r.ID())}, r.Policies...)
		}
	}
	return out
}

// foreign reports whether a policy may let in somebody beside services and the
// account itself: the quick way past most.
func foreign(account string) func(*iam.Policy) bool {
	return func(p *iam.Policy) bool {
		for i := range p.Statements {
			st := &p.Statements[i]
			if st.Effect != iam.Allow {
				continue
			}
			if st.NotPrincipal {
				return true
			}
			for _, e := range st.Principals {
				if e.Type == iam.PrincipalAll || e.Type == iam.PrincipalAWS && (match.HasHole(e.Text) || e.Text != account && arn.Account(e.Text) != account) {
					return true
				}
			}
		}
		return false
	}
}

// lets asks whether a policy lets somebody in whose own account allows
// everything.
func (f *finder) lets(g *guard, who iam.Principal, org *cloud.Organization) reach.Answer {
	pol := &authz.Policies{Identity: []*iam.Policy{anything}, Resource: g.policies}
	q := iam.Request{Principal: who, Action: "sts:AssumeRole", Resource: g.arn, ResourceAccount: g.account}
	if known := authz.Collect(f.model, &q); org != nil {
		pol.SCP, pol.Management = known.SCP, known.Management
		pol.RCP, pol.ResourceManagement = known.RCP, known.ResourceManagement
	} else {
		pol.RCP, pol.ResourceManagement = known.RCP, known.ResourceManagement
		pol.PublicBlock = known.PublicBlock
	}
	s := reach.Space{Principal: who, Actions: g.actions, Resources: []string{g.arn, g.arn + "/*", g.arn + ":*"}, ResourceAccount: g.account}
	if s.Actions == nil {
		a, err := arn.Parse(g.arn)
		if err != nil {
			return reach.Answer{Verdict: reach.None}
		}
		s.Actions = []string{a.Service + ":*"}
	}
	// A stranger is in no organization of ours, and comes over TLS.
	if org == nil {
		for _, k := range []string{"aws:PrincipalOrgID", "aws:PrincipalOrgPaths"} {
			s.Context.SetAbsent(k)
		}
	}
	for _, k := range []string{"aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID", "aws:PrincipalServiceName", "aws:SourceOwner"} {
		s.Context.SetAbsent(k) // sent by services, not by people
	}
	s.Context.Set("aws:PrincipalIsAWSService", "false")
	if org == nil {
		// He comes over the internet, from an address that nobody named
		// (203.0.113.0/24 is kept for examples, RFC 5737).
		s.Context.Set("aws:SourceIp", "203.0.113.77")
		for _, k := range []string{"aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp"} {
			s.Context.SetAbsent(k)
		}
	}
	return f.reach.Find(pol, s)
}

func (f *finder) open(g *guard, ans reach.Answer, code, who string) diag.Finding {
	d := diag.Finding{
		Code: code, Theorem: string(prove.NothingMore), At: g.at, Severity: diag.Error, Certainty: diag.Proved, Layer: "resource", Resource: match.Render(g.arn),
	}
	if code == "MORE009" {
		d.Severity = diag.Warning
	}
	if ans.Verdict != reach.Some {
		d.Severity, d.Certainty, d.Depends = diag.Warning, diag.Possible, ans.Missing
	}
	does := "act on"
	if q := ans.Witness; q != nil {
		d.Action, d.Principal = q.Action, q.Principal.ARN
		does = q.Action + " on"
		for _, sp := range f.letting(g, q) {
			d.At = sp
			break
		}
	}
	verb := "may "
	if d.Certainty == diag.Possible {
		verb = "may or may not "
	}
	d.Message = fmt.Sprintf("%s %s%s %s", who, verb, does, g.what)
	return d
}

// letting returns the statements of the guard that let a request in.
func (f *finder) letting(g *guard, q *iam.Request) []source.Span {
	d := f.engine.Explain(q, &authz.Policies{Identity: []*iam.Policy{anything}, Resource: g.policies})
	var out []source.Span
	for _, l := range d.Layers {
		for _, h := range l.Hits {
			if (l.Layer == "resource" || l.Layer == "trust") && h.Match != 0 && h.Statement.Effect == iam.Allow && !h.Statement.Span.IsZero() {
				out = append(out, h.Statement.Span)
			}
		}
	}
	return out
}

// accounts are those that the stacks describe.
func (f *finder) accounts() []string {
	var out []string
	for _, s := range f.model.Stacks {
		if !slices.Contains(out, s.Account) && s.Account != "" {
			out = append(out, s.Account)
		}
	}
	return out
}

func partition(s string) string {
	if a, err := arn.Parse(s); err == nil && !strings.ContainsRune(a.Partition, 0) && a.Partition != "" {
		return a.Partition
	}
	return "aws"
}

// vendor finds a role that does harm wherever it is used and that lets in every
// principal of an account which no stack knows, on no condition at all: whoever
// makes that account's principals act for him, as a service that many use does,
// acts with the role
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html). An
// account of the organization is a warning of outside's at most.
func (f *finder) vendor(g *guard) (diag.Finding, bool) {
	pr := f.model.Principal(g.arn)
	if pr == nil || pr.Kind != cloud.Role || f.model.Org != nil || !f.mighty(pr) {
		return diag.Finding{}, false
	}
	for _, p := range g.policies {
		for i := range p.Statements {
			st := &p.Statements[i]
			if st.Effect != iam.Allow || st.NotPrincipal || len(st.Conditions) > 0 || len(st.Maybe) > 0 {
				continue
			}
			for _, e := range st.Principals {
				account := e.Text
				if !arn.IsAccountID(account) {
					if account = arn.Account(e.Text); !strings.HasSuffix(e.Text, ":root") {
						continue
					}
				}
				if account == g.account || !arn.IsAccountID(account) || slices.Contains(f.accounts(), account) {
					continue
				}
				who := iam.Principal{ARN: "arn:" + partition(g.arn) + ":iam::" + account + ":role/" + unlikely}
				ans := f.lets(g, who, nil)
				if ans.Verdict != reach.Some {
					continue
				}
				d := f.open(g, ans, "MORE009", "every principal of account "+account+", which no stack declares,")
				d.Severity = diag.Error
				d.Message += ", which may change or read nearly everything, and nothing compares sts:ExternalId or who it is"
				return d, true
			}
		}
	}
	return diag.Finding{}, false
}

// mighty reports whether a role is granted an action that gains rights, on
// everything.
func (f *finder) mighty(pr *cloud.Principal) bool {
	for _, a := range [...]string{"iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:CreatePolicyVersion"} {
		q := iam.Request{Principal: iam.Principal{ARN: pr.ARN}, Action: a, Resource: "arn:" + partition(pr.ARN) + ":iam::" + pr.Account + ":" + onOf(a), ResourceAccount: pr.Account}
		if f.engine.DecideCases(&q, authz.Collect(f.model, &q)) == authz.Allow {
			return true
		}
	}
	return false
}

func onOf(action string) string {
	if action == "iam:CreatePolicyVersion" {
		return "policy/" + unlikely
	}
	return "role/" + unlikely
}
