// Package sam expands templates of the AWS Serverless Application Model into
// plain CloudFormation, as the transform AWS::Serverless-2016-10-31 does at
// deployment, as far as access and delivery are touched: functions with their
// roles, permissions, event sources, aliases and CodeDeploy resources, APIs,
// tables, state machines, layers, nested applications, connectors, Globals.
//
// Expand goes from tree to tree (package doc). What it makes keeps the span of
// the SAM source that it comes from, and what the user wrote is put where the
// transform puts it, the same nodes.
//
// What differs from the transform, on purpose: logical ids that carry a hash
// there carry none here (the version of F is FVersion, a layer keeps its id);
// the OpenAPI body that the transform writes for routes is left out, since who
// may invoke what stands in AWS::Lambda::Permission; a local path of code or
// of a definition stays a path, which packaging replaces; a parameter counts
// as its default where the transform makes a logical id of it. What is not
// understood is never dropped: an unknown property stands on the resource
// under its SAM name, an unknown type or event stays a resource of a type that
// nobody knows, an unknown policy is a node of kind doc.Unknown.
//
// Sources: the developer guide, https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/,
// in it the chapters "Generated CloudFormation resources", "Policy template
// list", "Globals section", the pages of the resource types, "Deploying
// serverless applications gradually" and "Connector reference". Names and
// actions that no page gives (policy names, the order of statements) are those
// that the transform's own open source release puts out; the peer test
// compares.
package sam

import (
	"fmt"
	"slices"
	"strings"

	"penstock/diag"
	"penstock/doc"
	"penstock/source"
)

// Transform is the name that a template gives under Transform.
const Transform = "AWS::Serverless-2016-10-31"

// The codes of the findings of this package. CodeUnknown: a SAM construct
// that is not expanded. CodeRefused: one that the transform refuses.
const (
	CodeUnknown = "CFN022"
	CodeRefused = "CFN023"
)

const prefix = "AWS::Serverless::"

// An expander rewrites one template.
type expander struct {
	root   *doc.Node
	source map[string]*doc.Node // logical id → body, as written
	merged map[string]*doc.Node // logical id of a SAM resource → its properties with Globals
	found  []diag.Finding

	order []string
	out   map[string]doc.Field
	conds []doc.Field // conditions that are made

	alias  map[string]string         // "F.Alias" → logical id
	shared map[string][]contribution // logical id of a shared resource → who needs it
	places map[*doc.Node]*doc.Node   // a destination → the queue or topic made for it
	later  []func()                  // what needs all resources: connectors
}

// A contribution is a resource that needs a shared one, such as a function
// that has a route of the implicit API.
type contribution struct {
	condition string // the resource's condition, "" where it has none
	at        source.Span
}

// Expand returns root with its AWS::Serverless resources expanded; root itself
// where it has none. The findings say what is not expanded and what the
// transform refuses. A root that is no template comes back as it is.
func Expand(root *doc.Node) (*doc.Node, []diag.Finding) {
	resources := root.Get("Resources")
	if !plainMap(resources) {
		return root, nil
	}
	x := &expander{
		root: root, source: map[string]*doc.Node{}, merged: map[string]*doc.Node{}, out: map[string]doc.Field{},
		alias: map[string]string{}, shared: map[string][]contribution{}, places: map[*doc.Node]*doc.Node{},
	}
	some := false
	for _, f := range resources.Fields {
		if _, twice := x.source[f.Name()]; twice {
			continue
		}
		x.source[f.Name()] = f.Value
		if kind, ok := strings.CutPrefix(f.Value.Get("Type").Str(), prefix); ok {
			some = true
			x.merged[f.Name()] = x.globals(kind, f.Value)
		}
		some = some || f.Value.Get("Connectors") != nil
	}
	if !some {
		return root, nil
	}
	for _, f := range resources.Fields {
		if f.Value != x.source[f.Name()] {
			continue // a duplicate key, of which the reader has told
		}
		x.resource(f)
	}
	x.apis()
	x.deployment()
	for _, f := range x.later {
		f()
	}
	return x.result(resources), x.found
}

