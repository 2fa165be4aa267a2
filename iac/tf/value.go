package tf

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"penstock/doc"
	"penstock/source"
)

// maxSteps bounds how many expressions are evaluated, which locals can multiply:
// no real folder comes near.
const maxSteps = 1 << 19

// A scope is where an expression stands.
type scope struct {
	region string
	// settled asks for the values of variables instead of references.
	settled bool
}

// A val is what an expression is: a text in parts, or a node.
type val struct {
	parts []part
	node  *doc.Node // where it is no text
	json  bool      // node was given to jsonencode
}

// A part is a piece of a text: text, a reference, or a node of another kind.
type part struct {
	text       string
	name, attr string // ${name} or ${name.attr} of Fn::Sub
	suffix     string // what ${name.attr} adds to the piece
	els        string // the piece as an Fn::Sub text, where suffix is not to be had
	node       *doc.Node
	scalar     doc.Kind // of a text that is a number or a boolean by itself
}

// unknown is a value of which nothing is known.
func (m *Module) unknown(r hcl.Range, what string) val {
	return val{parts: []part{{node: &doc.Node{Kind: doc.Unknown, Text: clean(what), Span: m.span(r)}}}}
}

// node evaluates an expression to a tree.
func (m *Module) node(e hclsyntax.Expression, c *scope) *doc.Node {
	v := m.eval(e, c)
	if v.node != nil && v.json {
		return m.text(m.jsonText(v.node), m.span(e.Range()))
	}
	return m.tree(v, m.span(e.Range()))
}

func (m *Module) tree(v val, at source.Span) *doc.Node {
	if v.node != nil {
		return v.node
	}
	return m.text(v.parts, at)
}

// eval evaluates an expression.
func (m *Module) eval(e hclsyntax.Expression, c *scope) val {
	at := e.Range()
	if m.steps++; m.steps > maxSteps {
		if m.steps == maxSteps+1 {
			m.unread(at, "what comes after %d expressions", maxSteps)
		}
		return m.unknown(at, short(m.span(at).Text()))
	}
	switch e := e.(type) {
	case *hclsyntax.LiteralValueExpr:
		return m.literal(e)
	case *hclsyntax.TemplateExpr:
		var ps []part
		for _, x := range e.Parts {
			v := m.eval(x, c)
			switch {
			case v.json:
				ps = append(ps, m.jsonText(v.node)...)
			case v.node != nil:
				ps = append(ps, part{node: v.node})
			default:
				for _, p := range v.parts {
					p.scalar = 0
					ps = append(ps, p)
				}
			}
		}
		return val{parts: ps}
	case *hclsyntax.TemplateWrapExpr:
		return m.eval(e.Wrapped, c)
	case *hclsyntax.ParenthesesExpr:
		return m.eval(e.Expression, c)
	case *hclsyntax.TupleConsExpr:
		n := &doc.Node{Kind: doc.List, Style: doc.Flow, Span: m.span(at)}
		for _, x := range e.Exprs {
			n.Items = append(n.Items, m.node(x, c))
		}
		return val{node: n}
	case *hclsyntax.ObjectConsExpr:
		return val{node: m.object(e, c)}
	case *hclsyntax.FunctionCallExpr:
		return m.call(e, c)
	case *hclsyntax.ScopeTraversalExpr:
		return m.traverse(e, c)
	case *hclsyntax.UnaryOpExpr:
		if l, ok := e.Val.(*hclsyntax.LiteralValueExpr); ok && e.Op == hclsyntax.OpNegate && l.Val.Type() == cty.Number {
			return val{parts: []part{{text: m.span(at).Text(), scalar: doc.Number}}}
		}
	}
	m.unread(at, "the expression %s", short(m.span(at).Text()))
	return m.unknown(at, short(m.span(at).Text()))
}

// short is the beginning of an expression, for messages.
func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 60 {
		cut := 57
		for cut > 0 && s[cut]&0xc0 == 0x80 {
			cut--
		}
		s = s[:cut] + "…"
	}
	return clean(s)
}

func (m *Module) literal(e *hclsyntax.LiteralValueExpr) val {
	v := e.Val
	switch {
	case v.IsNull():
		return val{node: &doc.Node{Kind: doc.Null, Span: m.span(e.SrcRange)}}
	case v.Type() == cty.String:
		return text(v.AsString())
	case v.Type() == cty.Bool:
		word := "false"
		if v.True() {
			word = "true"
		}
		return val{parts: []part{{text: word, scalar: doc.Bool}}}
	case v.Type() == cty.Number:
		s := m.span(e.SrcRange).Text()
		if s == "" {
			s = v.AsBigFloat().Text('f', -1)
		}
		return val{parts: []part{{text: s, scalar: doc.Number}}}
	}
	return m.unknown(e.SrcRange, "a literal")
}

// object evaluates an object; keys are texts without references.
func (m *Module) object(e *hclsyntax.ObjectConsExpr, c *scope) *doc.Node {
	n := &doc.Node{Kind: doc.Map, Style: doc.Flow, Span: m.span(e.SrcRange)}
	for _, it := range e.Items {
		key := ""
		if k, ok := it.KeyExpr.(*hclsyntax.ObjectConsKeyExpr); ok && !k.ForceNonLiteral {
			key = hcl.ExprAsKeyword(k.Wrapped)
		}
		if key == "" {
			var x hclsyntax.Expression = it.KeyExpr
			if k, ok := x.(*hclsyntax.ObjectConsKeyExpr); ok {
				x = k.Wrapped
			}
			ps := settle(m.eval(x, c).parts)
			if len(ps) > 1 || len(ps) == 1 && (ps[0].name != "" || ps[0].node != nil) {
				m.unread(it.KeyExpr.Range(), "a key that is no plain text")
				return &doc.Node{Kind: doc.Unknown, Text: short(n.Span.Text()), Span: n.Span}
			}
			if len(ps) == 1 {
				key = ps[0].text
			}
		}
		v := m.node(it.ValueExpr, c)
		if key == "Ref" && len(e.Items) == 1 || strings.HasPrefix(key, "Fn::") {
			// CloudFormation would take it for a function.
			m.unread(it.KeyExpr.Range(), "an object with the key %s", short(key))
			return &doc.Node{Kind: doc.Unknown, Text: short(n.Span.Text()), Span: n.Span}
		}
		putKey(n, &doc.Node{Kind: doc.String, Style: doc.Double, Text: clean(key), Span: m.span(it.KeyExpr.Range())}, v)
	}
	return n
}

// call evaluates the functions that are read.
func (m *Module) call(e *hclsyntax.FunctionCallExpr, c *scope) val {
	if len(e.Args) == 1 && !e.ExpandFinal {
		switch e.Name {
		case "jsonencode":
			v := m.eval(e.Args[0], c)
			return val{node: m.tree(v, m.span(e.Args[0].Range())), json: true}
		case "chomp": // https://developer.hashicorp.com/terraform/language/functions/chomp
			v := m.eval(e.Args[0], c)
			if n := len(v.parts); v.node == nil && n > 0 && v.parts[n-1].name == "" && v.parts[n-1].node == nil {
				v.parts[n-1].text = strings.TrimRight(v.parts[n-1].text, "\r\n")
				return v
			}
		}
	}
	m.unread(e.NameRange, "the function %s", e.Name)
	return m.unknown(e.Range(), short(m.span(e.Range()).Text()))
}
