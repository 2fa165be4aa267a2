package codepipeline

import (
	"fmt"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/match"
	"penstock/service"
)

// otherRole finds a call on a role by an ARN that is not its own: without the
// path that the stacks give it, or in other letters, small or capital. An ARN
// is compared letter by letter, and the path is part of it
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns).
func otherRole(s *service.Site, c *service.Call) []diag.Finding {
	role := c.Request.Resource
	if c.Cause != nil || c.Row.Need != service.Stops || c.Request.Action != "sts:AssumeRole" && c.Request.Action != "iam:PassRole" ||
		match.HasHole(role) || s.Model.Principal(role) != nil {
		return nil
	}
	a, err := arn.Parse(role)
	if err != nil || !strings.HasPrefix(a.Resource, "role/") {
		return nil
	}
	name := a.Resource[strings.LastIndexByte(a.Resource, '/')+1:]
	for p := range s.Model.Principals() {
		if p.Kind != cloud.Role || p.Account != a.Account || !strings.EqualFold(p.Name, name) || match.HasHole(p.ARN) || p.Resource == nil || len(p.Maybe) > 0 {
			continue
		}
		return []diag.Finding{{
			At: c.Target.At, Severity: diag.Error, Certainty: diag.Likely,
			Message:   fmt.Sprintf("%s is named here, and the stacks declare that role as %s", role, p.ARN),
			Related:   []diag.Note{{At: p.Resource.Span, Message: "the role"}},
			Principal: c.Request.Principal.ARN, Action: c.Request.Action, Resource: role,
			Fixes: service.Rewrite(c.Target.At, a.Resource, strings.TrimPrefix(p.ARN, strings.TrimSuffix(role, a.Resource)), "name the role by its path"),
		}}
	}
	return nil
}
