// Package diagnosis takes an error by which AWS refused a call and says what
// is behind it: in plain words from the error alone, and with templates at
// hand the statement that is missing or denies, the smallest patch, proved,
// and where the fix that comes to mind first would be wrong.
//
// The error says what happened, the templates say what was meant. Where the
// two differ, that is the finding: a layer that no template shows, a template
// that was never deployed, a caller that is somebody else.
package diagnosis

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/iam/authz"
	"penstock/iam/denial"
	"penstock/match"
	"penstock/prove"
	"penstock/query"
)

// A Diagnosis is what is behind one denial.
type Diagnosis struct {
	Denial denial.Denial
	// Sentence says who wanted what and what stopped it.
	Sentence string
	// Meaning explains the wording, with its source.
	Meaning []Remark
	// Warnings say where the obvious fix would be wrong.
	Warnings []Remark

	// The rest needs templates.

	// Asked is the call as the templates answer it; nil where the error does
	// not say enough, see Unclear.
	Asked   *query.Answer
	Unclear string
	// Notes compare the error with the templates.
	Notes []string
	// Mending is the smallest patch that lets the call through.
	Mending *query.Mending
	// Findings are those of the proof that speak of the same thing, where the
	// error alone does not name one call.
	Findings []diag.Finding

	stranger bool // no template declares the caller
}

// A Remark is a sentence with its source.
type Remark struct{ Text, Source string }

// Options say what to diagnose with.
type Options struct {
	// Models are those of the templates; nil: there are none.
	Models []*cloud.Model
	// Prove mends, and proves the pipelines for errors that name no call.
	Prove   prove.Options
	Context []query.Setting
	// Report is the proof of the pipelines, made when it is wanted.
	Report func() *prove.Report
}

// Diagnose says what is behind a denial.
func Diagnose(d denial.Denial, opt Options) *Diagnosis {
	x := &Diagnosis{Denial: d}
	x.Sentence = sentence(&d)
	if text, source := denial.Doc(d.Form); text != "" {
		x.Meaning = append(x.Meaning, Remark{text, source})
	}
	x.meaning()
	x.warnings()
	if len(opt.Models) > 0 && d.Form != denial.Credentials {
		x.ask(opt)
	}
	return x
}

// layerWords are what stops a call, as a person says it.
var layerWords = map[string][2]string{
	//            implicit, explicit
	"identity": {"no policy that is attached to the caller allows it", "a policy that is attached to the caller denies it"},
	"resource": {"the policy of the resource itself does not let the caller in", "the policy of the resource itself denies it"},
	"trust":    {"the role's trust policy does not let the caller assume it", "the role's trust policy denies it"},
	"boundary": {"the caller's permissions boundary does not allow it, whatever its policies say", "the caller's permissions boundary denies it"},
	"session":  {"the session was made with a policy that does not allow it", "the session was made with a policy that denies it"},
	"scp":      {"a service control policy of the organization does not allow it in the caller's account", "a service control policy of the organization denies it in the caller's account"},
	"rcp":      {"a resource control policy of the organization does not allow it in the resource's account", "a resource control policy of the organization denies it in the resource's account"},
	"endpoint": {"the policy of the VPC endpoint that it went through does not allow it", "the policy of the VPC endpoint that it went through denies it"},
	"passrole": {"a role cannot be passed to a service of another account", "a role cannot be passed to a service of another account"},
}

// sentence says who wanted what, and what stopped it.
func sentence(d *denial.Denial) string {
	if d.Form == denial.Credentials {
		return "AWS does not know who calls: the credentials are missing, wrong or out of date. No policy was asked."
	}
	who := "Somebody, the error does not say who,"
	if d.Principal != "" {
		who = caller(d.Principal)
	}
	what := "wanted something that the error does not name"
	if d.Action != "" {
		what = "wanted " + d.Action
		if a, ok := strings.CutSuffix(d.Action, ":*"); ok {
			what = "wanted a call of " + a + " (the error does not say which)"
		}
	}
	s := who + " " + what
	if d.Resource != "" && d.Resource != "*" {
		s += " on " + d.Resource
	}
	if d.Operation != "" && !strings.HasSuffix(strings.ToLower(d.Action), ":"+strings.ToLower(d.Operation)) {
		s += ", within a call of " + d.Operation
	}
	switch w, ok := layerWords[d.Layer]; {
	case ok && d.Explicit:
		s += ": " + w[1]
	case ok:
		s += ": " + w[0]
	case d.Explicit:
		s += ": some policy denies it"
	default:
		s += ": it is not allowed, and the error does not say which policy stops it"
	}
	if d.Policy != "" {
		s += " (" + d.Policy + ")"
	}
	return s + "."
}

