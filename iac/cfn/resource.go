package cfn

import (
	"maps"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/doc"
	"penstock/service"
	"penstock/source"
	"penstock/truth"
)

// A resource is one entry of Resources in one world. Its names are evaluated
// apart from its properties and before them, so that a key policy can name a
// role whose policy names the key.
type resource struct {
	s    *stack
	id   string
	key  *doc.Node
	body *doc.Node
	typ  string
	t    *service.Type // nil: not supported

	opaque []string
	child  *stack // of a nested stack
	made   *cloud.Resource

	memo  map[string]string // "name", "ref", "arn"
	props map[string]*doc.Node
}

// holeID is what holes of r are named after.
func (r *resource) holeID() string { return r.s.label + "." + r.id }

// bare reports whether nothing but the names of r is understood.
func (r *resource) bare() bool { return r.t == nil || r.t.Bare }

// exists says whether r is created.
func (r *resource) exists() truth.Value {
	c := r.body.Get("Condition")
	if c == nil || c.Kind != doc.String {
		return truth.Yes
	}
	if r.bare() && r.child == nil && r.typ != "AWS::CloudFormation::Stack" {
		r.s.w.quiet++
		defer func() { r.s.w.quiet-- }()
	}
	return r.s.cond(c.Text, c.Span)
}

// maybe returns the facts that decide whether r exists.
func (r *resource) maybe() []string {
	m := slices.Clip(r.s.maybe)
	if c := r.body.Get("Condition"); c != nil && r.exists() == truth.Maybe {
		m = append(m, r.s.condFact(c.Text, true))
	}
	return m
}

// prop evaluates one top-level property; nil where it is absent.
func (r *resource) prop(name string) *doc.Node {
	if n, ok := r.props[name]; ok {
		return n
	}
	props := r.body.Get("Properties")
	var out *doc.Node
	if raw := props.Get(name); raw != nil {
		if !r.s.w.enter(r.s, r.id+"."+name, raw.Where()) {
			return nil
		}
		prev := r.s.cur
		r.s.cur = r
		out = r.s.w.shown(func() *doc.Node { return r.s.eval(raw) })
		r.s.cur = prev
		r.s.w.leave()
		if out == noValue || out.Kind == doc.Null {
			out = nil
		}
	}
	if r.props == nil {
		r.props = map[string]*doc.Node{}
	}
	r.props[name] = out
	return out
}

// text returns a property by path as a string; false where it is absent.
func (r *resource) text(path ...string) (string, bool) {
	n := r.prop(path[0]).At(path[1:]...)
	if n == nil || n.Kind == doc.Null {
		return "", false
	}
	return r.s.w.textOf(n), true
}

// evaluate makes the cloud.Resource, nil where it is not created.
func (r *resource) evaluate() {
	s, w := r.s, r.s.w
	if r.typ == "AWS::CDK::Metadata" {
		return // the CDK's own note, which creates nothing
	}
	w.total++
	if r.bare() {
		w.quiet++
		defer func() { w.quiet-- }()
	}
	if r.exists() == truth.No || s.parentGone() {
		// What is not created has nothing to understand.
		w.known++
		return
	}
	s.cur = r
	defer func() { s.cur = nil }()
	made := &cloud.Resource{
		Type: r.typ, Stack: s.cs, LogicalID: r.id, Account: s.account, Region: s.region,
		Ref: r.ref(), Name: r.name(), ARN: r.arn(), Span: r.key.Span, Maybe: r.maybe(),
		Node: r.body, After: s.t.dependOn[r.id],
	}
	for _, m := range s.t.macros {
		r.opaque = append(r.opaque, macroName(m))
		w.gap(macroName(m), r.key.Span)
	}
	switch {
	case r.t == nil && r.typ != "AWS::CloudFormation::Stack":
		what := "type " + r.typ
		if r.typ == "" {
			what = "a resource without type"
		}
		r.opaque = append(r.opaque, what+" is not supported")
		w.gap(what, r.key.Span)
	case r.t != nil && r.t.Props != nil:
		if ps := r.body.Get("Properties"); ps != nil {
			for _, f := range ps.Fields {
				if !slices.Contains(r.t.Props, f.Name()) && !strings.HasPrefix(f.Name(), "Fn::") {
					r.opaque = append(r.opaque, "property "+f.Name())
					w.gap("property "+f.Name()+" of "+r.typ, f.Key.Span)
				}
			}
		}
	}
	made.Props = r.properties()
	if u := r.body.Get("UpdatePolicy"); u != nil {
		if made.Update = s.eval(u); made.Update == noValue {
			made.Update = nil
		}
	}
	made.Tags = tagsOf(made.Props.Get("Tags"), r.stackTags())
	made.Opaque = r.opaque
	if len(r.opaque) == 0 {
		w.known++
		if r.t != nil && r.t.Bare && !r.t.Free {
			w.named++
		}
	}
	r.made = made
}

