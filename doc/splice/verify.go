package splice

import (
	"strings"

	"penstock/diag"
	"penstock/doc"
	"penstock/doc/json"
	"penstock/doc/yaml"
	"penstock/source"
)

// change is what an edit is meant to do to the tree: the node at becomes to,
// and every other node stays as it is.
type change struct {
	at   *doc.Node
	to   Value
	seen int // how often the node is reached: more than once through aliases
}

// verify applies the edits, reads the file again, and returns the edits if
// the tree is as c says.
func (e *Editor) verify(c change, edits ...diag.Edit) ([]diag.Edit, error) {
	edits = e.chomp(edits)
	if e.json {
		c.to = c.to.long()
	}
	if e.near(&c, edits) {
		return edits, nil
	}
	if err := e.all(&c, edits); err != nil {
		return nil, err
	}
	return edits, nil
}

// all is verify for the whole document.
func (e *Editor) all(c *change, edits []diag.Edit) error {
	var roots []*doc.Node
	var isJSON bool
	data, err := diag.Apply(e.file, edits)
	if err == nil {
		roots, isJSON, err = read(source.NewFile(e.file.Name, data))
	}
	c.seen = 0
	ok := err == nil && (isJSON || !e.json) && len(roots) == len(e.roots)
	for i := 0; ok && i < len(roots); i++ {
		ok = c.holds(e.roots[i], roots[i])
	}
	if !ok || c.seen != 1 {
		return &doc.Error{
			At:      c.at.Span,
			Message: "the value cannot be changed here without changing more than it",
			Fix:     "change it by hand; if an alias or a merge key shares it, write it out first",
		}
	}
	return nil
}

// near is verify for the second level of the document around the change, a
// resource of a template: no need to read all of a large file again. It
// reports false where that does not settle the matter.
//
// It is sound because the lines from one entry of a block collection to the
// next are read alike alone and in their place, and JSON values are anywhere.
func (e *Editor) near(c *change, edits []diag.Edit) bool {
	q := e.at[span{c.at.Span.Start, c.at.Span.End}]
	if e.whole || e.shared || len(e.roots) != 1 || q == nil || e.data[e.begin] == '%' {
		return false
	}
	for q.parent != nil && q.parent.parent != nil && q.parent.parent.parent != nil {
		q = q.parent
	}
	if q.parent == nil || q.parent.parent == nil {
		return false
	}
	start, end := q.node.Outer().Start, q.node.Outer().End
	if !e.json {
		var ok bool
		if start, end, ok = e.around(q); !ok {
			return false
		}
	}
	var mine []diag.Edit
	text := source.NewFile(e.file.Name, e.data[start:end])
	for _, ed := range edits {
		if ed.Span.Start < start || ed.Span.End > end {
			return false
		}
		mine = append(mine, diag.Edit{Span: source.Span{File: text, Start: ed.Span.Start - start, End: ed.Span.End - start}, New: ed.New})
	}
	data, err := diag.Apply(text, mine)
	if err != nil {
		return false
	}
	now := source.NewFile(e.file.Name, data)
	if e.json {
		n, _, err := json.Parse(now)
		return err == nil && c.holds(q.node, n) && c.seen == 1
	}
	docs, _, err := yaml.ParseAll(now)
	if err != nil || len(docs) != 1 {
		return false
	}
	n, in := docs[0], q.parent.node
	if n.Kind != in.Kind || len(n.Items)+len(n.Fields) != 1 {
		return false
	}
	if in.Kind == doc.List {
		return c.holds(q.node, n.Items[0]) && c.seen == 1
	}
	was, is := in.Fields[q.index].Key, n.Fields[0].Key
	return was.Text == is.Text && was.Tag == is.Tag && c.holds(q.node, n.Fields[0].Value) && c.seen == 1
}

// around returns the lines of the entry q of a block collection, up to where
// the next entry begins.
func (e *Editor) around(q *place) (start, end int, ok bool) {
	end = len(e.data)
	for p := q; p.parent != nil; p = p.parent {
		in := p.parent.node
		if in.Style != doc.Block || in.Kind == doc.Map && e.explicit(p) {
			return 0, 0, false
		}
		first, next := e.bounds(p)
		if p == q {
			if !e.first(first) {
				return 0, 0, false
			}
			start = e.lineStart(first)
		}
		if next >= 0 {
			if !e.first(next) {
				return 0, 0, false
			}
			return start, e.lineStart(next), true
		}
	}
	return start, end, true
}

// bounds returns where the entry of p begins and where the next one does, or
// -1.
func (e *Editor) bounds(p *place) (start, next int) {
	in := p.parent.node
	next = -1
	if in.Kind == doc.List {
		start = e.entryAt(in, p.index, in.Items[p.index].Outer().Start, 0).start
		if p.index+1 < len(in.Items) {
			next = e.entryAt(in, p.index+1, in.Items[p.index+1].Outer().Start, 0).start
		}
		return start, next
	}
	key := func(i int) int {
		at := in.Fields[i].Key.Outer().Start
		return e.entryAt(in, i, at, at).start
	}
	if p.index+1 < len(in.Fields) {
		next = key(p.index + 1)
	}
	return key(p.index), next
}

// holds reports whether now is was with the change made.
func (c *change) holds(was, now *doc.Node) bool {
	if was == c.at {
		c.seen++
		return equal(c.to, now)
	}
	if was.Kind != now.Kind || was.Tag != now.Tag || was.Text != now.Text ||
		len(was.Items) != len(now.Items) || len(was.Fields) != len(now.Fields) {
		return false
	}
	for i := range was.Items {
		if !c.holds(was.Items[i], now.Items[i]) {
			return false
		}
	}
	for i := range was.Fields {
		a, b := was.Fields[i], now.Fields[i]
		if a.Key.Text != b.Key.Text || a.Key.Tag != b.Key.Tag || !c.holds(a.Value, b.Value) {
			return false
		}
	}
	return true
}

// equal reports whether n holds v.
func equal(v Value, n *doc.Node) bool {
	if v.Kind != n.Kind || v.Tag != n.Tag || v.Text != n.Text ||
		len(v.Items) != len(n.Items) || len(v.Fields) != len(n.Fields) {
		return false
	}
	for i := range v.Items {
		if !equal(v.Items[i], n.Items[i]) {
			return false
		}
	}
	for i, f := range v.Fields {
		if f.Name != n.Fields[i].Key.Text || !equal(f.Value, n.Fields[i].Value) {
			return false
		}
	}
	return true
}

// chomp keeps the value of a block scalar that ends the file without a line
// break: an edit that adds lines after it would give it one.
func (e *Editor) chomp(edits []diag.Edit) []diag.Edit {
	end := len(e.data)
	for _, ed := range edits {
		if ed.Span.Start < end || e.json {
			continue
		}
		for k, p := range e.at {
			n := p.node
			if k.end != end || n.Style != doc.Literal && n.Style != doc.Folded || strings.HasSuffix(n.Text, "\n") {
				continue
			}
			i := k.start + 1
			for c := e.byteAt(i); c >= '0' && c <= '9'; c = e.byteAt(i) {
				i++
			}
			switch e.byteAt(i) {
			case '-':
			case '+':
				edits = append(edits, e.replace(i, i+1, "-"))
			default:
				edits = append(edits, e.insert(i, "-"))
			}
			return edits
		}
	}
	return edits
}
