package sts

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"penstock/arn"
	"penstock/diag"
	"penstock/match"
	"penstock/service"
)

// profileChecks: what keeps a profile from its role whatever the trust says.
var profileChecks = []service.Check{
	{Code: "RUN059", On: "entry", Find: wrongLength},
	{Code: "RUN060", On: "entry", Find: unusable},
	{Code: "RUN060", On: "entry", Find: keyless},
	{Code: "RUN061", On: "entry", Find: otherDevice},
	{Code: "RUN063", On: "entry", Find: noLogin},
	{Code: "RUN065", On: "entry", Find: unusedDevice},
}

// wrongLength finds a session that is asked for longer than the role gives, or
// than a role that was taken on with a role can be, or shorter than any is.
func wrongLength(s *service.Site, _ *service.Call) []diag.Finding {
	p, all := profileAt(s)
	if p == nil {
		return nil
	}
	want, err := strconv.Atoi(p.get("duration_seconds"))
	if err != nil {
		return nil
	}
	f := diag.Finding{At: p.keys["duration_seconds"].at, Severity: diag.Error, Certainty: diag.Proved}
	if want < service.ShortestSession {
		f.Message = fmt.Sprintf("profile %s asks for a session of %d seconds, and AWS STS gives none below %d", p.name, want, service.ShortestSession)
		f.AWSError = "An error occurred (ValidationError) when calling the AssumeRole operation: " + service.TooShort(want)
		f.Fixes = service.Rewrite(f.At, strconv.Itoa(want), strconv.Itoa(service.ShortestSession), "ask for the shortest session that there is")
		return []diag.Finding{f}
	}
	most, why, ok := service.LongestSession(s.Model, s.Role)
	if !ok {
		return nil
	}
	f.AWSError = "An error occurred (ValidationError) when calling the AssumeRole operation: The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
	if src := all[p.get("source_profile")]; src != nil && src != p && src.get("role_arn") != "" && most > 3600 {
		most, why = 3600, "the most that one role gives to another"
		f.AWSError = "An error occurred (ValidationError) when calling the AssumeRole operation: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
	}
	if want <= most {
		return nil
	}
	f.Message = fmt.Sprintf("profile %s asks for a session of %d seconds, and role %s gives %d at most, %s", p.name, want, match.Render(name(s.Role)), most, why)
	f.Fixes = service.Rewrite(f.At, strconv.Itoa(want), strconv.Itoa(most), fmt.Sprintf("ask for %d seconds, the most that there are", most))
	return []diag.Finding{f}
}

func unusable(s *service.Site, _ *service.Call) []diag.Finding {
	p, all := profileAt(s)
	if p == nil || !p.has("role_arn") {
		return nil
	}
	why := broken(p, all)
	if _, err := arn.Parse(p.get("role_arn")); err != nil {
		why = "has a role_arn that is no ARN"
	}
	if why == "" {
		return nil
	}
	return []diag.Finding{{
		At: p.at, Severity: diag.Error, Certainty: diag.Proved,
		Message: fmt.Sprintf("profile %s %s", p.name, why),
	}}
}

// keyless finds a source profile without credentials, where the file of the
// access keys is at hand.
func keyless(s *service.Site, _ *service.Call) []diag.Finding {
	p, all := profileAt(s)
	if p == nil || !p.has("role_arn") || broken(p, all) != "" {
		return nil
	}
	source, named := p.keys["source_profile"]
	if !named || (source.text != p.name && all[source.text].lends()) || all[source.text].has("aws_access_key_id") {
		return nil
	}
	var near []diag.Note
	var files []string
	for _, f := range s.Model.Beside {
		if !isCredentials(f) || path.Dir(f.Name) != path.Dir(p.file.Name) {
			continue
		}
		keys := parseConfig(f)
		if keys[source.text].has("aws_access_key_id") || keys[source.text].lends() {
			return nil
		}
		files = append(files, f.Name)
		if q := keys["profile "+source.text]; q != nil {
			near = append(near, diag.Note{At: q.at, Message: "in this file a section has the bare name of its profile: [" + source.text + "]"})
		}
	}
	if len(files) == 0 {
		if all[source.text] == nil {
			s.Model.Assume("profile " + source.text + ", the source of profile " + p.name + " of " + p.file.Name + ", stands in the file of the access keys, which is not here")
		}
		return nil
	}
	why := "which has neither keys in " + strings.Join(files, " or ") + " nor another source"
	if near != nil {
		why = "which has none: " + files[0] + " names the section [profile " + source.text + "], and there that is another profile"
	}
	return []diag.Finding{{
		At: source.at, Severity: diag.Error, Certainty: diag.Proved, Related: near,
		Message:  fmt.Sprintf("profile %s takes on its role with the credentials of profile %s, %s", p.name, source.text, why),
		AWSError: fmt.Sprintf("The source profile %q must have credentials.", source.text),
	}}
}

