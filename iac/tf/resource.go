package tf

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"penstock/diag"
	"penstock/doc"
)

// A resource is one resource block.
type resource struct {
	block      *hclsyntax.Block
	typ, label string
	region     string
	id         string // logical id of what it becomes, or of what it is a part of
	m          *Mapping
	part       *Part     // how it is a part of main
	main       *resource // that it is a part of
	parts      []*resource
	opaque     bool // declared in a way that is not read
	refs       []*resource
	node       *doc.Node // the entry of Resources
	props      *doc.Node
}

func (r *resource) addr() string { return r.typ + "." + r.label }

// attribute is what an attribute of a resource is, as one of c's region sees
// it.
func (m *Module) attribute(e *hclsyntax.ScopeTraversalExpr, r *resource, attr string, c *scope) val {
	at := e.Range()
	if r.main != nil || r.m == nil || r.opaque {
		// A part has no attribute of its own but those that name the main one.
		if r.main != nil && r.part != nil && attr == r.part.Link {
			return m.eval(r.block.Body.Attributes[attr].Expr, c)
		}
		return m.unknown(at, r.addr()+"."+attr)
	}
	for _, a := range r.m.Attrs {
		if a.TF != attr {
			continue
		}
		p := part{name: r.id, attr: a.CFN, suffix: a.Suffix, els: a.Else}
		if a.Sub {
			p.attr = ""
		}
		if r.region != c.region {
			return m.cross(r, attr, p, at)
		}
		return val{parts: []part{p}}
	}
	if f := m.fold(r); f != nil && r.region == c.region {
		for _, a := range f.Attrs {
			if a.TF == attr {
				return val{parts: []part{{name: r.id + f.Fold.ID, attr: a.CFN}}}
			}
		}
	}
	// An argument gives what it was given.
	if a := r.block.Body.Attributes[attr]; a != nil && r.region == c.region && !m.busy[a] {
		m.busy[a] = true
		v := m.eval(a.Expr, c)
		delete(m.busy, a)
		return v
	}
	m.unread(at, "the attribute %s of %s", attr, r.typ)
	return m.unknown(at, r.addr()+"."+attr)
}

// fold is the mapping of the type that an argument of r makes too, nil where it
// does not.
func (m *Module) fold(r *resource) *Mapping {
	if m.opt.Book == nil || r.m == nil {
		return nil
	}
	f := m.opt.Book.folds[r.typ]
	if f == nil {
		return nil
	}
	if a := r.block.Body.Attributes[f.Fold.Arg]; a == nil || m.plain(a.Expr) != "true" {
		return nil
	}
	return f
}

// cross refers to a resource of another region by an output of its template.
func (m *Module) cross(r *resource, attr string, p part, at hcl.Range) val {
	name := r.id
	for w := range strings.SplitSeq(attr, "_") {
		if w != "" {
			name += title(w)
		}
	}
	key := r.region + "\x00" + name
	if !m.crossed[key] {
		m.crossed[key] = true
		if t := m.template(r.region); t != nil {
			body := &doc.Node{Kind: doc.Map, Span: m.span(at)}
			put(body, "Value", m.text([]part{p}, m.span(at)))
			put(t.outputs, name, body)
		}
	}
	where := m.span(at)
	arg := &doc.Node{Kind: doc.Map, Style: doc.Flow, Span: where}
	put(arg, "StackName", str(where, m.StackName(r.region)))
	put(arg, "OutputName", str(where, name))
	put(arg, "Region", str(where, r.region))
	call := &doc.Node{Kind: doc.Map, Style: doc.Flow, Span: where}
	put(call, "Fn::GetStackOutput", arg)
	return val{parts: []part{{node: call}}}
}

func (m *Module) template(region string) *Template {
	for _, t := range m.templates {
		if t.Region == region {
			return t
		}
	}
	return nil
}

// build makes the templates.
func (m *Module) build() {
	regions := []string{m.region}
	for _, r := range m.res {
		r.region = m.regionOf(r.block)
		if r.region == "" {
			m.unread(r.block.DefRange(), "the region of %s", r.addr())
			r.region, r.opaque = m.region, true
		}
		if !slices.Contains(regions, r.region) {
			regions = append(regions, r.region)
		}
		m.classify(r)
	}
	slices.Sort(regions[1:])
	for _, region := range regions {
		t := &Template{Region: region, Tags: m.tags[region], resources: &doc.Node{Kind: doc.Map, Span: m.at()}, outputs: &doc.Node{Kind: doc.Map, Span: m.at()}}
		if len(m.files) > 0 {
			t.File = m.files[0]
		}
		m.templates = append(m.templates, t)
	}
	m.refer()
	m.join()
	m.identify()
	for _, r := range m.res {
		if r.main == nil {
			m.resource(r)
		}
	}
	for _, r := range m.res {
		if r.main != nil {
			m.mergePart(r)
		}
	}
	for _, r := range m.res {
		if r.main == nil {
			m.finish(r)
		}
	}
	m.output()
	params := m.parameters()
	for _, t := range m.templates {
		t.Root = &doc.Node{Kind: doc.Map, Span: m.at()}
		if len(params.Fields) > 0 {
			put(t.Root, "Parameters", params)
		}
		put(t.Root, "Resources", t.resources)
		if len(t.outputs.Fields) > 0 {
			put(t.Root, "Outputs", t.outputs)
		}
	}
}

