package spec

import (
	"fmt"
	"strings"
)

// Reference returns the keys of penstock.yaml as Markdown: one table for the
// spec and one for each map in it.
func Reference() string {
	w := &referenceWriter{seen: map[string]bool{}}
	w.table("The spec", grammar())
	return strings.TrimSpace(w.out.String()) + "\n"
}

// cell writes text into a cell of a table.
var cell = strings.NewReplacer("|", "\\|", "<", "&lt;")

type referenceWriter struct {
	out  strings.Builder
	seen map[string]bool
}

// table writes the keys of an object and then the objects in them.
func (w *referenceWriter) table(title string, s *shape) {
	if w.seen[title] {
		return
	}
	w.seen[title] = true
	fmt.Fprintf(&w.out, "### %s\n\n| key | value | |\n|---|---|---|\n", title)
	type sub struct {
		title string
		shape *shape
	}
	var subs []sub
	for _, f := range s.obj {
		name := "`" + f.key + "`"
		if f.must {
			name = "**" + name + "**"
		}
		takes, inner := w.takes(f.shape)
		fmt.Fprintf(&w.out, "| %s | %s | %s |\n", name, cell.Replace(takes), cell.Replace(f.doc))
		if inner != nil {
			t := f.key
			if inner.name != "" {
				t = inner.name
			} else if title != "The spec" {
				t = strings.TrimPrefix(title, "`")
				t = strings.TrimSuffix(t, "`") + "." + f.key
			}
			subs = append(subs, sub{"`" + t + "`", inner})
		}
	}
	w.out.WriteByte('\n')
	for _, x := range subs {
		w.table(x.title, x.shape)
	}
}

// takes says what a shape takes in a few words, and which object is in it.
func (w *referenceWriter) takes(s *shape) (string, *shape) {
	var out []string
	var inner *shape
	if s.text != nil {
		what := s.text.what
		if s.text.enum != nil {
			what = "`" + strings.Join(s.text.enum, "`, `") + "`"
		}
		out = append(out, what)
	}
	if s.flag {
		out = append(out, "true or false")
	}
	if s.num != nil {
		out = append(out, fmt.Sprintf("%d to %d", s.num[0], s.num[1]))
	}
	if s.list != nil {
		takes, in := w.takes(s.list)
		if s.text != nil && s.list.text == s.text {
			takes = "several"
		}
		out = append(out, "a list: "+takes)
		inner = in
	}
	if s.dict != nil {
		takes, in := w.takes(s.dict)
		out = append(out, "names with "+takes)
		inner = in
	}
	if s.obj != nil {
		in := s
		if s.like != nil {
			in = s.like
		}
		name := "a map"
		switch {
		case in.name == "image":
			name = "an `image`"
		case in.name != "":
			name = "a `" + in.name + "`"
		}
		out = append(out, name)
		inner = in
	}
	text := strings.Join(out, "; or ")
	return strings.ReplaceAll(text, "a list: several", "a list of them"), inner
}
