package splice

import (
	"strings"

	"penstock/doc"
)

// A Value is what an edit writes. The zero Value is null.
type Value struct {
	Kind   doc.Kind // any but Unknown
	Tag    string   // the short form of a template function ("!Sub"), or ""
	Text   string   // of a scalar
	Items  []Value  // of a List
	Fields []Field  // of a Map, in order
}

// A Field is one entry of a Map.
type Field struct {
	Name  string
	Value Value
}

// String is a string, whatever it looks like: it is quoted where it must be.
func String(s string) Value { return Value{Kind: doc.String, Text: s} }

// Number is a number as it is to be written.
func Number(s string) Value { return Value{Kind: doc.Number, Text: s} }

// Bool is true or false.
func Bool(b bool) Value {
	if b {
		return Value{Kind: doc.Bool, Text: "true"}
	}
	return Value{Kind: doc.Bool, Text: "false"}
}

// Tagged is a template function with a text for its argument: Tagged("!Sub",
// "${Bucket.Arn}/*"). In JSON it is written in the long form.
func Tagged(tag, text string) Value { return Value{Kind: doc.String, Tag: tag, Text: text} }

// List is a list.
func List(items ...Value) Value { return Value{Kind: doc.List, Items: items} }

// Strings is a list of strings.
func Strings(items ...string) Value {
	v := Value{Kind: doc.List}
	for _, s := range items {
		v.Items = append(v.Items, String(s))
	}
	return v
}

// Map is a map with its fields in this order.
func Map(fields ...Field) Value { return Value{Kind: doc.Map, Fields: fields} }

// Of returns the value that a node holds, its tags included.
func Of(n *doc.Node) Value {
	v := Value{Kind: n.Kind, Tag: n.Tag, Text: n.Text}
	for _, it := range n.Items {
		v.Items = append(v.Items, Of(it))
	}
	for _, f := range n.Fields {
		v.Fields = append(v.Fields, Field{f.Key.Text, Of(f.Value)})
	}
	return v
}

// empty reports whether v is written on one line even in a block.
func (v Value) empty() bool {
	return v.Kind != doc.List && v.Kind != doc.Map || len(v.Items) == 0 && len(v.Fields) == 0
}

// long returns v with template functions in their long form, as JSON needs
// them: {"Fn::GetAtt": ["Key", "Arn"]}.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
func (v Value) long() Value {
	tag := v.Tag
	v.Tag = ""
	items := make([]Value, 0, len(v.Items))
	for _, it := range v.Items {
		items = append(items, it.long())
	}
	fields := make([]Field, 0, len(v.Fields))
	for _, f := range v.Fields {
		fields = append(fields, Field{f.Name, f.Value.long()})
	}
	v.Items, v.Fields = items, fields
	switch {
	case tag == "" || !strings.HasPrefix(tag, "!") || strings.HasPrefix(tag, "!!"):
		return v
	case tag == "!Ref" || tag == "!Condition":
		return Map(Field{tag[1:], v})
	case tag == "!GetAtt" && v.Kind == doc.String:
		// The resource has no dot in its name; the attribute may.
		if name, attr, ok := strings.Cut(v.Text, "."); ok {
			v = Strings(name, attr)
		}
	}
	return Map(Field{"Fn::" + tag[1:], v})
}
