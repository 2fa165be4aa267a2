package gitlab

import (
	"fmt"
	"regexp"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/doc/splice"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/service/script"
	"penstock/truth"
)

const page = "https://docs.gitlab.com/ci/cloud_services/aws/"

var entries = []service.Entry{{
	Name: "GitLab CI job",
	Find: find,
	Rows: []service.Row{
		{
			ID: "gitlab.oidc", Caller: "token of the job",
			Actions: []string{"sts:AssumeRoleWithWebIdentity"}, Resource: "<--role-arn>",
			Context: "<host>:sub = project_path:<group>/<project>:ref_type:<type>:ref:<name>; <host>:aud = <aud>",
			Why:     "the job logs in with its token",
			Need:    service.Stops, Basis: service.Documented, Source: page + "; https://docs.gitlab.com/ci/secrets/id_token_authentication/",
			Targets: byToken,
		},
		{
			ID: "gitlab.script", Caller: "role of the job", Resource: "what the command names",
			Why:  "a command of the job calls it",
			Need: service.Stops, Basis: service.Documented, Source: page,
			Targets: func(s *service.Site) []service.Target { return commands(s, script.Stops) },
		},
	},
}}

func find(m *cloud.Model) []*service.Start {
	var out []*service.Start
	for _, j := range jobs(m) {
		s := &service.Site{Model: m, Account: arn.Account(j.role), Role: j.role, Region: j.region(m), Memo: map[string]any{"gitlab.job": j}}
		out = append(out, &service.Start{Title: "job " + j.name + " of " + j.file.Name, At: j.node.Where(), Site: s})
	}
	return out
}

func (j *job) region(m *cloud.Model) string {
	for _, k := range []string{"AWS_DEFAULT_REGION", "AWS_REGION"} {
		if v := j.variable(k); v != "" {
			return j.expand(v)
		}
	}
	if len(m.Stacks) > 0 {
		return m.Stacks[0].Region
	}
	return ""
}

func jobAt(s *service.Site) *job {
	j, _ := s.Memo["gitlab.job"].(*job)
	return j
}

// provider is the host of the GitLab whose tokens a role trusts: that of its
// trust, gitlab.com where it names none.
func provider(m *cloud.Model, role string) string {
	if p := m.Principal(role); p != nil && p.Trust != nil && p.Trust.Policy != nil {
		for _, st := range p.Trust.Policy.Statements {
			for _, e := range st.Principals {
				if _, host, ok := strings.Cut(e.Text, ":oidc-provider/"); ok && e.Type == iam.PrincipalFederated && host != "token.actions.githubusercontent.com" {
					return host
				}
			}
		}
	}
	return "gitlab.com"
}

var project = regexp.MustCompile(`^project_path:([^:*?]+):`)

// projectPath is the project that the trust of the role names in its
// conditions, a hole where it names none.
func projectPath(m *cloud.Model, role, host string) string {
	if p := m.Principal(role); p != nil && p.Trust != nil && p.Trust.Policy != nil {
		for _, st := range p.Trust.Policy.Statements {
			for _, c := range st.Conditions {
				if !strings.EqualFold(c.Key, host+":sub") {
					continue
				}
				for _, v := range c.Values {
					if x := project.FindStringSubmatch(v.Text); x != nil {
						return x[1]
					}
				}
			}
		}
	}
	return match.Hole(match.Path, "the path of the project")
}

func byToken(s *service.Site) []service.Target {
	j := jobAt(s)
	host := provider(s.Model, j.role)
	repo := projectPath(s.Model, j.role, host)
	if !match.HasHole(repo) {
		s.Model.Assume(j.file.Name + " belongs to project " + repo + ", which the trust of " + match.Render(j.role) + " names")
	}
	part := "aws"
	if a, err := arn.Parse(j.role); err == nil {
		part = a.Partition
	}
	var ts []service.Target
	for _, r := range j.refs() {
		ts = append(ts, service.Target{
			Caller:   iam.Principal{ARN: "arn:" + part + ":iam::" + arn.Account(j.role) + ":oidc-provider/" + host},
			Resource: j.role, Account: arn.Account(j.role), At: j.node.Where(), What: "role of job " + j.name + ", on " + r[0] + " " + match.Render(r[1]),
			Context: service.Context(host+":aud", j.audience, host+":sub", "project_path:"+repo+":ref_type:"+r[0]+":ref:"+r[1]),
		})
	}
	return ts
}

