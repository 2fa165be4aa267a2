package tf

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

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
