package sts

import (
	"fmt"
	"strings"

	"penstock/diag"
	"penstock/iam"
	"penstock/service"
)

// unusedDevice finds an MFA device that stands in the source profile and not
// in the one that takes on the role: the AWS CLI asks for a code where the
// profile with role_arn has mfa_serial, and nowhere else; it never calls
// GetSessionToken.
func unusedDevice(s *service.Site, _ *service.Call) []diag.Finding {
	p, all := profileAt(s)
	if p == nil || !p.has("role_arn") || p.has("mfa_serial") {
		return nil
	}
	src := all[p.get("source_profile")]
	if src == nil || src == p || src.has("role_arn") || !src.has("mfa_serial") {
		return noDevice(s, p, all)
	}
	return []diag.Finding{{
		At: src.keys["mfa_serial"].at, Severity: diag.Warning, Certainty: diag.Proved,
		Message: fmt.Sprintf("profile %s has mfa_serial and takes on no role, so that nothing asks for a code; profile %s takes on its role without a second factor", src.name, p.name),
		Related: []diag.Note{{At: p.at, Message: "the profile with role_arn, where mfa_serial belongs"}},
	}}
}

// noDevice finds a profile that takes on its role with an access key alone,
// where the trust of the role or the user's own policies ask for a second
// factor. Whether they let it in all the same is the call's to decide.
func noDevice(s *service.Site, p *profile, all map[string]*profile) []diag.Finding {
	who, user := from(s.Model, p, all)
	if !user {
		return nil
	}
	var asks []diag.Note
	if role := s.Model.Principal(s.Role); role != nil && role.Trust != nil {
		asks = append(asks, secondFactor(role.Trust.Policy, iam.Allow, "the trust of the role asks for a second factor")...)
	}
	if u := s.Model.Principal(who); u != nil {
		for _, a := range u.Identity {
			asks = append(asks, secondFactor(a.Policy, iam.Deny, "the user's own policy asks for a second factor")...)
		}
	}
	if len(asks) == 0 {
		return nil
	}
	return []diag.Finding{{
		At: p.at, Severity: diag.Warning, Certainty: diag.Proved, Related: asks,
		Message: fmt.Sprintf("profile %s shows no MFA device (mfa_serial), and one is asked for", p.name),
	}}
}

// secondFactor notes the statements of an effect that ask for a second factor:
// an Allow only with one, a Deny without.
func secondFactor(p *iam.Policy, effect iam.Effect, words string) (ns []diag.Note) {
	if p == nil {
		return nil
	}
	for _, st := range p.Statements {
		for _, c := range st.Conditions {
			op := strings.ToLower(c.Operator)
			if st.Effect != effect || effect == iam.Allow && strings.HasSuffix(op, "ifexists") || !strings.HasPrefix(strings.ToLower(c.Key), "aws:multifactorauth") {
				continue
			}
			ns = append(ns, diag.Note{At: c.Span, Message: words})
		}
	}
	return ns
}

var deviceCode = service.Code{
	Code: "RUN065", Theorem: "runs",
	Open:  "which device the user has is in no file",
	Title: "a profile shows no MFA device where one is asked for",
	Doc: `
The AWS CLI and the SDKs show an MFA device when they take on a role, and read it from the profile that has ` + "`role_arn`" + `. In the
source profile, or in any other profile with an access key, ` + "`mfa_serial`" + ` is not looked at: calls go out with the bare key, and
the CLI never calls GetSessionToken by itself. The same is said of a profile without any device, where the trust of its role
or the user's own policies ask for one.

**What AWS shows**: AccessDenied for sts:AssumeRole, where the trust or the user's own policy asks for a second factor.

**Remedy**: ` + "`mfa_serial`" + ` in the profile that has ` + "`role_arn`" + `.

**Sources**
- https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html#cli-configure-role-mfa
- https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html (mfa_serial)
- https://github.com/aws/aws-cli/issues/9019
`,
}