// result is the template with the sections replaced and references to what
// was made resolved.
func (x *expander) result(resources *doc.Node) *doc.Node {
	made := *resources
	made.Fields = make([]doc.Field, 0, len(x.order))
	for _, id := range x.order {
		made.Fields = append(made.Fields, x.out[id])
	}
	root := *x.root
	root.Fields = nil
	conditions := false
	for _, f := range x.root.Fields {
		switch f.Name() {
		case "Globals":
			continue
		case "Resources":
			f.Value = x.resolve(&made)
		case "Outputs":
			f.Value = x.resolve(f.Value)
		case "Conditions":
			conditions = true
			if len(x.conds) > 0 && f.Value.Kind == doc.Map {
				c := *f.Value
				c.Fields = append(append([]doc.Field(nil), c.Fields...), x.conds...)
				f.Value = &c
			}
		}
		root.Fields = append(root.Fields, f)
	}
	if !conditions && len(x.conds) > 0 {
		b := at(resources.Span)
		root.Fields = append(root.Fields, doc.Field{Key: b.str("Conditions"), Value: &doc.Node{Kind: doc.Map, Fields: x.conds, Span: resources.Span}})
	}
	return &root
}

// resource expands one entry of Resources.
func (x *expander) resource(f doc.Field) {
	r := &resource{x: x, id: f.Name(), key: f.Key, body: f.Value, props: x.merged[f.Name()], b: at(f.Key.Span)}
	r.condition = f.Value.Get("Condition").Str()
	switch kind := f.Value.Get("Type").Str(); kind {
	case prefix + "Function":
		(&function{resource: r}).expand()
	case prefix + "Api":
		r.api()
	case prefix + "HttpApi":
		r.httpAPI()
	case prefix + "SimpleTable":
		r.table()
	case prefix + "StateMachine":
		r.machine()
	case prefix + "LayerVersion":
		r.layer()
	case prefix + "GraphQLApi":
		r.graphQL()
	case prefix + "WebSocketApi":
		r.webSocketAPI()
	case prefix + "CapacityProvider":
		r.capacityProvider()
	case prefix + "Application":
		r.application()
	case prefix + "Connector":
		x.later = append(x.later, func() { r.connector(r.id, r.props, nil) })
	default:
		if strings.HasPrefix(kind, prefix) {
			x.find(CodeUnknown, f.Value.Get("Type").Where(), diag.Warning, "%s is not expanded: what it makes is not known", kind)
		}
		x.add(f)
	}
	if cs := f.Value.Get("Connectors"); plainMap(cs) {
		x.later = append(x.later, func() {
			for _, c := range cs.Fields {
				r.connector(r.id+c.Name(), c.Value.Get("Properties"), r)
			}
		})
	}
}

// add puts a resource into the result; a resource that the transform makes
// replaces one of the same id.
func (x *expander) add(f doc.Field) {
	if _, ok := x.out[f.Name()]; ok {
		x.find(CodeRefused, f.Key.Span, diag.Warning, "the logical id %q is also that of a resource that SAM makes, which replaces it", f.Name())
		if x.source[f.Name()] != nil && f.Value == x.source[f.Name()] {
			return
		}
	} else {
		x.order = append(x.order, f.Name())
	}
	x.out[f.Name()] = f
}

// change replaces the body of a resource of the user's, which may come later
// in the template.
func (x *expander) change(id string, edit func(body *doc.Node) *doc.Node) {
	x.later = append(x.later, func() {
		if f, ok := x.out[id]; ok {
			f.Value = edit(f.Value)
			x.out[id] = f
		}
	})
}

func (x *expander) find(code string, where source.Span, sev diag.Severity, format string, args ...any) {
	x.found = append(x.found, diag.Finding{Code: code, At: where, Severity: sev, Certainty: diag.Proved, Message: fmt.Sprintf(format, args...)})
}

// settled returns the text of n where the template fixes it: a literal, or a
// parameter's default, for names that the transform makes.
func (x *expander) settled(n *doc.Node) (string, bool) {
	if literal(n) {
		return n.Str(), true
	}
	if name, arg := call(n); name == "Ref" {
		if d := x.root.At("Parameters", arg.Str(), "Default"); literal(d) {
			return d.Str(), true
		}
	}
	return "", false
}

