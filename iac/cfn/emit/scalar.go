package emit

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"penstock/doc"
)

// scalar writes a scalar to the end of its line, or below it as a block.
func (w *writer) scalar(n *doc.Node, indent int) {
	if n.Kind != doc.String {
		w.line(n.Text)
		return
	}
	if literal(n.Text) {
		w.literal(n.Text, indent+2)
		return
	}
	s := inline(n.Text, false)
	if w.col()+utf8.RuneCountInString(s) > width && folds(n.Text, max(width-indent-2, 40)) {
		w.folded(n.Text, indent+2)
		return
	}
	w.line(s)
}

// literal reports whether a text of several lines can be written as a block
// that shows it as it is, without an indicator of its indentation and without
// lines that an editor would change: all are printable, none is all blanks,
// and at most one line break ends it.
func literal(s string) bool {
	body := strings.TrimSuffix(s, "\n")
	if !strings.Contains(s, "\n") || body == "" || strings.ContainsRune(" \t\n", rune(body[0])) || strings.HasSuffix(body, "\n") {
		return false
	}
	for line := range strings.SplitSeq(body, "\n") {
		if line != "" && strings.TrimSpace(line) == "" {
			return false
		}
		for _, r := range line {
			if r != '\t' && !printable(r) {
				return false
			}
		}
	}
	return true
}

func (w *writer) literal(s string, indent int) {
	body, ok := strings.CutSuffix(s, "\n")
	if ok {
		w.line("|")
	} else {
		w.line("|-")
	}
	for line := range strings.SplitSeq(body, "\n") {
		if line != "" {
			w.pad(indent)
		}
		w.line(line)
	}
}

// folds reports whether a text of one line can be written in several that a
// reader folds.
func folds(s string, room int) bool {
	if strings.TrimSpace(s) != s || s == "" {
		return false
	}
	for _, r := range s {
		if !printable(r) {
			return false
		}
	}
	_, rest := breakAt(s, room)
	return rest != ""
}

func (w *writer) folded(s string, indent int) {
	w.line(">-")
	for _, line := range wrap(s, max(width-indent, 40)) {
		w.pad(indent)
		w.line(line)
	}
}

// inline is a text in one line: plain where every reader takes it for itself,
// else in quotes. In brackets fewer texts are plain.
func inline(s string, inBrackets bool) string {
	if plain(s, inBrackets) {
		return s
	}
	double := true // no escape is needed but of quotes and backslashes
	for _, r := range s {
		double = double && printable(r)
	}
	switch {
	case double && !strings.ContainsAny(s, `"\`):
		return `"` + s + `"`
	case double && !strings.Contains(s, "'"):
		return "'" + s + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case printable(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02X`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			fmt.Fprintf(&b, `\U%08X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// printable reports whether a character stands for itself in a text and can
// be seen there: no control, no break of a line (YAML 1.1 has three more than
// 1.2), no blank but the space.
// https://yaml.org/spec/1.1/#id868524 https://yaml.org/spec/1.2.2/#51-character-set
func printable(r rune) bool {
	if r < 0x7f {
		return r >= ' '
	}
	return unicode.IsPrint(r) && r != '\ufffd' && r != '\ufeff'
}

// plain reports whether a text can stand without quotes: nothing in it means
// anything to YAML, and no reader takes it for another type.
func plain(s string, inBrackets bool) bool {
	if s == "" || s[0] == ' ' || s[len(s)-1] == ' ' || s[len(s)-1] == ':' || strings.IndexByte("-?:,[]{}#&*!|>'\"%@`=<~", s[0]) >= 0 {
		return false
	}
	prev := rune(0)
	for _, r := range s {
		switch {
		case !printable(r),
			r == '#' && prev == ' ',
			r == ' ' && prev == ':',
			// Parsers of YAML 1.1 stop at a colon in brackets.
			inBrackets && strings.ContainsRune(",[]{}:", r):
			return false
		}
		prev = r
	}
	return !typed(s)
}

// typed reports whether a reader of YAML 1.1 or 1.2 could take a plain text
// for a boolean, a number, a date or null. It says so of some that none does.
// https://yaml.org/type/ https://yaml.org/spec/1.2.2/#103-core-schema
func typed(s string) bool {
	if len(s) <= len("false") {
		switch strings.ToLower(s) {
		case "y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", ".inf", "+.inf", "-.inf", ".nan", "=", "<<":
			return true
		}
	}
	if c := s[0]; c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.' {
		return strings.Trim(s, "0123456789abcdefABCDEFxXoO_.:+-tTzZ ") == ""
	}
	return false
}
