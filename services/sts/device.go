package sts

import (
	"fmt"

	"penstock/diag"
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
		return nil
	}
	return []diag.Finding{{
		At: src.keys["mfa_serial"].at, Severity: diag.Warning, Certainty: diag.Proved,
		Message: fmt.Sprintf("profile %s has mfa_serial and takes on no role, so that nothing asks for a code; profile %s takes on its role without a second factor", src.name, p.name),
		Related: []diag.Note{{At: p.at, Message: "the profile with role_arn, where mfa_serial belongs"}},
	}}
}

var deviceCode = service.Code{
	Code: "RUN065", Theorem: "runs", Title: "an MFA device stands in a profile where nothing asks for it",
	Doc: `
The AWS CLI and the SDKs show an MFA device when they take on a role, and read it from the profile that has ` + "`role_arn`" + `. In the
source profile, or in any other profile with an access key, ` + "`mfa_serial`" + ` is not looked at: calls go out with the bare key, and
the CLI never calls GetSessionToken by itself.

**What AWS shows**: AccessDenied for sts:AssumeRole, where the trust or the user's own policy asks for a second factor.

**Remedy**: ` + "`mfa_serial`" + ` in the profile that has ` + "`role_arn`" + `.

**Sources**
- https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-role.html#cli-configure-role-mfa
- https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html (mfa_serial)
- https://github.com/aws/aws-cli/issues/9019
`,
}
