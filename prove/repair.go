package prove

import (
	"fmt"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/doc/splice"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/match"
	"penstock/truth"
)

// repair mends the one thing by which a statement of a trust policy misses a
// caller that it was written for: the action, the operator or the value of a
// condition, the account of an identity provider. Nothing is taken from it
// that it gives, but a principal that nobody can be.
func (p *prover) repair(g *callGroup, a cloud.Attachment) (element, bool) {
	c := g.calls[0]
	h := nearest(c, a.Policy)
	if h == nil {
		return element{}, false
	}
	st := statementNode(a, h.Statement.Index)
	who := Short(c.Request.Resource)
	switch h.Element {
	case "action":
		// The statement speaks of its principals alone; with one of them, the
		// action goes to nobody else.
		actions := st.Get("Action")
		if actions == nil || len(h.Statement.Principals) != 1 || len(g.actions()) != 1 {
			return element{}, false
		}
		edits, err := appendOrList(actions, splice.String(c.Request.Action))
		return element{fmt.Sprintf("let %s trust the caller to %s", who, c.Request.Action), edits}, err == nil
	case "condition":
		return p.repairCondition(c, h, st, who)
	case "principal":
		return p.repairProvider(c, h, st, who, a)
	default:
		return element{}, false
	}
}

// nearest returns the statement of a policy that the decision names as the one
// that comes nearest.
func nearest(c *Call, pol *iam.Policy) *authz.Hit {
	h := c.Decision.Deciding
	if h == nil || h.Policy != pol || h.Match != truth.No || h.Statement.Effect != iam.Allow {
		return nil
	}
	return h
}

// repairCondition writes StringLike for StringEquals where a value has a
// wildcard that would then match, and otherwise adds what the caller sends.
func (p *prover) repairCondition(c *Call, h *authz.Hit, st *doc.Node, who string) (element, bool) {
	cond := h.Condition
	op := st.At("Condition", cond.Operator)
	have := op.Get(cond.Key)
	v := c.Request.Context.Get(cond.Key)
	if have == nil || v.State != iam.Known || len(v.Values) != 1 || !equality(cond.Operator) {
		return element{}, false
	}
	sent := v.Values[0]
	if strings.EqualFold(cond.Operator, "StringEquals") {
		for _, e := range cond.Values {
			pat := match.Compile(e.Text)
			if !strings.ContainsAny(e.Text, "*?") || pat.Match(sent) == truth.No || st.At("Condition", "StringLike") != nil {
				continue
			}
			for _, f := range st.Get("Condition").Fields {
				if f.Value == op && f.Key != nil && strings.Count(f.Key.Span.Text(), cond.Operator) == 1 {
					text := strings.Replace(f.Key.Span.Text(), cond.Operator, "StringLike", 1)
					return element{
						fmt.Sprintf("read the wildcard in %s of the trust of %s as one: StringLike", cond.Key, who),
						[]diag.Edit{{Span: f.Key.Span, New: text}},
					}, true
				}
			}
		}
	}
	if match.HasHole(sent) {
		return element{}, false
	}
	edits, err := appendOrList(have, splice.String(sent))
	return element{fmt.Sprintf("let %s trust %s %s", who, cond.Key, sent), edits}, err == nil
}

func equality(op string) bool {
	switch strings.ToLower(op) {
	case "stringequals", "stringlike":
		return true
	}
	return false
}

// repairProvider names the identity provider of the role's own account where
// the trust names that of another: AssumeRoleWithWebIdentity knows no other
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html).
func (p *prover) repairProvider(c *Call, h *authz.Hit, st *doc.Node, who string, a cloud.Attachment) (element, bool) {
	n := st.At("Principal", "Federated")
	want := c.Request.Principal.ARN
	if n == nil || !n.IsScalar() || len(h.Statement.Principals) != 1 || !strings.Contains(want, ":oidc-provider/") {
		return element{}, false
	}
	x, err1 := arn.Parse(h.Statement.Principals[0].Text)
	y, err2 := arn.Parse(want)
	if err1 != nil || err2 != nil || x.Resource != y.Resource {
		return element{}, false
	}
	v, ok := p.opt.Author(a.Resource, want)
	if !ok {
		return element{}, false
	}
	edits, err := splice.Replace(n, v)
	return element{fmt.Sprintf("let %s trust the identity provider of its own account", who), edits}, err == nil
}
