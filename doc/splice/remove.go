package splice

import (
	"fmt"
	"slices"
	"strings"

	"penstock/diag"
	"penstock/doc"
)

// RemoveField is the function RemoveField on e's file.
func (e *Editor) RemoveField(m *doc.Node, key string) ([]diag.Edit, error) {
	p, err := e.collection(m, doc.Map)
	if err != nil {
		return nil, err
	}
	n := p.node
	have, index := e.entries(n)
	at := -1
	for i, j := range index {
		if n.Fields[j].Key.Text == key {
			if at >= 0 {
				return nil, &doc.Error{At: n.Fields[j].Key.Span, Message: fmt.Sprintf("key %q is written twice in one map", key), Fix: "remove one of them"}
			}
			at = i
		}
	}
	if at < 0 {
		return nil, &doc.Error{At: n.Span, Message: fmt.Sprintf("the map has no field %q of its own", key)}
	}
	to := Of(n)
	to.Fields = slices.Delete(to.Fields, index[at], index[at]+1)
	return e.remove(p, have, at, to, Map())
}

// RemoveItem is the function RemoveItem on e's file.
func (e *Editor) RemoveItem(list *doc.Node, index int) ([]diag.Edit, error) {
	p, err := e.collection(list, doc.List)
	if err != nil {
		return nil, err
	}
	n := p.node
	if index < 0 || index >= len(n.Items) {
		return nil, &doc.Error{At: n.Span, Message: fmt.Sprintf("the list has %d items, and none with index %d", len(n.Items), index)}
	}
	var have []entry
	for i, it := range n.Items {
		have = append(have, e.entryAt(n, i, it.Outer().Start, it.Outer().End))
	}
	to := Of(n)
	to.Items = slices.Delete(to.Items, index, index+1)
	return e.remove(p, have, index, to, List())
}

// remove takes the entry at out of the collection p, which then holds to; if
// it was the only one, p becomes none.
func (e *Editor) remove(p *place, have []entry, at int, to, none Value) ([]diag.Edit, error) {
	n := p.node
	c := change{at: n, to: to}
	if n.Style == doc.Flow {
		return e.verify(c, e.removeFlow(n, have, at)...)
	}
	if len(have) == 1 {
		none.Tag = n.Tag
		return e.put(p, none, change{at: n, to: to})
	}
	it := have[at]
	end := e.lineEnd(it.end)
	if e.first(it.start) {
		// Whole lines.
		start, next := e.lineStart(it.start), e.afterBreak(end)
		edits, err := e.verify(c, e.replace(start, next, ""))
		if err == nil {
			return edits, nil
		}
		// The blank lines below would become part of a |+ scalar above.
		for i := next; i < len(e.data) && e.blanks(i) == e.lineEnd(i); i = next {
			next = e.afterBreak(e.lineEnd(i))
			if next == i {
				break
			}
		}
		return e.verify(c, e.replace(start, next, ""))
	}
	if at+1 == len(have) {
		return e.verify(c, e.replace(it.start, end, ""))
	}
	// The first entry, behind the dash of an outer list. The next one takes
	// its place.
	next := have[at+1].start
	if strings.TrimSpace(e.between(end, next)) == "" {
		return e.verify(c, e.replace(it.start, next, ""))
	}
	return e.verify(c, e.replace(e.back(it.start), end, ""))
}

// removeFlow returns the edits that take an entry, with one comma, out of a
// flow collection.
func (e *Editor) removeFlow(n *doc.Node, have []entry, at int) []diag.Edit {
	it := have[at]
	if len(have) == 1 {
		start, end := it.start, it.end
		if comma := e.space(end); e.byteAt(comma) == ',' && !comment(e.between(end, comma)) {
			end = comma + 1
		}
		open, shut := n.Span.Start+1, n.Span.End-1
		if e.byteAt(n.Span.Start) == '{' || e.byteAt(n.Span.Start) == '[' {
			if !comment(e.between(open, start)) && !comment(e.between(end, shut)) {
				start, end = open, shut
			}
		}
		return []diag.Edit{e.replace(start, end, "")}
	}
	comma := e.space(it.end)
	if at < len(have)-1 {
		next := have[at+1].start
		if comment(e.between(it.end, next)) {
			// A comment stands there; it stays, on a line of its own if it was.
			return []diag.Edit{e.replace(it.start, it.end, ""), e.replace(comma, comma+1, "")}
		}
		return []diag.Edit{e.replace(it.start, next, "")}
	}
	prev := have[at-1].end
	if comment(e.between(prev, it.start)) {
		before := e.space(prev)
		return []diag.Edit{e.replace(before, before+1, ""), e.replace(it.start, it.end, "")}
	}
	return []diag.Edit{e.replace(prev, it.end, "")}
}
