package authz

import (
	"strings"

	"penstock/iam"
	"penstock/match"
)

// AccessDenied returns the message that AWS gives for a denied request, by
// the grammar of
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
// with what S3, KMS and STS say in their own way. Session is the session name
// for a caller that is given as a role; "" leaves a placeholder. For a
// decision that is no Deny it returns "".
func AccessDenied(req *iam.Request, d Decision, session string) string {
	if d.Verdict != Deny {
		return ""
	}
	var c caller
	c.read(&req.Principal)
	svc, _, _ := strings.Cut(req.Action, ":")
	owner := req.ResourceAccount
	if _, _, a, _, ok := cutARN(req.Resource); ok && owner == "" {
		owner = a
	}
	cross := c.account != "" && owner != "" && owner != c.account
	resource := match.Render(req.Resource)
	if resource == "" {
		resource = "*"
	}
	if d.Layer == "passrole" {
		return "Cross-account pass role is not allowed."
	}
	head := who(&c, session) + " is not authorized to perform: " + req.Action
	switch strings.ToLower(svc) {
	case "s3":
		// S3 gives details within an account only
		// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshoot-403-errors.html).
		if cross || c.kind == anonymous || owner == "" && !callerSideLayer(d) {
			return "Access Denied"
		}
		return head + ` on resource: "` + resource + `"` + reason(d, req.Action)
	case "kms":
		if cross && (d.Layer == "resource" || d.Layer == "rcp") {
			// https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
			return head + " on resource: " + resource + " because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access"
		}
	case "sts":
		// The error names neither the caller nor the role
		// (https://github.com/aws-actions/configure-aws-credentials/issues/318).
		if strings.EqualFold(req.Action, "sts:AssumeRoleWithWebIdentity") {
			return "Not authorized to perform sts:AssumeRoleWithWebIdentity"
		}
		if d.Layer == "trust" && !d.Explicit {
			return head + " on resource: " + resource
		}
	}
	return head + " on resource: " + resource + reason(d, req.Action)
}

// callerSideLayer reports whether a layer of the caller's own account denies, which
// S3 tells about although the bucket's owner is not known.
func callerSideLayer(d Decision) bool {
	switch d.Layer {
	case "identity", "boundary", "session", "scp", "endpoint":
		return true
	default:
		return false
	}
}

// who names the caller as an error message does.
func who(c *caller, session string) string {
	if session == "" {
		session = "SESSION"
	}
	switch c.kind {
	case anonymous:
		return "User: anonymous"
	case service:
		return "User: " + c.service
	case role:
		return "User: " + match.Render("arn:"+c.partition+":sts::"+c.account+":assumed-role/"+c.name+"/"+session)
	default:
		return "User: " + match.Render(c.arn)
	}
}

// policyTypes are the names of the layers in error messages, with the article.
var policyTypes = map[string][2]string{
	"identity": {"an", "identity-based policy"},
	"resource": {"a", "resource-based policy"},
	"trust":    {"the", "role trust policy"},
	"boundary": {"a", "permissions boundary"},
	"session":  {"a", "session policy"},
	"scp":      {"a", "service control policy"},
	"rcp":      {"a", "resource control policy"},
	"endpoint": {"a", "VPC endpoint policy"},
}

func reason(d Decision, action string) string {
	t, ok := policyTypes[d.Layer]
	switch {
	case !ok:
		return ""
	case d.Explicit, d.Layer == "scp":
		// A missing Allow in an SCP reads as an explicit deny too (observed).
		return " with an explicit deny in " + t[0] + " " + t[1]
	default:
		return " because no " + t[1] + " allows the " + action + " action"
	}
}
