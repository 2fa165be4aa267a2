package yaml

import (
	"strings"

	"penstock/doc"
)

// plainKind says what a plain scalar without a tag is, and its text.
//
// CloudFormation reads YAML 1.1 (without dates, aliases, merge keys and
// binary), so its words decide: yes, no, on and off are booleans beside true
// and false, but y and n are not: its parser leaves them alone.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
// The text of a boolean is "true" or "false"; the text of a number and of all
// else, dates and account ids too, is what was written.
func plainKind(s string) (doc.Kind, string) {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return doc.Null, ""
	case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON":
		return doc.Bool, "true"
	case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF":
		return doc.Bool, "false"
	}
	if isNumber(s) {
		return doc.Number, s
	}
	return doc.String, s
}

// isWord reports whether s is one of the booleans that only YAML 1.1 has.
func isWord(s string) bool {
	switch strings.ToLower(s) {
	case "yes", "no", "on", "off":
		return true
	}
	return false
}

// isNumber reports whether s is a number of YAML 1.1 or of JSON. Base 60
// (1:30) is not taken for one; see odd.
func isNumber(s string) bool {
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	switch {
	case s == ".inf" || s == ".Inf" || s == ".INF" || s == ".nan" || s == ".NaN" || s == ".NAN":
		return true
	case strings.HasPrefix(s, "0x"):
		return all(s[2:], "0123456789abcdefABCDEF_")
	case strings.HasPrefix(s, "0b"):
		return all(s[2:], "01_")
	case strings.HasPrefix(s, "0o"):
		return all(s[2:], "01234567")
	}
	digits, point := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == '_' && i > 0:
		case c == '.' && !point:
			point = true
		case (c == 'e' || c == 'E') && digits > 0:
			rest := strings.TrimLeft(s[i+1:], "+-")
			return len(s)-i-1-len(rest) <= 1 && all(rest, "0123456789")
		default:
			return false
		}
	}
	return digits > 0
}

func all(s, set string) bool {
	return s != "" && strings.Trim(s, set) == ""
}

// odd reports whether YAML 1.1 reads s as a number other than its digits: in
// base 8 (0123) or 60 (22:30). The second result names the base.
func odd(s string) (string, bool) {
	t := strings.TrimLeft(s, "+-")
	if len(t) > 1 && t[0] == '0' && all(t, "01234567_") {
		return "octal", true
	}
	if head, rest, ok := strings.Cut(t, ":"); ok && len(t) < 20 {
		if !all(head, "0123456789_") || head[0] == '0' && len(head) > 1 {
			return "", false
		}
		for part := range strings.SplitSeq(rest, ":") {
			if !all(part, "0123456789") || len(part) > 2 || len(part) == 2 && part[0] > '5' {
				return "", false
			}
		}
		return "base-60", true
	}
	return "", false
}
