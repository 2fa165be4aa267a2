package splice

import (
	"fmt"
	"strings"

	"penstock/diag"
	"penstock/doc"
)

// Replace is the function Replace on e's file.
func (e *Editor) Replace(n *doc.Node, v Value) ([]diag.Edit, error) {
	p, err := e.find(n)
	if err != nil {
		return nil, err
	}
	return e.put(p, v, change{at: p.node, to: v})
}

// put writes v where p stands.
func (e *Editor) put(p *place, v Value, c change) ([]diag.Edit, error) {
	n := p.node
	o := n.Outer()
	w := e.writer(o.Start, doc.Plain)
	if n.Kind == doc.String && n.Style <= doc.Double {
		w.style = n.Style
	}
	switch {
	case e.json:
		multi := e.habit.unit != "" && (p.parent == nil || lines(p.parent.node.Span.Text()))
		return e.verify(c, e.replace(o.Start, o.End, w.json(v.long(), e.indent(o.Start), multi)))
	case p.flow() || p.parent == nil && n.Style == doc.Flow:
		text := w.flow(v)
		if o.Start == o.End {
			text = e.afterKey(p, text)
			if next := e.byteAt(o.End); !isBlank(next) && !isBreak(next) && strings.IndexByte(",]}", next) < 0 {
				text += " "
			}
		}
		return e.verify(c, e.replace(o.Start, o.End, text))
	case p.parent == nil || p.parent.node.Kind == doc.List || o.Start == o.End && e.byteAt(o.Start-1) != ':':
		return e.verify(c, e.inBlock(p, w, v)...)
	}
	key := p.parent.node.Fields[p.index].Key
	colon := e.space(key.Outer().End)
	if e.byteAt(colon) != ':' {
		return e.verify(c, e.inBlock(p, w, v)...)
	}
	if e.explicit(p) {
		return e.verify(c, e.inBlock(p, w, v)...)
	}
	// After the colon, on the line or below it.
	col := e.col(p.parent.node.Span.Start)
	if n.Style == doc.Block && n.Kind == v.Kind && e.col(n.Span.Start) >= col {
		if d := e.col(n.Span.Start) - col; v.Kind == doc.List {
			w.dashes = d
		} else if d > 0 {
			w.nested = d
		}
	}
	text := w.under(v, col)
	gap := e.between(colon+1, o.Start)
	if i := strings.LastIndexByte(gap, '#'); i >= 0 {
		// Comments stand between the key and its value, and stay there.
		end := e.lineEnd(colon + 1 + i)
		if v.empty() {
			return e.verify(c, e.insert(colon+1, text), e.replace(end, o.End, ""))
		}
		return e.verify(c, e.replace(end, o.End, text))
	}
	return e.verify(c, e.replace(colon+1, o.End, text))
}

// explicit reports whether the key of p is written with a question mark.
func (e *Editor) explicit(p *place) bool {
	start := p.parent.node.Fields[p.index].Key.Outer().Start
	return e.entryAt(p.parent.node, p.index, start, start).start < start
}

// afterKey prepends to text what must stand between it and the key or the
// indicator before it, where so far no value was written.
func (e *Editor) afterKey(p *place, text string) string {
	o := p.node.Outer()
	if p.parent != nil && p.parent.node.Kind == doc.Map && e.byteAt(o.Start-1) != ':' {
		return ": " + text
	}
	if c := e.byteAt(o.Start - 1); c == ':' || c == '-' {
		return " " + text
	}
	return text
}

// inBlock writes v where p stands as an item, as the value of an explicit key
// or as the root: at the column that the old value has.
func (e *Editor) inBlock(p *place, w *writer, v Value) []diag.Edit {
	o := p.node.Outer()
	if o.Start < o.End {
		return []diag.Edit{e.replace(o.Start, o.End, w.block(v, e.col(o.Start)))}
	}
	if p.parent == nil {
		return []diag.Edit{e.replace(o.Start, o.End, w.block(v, 0))}
	}
	if c := e.byteAt(o.Start - 1); c == '-' || c == ':' {
		return []diag.Edit{e.insert(o.Start, " "+w.block(v, e.col(o.Start)+1))}
	}
	// "? key" without a value.
	col := e.col(p.parent.node.Span.Start)
	return []diag.Edit{e.insert(e.lineEnd(o.Start), e.nl+spaces(col)+": "+w.block(v, col+2))}
}