// classify finds the mapping of a resource that is one of CloudFormation's by
// itself.
func (m *Module) classify(r *resource) {
	if r.opaque {
		return
	}
	for _, meta := range []string{"count", "for_each"} {
		if a := r.block.Body.Attributes[meta]; a != nil {
			m.unread(a.SrcRange, "%s of %s", meta, r.addr())
			r.opaque = true
		}
	}
	if r.opaque || m.opt.Book == nil {
		r.opaque = true
		return
	}
	if ms := m.opt.Book.mains[r.typ]; len(ms) > 0 {
		r.m = m.choose(r, ms)
	}
}

// choose returns the mapping that fits a resource: where several types are
// written with one, that of which the arguments are there.
func (m *Module) choose(r *resource, ms []*Mapping) *Mapping {
	for _, c := range ms[:len(ms)-1] {
		fits := true
		for name := range r.block.Body.Attributes {
			if !slices.Contains(meta, name) && !c.knows(name) {
				fits = false
			}
		}
		if fits {
			return c
		}
	}
	return ms[len(ms)-1]
}

func (m *Mapping) knows(name string) bool {
	return slices.Contains(m.Skip, name) || slices.ContainsFunc(m.Args, func(a *Arg) bool { return a.Name[0] == name })
}

// meta are the arguments that every resource takes
// (https://developer.hashicorp.com/terraform/language/meta-arguments).
var meta = []string{"provider", "depends_on", "count", "for_each", "region"}

// refer finds which resources each one refers to.
func (m *Module) refer() {
	for _, r := range m.res {
		seen := map[*resource]bool{}
		for _, t := range variables(r.block.Body) {
			if o := m.named(t); o != nil && o != r && !seen[o] {
				seen[o] = true
				r.refs = append(r.refs, o)
			}
		}
		for _, o := range m.dependsOn(r) {
			if o != r && !seen[o] {
				seen[o] = true
				r.refs = append(r.refs, o)
			}
		}
	}
}

// variables returns the references of a body.
func variables(b *hclsyntax.Body) []hcl.Traversal {
	var out []hcl.Traversal
	for _, a := range attributes(b) {
		if a.Name != "depends_on" && a.Name != "provider" {
			out = append(out, a.Expr.Variables()...)
		}
	}
	for _, n := range b.Blocks {
		out = append(out, variables(n.Body)...)
	}
	return out
}

// named is the resource that a reference begins with, through locals.
func (m *Module) named(t hcl.Traversal) *resource {
	w, _ := names(t)
	if len(w) < 2 {
		return nil
	}
	if w[0] == "local" {
		a := m.locals[w[1]]
		if a == nil || m.busy[a] {
			return nil
		}
		m.busy[a] = true
		defer delete(m.busy, a)
		for _, inner := range a.Expr.Variables() {
			if r := m.named(inner); r != nil {
				return r
			}
		}
		return nil
	}
	return m.byAddr[w[0]+"."+w[1]]
}

// dependsOn reads depends_on.
func (m *Module) dependsOn(r *resource) []*resource {
	a := r.block.Body.Attributes["depends_on"]
	if a == nil {
		return nil
	}
	var out []*resource
	tuple, ok := a.Expr.(*hclsyntax.TupleConsExpr)
	if !ok {
		return nil
	}
	for _, x := range tuple.Exprs {
		t, ok := x.(*hclsyntax.ScopeTraversalExpr)
		if !ok {
			continue
		}
		w, _ := names(t.Traversal)
		if len(w) >= 2 && w[0] == "data" || len(w) >= 1 && w[0] == "module" {
			continue
		}
		if o := m.named(t.Traversal); o != nil {
			out = append(out, o)
		} else {
			m.find(CodeRef, m.span(x.Range()), diag.Error, "depends_on names %s, which is not declared", short(m.span(x.Range()).Text()))
		}
	}
	return out
}

// waits reports whether a resource is made after another one.
func waits(r, on *resource) bool {
	seen := map[*resource]bool{}
	todo := slices.Clone(r.refs)
	for len(todo) > 0 {
		o := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if o == on {
			return true
		}
		if !seen[o] {
			seen[o] = true
			todo = append(todo, o.refs...)
		}
	}
	return false
}

