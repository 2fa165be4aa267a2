package yaml

import (
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
	deepest  int  // depth of the deepest node since it was last reset
	flow     bool // inside brackets or braces
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
	r.flow = false
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
	flow := r.flow
	r.flow = flow || n.Style&goyaml.FlowStyle != 0
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
	r.flow = flow
	if err != nil {
		return nil, err
	}
	out.Lead = max(int32(out.Span.Start-start), 0)
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
