package sam

import (
	"strings"

	"penstock/doc"
)

// globals returns the properties of a SAM resource with those that the section
// Globals gives to all of its kind: a scalar of the resource replaces, maps are
// merged, lists are joined, the global entries first
// (https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html#sam-specification-template-anatomy-globals-overrideable).
// A resource opts out by the attribute IgnoreGlobals.
func (x *expander) globals(kind string, body *doc.Node) *doc.Node {
	own := body.Get("Properties")
	g := x.root.At("Globals", kind)
	if !plainMap(g) || own != nil && own.Kind != doc.Null && !plainMap(own) {
		return own
	}
	if ig := body.Get("IgnoreGlobals"); ig != nil {
		c := *g
		c.Fields = nil
		for _, f := range g.Fields {
			keep := true
			for n := range ig.Elems() {
				keep = keep && n.Str() != "*" && n.Str() != f.Name()
			}
			if keep {
				c.Fields = append(c.Fields, f)
			}
		}
		g = &c
	}
	if own == nil || own.Kind == doc.Null {
		c := *g
		c.Span = body.Span
		return &c
	}
	return merge(g, own)
}

func merge(global, own *doc.Node) *doc.Node {
	switch {
	case plainMap(global) && plainMap(own):
		c := *own
		c.Fields = append([]doc.Field(nil), own.Fields...)
		for _, f := range global.Fields {
			found := false
			for i := range c.Fields {
				if c.Fields[i].Name() == f.Name() {
					c.Fields[i].Value = merge(f.Value, c.Fields[i].Value)
					found = true
					break
				}
			}
			if !found {
				c.Fields = append(c.Fields, f)
			}
		}
		return &c
	case isList(global) && isList(own):
		c := *own
		c.Items = append(append([]*doc.Node(nil), global.Items...), own.Items...)
		return &c
	}
	return own
}

func isList(n *doc.Node) bool {
	name, _ := call(n)
	return n != nil && n.Kind == doc.List && name == ""
}

// resolve replaces references such as !Ref F.Alias by what they stand for
// ("Referencing generated resources" in the guide). It returns n itself where
// there are none.
func (x *expander) resolve(n *doc.Node) *doc.Node {
	if n == nil || len(x.alias) == 0 {
		return n
	}
	switch name, arg := call(n); name {
	case "Ref":
		if to, ok := x.alias[arg.Str()]; ok {
			return at(n.Span).ref(to)
		}
		return n
	case "Fn::GetAtt":
		if arg.Kind == doc.List && len(arg.Items) == 2 {
			if to, ok := x.alias[arg.Items[0].Str()]; ok {
				return at(n.Span).getAtt(to, arg.Items[1].Str())
			}
		}
		for from, to := range x.alias {
			if attr, ok := strings.CutPrefix(arg.Str(), from+"."); ok {
				return at(n.Span).getAtt(to, attr)
			}
		}
		return n
	case "Fn::Sub":
		return x.resolveSub(n, arg)
	}
	return x.children(n)
}

func (x *expander) resolveSub(n, arg *doc.Node) *doc.Node {
	text := arg
	if arg.Kind == doc.List && len(arg.Items) > 0 {
		text = arg.Items[0]
	}
	if text.Kind != doc.String || !strings.Contains(text.Text, "${") {
		return x.children(n)
	}
	s := text.Text
	for from, to := range x.alias {
		s = strings.ReplaceAll(s, "${"+from+"}", "${"+to+"}")
		s = strings.ReplaceAll(s, "${"+from+".", "${"+to+".")
	}
	if s == text.Text {
		return x.children(n)
	}
	changed := *text
	changed.Text = s
	switch {
	case text == n: // the short form: the node is the text
		return &changed
	case arg == text:
		return replaceValue(n, &changed)
	}
	l := *arg
	l.Items = append([]*doc.Node{&changed}, arg.Items[1:]...)
	for i := 1; i < len(l.Items); i++ {
		l.Items[i] = x.children(l.Items[i])
	}
	if arg == n {
		return &l
	}
	return replaceValue(n, &l)
}

func replaceValue(n, v *doc.Node) *doc.Node {
	c := *n
	c.Fields = append([]doc.Field(nil), n.Fields...)
	c.Fields[0].Value = v
	return &c
}

func (x *expander) children(n *doc.Node) *doc.Node {
	var c *doc.Node
	for i, it := range n.Items {
		if r := x.resolve(it); r != it {
			if c == nil {
				k := *n
				k.Items = append([]*doc.Node(nil), n.Items...)
				c = &k
			}
			c.Items[i] = r
		}
	}
	for i, f := range n.Fields {
		if r := x.resolve(f.Value); r != f.Value {
			if c == nil {
				k := *n
				k.Fields = append([]doc.Field(nil), n.Fields...)
				c = &k
			}
			c.Fields[i].Value = r
		}
	}
	if c == nil {
		return n
	}
	return c
}
