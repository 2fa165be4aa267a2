package emit

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"penstock/doc"
)

// Widths, in characters.
const (
	width     = 120 // of a line that can be broken
	ruleWidth = 118 // of the rule above a section
	flowWidth = 100 // of a line with a list or a map in brackets
	flowItem  = 40  // of one item of it
	filled    = 8   // lists of more texts fill lines
)

// A writer writes trees as YAML. Its lines are indented by two; a list stands
// deeper than its key, and a map of a list begins behind the dash.
type writer struct {
	buf   []byte
	notes map[*doc.Node]string
}

func (w *writer) line(s string) { w.buf = append(append(w.buf, s...), '\n') }

func (w *writer) put(s string) { w.buf = append(w.buf, s...) }

func (w *writer) pad(n int) {
	for range n {
		w.buf = append(w.buf, ' ')
	}
}

// col is how many characters the line has so far.
func (w *writer) col() int {
	return utf8.RuneCount(w.buf[bytes.LastIndexByte(w.buf, '\n')+1:])
}

// comment writes lines above something, wrapped.
func (w *writer) comment(text string, indent int) {
	if text == "" {
		return
	}
	room := max(width-indent-2, 40)
	for _, par := range paragraphs(text) {
		for _, line := range wrap(par, room) {
			w.pad(indent)
			w.put("#")
			if line != "" {
				w.put(" " + line)
			}
			w.line("")
		}
	}
}

// paragraphs are the lines of a comment. A long one that goes on in the next,
// as the author of the text broke it, is one with that.
func paragraphs(text string) []string {
	var out []string
	long := false
	for line := range strings.SplitSeq(strings.TrimRight(text, " \t\r\n"), "\n") {
		line = strings.TrimRight(strings.Map(shown, line), " ")
		first, _ := utf8.DecodeRuneInString(line)
		word, _, _ := strings.Cut(line, " ")
		if long && unicode.IsLower(first) && !strings.HasSuffix(word, ":") {
			out[len(out)-1] += " " + line
		} else {
			out = append(out, line)
		}
		long = len(line) >= 80
	}
	return out
}

// shown is r as a comment can hold it.
func shown(r rune) rune {
	if !printable(r) {
		return ' '
	}
	return r
}

// wrap breaks a line into lines of at most room characters, where it has
// blanks. Where that leaves next to nothing for the last, all are shorter.
// Only a blank between two words is lost, so that a reader who folds the lines
// gets it back.
func wrap(line string, room int) []string {
	out := breakAll(line, room)
	if n := len(out); n > 1 && len(out[n-1]) < room/6 {
		for r := room - 1; r > room*3/4; r-- {
			if less := breakAll(line, r); len(less) > n {
				break
			} else if len(less[n-1]) >= room/6 {
				return less
			}
		}
	}
	return out
}

func breakAll(line string, room int) []string {
	var out []string
	for utf8.RuneCountInString(line) > room {
		head, rest := breakAt(line, room)
		if rest == "" {
			break
		}
		out, line = append(out, head), rest
	}
	return append(out, line)
}

// breakAt cuts a line at its last blank within room characters, else at the
// first one behind them.
func breakAt(line string, room int) (head, rest string) {
	at, n := -1, 0
	begun := false
	for i := range line {
		if line[i] == ' ' && begun && line[i-1] != ' ' && i+1 < len(line) && line[i+1] != ' ' {
			if n <= room || at < 0 {
				at = i
			}
		}
		begun = begun || line[i] != ' '
		if n++; n > room && at >= 0 {
			break
		}
	}
	if at < 0 {
		return line, ""
	}
	return line[:at], line[at+1:]
}

// rule writes the heading of a section, at the right end of a line.
func (w *writer) rule(title string, indent int) {
	title = strings.TrimSpace(strings.Map(shown, title))
	w.pad(indent)
	w.put("# ")
	w.put(strings.Repeat("-", max(ruleWidth-indent-3-utf8.RuneCountInString(title), 4)))
	w.line(" " + title)
}

func (w *writer) fields(fs []doc.Field, indent int) {
	for _, f := range fs {
		w.field(f, indent)
	}
}

// field writes an entry of a map, its comment above it.
func (w *writer) field(f doc.Field, indent int) {
	w.comment(w.notes[f.Key], indent)
	w.pad(indent)
	w.entry(f, indent)
}

// entry writes a field where its line has begun.
func (w *writer) entry(f doc.Field, indent int) {
	w.put(inline(f.Key.Text, false))
	w.put(":")
	w.value(f.Value, indent)
}

// value writes what follows a key, up to the end of its last line.
func (w *writer) value(n *doc.Node, indent int) {
	if n.Tag != "" {
		w.put(" " + n.Tag)
	}
	switch {
	case n.IsScalar():
		w.put(" ")
		w.scalar(n, indent)
	case w.flows(n, indent+2):
	case n.Kind == doc.Map:
		w.line("")
		w.fields(n.Fields, indent+2)
	default:
		w.line("")
		w.items(n, indent+2)
	}
}

