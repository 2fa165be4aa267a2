package ask

import (
	"strconv"
	"unicode/utf8"

	"penstock/iam"
	"penstock/iam/authz"
	"penstock/truth"
)

// appendError appends the answer to a line that is no question.
func appendError(out []byte, id string, line int, why string) []byte {
	out = append(out, `{"id":`...)
	out = append(out, id...)
	if line > 0 {
		out = append(out, `,"line":`...)
		out = strconv.AppendInt(out, int64(line), 10)
	}
	out = append(out, `,"error":`...)
	out = appendString(out, why)
	return append(out, '}')
}

// appendMatch appends one statement.
func appendMatch(out []byte, m *authz.Match) []byte {
	out = append(out, `{"layer":`...)
	out = appendString(out, m.Layer)
	out = append(out, `,"policy":"`...)
	out = appendPlace(out, m.Layer, m.Level, m.Policy)
	out = append(out, `","index":`...)
	out = strconv.AppendInt(out, int64(m.Statement.Index), 10)
	out = append(out, `,"sid":`...)
	if m.Statement.Sid == "" {
		out = append(out, "null"...)
	} else {
		out = appendString(out, m.Statement.Sid)
	}
	out = append(out, `,"effect":"`...)
	if m.Statement.Effect == iam.Allow {
		out = append(out, "Allow"...)
	} else {
		out = append(out, "Deny"...)
	}
	out = append(out, '"')
	if m.Match == truth.Maybe {
		out = append(out, `,"maybe":true`...)
	}
	return append(out, '}')
}

// appendPlace says where a document stands in the policies of the question:
// identity[0], scp[1][0].
func appendPlace(out []byte, layer string, level, policy int) []byte {
	if layer == "trust" {
		layer = "resource"
	}
	out = append(out, layer...)
	if layer == "scp" || layer == "rcp" {
		out = append(out, '[')
		out = strconv.AppendInt(out, int64(level), 10)
		out = append(out, ']')
	}
	out = append(out, '[')
	out = strconv.AppendInt(out, int64(policy), 10)
	return append(out, ']')
}

const hex = "0123456789abcdef"

// appendString appends s as a JSON string.
func appendString(out []byte, s string) []byte {
	out = append(out, '"')
	from := 0
	for i := 0; i < len(s); {
		b := s[i]
		if b >= ' ' && b != '"' && b != '\\' && b < utf8.RuneSelf {
			i++
			continue
		}
		if b >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || n > 1 {
				i += n
				continue
			}
			out = append(out, s[from:i]...)
			out = utf8.AppendRune(out, utf8.RuneError)
		} else {
			out = append(out, s[from:i]...)
			switch b {
			case '"', '\\':
				out = append(out, '\\', b)
			case '\n':
				out = append(out, '\\', 'n')
			case '\t':
				out = append(out, '\\', 't')
			default:
				out = append(out, '\\', 'u', '0', '0', hex[b>>4], hex[b&15])
			}
		}
		i++
		from = i
	}
	out = append(out, s[from:]...)
	return append(out, '"')
}
