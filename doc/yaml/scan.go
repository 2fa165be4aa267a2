package yaml

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// text is the document as the parser sees it: it ends a line at LF, CR LF,
// CR, NEL, LS and PS, and counts columns in characters. Offsets are bytes of
// the whole file.
type text struct {
	data  []byte
	lines []int // where each line begins

	// The last place that was asked for. Nodes come in the order of the
	// text, so that a long line is walked once.
	line, col, off int
}

func newText(data []byte, start int) *text {
	t := &text{data: data, lines: make([]int, 1, 1+bytes.Count(data, []byte{'\n'}))}
	t.lines[0] = start
	for i := start; i < len(data); {
		if c := data[i]; c != '\n' && c != '\r' && c < 0x80 {
			i++
			continue
		}
		if n := t.lineBreak(i); n > 0 {
			i += n
			t.lines = append(t.lines, i)
			continue
		}
		i++
	}
	return t
}

// lineBreak returns the length of the line break at i, or 0.
func (t *text) lineBreak(i int) int {
	if i >= len(t.data) {
		return 0
	}
	switch t.data[i] {
	case '\n':
		return 1
	case '\r':
		if i+1 < len(t.data) && t.data[i+1] == '\n' {
			return 2
		}
		return 1
	case 0xc2:
		if i+1 < len(t.data) && t.data[i+1] == 0x85 {
			return 2
		}
	case 0xe2:
		if i+2 < len(t.data) && t.data[i+1] == 0x80 && (t.data[i+2] == 0xa8 || t.data[i+2] == 0xa9) {
			return 3
		}
	}
	return 0
}

// offset turns the parser's line and column, both from 1, into a byte offset.
func (t *text) offset(line, col int) int {
	if line < 1 {
		return t.lines[0]
	}
	if line > len(t.lines) {
		return len(t.data)
	}
	if t.line != line || t.col > col {
		t.line, t.col, t.off = line, 1, t.lines[line-1]
	}
	for t.col < col && t.off < len(t.data) {
		if t.data[t.off] < utf8.RuneSelf {
			t.off++
		} else {
			_, n := utf8.DecodeRune(t.data[t.off:])
			t.off += n
		}
		t.col++
	}
	return t.off
}

// at returns the byte at i, or 0 past the end.
func (t *text) at(i int) byte {
	if i < 0 || i >= len(t.data) {
		return 0
	}
	return t.data[i]
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// blanks skips spaces, tabs and line breaks.
func (t *text) blanks(i int) int {
	for i < len(t.data) {
		if isBlank(t.data[i]) {
			i++
		} else if n := t.lineBreak(i); n > 0 {
			i += n
		} else {
			break
		}
	}
	return i
}

// space skips spaces, tabs, line breaks and comments.
func (t *text) space(i int) int {
	for {
		i = t.blanks(i)
		if t.at(i) != '#' {
			return i
		}
		i = t.lineEnd(i)
	}
}

// lineEnd returns where the line that i is in ends, before its break.
func (t *text) lineEnd(i int) int {
	for i < len(t.data) && t.lineBreak(i) == 0 {
		i++
	}
	return i
}

// indicates reports whether the colon at i stands for itself, and does not
// begin a bare scalar.
func (t *text) indicates(i int) bool {
	c := t.at(i + 1)
	return c == 0 || isBlank(c) || t.lineBreak(i+1) > 0 || strings.IndexByte(",[]{}", c) >= 0
}

// tag returns the end of the tag that begins at i.
func (t *text) tag(i int) int {
	if t.at(i+1) == '<' {
		if n := bytes.IndexByte(t.data[i:], '>'); n >= 0 {
			return i + n + 1
		}
	}
	for i < len(t.data) && !isBlank(t.data[i]) && t.lineBreak(i) == 0 &&
		strings.IndexByte(",[]{}", t.data[i]) < 0 {
		i++
	}
	return i
}

// single returns the end of the 'single quoted' scalar that begins at i.
func (t *text) single(i int) (int, bool) {
	if t.at(i) != '\'' {
		return i, false
	}
	for i++; i < len(t.data); i++ {
		if t.data[i] != '\'' {
			continue
		}
		if t.at(i+1) != '\'' {
			return i + 1, true
		}
		i++
	}
	return i, false
}

// double returns the end of the "double quoted" scalar that begins at i.
func (t *text) double(i int) (int, bool) {
	if t.at(i) != '"' {
		return i, false
	}
	for i++; i < len(t.data); i++ {
		switch t.data[i] {
		case '\\':
			i++
		case '"':
			return i + 1, true
		}
	}
	return i, false
}

// plain returns the end of the plain scalar with this value that begins at i.
// Folding only ever changes white space, so the rest must stand there as it
// is in the value.
func (t *text) plain(i int, value string) (int, bool) {
	if len(t.data)-i >= len(value) && string(t.data[i:i+len(value)]) == value {
		return i + len(value), true
	}
	for len(value) > 0 {
		if n := blankPrefix(value); n > 0 {
			value = value[n:]
			i = t.blanks(i)
			continue
		}
		if t.at(i) != value[0] {
			// A line break that is folded away leaves nothing in the value
			// only next to a blank, which the case above takes.
			return i, false
		}
		value = value[1:]
		i++
	}
	return i, true
}

// blankPrefix returns the length of the blank or line break that s begins with.
func blankPrefix(s string) int {
	switch s[0] {
	case ' ', '\t', '\n', '\r':
		return 1
	case 0xc2:
		if strings.HasPrefix(s, "\u0085") {
			return 2
		}
	case 0xe2:
		if strings.HasPrefix(s, "\u2028") || strings.HasPrefix(s, "\u2029") {
			return 3
		}
	}
	return 0
}
