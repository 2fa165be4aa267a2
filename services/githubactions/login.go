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
)

// A login is a step that takes on a role.
type login struct {
	step     *step
	at       *doc.Node // names the role
	role     string
	region   string
	audience string
	session  string
	external string
	lasts    *doc.Node // how long, in seconds
	keys     bool      // with an access key
	chained  bool      // with the role of the login before
	tags     bool      // tags its session
	before   string    // the role of the login before, for one that is chained
}

// assume are actions that take on a role with the access key in their
// environment, and leave its credentials in the environment of the steps after
// them (https://github.com/abatilo/aws-assume-role-action#readme: ROLE_ARN,
// ROLE_SESSION_NAME, DURATION_SECONDS).
const assume = "abatilo/aws-assume-role-action"

// logsIn reports whether a step makes other credentials those of the job.
func (st *step) logsIn() bool { return st.uses == configure || st.uses == assume }

// action is what a step uses, without its version and without the registry of
// an image.
func action(uses string) string {
	name, _, _ := strings.Cut(uses, "@")
	if image, ok := strings.CutPrefix(name, "docker://"); ok {
		name, _, _ = strings.Cut(image, ":")
	}
	return name
}

// variable is one of the step's environment, and the text of it.
func (st *step) variable(name string) (*doc.Node, string) {
	for _, e := range st.env {
		if n := e.Get(name); n != nil {
			return n, st.text(n)
		}
	}
	return nil, ""
}

// logins are those of the job that take on a role, in order.
func logins(s *service.Site) []*login {
	j, _ := s.Memo["githubactions.job"].(*job)
	if j == nil {
		return nil
	}
	return service.Remember(s, "githubactions.logins", func() []*login {
		var out []*login
		before := ""
		for _, st := range j.steps {
			l := &login{step: st, before: before}
			name := ""
			switch st.uses {
			case configure:
				name = l.configured()
			case assume:
				name = l.assumed()
			}
			if l.at == nil {
				continue
			}
			l.role = role(s.Model, j, name, l)
			before = l.role
			out = append(out, l)
		}
		return out
	})
}

// configured reads a step of aws-actions/configure-aws-credentials; it returns
// the role as the step names it.
func (l *login) configured() (name string) {
	_, l.region = l.step.with("aws-region")
	_, l.audience = l.step.with("audience")
	if l.audience == "" {
		l.audience = "sts.amazonaws.com"
	}
	_, key := l.step.with("aws-access-key-id")
	_, chain := l.step.with("role-chaining")
	_, skip := l.step.with("role-skip-session-tagging")
	l.keys, l.chained, l.tags = key != "", chain == "true", skip != "true"
	_, l.session = l.step.with("role-session-name")
	_, l.external = l.step.with("role-external-id")
	l.lasts, _ = l.step.with("role-duration-seconds")
	l.at, name = l.step.with("role-to-assume")
	return name
}

// assumed reads a step of the action assume.
func (l *login) assumed() (name string) {
	if _, key := l.step.variable("AWS_ACCESS_KEY_ID"); key == "" {
		return ""
	}
	l.keys = true
	_, l.session = l.step.variable("ROLE_SESSION_NAME")
	l.lasts, _ = l.step.variable("DURATION_SECONDS")
	for _, k := range []string{"AWS_REGION", "AWS_DEFAULT_REGION"} {
		if _, v := l.step.variable(k); v != "" {
			l.region = v
			break
		}
	}
	l.at, name = l.step.variable("ROLE_ARN")
	return name
}

// caller is who takes on the role: that of the login before, or the user of
// the access key. Whose key a secret holds is not in the files: it is that of
// the one declared user whom the trust of the role names, or else of the only
// user that the stacks declare.
func caller(s *service.Site, l *login) iam.Principal {
	if l.chained && l.before != "" {
		return iam.Principal{ARN: l.before}
	}
	whose := "the only user that the role trusts"
	users := trusted(s.Model, s.Model.Principal(l.role))
	if len(users) == 0 {
		whose = "the only one declared"
		for p := range s.Model.Principals() {
			if p.Kind == cloud.User {
				users = append(users, p)
			}
		}
	}
	if len(users) == 1 {
		s.Model.Assume("the access key of the workflow that takes on role " + match.Render(l.role) + " is that of user " + match.Render(users[0].Name) + ", " + whose)
		return iam.Principal{ARN: users[0].ARN}
	}
	return iam.Principal{ARN: "arn:" + partition(l.role) + ":iam::" + arn.Account(l.role) + ":user/" + match.Hole(match.Name, "the user of the access key")}
}

// trusted are the declared users whom the trust of a role names.
func trusted(m *cloud.Model, role *cloud.Principal) []*cloud.Principal {
	if role == nil || role.Trust == nil || role.Trust.Policy == nil {
		return nil
	}
	var users []*cloud.Principal
	for _, st := range role.Trust.Policy.Statements {
		for _, e := range st.Principals {
			u := m.Principal(e.Text)
			if e.Type == iam.PrincipalAWS && u != nil && u.Kind == cloud.User && !slices.Contains(users, u) {
				users = append(users, u)
			}
		}
	}
	return users
}
