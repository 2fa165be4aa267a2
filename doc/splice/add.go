package splice

import (
	"slices"
	"strings"

	"penstock/diag"
	"penstock/doc"
)

// AppendItem is the function AppendItem on e's file.
func (e *Editor) AppendItem(list *doc.Node, v Value) ([]diag.Edit, error) {
	p, err := e.collection(list, doc.List)
	if err != nil {
		return nil, err
	}
	n := p.node
	if n.Kind == doc.Null {
		return e.put(p, List(v), change{at: n, to: List(v)})
	}
	to := Of(n)
	to.Items = append(to.Items, v)
	c := change{at: n, to: to}
	w := e.writer(n.Span.End, itemStyle(n))
	if n.Style == doc.Block {
		last := n.Items[len(n.Items)-1]
		dash := e.col(n.Span.Start)
		gap := " "
		if s := last.Outer().Start; !last.Span.IsZero() && len(n.Items) > 0 {
			// Some write "-   item"; the blanks are part of the indentation.
			if b := e.back(s); e.byteAt(b-1) == '-' && s > b && e.between(b, s) == spaces(s-b) {
				gap = e.between(b, s)
			}
		}
		text := e.nl + spaces(dash) + "-" + gap + w.block(v, dash+1+len(gap))
		return e.verify(c, e.insert(e.lineEnd(n.Span.End), text))
	}
	var ends []entry
	for i, it := range n.Items {
		ends = append(ends, e.entryAt(n, i, it.Outer().Start, it.Outer().End))
	}
	return e.verify(c, e.addFlow(n, ends, func(indent string, multi bool) string {
		if e.json {
			return w.json(v.long(), indent, multi)
		}
		return w.flow(v)
	})...)
}

// Add is the function Add on e's file.
func (e *Editor) Add(n *doc.Node, v Value) ([]diag.Edit, error) {
	p, err := e.find(n)
	if err != nil {
		return nil, err
	}
	if p.node.Kind == doc.List && call(outside(p).node) == "" {
		return e.AppendItem(n, v)
	}
	return e.ListOf(n, v)
}

// itemStyle is how the strings of a list are quoted.
func itemStyle(n *doc.Node) doc.Style {
	for _, it := range slices.Backward(n.Items) {
		if it.Kind == doc.String && it.Style <= doc.Double {
			return it.Style
		}
	}
	return doc.Plain
}

// valueStyle is how the strings of a map are quoted: plainly, unless all are
// quoted alike.
func valueStyle(n *doc.Node) doc.Style {
	style, ok := doc.Plain, false
	for _, f := range n.Fields {
		if v := f.Value; v.Kind == doc.String && v.Style <= doc.Double {
			if ok && v.Style != style {
				return doc.Plain
			}
			style, ok = v.Style, true
		}
	}
	return style
}

// entry is one item or one field with its key, as it is written.
type entry struct{ start, end int }

// entryAt returns the entry with the index i whose first node starts at start
// and whose last one ends at end. An explicit key's "?" belongs to it.
func (e *Editor) entryAt(n *doc.Node, i, start, end int) entry {
	if b := e.back(start); n.Kind == doc.Map && e.byteAt(b-1) == '?' && b-1 >= n.Span.Start && (b < start || isBreak(e.byteAt(start))) {
		start = b - 1
	}
	if n.Style == doc.Block && n.Kind == doc.List {
		// From the dash; the last one before the item, with comments between.
		from := n.Span.Start
		if i > 0 {
			from = e.space(n.Items[i-1].Outer().End)
		}
		start = min(start, from)
	}
	return entry{start, end}
}

// written returns the entries of the map n as they are written, with their
// indexes in Fields; those that a merge key brought are left out.
func (e *Editor) entries(n *doc.Node) (out []entry, index []int) {
	for i, f := range n.Fields {
		if e.written(n, f) {
			out = append(out, e.entryAt(n, i, f.Key.Outer().Start, max(f.Key.Outer().End, f.Value.Outer().End)))
			index = append(index, i)
		}
	}
	return out, index
}

