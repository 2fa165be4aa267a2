// Package query asks one question of a model: may this principal call this
// action on that resource. Names are those that a person would use, a logical
// id, a role's name, a bucket and a key; the answer is authz's decision in
// every scenario of the templates, with the whole trace, and for a denied
// call the smallest patch that lets it through.
//
// What a question does not say is unknown, with three exceptions that hold
// for nearly every call and are named in the answer: it comes over TLS, the
// caller makes it itself rather than a service for it, and the region is that
// of the resource. A fact that a template shows (tags, owners, the
// organization) is taken from it.
package query

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/iam/facts"
	"penstock/match"
	"penstock/service"
)

// A Question is one call, in a person's words.
type Question struct {
	// Who is an ARN, a name or logical id of a role or user, "stack/LogicalId",
	// the name of a service, or "*" for an anonymous caller.
	Who string
	// Action is one IAM action, "s3:GetObject".
	Action string
	// On is an ARN, "*", or a name or logical id of a resource, with what
	// lies in it after a slash or colon: "ArtifactBucket/web/app.zip".
	On string
	// Owner is the account of the resource, where neither the templates nor
	// the ARN say; "" leaves it to them.
	Owner string
	// Context settles condition keys; others are unknown.
	Context []Setting
}

// A Setting is one condition key. No Values: the request does not carry it.
type Setting struct {
	Key    string
	Values []string
}

// An Answer is what became of a question, scenario by scenario.
type Answer struct {
	Question Question
	Cases    []Case
	// Notes are what a reader should know about the question itself: an action
	// that no reference lists, names that were taken for something.
	Notes []string
	// Assumed are the facts that were taken for granted.
	Assumed []string
}

// A Case is the answer in one scenario of the templates.
type Case struct {
	Scenario []string // the facts that tell it from others; nil where there is one
	Model    *cloud.Model
	// Absent says what does not exist in this scenario; the rest is then zero.
	Absent   string
	Request  iam.Request
	Policies *authz.Policies
	Decision authz.Decision
}

// Verdict is that of all cases together, Depends where they differ.
func (a *Answer) Verdict() authz.Verdict {
	verdict, seen := authz.Depends, false
	for i := range a.Cases {
		c := &a.Cases[i]
		switch {
		case c.Absent != "":
			// Who does not exist may nothing, but that is not what was asked.
		case !seen:
			verdict, seen = c.Decision.Verdict, true
		case verdict != c.Decision.Verdict:
			return authz.Depends
		}
	}
	return verdict
}

