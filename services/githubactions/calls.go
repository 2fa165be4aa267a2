package githubactions

import (
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/service/script"
)

const (
	provider   = "token.actions.githubusercontent.com"
	githubPage = "https://docs.github.com/en/actions/security-for-github-actions/security-hardening-your-deployments/configuring-openid-connect-in-amazon-web-services"
	actionPage = "https://github.com/aws-actions/configure-aws-credentials"
)

var entries = []service.Entry{{
	Name: "GitHub Actions workflow",
	Find: find,
	Rows: []service.Row{
		{
			ID: "githubactions.oidc", Caller: "token of the job",
			Actions: []string{"sts:AssumeRoleWithWebIdentity"}, Resource: "<role-to-assume>",
			Context: provider + ":sub = repo:<owner>/<repository>:environment:<name>, :pull_request or :ref:<ref>; " + provider + ":aud = <audience>",
			Why:     "the job logs in with its token",
			Need:    service.Stops, Basis: service.Documented, Source: githubPage + "; " + actionPage + "#oidc",
			Targets: byToken,
		},
		{
			ID: "githubactions.assume", Caller: "user of the access key, or the role of the login before",
			Actions: []string{"sts:AssumeRole"}, Resource: "<role-to-assume>",
			Context: "sts:ExternalId = <role-external-id>",
			Why:     "the job takes on a role",
			Need:    service.Stops, Basis: service.Documented, Source: actionPage + "#assumerole-with-static-iam-credentials-in-repository-secrets",
			Targets: byKey,
		},
		{
			ID: "githubactions.tag", Caller: "user of the access key, or the role of the login before",
			Actions: []string{"sts:TagSession"}, Resource: "<role-to-assume>",
			Context: "aws:TagKeys = GitHub, Repository, Workflow, Action, Actor, Commit, Branch",
			Why:     "the action tags the session, unless role-skip-session-tagging is set",
			Need:    service.Stops, Basis: service.Documented, Source: actionPage + "#session-tagging",
			Targets: tagged,
		},
		{
			ID: "githubactions.steps", Caller: "role of the job",
			Resource: "what the step names",
			Why:      "a step of the job calls it",
			Need:     service.Stops, Basis: service.Documented, Source: "https://github.com/aws-actions",
			Targets: func(s *service.Site) []service.Target { return steps(s, script.Stops) },
		},
		{
			ID: "githubactions.steps.ignored", Caller: "role of the job",
			Resource: "what the step names",
			Why:      "a step of the job calls it, whose failure is passed over",
			Need:     service.Degrades, Lost: "what the command was for is not done", Basis: service.Documented,
			Source:  "https://docs.github.com/en/actions/writing-workflows/workflow-syntax-for-github-actions#jobsjob_idstepscontinue-on-error",
			Targets: func(s *service.Site) []service.Target { return steps(s, script.Runs) },
		},
		{
			ID: "githubactions.steps.conditional", Caller: "role of the job",
			Resource: "what the step names",
			Why:      "a step of the job may call it, depending on what it finds",
			Need:     service.Listed, Basis: service.Reasoned,
			Source:  "https://docs.github.com/en/actions/writing-workflows/workflow-syntax-for-github-actions#jobsjob_idstepsif",
			Targets: func(s *service.Site) []service.Target { return steps(s, script.Perhaps) },
		},
	},
}}

// find starts each job that logs in to AWS.
func find(m *cloud.Model) []*service.Start {
	var out []*service.Start
	for _, w := range workflows(m.Beside) {
		for _, j := range w.jobs {
			s := &service.Site{Model: m, Memo: map[string]any{"githubactions.job": j}}
			for _, l := range logins(s) {
				if s.Account == "" {
					s.Account, s.Region, s.Role = arn.Account(l.role), l.region, l.role
				}
			}
			out = append(out, &service.Start{Title: "job " + j.name + " of " + w.file.Name, At: j.node.Where(), Site: s})
		}
	}
	return out
}

// role is the role that a login takes on. One that the repository's settings
// name is the one declared role that trusts GitHub, if there is one only; for
// a login with a key, the one that names a user in its trust.
func role(m *cloud.Model, j *job, name string, l *login) string {
	if _, err := arn.Parse(name); err == nil && !strings.HasPrefix(name, "\x00") {
		return name
	}
	var found []*cloud.Principal
	whom := "GitHub"
	if l.keys {
		whom = "a user"
	}
	for p := range m.Principals() {
		if p.Kind == cloud.Role && !l.chained && (l.keys && len(trusted(m, p)) > 0 || !l.keys && trusts(p)) {
			found = append(found, p)
		}
	}
	if len(found) == 1 {
		m.Assume("job " + j.name + " of " + j.flow.file.Name + " takes on role " + match.Render(found[0].Name) + ", the only one that trusts " + whom + " (the workflow says " + match.Render(name) + ")")
		return found[0].ARN
	}
	account := match.Hole(match.Account, "the account of job "+j.name)
	if !match.HasHole(name) && name != "" {
		return "arn:aws:iam::" + account + ":role/" + name
	}
	return "arn:aws:iam::" + account + ":role/" + match.Hole(match.Path, match.Render(name)+" of job "+j.name)
}

