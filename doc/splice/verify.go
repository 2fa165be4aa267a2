package splice

import (
	"strings"

	"penstock/diag"
	"penstock/doc"
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
	data, err := diag.Apply(e.file, edits)
	if err != nil {
		return nil, err
	}
	if e.json {
		c.to = c.to.long()
	}
	roots, isJSON, err := read(source.NewFile(e.file.Name, data))
	c.seen = 0
	ok := err == nil && (isJSON || !e.json) && len(roots) == len(e.roots)
	for i := 0; ok && i < len(roots); i++ {
		ok = c.holds(e.roots[i], roots[i])
	}
	if !ok || c.seen != 1 {
		return nil, &doc.Error{
			At:      c.at.Span,
			Message: "the value cannot be changed here without changing more than it",
			Fix:     "change it by hand; if an alias or a merge key shares it, write it out first",
		}
	}
	return edits, nil
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