// addFlow returns the edits that add an entry at the end of the flow
// collection n, which has these so far.
func (e *Editor) addFlow(n *doc.Node, have []entry, render func(indent string, multi bool) string) []diag.Edit {
	open, shut := n.Span.Start+1, n.Span.End-1
	outer := e.indent(n.Span.Start)
	if len(have) == 0 {
		inside := e.between(open, shut)
		if comment(inside) {
			return []diag.Edit{e.insert(open, render(outer, false)+" ")}
		}
		if e.json && e.habit.unit != "" {
			return []diag.Edit{e.replace(open, shut, e.nl+outer+e.habit.unit+render(outer+e.habit.unit, true)+e.nl+outer)}
		}
		return []diag.Edit{e.replace(open, shut, render(outer, false))}
	}
	last := have[len(have)-1]
	comma := e.space(last.end)
	trailing := e.byteAt(comma) == ','
	if !e.first(last.start) || e.lineStart(last.start) <= n.Span.Start && !lines(e.between(open, last.start)) {
		// Beside the entry before it.
		sep := ", "
		if len(have) > 1 {
			if s := e.between(have[len(have)-2].end, last.start); strings.Trim(s, ", \t") == "" && strings.Count(s, ",") == 1 {
				sep = strings.TrimLeft(s, " \t")
			}
		} else if w := (&writer{e: e}); e.json && e.habit.unit == "" && w.compact() {
			sep = ","
		}
		text := render(outer, false)
		if trailing {
			return []diag.Edit{e.insert(comma+1, sep[1:]+text+",")}
		}
		return []diag.Edit{e.insert(last.end, sep+text)}
	}
	// On a line of its own, after a comment on the line of the last one.
	indent := e.indent(last.start)
	line := e.nl + indent + render(indent, true)
	if trailing {
		if next := e.blanks(comma + 1); e.byteAt(next) == '#' {
			return []diag.Edit{e.insert(e.lineEnd(next), line+",")}
		}
		return []diag.Edit{e.insert(comma+1, line+",")}
	}
	if next := e.blanks(last.end); e.byteAt(next) == '#' {
		return []diag.Edit{e.insert(last.end, ","), e.insert(e.lineEnd(next), line)}
	}
	return []diag.Edit{e.insert(last.end, ","+line)}
}

// SetField is the function SetField on e's file.
func (e *Editor) SetField(m *doc.Node, key string, v Value) ([]diag.Edit, error) {
	p, err := e.collection(m, doc.Map)
	if err != nil {
		return nil, err
	}
	n := p.node
	if n.Kind == doc.Null {
		to := Map(Field{key, v})
		return e.put(p, to, change{at: n, to: to})
	}
	have, index := e.entries(n)
	for _, i := range index {
		if f := n.Fields[i]; f.Key.Text == key {
			return e.Replace(f.Value, v)
		}
	}
	to := Of(n)
	if e.json {
		v = v.long()
	}
	to.Fields = slices.Insert(to.Fields, len(index), Field{key, v})
	// What a merge key brought under this name is now overridden.
	for i, f := range to.Fields {
		if i > len(index) && f.Name == key {
			to.Fields = slices.Delete(to.Fields, i, i+1)
			break
		}
	}
	c := change{at: n, to: to}
	w := e.writer(n.Span.End, valueStyle(n))
	if n.Style == doc.Block {
		col := e.col(n.Span.Start)
		text := e.nl + spaces(col) + w.entry(Field{key, v}, col)
		return e.verify(c, e.insert(e.lineEnd(n.Span.End), text))
	}
	if e.byteAt(n.Span.Start) != '{' {
		return nil, &doc.Error{At: n.Span, Message: "a map of one field without braces, in a list", Fix: "write it in braces: [{a: b}]"}
	}
	return e.verify(c, e.addFlow(n, have, func(indent string, multi bool) string {
		if e.json {
			return quoteDouble(key) + e.colon(n) + w.json(v, indent, multi)
		}
		return w.field(Field{key, v})
	})...)
}

// colon returns what stands between keys and values in the JSON map n.
func (e *Editor) colon(n *doc.Node) string {
	if len(n.Fields) > 0 {
		f := n.Fields[len(n.Fields)-1]
		if s := e.between(f.Key.Span.End, f.Value.Span.Start); strings.Trim(s, ": \t") == "" {
			return s
		}
	}
	if w := (&writer{e: e}); e.habit.unit == "" && w.compact() {
		return ":"
	}
	return ": "
}
