// Package doctest holds what the tests of the readers and of the editor
// share: the laws that every tree obeys, and a way to print and compare trees.
package doctest

import (
	"fmt"
	"regexp"
	"strings"

	"penstock/diag"
	"penstock/doc"
	"penstock/source"
)

// A Parser is one of the readers.
type Parser func(*source.File) (*doc.Node, []diag.Finding, error)

// Laws returns how the tree of root breaks the laws of spans, or "":
//
//   - a child lies within its parent, and siblings follow one another;
//   - the text of a scalar, read again by itself, is the same scalar.
//
// What aliases and merge keys brought stands elsewhere and is passed over.
func Laws(f *source.File, root *doc.Node, parse Parser) string {
	l := &laws{file: f, parse: parse}
	l.node(root, true, false, false)
	return strings.Join(l.bad, "\n")
}

type laws struct {
	file  *source.File
	parse Parser
	bad   []string
}

func (l *laws) failf(n *doc.Node, format string, args ...any) {
	if len(l.bad) < 10 {
		l.bad = append(l.bad, fmt.Sprintf("%v %q: %s", n.Span, n.Span.Text(), fmt.Sprintf(format, args...)))
	}
}

func (l *laws) node(n *doc.Node, root, flow, key bool) {
	s := n.Span
	if s.File != l.file || s.Start < 0 || s.End < s.Start || s.End > len(l.file.Data) || n.Lead < 0 || int(n.Lead) > s.Start {
		l.bad = append(l.bad, fmt.Sprintf("span %d-%d with lead %d lies outside the file", s.Start, s.End, n.Lead))
		return
	}
	if n.Style == doc.Alias {
		if t := s.Text(); len(t) < 2 || t[0] != '*' {
			l.failf(n, "an alias that is none")
		}
		return
	}
	if n.IsScalar() {
		l.scalar(n, root, flow, key)
		return
	}
	flow = n.Style == doc.Flow
	at := s.Start
	child := func(c *doc.Node, key bool) {
		o := c.Outer()
		if o.Start < at || o.End > s.End {
			l.failf(n, "child %q at %d-%d is not within %d-%d", o.Text(), o.Start, o.End, at, s.End)
		}
		at = o.End
		l.node(c, false, flow, key)
	}
	for _, it := range n.Items {
		child(it, false)
	}
	for _, f := range n.Fields {
		if o := f.Key.Outer(); o.Start < s.Start || o.End > s.End {
			continue // merged from elsewhere
		} else if o.Start < at && strings.Contains(s.Text(), "<<") {
			continue // merged from a map that is written here
		}
		child(f.Key, true)
		child(f.Value, false)
	}
	text := s.Text()
	switch {
	case n.Style == doc.Flow && n.Kind == doc.List:
		if text[0] != '[' || text[len(text)-1] != ']' {
			l.failf(n, "a flow list without its brackets")
		}
	case n.Style == doc.Flow && n.Kind == doc.Map:
		if (text == "" || text[0] != '{' || text[len(text)-1] != '}') && len(n.Fields) > 1 {
			l.failf(n, "a flow map without its braces")
		}
	case n.Style == doc.Block && n.Kind == doc.List && text[0] != '-':
		l.failf(n, "a block list that does not begin with its dash")
	}
}

var digit = regexp.MustCompile(`^[|>][+-]?[1-9]`)

func (l *laws) scalar(n *doc.Node, root, flow, key bool) {
	text := n.Span.Text()
	if text == "" {
		if n.Text != "" || n.Kind != doc.Null && n.Kind != doc.String {
			l.failf(n, "%v %q from nothing", n.Kind, n.Text)
		}
		return
	}
	if digit.MatchString(text) || strings.Contains(text, "\ufeff") {
		return // its indentation counts from its parent's; a mark may vanish at the start
	}
	end := ""
	if n.Outer().End < len(l.file.Data) {
		end = "\n"
		if l.file.Data[n.Outer().End] == '\r' {
			end = "\r" // or it would be one with a CR before it
		}
	}
	if key && end == "" && n.Style >= doc.Literal {
		return // a line break after it would be part of it
	}
	switch {
	case root:
		text += end
		if strings.HasPrefix(text, "...") || strings.HasPrefix(text, "---") || text[0] == '%' {
			text = " " + text // in the first column it means something else
		}
	case key && n.Style != doc.Literal && n.Style != doc.Folded && !strings.ContainsAny(text, "\n\r\u0085\u2028\u2029"):
		text = "{" + text + ": 1}"
		if !flow {
			text = " " + text[1:len(text)-1] // in the first column --- means something else
		}
	case key && flow:
		text = "{? " + text + " : x}"
	case key:
		text = "? " + text + "\n: x"
	case flow:
		text = "[ " + text + "]"
	default:
		text = "- " + text + end
	}
	again, _, err := l.parse(source.NewFile("again", []byte(text)))
	if err != nil {
		l.failf(n, "does not read again: %v", err)
		return
	}
	if key {
		if len(again.Fields) != 1 {
			l.failf(n, "key reads again as %d keys", len(again.Fields))
			return
		}
		again = again.Fields[0].Key
	} else if !root {
		if len(again.Items) != 1 {
			l.failf(n, "reads again as %d values", len(again.Items))
			return
		}
		again = again.Items[0]
	}
	want := strings.ReplaceAll(n.Text, "\u0085", "\n")
	got := strings.ReplaceAll(again.Text, "\u0085", "\n")
	if n.Kind == doc.Bool || again.Kind == doc.Bool || again.Kind == doc.Null || n.Kind == doc.Null {
		return // a key, or a value with a tag, keeps its text
	}
	if got != want {
		l.failf(n, "reads again as %q, not %q", again.Text, n.Text)
	}
}

// Print returns the tree as text, with the spans where asked for: one line a
// node, for golden files and for comparing.
func Print(n *doc.Node, spans bool) string {
	var b strings.Builder
	print(&b, n, "", spans)
	return b.String()
}

func print(b *strings.Builder, n *doc.Node, indent string, spans bool) {
	if n == nil {
		b.WriteString("nothing\n")
		return
	}
	if n.Tag != "" {
		b.WriteString(n.Tag + " ")
	}
	b.WriteString(n.Kind.String())
	if n.IsScalar() && n.Kind != doc.Null {
		fmt.Fprintf(b, " %q", n.Text)
	}
	if spans {
		o, s := n.Outer(), n.Span
		fmt.Fprintf(b, " %d", s.Start)
		if o.Start < s.Start {
			fmt.Fprintf(b, "(%d)", o.Start)
		}
		fmt.Fprintf(b, "-%d", s.End)
		if n.IsScalar() {
			fmt.Fprintf(b, " %s", []string{"plain", "single", "double", "literal", "folded", "flow", "block", "alias"}[n.Style])
		} else {
			fmt.Fprintf(b, " %s", []string{"", "", "", "", "", "flow", "block", "alias"}[n.Style])
		}
	}
	b.WriteString("\n")
	for _, it := range n.Items {
		b.WriteString(indent + "- ")
		print(b, it, indent+"  ", spans)
	}
	for _, f := range n.Fields {
		fmt.Fprintf(b, "%s%q: ", indent, f.Key.Text)
		print(b, f.Value, indent+"  ", spans)
	}
}
