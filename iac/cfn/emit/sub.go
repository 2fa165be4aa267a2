package emit

import (
	"strings"

	"penstock/blueprint"
	"penstock/doc"
)

// sub makes the tree of a text with references: a Ref or a GetAtt where it is
// exactly one, else Fn::Sub, and a plain text where none is left.
func (b *builder) sub(s blueprint.Sub) *doc.Node {
	if !strings.Contains(string(s), "${") {
		return b.text(string(s))
	}
	parts := s.Parts()
	if len(parts) == 1 && isList(b.inline[parts[0].Name]) && parts[0].Attr == "" {
		n := b.node(doc.List)
		for item := range strings.SplitSeq(b.inline[parts[0].Name].Value, ",") {
			n.Items = append(n.Items, b.text(strings.TrimSpace(item)))
		}
		return n
	}
	parts = b.settle(parts)
	switch {
	case len(parts) == 0:
		return b.text("")
	case len(parts) > 1:
		return b.mixture(parts)
	case parts[0].Name == "":
		return b.text(parts[0].Text)
	case parts[0].Attr == "":
		return b.tagged("!Ref", parts[0].Name)
	default:
		return b.tagged("!GetAtt", parts[0].Name+"."+parts[0].Attr)
	}
}

// isList reports whether a parameter is a list, as its type says.
func isList(p *blueprint.Parameter) bool {
	return p != nil && (p.Type == "CommaDelimitedList" || strings.HasPrefix(p.Type, "List<"))
}

// settle puts the values of inline parameters in their place, and joins the
// texts that then stand side by side.
func (b *builder) settle(parts []blueprint.Part) []blueprint.Part {
	out := parts[:0]
	for _, p := range parts {
		if q := b.inline[p.Name]; q != nil && p.Attr == "" {
			p = blueprint.Part{Text: q.Value}
		}
		switch n := len(out); {
		case p.Name == "" && p.Text == "":
		case p.Name == "" && n > 0 && out[n-1].Name == "":
			out[n-1].Text += p.Text
		default:
			out = append(out, p)
		}
	}
	return out
}

// mixture is Fn::Sub. "${" in the text is written "${!", as in "${!IMAGE%%/*}",
// which holds up to the next "}"
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html).
// That says nothing of a "${" that ends nowhere, in which another stands, or
// that begins with "!"; there a variable gives the dollar sign.
func (b *builder) mixture(parts []blueprint.Part) *doc.Node {
	var t strings.Builder
	dollar := ""
	for _, p := range parts {
		if p.Name != "" {
			t.WriteString(p.String())
			continue
		}
		rest := p.Text
		for {
			before, after, ok := strings.Cut(rest, "${")
			t.WriteString(before)
			if !ok {
				break
			}
			inner, _, closed := strings.Cut(after, "}")
			if closed && inner != "" && inner[0] != '!' && !strings.Contains(inner, "${") {
				t.WriteString("${!")
			} else {
				if dollar == "" {
					dollar = unused("Dollar", parts)
				}
				t.WriteString("${" + dollar + "}{")
			}
			rest = after
		}
	}
	if dollar == "" {
		return b.tagged("!Sub", t.String())
	}
	n := b.node(doc.List)
	n.Tag = "!Sub"
	vars := b.node(doc.Map)
	b.set(vars, dollar, "$")
	n.Items = append(n.Items, b.text(t.String()), vars)
	return n
}

// unused returns a name for a variable that nothing has that parts refer to.
func unused(name string, parts []blueprint.Part) string {
	for _, p := range parts {
		if p.Name == name {
			return unused(name+"Sign", parts)
		}
	}
	return name
}
