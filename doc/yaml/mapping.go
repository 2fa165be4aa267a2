package yaml

import (
	"fmt"

	goyaml "go.yaml.in/yaml/v4"

	"penstock/diag"
	"penstock/doc"
	"penstock/doc/internal/intake"
	"penstock/source"
)

func (r *reader) mapping(out *doc.Node, n *goyaml.Node, start, at int) error {
	i := r.text.space(at)
	if at == start {
		i = start
	}
	out.Style = doc.Block
	pair := false // the one pair of [key: value]
	if n.Style&goyaml.FlowStyle != 0 {
		out.Style = doc.Flow
		pair = r.text.at(i) != '{'
	}
	if !pair && out.Style == doc.Flow {
		r.end = i + 1
	}
	if len(n.Content)%2 != 0 {
		return r.lost(i)
	}
	var merges []*doc.Node
	if len(n.Content) > 0 {
		out.Fields = make([]doc.Field, 0, len(n.Content)/2)
	}
	for j := 0; j < len(n.Content); j += 2 {
		kn, vn := n.Content[j], n.Content[j+1]
		if kn.Kind == goyaml.SequenceNode || kn.Kind == goyaml.MappingNode ||
			kn.Kind == goyaml.AliasNode && kn.Alias != nil && kn.Alias.Kind != goyaml.ScalarNode {
			p := r.text.offset(kn.Line, kn.Column)
			return &doc.Error{
				At:      source.Span{File: r.file, Start: p, End: p},
				Message: "a key is a list or a map",
				Fix:     "keys are text; a value that begins with { or [ takes quotes if it is text",
			}
		}
		k, err := r.node(kn, true)
		if err != nil {
			return err
		}
		v, err := r.node(vn, false)
		if err != nil {
			return err
		}
		if k.Text == "<<" && k.Style == doc.Plain && mergeable(v) {
			merges = append(merges, v)
			r.mergeFinding(k)
			continue
		}
		out.Fields = append(out.Fields, doc.Field{Key: k, Value: v})
	}
	r.findings = intake.Duplicates(r.findings, out)
	r.merge(out, merges)
	if pair {
		out.Span = source.Span{File: r.file, Start: i, End: max(i, r.end)}
		return nil
	}
	return r.close(out, i, '}')
}

// mergeable reports whether v may stand after <<: a map, or a list of maps.
func mergeable(v *doc.Node) bool {
	if v.Kind == doc.Map {
		return true
	}
	for _, it := range v.Items {
		if it.Kind != doc.Map {
			return false
		}
	}
	return v.Kind == doc.List && len(v.Items) > 0
}

// merge adds the fields of the merged maps that out does not have; the
// earlier map wins. https://yaml.org/type/merge.html
func (r *reader) merge(out *doc.Node, merges []*doc.Node) {
	if len(merges) == 0 {
		return
	}
	have := make(map[string]bool, len(out.Fields))
	for _, f := range out.Fields {
		have[f.Key.Text] = true
	}
	for _, v := range merges {
		for m := range v.Elems() {
			for _, f := range m.Fields {
				if !have[f.Key.Text] {
					have[f.Key.Text] = true
					out.Fields = append(out.Fields, f)
				}
			}
		}
	}
}

func (r *reader) mergeFinding(k *doc.Node) {
	if r.merged {
		return
	}
	r.merged = true
	r.findings = append(r.findings, diag.Finding{
		Code:      intake.MergeKey,
		At:        k.Span,
		Message:   "the merge key << is expanded here, but CloudFormation refuses it in a template",
		Severity:  diag.Info,
		Certainty: diag.Proved,
	})
}

// alias makes a node of the kind and the content of what n names.
func (r *reader) alias(n *goyaml.Node, start int) (*doc.Node, error) {
	end := start + 1 + len(n.Value)
	if r.text.at(start) != '*' || end > len(r.text.data) || string(r.text.data[start+1:end]) != n.Value {
		return nil, r.lost(start)
	}
	span := source.Span{File: r.file, Start: start, End: end}
	target, ok := r.anchors[n.Alias]
	if !ok {
		return nil, &doc.Error{
			At:      span,
			Message: fmt.Sprintf("alias *%s stands inside the value that it names", n.Value),
			Fix:     "a value cannot contain itself",
		}
	}
	r.count += target.size - 1
	r.expanded += target.size
	if r.expanded > maxExpanded {
		return nil, &doc.Error{
			At:      span,
			Message: fmt.Sprintf("alias *%s brings the nodes that aliases add to more than %d", n.Value, maxExpanded),
			Fix:     "write the values out, or nest aliases less",
		}
	}
	r.deepest = max(r.deepest, r.depth+target.height)
	if r.depth+target.height > intake.MaxDepth {
		return nil, intake.TooDeep(span)
	}
	if !r.aliased {
		r.aliased = true
		r.findings = append(r.findings, diag.Finding{
			Code:      intake.AliasUsed,
			At:        span,
			Message:   fmt.Sprintf("alias *%s is expanded here, but CloudFormation refuses aliases in a template", n.Value),
			Severity:  diag.Info,
			Certainty: diag.Proved,
			Related:   []diag.Note{{At: target.node.Outer(), Message: "what it names"}},
		})
	}
	out := r.nodes.New()
	*out = *target.node
	out.Style, out.Span, out.Lead = doc.Alias, span, 0
	out.Via = []source.Span{target.node.Span}
	r.end = end
	return out, nil
}