func trusts(p *cloud.Principal) bool {
	if p.Trust == nil || p.Trust.Policy == nil {
		return false
	}
	for _, st := range p.Trust.Policy.Statements {
		for _, e := range st.Principals {
			if e.Type == iam.PrincipalFederated && strings.HasSuffix(e.Text, "oidc-provider/"+provider) {
				return true
			}
		}
	}
	return false
}

// repository is "owner/name": that which the trust of the role names in its
// conditions, if it names one only, with a hole for what it leaves open.
func repository(m *cloud.Model, role string) string {
	hole := match.Hole(match.Name, "the owner of the repository") + "/" + match.Hole(match.Name, "the repository")
	p := m.Principal(role)
	if p == nil || p.Trust == nil || p.Trust.Policy == nil {
		return hole
	}
	found := ""
	for _, st := range p.Trust.Policy.Statements {
		for _, c := range st.Conditions {
			if !strings.EqualFold(c.Key, provider+":sub") || strings.Contains(strings.ToLower(c.Operator), "not") {
				continue
			}
			for _, v := range c.Values {
				rest, ok := strings.CutPrefix(v.Text, "repo:")
				if !ok {
					continue
				}
				repo, _, _ := strings.Cut(rest, ":")
				owner, name, ok := strings.Cut(repo, "/")
				if !ok || strings.ContainsAny(owner, "*?") || match.HasHole(repo) {
					return hole
				}
				if strings.ContainsAny(name, "*?") {
					name = strings.TrimRight(name[:strings.IndexAny(name, "*?")], "*?") + match.Hole(match.Name, "the repository")
				}
				if repo = owner + "/" + name; found != "" && found != repo {
					return hole
				}
				found = repo
			}
		}
	}
	if found == "" {
		return hole
	}
	return found
}

func byToken(s *service.Site) []service.Target {
	j, _ := s.Memo["githubactions.job"].(*job)
	var ts []service.Target
	for _, l := range logins(s) {
		if l.keys || l.chained {
			continue
		}
		account := arn.Account(l.role)
		repo := repository(s.Model, l.role)
		if !match.HasHole(repo) {
			s.Model.Assume("workflow " + j.flow.file.Name + " belongs to repository " + repo + ", which the trust of " + match.Render(l.role) + " names")
		}
		for _, sub := range j.subjects() {
			t := service.Target{
				Caller:   iam.Principal{ARN: "arn:" + partition(l.role) + ":iam::" + account + ":oidc-provider/" + provider},
				Resource: l.role, Account: account, Region: l.region, At: l.at.Where(), What: "role of job " + j.name + ", " + sub.when,
				Context: service.Context(provider+":aud", l.audience, provider+":sub", "repo:"+repo+":"+sub.text),
			}
			if _, at := j.environment(); at != nil {
				t.At = at.Where()
			}
			session(&t, l)
			if sub.unsure != "" {
				t.Missing = []string{sub.unsure}
			}
			ts = append(ts, t)
		}
	}
	return ts
}

func partition(role string) string {
	if a, err := arn.Parse(role); err == nil {
		return a.Partition
	}
	return "aws"
}

// session: the name of the session is GitHubActions unless the step says
// otherwise
// (https://github.com/aws-actions/configure-aws-credentials#options).
func session(t *service.Target, l *login) {
	name := "GitHubActions"
	if l.session != "" {
		name = l.session
	}
	t.Context.Set("sts:RoleSessionName", name)
}

// byKey: a login with an access key, or with the role of the login before.
func byKey(s *service.Site) []service.Target {
	var ts []service.Target
	for _, l := range logins(s) {
		if !l.keys && !l.chained {
			continue
		}
		t := keyed(s, l)
		if l.external != "" {
			t.Context.Set("sts:ExternalId", l.external)
		}
		session(&t, l)
		if l.keys {
			// The request of an access key does not carry them at all
			// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent).
			t.Context.SetAbsent("aws:MultiFactorAuthPresent")
			t.Context.SetAbsent("aws:MultiFactorAuthAge")
		}
		ts = append(ts, t)
	}
	return ts
}

func keyed(s *service.Site, l *login) service.Target {
	return service.Target{
		Caller: caller(s, l), Resource: l.role, Account: arn.Account(l.role), Region: l.region, At: l.at.Where(), What: "role of the job",
	}
}

// tagged: only configure-aws-credentials tags its session.
func tagged(s *service.Site) []service.Target {
	var ts []service.Target
	for _, l := range logins(s) {
		if !l.tags || !l.keys && !l.chained {
			continue
		}
		t := keyed(s, l)
		t.Context.Open = true
		ts = append(ts, t)
	}
	return ts
}

