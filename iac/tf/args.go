package tf

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"penstock/diag"
	"penstock/doc"
)

// A reading reads the body of one resource by a mapping.
type reading struct {
	m     *Module
	c     *scope
	marks map[any]bool // attributes and blocks that were read
	root  *doc.Node    // properties of the resource
}

// args reads arguments into a map of properties.
func (rd *reading) args(args []*Arg, body *hclsyntax.Body, into *doc.Node) {
	for i, a := range args {
		in := body
		for _, name := range a.Name[:len(a.Name)-1] {
			in = rd.inner(in, name)
			if in == nil {
				break
			}
		}
		last := a.Name[len(a.Name)-1]
		if a.Implied != "" {
			if in != nil && has(in, last) {
				rd.set(into, a.Prop, str(rd.m.span(body.SrcRange), a.Implied))
			}
			continue
		}
		if a.Absent != "" && (in == nil || in.Attributes[last] == nil) {
			rd.set(into, a.Prop, str(rd.m.span(body.SrcRange), a.Absent))
		}
		if in == nil {
			continue
		}
		if a.Shape == Block || a.Shape == Blocks {
			rd.blocks(a, in, last, into)
			continue
		}
		attr := in.Attributes[last]
		if attr == nil || rd.marks[attr] {
			continue
		}
		if a.Shape == JSON && !isJSON(attr.Expr) && slices.ContainsFunc(args[i+1:], func(o *Arg) bool {
			return strings.Join(o.Name, ".") == strings.Join(a.Name, ".")
		}) {
			continue // said as a text, for which there is another property
		}
		rd.marks[attr] = true
		rd.arg(a, attr, into)
	}
}

// inner returns the body of the one block with a name, nil where there is none
// or more than one.
func (rd *reading) inner(b *hclsyntax.Body, name string) *hclsyntax.Body {
	var found *hclsyntax.Block
	for _, n := range b.Blocks {
		if n.Type != name {
			continue
		}
		if found != nil {
			return nil // rest reports both
		}
		found = n
	}
	if found == nil {
		return nil
	}
	rd.marks[found] = true
	return found.Body
}

func (rd *reading) blocks(a *Arg, in *hclsyntax.Body, name string, into *doc.Node) {
	var list *doc.Node
	for _, n := range in.Blocks {
		if n.Type != name || rd.marks[n] || a.With != "" && !has(n.Body, a.With) || a.Without != "" && has(n.Body, a.Without) {
			continue
		}
		rd.marks[n] = true
		at := rd.m.span(n.Range())
		item := &doc.Node{Kind: doc.Map, Span: at}
		rd.args(a.Args, n.Body, item)
		rd.left(n.Body, a.Skip, rd.m.span(n.DefRange()).Text())
		if a.Shape == Block {
			rd.set(into, a.Prop, item)
			return
		}
		if list == nil {
			list = &doc.Node{Kind: doc.List, Style: doc.Block, Span: at}
			rd.set(into, a.Prop, list)
		}
		list.Items = append(list.Items, item)
	}
}

func has(b *hclsyntax.Body, name string) bool {
	return b.Attributes[name] != nil || slices.ContainsFunc(b.Blocks, func(n *hclsyntax.Block) bool { return n.Type == name })
}

func isJSON(e hclsyntax.Expression) bool {
	c, ok := e.(*hclsyntax.FunctionCallExpr)
	return ok && c.Name == "jsonencode"
}

