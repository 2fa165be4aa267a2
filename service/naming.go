package service

import (
	"strings"

	"penstock/match"
)

// Derive applies a word of a Type's templates ("Prop", "Bare", "Last",
// "Prefix", "Pipe") to the value of a property, possibly symbolic. absent is the text
// at which Prefix and Pipe give nothing. An unknown word leaves the value.
//
// Where a hole hides what the word looks for, the result is a hole of its
// own: what follows the last '/' of an unknown is not that unknown.
func Derive(word, value, absent string) string {
	switch word {
	case "Bare":
		if opaqueEnd(value, true) {
			return match.Hole(match.Path, "bare "+match.Render(value))
		}
		value = strings.TrimPrefix(value, "https://")
		return strings.TrimPrefix(value, "/")
	case "Last", "Prefix", "Pipe":
		if word != "Last" && (value == "" || value == absent) {
			return ""
		}
		v := last(value)
		if word == "Last" {
			return v
		}
		if opaqueEnd(value, false) {
			return match.Hole(match.Any, "the prefix "+match.Render(value))
		}
		if word == "Pipe" {
			return v + "|"
		}
		return v + "/"
	default:
		return value
	}
}

func last(v string) string {
	if opaqueEnd(v, false) {
		// The unknown may be an ARN or a name, and its end is a name.
		return match.Hole(match.Name, "the name in "+match.Render(v))
	}
	if i := strings.LastIndexAny(v, ":/"); i >= 0 {
		return v[i+1:]
	}
	return v
}

// opaqueEnd reports whether v begins (or, for front false, its last part
// holds) a hole that may itself contain ':' or '/'.
func opaqueEnd(v string, front bool) bool {
	if front {
		return len(v) > 1 && v[0] == 0 && wide(v[1])
	}
	if i := strings.LastIndexAny(v, ":/"); i >= 0 {
		v = v[i+1:]
	}
	for i := 0; i+1 < len(v); i++ {
		if v[i] == 0 {
			if wide(v[i+1]) {
				return true
			}
			j := strings.IndexByte(v[i+1:], 0)
			if j < 0 {
				return false
			}
			i += j + 1
		}
	}
	return false
}

// wide reports whether holes of a class may hold ':' or '/'.
func wide(class byte) bool {
	c := match.Class(class)
	return c != match.Name && c != match.ID && c != match.Account
}
