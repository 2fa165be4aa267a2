package splice

import (
	"bytes"
	"strings"

	"penstock/source"
)

// text is the bytes of a file, by lines.
type text struct {
	file  *source.File
	data  []byte
	begin int    // after a byte order mark
	nl    string // how the file ends its lines
}

func newText(f *source.File) text {
	t := text{file: f, data: f.Data, nl: "\n"}
	for bytes.HasPrefix(f.Data[t.begin:], []byte("\xef\xbb\xbf")) {
		t.begin += 3
	}
	if i := bytes.IndexAny(f.Data, "\r\n"); i >= 0 && f.Data[i] == '\r' {
		t.nl = "\r"
		if i+1 < len(f.Data) && f.Data[i+1] == '\n' {
			t.nl = "\r\n"
		}
	}
	return t
}

func (t *text) byteAt(i int) byte {
	if i < 0 || i >= len(t.data) {
		return 0
	}
	return t.data[i]
}

func isBreak(c byte) bool { return c == '\n' || c == '\r' }

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// lineStart returns where the line of i begins.
func (t *text) lineStart(i int) int {
	for i > t.begin && !isBreak(t.data[i-1]) {
		i--
	}
	return i
}

// lineEnd returns where the line of i ends, before its break.
func (t *text) lineEnd(i int) int {
	for i < len(t.data) && !isBreak(t.data[i]) {
		i++
	}
	return i
}

// afterBreak returns where the line after the break at i begins, or i if
// there is none.
func (t *text) afterBreak(i int) int {
	if t.byteAt(i) == '\r' {
		i++
	}
	if t.byteAt(i) == '\n' {
		i++
	}
	return i
}

// col returns how many bytes stand before i on its line; before the values
// of a block collection these are blanks and indicators only.
func (t *text) col(i int) int { return i - t.lineStart(i) }

// indent returns the blanks that the line of i begins with.
func (t *text) indent(i int) string {
	start := t.lineStart(i)
	end := start
	for isBlank(t.byteAt(end)) {
		end++
	}
	return string(t.data[start:end])
}

// first reports whether only blanks stand before i on its line.
func (t *text) first(i int) bool {
	return t.col(i) <= len(t.indent(i))
}

// space skips blanks, line breaks and comments.
func (t *text) space(i int) int {
	for i < len(t.data) {
		switch c := t.data[i]; {
		case isBlank(c) || isBreak(c):
			i++
		case c == '#':
			i = t.lineEnd(i)
		default:
			return i
		}
	}
	return i
}

// blanks skips spaces and tabs.
func (t *text) blanks(i int) int {
	for isBlank(t.byteAt(i)) {
		i++
	}
	return i
}

// back returns the end of what stands before i, blanks left out.
func (t *text) back(i int) int {
	for i > t.begin && isBlank(t.data[i-1]) {
		i--
	}
	return i
}

// between returns the text from i to j.
func (t *text) between(i, j int) string { return string(t.data[i:j]) }

func lines(s string) bool { return strings.ContainsAny(s, "\r\n") }

// comment reports whether s, which holds no values, holds a comment.
func comment(s string) bool { return strings.Contains(s, "#") }

func spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }
