package compile

import (
	"strings"

	"penstock/blueprint"
	"penstock/spec"
)

const githubHost = "token.actions.githubusercontent.com"

// githubRole is the name of the role of workflows, without the project's in
// front.
func (b *builder) githubRole(g *spec.GitHubOIDC) string {
	name := strings.TrimPrefix(g.Role, b.spec.Project+"-")
	if name == "" {
		name = "github"
	}
	for _, w := range b.spec.People.Roles {
		if w.Name == name {
			return name + "-workflows"
		}
	}
	return name
}

// githubSubject is the subject of the tokens that the role takes: of one
// repository and one branch, or of one environment, whatever branch runs
// there. A colon in the name of an environment is escaped
// (https://docs.github.com/en/actions/reference/security/oidc).
func githubSubject(g *spec.GitHubOIDC) string {
	if g.Environment != "" {
		return "repo:" + g.Repository + ":environment:" + strings.ReplaceAll(g.Environment, ":", "%3A")
	}
	return "repo:" + g.Repository + ":ref:refs/heads/" + g.Branch
}

// github draws the role that workflows of a repository take on with a token of
// GitHub's, in place of an access key in the settings of the repository.
func (b *builder) github(g *spec.GitHubOIDC) {
	st := b.peopleIn(b.spec.Tools)
	federated := blueprint.Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:oidc-provider/" + githubHost)
	if g.CreateProvider {
		p := st.Add(&blueprint.Resource{
			ID: "GitHub", Type: "AWS::IAM::OIDCProvider", Section: "github",
			Comment: "One for the account. Without thumbprints: IAM checks GitHub's certificate by its own authorities.",
			Props:   blueprint.KV("Url", "https://"+githubHost, "ClientIdList", blueprint.Strings("sts.amazonaws.com"), "Tags", b.tags()),
		})
		federated = blueprint.Att(p.ID, "Arn")
	}
	r := b.role(st, b.githubRole(g), "Taken on by workflows of "+g.Repository+": no key is stored anywhere.", 0)
	where := "branch " + g.Branch
	if g.Environment != "" {
		where = "environment " + g.Environment
	}
	r.trust = append(r.trust, &blueprint.Statement{
		Sid: "Workflows", Actions: []string{"sts:AssumeRoleWithWebIdentity"}, Principal: blueprint.KV("Federated", federated),
		Comment: "The whole subject, with nothing left open: " + g.Repository + ", " + where + ". Upper and lower case count, in the owner's name too.",
		Conditions: []blueprint.Condition{
			{Operator: "StringEquals", Key: githubHost + ":aud", Values: []blueprint.Sub{"sts.amazonaws.com"}},
			{Operator: "StringEquals", Key: githubHost + ":sub", Values: []blueprint.Sub{blueprint.Lit(githubSubject(g))}},
		},
	})
	for _, p := range g.Allow {
		r.allow(p)
	}
}
