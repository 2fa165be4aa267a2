package tf

import (
	"slices"
	"strings"

	"penstock/diag"
	"penstock/doc"
)

// mergePart puts what a part says into the resource that it is a part of.
func (m *Module) mergePart(r *resource) {
	into := r.main.props
	if r.opaque {
		unknown := &doc.Node{Kind: doc.Unknown, Text: r.addr(), Span: m.span(r.block.Range())}
		if r.part.Each == "" {
			put(into, "Terraform::"+r.typ, unknown)
			return
		}
		list := into.Get(r.part.Each)
		if list == nil {
			list = &doc.Node{Kind: doc.List, Style: doc.Block, Span: m.span(r.block.Range())}
			put(into, r.part.Each, list)
		}
		list.Items = append(list.Items, unknown)
		return
	}
	rd := &reading{m: m, c: &scope{region: r.region}, marks: map[any]bool{}, root: r.main.props}
	for _, name := range append(copied(r.part), r.part.Link) {
		if a := r.block.Body.Attributes[name]; a != nil {
			rd.marks[a] = true
		}
	}
	if r.part.Each != "" {
		list := into.Get(r.part.Each)
		if list == nil {
			list = &doc.Node{Kind: doc.List, Style: doc.Block, Span: m.span(r.block.Range())}
			put(into, r.part.Each, list)
		}
		item := &doc.Node{Kind: doc.Map, Span: m.span(r.block.Range())}
		if len(r.part.Args) == 1 && r.part.Args[0].Prop == nil {
			if a := r.block.Body.Attributes[r.part.Args[0].Name[0]]; a != nil {
				rd.marks[a] = true
				item = m.node(a.Expr, rd.c)
			}
		} else {
			rd.args(r.part.Args, r.block.Body, item)
		}
		list.Items = append(list.Items, item)
	} else {
		rd.args(r.part.Args, r.block.Body, into)
	}
	rd.rest(r, r.part.Skip)
	if r.part.Each != "" {
		return
	}
	for _, o := range r.main.parts {
		if o != r && o.part == r.part && o.block.Range().Start.Byte < r.block.Range().Start.Byte {
			m.find(CodeValue, m.span(r.block.DefRange()), diag.Error, "%s says again what %s says of %s", r.addr(), o.addr(), r.main.addr())
			put(r.main.props, "Terraform::"+r.typ, &doc.Node{Kind: doc.Unknown, Text: r.addr(), Span: m.span(r.block.Range())})
			return
		}
	}
}

func copied(p *Part) []string {
	var out []string
	for _, c := range p.Copies {
		out = append(out, c.Name[0])
	}
	return out
}

// defaults says what a list means of which there is no item, or the one that
// CloudFormation makes by itself.
func (m *Module) defaults(r *resource) {
	if r.m == nil {
		return
	}
	for _, p := range r.m.Parts {
		list := r.props.Get(p.Each)
		switch {
		case p.Absent != nil && list != nil && len(list.Items) == 1 && isItem(list.Items[0], p.Absent):
			r.props.Fields = slices.DeleteFunc(r.props.Fields, func(f doc.Field) bool { return f.Name() == p.Each })
		case p.Empty != nil && list == nil:
			at := m.span(r.block.DefRange())
			if slices.ContainsFunc(r.props.Fields, func(f doc.Field) bool { return strings.HasPrefix(f.Name(), "Terraform::") }) || m.unreadAbout(r) {
				put(r.props, p.Each, &doc.Node{Kind: doc.Unknown, Text: p.Each + " of " + r.addr(), Span: at})
				continue
			}
			item := &doc.Node{Kind: doc.Map, Span: at}
			for _, kv := range p.Empty {
				put(item, kv[0], str(at, kv[1]))
			}
			put(r.props, p.Each, &doc.Node{Kind: doc.List, Items: []*doc.Node{item}, Span: at})
		}
	}
}

// unreadAbout reports whether a resource that is not read refers to r, and so
// may say more of it.
func (m *Module) unreadAbout(r *resource) bool {
	return slices.ContainsFunc(m.res, func(o *resource) bool {
		return o.main == nil && (o.opaque || o.m == nil) && slices.Contains(o.refs, r)
	})
}

func isItem(n *doc.Node, want [][2]string) bool {
	for _, kv := range want {
		if v := n.Get(kv[0]); v == nil || v.Tag != "" || v.Str() != kv[1] {
			return false
		}
	}
	return len(n.Fields) == len(want)
}
