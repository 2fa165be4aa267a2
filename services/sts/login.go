package sts

import (
	"fmt"

	"penstock/cloud"
	"penstock/diag"
	"penstock/match"
	"penstock/service"
)

// logsIn reports whether a profile logs in to the IAM Identity Center, for one
// account and one permission set
// (https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sso.html).
func (p *profile) logsIn() bool {
	return p.has("sso_account_id") && p.has("sso_role_name") && !p.has("role_arn")
}

// noLogin finds a profile whose login cannot work: its session is not in the
// file, or the permission set is not there or not assigned, where the stacks
// declare permission sets at all.
func noLogin(s *service.Site, _ *service.Call) []diag.Finding {
	p, all := profileAt(s)
	if p == nil || !p.logsIn() {
		return nil
	}
	if at, named := p.keys["sso_session"]; named {
		session := all["sso-session "+at.text]
		switch {
		case session == nil:
			return []diag.Finding{{
				At: at.at, Severity: diag.Error, Certainty: diag.Proved,
				Message:  fmt.Sprintf("profile %s logs in with the session %s, which the file does not have ([sso-session %s])", p.name, at.text, at.text),
				AWSError: fmt.Sprintf("The profile %q is configured to use the SSO token provider but the %q sso_session configuration does not exist.", p.name, at.text),
			}}
		case !session.has("sso_start_url") || !session.has("sso_region"):
			return []diag.Finding{{
				At: session.at, Severity: diag.Error, Certainty: diag.Proved,
				Message: fmt.Sprintf("session %s, with which profile %s logs in, wants both sso_start_url and sso_region", at.text, p.name),
			}}
		}
	}
	account, set := p.get("sso_account_id"), p.keys["sso_role_name"]
	var found *cloud.Resource
	declared, assigned := false, false
	for r := range s.Model.OfType("AWS::SSO::PermissionSet") {
		declared = true
		if r.Name == set.text || match.HasHole(r.Name) {
			found = r
		}
	}
	for r := range s.Model.OfType("AWS::SSO::Assignment") {
		target, of := cloud.Text(r.Prop("TargetId")), cloud.Text(r.Prop("PermissionSetArn"))
		assigned = assigned || (target == account || match.HasHole(target)) && (found != nil && of == found.ARN || s.Model.Resource(of) == nil)
	}
	f := diag.Finding{
		At: set.at, Severity: diag.Error, Certainty: diag.Likely,
		AWSError: "An error occurred (ForbiddenException) when calling the GetRoleCredentials operation: No access",
	}
	switch {
	case !declared:
		s.Model.Assume("permission set " + set.text + " is assigned in account " + account + " to whoever uses profile " + p.name + " of " + p.file.Name)
		return nil
	case found == nil:
		f.Message = fmt.Sprintf("profile %s logs in with the permission set %s, which no stack declares", p.name, set.text)
	case !assigned:
		f.Message = fmt.Sprintf("profile %s logs in with the permission set %s to account %s, where no stack assigns it to anybody", p.name, set.text, account)
		f.Related = []diag.Note{{At: found.Span, Message: "the permission set"}}
	default:
		s.Model.Assume("whoever uses profile " + p.name + " of " + p.file.Name + " is among those whom permission set " + set.text + " is assigned to")
		return nil
	}
	return []diag.Finding{f}
}

var loginCode = service.Code{
	Code: "RUN063", Theorem: "runs",
	Open:  "which role the profile is for, its owner knows",
	Title: "a profile logs in to the Identity Center and is given no role",
	Doc: `
A profile with ` + "`sso_account_id`" + ` and ` + "`sso_role_name`" + ` gets the credentials of a permission set (the "role name" is its name) in one
account. The set is there and assigned in that account to the person or to a group of the person's, and the session that
the profile names stands in the file, with its start URL and region.

Of an account where no stack declares permission sets nothing is said.

**What AWS shows**: "ForbiddenException … GetRoleCredentials: No access"; or, before AWS is asked, "… sso_session configuration
does not exist".

**Remedy**: an ` + "`AWS::SSO::Assignment`" + ` of the permission set for the account; a section ` + "`[sso-session NAME]`" + `.

**Sources**
- https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sso.html
- https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html
- https://docs.aws.amazon.com/singlesignon/latest/userguide/useraccess.html
`,
}