// arg reads one argument.
func (rd *reading) arg(a *Arg, attr *hclsyntax.Attribute, into *doc.Node) {
	m, at := rd.m, rd.m.span(attr.Expr.Range())
	if a.IsConst {
		if m.plain(attr.Expr) != a.Const {
			rd.gap(attr, "argument %s is not %q", attr.Name, a.Const)
		}
		return
	}
	if a.Shape == Zip {
		if n := rd.zip(attr); n != nil {
			rd.set(into, a.Prop, n)
		}
		return
	}
	if a.Shape == JSON || a.Shape == JSONText || a.Shape == Camel {
		v := m.eval(attr.Expr, rd.c)
		n := m.tree(v, at)
		if !v.json && v.node == nil {
			if tree, ok := m.fromText(v.parts, at); ok && a.Shape != JSONText {
				n, v.json = tree, true
			}
		}
		if a.Shape == Camel && v.json {
			n = recase(n, title)
		}
		rd.set(into, a.Prop, n)
		return
	}
	n := m.node(attr.Expr, rd.c)
	if n.Kind == doc.Null && n.Tag == "" {
		return // null is as if it were not there
	}
	if a.HasDefault && n.Tag == "" && n.IsScalar() && n.Text == a.Default {
		return
	}
	if n.Kind == doc.Unknown || n.Tag != "" && a.Shape != First && a.Shape != Same {
		if n.Tag != "" {
			rd.gap(attr, "argument %s is a reference, and it takes a list or a map", attr.Name)
			n = &doc.Node{Kind: doc.Unknown, Text: short(at.Text()), Span: at}
		}
		rd.set(into, a.Prop, n)
		return
	}
	bad := func(want string) {
		m.find(CodeValue, at, diag.Warning, "argument %s takes %s", attr.Name, want)
		rd.set(into, a.Prop, &doc.Node{Kind: doc.Unknown, Text: short(at.Text()), Span: at})
	}
	switch a.Shape {
	case Same:
		if len(a.Words) > 0 && n.Tag == "" && n.IsScalar() {
			w, ok := a.ToCFN(n.Text)
			if !ok {
				bad("one of its words, and not " + short(n.Text))
				return
			}
			n = str(at, w)
		}
	case Pairs:
		if n.Kind != doc.Map {
			bad("a map")
			return
		}
		list := &doc.Node{Kind: doc.List, Style: doc.Flow, Span: n.Span}
		for _, f := range n.Fields {
			item := &doc.Node{Kind: doc.Map, Style: doc.Flow, Span: f.Key.Span}
			put(item, a.Key, str(f.Key.Span, f.Name()))
			put(item, a.Value, f.Value)
			list.Items = append(list.Items, item)
		}
		n = list
	case Pluck:
		if n.Kind != doc.List {
			bad("a list")
			return
		}
		list := &doc.Node{Kind: doc.List, Style: doc.Flow, Span: n.Span}
		for _, it := range n.Items {
			item := &doc.Node{Kind: doc.Map, Style: doc.Flow, Span: it.Span}
			put(item, a.Key, it)
			list.Items = append(list.Items, item)
		}
		n = list
	case First:
		n = &doc.Node{Kind: doc.List, Style: doc.Flow, Items: []*doc.Node{n}, Span: n.Span}
	case Wrap:
		if n.Kind != doc.List || len(n.Items) != 1 {
			bad("a list of one")
			return
		}
		n = n.Items[0]
	case Comma:
		if n.Kind != doc.List {
			bad("a list")
			return
		}
		join := &doc.Node{Kind: doc.List, Style: doc.Flow, Tag: "!Join", Items: []*doc.Node{str(n.Span, ","), n}, Span: n.Span}
		n = join
		if plain := allPlain(join.Items[1]); plain != nil {
			n = str(join.Span, strings.Join(plain, ","))
		}
	default:
		panic("tf: no such shape")
	}
	rd.set(into, a.Prop, n)
}

// set puts a value at a path of properties.
func (rd *reading) set(into *doc.Node, path []Step, v *doc.Node) {
	for i, s := range path {
		last := i == len(path)-1
		next := into.Get(s.Key)
		if last && s.Of == "" {
			if next == nil {
				put(into, s.Key, v)
			}
			return
		}
		if s.Of != "" {
			if next == nil {
				next = &doc.Node{Kind: doc.List, Style: doc.Block, Span: v.Span}
				put(into, s.Key, next)
			}
			var item *doc.Node
			for _, it := range next.Items {
				if s.Of == "#" || it.Get(s.Of).Str() == s.Is {
					item = it
				}
			}
			if item == nil {
				item = &doc.Node{Kind: doc.Map, Span: v.Span}
				if s.Of != "#" {
					put(item, s.Of, str(v.Span, s.Is))
				}
				next.Items = append(next.Items, item)
			}
			next = item
		} else if next == nil {
			next = &doc.Node{Kind: doc.Map, Span: v.Span}
			put(into, s.Key, next)
		}
		into = next
	}
}

// rest reports what of a resource block was not read.
func (rd *reading) rest(r *resource, skip []string) {
	rd.left(r.block.Body, append(slices.Clone(skip), meta...), r.typ)
}

// left reports what of a body was not read; below blocks that were entered as
// part of a path too.
func (rd *reading) left(b *hclsyntax.Body, skip []string, where string) {
	for _, a := range attributes(b) {
		if rd.marks[a] {
			continue
		}
		if rd.marks[a] = true; !slices.Contains(skip, a.Name) {
			rd.gap(a, "argument %s of %s", a.Name, where)
		}
	}
	for _, n := range b.Blocks {
		switch {
		case rd.marks[n]:
			rd.left(n.Body, skip, where)
		case slices.Contains(skip, n.Type), n.Type == "lifecycle", n.Type == "timeouts":
		default:
			rd.marks[n] = true
			rd.m.unread(n.DefRange(), "block %s of %s", n.Type, where)
			at := rd.m.span(n.Range())
			put(rd.root, "Terraform::"+n.Type, &doc.Node{Kind: doc.Unknown, Text: short(at.Text()), Span: at})
		}
	}
}

// gap reports an argument that is not read, and leaves it in the resource
// under its own name, so that the resource counts as not understood.
func (rd *reading) gap(a *hclsyntax.Attribute, format string, args ...any) {
	rd.m.unread(a.SrcRange, format, args...)
	at := rd.m.span(a.SrcRange)
	if key := "Terraform::" + a.Name; rd.root.Get(key) == nil {
		put(rd.root, key, &doc.Node{Kind: doc.Unknown, Text: short(at.Text()), Span: at})
	}
}
