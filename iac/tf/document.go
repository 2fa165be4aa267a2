package tf

import (
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"penstock/doc"
	"penstock/doc/load"
	"penstock/source"
)

// fromText reads a text that is JSON, with references inside its strings, as
// the tree of it; false where it is none.
func (m *Module) fromText(ps []part, at source.Span) (*doc.Node, bool) {
	var b strings.Builder
	for i, p := range ps {
		if p.name == "" && p.node == nil {
			b.WriteString(p.text)
		} else {
			b.WriteString("\ue000" + strconv.Itoa(i) + "\ue001")
		}
	}
	text := strings.TrimSpace(b.String())
	if !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") {
		return nil, false
	}
	root, found, err := load.Parse(source.NewFile("document.json", []byte(text)))
	if err != nil || len(found) > 0 {
		return nil, false
	}
	return m.filled(root, ps, at)
}

// filled puts the references back into a tree; false where one stands outside
// a string.
func (m *Module) filled(n *doc.Node, ps []part, at source.Span) (*doc.Node, bool) {
	c := *n
	c.Span, c.Lead, c.Via, c.Items, c.Fields = at, 0, nil, nil, nil
	c.Style = doc.Flow
	switch n.Kind {
	case doc.List:
		for _, it := range n.Items {
			v, ok := m.filled(it, ps, at)
			if !ok {
				return nil, false
			}
			c.Items = append(c.Items, v)
		}
	case doc.Map:
		for _, f := range n.Fields {
			if strings.ContainsRune(f.Name(), '\ue000') || f.Name() == "Ref" || strings.HasPrefix(f.Name(), "Fn::") {
				return nil, false
			}
			v, ok := m.filled(f.Value, ps, at)
			if !ok {
				return nil, false
			}
			put(&c, f.Name(), v)
		}
	case doc.String:
		var out []part
		rest := n.Text
		for {
			before, after, ok := strings.Cut(rest, "\ue000")
			out = append(out, part{text: before})
			if !ok {
				break
			}
			num, tail, ok := strings.Cut(after, "\ue001")
			i, err := strconv.Atoi(num)
			if !ok || err != nil || i < 0 || i >= len(ps) {
				return nil, false
			}
			out = append(out, ps[i])
			rest = tail
		}
		return m.text(out, at), true
	default:
	}
	return &c, true
}

// policyDocument reads the data source aws_iam_policy_document, which makes a
// policy of blocks
// (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document).
// False where it takes other documents into itself, or loops.
func (m *Module) policyDocument(b *hclsyntax.Block, c *scope) (*doc.Node, bool) {
	at := m.span(b.Range())
	out := &doc.Node{Kind: doc.Map, Style: doc.Flow, Span: at}
	version := str(at, "2012-10-17")
	for _, a := range attributes(b.Body) {
		switch a.Name {
		case "version":
			version = m.node(a.Expr, c)
		case "policy_id":
			put(out, "Id", m.node(a.Expr, c))
		case "provider", "region":
		default:
			return nil, false
		}
	}
	put(out, "Version", version)
	list := &doc.Node{Kind: doc.List, Style: doc.Flow, Span: at}
	for _, s := range b.Body.Blocks {
		if s.Type != "statement" {
			return nil, false
		}
		st, ok := m.statement(s, c)
		if !ok {
			return nil, false
		}
		list.Items = append(list.Items, st)
	}
	put(out, "Statement", list)
	return out, true
}

var elements = map[string]string{
	"sid": "Sid", "effect": "Effect", "actions": "Action", "not_actions": "NotAction", "resources": "Resource", "not_resources": "NotResource",
}

func (m *Module) statement(b *hclsyntax.Block, c *scope) (*doc.Node, bool) {
	at := m.span(b.Range())
	st := &doc.Node{Kind: doc.Map, Style: doc.Flow, Span: at}
	if b.Body.Attributes["effect"] == nil {
		put(st, "Effect", str(at, "Allow"))
	}
	for _, a := range attributes(b.Body) {
		key := elements[a.Name]
		if key == "" {
			return nil, false
		}
		put(st, key, m.written(m.node(a.Expr, c)))
	}
	var conditions *doc.Node
	for _, n := range b.Body.Blocks {
		get := func(name string) *doc.Node {
			if a := n.Body.Attributes[name]; a != nil {
				return m.written(m.node(a.Expr, c))
			}
			return nil
		}
		switch n.Type {
		case "principals", "not_principals":
			key := map[string]string{"principals": "Principal", "not_principals": "NotPrincipal"}[n.Type]
			typ, ids := get("type"), get("identifiers")
			if typ == nil || ids == nil || typ.Tag != "" {
				return nil, false
			}
			all := st.Get(key)
			switch {
			case typ.Text == "*":
				if all != nil {
					return nil, false
				}
				put(st, key, str(at, "*"))
				continue
			case all == nil:
				all = &doc.Node{Kind: doc.Map, Style: doc.Flow, Span: m.span(n.Range())}
				put(st, key, all)
			case all.Kind != doc.Map:
				return nil, false
			}
			merge(all, typ.Text, ids)
		case "condition":
			test, variable, values := get("test"), get("variable"), get("values")
			if test == nil || variable == nil || values == nil || test.Tag != "" || variable.Tag != "" {
				return nil, false
			}
			if conditions == nil {
				conditions = &doc.Node{Kind: doc.Map, Style: doc.Flow, Span: m.span(n.Range())}
				put(st, "Condition", conditions)
			}
			op := conditions.Get(test.Text)
			if op == nil {
				op = &doc.Node{Kind: doc.Map, Style: doc.Flow, Span: m.span(n.Range())}
				put(conditions, test.Text, op)
			}
			merge(op, variable.Text, values)
		default:
			return nil, false
		}
	}
	return st, true
}

// merge adds values to those of a key: two blocks of one type and test, of one
// variable, are one.
func merge(n *doc.Node, key string, values *doc.Node) {
	if have := n.Get(key); have != nil && have.Kind == doc.List && values.Kind == doc.List {
		have.Items = append(have.Items, values.Items...)
		return
	}
	put(n, key, values)
}

// written turns the policy variables of a document, "&{aws:username}", into
// those of IAM: "${" is Terraform's own in the data source.
func (m *Module) written(n *doc.Node) *doc.Node {
	c := *n
	c.Text = strings.ReplaceAll(n.Text, "&{", "${")
	if n.Tag == "!Sub" {
		c.Text = strings.ReplaceAll(n.Text, "&{", "${!")
	}
	c.Items = nil
	for _, it := range n.Items {
		c.Items = append(c.Items, m.written(it))
	}
	return &c
}
