package compile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"penstock/arn"
	"penstock/spec"
)

// profiles are the files that people put on their machines: for each user, and
// for whoever comes from Identity Center, the profiles of the AWS CLI that take
// on the roles of the work; and the workflow that logs in with GitHub's token.
// They hold nothing secret. The proof reads them too, and says whether each
// gets in.
func (b *builder) profiles() []File {
	p := b.spec.People
	if p == nil {
		return nil
	}
	var out []File
	for _, u := range p.Users {
		if f := b.userProfiles(u); f != nil {
			out = append(out, File{Name: profileFile(u.Name), Data: f})
		}
	}
	if p.IdentityCenter != nil && p.IdentityCenter.Start != "" {
		if f := b.sessionProfiles(p.IdentityCenter); f != nil {
			out = append(out, File{Name: "aws-config", Data: f})
		}
	}
	if p.GitHub != nil {
		out = append(out, File{Name: "github-workflow.yml", Data: b.workflow(p.GitHub)})
	}
	return out
}

// profileFile is the name of the file of a user's profiles: what follows its
// last dot tells whose it is.
func profileFile(user string) string {
	safe := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, user)
	return "aws-config." + safe
}

// A wayIn is one role in one account that somebody takes on.
type wayIn struct {
	role  *spec.WorkRole
	in    spec.Account
	group string
}

// waysOf are the roles of groups, each once an account.
func (b *builder) waysOf(in func(*group) bool) []wayIn {
	var out []wayIn
	for _, r := range b.takenOn() {
		for _, g := range b.groups() {
			if !in(g) || !slices.Contains(g.roles, r) {
				continue
			}
			for _, a := range r.Accounts {
				if !slices.ContainsFunc(out, func(w wayIn) bool { return w.role.Name == r.Name && w.in.ID == a.ID }) {
					out = append(out, wayIn{r, a, g.name})
				}
			}
		}
	}
	return out
}

// profileName is the name of the profile of a way.
func (b *builder) profileName(w wayIn) string {
	return b.spec.Project + "-" + w.role.Name + "-" + w.in.Alias
}

// roleOfWork is the ARN of a way's role.
func (b *builder) roleOfWork(w wayIn) string {
	return fmt.Sprintf("arn:%s:iam::%s:role/%s-%s", arn.Partition(b.spec.Region), w.in.ID, b.spec.Project, w.role.Name)
}

// lines writes a section of a configuration file.
func lines(section string, pairs ...string) string {
	var out strings.Builder
	out.WriteString("\n[" + section + "]\n")
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out.WriteString(pairs[i] + " = " + pairs[i+1] + "\n")
		}
	}
	return out.String()
}

// userProfiles are the profiles of a user, nil where it has no roles. The
// device stands in the profile that takes on the role, where alone the CLI
// looks for it
// (https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html#cli-configure-role-mfa).
func (b *builder) userProfiles(u spec.Person) []byte {
	ways := b.waysOf(func(g *group) bool { return slices.Contains(g.members, u.Name) })
	if len(ways) == 0 {
		return nil
	}
	keys := b.spec.Project
	var text strings.Builder
	text.WriteString("# ~/.aws/config of " + u.Name + ". Its access key is in ~/.aws/credentials, under [" + keys + "], and may do nothing but what stands\n" +
		"# here; each profile asks for a code of the second factor.\n")
	text.WriteString(lines("profile "+keys, "region", b.spec.Region))
	for _, w := range ways {
		lasts := ""
		if w.role.Session > time.Hour {
			lasts = strconv.Itoa(seconds(w.role.Session))
		}
		text.WriteString(lines("profile "+b.profileName(w),
			"role_arn", b.roleOfWork(w),
			"mfa_serial", fmt.Sprintf("arn:%s:iam::%s:mfa/%s", arn.Partition(b.spec.Region), b.spec.Tools.ID, u.Name),
			"role_session_name", u.Name,
			"source_profile", keys,
			"duration_seconds", lasts,
			"region", b.spec.Region))
	}
	return []byte(text.String())
}

// sessionProfiles are the profiles of whoever comes from Identity Center, nil
// where no group of it has roles. A session that one role gives to another
// lasts an hour at most, so that none asks for more
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining).
func (b *builder) sessionProfiles(c *spec.IdentityCenter) []byte {
	ways := b.waysOf(func(g *group) bool { return b.inStore(g.name) != "" })
	if len(ways) == 0 {
		return nil
	}
	region := c.Region
	if region == "" {
		region = b.spec.Region
	}
	session := b.spec.Project
	var text strings.Builder
	text.WriteString("# ~/.aws/config of whoever comes from IAM Identity Center: aws sso login --sso-session " + session + "\n")
	text.WriteString(lines("sso-session "+session, "sso_start_url", c.Start, "sso_region", region, "sso_registration_scopes", "sso:account:access"))
	var groups []string
	for _, w := range ways {
		login := b.spec.Project + "-as-" + w.group
		if !slices.Contains(groups, w.group) {
			groups = append(groups, w.group)
			text.WriteString(lines("profile "+login, "sso_session", session, "sso_account_id", b.spec.Tools.ID, "sso_role_name", b.setText(w.group), "region", b.spec.Region))
		}
		if !slices.Contains(b.voters, w.role) {
			text.WriteString(lines("profile "+b.profileName(w), "role_arn", b.roleOfWork(w), "source_profile", login, "region", b.spec.Region))
			continue
		}
		// Whoever votes goes on under the name that the session has, which
		// differs from one to the other and stands in no spec.
		vote := lines("profile "+b.profileName(w), "role_arn", b.roleOfWork(w), "role_session_name", "YOUR-USER-NAME", "source_profile", login, "region", b.spec.Region)
		text.WriteString("\n# To vote, with your user name of Identity Center, under which the vote counts: any other is refused.\n")
		for line := range strings.Lines(strings.TrimSpace(vote)) {
			text.WriteString("# " + line)
		}
		text.WriteString("\n")
	}
	return []byte(text.String())
}

// workflow is the workflow of GitHub that logs in with a token, in place of
// one with an access key.
func (b *builder) workflow(g *spec.GitHubOIDC) []byte {
	branch := g.Branch
	if branch == "" {
		branch = "main"
	}
	var t strings.Builder
	fmt.Fprintf(&t, "# .github/workflows/%s.yml of %s: logs in with a token of GitHub's; no key of AWS is stored there.\n", b.spec.Project, g.Repository)
	fmt.Fprintf(&t, "name: %s\non:\n  push:\n    branches: [%s]\n", b.spec.Project, strconv.Quote(branch))
	t.WriteString("permissions:\n  id-token: write # or GitHub makes no token\n  contents: read\n")
	t.WriteString("jobs:\n  aws:\n    runs-on: ubuntu-latest\n")
	if g.Environment != "" {
		fmt.Fprintf(&t, "    environment: %s\n", strconv.Quote(g.Environment))
	}
	t.WriteString("    steps:\n      - uses: actions/checkout@v4\n      - uses: aws-actions/configure-aws-credentials@v4\n        with:\n")
	fmt.Fprintf(&t, "          role-to-assume: arn:%s:iam::%s:role/%s-%s\n", arn.Partition(b.spec.Region), b.spec.Tools.ID, b.spec.Project, b.githubRole(g))
	fmt.Fprintf(&t, "          aws-region: %s\n", b.spec.Region)
	t.WriteString("      - name: Who is this\n        run: aws sts get-caller-identity\n")
	return []byte(t.String())
}
