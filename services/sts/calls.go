package sts

import (
	"fmt"
	"strings"

	"penstock/arn"
	"penstock/diag"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

var checks = []service.Check{{Code: "RUN021", On: "call", Find: externalID}}

// externalID finds an action role whose trust is meant for the pipeline but
// demands sts:ExternalId, which CodePipeline cannot send.
func externalID(s *service.Site, c *service.Call) []diag.Finding {
	if c.Request.Action != "sts:AssumeRole" || c.Request.Context.Get("sts:externalid").State != iam.Absent {
		return nil
	}
	if s.Action == nil || c.Request.Resource != s.Action.Role || c.Request.Principal.ARN == "" {
		return nil
	}
	role := s.Model.Principal(c.Request.Resource)
	if role == nil || role.Trust == nil || role.Trust.Policy == nil {
		return nil
	}
	var demand *iam.Condition
	for i := range role.Trust.Policy.Statements {
		st := &role.Trust.Policy.Statements[i]
		if st.Effect != iam.Allow || !assumes(st) || !names(st, c.Request.Principal.ARN) {
			continue
		}
		d := demands(st)
		if d == nil {
			return nil // a way in without it, or one that policies judge
		}
		demand = d
	}
	if demand == nil {
		return nil
	}
	return []diag.Finding{{
		At: demand.Span, Severity: diag.Error, Certainty: diag.Proved,
		Message: fmt.Sprintf("the trust of role %s demands sts:ExternalId (%s), which CodePipeline has no way to send: action %s can never assume it",
			match.Render(name(role.ARN)), demand.Operator, s.Action.Name),
		Principal: c.Request.Principal.ARN, Action: c.Request.Action, Resource: c.Request.Resource, Layer: "trust",
		AWSError: fmt.Sprintf("%s is not authorized to perform AssumeRole on role %s (Service: AWSCodePipeline; Error Code: InvalidStructureException)",
			match.Render(c.Request.Principal.ARN), match.Render(c.Request.Resource)),
		Related: []diag.Note{{At: s.Action.RoleNode.Where(), Message: "the action that assumes the role"}},
	}}
}

func name(a string) string {
	if x, err := arn.Parse(a); err == nil {
		return x.Name()
	}
	return a
}

func assumes(st *iam.Statement) bool {
	for _, a := range st.Actions {
		p := match.CompileFold(a.Text)
		if p.Match("sts:assumerole") != 0 {
			return !st.NotAction
		}
	}
	return st.NotAction
}

// names reports whether the statement speaks of the caller: by ARN, by its
// account, or of everybody.
func names(st *iam.Statement, caller string) bool {
	account := arn.Account(caller)
	for _, p := range st.Principals {
		switch {
		case p.Type == iam.PrincipalAll:
			return true
		case p.Type != iam.PrincipalAWS:
		case p.Text == "*", p.Text == caller, p.Text == account, strings.HasSuffix(p.Text, ":iam::"+account+":root"):
			return true
		}
	}
	return false
}

// demands returns the condition that is false where sts:ExternalId is absent.
func demands(st *iam.Statement) *iam.Condition {
	for i := range st.Conditions {
		c := &st.Conditions[i]
		if !strings.EqualFold(c.Key, "sts:ExternalId") {
			continue
		}
		op := strings.ToLower(c.Operator)
		if j := strings.LastIndexByte(op, ':'); j >= 0 {
			if op[:j] == "forallvalues" {
				continue // true where the key is absent
			}
			op = op[j+1:]
		}
		switch op {
		case "stringequals", "stringlike", "stringequalsignorecase":
			return c
		case "null":
			if len(c.Values) == 1 && strings.EqualFold(c.Values[0].Text, "false") {
				return c
			}
		}
	}
	return nil
}

var codes = []service.Code{{
	Code: "RUN021", Theorem: "runs",
	Fix: "the condition taken out of the trust",

	Title: "the trust of an action role demands sts:ExternalId",
	Doc: `
CodePipeline assumes the role of an action with the pipeline's role. Its API has nowhere to put an external id: an action
declaration has ` + "`roleArn`" + ` and nothing beside it. A trust policy that compares ` + "`sts:ExternalId`" + ` is therefore never met by
an action, whichever value it asks for.

An external id keeps a third party that acts for many customers from being used by the wrong one. Between accounts of one
organization the pipeline role itself is the identity to name.

**What AWS shows**: "… is not authorized to perform AssumeRole on role …", InvalidStructureException, when the pipeline is
created or updated; or the action fails.

**Remedy**: in the trust, take the condition out and name the pipeline's role: its ARN as principal, or the account's root
with ` + "`ArnEquals: {aws:PrincipalArn: <pipeline role>}`" + `. Where an external id is wanted, the deployment has to be made by
something that can send one, such as ` + "`aws sts assume-role --external-id`" + ` in a build.

**Sources**
- https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionDeclaration.html (no such member)
- https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
`,
}}
