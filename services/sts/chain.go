package sts

import (
	"fmt"
	"strconv"
	"strings"

	"penstock/diag"
	"penstock/match"
	"penstock/service"
)

// chainChecks: a session that a command or a function asks for, longer than it
// can be.
var chainChecks = []service.Check{{Code: "RUN125", On: "call", Find: tooLong}}

const hour = 3600

// tooLong finds an AssumeRole for longer than the role gives, or than a role
// can have that was taken on with another role's credentials.
func tooLong(s *service.Site, c *service.Call) []diag.Finding {
	want := c.Target.Seconds
	if want == 0 || c.Request.Action != "sts:AssumeRole" || c.Row.Need == service.Listed {
		return nil
	}
	most, why, ok := service.LongestSession(s.Model, c.Request.Resource)
	shows := "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
	if strings.Contains(c.Request.Principal.ARN, ":role/") && (!ok || most > hour) {
		most, why, ok = hour, "the most that one role gives to another", true
		shows = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
	}
	if !ok || want <= most {
		return nil
	}
	f := diag.Finding{
		At: c.Target.At, Severity: diag.Error, Certainty: diag.Proved,
		Message: fmt.Sprintf("%s asks for a session of %d seconds, and role %s gives %d at most, %s",
			match.Render(name(c.Request.Principal.ARN)), want, match.Render(name(c.Request.Resource)), most, why),
		Principal: c.Request.Principal.ARN, Action: c.Request.Action, Resource: c.Request.Resource,
		AWSError: "An error occurred (ValidationError) when calling the AssumeRole operation: " + shows,
	}
	f.Fixes = service.Rewrite(f.At, strconv.Itoa(want), strconv.Itoa(most), fmt.Sprintf("ask for %d seconds, the most that there are", most))
	if c.Row.Need == service.Degrades {
		f.Severity = diag.Warning
	}
	return []diag.Finding{f}
}

var chainCode = service.Code{
	Code: "RUN125", Theorem: "runs",
	Fix:   "the longest session that there is",
	Open:  "the number comes from a variable",
	Title: "a command asks for a longer session than its role gives",
	Doc: `
A session of a role lasts at most as long as the role's ` + "`MaxSessionDuration`" + `, an hour unless it says otherwise. A session that
is taken on with the credentials of another role (a build, a function, a task) lasts an hour at most, whatever the role says.

**What AWS shows**: "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining", or
"... exceeds the MaxSessionDuration set for this role".

**Remedy**: ` + "`--duration-seconds 3600`" + ` at most, and a new session where the work takes longer.

**Sources**
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining
- https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
`,
}
