package iam

import "strings"

// A Part is a stretch of a policy string: text, or a policy variable
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html).
type Part struct {
	Text       string // where Key is "" and Literal is 0
	Key        string // of a variable: "aws:username"
	Default    string // what stands for a variable without a value
	HasDefault bool
	Literal    byte // '*', '?' or '$' for ${*}, ${?}, ${$}: that character, no wildcard
}

// Variables splits s at its policy variables. Without any it returns nil. A
// "${" that is never closed is text; bad says that there is one.
//
// Only policies of version 2012-10-17 have variables; the caller looks.
func Variables(s string) (parts []Part, bad bool) {
	if !strings.Contains(s, "${") {
		return nil, false
	}
	text := func(t string) {
		if t != "" {
			parts = append(parts, Part{Text: t})
		}
	}
	for {
		i := strings.Index(s, "${")
		if i < 0 {
			text(s)
			return parts, bad
		}
		end := closing(s[i+2:])
		if end < 0 {
			text(s)
			return parts, true
		}
		inner := s[i+2 : i+2+end]
		text(s[:i])
		s = s[i+2+end+1:]
		switch inner {
		case "*", "?", "$":
			parts = append(parts, Part{Literal: inner[0]})
			continue
		}
		p := Part{Key: strings.TrimSpace(inner)}
		if key, rest, ok := strings.Cut(inner, ","); ok {
			rest = strings.TrimSpace(rest)
			if len(rest) >= 2 && rest[0] == '\'' && rest[len(rest)-1] == '\'' {
				p = Part{Key: strings.TrimSpace(key), Default: rest[1 : len(rest)-1], HasDefault: true}
			}
		}
		if p.Key == "" {
			bad = true
			text("${" + inner + "}")
			continue
		}
		parts = append(parts, p)
	}
}

// closing returns where the variable that starts s ends; a '}' within the
// quotes of a default does not end it.
func closing(s string) int {
	quoted := false
	for i := range len(s) {
		switch s[i] {
		case '\'':
			quoted = !quoted
		case '}':
			if !quoted {
				return i
			}
		}
	}
	return strings.IndexByte(s, '}')
}
