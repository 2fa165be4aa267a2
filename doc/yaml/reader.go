package yaml

import (
	"fmt"
	"strings"

	goyaml "go.yaml.in/yaml/v4"

	"penstock/diag"
	"penstock/doc"
	"penstock/doc/internal/intake"
	"penstock/source"
)

// maxExpanded bounds how many nodes aliases may add to a document.
const maxExpanded = 200_000

// reader turns the parser's nodes into ours. The parser says where a node
// starts; where it ends is found by walking the text along with the nodes.
type reader struct {
	file *source.File
	text *text
	end  int // where the last token that was walked over ends

	nodes    intake.Nodes
	findings []diag.Finding
	aliased  bool // a finding about aliases has been made; likewise:
	merged   bool

	count    int // nodes so far, aliases expanded
	expanded int // of which by aliases
	depth    int
	deepest  int // depth of the deepest node since it was last reset
	anchors  map[*goyaml.Node]anchor
}

// anchor is a node that aliases may name.
type anchor struct {
	node   *doc.Node
	size   int // nodes in it
	height int // levels in it
}

func (r *reader) document(n *goyaml.Node) (*doc.Node, error) {
	r.anchors, r.count, r.expanded, r.depth = nil, 0, 0, 0
	r.aliased, r.merged = false, false
	if len(n.Content) != 1 {
		return nil, r.lost(r.end)
	}
	return r.node(n.Content[0], false)
}

// lost is the error for a text that does not read as the parser says.
func (r *reader) lost(at int) error {
	return &doc.Error{
		At:      source.Span{File: r.file, Start: at, End: at},
		Message: "cannot tell where the value here begins and ends",
		Fix:     "write it on one line or in quotes",
	}
}

func (r *reader) node(n *goyaml.Node, key bool) (*doc.Node, error) {
	r.count++
	r.depth++
	r.deepest = max(r.deepest, r.depth)
	defer func() { r.depth-- }()
	start := r.text.offset(n.Line, n.Column)
	if r.depth > intake.MaxDepth {
		return nil, intake.TooDeep(source.Span{File: r.file, Start: start, End: start})
	}
	if n.Kind == goyaml.AliasNode {
		return r.alias(n, start)
	}
	count, deepest := r.count, r.deepest
	r.deepest = r.depth
	out, err := r.plainOrNot(n, start, key)
	if err != nil {
		return nil, err
	}
	if n.Anchor != "" {
		if r.anchors == nil {
			r.anchors = map[*goyaml.Node]anchor{}
		}
		r.anchors[n] = anchor{node: out, size: r.count - count + 1, height: r.deepest - r.depth}
	}
	r.deepest = max(r.deepest, deepest)
	return out, nil
}

// plainOrNot reads a node that is no alias.
func (r *reader) plainOrNot(n *goyaml.Node, start int, key bool) (*doc.Node, error) {
	at, err := r.props(n, start)
	if err != nil {
		return nil, err
	}
	out := r.nodes.New()
	out.Tag = tagOf(n)
	switch n.Kind {
	case goyaml.ScalarNode:
		err = r.scalar(out, n, start, at, key)
	case goyaml.SequenceNode:
		out.Kind = doc.List
		err = r.list(out, n, at)
	case goyaml.MappingNode:
		out.Kind = doc.Map
		err = r.mapping(out, n, start, at)
	default:
		err = r.lost(start)
	}
	if err != nil {
		return nil, err
	}
	out.Lead = int32(out.Span.Start - start)
	if out.Lead < 0 {
		out.Lead = 0
	}
	r.end = out.Span.End
	return out, nil
}

// tagOf returns the tag that the user wrote, unless it is a core tag that is
// obeyed here.
func tagOf(n *goyaml.Node) string {
	if n.Style&goyaml.TaggedStyle == 0 {
		return ""
	}
	switch n.Tag {
	case "!!str", "!!int", "!!float", "!!bool", "!!null", "!!map", "!!seq", "!!merge":
		return ""
	}
	return n.Tag
}

// props walks over the tag and the anchor of n, which begin at i, and returns
// where they end. No value begins with ! or &, so that whatever does is one of
// the two; only a block map may instead begin with those of its first key, and
// there the parser's node says which it has.
func (r *reader) props(n *goyaml.Node, i int) (int, error) {
	tag := n.Style&goyaml.TaggedStyle != 0 || n.Tag == "!"
	anchor := n.Anchor != ""
	if n.Kind != goyaml.MappingNode || n.Style&goyaml.FlowStyle != 0 {
		tag = true
	}
	end := i
	for next := i; tag || anchor; next = r.text.space(end) {
		switch c := r.text.at(next); {
		case tag && c == '!':
			end, tag = r.text.tag(next), false
		case anchor && c == '&':
			end, anchor = next+1+len(n.Anchor), false
			if end > len(r.text.data) || string(r.text.data[next+1:end]) != n.Anchor {
				return 0, r.lost(next)
			}
		case anchor || n.Style&goyaml.TaggedStyle != 0 && tag:
			return 0, r.lost(next)
		default:
			return end, nil
		}
	}
	return end, nil
}

