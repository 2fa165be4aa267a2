package tf

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"penstock/diag"
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

func text(s string) val { return val{parts: []part{{text: clean(s)}}} }

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

// text makes a node of the parts of a text.
func (m *Module) text(ps []part, at source.Span) *doc.Node {
	ps = settle(ps)
	switch {
	case len(ps) == 0:
		return str(at, "")
	case len(ps) == 1 && ps[0].node != nil:
		n := *ps[0].node
		n.Span = at
		return &n
	case len(ps) == 1 && ps[0].name == "":
		n := str(at, ps[0].text)
		if ps[0].scalar != 0 {
			n.Kind, n.Style = ps[0].scalar, doc.Plain
		}
		return n
	case len(ps) == 1 && ps[0].attr == "":
		return &doc.Node{Kind: doc.String, Style: doc.Double, Tag: "!Ref", Text: ps[0].name, Span: at}
	case len(ps) == 1:
		return &doc.Node{Kind: doc.String, Style: doc.Double, Tag: "!GetAtt", Text: ps[0].name + "." + ps[0].attr, Span: at}
	}
	var b strings.Builder
	var with *doc.Node
	for _, p := range ps {
		if p.name == "" && p.node == nil && !escapable(p.text) {
			p.node = str(at, p.text)
		}
		switch {
		case p.node != nil:
			if with == nil {
				with = &doc.Node{Kind: doc.Map, Style: doc.Flow, Span: at}
			}
			key := "Value" + string(rune('A'+len(with.Fields)%26)) + strings.Repeat("x", len(with.Fields)/26)
			put(with, key, p.node)
			b.WriteString("${" + key + "}")
		case p.name != "":
			b.WriteString("${" + p.name)
			if p.attr != "" {
				b.WriteString("." + p.attr)
			}
			b.WriteByte('}')
		default:
			b.WriteString(strings.ReplaceAll(p.text, "${", "${!"))
		}
	}
	sub := str(at, b.String())
	sub.Tag = "!Sub"
	if with != nil {
		inner := str(at, b.String())
		sub = &doc.Node{Kind: doc.List, Style: doc.Flow, Tag: "!Sub", Items: []*doc.Node{inner, with}, Span: at}
	}
	return sub
}

// escapable reports whether Fn::Sub can say a text: each "${" in it has its
// "}", without which "${!" is no escape.
func escapable(s string) bool {
	for {
		_, after, ok := strings.Cut(s, "${")
		if !ok {
			return true
		}
		inner, rest, ok := strings.Cut(after, "}")
		if !ok || strings.Contains(inner, "${") {
			return false
		}
		s = rest
	}
}

// settle joins texts, and decides about references that GetAtt gives with a
// suffix: where the suffix follows it is taken off, else the text that says
// the same stands in its place.
func settle(ps []part) []part {
	var out []part
	add := func(p part) {
		if n := len(out); p.name == "" && p.node == nil && n > 0 && out[n-1].name == "" && out[n-1].node == nil {
			out[n-1].text += p.text
			out[n-1].scalar = 0
			return
		}
		out = append(out, p)
	}
	for i := 0; i < len(ps); i++ {
		p := ps[i]
		switch {
		case p.els == "":
		case p.suffix != "" && i+1 < len(ps) && ps[i+1].name == "" && ps[i+1].node == nil && strings.HasPrefix(ps[i+1].text, p.suffix):
			next := ps[i+1]
			next.text = next.text[len(p.suffix):]
			add(part{name: p.name, attr: p.attr})
			if next.text != "" {
				add(next)
			}
			i++
			continue
		default:
			for _, q := range subParts(p.els, p.name) {
				add(q)
			}
			continue
		}
		if p.name == "" && p.node == nil && p.text == "" && len(ps) > 1 {
			continue
		}
		add(p)
	}
	return out
}

