package doc_test

import (
	"errors"
	"fmt"
	"testing"

	"penstock/doc"
	"penstock/source"
)

var (
	file = source.NewFile("f.yaml", []byte("a: !T x\n"))
	text = &doc.Node{Kind: doc.String, Tag: "!T", Text: "x", Lead: 3, Span: source.Span{File: file, Start: 6, End: 7}}
	null = &doc.Node{Kind: doc.Null}
	list = &doc.Node{Kind: doc.List, Items: []*doc.Node{text, null}}
	tree = &doc.Node{Kind: doc.Map, Fields: []doc.Field{
		{Key: &doc.Node{Kind: doc.String, Text: "a"}, Value: list},
		{Key: &doc.Node{Kind: doc.String, Text: "b"}, Value: &doc.Node{Kind: doc.Map, Fields: []doc.Field{
			{Key: &doc.Node{Kind: doc.String, Text: "c"}, Value: text},
		}}},
		{Key: &doc.Node{Kind: doc.String, Text: "a"}, Value: null},
	}}
)

func TestGet(t *testing.T) {
	var none *doc.Node
	tests := []struct {
		name      string
		got, want *doc.Node
	}{
		{"first of two", tree.Get("a"), list},
		{"absent", tree.Get("x"), nil},
		{"of a list", list.Get("a"), nil},
		{"of nil", none.Get("a"), nil},
		{"path", tree.At("b", "c"), text},
		{"path that ends early", tree.At("b", "x", "y"), nil},
		{"no path", tree.At(), tree},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, tt.got, tt.want)
		}
	}
}

func TestElems(t *testing.T) {
	for name, tt := range map[string]struct {
		n    *doc.Node
		want int
	}{"nil": {nil, 0}, "null": {null, 0}, "scalar": {text, 1}, "map": {tree, 1}, "list": {list, 2}} {
		n := 0
		for range tt.n.Elems() {
			n++
		}
		if n != tt.want {
			t.Errorf("%s: %d elements, want %d", name, n, tt.want)
		}
	}
	for range list.Elems() {
		break // must not run on
	}
}

func TestSpans(t *testing.T) {
	if got := text.Outer().Text(); got != "!T x" {
		t.Errorf("Outer = %q", got)
	}
	var none *doc.Node
	if !none.Outer().IsZero() || !none.Where().IsZero() || none.Str() != "" || none.IsScalar() {
		t.Error("nil is not nothing")
	}
	if list.Str() != "" || null.Str() != "" || text.Str() != "x" || !null.IsScalar() || list.IsScalar() {
		t.Error("Str or IsScalar")
	}
}

func TestError(t *testing.T) {
	err := fmt.Errorf("reading template: %w", &doc.Error{At: text.Span, Message: `"x" is wrong`, Fix: `write "y"`})
	if got, want := err.Error(), `reading template: f.yaml:1:7: "x" is wrong`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	var h interface{ Hint() string }
	if !errors.As(err, &h) || h.Hint() != `write "y"` {
		t.Error("no hint")
	}
	if got := (&doc.Error{Message: "m"}).Error(); got != "m" {
		t.Errorf("without a place: %q", got)
	}
}
