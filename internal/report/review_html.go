package report

import (
	"fmt"
	"io"
	"strings"
)

// writeHTML writes a page as one file that needs nothing else: no script, no
// font, no picture from anywhere. It follows the light or dark scheme of whoever
// looks, and can be printed.
func writeHTML(w io.Writer, p *page) error {
	h := &htmlWriter{}
	title := escape(tidy(p.title))
	h.b.WriteString("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
	h.b.WriteString("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n")
	h.b.WriteString("<meta name=\"color-scheme\" content=\"light dark\">\n")
	// Nothing is loaded and nothing runs, whatever an escape might have missed.
	h.b.WriteString("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
	fmt.Fprintf(&h.b, "<title>%s</title>\n<style>\n%s%s</style>\n</head>\n<body>\n<main>\n<h1>%s</h1>\n", title, reviewStyle, planStyle, title)
	for i, b := range p.blocks {
		if hd, ok := b.(heading); ok && hd.level == 2 {
			h.contents(p.blocks[i:])
			h.all(p.blocks[i:])
			break
		}
		h.block(b)
	}
	h.b.WriteString("</main>\n</body>\n</html>\n")
	_, err := io.WriteString(w, h.b.String())
	return err
}

type htmlWriter struct{ b strings.Builder }

func idOf(s string) string {
	if s == "" {
		return ""
	}
	return fmt.Sprintf(" id=\"%s\"", anchor(s))
}

// contents links the chapters.
func (h *htmlWriter) contents(bs []block) {
	h.b.WriteString("<nav>")
	for _, b := range bs {
		if hd, ok := b.(heading); ok && hd.level == 2 {
			fmt.Fprintf(&h.b, "<a href=\"#%s\">", escape(anchor(hd.id)))
			h.prose(hd.text)
			h.b.WriteString("</a> ")
		}
	}
	h.b.WriteString("</nav>\n")
}

func (h *htmlWriter) all(bs []block) {
	for _, b := range bs {
		h.block(b)
	}
}

func (h *htmlWriter) block(b block) {
	switch b := b.(type) {
	case heading:
		fmt.Fprintf(&h.b, "<h%d%s>", b.level, idOf(b.id))
		h.prose(b.text)
		fmt.Fprintf(&h.b, "</h%d>\n", b.level)
	case para:
		h.b.WriteString("<p>")
		h.prose(b.text)
		h.b.WriteString("</p>\n")
	case list:
		tag := "ul"
		if b.ordered {
			tag = "ol"
		}
		fmt.Fprintf(&h.b, "<%s>\n", tag)
		for _, it := range b.items {
			h.b.WriteString("<li>")
			h.prose(it)
			h.b.WriteString("</li>\n")
		}
		fmt.Fprintf(&h.b, "</%s>\n", tag)
	case table:
		h.table(b)
	case fold:
		open := ""
		if b.open {
			open = " open"
		}
		fmt.Fprintf(&h.b, "<details%s%s><summary>", idOf(b.id), open)
		h.prose(b.summary)
		h.b.WriteString("</summary>\n<div class=\"in\">\n")
		h.all(b.blocks)
		h.b.WriteString("</div></details>\n")
	case verbatim:
		fmt.Fprintf(&h.b, "<pre><code>%s</code></pre>\n", escape(printableLines(b.text)))
	case rule:
		h.rule(b)
	case figures:
		h.b.WriteString("<div class=\"cards\">\n")
		for _, f := range b.items {
			fmt.Fprintf(&h.b, "<section class=\"card %s\"><h3>%s</h3><p class=\"answer\">%s</p><p class=\"claim\">%s</p><p>%s</p></section>\n",
				moodClass[f.mood], escape(f.title), escape(tidy(f.answer)), escape(tidy(f.claim)), escape(tidy(f.why)))
		}
		h.b.WriteString("</div>\n")
	case *plan:
		h.b.WriteString("<figure class=\"wide\">\n")
		drawPlan(&h.b, b)
		h.b.WriteString("</figure>\n")
	default:
		panic(fmt.Sprintf("report: block of a %T", b))
	}
}

func (h *htmlWriter) table(t table) {
	h.b.WriteString("<div class=\"scroll\"><table>\n<thead><tr>")
	for _, c := range t.head {
		fmt.Fprintf(&h.b, "<th scope=\"col\">%s</th>", escape(tidy(c)))
	}
	h.b.WriteString("</tr></thead>\n<tbody>\n")
	for _, r := range t.rows {
		h.b.WriteString("<tr>")
		for _, c := range r {
			h.b.WriteString("<td>")
			h.prose(c)
			h.b.WriteString("</td>")
		}
		h.b.WriteString("</tr>\n")
	}
	h.b.WriteString("</tbody></table></div>\n")
}

func (h *htmlWriter) rule(r rule) {
	class := "st"
	if r.deny {
		class = "st deny"
	}
	fmt.Fprintf(&h.b, "<div class=\"%s\"><p>", class)
	h.prose(r.head)
	h.b.WriteString("</p>")
	if len(r.note) > 0 {
		h.b.WriteString("<p class=\"note\">")
		h.prose(r.note)
		h.b.WriteString("</p>")
	}
	h.b.WriteString("<dl>")
	for _, row := range r.rows {
		fmt.Fprintf(&h.b, "<dt>%s</dt><dd>", escape(row.label))
		for _, l := range row.lines {
			h.b.WriteString("<div>")
			h.prose(l)
			h.b.WriteString("</div>")
		}
		h.b.WriteString("</dd>")
	}
	h.b.WriteString("</dl></div>\n")
}

var moodClass = map[mood]string{unbroken: "nb", faint: "dim", good: "good", bad: "bad", unsure: "unsure"}

func (h *htmlWriter) prose(p prose) {
	for _, r := range p {
		t := escape(tidy(r.text))
		switch r.mood {
		case plain:
			h.b.WriteString(t)
		case codeRun:
			h.b.WriteString("<code>" + breakable(t) + "</code>")
		case strong:
			h.b.WriteString("<b>" + t + "</b>")
		case newLine:
			h.b.WriteString("<br>")
		case extern:
			fmt.Fprintf(&h.b, "<a class=\"src\" rel=\"noopener noreferrer\" href=\"%s\">%s</a>", escape(tidy(r.target)), t)
		case link:
			fmt.Fprintf(&h.b, "<a href=\"#%s\">%s</a>", escape(anchor(r.target)), t)
		default:
			fmt.Fprintf(&h.b, "<span class=\"%s\">%s</span>", moodClass[r.mood], t)
		}
	}
}

// breakable lets a long name break after its separators. s is escaped already;
// none of these letters is part of an entity.
func breakable(s string) string {
	if len(s) < 24 {
		return s
	}
	return strings.NewReplacer(":", ":<wbr>", "/", "/<wbr>").Replace(s)
}

// anchor makes an id of text: letters, digits and hyphens alone.
func anchor(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-':
			b.WriteRune(r)
		default:
			b.WriteByte('-')
		}
	}
	return b.String()
}

// printableLines is text of several lines without control characters.
func printableLines(s string) string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	for i := range lines {
		lines[i] = tidy(lines[i])
	}
	return strings.Join(lines, "\n")
}
