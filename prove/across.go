package prove

import (
	"fmt"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/doc/splice"
	"penstock/iam"
	"penstock/iam/authz"
)

// actThere lets an action that would pass a role of another account act as a
// role of that account, which the pipeline's role may take on: a role is
// passed within its own account only
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html).
// It is proposed where one declared role alone makes the pass a lawful one.
func (p *prover) actThere(r *Run, g *callGroup) []diag.Fix {
	c := g.calls[0]
	action := c.Step.Action
	if r.Pipeline == nil || r.Pipeline.Resource == nil || action == nil || c.Step.Job != nil || action.Node == nil || action.Role != "" {
		return nil
	}
	account := arn.Account(c.Request.Resource)
	var good []diag.Fix
	for who := range r.Model.Principals() {
		if who.Kind != cloud.Role || who.Account != account || who.Trust == nil || who.ARN == c.Request.Resource || !names(who.Trust.Policy, r.Pipeline.Role) {
			continue
		}
		v, ok := p.opt.Author(r.Pipeline.Resource, who.ARN)
		if !ok {
			continue
		}
		edits, err := splice.SetField(action.Node, "RoleArn", v)
		if err != nil || !p.passesThere(r, c, edits) {
			continue
		}
		good = append(good, diag.Fix{Message: fmt.Sprintf("let action %s act as %s, which passes the role in its own account", action.Name, Short(who.ARN)), Edits: edits})
	}
	if len(good) != 1 {
		return nil
	}
	return good
}

// names reports whether a trust names a principal or its account.
func names(trust *iam.Policy, principal string) bool {
	if trust == nil {
		return false
	}
	for _, st := range trust.Statements {
		for _, e := range st.Principals {
			if st.Effect == iam.Allow && e.Type == iam.PrincipalAWS && (e.Text == principal || arn.Account(e.Text) == arn.Account(principal) && strings.HasSuffix(e.Text, ":root")) {
				return true
			}
		}
	}
	return false
}

// passesThere reports whether, with edits applied, the action passes no role
// of another account, and nothing that was allowed before is denied.
func (p *prover) passesThere(r *Run, c *Call, edits []diag.Edit) bool {
	after, err := p.rerun(r, edits)
	if err != nil || after == nil || !keeps(r, after) {
		return false
	}
	passed := false
	for _, s := range after.Steps {
		if s.Action == nil || s.Stage == nil || s.Action.Name != c.Step.Action.Name || s.Stage.Name != c.Step.Stage.Name {
			continue
		}
		for _, o := range s.Calls {
			if o.Decision.Verdict == authz.Deny && o.Decision.Layer == "passrole" {
				return false
			}
			passed = passed || o.Request.Action == c.Request.Action && o.Request.Resource == c.Request.Resource
		}
	}
	return passed
}