// caller names who made the call.
func caller(p string) string {
	a, err := arn.Parse(p)
	if err != nil {
		switch {
		case p == "anonymous":
			return "A caller that showed no credentials"
		case strings.HasSuffix(p, ".amazonaws.com"):
			return "The service " + p
		default:
			return p
		}
	}
	kind, rest, _ := strings.Cut(a.Resource, "/")
	switch kind {
	case "assumed-role":
		name, session, _ := strings.Cut(rest, "/")
		s := "The role " + name + " of account " + a.Account
		if session != "" {
			s += " (session " + session + ")"
		}
		return s
	case "federated-user":
		return "The federated user " + rest + " of account " + a.Account
	case "root":
		return "The root user of account " + a.Account
	default:
		return "The " + kind + " " + a.Name() + " of account " + a.Account
	}
}

// meaning explains what every reader of such errors should know.
func (x *Diagnosis) meaning() {
	d := &x.Denial
	say := func(text, source string) { x.Meaning = append(x.Meaning, Remark{text, source}) }
	const page = "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html"
	common := d.Form == denial.Sentence || d.Form == denial.Console
	if d.Layer == "scp" && d.Explicit && common {
		say("The error calls it an explicit deny also where the organization's policies merely do not allow the call.", page)
	}
	if d.Layer != "" && common {
		say("AWS names one kind of policy, although several may stand in the way; another may show once this one is mended.", page)
	}
	if d.Principal == "anonymous" {
		say("The request was not signed: the program found no credentials, or the URL was opened in a browser.", "https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html")
	}
	if d.Encoded != "" && d.Form != denial.Encoded {
		say("An encoded message came with it: aws sts decode-authorization-message --encoded-message … shows the request as it was decided.", "https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html")
	}
	if d.Action == "iam:PassRole" && common {
		say("iam:PassRole is no call of its own: whoever hands a role to a service needs it, on that role.", "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html")
	}
}

// ask puts the call to the templates.
func (x *Diagnosis) ask(opt Options) {
	if opt.Prove.Engine == nil {
		opt.Prove.Engine = prove.NewEngine()
	}
	q, ok := x.question(opt.Models)
	if ok {
		q.Context = opt.Context
		a, err := query.Ask(opt.Models, opt.Prove.Engine, q)
		if err != nil {
			x.Unclear = err.Error()
			ok = false
		} else {
			a = x.without(a, opt, q)
			x.Asked = a
			x.compare()
			x.wiser()
			if c := a.Main(); c.Decision.Verdict == authz.Deny {
				if m, ok := query.Mend(c, opt.Prove); ok {
					x.Mending = m
				}
			}
		}
	}
	if (!ok || x.Mending == nil && x.Asked.Verdict() != authz.Allow) && opt.Report != nil {
		x.Findings = x.matching(opt.Report())
		if x.stranger && len(x.Findings) > 0 {
			x.Notes = append(x.Notes, "The findings below are about the same call by a caller that the templates do declare.")
		}
	}
}

// without asks again, where the answer depends on condition keys, for a
// request that does not carry them: the error says that the call was denied,
// and that is the likeliest way to be.
func (x *Diagnosis) without(a *query.Answer, opt Options, q query.Question) *query.Answer {
	if a.Verdict() != authz.Depends {
		return a
	}
	var keys []string
	for _, m := range a.Missing() {
		if strings.Contains(m, ":") && !strings.ContainsAny(m, " ‹") {
			keys = append(keys, m)
		}
	}
	if len(keys) == 0 {
		return a
	}
	q.Context = slices.Clone(q.Context)
	for _, k := range keys {
		q.Context = append(q.Context, query.Setting{Key: k})
	}
	b, err := query.Ask(opt.Models, opt.Prove.Engine, q)
	if err != nil || b.Verdict() != authz.Deny {
		return a
	}
	x.Notes = append(x.Notes, fmt.Sprintf("By the templates it depends on %s; since AWS denied it, the request is taken not to have carried it.", strings.Join(keys, ", ")))
	return b
}

