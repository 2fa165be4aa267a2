package prove

import (
	"fmt"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/doc/splice"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/match"
)

// statementNode returns the node of a statement of an attached document.
func statementNode(a cloud.Attachment, index int) *doc.Node {
	i := 0
	for s := range a.Node.Get("Statement").Elems() {
		if i == index {
			return s
		}
		i++
	}
	return nil
}

// dropCondition removes the one condition that keeps the caller of a role out
// where the caller can never meet it: a key that its service does not send.
// Nothing else of the trust changes.
func (p *prover) dropCondition(c *Call, a cloud.Attachment) (element, bool) {
	h := unmet(c, a.Policy)
	if h == nil {
		return element{}, false
	}
	st := statementNode(a, h.Statement.Index)
	cond := st.Get("Condition")
	op := cond.Get(h.Condition.Operator)
	if op == nil {
		return element{}, false
	}
	var edits []diag.Edit
	var err error
	switch {
	case len(op.Fields) > 1:
		edits, err = splice.RemoveField(op, h.Condition.Key)
	case len(cond.Fields) > 1:
		edits, err = splice.RemoveField(cond, h.Condition.Operator)
	default:
		edits, err = splice.RemoveField(st, "Condition")
	}
	return element{
		fmt.Sprintf("take the condition on %s, which the caller cannot send, out of the trust of %s", h.Condition.Key, Short(c.Request.Resource)),
		edits,
	}, err == nil
}

// unmet returns the statement of a trust that lacks nothing but a key which
// the request does not carry.
func unmet(c *Call, trust *iam.Policy) *authz.Hit {
	for _, l := range c.Decision.Layers {
		for i := range l.Hits {
			h := &l.Hits[i]
			if h.Policy == trust && h.Element == "condition" && h.Statement.Effect == iam.Allow && h.Condition != nil &&
				c.Request.Context.Get(h.Condition.Key).State == iam.Absent {
				return h
			}
		}
	}
	return nil
}

// exempt adds the request's value to the list of what a Deny spares: a
// negated test such as StringNotEquals on a key that the request carries.
// There is no other edit of somebody's guard that we would propose.
func (p *prover) exempt(m *cloud.Model, c *Call, h *authz.Hit) (element, bool) {
	a, ok := attachmentOf(m, c, h.Policy)
	if !ok {
		return element{}, false
	}
	for _, cond := range h.Statement.Conditions {
		if !negated(cond.Operator) {
			continue
		}
		v := c.Request.Context.Get(cond.Key)
		if v.State != iam.Known || len(v.Values) != 1 || match.HasHole(v.Values[0]) {
			continue
		}
		node := statementNode(a, h.Statement.Index).At("Condition", cond.Operator, cond.Key)
		if node == nil {
			continue
		}
		edits, err := appendOrList(node, splice.String(v.Values[0]))
		if err != nil {
			continue
		}
		return element{fmt.Sprintf("spare %s %s in %s", cond.Key, v.Values[0], statement(h)), edits}, true
	}
	return element{}, false
}

func negated(op string) bool {
	op = strings.ToLower(op)
	return strings.Contains(op, "notequals") || strings.Contains(op, "notlike") || strings.HasPrefix(op, "notipaddress")
}

// attachmentOf finds where a policy that decided a call is attached.
func attachmentOf(m *cloud.Model, c *Call, pol *iam.Policy) (cloud.Attachment, bool) {
	var sets [][]cloud.Attachment
	if pr := m.Principal(c.Request.Principal.ARN); pr != nil {
		sets = append(sets, pr.Identity)
		if pr.Boundary != nil {
			sets = append(sets, []cloud.Attachment{*pr.Boundary})
		}
	}
	if pr := m.Principal(c.Request.Resource); pr != nil && pr.Trust != nil {
		sets = append(sets, []cloud.Attachment{*pr.Trust})
	}
	if r := m.Owner(c.Request.Resource); r != nil {
		sets = append(sets, r.Policies)
	}
	if c.Target.Endpoint != nil {
		sets = append(sets, c.Target.Endpoint.Policies)
	}
	if m.Org != nil {
		for _, as := range m.Org.SCPs {
			sets = append(sets, as)
		}
		for _, as := range m.Org.RCPs {
			sets = append(sets, as)
		}
	}
	for _, set := range sets {
		for _, a := range set {
			if a.Policy == pol && a.Node != nil {
				return a, true
			}
		}
	}
	return cloud.Attachment{}, false
}
