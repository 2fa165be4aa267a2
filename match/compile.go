package match

import (
	"strings"
	"unicode"
)

// mode says which wildcards may match a colon.
type mode uint8

const (
	plain    mode = iota // all
	resource             // those of the sixth part, and a '*' that ends its part
	arnLike              // those of the sixth part
)

// kind is what a token is.
type kind uint8

const (
	tText kind = iota // the character r
	tAny              // '?'
	tStar             // '*'
	tHole             // the hole of class and name
	tChar             // one character of class, of an expanded hole
	tRest             // a run of characters of class, of an expanded hole
)

// A token is one element of a pattern or of a symbolic string.
type token struct {
	kind  kind
	stay  bool // tAny, tStar: does not match ':'
	wild  bool // tHole in a pattern: what fills it may hold wildcards
	class Class
	r     rune
	name  string // of the hole
	span  int    // tChar, tRest that starts a hole: how many tokens the hole expands to
}

// appendText adds the tokens of a text. With wild, '*' and '?' are wildcards
// and a hole may bring some.
func appendText(toks []token, s string, wild, fold bool) []token {
	for s != "" {
		if s[0] == mark {
			if j := strings.IndexByte(s[1:], mark); j >= 1 {
				c := Class(s[1])
				toks = append(toks, token{
					kind: tHole, class: c, name: s[2 : 1+j],
					wild: wild && (c == Any || c == Key || !c.known()),
				})
				s = s[j+2:]
				continue
			}
		}
		r, n := next(s)
		s = s[n:]
		switch {
		case wild && r == '*':
			if len(toks) > 0 && toks[len(toks)-1].kind == tStar {
				continue
			}
			toks = append(toks, token{kind: tStar})
		case wild && r == '?':
			toks = append(toks, token{kind: tAny})
		case fold && r < badByte:
			toks = append(toks, token{kind: tText, r: unicode.ToLower(r)})
		default:
			toks = append(toks, token{kind: tText, r: r})
		}
	}
	return toks
}

// known reports whether c is a class of this package; another one is treated
// as Any.
func (c Class) known() bool {
	switch c {
	case Any, Name, Account, Path, Key, Suffix, ID:
		return true
	default:
		return false
	}
}

// colon reports whether a hole of the class may hold ':'.
func (c Class) colon() bool { return c == Any || c == Key || !c.known() }

// has reports whether a hole of the class may hold r.
func (c Class) has(r rune) bool {
	switch c {
	case Name, ID:
		return r != '/' && pathRune(r)
	case Account:
		return '0' <= r && r <= '9'
	case Suffix:
		return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	case Path:
		return pathRune(r)
	default:
		return true
	}
}

func pathRune(r rune) bool {
	return r != ':' && r != '*' && r != '?' && !unicode.IsSpace(r)
}

// size returns how many characters fill a hole of the class at least, and
// whether there can be more.
func (c Class) size() (least int, more bool) {
	switch c {
	case Name, Path, Key, ID:
		return 1, true
	case Account:
		return 12, false
	case Suffix:
		return 6, false
	default:
		return 0, true
	}
}

// settle marks the wildcards that do not match a colon. It is loose where a
// hole may bring colons, so that the parts are not certain.
func settle(toks []token, m mode) (loose bool) {
	if m == plain {
		return false
	}
	colons := 0
	for i := range toks {
		t := &toks[i]
		switch t.kind {
		case tText:
			if t.r == ':' {
				colons++
			}
		case tHole:
			if colons < 5 && t.class.colon() {
				loose = true
			}
		case tAny:
			t.stay = colons < 5
		case tStar:
			end := i+1 == len(toks) || toks[i+1].kind == tText && toks[i+1].r == ':'
			t.stay = colons < 5 && (m == arnLike || !end)
		}
	}
	return loose
}

// leading returns the text before the first wildcard or hole.
func leading(toks []token) string {
	var b strings.Builder
	for _, t := range toks {
		if t.kind != tText || t.r >= badByte {
			break
		}
		b.WriteRune(t.r)
	}
	return b.String()
}

// compileARNLike marks what is compared as an ARN.
func compileARNLike(pattern string) Pattern {
	p := compile(pattern, arnLike, false)
	p.arn = true
	return p
}

// compile reads a pattern from text.
func compile(pattern string, m mode, fold bool) Pattern {
	if pattern == "*" {
		return Pattern{form: formAll, source: pattern}
	}
	if HasHole(pattern) {
		return fromTokens(appendText(nil, pattern, true, fold), m, fold, pattern)
	}
	wild := strings.IndexAny(pattern, "*?")
	if wild < 0 {
		return literal(pattern, fold)
	}
	p := Pattern{form: formGlob, fold: fold, source: pattern, text: pattern[:wild]}
	low := pattern
	if fold {
		low = strings.ToLower(pattern)
		p.text = low[:strings.IndexAny(low, "*?")]
	}
	stay, run := wildInHead(pattern, m)
	switch {
	case m == plain, !stay:
		p.chunks = cut(low)
	case !run && strings.Count(pattern, ":") >= 5:
		// No star leaves its part, so the parts can be matched one by one.
		p.form = formParts
		for i, part := range strings.SplitN(pattern, ":", 6) {
			sub := compile(part, plain, fold)
			if i == 5 && part == "*" {
				sub = Pattern{form: formAll, source: part}
			}
			p.parts = append(p.parts, sub)
		}
	default:
		return fromTokens(appendText(nil, pattern, true, fold), m, fold, pattern)
	}
	return p
}

// wildInHead looks at the wildcards of the first five parts: does one stay in
// its part, does one run on.
func wildInHead(pattern string, m mode) (stay, run bool) {
	colons := 0
	for i := range len(pattern) {
		switch pattern[i] {
		case ':':
			if colons++; colons == 5 {
				return stay, run
			}
		case '?':
			stay = true
		case '*':
			end := i+1 == len(pattern) || pattern[i+1] == ':'
			if m == arnLike || !end {
				stay = true
			} else {
				run = true
			}
		}
	}
	return stay, run
}

// fromTokens makes a pattern of tokens, in the cheapest form that fits.
func fromTokens(toks []token, m mode, fold bool, source string) Pattern {
	if len(toks) == 1 && toks[0].kind == tStar {
		return Pattern{form: formAll, source: source}
	}
	p := Pattern{form: formTokens, fold: fold, source: source, toks: toks, text: leading(toks)}
	p.loose = settle(toks, m)
	for i := range toks {
		if toks[i].kind == tHole {
			// Marks the pattern as symbolic; the form is not used.
			p.form = formLiteral
			return p
		}
	}
	if text, ok := onlyText(toks); ok {
		return Pattern{form: formLiteral, fold: fold, source: source, text: text}
	}
	return p
}

func onlyText(toks []token) (string, bool) {
	for _, t := range toks {
		if t.kind != tText || t.r >= badByte {
			return "", false
		}
	}
	return leading(toks), true
}