// otherDevice finds an MFA device that is not of the account of its user.
func otherDevice(s *service.Site, _ *service.Call) []diag.Finding {
	p, all := profileAt(s)
	if p == nil || !p.has("role_arn") || broken(p, all) != "" {
		return nil
	}
	u := elsewhere(s.Model, p)
	if who, user := from(s.Model, p, all); u == nil || !user || who != u.ARN {
		return nil
	}
	serial := p.keys["mfa_serial"]
	return []diag.Finding{{
		At: serial.at, Severity: diag.Error, Certainty: diag.Likely,
		Message: fmt.Sprintf("profile %s shows the MFA device %s of account %s, and user %s is of account %s: a device is shown by the user that it belongs to",
			p.name, p.device(), arn.Account(serial.text), match.Render(u.Name), match.Render(u.Account)),
		AWSError: "An error occurred (AccessDenied) when calling the AssumeRole operation: MultiFactorAuthentication failed, unable to validate MFA code. Please verify your MFA serial number is valid and associated with this user.",
		Related:  []diag.Note{{At: u.Resource.Span, Message: "the user"}},
	}}
}

var profileCodes = []service.Code{
	{
		Code: "RUN059", Theorem: "runs",
		Fix:   "the longest session that there is, or the shortest",
		Title: "a profile asks for a session of a length that its role does not give",
		Doc: `
A session of a role lasts at most as long as the role's ` + "`MaxSessionDuration`" + `, an hour unless it says otherwise, and never more
than an hour for a role that was taken on with the credentials of another role. AWS STS gives none below 900 seconds.

**What AWS shows**: "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", or "Value '…' at
'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900".

**Remedy**: a smaller ` + "`duration_seconds`" + ` in the profile, or a larger ` + "`MaxSessionDuration`" + ` of the role; 900 or more where it is
too small.

**Sources**
- https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (DurationSeconds)
- https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html
`,
	},
	{
		Code: "RUN060", Theorem: "runs",
		Open:  "whose credentials the profile is to use, its owner knows",
		Title: "a profile takes on a role and has nobody to do it",
		Doc: `
A profile with ` + "`role_arn`" + ` names whose rights it takes the role with: another profile by ` + "`source_profile`" + `, or by
` + "`credential_source`" + ` the environment, the instance or the container. It has one of the two, and the profile that it names is
there and has credentials.

The two files name their sections differently: ` + "`[profile x]`" + ` in ` + "`~/.aws/config`" + `, ` + "`[x]`" + ` in ` + "`~/.aws/credentials`" + `. Of the second,
Penstock reads which profiles have keys, where the file stands beside the templates (` + "`aws-credentials`" + `); secrets are blotted
out before anything else reads it.

**What AWS shows**: "Partial credentials found in assume-role, missing: source_profile or credential_source", "The source
profile … must have credentials", or "Infinite loop in credential configuration detected".

**Remedy**: name one source, which exists.

**Sources**
- https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html
- https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html#cli-configure-files-format-profile ("Do not use the
  word profile when creating an entry in the credentials file")
`,
	},
	{
		Code: "RUN061", Theorem: "runs",
		Open:  "which device the user has is in no file",
		Title: "a profile shows the MFA device of another account",
		Doc: `
` + "`mfa_serial`" + ` is the device of the user who calls: with a profile that takes on a role of another account, the device of the
user's account and not of the role's. Written with the role's account it is a device that the user does not have.

**What AWS shows**: "MultiFactorAuthentication failed, unable to validate MFA code. Please verify your MFA serial number is
valid and associated with this user."

**Remedy**: ` + "`arn:aws:iam::ACCOUNT-OF-THE-USER:mfa/DEVICE`" + `, as ` + "`aws iam list-mfa-devices`" + ` shows it.

**Sources**
- https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (SerialNumber: "the MFA device that is associated with
  the user who is making the AssumeRole call")
`,
	},
	loginCode,
	deviceCode,
}
