package match

import (
	"strings"

	"penstock/truth"
)

// limit bounds the work of one symbolic match, in table cells; beyond it the
// answer is Maybe.
const limit = 1 << 22

// symbolic matches where the pattern or the string holds holes, or where a
// pattern mixes wildcards that cross colons with others that do not; in the
// last case the answer is Maybe only beyond the limit.
func (p *Pattern) symbolic(s string) truth.Value {
	if !p.fold && (!shareHead(p.text, s) || !shareTail(p.source, s)) {
		return truth.No
	}
	var buf [96]token
	ss := appendText(buf[:0], s, false, p.fold)
	pat := p.toks
	if pat == nil {
		pat = p.tokens()
	}
	if len(pat)*len(ss) > limit {
		return truth.Maybe
	}
	if mustMatch(pat, ss) {
		return truth.Yes
	}
	if (p.holes() || HasHole(s)) && canMatch(pat, ss, p.loose) {
		return truth.Maybe
	}
	return truth.No
}

// tokens spells a pattern without holes out.
func (p *Pattern) tokens() []token {
	switch p.form {
	case formLiteral:
		return appendText(nil, p.text, false, p.fold)
	case formGlob:
		// The form is used only where no wildcard stays within its part.
		return appendText(nil, p.source, true, p.fold)
	case formParts:
		toks := appendText(nil, p.source, true, p.fold)
		settle(toks, arnLike)
		return toks
	default:
		panic("match: form without tokens")
	}
}

// shareHead reports whether s can start with head, where s may be symbolic.
func shareHead(head, s string) bool {
	if i := strings.IndexByte(s, mark); i >= 0 {
		s = s[:i]
		if len(s) < len(head) {
			head = head[:len(s)]
		}
	}
	return strings.HasPrefix(s, head)
}

// shareTail reports whether s can end as a pattern does after its last wildcard
// or hole, where s may be symbolic.
func shareTail(pattern, s string) bool {
	tail := pattern[strings.LastIndexAny(pattern, "*?\x00")+1:]
	rest := s[strings.LastIndexByte(s, mark)+1:]
	n := min(len(tail), len(rest))
	return tail[len(tail)-n:] == rest[len(rest)-n:]
}

// expand writes each hole as the characters that it has at least, and a run
// for those that it may have beyond.
func expand(dst, toks []token) []token {
	for _, t := range toks {
		if t.kind != tHole {
			dst = append(dst, t)
			continue
		}
		least, more := t.class.size()
		if t.wild {
			// "*" is one character and matches none.
			least, more = 0, true
		}
		span := least
		if more {
			span++
		}
		for i := range span {
			k := tChar
			if i == least {
				k = tRest
			}
			c := token{kind: k, class: t.class, name: t.name}
			if i == 0 {
				c.span = span
			}
			dst = append(dst, c)
		}
	}
	return dst
}

// mustMatch reports whether pat matches ss for every filling: each character
// of a hole of ss is taken by a wildcard that takes whatever stands there, or
// the whole hole by the same hole of the pattern.
//
//	row[j]  the pattern up to here matches the first j tokens of ss
func mustMatch(pat, ss []token) bool {
	var xbuf [160]token
	x := expand(xbuf[:0], ss)
	var rbuf [2][200]bool
	row, nextRow := rbuf[0][:], rbuf[1][:]
	if len(x)+1 > len(row) {
		row, nextRow = make([]bool, len(x)+1), make([]bool, len(x)+1)
	}
	row, nextRow = row[:len(x)+1], nextRow[:len(x)+1]
	row[0] = true
	for i := range pat {
		p := &pat[i]
		clear(nextRow)
		alive := false
		for j := range row {
			if !row[j] {
				continue
			}
			if p.kind == tStar {
				nextRow[j], alive = true, true
			}
			if j == len(x) {
				continue
			}
			switch s := &x[j]; p.kind {
			case tText:
				if s.kind == tText && s.r == p.r {
					nextRow[j+1], alive = true, true
				}
			case tAny:
				if (s.kind == tText || s.kind == tChar) && !(p.stay && mayColon(s)) {
					nextRow[j+1], alive = true, true
				}
			case tStar:
				if !(p.stay && mayColon(s)) {
					row[j+1] = true
				}
			case tHole:
				if s.span > 0 && s.name == p.name && s.class == p.class {
					nextRow[j+s.span], alive = true, true
				}
			}
		}
		if !alive {
			return false
		}
		row, nextRow = nextRow, row
	}
	return row[len(x)]
}

func mayColon(s *token) bool {
	if s.kind == tText {
		return s.r == ':'
	}
	return s.class.colon()
}

