package emit

import (
	"fmt"
	"strconv"
	"strings"

	"penstock/blueprint"
	"penstock/doc"
	"penstock/source"
)

// A builder makes the tree of a template from a stack.
type builder struct {
	st     *blueprint.Stack
	opt    Options
	inline map[string]*blueprint.Parameter // whose values stand in their place
	// notes holds the comments, by the key or the item that they stand above;
	// nil where none are wanted.
	notes map[*doc.Node]string
	file  *source.File // of the spans; nil for none
	count int
	slab  []doc.Node
}

func newBuilder(st *blueprint.Stack, opt Options, f *source.File) *builder {
	b := &builder{st: st, opt: opt, file: f, inline: map[string]*blueprint.Parameter{}}
	if !opt.Parameters {
		for _, p := range st.Parameters {
			if p.Inline {
				b.inline[p.Name] = p
			}
		}
	}
	return b
}

// node makes a node with a place of its own.
func (b *builder) node(k doc.Kind) *doc.Node {
	if len(b.slab) == 0 {
		b.slab = make([]doc.Node, 128)
	}
	n := &b.slab[0]
	b.slab = b.slab[1:]
	n.Kind = k
	if b.file != nil {
		n.Span = source.Span{File: b.file, Start: b.count, End: b.count}
	}
	b.count++
	return n
}

func (b *builder) text(s string) *doc.Node {
	n := b.node(doc.String)
	n.Text = clean(s)
	return n
}

// tagged is a function in its short form.
func (b *builder) tagged(tag, s string) *doc.Node {
	n := b.text(s)
	n.Tag = tag
	return n
}

func (b *builder) key(s string) *doc.Node { return b.text(s) }

func (b *builder) note(n *doc.Node, comment string) {
	if b.notes != nil && comment != "" {
		b.notes[n] = comment
	}
}

// set adds a field; a nil value is left out.
func (b *builder) set(m *doc.Node, key string, v any) {
	if n := b.value(v); n != nil {
		m.Fields = append(m.Fields, doc.Field{Key: b.key(key), Value: n})
	}
}

// some is set for texts of which the empty one says nothing.
func (b *builder) some(m *doc.Node, key, text string) {
	if text != "" {
		b.set(m, key, text)
	}
}

// head holds what stands above the sections.
func (b *builder) head() *doc.Node {
	m := b.node(doc.Map)
	b.set(m, "AWSTemplateFormatVersion", "2010-09-09")
	b.some(m, "Description", b.st.Description)
	return m
}

func (b *builder) parameters() *doc.Node {
	all := b.node(doc.Map)
	for _, p := range Parameters(b.st, b.opt) {
		m := b.node(doc.Map)
		typ := p.Type
		if typ == "" {
			typ = "String"
		}
		b.set(m, "Type", typ)
		b.some(m, "Default", defaultOf(p))
		b.some(m, "AllowedPattern", p.Pattern)
		if len(p.Allowed) > 0 {
			b.set(m, "AllowedValues", blueprint.Strings(p.Allowed...))
		}
		if p.NoEcho {
			b.set(m, "NoEcho", true)
		}
		b.some(m, "Description", p.Description)
		all.Fields = append(all.Fields, doc.Field{Key: b.key(p.Name), Value: m})
	}
	return all
}

func (b *builder) resource(r *blueprint.Resource) *doc.Node {
	m := b.node(doc.Map)
	b.set(m, "Type", r.Type)
	if len(r.DependsOn) == 1 {
		b.set(m, "DependsOn", r.DependsOn[0])
	} else if len(r.DependsOn) > 1 {
		b.set(m, "DependsOn", blueprint.Strings(r.DependsOn...))
	}
	if r.Retain {
		b.set(m, "DeletionPolicy", "Retain")
		b.set(m, "UpdateReplacePolicy", "Retain")
	}
	if len(r.Props) > 0 {
		b.set(m, "Properties", r.Props)
	}
	return m
}

func (b *builder) outputs() *doc.Node {
	all := b.node(doc.Map)
	for _, o := range b.st.Outputs {
		m := b.node(doc.Map)
		b.some(m, "Description", o.Description)
		b.set(m, "Value", o.Value)
		all.Fields = append(all.Fields, doc.Field{Key: b.key(o.Name), Value: m})
	}
	return all
}

// value makes the tree of a value; nil for one that is left out.
func (b *builder) value(v any) *doc.Node {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return b.text(v)
	case blueprint.Sub:
		return b.sub(v)
	case bool:
		n := b.node(doc.Bool)
		n.Text = strconv.FormatBool(v)
		return n
	case int:
		n := b.node(doc.Number)
		n.Text = strconv.Itoa(v)
		return n
	case blueprint.List:
		n := b.node(doc.List)
		for _, e := range v {
			if it := b.value(e); it != nil {
				n.Items = append(n.Items, it)
			}
		}
		return n
	case blueprint.Map:
		n := b.node(doc.Map)
		n.Fields = make([]doc.Field, 0, len(v))
		for _, f := range v {
			if val := b.value(f.Value); val != nil {
				k := b.key(f.Key)
				b.note(k, f.Comment)
				n.Fields = append(n.Fields, doc.Field{Key: k, Value: val})
			}
		}
		return n
	case *blueprint.Policy:
		if v == nil {
			return nil
		}
		n := b.value(v.Map())
		for i, it := range n.Get("Statement").Items {
			b.note(it, v.Statements[i].Comment)
		}
		return n
	default:
		panic(fmt.Sprintf("emit: a %T in a blueprint", v))
	}
}

// clean is a text as a document can hold it.
func clean(s string) string {
	for i := range len(s) {
		if s[i] == 0 || s[i] >= 0x80 {
			return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
		}
	}
	return s
}
