// Package splice changes a user's file by edits of its bytes. It never prints
// a document back: an edit touches what it must, and blank lines, comments,
// quoting and line endings around it stay as they are.
//
// What is inserted is written like its surroundings: block or flow YAML with
// the indentation and the dashes of the file, or JSON on one line or many.
//
// Every operation takes nodes that a reader made, or that an evaluator made
// from them with their Span kept, and finds the place in the file by the
// Span. Before it returns edits it applies them, reads the result again and
// compares: if anything but the intended value would change, as where an
// alias shares it, the answer is an error and no edits. So a returned edit can
// be applied without looking, as long as the file has not changed and other
// edits do not overlap it.
//
// An Editor reads its file once; the functions of the package use one that is
// kept with the file. The errors are *doc.Error.
package splice

import (
	"fmt"

	"penstock/diag"
	"penstock/doc"
	"penstock/doc/json"
	"penstock/doc/yaml"
	"penstock/source"
)

// AppendItem adds v at the end of list. A null (a key without a value)
// becomes a list of v.
func AppendItem(list *doc.Node, v Value) ([]diag.Edit, error) {
	return on(list, func(e *Editor) ([]diag.Edit, error) { return e.AppendItem(list, v) })
}

// Add adds v to n where AWS takes one value for a list of one: AppendItem if
// n is a list, else ListOf.
func Add(n *doc.Node, v Value) ([]diag.Edit, error) {
	return on(n, func(e *Editor) ([]diag.Edit, error) { return e.Add(n, v) })
}

// ListOf makes a list of the value n and of v where n stands; if n is within
// the arguments of a template function other than Fn::If, where that stands.
func ListOf(n *doc.Node, v Value) ([]diag.Edit, error) {
	return on(n, func(e *Editor) ([]diag.Edit, error) { return e.ListOf(n, v) })
}

// SetField gives the field key of the map m the value v: it replaces the
// value that is there, or adds the field at the end. A null becomes a map.
func SetField(m *doc.Node, key string, v Value) ([]diag.Edit, error) {
	return on(m, func(e *Editor) ([]diag.Edit, error) { return e.SetField(m, key, v) })
}

// Replace puts v in the place of n, its tag and anchor included.
func Replace(n *doc.Node, v Value) ([]diag.Edit, error) {
	return on(n, func(e *Editor) ([]diag.Edit, error) { return e.Replace(n, v) })
}

// RemoveField removes the field key of the map m, with a comment on its line;
// the last field leaves {}.
func RemoveField(m *doc.Node, key string) ([]diag.Edit, error) {
	return on(m, func(e *Editor) ([]diag.Edit, error) { return e.RemoveField(m, key) })
}

// RemoveItem removes the item at index of list, with a comment on its line;
// the last item leaves [].
func RemoveItem(list *doc.Node, index int) ([]diag.Edit, error) {
	return on(list, func(e *Editor) ([]diag.Edit, error) { return e.RemoveItem(list, index) })
}

func on(n *doc.Node, do func(*Editor) ([]diag.Edit, error)) ([]diag.Edit, error) {
	if n == nil || n.Span.IsZero() {
		return nil, &doc.Error{Message: "the value to change is not written in any file"}
	}
	e, err := New(n.Span.File)
	if err != nil {
		return nil, err
	}
	return do(e)
}

// An Editor makes edits of one file. All of them are against the file as it
// is; it is not changed. It may be used from several goroutines at once.
type Editor struct {
	text
	json  bool
	roots []*doc.Node
	at    map[span]*place
	habit habits
	// shared: an alias or a merge key shares some value.
	shared bool
	// whole makes verify read the whole file each time, for tests.
	whole bool
}

type span struct{ start, end int }

// place is where a node stands in the tree.
type place struct {
	node   *doc.Node
	parent *place // nil for a root
	index  int    // in the parent's Items or Fields
	key    bool   // the field's key, not its value
	twice  bool   // another node has the same span, as empty ones may
}

type memoKey struct{}

