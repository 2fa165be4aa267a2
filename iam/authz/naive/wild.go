package naive

import "strings"

// A piece is one place of a pattern: a byte, a wildcard, or text that is not
// known.
type piece struct {
	kind byte // 'c' this byte, '?' one character, '*' any characters, 'h' unknown text of one character or more
	c    byte
	// stays: the wildcard does not cross a colon.
	stays bool
}

func literal(s string) []piece {
	ps := make([]piece, len(s))
	for i := range ps {
		ps[i] = piece{kind: 'c', c: s[i]}
	}
	return ps
}

// wild reads text in which '*' and '?' are wildcards.
func wild(s string) []piece {
	ps := literal(s)
	for i := range ps {
		if ps[i].c == '*' || ps[i].c == '?' {
			ps[i].kind = ps[i].c
		}
	}
	return ps
}

// glob reports whether the whole of s matches: yes or no, or maybe where
// unknown text could make it match.
func glob(ps []piece, s string) tri {
	holes := false
	for _, p := range ps {
		holes = holes || p.kind == 'h'
	}
	// reach[j]: the pieces so far match s[:j].
	var one, two [128]bool
	reach, next := one[:], two[:]
	if len(s) >= len(one) {
		reach, next = make([]bool, len(s)+1), make([]bool, len(s)+1)
	}
	reach, next = reach[:len(s)+1], next[:len(s)+1]
	reach[0] = true
	for _, p := range ps {
		alive := false
		clear(next)
		for j := 0; j <= len(s); j++ {
			if !reach[j] {
				continue
			}
			alive = true
			switch p.kind {
			case 'c':
				if j < len(s) && s[j] == p.c {
					next[j+1] = true
				}
			case '?':
				if j < len(s) && !(p.stays && s[j] == ':') {
					next[j+width(s[j:])] = true
				}
			case '*':
				for k := j; k <= len(s); k++ {
					next[k] = true
					if k < len(s) && p.stays && s[k] == ':' {
						break
					}
				}
			case 'h':
				for k := j + 1; k <= len(s); k++ {
					next[k] = true
				}
			}
		}
		if !alive {
			return no
		}
		reach, next = next, reach
	}
	if !reach[len(s)] {
		return no
	}
	if holes {
		return maybe
	}
	return yes
}

// width is the length of the first character of s.
func width(s string) int {
	for i := range s {
		if i > 0 {
			return i
		}
	}
	return len(s)
}

// splitColons splits pieces at the colons that are text, into n at most.
func splitColons(ps []piece, n int) [][]piece {
	var out [][]piece
	start := 0
	for i, p := range ps {
		if len(out) == n-1 {
			break
		}
		if p.kind == 'c' && p.c == ':' {
			out = append(out, ps[start:i])
			start = i + 1
		}
	}
	return append(out, ps[start:])
}

// arnParts splits an ARN; nil where s is none.
func arnParts(s string) []string {
	if !strings.HasPrefix(s, "arn:") {
		return nil
	}
	parts := strings.SplitN(s, ":", 6)
	if len(parts) != 6 {
		return nil
	}
	return parts
}