// commands are what the commands of the job call after the login.
func commands(s *service.Site, want script.Sure) []service.Target {
	j := jobAt(s)
	sh := script.New()
	sh.Read("set -e")
	for _, k := range []string{"AWS_REGION", "AWS_DEFAULT_REGION"} {
		sh.Set(k, s.Region)
	}
	for _, n := range []string{"variables"} {
		for _, m := range []string{"root", "job"} {
			vars := j.root.Get(n)
			if m == "job" {
				vars = j.get(n)
			}
			if vars == nil {
				continue
			}
			for _, f := range vars.Fields {
				sh.Set(f.Name(), j.expand(f.Value.Str()))
			}
		}
	}
	site := *s
	r := script.NewCLI(&site, "job "+j.name+" of "+j.file.Name)
	r.At = j.node.Where()
	for _, cmd := range sh.Read(j.script()) {
		r.Command(cmd)
	}
	var ts []service.Target
	for _, c := range r.Calls() {
		if c.Sure != want {
			continue
		}
		t := c.Target
		t.Only, t.Caller = c.Actions, iam.Principal{ARN: j.role}
		if t.Region == "" {
			t.Region = s.Region
		}
		ts = append(ts, t)
	}
	return ts
}

var checks = []service.Check{{Code: "RUN128", On: "entry", Find: otherAudience}}

// otherAudience finds a token for an audience that the provider does not know.
func otherAudience(s *service.Site, _ *service.Call) []diag.Finding {
	j := jobAt(s)
	if j == nil || j.audience == "" || match.HasHole(j.audience) {
		return nil
	}
	host := provider(s.Model, j.role)
	for r := range s.Model.OfType("AWS::IAM::OIDCProvider") {
		if r.Account != arn.Account(j.role) || !strings.HasSuffix(r.ARN, ":oidc-provider/"+host) || r.Prop("ClientIdList") == nil {
			continue
		}
		var known []string
		for n := range r.Prop("ClientIdList").Elems() {
			if v := cloud.Text(n); match.Equal(v, j.audience) != truth.No {
				return nil
			} else {
				known = append(known, v)
			}
		}
		f := diag.Finding{
			At: r.Prop("ClientIdList").Where(), Severity: diag.Error, Certainty: diag.Proved,
			Message:  fmt.Sprintf("job %s has a token for %s, and the provider %s knows %s only", j.name, j.audience, r.ID(), strings.Join(known, ", ")),
			AWSError: "An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: Incorrect token audience",
			Related:  []diag.Note{{At: j.at.Where(), Message: "the audience of the token"}},
		}
		edits, err := splice.Add(r.Prop("ClientIdList"), splice.String(j.audience))
		f.Fixes = service.Fixed("let the provider know the audience "+j.audience, edits, err)
		return []diag.Finding{f}
	}
	return nil
}

var codes = []service.Code{{
	Code: "RUN128", Theorem: "runs",
	Fix:   "the audience in `ClientIdList`",
	Title: "the token of a GitLab job is for an audience that the provider does not know",
	Doc: `
The provider of OpenID Connect in IAM lists the audiences that it takes (` + "`ClientIdList`" + `). GitLab puts into the token what
` + "`id_tokens: aud`" + ` of the job says, often the address of the GitLab itself.

**What AWS shows**: "An error occurred (InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: Incorrect
token audience".

**Remedy**: the same audience in ` + "`id_tokens`" + `, in ` + "`ClientIdList`" + ` and in the condition of the trust.

**Sources**
- https://docs.gitlab.com/ci/cloud_services/aws/
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
`,
}}
