package tf

import (
	"strings"

	"penstock/doc"
	"penstock/source"
)

func text(s string) val { return val{parts: []part{{text: clean(s)}}} }

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
