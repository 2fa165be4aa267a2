package sam

import (
	"strings"

	"penstock/doc"
	"penstock/source"
)

// at makes nodes that come from one place of the SAM source.
type at source.Span

func (b at) node(k doc.Kind, text string) *doc.Node {
	return &doc.Node{Kind: k, Text: text, Span: source.Span(b)}
}

func (b at) str(text string) *doc.Node { return b.node(doc.String, text) }

func (b at) boolean(v bool) *doc.Node {
	if v {
		return b.node(doc.Bool, "true")
	}
	return b.node(doc.Bool, "false")
}

// list makes a list of what is there: a property that the template lacks, or
// has in another shape, is nil.
func (b at) list(items ...*doc.Node) *doc.Node {
	n := b.node(doc.List, "")
	for _, it := range items {
		if it != nil {
			n.Items = append(n.Items, it)
		}
	}
	return n
}

// dict makes a map of keys and values in turn; a value is a node or a string,
// and what is nil or "" is left out.
func (b at) dict(kv ...any) *doc.Node {
	n := b.node(doc.Map, "")
	for i := 0; i+1 < len(kv); i += 2 {
		b.put(n, kv[i].(string), kv[i+1])
	}
	return n
}

func (b at) put(n *doc.Node, key string, value any) {
	var v *doc.Node
	switch w := value.(type) {
	case nil:
	case string:
		if w != "" {
			v = b.str(w)
		}
	case *doc.Node:
		v = w
	default:
		panic("sam: a value is a node or a string")
	}
	if v != nil {
		n.Fields = append(n.Fields, doc.Field{Key: b.str(key), Value: v})
	}
}

func (b at) ref(id string) *doc.Node { return b.dict("Ref", id) }

func (b at) getAtt(id, attr string) *doc.Node {
	return b.dict("Fn::GetAtt", b.list(b.str(id), b.str(attr)))
}

// sub is Fn::Sub with variables, names and nodes in turn.
func (b at) sub(text string, vars ...any) *doc.Node {
	if len(vars) == 0 {
		return b.dict("Fn::Sub", text)
	}
	return b.dict("Fn::Sub", b.list(b.str(text), b.dict(vars...)))
}

// actions is the list of "s3:GetObject ListBucket".
func (b at) actions(text string) *doc.Node {
	l := b.list()
	prefix := ""
	for a := range strings.FieldsSeq(text) {
		if p, _, ok := strings.Cut(a, ":"); ok {
			prefix = p
			l.Items = append(l.Items, b.str(a))
			continue
		}
		l.Items = append(l.Items, b.str(prefix+":"+a))
	}
	return l
}

func (b at) document(statements ...*doc.Node) *doc.Node {
	return b.dict("Version", "2012-10-17", "Statement", b.list(statements...))
}

// bare is a document as the transform writes most of them, without Version.
func (b at) bare(statements ...*doc.Node) *doc.Node {
	return b.dict("Statement", b.list(statements...))
}

func (b at) allow(actions string, resources ...*doc.Node) *doc.Node {
	return b.dict("Effect", "Allow", "Action", b.actions(actions), "Resource", b.list(resources...))
}

func (b at) inline(name string, document *doc.Node) *doc.Node {
	return b.dict("PolicyName", name, "PolicyDocument", document)
}

// trust is the trust policy for a service.
func (b at) trust(service string) *doc.Node {
	return b.document(b.dict("Effect", "Allow", "Action", b.list(b.str("sts:AssumeRole")),
		"Principal", b.dict("Service", b.list(b.str(service)))))
}

// managed is the ARN of an AWS managed policy; path begins without a slash.
func (b at) managed(path string) *doc.Node {
	return b.sub("arn:${AWS::Partition}:iam::aws:policy/" + path)
}

// with returns n with a field set, the rest as it stands.
func (b at) with(n *doc.Node, key string, v *doc.Node) *doc.Node {
	c := doc.Node{Kind: doc.Map, Span: source.Span(b)}
	if n != nil {
		c = *n
		c.Fields = append([]doc.Field(nil), n.Fields...)
	}
	for i := range c.Fields {
		if c.Fields[i].Name() == key {
			c.Fields[i].Value = v
			return &c
		}
	}
	c.Fields = append(c.Fields, doc.Field{Key: b.str(key), Value: v})
	return &c
}

// call returns the long name of the function that n calls and its argument,
// "" where it calls none.
func call(n *doc.Node) (name string, arg *doc.Node) {
	switch {
	case n == nil:
		return "", nil
	case n.Tag == "!Ref" || n.Tag == "!Condition":
		return n.Tag[1:], n
	case len(n.Tag) > 1 && n.Tag[0] == '!' && n.Tag[1] != '!':
		return "Fn::" + n.Tag[1:], n
	case n.Kind == doc.Map && len(n.Fields) == 1:
		if k := n.Fields[0].Name(); k == "Ref" || strings.HasPrefix(k, "Fn::") {
			return k, n.Fields[0].Value
		}
	}
	return "", nil
}

// literal reports whether n is a scalar that no function computes.
func literal(n *doc.Node) bool {
	name, _ := call(n)
	return n.IsScalar() && n.Kind != doc.Null && name == ""
}

// plainMap reports whether n is a map and no call.
func plainMap(n *doc.Node) bool {
	name, _ := call(n)
	return n != nil && n.Kind == doc.Map && name == ""
}

// target returns the logical id that n refers to, by Ref or by Fn::GetAtt.
func target(n *doc.Node) string {
	name, arg := call(n)
	switch name {
	case "Ref":
		return arg.Str()
	case "Fn::GetAtt":
		if arg.Kind == doc.List && len(arg.Items) > 0 {
			return arg.Items[0].Str()
		}
		id, _, _ := strings.Cut(arg.Str(), ".")
		return id
	}
	return ""
}

// noValue reports whether n is AWS::NoValue.
func noValue(n *doc.Node) bool {
	name, arg := call(n)
	return name == "Ref" && arg.Str() == "AWS::NoValue"
}
