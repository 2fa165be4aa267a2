package spec

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"penstock/diag"
	"penstock/doc"
	"penstock/doc/load"
	"penstock/source"
)

// Read reads penstock.yaml and fills in the defaults. What is wrong with it
// are findings, all at once: where one of them is an Error there is no Spec.
func Read(f *source.File) (*Spec, []diag.Finding) {
	r := &reader{}
	root, fs, err := load.Parse(f)
	if err != nil {
		e := diag.Finding{Code: "SPEC001", At: source.Span{File: f}, Severity: diag.Error, Certainty: diag.Proved, Message: err.Error()}
		if d, ok := errors.AsType[*doc.Error](err); ok {
			e.At, e.Message = d.At, d.Message
			if d.Fix != "" {
				e.Message += ": " + d.Fix
			}
		}
		return nil, []diag.Finding{e}
	}
	for _, d := range fs {
		switch d.Code {
		case "DOC001":
			d.Severity = diag.Error // one of two intents would be lost
			r.fs = append(r.fs, d)
		case "DOC002", "DOC005":
			r.fs = append(r.fs, d)
		}
	}
	if root == nil || root.Kind != doc.Map {
		what := "empty"
		if root != nil && root.Kind != doc.Null {
			what = "a " + kindOf(root)
		}
		r.add("SPEC001", root.Where(), "the spec is %s: write a map with project, region, accounts, source and stages", what)
		return nil, r.fs
	}
	r.check(root, grammar(), "")
	s := r.spec(root)
	s.File = f
	r.verify(s, root)
	diag.Sort(r.fs)
	if slices.ContainsFunc(r.fs, func(d diag.Finding) bool { return d.Severity == diag.Error }) {
		return nil, r.fs
	}
	return s, r.fs
}

// spec reads a file that check has seen. What check complained of reads as
// nothing: no place is complained of twice.
func (r *reader) spec(n *doc.Node) *Spec {
	s := &Spec{
		Project: str(n.Get("project")), Region: str(n.Get("region")),
		Environment: word(n.Get("environment"), "prod"),
		Mode:        strings.ToUpper(word(n.Get("mode"), "superseded")),
		Boundary:    boundary(str(n.Get("boundary"))),
		Variables:   variables(n.Get("variables")),
	}
	for _, v := range variables(n.Get("tags")) {
		s.Tags = append(s.Tags, Tag{v.Name, v.Value})
	}
	for f := range entries(n.Get("accounts")) {
		a := Account{Alias: f.Name(), ID: str(f.Value), At: f.Value.Span}
		s.Accounts = append(s.Accounts, a)
		switch a.Alias {
		case "tools":
			s.Tools = a
		case "logs":
			s.Logs = &a
		}
	}
	if o := n.Get("organization"); o != nil && o.Kind == doc.Map {
		s.Organization = &Organization{
			ID: str(o.Get("id")), Management: str(o.Get("management")), SCPs: lists(o.Get("scps")), RCPs: lists(o.Get("rcps")),
		}
	}
	r.network(s, n.Get("network"))
	r.source(s, n.Get("source"))
	r.trigger(s, n.Get("trigger"))
	r.builds(s, n)
	r.stages(s, n.Get("stages"))
	r.seal(s, n.Get("seal"))
	r.notifications(s, n.Get("notifications"))
	k := n.Get("key")
	s.Key = Key{Alias: word(k.Get("alias"), s.Project+"-cicd"), Admins: texts(k.Get("admins"))}
	r.audit(s, n)
	r.people(s, n.Get("people"))
	r.brokered(s, n.Get("brokered"))
	return s
}

// boundary is the name of a policy that each account has: a role's boundary is
// a policy of its own account, or of AWS
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html).
func boundary(s string) string {
	if _, name, ok := strings.Cut(s, ":policy/"); ok && !strings.Contains(s, "::aws:policy/") {
		return name
	}
	return s
}

// source reads where the pipeline takes what it builds.
func (r *reader) source(s *Spec, n *doc.Node) {
	if n == nil || n.Kind != doc.Map {
		return
	}
	o := Source{
		Branch: word(n.Get("branch"), "main"), Connection: str(n.Get("connection")),
		FullClone: boolean(n.Get("fullClone"), false), Create: boolean(n.Get("create"), false), At: n.Span,
	}
	kinds := []SourceKind{CodeCommit, GitHub, GitLab, Bitbucket, S3Source, ECRSource}
	var given []string
	for _, k := range kinds {
		v := n.Get(string(k))
		if v == nil {
			continue
		}
		given = append(given, string(k))
		if o.Kind != "" {
			continue
		}
		o.Kind = k
		if k == S3Source {
			o.Bucket, o.Object = str(v), word(n.Get("object"), "source.zip")
		} else {
			o.Repository = str(v)
		}
		if k == ECRSource {
			o.Tag = word(n.Get("tag"), "latest")
		}
	}
	var names []string
	for _, k := range kinds {
		names = append(names, string(k))
	}
	switch len(given) {
	case 0:
		r.add("SPEC010", n.Span, "source names no kind of source: add one of %s", strings.Join(names, ", "))
	case 1:
	default:
		r.add("SPEC010", n.Span, "source is of %d kinds, %s: keep one of them", len(given), strings.Join(given, " and "))
		return
	}
	connected := o.connected()
	for _, c := range []struct {
		key  string
		fits bool
		to   string
	}{
		{"branch", o.Kind == CodeCommit || connected, "codecommit, github, gitlab and bitbucket"},
		{"connection", connected, "github, gitlab and bitbucket"},
		{"fullClone", o.Kind == CodeCommit || connected, "codecommit, github, gitlab and bitbucket"},
		{"object", o.Kind == S3Source, "s3"},
		{"tag", o.Kind == ECRSource, "ecr"},
		{"create", !connected, "codecommit, s3 and ecr: what is not in AWS is not made here"},
	} {
		if v := n.Get(c.key); v != nil && !c.fits && o.Kind != "" {
			r.add("SPEC010", v.Span, "source.%s does not belong to a source of kind %s: it is for %s", c.key, o.Kind, c.to)
		}
	}
	if o.Kind == S3Source || o.Kind == ECRSource {
		o.Branch = ""
	}
	s.Source = o
}