// New returns the editor of f, which is read the first time. The error is
// that of the reader.
func New(f *source.File) (*Editor, error) {
	switch v := f.Memo(memoKey{}, func() any {
		e, err := newEditor(f)
		if err != nil {
			return err
		}
		return e
	}).(type) {
	case *Editor:
		return v, nil
	case error:
		return nil, v
	default:
		panic(fmt.Sprintf("splice: no such memo: %T", v))
	}
}

func newEditor(f *source.File) (*Editor, error) {
	roots, isJSON, err := read(f)
	if err != nil {
		return nil, err
	}
	e := &Editor{text: newText(f), json: isJSON, roots: roots, at: map[span]*place{}}
	for _, r := range e.roots {
		e.index(&place{node: r})
	}
	return e, nil
}

// read returns the documents of f and whether they are JSON.
func read(f *source.File) ([]*doc.Node, bool, error) {
	n, _, err := json.Parse(f)
	if err == nil {
		return []*doc.Node{n}, true, nil
	}
	docs, _, yerr := yaml.ParseAll(f)
	return docs, false, yerr
}

// index notes the place of p and of all that is written below it.
func (e *Editor) index(p *place) {
	n := p.node
	k := span{n.Span.Start, n.Span.End}
	if old := e.at[k]; old != nil {
		old.twice = true
	} else {
		e.at[k] = p
	}
	e.habit.see(e, p)
	if n.Style == doc.Alias {
		e.shared = true
		return
	}
	for i, it := range n.Items {
		e.index(&place{node: it, parent: p, index: i})
	}
	for i, f := range n.Fields {
		if !e.written(n, f) {
			e.shared = true
			continue
		}
		e.index(&place{node: f.Key, parent: p, index: i, key: true})
		e.index(&place{node: f.Value, parent: p, index: i})
	}
}

// written reports whether f stands in the text of m, and is not brought by a
// merge key; a merged map that is itself written there does not count either.
func (e *Editor) written(m *doc.Node, f doc.Field) bool {
	if f.Key.Span.Start < m.Span.Start || f.Value.Span.End > m.Span.End {
		return false
	}
	for _, g := range m.Fields {
		if g.Key == f.Key {
			return true
		}
		if g.Key.Span.Start > f.Key.Span.Start {
			return false // merged fields come last but stand before
		}
	}
	return true
}

// find returns the place that n stands for.
func (e *Editor) find(n *doc.Node) (*place, error) {
	if n == nil || n.Span.File != e.file {
		return nil, &doc.Error{At: n.Where(), Message: "the value to change is not written in " + e.file.Name}
	}
	p := e.at[span{n.Span.Start, n.Span.End}]
	switch {
	case p == nil:
		return nil, &doc.Error{At: n.Span, Message: "the value to change is not written as one value in the file"}
	case p.twice:
		return nil, &doc.Error{At: n.Span, Message: "an empty value stands where another one stands too", Fix: "write it out: null, \"\", [] or {}"}
	case p.key:
		return nil, &doc.Error{At: n.Span, Message: fmt.Sprintf("%q is a key, not a value", n.Text)}
	}
	return p, nil
}

// collection is find for a list or map that is written out.
func (e *Editor) collection(n *doc.Node, kind doc.Kind) (*place, error) {
	p, err := e.find(n)
	if err != nil {
		return nil, err
	}
	switch {
	case p.node.Style == doc.Alias:
		return nil, &doc.Error{
			At:      n.Span,
			Message: fmt.Sprintf("the %v is an alias of a value that stands elsewhere", kind),
			Fix:     "change the value that the alias names",
		}
	case p.node.Kind == doc.Null && p.node.Tag == "" && p.node.Lead == 0:
	case p.node.Kind != kind:
		return nil, &doc.Error{At: n.Span, Message: fmt.Sprintf("the value is a %v in the file, not a %v", p.node.Kind, kind)}
	}
	return p, nil
}

// flow reports whether p stands inside brackets or braces.
func (p *place) flow() bool { return p.parent != nil && p.parent.node.Style == doc.Flow }

func (e *Editor) insert(at int, text string) diag.Edit {
	return e.replace(at, at, text)
}

func (e *Editor) replace(start, end int, text string) diag.Edit {
	return diag.Edit{Span: source.Span{File: e.file, Start: start, End: end}, New: text}
}
