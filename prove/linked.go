package prove

import (
	"slices"
	"strings"

	"penstock/iam/authz"
)

// linked turns a denial for want of an identity policy to the resource's own
// where the caller is a service-linked role: nobody but AWS edits what it is
// granted, so that whoever wants it in says so there
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html).
func linked(c *Call) {
	d := &c.Decision
	if d.Verdict != authz.Deny || d.Explicit || d.Layer != "identity" || !strings.Contains(c.Request.Principal.ARN, ":role/aws-service-role/") {
		return
	}
	own := slices.IndexFunc(d.Layers, func(l authz.LayerResult) bool { return l.Layer == "resource" && l.Applies })
	if own < 0 {
		return
	}
	d.Layer, d.Deciding = "resource", nil
	d.Layers = slices.DeleteFunc(slices.Clone(d.Layers), func(l authz.LayerResult) bool { return l.Layer == "identity" })
}