// scalar fills out from n, whose tag and anchor, if any, stand from start to at.
func (r *reader) scalar(out *doc.Node, n *goyaml.Node, start, at int, key bool) error {
	const quoted = goyaml.DoubleQuotedStyle | goyaml.SingleQuotedStyle | goyaml.LiteralStyle | goyaml.FoldedStyle
	out.Kind, out.Text = doc.String, n.Value
	out.Span.File = r.file
	if n.Style&quoted == 0 && n.Value == "" {
		r.absent(out, start, at, key)
		if key || n.Tag == "!!str" {
			out.Kind = doc.String
		}
		return nil
	}
	i := r.text.space(at)
	var end int
	var ok bool
	switch n.Style & quoted {
	case goyaml.DoubleQuotedStyle:
		out.Style = doc.Double
		end, ok = r.text.double(i)
	case goyaml.SingleQuotedStyle:
		out.Style = doc.Single
		end, ok = r.text.single(i)
	case goyaml.LiteralStyle:
		out.Style = doc.Literal
		end, ok = r.text.block(i, n.Value, true)
	case goyaml.FoldedStyle:
		out.Style = doc.Folded
		end, ok = r.text.block(i, n.Value, false)
	default:
		end, ok = r.text.plain(i, n.Value)
	}
	if !ok {
		return r.lost(i)
	}
	out.Span.Start, out.Span.End = i, end
	if strings.IndexByte(out.Text, 0) >= 0 {
		out.Text = strings.ReplaceAll(out.Text, "\x00", "\ufffd")
		r.findings = append(r.findings, intake.Nul(out.Span))
	}
	if !key {
		r.resolve(out, n, start, at)
	}
	return nil
}

// resolve gives a scalar with a text its kind. Its tag and its anchor, if any,
// stand from start to at. A template function takes its text as it is.
func (r *reader) resolve(out *doc.Node, n *goyaml.Node, start, at int) {
	if n.Style&goyaml.TaggedStyle != 0 {
		switch n.Tag {
		case "!!int", "!!float":
			out.Kind = doc.Number
		case "!!null":
			out.Kind, out.Text = doc.Null, ""
		case "!!bool":
			out.Kind, out.Text = plainKind(n.Value)
		}
		return
	}
	if out.Style != doc.Plain {
		return
	}
	for _, prop := range strings.Fields(string(r.text.data[start:at])) {
		if prop[0] == '!' {
			return // the tag "!" makes it a string; the parser has resolved it away
		}
	}
	out.Kind, out.Text = plainKind(n.Value)
	switch {
	case out.Kind == doc.Bool && isWord(n.Value):
		r.findings = append(r.findings, diag.Finding{
			Code:      intake.WordBoolean,
			At:        out.Span,
			Message:   fmt.Sprintf("bare %s is the boolean %s in YAML 1.1, which CloudFormation reads", n.Value, out.Text),
			Severity:  diag.Info,
			Certainty: diag.Likely,
			Fixes: []diag.Fix{{
				Message: fmt.Sprintf("quote %q to make it a string", n.Value),
				Edits:   []diag.Edit{{Span: out.Span, New: `"` + n.Value + `"`}},
			}},
		})
	case out.Kind == doc.Number || out.Kind == doc.String:
		if base, ok := odd(n.Value); ok {
			r.findings = append(r.findings, diag.Finding{
				Code:      intake.OddNumber,
				At:        out.Span,
				Message:   fmt.Sprintf("bare %s is a number in base %s in YAML 1.1, which CloudFormation reads", n.Value, strings.TrimPrefix(strings.Replace(base, "octal", "8", 1), "base-")),
				Severity:  diag.Warning,
				Certainty: diag.Likely,
				Fixes: []diag.Fix{{
					Message: fmt.Sprintf("quote %q to make it a string", n.Value),
					Edits:   []diag.Edit{{Span: out.Span, New: `"` + n.Value + `"`}},
				}},
			})
		}
	}
}

// absent places a null that is not written: after its tag or anchor, else
// after the colon or the dash before it.
func (r *reader) absent(out *doc.Node, start, at int, key bool) {
	out.Kind = doc.Null
	if at > start {
		out.Span.Start, out.Span.End = at, at
		return
	}
	pos := r.end
	if i := r.text.space(pos); !key && r.text.at(i) == ':' && i <= start {
		pos = i + 1
	} else if !r.after(start) {
		pos = max(pos, min(start, len(r.text.data)))
	}
	out.Span.Start, out.Span.End = pos, pos
}

// after reports whether only blanks and comments lie between the last token
// and i, so that a null placed at i belongs right after that token.
func (r *reader) after(i int) bool {
	return r.text.space(r.end) >= i
}

func (r *reader) list(out *doc.Node, n *goyaml.Node, at int) error {
	i := r.text.space(at)
	out.Style = doc.Block
	if n.Style&goyaml.FlowStyle != 0 {
		out.Style = doc.Flow
	}
	if c := r.text.at(i); c != '[' && out.Style == doc.Flow || c != '-' && out.Style == doc.Block {
		return r.lost(i)
	}
	r.end = i + 1
	if len(n.Content) > 0 {
		out.Items = make([]*doc.Node, 0, len(n.Content))
	}
	for _, c := range n.Content {
		it, err := r.node(c, false)
		if err != nil {
			return err
		}
		out.Items = append(out.Items, it)
	}
	return r.close(out, i, ']')
}

// close ends a collection: a flow one after its bracket, a block one with its
// last child.
func (r *reader) close(out *doc.Node, start int, bracket byte) error {
	end := r.end
	if out.Style == doc.Flow {
		end = r.text.space(end)
		if r.text.at(end) == ',' {
			end = r.text.space(end + 1)
		}
		if r.text.at(end) != bracket {
			return r.lost(end)
		}
		end++
	}
	out.Span = source.Span{File: r.file, Start: start, End: end}
	return nil
}