// Missing are the facts that a Depends rests on: those of the cases, and the
// scenarios where they differ.
func (a *Answer) Missing() []string {
	var out []string
	add := func(s string) {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	verdicts := map[authz.Verdict]bool{}
	for i := range a.Cases {
		c := &a.Cases[i]
		if c.Absent != "" {
			continue
		}
		verdicts[c.Decision.Verdict] = true
		for _, m := range c.Decision.Missing {
			add(match.Render(m))
		}
	}
	if len(verdicts) > 1 {
		for i := range a.Cases {
			for _, s := range a.Cases[i].Scenario {
				add("whether " + s)
			}
		}
	}
	return out
}

// Main is the case to show: the first that is denied, else that depends, else
// the first.
func (a *Answer) Main() *Case {
	var best *Case
	for i := range a.Cases {
		c := &a.Cases[i]
		if c.Absent == "" && (best == nil || c.Decision.Verdict < best.Decision.Verdict) {
			best = c
		}
	}
	return best
}

// Ask answers q over the models of all scenarios. The error, an *Unclear or
// one that names the value, says what would be right.
func Ask(models []*cloud.Model, engine *authz.Engine, q Question) (*Answer, error) {
	a := &Answer{Question: q}
	if err := checkAction(a, q.Action); err != nil {
		return nil, err
	}
	var firstErr error
	for _, m := range models {
		c := Case{Scenario: m.Scenario, Model: m}
		if len(models) == 1 {
			c.Scenario = nil
		}
		err := c.resolve(&q)
		if err != nil {
			if firstErr == nil {
				firstErr = err
			}
			c.Absent = err.Error()
			a.Cases = append(a.Cases, c)
			continue
		}
		c.fill(q.Context)
		c.Policies = authz.Collect(m, &c.Request)
		c.Decision = engine.ExplainCases(&c.Request, c.Policies)
		a.Cases = append(a.Cases, c)
	}
	c := a.Main()
	if c == nil {
		if firstErr == nil {
			firstErr = fmt.Errorf("there is no template to ask about")
		}
		return nil, firstErr
	}
	a.assumed(c)
	return a, nil
}

// checkAction refuses what is no action, and notes one that AWS does not list.
func checkAction(a *Answer, action string) error {
	prefix, name, ok := strings.Cut(action, ":")
	if !ok || prefix == "" || name == "" || strings.ContainsAny(action, "*? ,") {
		return &Unclear{Kind: "action", Asked: action, Hinted: "an action is service:Name, one of them, such as s3:GetObject"}
	}
	svc, ok := facts.Service(prefix)
	if !ok {
		var names []string
		for p := range facts.Services() {
			names = append(names, p)
		}
		if near := nearest(prefix, names); len(near) > 0 {
			return &Unclear{Kind: "service", Asked: prefix, Near: near}
		}
		a.Notes = append(a.Notes, fmt.Sprintf("no service of the embedded reference has the prefix %q", prefix))
		return nil
	}
	if _, ok := svc.Action(name); ok {
		return nil
	}
	var names []string
	for x := range svc.Actions() {
		names = append(names, x.Name)
	}
	if near := nearest(name, names); len(near) > 0 {
		for i := range near {
			near[i] = prefix + ":" + near[i]
		}
		return &Unclear{Kind: "action", Asked: action, Near: near}
	}
	a.Notes = append(a.Notes, fmt.Sprintf("the embedded reference lists no action %s", action))
	return nil
}

// fill sets the condition keys that are known.
func (c *Case) fill(settings []Setting) {
	q := &c.Request
	for _, s := range settings {
		v := iam.ContextValue{State: iam.Known, Values: s.Values, Multi: len(s.Values) > 1}
		if t, ok := facts.KeyType(s.Key); ok && t.Multivalued() {
			v.Multi = true
		}
		if len(s.Values) == 0 {
			v = iam.ContextValue{State: iam.Absent}
		}
		q.Context.Put(s.Key, v)
	}
	if !q.Context.Has("aws:SecureTransport") {
		q.Context.Set("aws:SecureTransport", "true")
	}
	if region := c.region(); region != "" && !q.Context.Has("aws:RequestedRegion") {
		q.Context.Set("aws:RequestedRegion", region)
	}
	q.Context.Rest = rest(c.Model, *q)
}

// region is where the call is made: that of the resource. Global services are
// left open; most, not all, say us-east-1.
func (c *Case) region() string {
	if a, err := arn.Parse(c.Request.Resource); err == nil && a.Region != "" {
		return a.Region
	}
	if r := c.Model.Owner(c.Request.Resource); r != nil && strings.HasPrefix(c.Request.Action, "s3:") {
		return r.Region
	}
	return ""
}

// rest is service.Rest, which knows what services and builds send, with what
// a person or a program could send too.
func rest(m *cloud.Model, q iam.Request) func(string) iam.ContextValue {
	services := service.Rest(m, q)
	unknown := iam.ContextValue{State: iam.Unknown}
	via := byService(&q)
	return func(low string) iam.ContextValue {
		switch low {
		case "aws:viaawsservice", "aws:calledvia", "aws:calledviafirst", "aws:calledvialast":
			if via {
				return unknown
			}
		case "aws:multifactorauthpresent", "aws:multifactorauthage", "aws:federatedprovider",
			"sts:externalid", "sts:transitivetagkeys", "kms:viaservice", "s3:signatureversion", "s3:tlsversion":
			return unknown
		}
		switch {
		case strings.HasPrefix(low, "kms:encryptioncontext"):
			return unknown
		case strings.HasPrefix(low, "aws:principaltag/") && !strings.Contains(q.Principal.ARN, ":user/"):
			// A session may carry tags beside those of its role.
			if q.Principal.Service != "" || q.Principal.ARN == "" {
				return iam.ContextValue{}
			}
			return unknown
		case strings.HasPrefix(low, "s3:x-amz-"):
			return unknown
		}
		return services(low)
	}
}

// byService reports whether the context says that a service makes the call for
// the caller.
func byService(q *iam.Request) bool {
	for _, k := range [...]string{"kms:viaservice", "aws:calledvia", "aws:viaawsservice"} {
		if v, ok := q.Context.Lookup(k); ok && v.State != iam.Absent && !slices.Contains(v.Values, "false") {
			return true
		}
	}
	return false
}

// assumed lists what was taken for granted and not said.
func (a *Answer) assumed(c *Case) {
	given := func(key string) bool {
		return slices.ContainsFunc(a.Question.Context, func(s Setting) bool { return strings.EqualFold(s.Key, key) })
	}
	if !given("aws:SecureTransport") {
		a.Assumed = append(a.Assumed, "the call comes over TLS (aws:SecureTransport is true)")
	}
	if !given("aws:ViaAWSService") && c.Request.Principal.Service == "" && !byService(&c.Request) {
		a.Assumed = append(a.Assumed, "the caller makes it itself, no service for it (aws:ViaAWSService is false, aws:CalledVia absent)")
	}
	if v := c.Request.Context.Get("aws:RequestedRegion"); v.State == iam.Known && !given("aws:RequestedRegion") {
		a.Assumed = append(a.Assumed, "it is made in "+match.Render(strings.Join(v.Values, ", ")))
	}
}