// identify gives each resource its logical id.
func (m *Module) identify() {
	used := map[string]int{}
	for name := range m.vars {
		used[name]++
	}
	for _, r := range m.res {
		if id, ok := Logical(r.label); ok && r.main == nil {
			used[id]++
		}
	}
	for _, r := range m.res {
		if r.main != nil {
			continue
		}
		id, ok := Logical(r.label)
		if !ok || used[id] > 1 {
			// The type stands before it, and what no id may hold is left out.
			id = ""
			for _, w := range strings.FieldsFunc(r.typ+"_"+r.label, func(c rune) bool { return c > 127 || c < '0' || c > '9' && c < 'A' || c > 'Z' && c < 'a' || c > 'z' }) {
				id += title(w)
			}
			for used[id] > 0 {
				id += "x"
			}
			used[id]++
		}
		r.id = id
	}
	for _, r := range m.res {
		if r.main != nil {
			r.id = r.main.id
		}
	}
}

// resource makes the entry of a resource, without its parts.
func (m *Module) resource(r *resource) {
	at := m.span(r.block.Range())
	r.node = &doc.Node{Kind: doc.Map, Span: at}
	r.props = &doc.Node{Kind: doc.Map, Span: at}
	name := m.span(r.block.DefRange())
	typ := "Terraform::" + r.typ
	if r.m != nil && !r.opaque {
		typ = r.m.CFN
	}
	put(r.node, "Type", str(name, typ))
	key := &doc.Node{Kind: doc.String, Text: r.id, Span: name}
	putKey(m.template(r.region).resources, key, r.node)
	if r.opaque || r.m == nil {
		if !r.opaque {
			m.unread(r.block.DefRange(), "resource type %s", r.typ)
		}
		return
	}
	if f := m.fold(r); f != nil {
		props := &doc.Node{Kind: doc.Map, Span: name}
		put(props, f.Fold.Prop, &doc.Node{Kind: doc.String, Tag: "!Ref", Text: r.id, Span: name})
		made := &doc.Node{Kind: doc.Map, Span: name}
		put(made, "Type", str(name, f.CFN))
		put(made, "Properties", props)
		putKey(m.template(r.region).resources, &doc.Node{Kind: doc.String, Text: r.id + f.Fold.ID, Span: name}, made)
	}
	rd := &reading{m: m, c: &scope{region: r.region}, marks: map[any]bool{}, root: r.props}
	rd.args(r.m.Args, r.block.Body, r.props)
	rd.rest(r, r.m.Skip)
}

// mergePart puts what a part says into the resource that it is a part of.
func (m *Module) mergePart(r *resource) {
	into := r.main.props
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

// whole reports whether a resource waits for what is attached to another one
// too, which in CloudFormation is made with it.
func whole(r, o *resource) bool {
	if o.main != nil {
		o = o.main
	}
	return !slices.ContainsFunc(o.parts, func(p *resource) bool { return p.part.Each != "" && !waits(r, p) })
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
			if slices.ContainsFunc(r.props.Fields, func(f doc.Field) bool { return strings.HasPrefix(f.Name(), "Terraform::") }) {
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

func isItem(n *doc.Node, want [][2]string) bool {
	for _, kv := range want {
		if v := n.Get(kv[0]); v == nil || v.Tag != "" || v.Str() != kv[1] {
			return false
		}
	}
	return len(n.Fields) == len(want)
}

// finish adds what stands beside the properties.
func (m *Module) finish(r *resource) {
	m.defaults(r)
	if len(r.props.Fields) > 0 {
		put(r.node, "Properties", r.props)
	}
	var on []string
	for _, o := range m.dependsOn(r) {
		if o.id != r.id && o.region == r.region && !slices.Contains(on, o.id) && whole(r, o) {
			on = append(on, o.id)
		}
	}
	if len(on) > 0 {
		at := m.span(r.block.Body.Attributes["depends_on"].Expr.Range())
		list := &doc.Node{Kind: doc.List, Style: doc.Flow, Span: at}
		for _, id := range on {
			list.Items = append(list.Items, str(at, id))
		}
		put(r.node, "DependsOn", list)
	}
	for _, b := range r.block.Body.Blocks {
		if b.Type != "lifecycle" {
			continue
		}
		if a := b.Body.Attributes["prevent_destroy"]; a != nil && m.plain(a.Expr) == "true" {
			put(r.node, "DeletionPolicy", str(m.span(a.SrcRange), "Retain"))
			put(r.node, "UpdateReplacePolicy", str(m.span(a.SrcRange), "Retain"))
		}
	}
}

// output makes the outputs, each in the template of the region that it is
// about, or else in the first.
func (m *Module) output() {
	for _, b := range m.outputs {
		a := b.Body.Attributes["value"]
		if a == nil {
			continue
		}
		t := m.templates[0]
		for _, v := range a.Expr.Variables() {
			if r := m.named(v); r != nil {
				t = m.template(r.region)
				break
			}
		}
		id, ok := Logical(b.Labels[0])
		if !ok || t.outputs.Get(id) != nil {
			id = b.Labels[0]
		}
		body := &doc.Node{Kind: doc.Map, Span: m.span(b.Range())}
		put(body, "Value", m.node(a.Expr, &scope{region: t.Region}))
		putKey(t.outputs, &doc.Node{Kind: doc.String, Text: id, Span: m.span(b.DefRange())}, body)
	}
}