// ListOf is the function ListOf on e's file.
func (e *Editor) ListOf(n *doc.Node, v Value) ([]diag.Edit, error) {
	p, err := e.find(n)
	if err != nil {
		return nil, err
	}
	// The node may be what an evaluator made of the function that stands here.
	made := n.Kind == doc.List && n.Tag == "" && call(p.node) != ""
	p = outside(p)
	if made || strings.HasSuffix(call(p.node), "Split") || strings.HasSuffix(call(p.node), "GetAZs") || strings.HasSuffix(call(p.node), "Cidr") {
		return nil, &doc.Error{
			At:      p.node.Span,
			Message: fmt.Sprintf("the list is made by %s, so that nothing can be added to it here", call(p.node)),
			Fix:     "add it to what the function takes its value from",
		}
	}
	n = p.node
	if n.Kind == doc.Null && n.Outer().Start == n.Outer().End {
		return e.put(p, List(v), change{at: n, to: List(v)})
	}
	to := List(Of(n), v)
	c := change{at: n, to: to}
	o := n.Outer()
	w := e.writer(o.Start, doc.Plain)
	if n.Kind == doc.String && n.Style <= doc.Double {
		w.style = n.Style
	}
	raw := o.Text()
	switch {
	case e.json:
		sep := ", "
		if e.habit.unit == "" && w.compact() {
			sep = ","
		}
		unit := e.habit.unit
		if lines(raw) && unit != "" {
			// A value of many lines, such as a statement, stays as it is.
			return e.verify(c, e.insert(o.Start, "["), e.insert(o.End, ", "+w.json(v.long(), e.indent(o.Start), true)+"]"))
		}
		return e.verify(c, e.insert(o.Start, "["), e.insert(o.End, sep+w.json(v.long(), e.indent(o.Start), false)+"]"))
	case p.flow(), n.Style == doc.Flow && p.parent == nil:
		return e.verify(c, e.insert(o.Start, "["), e.insert(o.End, ", "+w.flow(v)+"]"))
	case n.Style == doc.Block || lines(raw):
		return e.wrapLines(p, w, v, c)
	}
	// One line: the old value and the new one, a dash before each.
	if p.parent == nil || p.parent.node.Kind == doc.List || e.explicit(p) || e.first(o.Start) {
		col := e.col(o.Start)
		return e.verify(c, e.insert(o.Start, "- "), e.insert(e.lineEnd(o.End), e.nl+spaces(col)+"- "+w.block(v, col+2)))
	}
	line := e.nl + spaces(e.col(p.parent.node.Span.Start)+w.dashes) + "- "
	col := e.col(p.parent.node.Span.Start) + w.dashes + 2
	return e.verify(c, e.replace(e.back(o.Start), o.Start, line), e.insert(e.lineEnd(o.End), line+w.block(v, col)))
}

// wrapLines is ListOf for a value of several lines in a block: its lines are
// kept where a dash fits before them, else it is written anew.
func (e *Editor) wrapLines(p *place, w *writer, v Value, c change) ([]diag.Edit, error) {
	o := p.node.Outer()
	if p.parent != nil && p.parent.node.Kind == doc.Map && !e.explicit(p) && p.node.Style != doc.Block {
		// Dashes in the column of the key leave the lines deep enough.
		col := e.col(p.parent.node.Span.Start)
		line := e.nl + spaces(col) + "- "
		if edits, err := e.verify(c,
			e.replace(e.back(o.Start), o.Start, line),
			e.insert(e.lineEnd(o.End), line+w.block(v, col+2))); err == nil {
			return edits, nil
		}
	}
	if p.node.Style == doc.Block && p.node.Lead == 0 && p.node.Kind == doc.Map && e.first(o.Start) {
		// A map on lines of its own: two blanks before each of its lines.
		if edits, err := e.verify(c, e.shift(p, w, v)...); err == nil {
			return edits, nil
		}
	}
	return e.put(p, c.to, c)
}

// shift makes the block map p the first item of a list, in its own column.
func (e *Editor) shift(p *place, w *writer, v Value) []diag.Edit {
	o := p.node.Outer()
	col := e.col(o.Start)
	edits := []diag.Edit{e.insert(o.Start, "- ")}
	for i := e.afterBreak(e.lineEnd(o.Start)); i < o.End; i = e.afterBreak(e.lineEnd(i)) {
		if e.blanks(i) < e.lineEnd(i) {
			edits = append(edits, e.insert(i, "  "))
		}
	}
	return append(edits, e.insert(e.lineEnd(o.End), e.nl+spaces(col)+"- "+w.block(v, col+2)))
}

// calls are the template functions whose arguments are part of one value:
// what is to stand beside it must stand outside of them. Fn::If is not among
// them: its branches are values of their own.
var calls = map[string]bool{
	"Ref": true, "Fn::Base64": true, "Fn::Cidr": true, "Fn::FindInMap": true, "Fn::GetAtt": true, "Fn::GetAZs": true,
	"Fn::ImportValue": true, "Fn::Join": true, "Fn::Select": true, "Fn::Split": true, "Fn::Sub": true,
}

// call returns the name of the template function that n is, if it is one of
// calls, else "".
func call(n *doc.Node) string {
	if len(n.Tag) > 1 && (calls["Fn::"+n.Tag[1:]] || calls[n.Tag[1:]]) {
		return n.Tag
	}
	if n.Kind == doc.Map && len(n.Fields) == 1 && calls[n.Fields[0].Key.Text] {
		return n.Fields[0].Key.Text
	}
	return ""
}

// outside returns the outermost template function that p is an argument of,
// or p itself.
func outside(p *place) *place {
	out := p
	for p := p; p != nil; p = p.parent {
		switch {
		case call(p.node) != "":
			out = p
		case p.node.Tag != "" || p.node.Kind == doc.Map && len(p.node.Fields) == 1 && strings.HasPrefix(p.node.Fields[0].Key.Text, "Fn::"):
			return out
		}
	}
	return out
}