// steps: what the actions of AWS call that follow a login, and the commands of
// the steps that run some; each action is documented where it lives.
func steps(s *service.Site, want script.Sure) []service.Target {
	j, _ := s.Memo["githubactions.job"].(*job)
	if j == nil {
		return nil
	}
	var ts []service.Target
	var in *login
	next := 0
	ls := logins(s)
	for _, st := range j.steps {
		if next < len(ls) && ls[next].step == st {
			in = ls[next]
			next++
			continue
		}
		if st.logsIn() {
			in = nil // a key and no role: nobody knows whose
		}
		if in == nil {
			continue
		}
		site := *s
		site.Role, site.Region, site.Account = in.role, in.region, arn.Account(in.role)
		for _, c := range st.calls(&site, j) {
			if st.node.Get("if") != nil {
				c.Sure = script.Perhaps
			} else if st.node.Get("continue-on-error").Str() == "true" {
				c.Sure = min(c.Sure, script.Runs)
			}
			if c.Sure != want {
				continue
			}
			t := c.Target
			t.Only, t.Caller = c.Actions, iam.Principal{ARN: in.role}
			if t.Region == "" {
				t.Region = in.region
			}
			ts = append(ts, t)
		}
	}
	return ts
}

// calls of one step.
func (st *step) calls(s *service.Site, j *job) []script.Call {
	if st.uses == "" {
		return st.commands(s, j)
	}
	var out []script.Call
	for _, t := range st.action(s) {
		out = append(out, script.Call{Actions: t.Only, Target: t, Sure: script.Stops})
	}
	return out
}

// commands of a step that runs a script. GitHub starts bash with -e, so that
// the first command that fails ends it
// (https://docs.github.com/en/actions/writing-workflows/workflow-syntax-for-github-actions#jobsjob_idstepsshell).
func (st *step) commands(s *service.Site, j *job) []script.Call {
	n := st.node.Get("run")
	for _, shell := range []*doc.Node{st.node.Get("shell"), j.node.At("defaults", "run", "shell"), j.flow.root.At("defaults", "run", "shell")} {
		if v := shell.Str(); v != "" && v != "bash" && v != "sh" {
			return nil
		}
	}
	if n.Str() == "" || strings.HasPrefix(j.node.Get("runs-on").Str(), "windows") {
		return nil
	}
	sh := script.New()
	sh.Read("set -e")
	for _, k := range []string{"AWS_REGION", "AWS_DEFAULT_REGION"} {
		sh.Set(k, s.Region)
	}
	for i := len(st.env) - 1; i >= 0; i-- {
		if e := st.env[i]; e != nil && e.Kind == doc.Map {
			for _, f := range e.Fields {
				if i > 0 && slices.Contains(exported, f.Name()) {
					continue
				}
				sh.Set(f.Name(), expand(f.Value.Str(), st.env, 0))
			}
		}
	}
	r := script.NewCLI(s, "job "+j.name+" of "+j.flow.file.Name)
	r.At = n.Where()
	for _, cmd := range sh.Read(st.text(n)) {
		if v := sh.Get("AWS_DEFAULT_REGION"); v != "" {
			r.Region = v
		}
		r.Command(cmd)
	}
	return r.Calls()
}

// exported are the variables that a login leaves to the steps after it, over
// those of the job and the workflow; only a step's own come before
// (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-environment-variable).
var exported = []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}

// action: what an action of AWS calls.
func (st *step) action(s *service.Site) []service.Target {
	at := st.node.Get("uses").Where()
	switch st.uses {
	case "aws-actions/amazon-ecr-login":
		if _, kind := st.with("registry-type"); kind == "public" {
			return nil
		}
		return []service.Target{{Resource: "*", At: at, What: "registry password", Only: []string{"ecr:GetAuthorizationToken"}}}
	case "aws-actions/aws-codebuild-run-build":
		n, name := st.with("project-name")
		if name == "" {
			return nil
		}
		t := service.Target{Resource: s.ARN("codebuild", "project/"+name), Account: s.Account, At: n.Where(), What: "build project " + name}
		start, poll := t, t
		start.Only, poll.Only = []string{"codebuild:StartBuild"}, []string{"codebuild:BatchGetBuilds"}
		start.Context.Open = true
		if r := s.Find(name, "AWS::CodeBuild::Project"); r != nil {
			start.Starts = r
		}
		return []service.Target{start, poll}
	case "aws-actions/amazon-ecs-deploy-task-definition":
		any := service.Target{Resource: "*", At: at, What: "task definition"}
		any.Only, any.Resource = []string{"ecs:RegisterTaskDefinition"}, s.ARN("ecs", "task-definition/"+match.Hole(match.Name, "the family of the task definition")+":*")
		any.Context.Open = true
		ts := []service.Target{any}
		_, svc := st.with("service")
		_, cluster := st.with("cluster")
		if cluster == "" {
			cluster = "default"
		}
		if svc != "" {
			t := service.Target{Resource: s.ARN("ecs", "service/"+cluster+"/"+svc), Account: s.Account, At: at, What: "service " + svc, Only: []string{"ecs:DescribeServices", "ecs:UpdateService"}}
			t.Context.Open = true
			ts = append(ts, t)
		}
		return ts
	}
	return nil
}
