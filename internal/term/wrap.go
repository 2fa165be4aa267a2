package term

import (
	"strings"
	"unicode"
)

// Wrap breaks text at spaces into lines of at most width columns, the first
// of at most first. A word that is wider stays whole, so that an ARN can be
// copied; so does what stands between ‹ and ›, the name of an unknown. A width
// below one does not break.
func Wrap(text string, first, width int) []string {
	if width < 1 || Width(text) <= first {
		return []string{text}
	}
	var lines []string
	var line strings.Builder
	used, room := 0, first
	for _, word := range words(text) {
		w := Width(word)
		if used > 0 && used+1+w > room {
			lines = append(lines, line.String())
			line.Reset()
			used, room = 0, width
		}
		if used > 0 {
			line.WriteByte(' ')
			used++
		}
		line.WriteString(word)
		used += w
	}
	return append(lines, line.String())
}

// words splits text at the spaces outside of ‹ and ›.
func words(text string) []string {
	var out []string
	inside, start := false, -1
	for i, r := range text {
		switch {
		case r == '‹':
			inside = true
		case r == '›':
			inside = false
		}
		if unicode.IsSpace(r) && !inside {
			if start >= 0 {
				out = append(out, text[start:i])
			}
			start = -1
		} else if start < 0 {
			start = i
		}
	}
	if start >= 0 {
		out = append(out, text[start:])
	}
	return out
}

// Pad returns s with spaces up to width columns.
func Pad(s string, width int) string {
	if n := width - Width(s); n > 0 {
		return s + strings.Repeat(" ", n)
	}
	return s
}

// Printable returns s without what could move the cursor or change the
// colours of the terminal: control characters, which a template may hold,
// become the replacement character; a tab becomes a space.
func Printable(s string) string {
	clean := true
	for _, r := range s {
		if control(r) {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case control(r):
			return '\uFFFD'
		default:
			return r
		}
	}, s)
}

// control reports C0, DEL, C1, and the marks that reorder text on the screen
// (https://trojansource.codes).
func control(r rune) bool {
	return r < ' ' || r >= 0x7f && r < 0xa0 ||
		r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}