// subParts reads the text of an Fn::Sub of a mapping, in which ${.} is name.
func subParts(s, name string) []part {
	var out []part
	for {
		before, after, ok := strings.Cut(s, "${")
		if before != "" {
			out = append(out, part{text: before})
		}
		if !ok {
			return out
		}
		ref, rest, _ := strings.Cut(after, "}")
		if ref == "." {
			ref = name
		}
		out = append(out, part{name: ref})
		s = rest
	}
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

// names returns the words of a traversal, false where it has an index.
func names(t hcl.Traversal) ([]string, bool) {
	var out []string
	for _, s := range t {
		switch s := s.(type) {
		case hcl.TraverseRoot:
			out = append(out, s.Name)
		case hcl.TraverseAttr:
			out = append(out, s.Name)
		default:
			return out, false
		}
	}
	return out, true
}

// traverse evaluates a reference.
func (m *Module) traverse(e *hclsyntax.ScopeTraversalExpr, c *scope) val {
	at := e.Range()
	w, plain := names(e.Traversal)
	whole := short(m.span(at).Text())
	switch {
	case !plain:
		m.unread(at, "the index in %s", whole)
	case w[0] == "local" && len(w) == 2:
		a := m.locals[w[1]]
		if a == nil {
			m.find(CodeRef, m.span(at), diag.Error, "local.%s is not declared", w[1])
			break
		}
		if m.busy[a] {
			m.find(CodeRef, m.span(at), diag.Error, "local.%s refers to itself", w[1])
			break
		}
		m.busy[a] = true
		v := m.eval(a.Expr, c)
		delete(m.busy, a)
		return v
	case w[0] == "var" && len(w) == 2:
		v := m.vars[w[1]]
		if v == nil {
			m.find(CodeRef, m.span(at), diag.Error, "var.%s is not declared", w[1])
			break
		}
		if c.settled {
			if v.value != nil {
				return m.eval(v.value, c)
			}
			if d := v.block.Body.Attributes["default"]; d != nil {
				return m.eval(d.Expr, c)
			}
		}
		return val{parts: []part{{name: w[1]}}}
	case w[0] == "data" && len(w) == 4:
		if v, ok := m.datum(w, c); ok {
			return v
		}
		m.unread(at, "%s", whole)
	case len(w) == 3 && w[0] != "module" && w[0] != "path" && w[0] != "each" && w[0] != "count" && w[0] != "self" && w[0] != "terraform":
		r := m.byAddr[w[0]+"."+w[1]]
		if r == nil {
			m.find(CodeRef, m.span(at), diag.Error, "%s.%s is not declared", w[0], w[1])
			break
		}
		return m.attribute(e, r, w[2], c)
	default:
		m.unread(at, "%s", whole)
	}
	return m.unknown(at, whole)
}

// datum evaluates an attribute of one of the data sources that are read.
func (m *Module) datum(w []string, c *scope) (val, bool) {
	b := m.data[w[1]+"."+w[2]]
	if b == nil {
		return val{}, false
	}
	pseudo := func(name string) (val, bool) { return val{parts: []part{{name: "AWS::" + name}}}, true }
	switch w[1] + "." + w[3] {
	case "aws_iam_policy_document.json", "aws_iam_policy_document.minified_json":
		if m.busy[b] {
			return val{}, false
		}
		m.busy[b] = true
		defer delete(m.busy, b)
		n, ok := m.policyDocument(b, c)
		return val{node: n, json: true}, ok
	case "aws_caller_identity.account_id", "aws_caller_identity.id":
		return pseudo("AccountId")
	case "aws_partition.partition", "aws_partition.id":
		return pseudo("Partition")
	case "aws_partition.dns_suffix":
		return pseudo("URLSuffix")
	case "aws_region.region", "aws_region.name", "aws_region.id":
		if region := m.regionOf(b); region != c.region {
			return text(region), region != ""
		}
		return pseudo("Region")
	}
	return val{}, false
}

// regionOf is where a resource or a data source is: by its own region, by its
// provider's, or by that of the provider without alias.
func (m *Module) regionOf(b *hclsyntax.Block) string {
	if a := b.Body.Attributes["region"]; a != nil {
		return m.plain(a.Expr)
	}
	alias := ""
	if a := b.Body.Attributes["provider"]; a != nil {
		if t, ok := a.Expr.(*hclsyntax.ScopeTraversalExpr); ok {
			if w, ok := names(t.Traversal); ok && w[0] == "aws" {
				if len(w) > 1 {
					alias = w[1]
				}
			} else {
				return ""
			}
		}
	}
	if alias == "" {
		return m.region
	}
	return m.providers[alias]
}

// jsonText writes a tree as JSON, in parts: what jsonencode gives where a text
// is wanted.
func (m *Module) jsonText(n *doc.Node) []part {
	switch {
	case n.Tag == "!Ref":
		return []part{{text: `"`}, {name: n.Text}, {text: `"`}}
	case n.Tag == "!GetAtt":
		name, attr, _ := strings.Cut(n.Text, ".")
		return []part{{text: `"`}, {name: name, attr: attr}, {text: `"`}}
	case n.Tag == "!Sub" && n.Kind == doc.String:
		out := []part{{text: `"`}}
		rest := n.Text
		for {
			before, after, ok := strings.Cut(rest, "${")
			out = append(out, part{text: quoteInner(before)})
			if !ok {
				return append(out, part{text: `"`})
			}
			if after, lit := strings.CutPrefix(after, "!"); lit {
				out = append(out, part{text: "${"})
				rest = after
				continue
			}
			ref, tail, _ := strings.Cut(after, "}")
			name, attr, _ := strings.Cut(ref, ".")
			out = append(out, part{name: name, attr: attr})
			rest = tail
		}
	case n.Tag != "":
		return []part{{text: `"`}, {node: n}, {text: `"`}}
	}
	switch n.Kind {
	case doc.Null:
		return []part{{text: "null"}}
	case doc.Number, doc.Bool:
		return []part{{text: n.Text}}
	case doc.String:
		return []part{{text: `"` + quoteInner(n.Text) + `"`}}
	case doc.List:
		out := []part{{text: "["}}
		for i, it := range n.Items {
			if i > 0 {
				out = append(out, part{text: ","})
			}
			out = append(out, m.jsonText(it)...)
		}
		return append(out, part{text: "]"})
	case doc.Map:
		out := []part{{text: "{"}}
		for i, f := range n.Fields {
			sep := ""
			if i > 0 {
				sep = ","
			}
			out = append(out, part{text: sep + `"` + quoteInner(f.Name()) + `":`})
			out = append(out, m.jsonText(f.Value)...)
		}
		return append(out, part{text: "}"})
	default:
		return []part{{node: n}}
	}
}

// quoteInner escapes a text for JSON, as jsonencode does
// (https://developer.hashicorp.com/terraform/language/functions/jsonencode:
// it escapes <, >, & and the two line separators).
func quoteInner(s string) string {
	var b strings.Builder
	const hex = "0123456789abcdef"
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x20 || r == '<' || r == '>' || r == '&':
			b.WriteString(`\u00` + string(hex[r>>4]) + string(hex[r&15]))
		case r == '\u2028' || r == '\u2029':
			b.WriteString(`\u202` + string(hex[r&15]))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
