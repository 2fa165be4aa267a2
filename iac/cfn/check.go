package cfn

import (
	"maps"
	"slices"
	"strings"

	"penstock/diag"
	"penstock/doc"
	"penstock/source"
)

// pseudo parameters.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
var pseudo = []string{
	"AWS::AccountId", "AWS::NoValue", "AWS::NotificationARNs", "AWS::Partition", "AWS::Region", "AWS::StackId",
	"AWS::StackName", "AWS::URLSuffix",
}

// A checker looks at what a template says whatever its values are: names that
// are not declared, functions that do not exist, circles.
type checker struct {
	t     *template
	names []string // parameters and resources, sorted; lazily
	from  string   // the resource being looked at
	edges map[string][]edge
	// guess suppresses findings about names that a transform may add.
	guess bool
	in    int // depth of Fn::If
}

type edge struct {
	to   string
	at   source.Span
	inIf bool // inside Fn::If
}

// check reports what is wrong with a template and records its dependencies.
// A template with loops is checked once they are written out.
func (t *template) check() {
	if t.loops {
		return
	}
	c := &checker{t: t, edges: map[string][]edge{}, guess: len(t.macros) > 0}
	for _, f := range t.found {
		c.guess = c.guess || f.Code == CodeMacro || f.Code == CodeSAM
	}
	for _, f := range t.resources.Fields {
		c.from, c.in = f.Name(), 0
		c.resource(f)
	}
	c.from = ""
	if t.conds != nil {
		for _, f := range t.conds.Fields {
			c.walk(f.Value)
		}
	}
	if t.outputs != nil {
		for _, f := range t.outputs.Fields {
			if f.Value.Kind != doc.Map {
				t.find(CodeShape, f.Value.Span, diag.Error, "output %q is a %s", f.Name(), f.Value.Kind)
				continue
			}
			c.condition(f.Value.Get("Condition"))
			c.walk(f.Value.Get("Value"))
			c.walk(f.Value.At("Export", "Name"))
		}
	}
	if t.params != nil {
		for _, f := range t.params.Fields {
			if f.Value.Get("Type") == nil {
				t.find(CodeShape, f.Key.Span, diag.Error, "parameter %q has no Type", f.Name())
			}
		}
	}
	t.dependOn = make(map[string][]string, len(c.edges))
	for from, es := range c.edges {
		for _, e := range es {
			t.dependOn[from] = append(t.dependOn[from], e.to)
		}
	}
	c.circles()
}

func (c *checker) resource(f doc.Field) {
	t, body := c.t, f.Value
	if t.paramOf[f.Name()] != nil {
		t.find(CodeShape, f.Key.Span, diag.Error, "%q is the name of a resource and of a parameter", f.Name())
	}
	if body.Kind != doc.Map || body.Get("Type").Str() == "" {
		t.find(CodeShape, f.Key.Span, diag.Error, "resource %q has no Type", f.Name())
		return
	}
	for _, p := range body.Fields {
		switch p.Name() {
		case "Condition":
			c.condition(p.Value)
		case "DependsOn":
			for d := range p.Value.Elems() {
				if t.index[d.Str()] == nil {
					if !c.guess {
						t.find(CodeRef, d.Span, diag.Error, "DependsOn names %q, and there is no such resource%s", d.Str(), near(d.Str(), c.resources()))
					}
					continue
				}
				c.edge(d.Str(), d.Span)
			}
		case "Type", "Metadata":
		default:
			c.walk(p.Value)
		}
	}
}

func (c *checker) resources() []string { return slices.Sorted(maps.Keys(c.t.index)) }

func (c *checker) condition(n *doc.Node) {
	if n == nil || n.Kind != doc.String || c.t.condOf[n.Text] != nil {
		return
	}
	c.t.find(CodeCondition, n.Span, diag.Error, "there is no condition %q%s", n.Text, near(n.Text, slices.Sorted(maps.Keys(c.t.condOf))))
}

// walk looks at every function below n.
func (c *checker) walk(n *doc.Node) {
	if n == nil {
		return
	}
	if len(n.Tag) > 1 && n.Tag[0] == '!' && n.Tag[1] != '!' {
		c.call(n, tagFunction(n.Tag), n, true)
		return
	}
	c.plain(n)
}

func (c *checker) plain(n *doc.Node) {
	if isCall(n) {
		c.call(n, n.Fields[0].Key.Text, n.Fields[0].Value, false)
		return
	}
	for i := range n.Fields {
		f := &n.Fields[i]
		if len(n.Fields) > 1 && strings.HasPrefix(f.Key.Text, "Fn::") && f.Key.Text != "Fn::Transform" && !strings.HasPrefix(f.Key.Text, "Fn::ForEach::") {
			c.t.find(CodeArguments, f.Key.Span, diag.Error, "%s stands beside other keys, and a function is the only key of its map", f.Key.Text)
		}
		c.walk(f.Value)
	}
	for _, it := range n.Items {
		c.walk(it)
	}
}

