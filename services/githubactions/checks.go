package githubactions

import (
	"fmt"
	"strconv"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/doc/splice"
	"penstock/match"
	"penstock/service"
	"penstock/truth"
)

// checks: what keeps a job from logging in whatever the trust says.
var checks = []service.Check{
	{Code: "RUN055", On: "entry", Find: noPermission},
	{Code: "RUN056", On: "entry", Find: wrongLength},
	{Code: "RUN057", On: "entry", Find: otherAudience},
}

func jobAt(s *service.Site) *job {
	j, _ := s.Memo["githubactions.job"].(*job)
	return j
}

func noPermission(s *service.Site, _ *service.Call) []diag.Finding {
	j := jobAt(s)
	if j == nil {
		return nil
	}
	for _, l := range logins(s) {
		if l.keys || l.chained {
			continue
		}
		may, at := j.mayAsk()
		if may != truth.No {
			return nil
		}
		f := diag.Finding{
			At: l.step.node.Where(), Severity: diag.Error, Certainty: diag.Proved,
			Message:  fmt.Sprintf("job %s logs in with its token and has not the permission id-token: write, without which GitHub gives it none", j.name),
			AWSError: "Credentials could not be loaded, please check your action inputs: Could not load credentials from any providers",
		}
		if at != nil {
			f.Related = append(f.Related, diag.Note{At: at.Where(), Message: "the permissions that the job has; what is not named here is none"})
		}
		f.Fixes = letAsk(j, at)
		return []diag.Finding{f}
	}
	return nil
}

// letAsk gives a job the permission to ask for a token, where its permissions
// are listed, or in a list of its own; that then has to say that it may read
// the repository, which the job could by default.
func letAsk(j *job, at *doc.Node) []diag.Fix {
	says := "let job " + j.name + " ask for a token"
	if at != nil && at.Kind == doc.Map {
		edits, err := splice.SetField(at, "id-token", splice.String("write"))
		return service.Fixed(says, edits, err)
	}
	if at != nil {
		return nil // read-all, or a word that we do not know
	}
	edits, err := splice.SetField(j.node, "permissions", splice.Map(
		splice.Field{Name: "id-token", Value: splice.String("write")}, splice.Field{Name: "contents", Value: splice.String("read")},
	))
	return service.Fixed(says, edits, err)
}

// wrongLength finds a session that is asked for longer than the role gives, or
// than a role that was taken on with a role can be, or shorter than any is.
func wrongLength(s *service.Site, _ *service.Call) []diag.Finding {
	j := jobAt(s)
	if j == nil {
		return nil
	}
	var fs []diag.Finding
	for _, l := range logins(s) {
		v := l.step.text(l.lasts)
		want, err := strconv.Atoi(v)
		if err != nil {
			continue
		}
		f := diag.Finding{At: l.lasts.Where(), Severity: diag.Error, Certainty: diag.Proved}
		if l.step.uses == assume {
			f.Certainty = diag.Likely // what its image does is told by its README alone
		}
		asks := fmt.Sprintf("job %s asks for a session of %d seconds", j.name, want)
		if want < service.ShortestSession {
			f.Message = fmt.Sprintf("%s, and AWS STS gives none below %d", asks, service.ShortestSession)
			f.AWSError = service.TooShort(want)
			f.Fixes = service.Reword(l.lasts, v, strconv.Itoa(service.ShortestSession), "ask for the shortest session that there is")
			fs = append(fs, f)
			continue
		}
		most, why, ok := service.LongestSession(s.Model, l.role)
		if !ok {
			continue
		}
		p := s.Model.Principal(l.role)
		f.AWSError = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
		if l.chained && most > 3600 {
			most, why = 3600, "the most that one role gives to another"
			f.AWSError = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
		}
		if want > most {
			f.Message = fmt.Sprintf("%s, and role %s gives %d at most, %s", asks, match.Render(p.Name), most, why)
			f.Related = []diag.Note{{At: p.Resource.Span, Message: "the role"}}
			f.Fixes = service.Reword(l.lasts, v, strconv.Itoa(most), fmt.Sprintf("ask for %d seconds, the most that there are", most))
			fs = append(fs, f)
		}
	}
	return fs
}