// either returns the condition under which a shared resource exists: "" where
// one that needs it has none.
func (x *expander) either(name string, cs []contribution) string {
	var names []string
	seen := map[string]bool{}
	for _, c := range cs {
		if c.condition == "" {
			return ""
		}
		if !seen[c.condition] {
			seen[c.condition] = true
			names = append(names, c.condition)
		}
	}
	if len(names) == 1 {
		return names[0]
	}
	b := at(cs[0].at)
	var or []*doc.Node
	for _, n := range names {
		or = append(or, b.dict("Condition", n))
	}
	for len(or) > 10 { // Fn::Or takes two to ten
		or = append([]*doc.Node{b.dict("Fn::Or", b.list(or[:10]...))}, or[10:]...)
	}
	x.conds = append(x.conds, doc.Field{Key: b.str(name), Value: b.dict("Fn::Or", b.list(or...))})
	return name
}

// A resource is one SAM resource being expanded.
type resource struct {
	x         *expander
	id        string
	key       *doc.Node
	body      *doc.Node
	props     *doc.Node
	condition string
	b         at
}

// prop returns a property, nil where it is absent or AWS::NoValue.
func (r *resource) prop(name string) *doc.Node {
	n := r.props.Get(name)
	if n == nil || n.Kind == doc.Null || noValue(n) {
		return nil
	}
	return n
}

// main adds the resource that has the SAM resource's own logical id, with its
// attributes (Condition, DependsOn, Metadata …) and these properties.
func (r *resource) main(typ string, props *doc.Node) {
	body := *r.body
	body.Fields = make([]doc.Field, 0, len(r.body.Fields)+1)
	put := false
	for _, f := range r.body.Fields {
		switch f.Name() {
		case "Type":
			f.Value = at(f.Value.Span).str(typ)
		case "Properties":
			f.Value, put = props, true
		case "Connectors", "IgnoreGlobals":
			continue
		}
		body.Fields = append(body.Fields, f)
	}
	if !put {
		r.b.put(&body, "Properties", props)
	}
	r.x.add(doc.Field{Key: r.key, Value: &body})
}

// make adds a resource that SAM makes beside it, under the same condition.
func (r *resource) make(id string, b at, typ string, props *doc.Node, attrs ...any) {
	r.x.make(id, b, typ, r.condition, props, attrs...)
}

func (x *expander) make(id string, b at, typ, condition string, props *doc.Node, attrs ...any) {
	body := b.dict("Type", typ, "Condition", condition, "Properties", props)
	for i := 0; i+1 < len(attrs); i += 2 {
		b.put(body, attrs[i].(string), attrs[i+1])
	}
	x.add(doc.Field{Key: b.str(id), Value: body})
}

// rest returns a map with the properties of r, except those named, which the
// caller translates.
func (r *resource) rest(translated ...string) *doc.Node {
	n := doc.Node{Kind: doc.Map, Span: r.b.span()}
	if r.props != nil {
		n.Span, n.Style = r.props.Span, r.props.Style
		for _, f := range r.props.Fields {
			if !contains(translated, f.Name()) {
				n.Fields = append(n.Fields, f)
			}
		}
	}
	return &n
}

func (b at) span() source.Span { return source.Span(b) }

func contains(list []string, s string) bool {
	return slices.Contains(list, s)
}

// tags are the tags of a resource that SAM makes: its own, then the user's,
// as a list.
func (r *resource) tags(mark string) *doc.Node {
	b := r.b
	l := b.list(b.dict("Key", mark, "Value", "SAM"))
	if r.prop("PropagateTags").Str() == "true" {
		l.Items = nil
	}
	ts := r.prop("Tags")
	switch {
	case ts == nil:
	case plainMap(ts):
		for _, f := range ts.Fields {
			l.Items = append(l.Items, &doc.Node{Kind: doc.Map, Span: f.Value.Span, Fields: []doc.Field{
				{Key: b.str("Key"), Value: f.Key}, {Key: b.str("Value"), Value: f.Value},
			}})
		}
	default:
		return &doc.Node{Kind: doc.Unknown, Text: "the tags of " + r.id, Span: ts.Span}
	}
	if len(l.Items) == 0 {
		return nil
	}
	return l
}
