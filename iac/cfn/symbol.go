package cfn

import (
	"strings"
	"unicode"

	"penstock/match"
	"penstock/spelling"
)

// A part is a literal or a hole of a symbolic string.
type part struct {
	text  string // a hole with its marks
	hole  bool
	class match.Class
}

// parts takes a symbolic string apart.
func parts(s string) []part {
	var ps []part
	for s != "" {
		i := strings.IndexByte(s, 0)
		if i < 0 {
			break
		}
		j := strings.IndexByte(s[i+1:], 0)
		if j < 1 {
			break
		}
		if i > 0 {
			ps = append(ps, part{text: s[:i]})
		}
		ps = append(ps, part{text: s[i : i+j+2], hole: true, class: match.Class(s[i+1])})
		s = s[i+j+2:]
	}
	if s != "" {
		ps = append(ps, part{text: s})
	}
	return ps
}

// isHole reports whether s is one hole and nothing else.
func isHole(s string) bool {
	return len(s) > 3 && s[0] == 0 && strings.IndexByte(s[1:], 0) == len(s)-2
}

// excludes reports whether no filling of a hole of class c holds the
// character.
func excludes(c match.Class, r byte) bool {
	switch c {
	case match.Name, match.ID:
		return strings.IndexByte(":/*? \t\r\n", r) >= 0
	case match.Path:
		return strings.IndexByte(":*? \t\r\n", r) >= 0
	case match.Account:
		return r < '0' || r > '9'
	case match.Suffix:
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	default:
		return false
	}
}

// fits reports whether a known string can fill a hole of class c.
func fits(c match.Class, s string) bool {
	switch c {
	case match.Any:
		return true
	case match.Account:
		if len(s) != 12 {
			return false
		}
	case match.Suffix:
		if len(s) != 6 {
			return false
		}
	case match.Name, match.ID, match.Path:
		if strings.ContainsFunc(s, unicode.IsSpace) {
			return false
		}
	}
	for i := range len(s) {
		if excludes(c, s[i]) {
			return false
		}
	}
	return s != ""
}

// split splits a symbolic string; false where a hole may hold the delimiter
// or a part of it.
func split(s, delim string) ([]string, bool) {
	if !match.HasHole(s) {
		return strings.Split(s, delim), true
	}
	out := []string{""}
	for _, p := range parts(s) {
		if p.hole {
			for i := range len(delim) {
				if !excludes(p.class, delim[i]) {
					return nil, false
				}
			}
			out[len(out)-1] += p.text
			continue
		}
		for i, x := range strings.Split(p.text, delim) {
			if i > 0 {
				out = append(out, "")
			}
			out[len(out)-1] += x
		}
	}
	return out, true
}

// near returns ", did you mean …" where a name is close to one of names, or
// the names where there are few.
func near(name string, names []string) string {
	best, score := "", 3
	if len(name) < 6 {
		score = 2
	}
	for _, n := range names {
		if strings.EqualFold(n, name) {
			best, score = n, 0
		} else if len(n)-len(name) < score && len(name)-len(n) < score {
			if d := spelling.Distance(strings.ToLower(n), strings.ToLower(name)); d < score {
				best, score = n, d
			}
		}
	}
	switch {
	case best != "" && len(name) > 2:
		return "; did you mean " + best + "?"
	case len(names) > 0 && len(names) <= 8:
		return "; there is " + strings.Join(names, ", ")
	default:
		return ""
	}
}