// otherAudience finds a token for an audience that the provider does not know.
func otherAudience(s *service.Site, _ *service.Call) []diag.Finding {
	j := jobAt(s)
	if j == nil {
		return nil
	}
	var fs []diag.Finding
	for _, l := range logins(s) {
		if l.keys || l.chained || match.HasHole(l.audience) {
			continue
		}
		p := declaredProvider(s.Model, arn.Account(l.role))
		if p == nil || p.Prop("ClientIdList") == nil {
			continue
		}
		known, seen := false, []string{}
		for n := range p.Prop("ClientIdList").Elems() {
			v := cloud.Text(n)
			known = known || v == l.audience || match.HasHole(v)
			seen = append(seen, v)
		}
		if known {
			continue
		}
		fs = append(fs, diag.Finding{
			At: p.Prop("ClientIdList").Where(), Severity: diag.Error, Certainty: diag.Proved,
			Message:  fmt.Sprintf("job %s asks for a token for %s, and the provider %s knows %s only", j.name, l.audience, p.ID(), strings.Join(seen, ", ")),
			AWSError: "Incorrect token audience",
			Related:  []diag.Note{{At: l.step.node.Where(), Message: "logs in with the token"}},
			Fixes:    knows(p, l.audience),
		})
	}
	return fs
}

// knows lets a provider take an audience.
func knows(p *cloud.Resource, audience string) []diag.Fix {
	edits, err := splice.Add(p.Prop("ClientIdList"), splice.String(audience))
	return service.Fixed("let the provider know the audience "+audience, edits, err)
}

func declaredProvider(m *cloud.Model, account string) *cloud.Resource {
	for r := range m.OfType("AWS::IAM::OIDCProvider") {
		if r.Account == account && strings.HasSuffix(r.ARN, ":oidc-provider/"+provider) {
			return r
		}
	}
	return nil
}

var codes = []service.Code{
	{
		Code: "RUN055", Theorem: "runs",
		Fix:   "`id-token: write`",
		Open:  "the permissions are one word for all",
		Title: "a job logs in with its token and may not ask for one",
		Doc: `
GitHub gives a job a token for OpenID Connect only where the permission ` + "`id-token: write`" + ` is set, by the job or by the workflow.
It is not among the default permissions, and a list of permissions that does not name it takes it away.

**What AWS shows**: AWS is never asked. The action says "Credentials could not be loaded, please check your action inputs:
Could not load credentials from any providers".

**Remedy**: ` + "`permissions: {id-token: write, contents: read}`" + ` on the job that logs in.

**Sources**
- https://docs.github.com/en/actions/security-for-github-actions/security-hardening-your-deployments/configuring-openid-connect-in-amazon-web-services#adding-permissions-settings
- https://github.com/aws-actions/configure-aws-credentials#oidc
`,
	},
	{
		Code: "RUN056", Theorem: "runs",
		Fix:   "the longest session that there is, or the shortest",
		Open:  "the number comes from a variable",
		Title: "a job asks for a session of a length that its role does not give",
		Doc: `
A session of a role lasts at most as long as the role's ` + "`MaxSessionDuration`" + `, an hour unless it says otherwise, and never more
than an hour for a role that was taken on with the credentials of another role. AWS STS gives none below 900 seconds.

**What AWS shows**: "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", or "Value '…' at
'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900".

**Remedy**: a smaller ` + "`role-duration-seconds`" + `, or a larger ` + "`MaxSessionDuration`" + ` where the job really takes that long; 900 or
more where it is too small.

**Sources**
- https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
`,
	},
	{
		Code: "RUN057", Theorem: "runs",
		Fix:   "the audience in `ClientIdList`",
		Title: "the token of a job is for an audience that the provider does not know",
		Doc: `
The provider of OpenID Connect in IAM lists the audiences that it takes (` + "`ClientIdList`" + `). The action asks GitHub for a token
for sts.amazonaws.com unless its input ` + "`audience`" + ` says otherwise.

**What AWS shows**: "Incorrect token audience".

**Remedy**: list the audience of the workflow in ` + "`ClientIdList`" + `, and compare the same value in the trust of the role.

**Sources**
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
- https://github.com/aws-actions/configure-aws-credentials#oidc
`,
	},
}