// compare says how the templates' answer and the error go together.
func (x *Diagnosis) compare() {
	d := &x.Denial
	c := x.Asked.Main()
	note := func(format string, args ...any) { x.Notes = append(x.Notes, fmt.Sprintf(format, args...)) }
	switch x.Asked.Verdict() {
	case authz.Allow:
		note("The templates allow this call. What is deployed differs from them, or something stops it that no template shows%s.", hidden(c, d.Layer))
	case authz.Deny:
		if d.Layer != "" && c.Decision.Layer != d.Layer {
			note("The error blames the %s; by the templates the %s stands in the way already. AWS names only one of several.", layerName(d.Layer), layerName(c.Decision.Layer))
		}
	case authz.Depends:
		note("The templates alone do not settle it: it depends on what is listed below. The error says that it was denied; --context key=value says how the call was made.")
	}
}

// hidden names the layers that the templates do not describe.
func hidden(c *query.Case, layer string) string {
	var what []string
	if c.Model.Org == nil {
		what = append(what, "no organization is described, so that service and resource control policies are not known")
	}
	if !c.Policies.HasEndpoint && (layer == "endpoint" || layer == "") {
		what = append(what, "the policy of a VPC endpoint")
	}
	if layer == "session" || layer == "" {
		what = append(what, "a policy that the session was made with")
	}
	if len(what) == 0 {
		return ""
	}
	return ": " + strings.Join(what, "; ")
}

var layerNames = map[string]string{
	"identity": "caller's own policies", "resource": "policy of the resource", "trust": "role's trust policy", "boundary": "permissions boundary",
	"session": "session policy", "scp": "service control policies", "rcp": "resource control policies", "endpoint": "VPC endpoint's policy",
	"passrole": "rule that no role is passed across accounts",
}

func layerName(l string) string {
	if n, ok := layerNames[l]; ok {
		return n
	}
	return l
}

// matching returns the findings of a proof that speak of what the error does.
func (x *Diagnosis) matching(rep *prove.Report) []diag.Finding {
	if rep == nil {
		return nil
	}
	var out []diag.Finding
	best := 0
	for _, f := range rep.Findings {
		n := x.likeness(&f)
		switch {
		case n == 0 || n < best:
		case n > best:
			best, out = n, []diag.Finding{f}
		default:
			out = append(out, f)
		}
	}
	const most = 5
	return out[:min(len(out), most)]
}

// likeness counts what a finding and the error have in common; 0 where they
// contradict each other or share nothing.
func (x *Diagnosis) likeness(f *diag.Finding) int {
	d := &x.Denial
	n := 0
	if f.Layer == "network" {
		return 0 // what cannot be reached does not refuse
	}
	if d.Action != "" {
		switch fits(d.Action, f.Action) {
		case truthNo:
			return 0
		case truthYes:
			n += 2
		}
	}
	if d.Layer == "passrole" && f.Layer != "passrole" && !strings.Contains(f.Action, "iam:PassRole") {
		return 0
	}
	if name := roleName(d.Principal); name != "" && f.Principal != "" && !x.stranger {
		own := roleName(f.Principal)
		switch {
		case own == name:
			n += 2
		case !match.HasHole(f.Principal):
			return 0
		}
	}
	if r := d.Resource; r != "" && r != "*" && f.Resource != "" {
		if strings.Contains(f.Resource, r) || strings.HasPrefix(r, strings.TrimSuffix(f.Resource, "/*")) && strings.Contains(r, ":") {
			n += 2
		}
	}
	if n > 0 && d.Layer != "" && d.Layer == f.Layer {
		n++
	}
	if n == 0 && d.Form == denial.Bare && d.Service == "S3" && strings.Contains(f.Action, "s3:") {
		n = 1
	}
	if n == 0 && d.Service == "CodePipeline" && d.Action == "" && f.Severity == diag.Error && f.Action != "" {
		n = 1
	}
	return n
}

const (
	truthNo = iota
	truthMaybe
	truthYes
)

// fits reports whether a finding's actions, joined by commas, hold the error's
// action: exactly, or of its service where the error names no more.
func fits(action, list string) int {
	if list == "" {
		return truthMaybe
	}
	if svc, ok := strings.CutSuffix(action, "*"); ok {
		if strings.Contains(strings.ToLower(list), strings.ToLower(svc)) {
			return truthYes
		}
		return truthNo
	}
	if slices.ContainsFunc(strings.Split(list, ", "), func(a string) bool { return strings.EqualFold(a, action) }) {
		return truthYes
	}
	return truthNo
}

// roleName returns the name of the role or user in an ARN, "" for anything
// else.
func roleName(p string) string {
	a, err := arn.Parse(p)
	if err != nil {
		return ""
	}
	kind, rest, _ := strings.Cut(a.Resource, "/")
	if kind == "assumed-role" {
		name, _, _ := strings.Cut(rest, "/")
		return name
	}
	return a.Name()
}
