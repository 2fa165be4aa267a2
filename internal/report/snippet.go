package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"penstock/internal/term"
	"penstock/source"
)

// snippet returns the line on which a span starts and the carets under what
// the span covers of it, with a gutter that holds the line's number:
//
//	   |
//	41 |             Action: kms:Encrypt
//	   |                     ^^^^^^^^^^^
//
// A line that is wider than width is cut around the span: a template may be
// one line of a megabyte.
func snippet(at source.Span, width int) (gutter, line, carets string) {
	pos := at.Position()
	text := at.File.Line(pos.Line)
	start := min(pos.Col-1, len(text))
	end := max(start, min(start+at.End-at.Start, len(text)))
	// A span that starts on an indent (a block) is easier to see without it.
	for start < end && text[start] == ' ' {
		start++
	}
	before, mid, after := clean(text[:start]), clean(strings.TrimRight(text[start:end], " \r")), clean(text[end:])
	if end < start+1 {
		mid = ""
	}
	if width > 0 {
		before, mid, after = window(before, mid, after, width)
	}
	gutter = fmt.Sprint(pos.Line)
	carets = strings.Repeat(" ", term.Width(before)) + strings.Repeat("^", max(1, term.Width(mid)))
	return gutter, strings.TrimRight(before+mid+after, " "), carets
}

func clean(s string) string { return term.Printable(strings.ToValidUTF8(s, "\uFFFD")) }

// window cuts a line to width columns, so that what stands in the middle is
// seen.
func window(before, mid, after string, width int) (b, m, a string) {
	if term.Width(before)+term.Width(mid)+term.Width(after) <= width {
		return before, mid, after
	}
	if term.Width(mid) > width-2 {
		mid = head(mid, width-3) + "…"
		after = ""
	}
	room := width - term.Width(mid)
	if w := term.Width(before); w > room/2 && w+term.Width(after) > room {
		keep := max(room/2, room-term.Width(after))
		before = "…" + tail(before, max(0, keep-1))
	}
	if w := width - term.Width(before) - term.Width(mid); term.Width(after) > w {
		after = head(after, max(0, w-1)) + "…"
	}
	return before, mid, after
}

// head returns the longest beginning of s that takes at most n columns.
func head(s string, n int) string {
	for i, r := range s {
		if n -= term.Width(string(r)); n < 0 {
			return s[:i]
		}
	}
	return s
}

// tail returns the longest end of s that takes at most n columns.
func tail(s string, n int) string {
	i := len(s)
	for i > 0 {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		if n -= term.Width(string(r)); n < 0 {
			break
		}
		i -= size
	}
	return s[i:]
}
