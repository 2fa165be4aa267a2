// Package emit writes blueprints as CloudFormation: a stack as the YAML that a
// person would write, with its comments, or as the tree that a reader would
// make of that YAML; a set of stacks as the stacks file beside the templates.
//
// Both forms come from one tree, so that what is proved about the one holds of
// the other: reading Template gives Node, spans aside.
//
// The YAML means the same in YAML 1.1, which CloudFormation reads
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html),
// and in 1.2, which most other readers do. A text is quoted where either would
// take it for something else. Text that YAML cannot hold (bytes that are no
// UTF-8, and NUL, which package doc keeps for itself) becomes U+FFFD in both
// forms.
//
// The package decides nothing: what a stack says is written, right or wrong.
package emit

import (
	"bytes"
	"slices"
	"strings"

	"penstock/blueprint"
	"penstock/doc"
	"penstock/iac/cfn"
	"penstock/source"
)

// Options say which form is wanted.
type Options struct {
	// Parameters writes parameters that are inline as parameters, with their
	// value as the default: for those who deploy templates with tools of
	// their own. Else their value stands in their place.
	Parameters bool
}

// FileName is the name of a stack's template.
func FileName(st *blueprint.Stack) string { return st.Name + ".yaml" }

// Template writes a stack as a CloudFormation template in YAML. A parameter
// that nothing refers to is left out.
func Template(st *blueprint.Stack, opt Options) []byte {
	b := newBuilder(st, opt, nil)
	b.notes = map[*doc.Node]string{}
	w := &writer{notes: b.notes}
	head := b.head()
	w.fields(head.Fields, 0)
	if ps := b.parameters(); len(ps.Fields) > 0 {
		w.line("")
		w.field(doc.Field{Key: b.key("Parameters"), Value: ps}, 0)
	}
	w.line("")
	w.resources(b, st.Resources)
	if outs := b.outputs(); len(outs.Fields) > 0 {
		w.line("")
		w.field(doc.Field{Key: b.key("Outputs"), Value: outs}, 0)
	}
	return w.buf
}

// resources writes the section, a blank line between two of them.
func (w *writer) resources(b *builder, rs []*blueprint.Resource) {
	if len(rs) == 0 {
		w.line("Resources: {}")
		return
	}
	w.line("Resources:")
	for i, r := range rs {
		if i > 0 && r.Section == "" {
			w.line("")
		}
		if r.Section != "" {
			if i > 0 {
				w.line("")
			}
			w.rule(r.Section, 2)
			w.line("")
		}
		w.comment(r.Comment, 2)
		w.field(doc.Field{Key: b.key(r.ID), Value: b.resource(r)}, 2)
	}
}

// Node returns the tree that reading Template would give, for cfn.Stack. Its
// spans are places of a file without text, one for each node, so that two
// nodes are never taken for one.
func Node(st *blueprint.Stack, opt Options) *doc.Node {
	f := &source.File{Name: FileName(st)}
	b := newBuilder(st, opt, f)
	root := b.head()
	add := func(key string, value *doc.Node) {
		root.Fields = append(root.Fields, doc.Field{Key: b.key(key), Value: value})
	}
	if ps := b.parameters(); len(ps.Fields) > 0 {
		add("Parameters", ps)
	}
	res := b.node(doc.Map)
	res.Fields = make([]doc.Field, 0, len(st.Resources))
	for _, r := range st.Resources {
		res.Fields = append(res.Fields, doc.Field{Key: b.key(r.ID), Value: b.resource(r)})
	}
	add("Resources", res)
	if outs := b.outputs(); len(outs.Fields) > 0 {
		add("Outputs", outs)
	}
	f.Data = bytes.Repeat([]byte{'\n'}, b.count)
	return root
}

// Stack makes the input of cfn.Load for a stack that is written nowhere: its
// tree, and the parameters that the stacks file would give.
func Stack(st *blueprint.Stack, opt Options) cfn.Stack {
	out := cfn.Stack{
		Name: st.Name, Account: st.Account, Region: st.Region,
		Template: FileName(st), Root: Node(st, opt), Exists: st.Exists,
	}
	for _, p := range given(st, opt) {
		q := cfn.Parameter{Name: p.Name, Stack: p.From, Output: p.Output}
		if p.From == "" {
			q.Value = &doc.Node{Kind: doc.String, Text: clean(p.Value)}
		}
		out.Parameters = append(out.Parameters, q)
	}
	return out
}

// Parameters returns the parameters that the template of a stack declares:
// those that something refers to and that are not inline.
func Parameters(st *blueprint.Stack, opt Options) []*blueprint.Parameter {
	used := map[string]bool{}
	look := func(v any) {
		if s, ok := v.(blueprint.Sub); ok && strings.Contains(string(s), "${") {
			for _, p := range s.Parts() {
				used[p.Name] = true
			}
		}
	}
	for _, r := range st.Resources {
		for v := range blueprint.Values(r.Props) {
			look(v)
		}
	}
	for _, o := range st.Outputs {
		look(o.Value)
	}
	return slices.DeleteFunc(slices.Clone(st.Parameters), func(p *blueprint.Parameter) bool {
		return !used[p.Name] || p.Inline && !opt.Parameters
	})
}

// given returns the parameters to which the stacks file gives a value.
func given(st *blueprint.Stack, opt Options) []*blueprint.Parameter {
	return slices.DeleteFunc(Parameters(st, opt), func(p *blueprint.Parameter) bool {
		return p.From == "" && (p.Value == "" || p.Value == defaultOf(p))
	})
}

// defaultOf is the default of a parameter: of an inline one, its value.
func defaultOf(p *blueprint.Parameter) string {
	if p.Default == "" && p.Inline {
		return p.Value
	}
	return p.Default
}