// properties evaluates Properties, with what naming has already evaluated.
func (r *resource) properties() *doc.Node {
	raw := r.body.Get("Properties")
	if raw == nil {
		return &doc.Node{Kind: doc.Map, Span: source.Span{File: r.key.Span.File, Start: r.key.Span.End, End: r.key.Span.End}}
	}
	if raw.Kind == doc.Map && len(raw.Fields) > 0 && !isCall(raw) && raw.Get("Fn::Transform") == nil {
		var out *doc.Node
		for i, f := range raw.Fields {
			v, ok := r.props[f.Name()]
			if !ok || v == nil {
				v = r.s.eval(f.Value)
			}
			out = replace(raw, out, i, v)
		}
		if out != nil {
			return out
		}
		return raw
	}
	out := r.s.eval(raw)
	if out == noValue {
		return &doc.Node{Kind: doc.Map, Span: raw.Span}
	}
	return out
}

// stackTags returns the tags of the stack, which CloudFormation puts on every
// resource that takes tags
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-resource-tags.html).
func (r *resource) stackTags() map[string]string {
	if r.t == nil || r.t.Props != nil && !slices.Contains(r.t.Props, "Tags") {
		return nil
	}
	return r.s.tags
}

// tagsOf reads the usual shapes of Tags, over those of the stack.
func tagsOf(n *doc.Node, stack map[string]string) map[string]string {
	tags := map[string]string{}
	maps.Copy(tags, stack)
	switch {
	case n == nil:
	case n.Kind == doc.Map:
		for _, f := range n.Fields {
			if f.Value.IsScalar() && len(f.Value.Maybe) == 0 {
				tags[f.Name()] = f.Value.Text
			}
		}
	case n.Kind == doc.List:
		for _, it := range n.Items {
			k, v := it.Get("Key"), it.Get("Value")
			if k.IsScalar() && v.IsScalar() && len(it.Maybe)+len(k.Maybe)+len(v.Maybe) == 0 {
				tags[k.Text] = v.Text
			}
		}
	}
	if len(tags) == 0 {
		return nil
	}
	return tags
}

func (s *stack) parentGone() bool { return s.parent != nil && s.at.exists() == truth.No }

func (s *stack) evalAll() {
	if s.t.conds != nil {
		for _, f := range s.t.conds.Fields {
			s.condition(f.Name()) // a circle is a finding even where nothing uses it
		}
	}
	for _, r := range s.order {
		r.evaluate()
	}
	s.w.quiet++ // an output decides nothing here, but what is wrong in one is said
	for _, name := range s.outNames {
		if o := s.outs[name]; o.exists() != truth.No {
			o.value(o.at)
		}
	}
	s.w.quiet--
	s.checkRules()
}

// macroName words a transform that is not understood; a loop or an include is
// no macro, but counts as one.
func macroName(m string) string {
	if strings.Contains(m, " ") {
		return m
	}
	return "macro " + m
}