// connected reports whether the source comes through a connection.
func (o *Source) connected() bool {
	return o.Kind == GitHub || o.Kind == GitLab || o.Kind == Bitbucket
}

// trigger reads which changes start the pipeline.
func (r *reader) trigger(s *Spec, n *doc.Node) {
	if n == nil {
		return
	}
	if n.Kind == doc.String {
		s.Trigger.Manual = n.Text == "manual"
		return
	}
	filter := func(n *doc.Node) Filter {
		if n != nil && n.Kind == doc.Map {
			return Filter{texts(n.Get("include")), texts(n.Get("exclude"))}
		}
		return Filter{Include: texts(n)}
	}
	s.Trigger = Trigger{
		Branches: filter(n.Get("branches")), Paths: filter(n.Get("paths")),
		Tags: filter(n.Get("tags")), PullRequests: filter(n.Get("pullRequests")),
	}
}

// notifications reads who hears of executions.
func (r *reader) notifications(s *Spec, n *doc.Node) {
	if n == nil {
		return
	}
	emails, on := n, (*doc.Node)(nil)
	if n.Kind == doc.Map {
		emails, on = n.Get("emails"), n.Get("on")
	}
	s.Notifications = Notifications{Emails: texts(emails), On: texts(on)}
	if len(s.Notifications.On) == 0 {
		s.Notifications.On = []string{"failed"}
	}
}

// network reads the VPC that builds run in.
func (r *reader) network(s *Spec, n *doc.Node) {
	if n == nil || n.Kind == doc.Bool && n.Text == "false" || n.Kind != doc.Bool && n.Kind != doc.Map {
		return
	}
	w := &Network{
		VPC: str(n.Get("vpc")), Subnets: texts(n.Get("subnets")), SecurityGroups: texts(n.Get("securityGroups")),
		RouteTables: texts(n.Get("routeTables")), CIDR: str(n.Get("cidr")), NAT: boolean(n.Get("nat"), false),
		Endpoints: boolean(n.Get("endpoints"), true), At: n.Span,
	}
	if w.VPC == "" {
		w.CIDR = cmp.Or(w.CIDR, "10.0.0.0/16")
	}
	s.Network = w
}

// audit reads what is recorded. Somebody has to be told: where audit names
// nobody, those who are told of executions, else those who are asked to
// approve.
func (r *reader) audit(s *Spec, root *doc.Node) {
	n := root.Get("audit")
	if n != nil && n.Kind == doc.Bool && n.Text == "false" {
		s.Audit = Audit{Off: true}
		return
	}
	s.Audit = Audit{
		Alerts: texts(n.Get("alerts")), Organization: boolean(n.Get("organization"), false),
		Retention: int(lasts(n.Get("retention"), 365*24*time.Hour) / (24 * time.Hour)),
		Insights:  boolean(n.Get("insights"), true), Dashboard: boolean(n.Get("dashboard"), true),
		Function: boolean(n.Get("function"), false),
	}
	if len(s.Audit.Alerts) == 0 {
		s.Audit.Alerts = slices.Clone(s.Notifications.Emails)
	}
	if len(s.Audit.Alerts) == 0 {
		for _, st := range s.Stages {
			for _, e := range st.approvers() {
				if !slices.Contains(s.Audit.Alerts, e) {
					s.Audit.Alerts = append(s.Audit.Alerts, e)
				}
			}
		}
	}
	if given := n.Get("alerts"); len(s.Audit.Alerts) == 0 && (given == nil || given.Kind == doc.List && len(given.Items) == 0) {
		at := root.Span
		if n != nil {
			at = n.Span
		}
		r.add("SPEC003", at, "nobody is told of alarms: add audit: {alerts: [security@example.com]}, or audit: false where somebody else keeps the trail")
	}
}

// approvers are the addresses that a gate asks.
func (s *Stage) approvers() []string {
	if s.Approve == nil {
		return nil
	}
	return s.Approve.Notify
}

// seal reads whether what an approval covers is sealed.
func (r *reader) seal(s *Spec, n *doc.Node) {
	approved := false
	for _, st := range s.Stages {
		if st.Approve != nil {
			approved = true
		}
		if st.Deploy != nil && approved {
			s.Seal = true
		}
	}
	s.Seal = boolean(n, s.Seal)
}
