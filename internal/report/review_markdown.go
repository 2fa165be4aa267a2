package report

import (
	"fmt"
	"io"
	"strings"
)

// writeMarkdown writes a page as GitHub shows it: tables, folds, and the
// drawing as Mermaid.
func writeMarkdown(w io.Writer, p *page) error {
	m := &mdWriter{}
	fmt.Fprintf(&m.b, "# %s\n\n", inMarkdown(tidy(p.title)))
	for _, b := range p.blocks {
		m.block(b)
	}
	text := strings.TrimRight(m.b.String(), "\n") + "\n"
	_, err := io.WriteString(w, text)
	return err
}

type mdWriter struct{ b strings.Builder }

func (m *mdWriter) block(b block) {
	switch b := b.(type) {
	case heading:
		m.anchor(b.id)
		m.b.WriteString(strings.Repeat("#", b.level) + " " + m.prose(b.text, false) + "\n\n")
	case para:
		m.b.WriteString(m.prose(b.text, false) + "\n\n")
	case list:
		for i, it := range b.items {
			mark := "-"
			if b.ordered {
				mark = fmt.Sprintf("%d.", i+1)
			}
			m.b.WriteString(mark + " " + m.prose(it, false) + "\n")
		}
		m.b.WriteString("\n")
	case table:
		m.row(b.head)
		m.b.WriteString("|" + strings.Repeat("---|", len(b.head)) + "\n")
		for _, r := range b.rows {
			m.b.WriteString("|")
			for _, c := range r {
				m.b.WriteString(" " + m.prose(c, true) + " |")
			}
			m.b.WriteString("\n")
		}
		m.b.WriteString("\n")
	case fold:
		open := ""
		if b.open {
			open = " open"
		}
		m.anchor(b.id)
		fmt.Fprintf(&m.b, "<details%s><summary>%s</summary>\n\n", open, htmlProse(b.summary))
		for _, x := range b.blocks {
			m.block(x)
		}
		m.b.WriteString("</details>\n\n")
	case verbatim:
		text := printableLines(b.text)
		f := fence(text, 3)
		m.b.WriteString(f + "sh\n" + text + "\n" + f + "\n\n")
	case rule:
		m.b.WriteString("- " + m.prose(b.head, false) + "\n")
		if len(b.note) > 0 {
			m.b.WriteString("  <br>" + m.prose(b.note, false) + "\n")
		}
		for _, r := range b.rows {
			for _, l := range r.lines {
				m.b.WriteString("  - " + inMarkdown(r.label) + " " + m.prose(l, false) + "\n")
			}
		}
		m.b.WriteString("\n")
	case figures:
		m.row([]string{"", "", ""})
		m.b.WriteString("|---|---|---|\n")
		for _, f := range b.items {
			fmt.Fprintf(&m.b, "| **%s** | %s **%s** | %s<br>%s |\n", inMarkdown(f.title), moodSigns[f.mood], inMarkdown(tidy(f.answer)),
				inMarkdown(tidy(f.claim)), inMarkdown(tidy(f.why)))
		}
		m.b.WriteString("\n")
	case *plan:
		m.b.WriteString("```mermaid\n" + b.mermaid() + "```\n\n")
	default:
		panic(fmt.Sprintf("report: block of a %T", b))
	}
}

// anchor writes where a link leads: GitHub makes anchors of headings by rules
// of its own.
func (m *mdWriter) anchor(id string) {
	if id != "" {
		fmt.Fprintf(&m.b, "<a id=\"%s\"></a>\n\n", anchor(id))
	}
}

// moodSigns stand for colours.
var moodSigns = map[mood]string{good: "✅", bad: "❌", unsure: "⚠️", faint: "➖"}

func (m *mdWriter) row(cells []string) {
	m.b.WriteString("|")
	for _, c := range cells {
		m.b.WriteString(" " + inMarkdown(tidy(c)) + " |")
	}
	m.b.WriteString("\n")
}

func (m *mdWriter) prose(p prose, inTable bool) string {
	var b strings.Builder
	for _, r := range p {
		t := tidy(r.text)
		switch r.mood {
		case codeRun:
			b.WriteString(inCode(t, inTable))
		case strong:
			b.WriteString("**" + inMarkdown(t) + "**")
		case newLine:
			b.WriteString("<br>")
		case extern:
			fmt.Fprintf(&b, "[%s](<%s>)", inMarkdown(t), inAddress(r.target))
		case link:
			fmt.Fprintf(&b, "[%s](#%s)", inMarkdown(t), anchor(r.target))
		case good, bad, unsure:
			b.WriteString(moodSigns[r.mood] + " " + inMarkdown(t))
		default:
			b.WriteString(inMarkdown(t))
		}
	}
	return b.String()
}

// htmlProse writes prose where Markdown is not read: in a summary.
func htmlProse(p prose) string {
	var h htmlWriter
	for _, r := range p {
		switch r.mood {
		case good, bad, unsure:
			h.b.WriteString(moodSigns[r.mood] + " ")
			h.prose(prose{{mood: plain, text: r.text}})
		case faint:
			h.prose(prose{{mood: plain, text: r.text}})
		default:
			h.prose(prose{r})
		}
	}
	return h.b.String()
}

// inAddress is an address between angle brackets.
func inAddress(s string) string {
	return strings.NewReplacer("<", "%3C", ">", "%3E", " ", "%20", "\\", "%5C", "|", "%7C").Replace(tidy(s))
}

// fence is a run of backticks longer than any of the text, of n at least.
func fence(s string, n int) string {
	longest, now := 0, 0
	for i := range len(s) {
		if s[i] != '`' {
			now = 0
			continue
		}
		now++
		longest = max(longest, now)
	}
	return strings.Repeat("`", max(n, longest+1))
}

// inCode is text as a code span. In a table a bar would end the cell even
// there.
func inCode(s string, inTable bool) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	if inTable {
		s = strings.ReplaceAll(s, "|", `\|`)
	}
	f := fence(s, 1)
	if s[0] == '`' || s[len(s)-1] == '`' || s[0] == ' ' && s[len(s)-1] == ' ' {
		s = " " + s + " "
	}
	return f + s + f
}

// inMarkdown is text that Markdown takes for nothing else. What could begin a
// link by itself, an e-mail address or a mention, is broken up by an entity or
// a comment that nobody sees.
func inMarkdown(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch r {
		case '\\', '`', '*', '_', '{', '}', '[', ']', '#', '|', '~', '!', '$':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '&':
			b.WriteString("&amp;")
		case '@':
			b.WriteString("<!-- -->@<!-- -->")
		case '+', '-', '=':
			// A list, or the line under a heading.
			if i == 0 {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		case '.', ')':
			if i > 0 && s[i-1] >= '0' && s[i-1] <= '9' && strings.Trim(s[:i], "0123456789") == "" {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		case ':':
			b.WriteRune(r)
			if strings.HasPrefix(s[i:], "://") {
				b.WriteString("<!-- -->")
			}
		default:
			b.WriteRune(r)
		}
	}
	return strings.ReplaceAll(b.String(), "www.", "www<!-- -->.")
}