func (w *writer) items(n *doc.Node, indent int) {
	brief := w.brief(n, indent)
	for _, it := range n.Items {
		w.lead(it, indent)
		w.pad(indent)
		w.item(it, indent, brief)
	}
}

// lead writes the comments above an item: its own, and those of what begins in
// its line.
func (w *writer) lead(it *doc.Node, indent int) {
	w.comment(w.notes[it], indent)
	switch {
	case it.Tag != "":
	case len(it.Fields) > 0:
		w.comment(w.notes[it.Fields[0].Key], indent)
	case len(it.Items) > 0:
		w.lead(it.Items[0], indent)
	}
}

// item writes an item of a list where its line has begun.
func (w *writer) item(it *doc.Node, indent int, brief bool) {
	w.put("-")
	switch {
	case it.Tag != "" || it.IsScalar():
		w.value(it, indent)
	case brief:
		w.put(" " + flow(it))
		w.line("")
	case w.flows(it, indent+2):
	case it.Kind == doc.Map:
		w.put(" ")
		w.entry(it.Fields[0], indent+2)
		w.fields(it.Fields[1:], indent+2)
	default:
		w.put(" ")
		for i, sub := range it.Items {
			if i > 0 {
				w.lead(sub, indent+2)
				w.pad(indent + 2)
			}
			w.item(sub, indent+2, false)
		}
	}
}

// flows writes a list or a map in brackets where that reads better, to the end
// of the line or over several lines below it, and reports whether it did.
func (w *writer) flows(n *doc.Node, indent int) bool {
	switch {
	case len(n.Items)+len(n.Fields) == 0:
	case n.Kind == doc.Map:
		if n.Style != doc.Flow {
			return false
		}
	default:
		short, bare := w.short(n)
		fits := bare && w.col()+1+utf8.RuneCountInString(flow(n)) <= flowWidth
		switch {
		case short && fits:
		case short && len(n.Items) > filled:
			w.fill(n, indent)
			return true
		default:
			return false
		}
	}
	w.put(" " + flow(n))
	w.line("")
	return true
}

// short reports whether all items are short scalars without comments, and
// whether none needs quotes only because it stands in brackets.
func (w *writer) short(n *doc.Node) (short, bare bool) {
	bare = true
	for _, it := range n.Items {
		if !it.IsScalar() || w.notes[it] != "" || strings.Contains(it.Text, "\n") || utf8.RuneCountInString(flow(it)) > flowItem {
			return false, false
		}
		bare = bare && (it.Kind != doc.String || plain(it.Text, true) == plain(it.Text, false))
	}
	return true, bare
}

// fill writes a long list in brackets over several lines, below its key.
func (w *writer) fill(n *doc.Node, indent int) {
	w.line("")
	w.pad(indent)
	w.put("[")
	for i, it := range n.Items {
		s := flow(it)
		if i > 0 {
			w.put(",")
			if w.col()+2+utf8.RuneCountInString(s) > width-2 {
				w.line("")
				w.pad(indent + 1)
			} else {
				w.put(" ")
			}
		}
		w.put(s)
	}
	w.line("]")
}

// brief reports whether all items are maps of a name and its value, which
// stand in one line each.
func (w *writer) brief(n *doc.Node, indent int) bool {
	for _, it := range n.Items {
		if it.Kind != doc.Map || it.Tag != "" || w.notes[it] != "" || len(it.Fields) < 2 || len(it.Fields) > 3 {
			return false
		}
		if k := it.Fields[0].Key.Text; k != "Key" && k != "Name" {
			return false
		}
		for _, f := range it.Fields {
			if !f.Value.IsScalar() || w.notes[f.Key] != "" || strings.Contains(f.Value.Text, "\n") {
				return false
			}
		}
		if indent+2+utf8.RuneCountInString(flow(it)) > flowWidth {
			return false
		}
	}
	return len(n.Items) > 0
}

// flow is a value in one line, as it stands in brackets.
func flow(n *doc.Node) string {
	tag := ""
	if n.Tag != "" {
		tag = n.Tag + " "
	}
	switch n.Kind {
	case doc.List:
		var parts []string
		for _, it := range n.Items {
			parts = append(parts, flow(it))
		}
		return tag + "[" + strings.Join(parts, ", ") + "]"
	case doc.Map:
		var parts []string
		for _, f := range n.Fields {
			parts = append(parts, inline(f.Key.Text, true)+": "+flow(f.Value))
		}
		return tag + "{" + strings.Join(parts, ", ") + "}"
	case doc.String:
		return tag + inline(n.Text, true)
	default:
		return tag + n.Text
	}
}
