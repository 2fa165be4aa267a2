// Package doc is the one tree that every document becomes, YAML or JSON,
// template, policy, buildspec or stacks file alike: maps in order with their
// duplicate keys kept, lists, scalars, and the byte span of each.
//
// Readers live in doc/json and doc/yaml, which alone import the parsers. The
// tree is for reading: a change to a user's file is a diag.Edit on its bytes,
// never a tree printed back.
//
// A scalar's Text may hold symbolic holes (package match) once a template
// has been evaluated; a reader never produces one: a NUL in the input becomes
// U+FFFD.
package doc

import (
	"iter"

	"penstock/source"
)

// Kind says what a Node is.
type Kind uint8

// The kinds. A Node that could not be known (an intrinsic over an unknown
// value that may be of any shape) is Unknown, with Text naming what it
// depends on.
const (
	Null Kind = iota
	Bool
	Number
	String
	List
	Map
	Unknown
)

// String returns the kind in the words that a message uses.
func (k Kind) String() string {
	switch k {
	case Null:
		return "null"
	case Bool:
		return "boolean"
	case Number:
		return "number"
	case String:
		return "string"
	case List:
		return "list"
	case Map:
		return "map"
	case Unknown:
		return "unknown"
	default:
		panic("doc: no such kind")
	}
}

// Style says how a node is written, for edits that must match it.
type Style uint8

// Styles. Flow is JSON and YAML's {…} and […]; Block is YAML by indentation;
// Plain, Single, Double, Literal (|) and Folded (>) are scalars. Alias is a
// YAML *name: the node has the kind and the content of what it names, its
// Span is that of the *name, its Via that of the original, and its children
// stand at the original.
const (
	Plain Style = iota
	Single
	Double
	Literal
	Folded
	Flow
	Block
	Alias
)

// A Node is one value. Nodes are immutable once read; an evaluator makes new
// ones that keep the Span of what they came from.
type Node struct {
	Kind  Kind
	Style Style
	// Lead is how many bytes before Span.Start the node really starts, with
	// its tag and its anchor; 0 where it has neither. See Outer.
	Lead   int32
	Tag    string // the short form of a template function ("!Sub"), without it ""
	Text   string // a scalar's text: null is "", true and false are lower case, numbers as written
	Items  []*Node
	Fields []Field
	// Span is the value as written, without the tag and the anchor. A block
	// scalar's starts at its indicator and ends before its last line break; a
	// block collection's ends with its last item; a YAML null that is not
	// written has an empty one where its value would be.
	Span source.Span
	// Edges holds other places the value came from, nearest first: the
	// parameter default, the mapping entry, the exporting output.
	Via []source.Span
	// Maybe names the facts that decide whether this node exists at all
	// (an Fn::If over an unknown condition); empty means that it does.
	Maybe []string
}

// A Field is one entry of a Map, in the order written.
type Field struct {
	Key   *Node // a scalar
	Value *Node
}

// Name returns the key's text.
func (f Field) Name() string { return f.Key.Text }

// Get returns the value of the first field with this key, or nil. It is safe
// on nil and on nodes that are no Map.
func (n *Node) Get(key string) *Node {
	if n == nil || n.Kind != Map {
		return nil
	}
	for i := range n.Fields {
		if n.Fields[i].Key.Text == key {
			return n.Fields[i].Value
		}
	}
	return nil
}

// At follows a path of keys; nil where it ends early.
func (n *Node) At(path ...string) *Node {
	for _, k := range path {
		n = n.Get(k)
	}
	return n
}

// Str returns the text of a string, number or boolean, and "" for anything
// else, nil included.
func (n *Node) Str() string {
	if n == nil {
		return ""
	}
	switch n.Kind {
	case String, Number, Bool:
		return n.Text
	default:
		return ""
	}
}

// IsScalar reports whether n is a string, number, boolean or null.
func (n *Node) IsScalar() bool {
	return n != nil && n.Kind <= String
}

// Elems yields the items of a List, or n itself where AWS takes a single
// value for a list of one. Nil and Null yield nothing.
func (n *Node) Elems() iter.Seq[*Node] {
	return func(yield func(*Node) bool) {
		switch {
		case n == nil || n.Kind == Null:
		case n.Kind == List:
			for _, it := range n.Items {
				if !yield(it) {
					return
				}
			}
		default:
			yield(n)
		}
	}
}

// Where returns the span of n, or the zero Span of nil.
func (n *Node) Where() source.Span {
	if n == nil {
		return source.Span{}
	}
	return n.Span
}

// Outer returns the span of n with its tag and its anchor.
func (n *Node) Outer() source.Span {
	if n == nil {
		return source.Span{}
	}
	s := n.Span
	s.Start -= int(n.Lead)
	return s
}
