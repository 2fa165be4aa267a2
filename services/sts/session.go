package sts

import (
	"fmt"
	"strconv"

	"penstock/arn"
	"penstock/diag"
	"penstock/match"
	"penstock/service"
)

// profileChecks: what keeps a profile from its role whatever the trust says.
var profileChecks = []service.Check{
	{Code: "RUN059", On: "entry", Find: tooLong},
	{Code: "RUN060", On: "entry", Find: unusable},
}

func tooLong(s *service.Site, _ *service.Call) []diag.Finding {
	p, all := profileAt(s)
	if p == nil || s.Model.Principal(s.Role) == nil {
		return nil
	}
	want, err := strconv.Atoi(p.get("duration_seconds"))
	if err != nil {
		return nil
	}
	most, why, ok := service.LongestSession(s.Model, s.Role)
	if !ok {
		return nil
	}
	shows := "An error occurred (ValidationError) when calling the AssumeRole operation: The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
	if src := all[p.get("source_profile")]; src != nil && src != p && src.get("role_arn") != "" && most > 3600 {
		most, why = 3600, "the most that one role gives to another"
		shows = "An error occurred (ValidationError) when calling the AssumeRole operation: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
	}
	if want <= most {
		return nil
	}
	return []diag.Finding{{
		At: p.keys["duration_seconds"].at, Severity: diag.Error, Certainty: diag.Proved, AWSError: shows,
		Message: fmt.Sprintf("profile %s asks for a session of %d seconds, and role %s gives %d at most, %s", p.name, want, match.Render(name(s.Role)), most, why),
	}}
}

func unusable(s *service.Site, _ *service.Call) []diag.Finding {
	p, all := profileAt(s)
	if p == nil {
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

var profileCodes = []service.Code{
	{
		Code: "RUN059", Theorem: "runs", Title: "a profile asks for a longer session than its role gives",
		Doc: `
A session of a role lasts at most as long as the role's ` + "`MaxSessionDuration`" + `, an hour unless it says otherwise, and never more
than an hour for a role that was taken on with the credentials of another role.

**What AWS shows**: "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."

**Remedy**: a smaller ` + "`duration_seconds`" + ` in the profile, or a larger ` + "`MaxSessionDuration`" + ` of the role.

**Sources**
- https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (DurationSeconds)
- https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html
`,
	},
	{
		Code: "RUN060", Theorem: "runs", Title: "a profile takes on a role and has nobody to do it",
		Doc: `
A profile with ` + "`role_arn`" + ` names whose rights it takes the role with: another profile by ` + "`source_profile`" + `, or by
` + "`credential_source`" + ` the environment, the instance or the container. It has one of the two, and the profile that it names is
there.

**What AWS shows**: "Partial credentials found in assume-role, missing: source_profile or credential_source", "The source
profile … must have credentials", or "Infinite loop in credential configuration detected".

**Remedy**: name one source, which exists.

**Sources**
- https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html
`,
	},
}
