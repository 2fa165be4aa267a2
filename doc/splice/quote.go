package splice

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"penstock/doc"
)

// plainSafe reports whether s, written bare, is read as the string s by every
// YAML parser. It is narrower than YAML: what looks like a number, a date or
// a boolean to any of them is quoted, and so are an account id and whatever
// holds a ${…}, which people quote.
func plainSafe(s string, flow bool) bool {
	if s == "" || len(s) > 200 {
		return false
	}
	switch c := s[0]; {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c == '/':
	default:
		return false
	}
	switch strings.ToLower(s) {
	case "true", "false", "yes", "no", "on", "off", "y", "n", "null":
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case strings.IndexByte("_-./@$+=*()%<>^~;", c) >= 0:
		case c == ':':
			// "a:" and "a: b" are maps.
			if i+1 == len(s) || s[i+1] == ' ' || flow && strings.IndexByte(",[]{}", s[i+1]) >= 0 {
				return false
			}
		case c == ' ':
			if i+1 == len(s) {
				return false
			}
		case c == ',' || c == '[' || c == ']' || c == '?':
			if flow {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// quoteYAML writes the string s in this style if it can be, else in the next
// one that can hold it: plain, the style of other, double.
func quoteYAML(s string, style, other doc.Style, flow bool) string {
	if style == doc.Plain {
		if plainSafe(s, flow) {
			return s
		}
		style = other
	}
	if style == doc.Single && singleSafe(s) {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return quoteDouble(s)
}

func singleSafe(s string) bool {
	for _, r := range s {
		if special(r) {
			return false
		}
	}
	return utf8.ValidString(s)
}

// special reports whether r must be escaped.
func special(r rune) bool {
	return r < ' ' || r >= 0x7f && r <= 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == 0xfffe || r == 0xffff
}

// quoteDouble writes s as JSON does, which YAML reads alike.
func quoteDouble(s string) string {
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
		case special(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
