package more

import (
	"fmt"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/match"
	"penstock/prove"
)

// issuers are the providers that sign tokens for everybody who has a
// repository there, with how the subject of a token is written
// (https://docs.github.com/en/actions/reference/security/oidc,
// https://docs.gitlab.com/ci/secrets/id_token_authentication/). AWS calls them
// shared
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html).
var issuers = map[string]struct{ prefix, rest string }{
	"token.actions.githubusercontent.com": {"repo:", ":ref:refs/heads/main"},
	"gitlab.com":                          {"project_path:", ":ref_type:branch:ref:main"},
}

// workflows finds roles that the workflows of repositories which nobody named
// can take on: of anybody (MORE008), or any of an owner (MORE011). Roles
// without rights are left out.
func (f *finder) workflows(t *tally) []diag.Finding {
	var out []diag.Finding
	for pr := range f.model.Principals() {
		if pr.Kind != cloud.Role || pr.Trust == nil || pr.Trust.Policy == nil || len(pr.Identity) == 0 && !f.trusted(pr) {
			continue
		}
		for i := range pr.Trust.Policy.Statements {
			st := &pr.Trust.Policy.Statements[i]
			if st.Effect != iam.Allow || st.NotPrincipal {
				continue
			}
			for _, e := range st.Principals {
				if d, ok := f.workflow(pr, st, e); ok {
					t.grave++
					out = append(out, d)
					break
				}
			}
		}
	}
	return out
}

func (f *finder) workflow(pr *cloud.Principal, st *iam.Statement, e iam.PrincipalElem) (diag.Finding, bool) {
	_, host, ok := strings.Cut(e.Text, ":oidc-provider/")
	issuer, known := issuers[host]
	if e.Type != iam.PrincipalFederated || !ok || !known {
		return diag.Finding{}, false
	}
	for _, g := range guessesOf(st, host, issuer.prefix) {
		q := iam.Request{Principal: iam.Principal{ARN: e.Text}, Action: "sts:AssumeRoleWithWebIdentity", Resource: pr.ARN, ResourceAccount: pr.Account}
		q.Context.Open = true
		q.Context.Set(host+":sub", issuer.prefix+g.repo+issuer.rest)
		if aud := valueOf(st, host+":aud"); aud != "" {
			q.Context.Set(host+":aud", aud)
		}
		if f.engine.DecideCases(&q, authz.Collect(f.model, &q)) != authz.Allow {
			continue
		}
		d := diag.Finding{
			Code: "MORE008", Theorem: string(prove.NothingMore), At: st.Span, Severity: diag.Error, Certainty: diag.Proved,
			Principal: pr.ARN, Action: q.Action, Resource: match.Render(pr.ARN), Layer: "trust",
		}
		who := "a workflow of anybody's repository at " + host
		if g.owner != "" {
			d.Code, who = "MORE011", "a workflow of any repository of "+g.owner+" at "+host
		}
		d.Message = fmt.Sprintf("%s can take on role %s and do all that it may: the trust lets in a token whose subject is %s", who, match.Render(pr.Name), issuer.prefix+g.repo+issuer.rest)
		return d, true
	}
	return diag.Finding{}, false
}

// A guess is a repository that nobody named; owner is set where it is one of
// the owner that the trust names.
type guess struct{ repo, owner string }

// guessesOf are the repositories to try on a trust, those of strangers first:
// one out of the blue, and what a pattern of the trust takes in beside what it
// seems to name.
func guessesOf(st *iam.Statement, host, prefix string) []guess {
	strangers := []guess{{repo: "somebody-else/their-repository"}}
	var others []guess
	for _, c := range st.Conditions {
		if !strings.EqualFold(c.Key, host+":sub") {
			continue
		}
		for _, v := range c.Values {
			head, _, wild := strings.Cut(v.Text, "*")
			head, ok := strings.CutPrefix(head, prefix)
			if !wild || !ok || strings.ContainsAny(head, "\x00?$:") {
				continue
			}
			owner, repo, named := strings.Cut(head, "/")
			if !named {
				strangers = append(strangers, guess{repo: head + "-else/their-repository"})
				continue
			}
			others = append(others, guess{repo: owner + "/" + strings.TrimPrefix(repo+"-any-other-one", "-"), owner: owner})
		}
	}
	return slices.Concat(strangers, others)
}

// valueOf is a value without a wildcard that a statement wants of a key.
func valueOf(st *iam.Statement, key string) string {
	for _, c := range st.Conditions {
		if strings.EqualFold(c.Key, key) && len(c.Values) > 0 && !strings.ContainsAny(c.Values[0].Text, "*?") {
			return c.Values[0].Text
		}
	}
	return ""
}
