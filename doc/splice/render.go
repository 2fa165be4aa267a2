package splice

import (
	"sort"
	"strings"

	"penstock/doc"
)

// habits is how a file is written: what the render functions follow where the
// place itself does not say.
type habits struct {
	quotes []seen // style of quoted scalars
	dashes []seen // how far lists are indented in the map around them
	nested []seen // how far maps are
	unit   string // JSON: one step of indentation, "" if all is on one line
}

// seen is one observation: what, and where.
type seen struct{ at, what int }

// near returns the last observation before at, else the first after it, else
// the default.
func near(s []seen, at, otherwise int) int {
	i := sort.Search(len(s), func(i int) bool { return s[i].at >= at })
	switch {
	case i > 0:
		return s[i-1].what
	case len(s) > 0:
		return s[0].what
	default:
		return otherwise
	}
}

func (h *habits) see(e *Editor, p *place) {
	n := p.node
	at := n.Span.Start
	if n.Style == doc.Single || n.Style == doc.Double {
		h.quotes = append(h.quotes, seen{at, int(n.Style)})
	}
	if p.parent == nil {
		return
	}
	in := p.parent.node
	switch {
	case n.Style == doc.Block && in.Style == doc.Block && in.Kind == doc.Map:
		d := e.col(at) - e.col(in.Span.Start)
		if n.Kind == doc.List && d >= 0 && d <= 8 {
			h.dashes = append(h.dashes, seen{at, d})
		} else if n.Kind == doc.Map && d > 0 && d <= 8 {
			h.nested = append(h.nested, seen{at, d})
		}
	case h.unit == "" && in.Style == doc.Flow && e.first(at):
		outer, inner := e.indent(in.Span.Start), e.indent(at)
		if len(inner) > len(outer) && strings.HasPrefix(inner, outer) {
			h.unit = inner[len(outer):]
		}
	}
}

// writer renders values at one place of a file.
type writer struct {
	e      *Editor
	at     int
	style  doc.Style // of strings: Plain where it is possible, or the quotes around
	other  doc.Style // the quotes where Plain is not possible
	dashes int
	nested int
}

func (e *Editor) writer(at int, style doc.Style) *writer {
	w := &writer{
		e:      e,
		at:     at,
		style:  style,
		other:  doc.Style(near(e.habit.quotes, at, int(doc.Double))),
		nested: near(e.habit.nested, at, 2),
	}
	w.dashes = near(e.habit.dashes, at, w.nested)
	return w
}

// scalar renders a scalar or an empty collection.
func (w *writer) scalar(v Value, flow bool) string {
	s := ""
	switch v.Kind {
	case doc.Null:
		s = "null"
	case doc.Bool, doc.Number:
		s = v.Text
	case doc.List:
		s = "[]"
	case doc.Map:
		s = "{}"
	default:
		style := w.style
		if v.Tag == "!Ref" || v.Tag == "!GetAtt" || v.Tag == "!Condition" {
			style = doc.Plain // names; nobody quotes them
		}
		s = quoteYAML(v.Text, style, w.other, flow)
	}
	switch {
	case v.Tag != "" && v.Kind == doc.Null:
		return v.Tag // "!T null" would be the text "null"
	case v.Tag != "":
		return v.Tag + " " + s
	}
	return s
}

func (w *writer) key(name string, flow bool) string {
	return quoteYAML(name, doc.Plain, w.other, flow)
}

// flow renders v on one line, as flow YAML.
func (w *writer) flow(v Value) string {
	if v.empty() {
		return w.scalar(v, true)
	}
	var b strings.Builder
	if v.Tag != "" {
		b.WriteString(v.Tag + " ")
	}
	if v.Kind == doc.List {
		b.WriteByte('[')
		for i, it := range v.Items {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(w.flow(it))
		}
		b.WriteByte(']')
		return b.String()
	}
	b.WriteByte('{')
	for i, f := range v.Fields {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(w.field(f))
	}
	b.WriteByte('}')
	return b.String()
}

func (w *writer) field(f Field) string { return w.key(f.Name, true) + ": " + w.flow(f.Value) }

// block renders v as block YAML; it begins where the cursor is, at column
// col, and its further lines are indented so far.
func (w *writer) block(v Value, col int) string {
	if v.empty() {
		return w.scalar(v, false)
	}
	var b strings.Builder
	line := w.e.nl + spaces(col)
	if v.Tag != "" {
		b.WriteString(v.Tag + line)
	}
	for i, it := range v.Items {
		if i > 0 {
			b.WriteString(line)
		}
		b.WriteString("- " + w.block(it, col+2))
	}
	for i, f := range v.Fields {
		if i > 0 {
			b.WriteString(line)
		}
		b.WriteString(w.entry(f, col))
	}
	return b.String()
}

// entry renders a field of a block map whose keys stand at column col.
func (w *writer) entry(f Field, col int) string {
	return w.key(f.Name, false) + ":" + w.under(f.Value, col)
}

// under renders v as what follows the colon of a key at column col.
func (w *writer) under(v Value, col int) string {
	if v.empty() {
		return " " + w.scalar(v, false)
	}
	deep := col + w.nested
	if v.Kind == doc.List {
		deep = col + w.dashes
	}
	tag := ""
	if v.Tag != "" {
		tag, v.Tag = " "+v.Tag, ""
	}
	return tag + w.e.nl + spaces(deep) + w.block(v, deep)
}

// json renders v as JSON, on one line, or on lines that are indented deeper
// than indent.
func (w *writer) json(v Value, indent string, multi bool) string {
	switch v.Kind {
	case doc.Null:
		return "null"
	case doc.Bool, doc.Number:
		return v.Text
	case doc.String:
		return quoteDouble(v.Text)
	}
	if v.empty() {
		if v.Kind == doc.List {
			return "[]"
		}
		return "{}"
	}
	comma, colon := ", ", ": "
	inner := ""
	switch {
	case multi && w.e.habit.unit != "" && !v.short():
		inner = w.e.nl + indent + w.e.habit.unit
		comma = "," + inner
	case w.e.habit.unit == "" && w.compact():
		comma, colon = ",", ":"
	}
	multi = inner != ""
	var b strings.Builder
	open, shut := "[", "]"
	if v.Kind == doc.Map {
		open, shut = "{", "}"
	}
	b.WriteString(open + inner)
	deeper := indent + w.e.habit.unit
	for i, it := range v.Items {
		if i > 0 {
			b.WriteString(comma)
		}
		b.WriteString(w.json(it, deeper, multi))
	}
	for i, f := range v.Fields {
		if i > 0 {
			b.WriteString(comma)
		}
		b.WriteString(quoteDouble(f.Name) + colon + w.json(f.Value, deeper, multi))
	}
	if multi {
		b.WriteString(w.e.nl + indent)
	}
	b.WriteString(shut)
	return b.String()
}

// short reports whether v is a template function of strings, which people
// write on one line even in JSON that is otherwise spread out.
func (v Value) short() bool {
	if v.Kind != doc.Map || len(v.Fields) != 1 {
		return false
	}
	name, arg := v.Fields[0].Name, v.Fields[0].Value
	if name != "Ref" && name != "Condition" && !strings.HasPrefix(name, "Fn::") {
		return false
	}
	for _, it := range arg.Items {
		if !it.empty() {
			return false
		}
	}
	return arg.Kind != doc.Map
}

// compact reports whether the JSON is written without a blank after colons.
func (w *writer) compact() bool {
	i := strings.Index(string(w.e.data), `":`)
	return i < 0 || !isBlank(w.e.byteAt(i+2))
}