// canMatch reports whether pat may match ss for some filling. It errs on the
// side of true: after equal ends are taken off, which hold the same text
// whatever fills them, each hole is filled on its own.
func canMatch(pat, ss []token, loose bool) bool {
	for len(pat) > 0 && len(ss) > 0 {
		t := same(&pat[0], &ss[0])
		if t == truth.No || distinct(pat, ss) {
			return false
		}
		if t == truth.Maybe {
			break
		}
		pat, ss = pat[1:], ss[1:]
	}
	for len(pat) > 0 && len(ss) > 0 {
		p, s := len(pat)-1, len(ss)-1
		t := same(&pat[p], &ss[s])
		if t == truth.No {
			return false
		}
		if t == truth.Maybe {
			break
		}
		pat, ss = pat[:p], ss[:s]
	}
	var pbuf, sbuf [128]token
	return meet(expand(pbuf[:0], pat), expand(sbuf[:0], ss), loose)
}

// same compares two tokens at the end of what is left: Yes if they take the
// same text, No if they never can, Maybe if that is not how they compare.
func same(p, s *token) truth.Value {
	switch {
	case p.kind == tText && s.kind == tText:
		return truth.Of(p.r == s.r)
	case p.kind == tHole && s.kind == tHole && !p.wild && p.name == s.name && p.class == s.class:
		return truth.Yes
	case p.kind == tAny && s.kind == tText && !(p.stay && s.r == ':'):
		return truth.Yes
	default:
		return truth.Maybe
	}
}

// distinct reports whether both begin with an id of its own, each followed by
// what ends an id, so that the two would have to be one and the same; or one
// with an id and the other with a name that somebody thought of.
func distinct(pat, ss []token) bool {
	p, s := &pat[0], &ss[0]
	if p.kind == tHole && s.kind == tHole {
		return p.class == ID && s.class == ID && p.name != s.name && ends(pat[1:]) && ends(ss[1:])
	}
	return thought(ss, pat) || thought(pat, ss)
}

// thought reports whether one sequence begins with an id and the other with
// the whole of a name that holds nothing random: what AWS makes has letters
// and digits in a row that it chose, and a name that was written down after it
// was made has them too. Four in a row with a digit, or eight in upper and lower
// case, may be some.
func thought(id, text []token) bool {
	if h := &id[0]; h.kind != tHole || h.class != ID || !ends(id[1:]) {
		return false
	}
	run, digits, upper, lower := 0, false, false, false
	for i := range text {
		t := &text[i]
		switch {
		case t.kind != tText:
			return false
		case t.r == ':' || t.r == '/':
			return true
		case '0' <= t.r && t.r <= '9':
			run, digits = run+1, true
		case 'a' <= t.r && t.r <= 'z':
			run, lower = run+1, true
		case 'A' <= t.r && t.r <= 'Z':
			run, upper = run+1, true
		default:
			run, digits, upper, lower = 0, false, false, false
		}
		if run >= 4 && digits || run >= 8 && upper && lower {
			return false
		}
	}
	return true
}

func ends(rest []token) bool {
	return len(rest) == 0 || rest[0].kind == tText && (rest[0].r == ':' || rest[0].r == '/')
}

// meet reports whether two sequences of single characters and runs have a
// string in common, each run and character chosen freely.
func meet(pat, ss []token, loose bool) bool {
	n := len(ss)
	var rbuf [2][136]bool
	row, nextRow := rbuf[0][:], rbuf[1][:]
	if n+1 > len(row) {
		row, nextRow = make([]bool, n+1), make([]bool, n+1)
	}
	row, nextRow = row[:n+1], nextRow[:n+1]
	row[0] = true
	for i := 0; ; i++ {
		end := i == len(pat)
		clear(nextRow)
		alive := false
		for j := range row {
			if !row[j] {
				continue
			}
			run := !end && (pat[i].kind == tStar || pat[i].kind == tRest)
			if run {
				nextRow[j], alive = true, true
			}
			if j == n {
				continue
			}
			s := &ss[j]
			if s.kind == tRest {
				row[j+1] = true
			}
			if end || !overlap(&pat[i], s, loose) {
				continue
			}
			switch {
			case run:
				row[j+1] = true
			case s.kind == tRest:
				nextRow[j], alive = true, true
			default:
				nextRow[j+1], alive = true, true
			}
		}
		if end {
			return row[n]
		}
		if !alive {
			return false
		}
		row, nextRow = nextRow, row
	}
}

// overlap reports whether some character can be taken by both.
func overlap(p, s *token, loose bool) bool {
	switch p.kind {
	case tText:
		if s.kind == tText {
			return p.r == s.r
		}
		return s.class.has(p.r)
	case tAny, tStar:
		return !p.stay || loose || s.kind != tText || s.r != ':'
	default: // tChar, tRest
		// Every two classes share the digits. A wild hole takes anything.
		return s.kind != tText || p.class.has(s.r)
	}
}