func (c *checker) call(n *doc.Node, name string, arg *doc.Node, short bool) {
	inner := func() { // what stands in the argument
		if short {
			c.plain(arg)
		} else {
			c.walk(arg)
		}
	}
	switch name {
	case "Ref":
		if arg.Kind == doc.String && (short || arg.Tag == "") {
			c.ref(arg.Text, n.Span)
			return
		}
		c.needs(n, "an expression in Ref")
		inner()
	case "Fn::GetAtt":
		switch {
		case arg.Kind == doc.String && (short || arg.Tag == ""):
			id, attr, ok := strings.Cut(arg.Text, ".")
			if !ok {
				c.t.find(CodeArguments, n.Span, diag.Error, "Fn::GetAtt %q names no attribute; write Resource.Attribute", arg.Text)
			}
			c.attr(id, attr, n.Span)
		case arg.Kind == doc.List && len(arg.Items) > 0 && arg.Items[0].Kind == doc.String && arg.Items[0].Tag == "":
			c.attr(arg.Items[0].Text, "", n.Span)
			for _, it := range arg.Items[1:] {
				c.walk(it)
			}
		default:
			inner()
		}
	case "Fn::Sub":
		c.sub(n, arg)
	case "Fn::If":
		if len(arg.Items) == 3 {
			c.condition(arg.Items[0])
			c.in++
			c.walk(arg.Items[1])
			c.walk(arg.Items[2])
			c.in--
			return
		}
		inner()
	case "Condition":
		c.condition(arg)
	case "Fn::Length", "Fn::ToJsonString":
		c.needs(n, name)
		inner()
	case "Fn::FindInMap":
		if len(arg.Items) == 4 {
			c.needs(n, "the DefaultValue of Fn::FindInMap")
		}
		inner()
	default:
		if !slices.Contains(functions, name) {
			shown := name
			if n.Tag != "" && short {
				shown = n.Tag
			}
			c.t.find(CodeFunction, n.Span, diag.Error, "%s is no function of CloudFormation%s", shown, nearFunction(name))
		}
		inner()
	}
}

func nearFunction(name string) string {
	var names []string
	for _, f := range functions {
		names = append(names, strings.TrimPrefix(f, "Fn::"))
	}
	return near(strings.TrimPrefix(name, "Fn::"), names)
}

// needs reports what works only with AWS::LanguageExtensions.
func (c *checker) needs(n *doc.Node, what string) {
	if !c.t.langExt && !c.guess {
		c.t.find(CodeExtension, n.Span, diag.Error, "%s needs Transform: AWS::LanguageExtensions", what)
	}
}

func (c *checker) sub(n, arg *doc.Node) {
	text, vars := arg, (*doc.Node)(nil)
	if arg.Kind == doc.List && len(arg.Items) == 2 {
		text, vars = arg.Items[0], arg.Items[1]
		for _, f := range vars.Fields {
			c.walk(f.Value)
		}
	}
	rest := text.Text
	for {
		i := strings.Index(rest, "${")
		if i < 0 {
			return
		}
		j := strings.IndexByte(rest[i:], '}')
		if j < 0 {
			return
		}
		name := strings.TrimSpace(rest[i+2 : i+j])
		rest = rest[i+j+1:]
		if strings.HasPrefix(name, "!") || vars.Get(name) != nil {
			continue
		}
		if id, attr, ok := strings.Cut(name, "."); ok {
			c.attr(id, attr, n.Span)
		} else {
			c.ref(name, n.Span)
		}
	}
}

func (c *checker) ref(name string, at source.Span) {
	switch {
	case c.t.paramOf[name] != nil:
	case c.t.index[name] != nil:
		c.edge(name, at)
	case slices.Contains(pseudo, name), c.guess:
	default:
		if c.names == nil {
			c.names = append(slices.Sorted(maps.Keys(c.t.paramOf)), c.resources()...)
		}
		names := c.names
		if strings.HasPrefix(name, "AWS::") {
			names = pseudo
		}
		c.t.find(CodeRef, at, diag.Error, "%q is neither a parameter nor a resource of this template%s", name, near(name, names))
	}
}

func (c *checker) attr(id, attr string, at source.Span) {
	if c.t.index[id] != nil {
		c.edge(id, at)
		return
	}
	if !c.guess {
		c.t.find(CodeRef, at, diag.Error, "%q is no resource of this template%s", id, near(id, c.resources()))
	}
}

func (c *checker) edge(to string, at source.Span) {
	if c.from != "" {
		c.edges[c.from] = append(c.edges[c.from], edge{to: to, at: at, inIf: c.in > 0})
	}
}
