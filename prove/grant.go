package prove

import (
	"fmt"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/doc/load"
	"penstock/doc/splice"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

// grantIdentity adds what the caller lacks to one of its own policies: to a
// statement that already says exactly the rest, else as a statement of its
// own; a role without any policy in the templates gets an inline one.
func (p *prover) grantIdentity(m *cloud.Model, g *callGroup) (element, bool) {
	pr := m.Principal(g.calls[0].Request.Principal.ARN)
	if pr == nil || pr.Resource == nil {
		return element{}, false
	}
	msg := fmt.Sprintf("allow %s to %s", Short(pr.ARN), actionsText(g))
	for _, a := range pr.Identity {
		if e, ok := p.widen(m, g, a, msg); ok {
			return e, true
		}
	}
	// The role's own inline policies first: a shared managed policy would
	// give the call to others as well.
	for _, own := range []bool{true, false} {
		for _, a := range pr.Identity {
			if a.Node == nil || a.Policy == nil || (a.Resource == pr.Resource) != own || shared(m, a) {
				continue
			}
			if e, ok := p.appendStatement(g, a, false, msg); ok {
				return e, true
			}
		}
	}
	st, ok := p.statement(pr.Resource, g, false)
	if !ok {
		return element{}, false
	}
	if maker := service.Maker(pr.Resource); maker != nil {
		// A SAM function or machine takes documents among its policies
		// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html#sam-function-policies).
		doc := splice.Map(field("Version", splice.String("2012-10-17")), field("Statement", splice.List(st)))
		if have := maker.Get("Policies"); have != nil {
			edits, err := appendOrList(have, doc)
			return element{msg, edits}, err == nil
		}
		edits, err := splice.SetField(maker, "Policies", splice.List(doc))
		return element{msg, edits}, err == nil
	}
	policy := splice.Map(
		field("PolicyName", splice.String("penstock")),
		field("PolicyDocument", splice.Map(
			field("Version", splice.String("2012-10-17")),
			field("Statement", splice.List(st)),
		)),
	)
	var edits []diag.Edit
	var err error
	if have := pr.Resource.Prop("Policies"); have != nil {
		edits, err = splice.AppendItem(have, policy)
	} else {
		edits, err = splice.SetField(pr.Resource.Props, "Policies", splice.List(policy))
	}
	return element{msg, edits}, err == nil
}

// shared reports whether another principal carries the same policy.
func shared(m *cloud.Model, a cloud.Attachment) bool {
	n := 0
	for pr := range m.Principals() {
		for _, b := range pr.Identity {
			if b.Policy == a.Policy {
				n++
			}
		}
	}
	return n > 1
}

// widen appends the actions to a statement whose resources are exactly those
// wanted, so that nothing else is granted.
func (p *prover) widen(m *cloud.Model, g *callGroup, a cloud.Attachment, msg string) (element, bool) {
	if a.Policy == nil || a.Node == nil || shared(m, a) || passedTo(g) != nil {
		return element{}, false // to pass a role takes a condition of its own
	}
	wanted := map[string]bool{}
	for _, c := range g.calls {
		wanted[c.Request.Resource] = true
	}
	for i := range a.Policy.Statements {
		s := &a.Policy.Statements[i]
		if s.Effect != iam.Allow || s.NotAction || s.NotResource || len(s.Conditions) > 0 || len(s.Maybe) > 0 || len(s.Resources) != len(wanted) {
			continue
		}
		exact := true
		for _, e := range s.Resources {
			exact = exact && wanted[e.Text]
		}
		if !exact {
			continue
		}
		node := statementNode(a, s.Index)
		actions := node.Get("Action")
		if actions == nil {
			continue
		}
		var edits []diag.Edit
		for _, act := range g.actions() {
			es, err := appendOrList(actions, splice.String(act))
			if err != nil {
				return element{}, false
			}
			edits = append(edits, es...)
			if actions.Kind != doc.List {
				// A second action would have to go into the list that the
				// first edit makes.
				if len(g.actions()) > 1 {
					return element{}, false
				}
			}
		}
		return element{msg, edits}, true
	}
	return element{}, false
}

// grantResource lets the caller through the policy of the resource itself.
func (p *prover) grantResource(m *cloud.Model, g *callGroup, layer string) (element, bool) {
	c := g.calls[0]
	if layer == "trust" {
		pr := m.Principal(c.Request.Resource)
		if pr == nil || pr.Trust == nil {
			return element{}, false
		}
		if e, ok := p.dropCondition(c, *pr.Trust); ok {
			return e, true
		}
		if e, ok := p.repair(g, *pr.Trust); ok {
			return e, true
		}
		return p.appendStatement(g, *pr.Trust, true, fmt.Sprintf("let %s trust %s", Short(pr.ARN), Short(principal(c))))
	}
	owner := m.Owner(c.Request.Resource)
	if owner == nil {
		return element{}, false
	}
	msg := fmt.Sprintf("let %s allow %s to %s", match.Render(owner.ID()), Short(principal(c)), actionsText(g))
	for _, a := range owner.Policies {
		if e, ok := p.appendStatement(g, a, true, msg); ok {
			return e, true
		}
	}
	if guard := p.rooms.guards[owner.Type]; guard != nil && guard.Grant != nil {
		return p.grantEach(m, g, owner, guard, msg)
	}
	if slices.ContainsFunc(owner.Policies, func(a cloud.Attachment) bool { return a.Node != nil || a.Resource != nil && a.Resource != owner }) {
		return element{}, false
	}
	return p.firstPolicy(g, owner, msg)
}

// grantEach adds a resource for each call of a group, where such a one lets a
// single request through.
func (p *prover) grantEach(m *cloud.Model, g *callGroup, owner *cloud.Resource, guard *service.Guard, msg string) (element, bool) {
	e := element{message: msg}
	if owner.Stack == nil {
		return e, false
	}
	_, kind, _ := strings.Cut(strings.TrimPrefix(guard.Type, "AWS::"), "::")
	holder := &cloud.Resource{Stack: owner.Stack, LogicalID: owner.LogicalID + kind}
	for i, c := range g.calls {
		if i > 0 && callKey(c) == callKey(g.calls[i-1]) {
			continue
		}
		if i > 0 && c.Request.Principal != g.calls[0].Request.Principal {
			return e, false
		}
		fields, ok := guard.Grant(&c.Request, func(v string) (splice.Value, bool) { return p.resourceValue(holder, v) })
		if !ok {
			return e, false
		}
		edits, id, err := service.Insert(owner.Stack, holder.LogicalID, guard.Type, fields...)
		if err != nil || len(g.calls) > 1 && i > 0 {
			return e, false // a second one would take the name of the first
		}
		e.edits = append(e.edits, edits...)
		// What makes the call is checked when it is made
		// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-notificationconfiguration.html).
		if src := c.Request.Context.Get("aws:SourceArn"); c.Request.Principal.Service == "s3.amazonaws.com" && src.State == iam.Known && len(src.Values) == 1 {
			if from := m.Owner(src.Values[0]); from != nil && from.Stack == owner.Stack {
				wait, err := waitFor(from, &cloud.Resource{LogicalID: id})
				if err != nil {
					return e, false
				}
				e.edits = append(e.edits, wait...)
			}
		}
	}
	return e, len(e.edits) > 0
}

// firstPolicy gives a resource without a policy its first one, in the
// template that declares it.
func (p *prover) firstPolicy(g *callGroup, owner *cloud.Resource, msg string) (element, bool) {
	guard := p.rooms.guards[owner.Type]
	if guard == nil || owner.Stack == nil || owner.Stack.File == nil || owner.Props == nil {
		return element{}, false
	}
	root, _, err := load.Parse(owner.Stack.File)
	if err != nil {
		return element{}, false
	}
	resources := root.Get("Resources")
	holder := owner
	if guard.Type != "" {
		name := owner.LogicalID + "Policy"
		for resources.Get(name) != nil {
			name += "2"
		}
		holder = &cloud.Resource{Stack: owner.Stack, LogicalID: name}
	}
	st, ok := p.statement(holder, g, true)
	if !ok {
		return element{}, false
	}
	document := splice.Map(field("Version", splice.String("2012-10-17")), field("Statement", splice.List(st)))
	if guard.Type == "" {
		edits, err := splice.SetField(owner.Props, guard.Document, document)
		return element{msg, edits}, err == nil
	}
	of := splice.Tagged("!Ref", owner.LogicalID)
	if guard.List {
		of = splice.List(of)
	}
	edits, err := splice.SetField(resources, holder.LogicalID, splice.Map(
		field("Type", splice.String(guard.Type)),
		field("Properties", splice.Map(field(guard.Of, of), field(guard.Document, document))),
	))
	return element{msg, edits}, err == nil
}

// appendStatement adds one statement to a document.
func (p *prover) appendStatement(g *callGroup, a cloud.Attachment, withPrincipal bool, msg string) (element, bool) {
	list := a.Node.Get("Statement")
	if list == nil || a.Resource == nil {
		return element{}, false
	}
	st, ok := p.statement(a.Resource, g, withPrincipal)
	if !ok {
		return element{}, false
	}
	edits, err := appendOrList(list, st)
	return element{msg, edits}, err == nil
}

func appendOrList(n *doc.Node, v splice.Value) ([]diag.Edit, error) {
	if n.Kind == doc.List {
		return splice.AppendItem(n, v)
	}
	return splice.ListOf(n, v)
}

// grantEndpoint lets the caller through the policy of a VPC endpoint. That of a
// gateway endpoint takes no principal but everybody, so the caller is named by
// a condition
// (https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html).
func (p *prover) grantEndpoint(g *callGroup) (element, bool) {
	c := g.calls[0]
	ep := c.Target.Endpoint
	if ep == nil || c.Request.Principal.ARN == "" {
		return element{}, false
	}
	msg := fmt.Sprintf("let %s through %s to %s", Short(principal(c)), match.Render(ep.ID()), actionsText(g))
	for _, a := range ep.Policies {
		list := a.Node.Get("Statement")
		if list == nil || a.Resource == nil {
			continue
		}
		who, named := p.opt.Author(a.Resource, c.Request.Principal.ARN)
		st, ok := p.statement(a.Resource, g, false)
		if !named || !ok {
			return element{}, false
		}
		st.Fields = slices.Insert(st.Fields, 1, field("Principal", splice.String("*")))
		st.Fields = append(st.Fields, field("Condition", splice.Map(field("ArnEquals", splice.Map(field("aws:PrincipalArn", who))))))
		edits, err := appendOrList(list, st)
		return element{msg, edits}, err == nil
	}
	return element{}, false
}
