package sts

import (
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

const profilePage = "https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html"

// entries: a profile of the AWS CLI that takes on a role.
var entries = []service.Entry{{
	Name: "AWS profile",
	Find: findProfiles,
	Rows: []service.Row{{
		ID: "sts.profile", Caller: "user, role or identity of the source profile",
		Actions: []string{"sts:AssumeRole"}, Resource: "<role_arn>",
		Context: "aws:MultiFactorAuthPresent with mfa_serial, sts:ExternalId = <external_id>",
		Why:     "a person takes on the role of the profile",
		Need:    service.Stops, Basis: service.Documented, Source: profilePage,
		Targets: profileRole,
	}},
}}

func findProfiles(m *cloud.Model) []*service.Start {
	var out []*service.Start
	for _, f := range m.Beside {
		if !isConfig(f) {
			continue
		}
		all := parseConfig(f)
		for _, p := range ordered(all) {
			role := p.get("role_arn")
			if role == "" && p.logsIn() {
				role = service.PermissionSetRole(p.get("sso_account_id"), p.get("sso_role_name"))
			}
			if role == "" {
				continue
			}
			region := p.get("region")
			if region == "" && len(m.Stacks) > 0 {
				region = m.Stacks[0].Region
			}
			out = append(out, &service.Start{
				Title: p.name + " of " + f.Name, At: p.at,
				Site: &service.Site{Model: m, Account: arn.Account(role), Region: region, Role: role, Memo: map[string]any{"sts.profile": p, "sts.profiles": all}},
			})
		}
	}
	return out
}

// ordered are the profiles in the order of the file.
func ordered(all map[string]*profile) []*profile {
	var ps []*profile
	for _, p := range all {
		i := len(ps)
		for i > 0 && ps[i-1].at.Start > p.at.Start {
			i--
		}
		ps = append(ps[:i], append([]*profile{p}, ps[i:]...)...)
	}
	return ps
}

func profileAt(s *service.Site) (p *profile, all map[string]*profile) {
	p, _ = s.Memo["sts.profile"].(*profile)
	all, _ = s.Memo["sts.profiles"].(map[string]*profile)
	return p, all
}

func profileRole(s *service.Site) []service.Target {
	p, all := profileAt(s)
	if p == nil || !p.has("role_arn") || broken(p, all) != "" || p.get("web_identity_token_file") != "" {
		return nil
	}
	role := p.keys["role_arn"]
	who, user := from(s.Model, p, all)
	t := service.Target{
		Caller: iam.Principal{ARN: who}, Resource: role.text, Account: arn.Account(role.text), At: role.at, What: "role of profile " + p.name,
	}
	if id := p.get("external_id"); id != "" {
		t.Context.Set("sts:ExternalId", id)
	} else {
		t.Context.SetAbsent("sts:ExternalId")
	}
	name := p.get("role_session_name")
	if name == "" {
		name = match.Hole(match.Name, "the name of the session") // botocore-session- and a number
	}
	t.Context.Set("sts:RoleSessionName", name)
	// The key is there only where the call shows a second factor; a call with
	// long-term keys does not carry it at all, so that BoolIfExists lets it
	// through
	// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent).
	switch {
	case p.get("mfa_serial") != "":
		t.Context.Set("aws:MultiFactorAuthPresent", "true")
		t.Context.Set("aws:MultiFactorAuthAge", "0")
	case user:
		t.Context.SetAbsent("aws:MultiFactorAuthPresent")
		t.Context.SetAbsent("aws:MultiFactorAuthAge")
	default:
		t.Context.Put("aws:MultiFactorAuthPresent", iam.ContextValue{State: iam.Known, Values: []string{"false"}, Optional: true})
		t.Context.SetAbsent("aws:MultiFactorAuthAge")
	}
	return []service.Target{t}
}

// from is whose rights a profile takes the role with; user says that they are
// an access key's.
func from(m *cloud.Model, p *profile, all map[string]*profile) (who string, user bool) {
	src := all[p.get("source_profile")]
	if named := p.get("source_profile"); src == nil && named != "" {
		src = &profile{file: p.file, name: named} // in the credentials file
	}
	account := arn.Account(p.get("mfa_serial"))
	switch {
	case src == nil:
		return "arn:aws:iam::" + orAccount(account, p) + ":role/" + match.Hole(match.Path, "the credentials of "+p.get("credential_source")), false
	case src != p && src.get("role_arn") != "":
		return src.get("role_arn"), false
	case src.get("sso_account_id") != "" && src.get("sso_role_name") != "":
		return service.PermissionSetRole(src.get("sso_account_id"), src.get("sso_role_name")), false
	}
	// The key's user: the one that the MFA device is named after, or the only
	// one of the account.
	device := p.device()
	if u := elsewhere(m, p); u != nil {
		return u.ARN, true // RUN061
	}
	var found []*cloud.Principal
	for u := range m.Principals() {
		if u.Kind != cloud.User || account != "" && u.Account != account {
			continue
		}
		if u.Name == device {
			return u.ARN, true
		}
		found = append(found, u)
	}
	if len(found) == 1 && (account != "" || device == "") {
		m.Assume("profile " + src.name + " of " + p.file.Name + " has the access key of user " + match.Render(found[0].Name) + ", the only one declared")
		return found[0].ARN, true
	}
	if device == "" || strings.Contains(device, "/") {
		device = match.Hole(match.Name, "the user of profile "+src.name)
	}
	return "arn:aws:iam::" + orAccount(account, src) + ":user/" + device, true
}

// device is the name of the profile's virtual MFA device, "" where it has none
// or another kind.
func (p *profile) device() string {
	a, err := arn.Parse(p.get("mfa_serial"))
	if err != nil {
		return ""
	}
	name, ok := strings.CutPrefix(a.Resource, "mfa/")
	if !ok {
		return ""
	}
	return name
}

// elsewhere is the one declared user that the MFA device of the profile is
// named after, where the device is said to be in another account, in which
// there is no such user: a device belongs to its user
// (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html,
// SerialNumber).
func elsewhere(m *cloud.Model, p *profile) *cloud.Principal {
	device, account := p.device(), arn.Account(p.get("mfa_serial"))
	if device == "" || match.HasHole(account) {
		return nil
	}
	var found []*cloud.Principal
	for u := range m.Principals() {
		if u.Kind == cloud.User && (u.Name == device || u.Account == account) {
			found = append(found, u)
		}
	}
	if len(found) != 1 || found[0].Account == account || match.HasHole(found[0].Account) {
		return nil
	}
	return found[0]
}

func orAccount(account string, p *profile) string {
	if account != "" {
		return account
	}
	return match.Hole(match.Account, "the account of profile "+p.name)
}

// broken says why the CLI cannot use a profile, "" where it can.
func broken(p *profile, all map[string]*profile) string {
	_, named := p.keys["source_profile"]
	_, env := p.keys["credential_source"]
	_, web := p.keys["web_identity_token_file"]
	switch {
	case named && env:
		return "has both source_profile and credential_source, of which it may have one"
	case !named && !env && !web:
		return "has role_arn and neither source_profile nor credential_source, so that nobody takes on the role"
	}
	seen := map[string]bool{}
	for q := p; q != nil && q.get("source_profile") != ""; q = all[q.get("source_profile")] {
		if q.get("source_profile") == q.name {
			return "" // its own keys
		}
		if seen[q.name] {
			return "leads back to itself by source_profile"
		}
		seen[q.name] = true
	}
	return ""
}
