package match

import (
	"strings"
	"unicode/utf8"
)

// A glob is cut at its stars into chunks. The first chunk is anchored at the
// start, the last at the end, and each of the others is looked for from the
// left, as early as possible; that is exact, because a chunk has a fixed
// number of characters and so an earlier start is an earlier end. Nothing is
// ever tried twice, so "*a*a*a*…" costs what its length costs.
//
//	"ab*c?*d"  →  "ab" * "c?" * "d"

// A chunk is text without stars. Where it holds '?', runes spells it out with
// anyRune for each, and text is unused.
type chunk struct {
	text  string
	runes []rune
}

const anyRune rune = -1

// badByte keeps bytes that are no UTF-8 apart from each other and from every
// character.
const badByte rune = utf8.MaxRune + 1

// next decodes the first character of s, which is not empty.
func next(s string) (rune, int) {
	if s[0] < utf8.RuneSelf {
		return rune(s[0]), 1
	}
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n == 1 {
		return badByte + rune(s[0]), 1
	}
	return r, n
}

// last decodes the last character of s, which is not empty.
func last(s string) (rune, int) {
	r, n := utf8.DecodeLastRuneInString(s)
	if r == utf8.RuneError && n == 1 {
		return badByte + rune(s[len(s)-1]), 1
	}
	return r, n
}

// cut makes the chunks of a glob without holes.
func cut(pattern string) []chunk {
	chunks := make([]chunk, 0, strings.Count(pattern, "*")+1)
	for {
		i := strings.IndexByte(pattern, '*')
		text := pattern
		if i >= 0 {
			text = pattern[:i]
		}
		c := chunk{text: text}
		if strings.IndexByte(text, '?') >= 0 {
			for t := text; t != ""; {
				r, n := next(t)
				if r == '?' {
					r = anyRune
				}
				c.runes = append(c.runes, r)
				t = t[n:]
			}
		}
		// "**" is "*": an empty chunk in the middle says nothing.
		if text != "" || len(chunks) == 0 || i < 0 {
			chunks = append(chunks, c)
		}
		if i < 0 {
			return chunks
		}
		pattern = pattern[i+1:]
	}
}

// head returns how many bytes of s the chunk takes at its start, or -1.
func (c *chunk) head(s string) int {
	if c.runes == nil {
		if strings.HasPrefix(s, c.text) {
			return len(c.text)
		}
		return -1
	}
	at := 0
	for _, want := range c.runes {
		if at == len(s) {
			return -1
		}
		r, n := next(s[at:])
		if want != anyRune && want != r {
			return -1
		}
		at += n
	}
	return at
}

// tail returns how many bytes of s the chunk takes at its end, or -1.
func (c *chunk) tail(s string) int {
	if c.runes == nil {
		if strings.HasSuffix(s, c.text) {
			return len(c.text)
		}
		return -1
	}
	end := len(s)
	for i := len(c.runes) - 1; i >= 0; i-- {
		if end == 0 {
			return -1
		}
		r, n := last(s[:end])
		if want := c.runes[i]; want != anyRune && want != r {
			return -1
		}
		end -= n
	}
	return len(s) - end
}

// find returns the end of the first place in s where the chunk stands, or -1.
func (c *chunk) find(s string) int {
	if c.runes == nil {
		if i := strings.Index(s, c.text); i >= 0 {
			return i + len(c.text)
		}
		return -1
	}
	if len(s) >= len(c.runes) && (len(s)-len(c.runes))*len(c.runes) > wideFrom {
		end, _ := findWide(c.runes, s)
		return end
	}
	return c.findNarrow(s)
}

// findNarrow is find by trying every place.
func (c *chunk) findNarrow(s string) int {
	if c.runes == nil {
		return c.find(s)
	}
	for at := 0; at < len(s); {
		if len(s)-at < len(c.runes) {
			return -1
		}
		if n := c.head(s[at:]); n >= 0 {
			return at + n
		}
		_, n := next(s[at:])
		at += n
	}
	return -1
}

func glob(chunks []chunk, s string) bool {
	n := chunks[0].head(s)
	if n < 0 {
		return false
	}
	s = s[n:]
	if len(chunks) == 1 {
		return s == ""
	}
	z := len(chunks) - 1
	n = chunks[z].tail(s)
	if n < 0 {
		return false
	}
	s = s[:len(s)-n]
	for i := 1; i < z; i++ {
		n := chunks[i].find(s)
		if n < 0 {
			return false
		}
		s = s[n:]
	}
	return true
}

// globFold is glob for chunks in lower case and any s. ASCII text is matched
// in place; that is what actions look like.
func globFold(chunks []chunk, s string) bool {
	if len(s) > 128 {
		return glob(chunks, strings.ToLower(s)) // linear, for what is no action
	}
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return glob(chunks, strings.ToLower(s))
		}
	}
	if !chunks[0].headFold(s) {
		return false
	}
	s = s[chunks[0].size():]
	if len(chunks) == 1 {
		return s == ""
	}
	z := len(chunks) - 1
	n := chunks[z].size()
	if n > len(s) || !chunks[z].headFold(s[len(s)-n:]) {
		return false
	}
	s = s[:len(s)-n]
	for i := 1; i < z; i++ {
		n := chunks[i].size()
		at := 0
		for at+n <= len(s) && !chunks[i].headFold(s[at:]) {
			at++
		}
		if at+n > len(s) {
			return false
		}
		s = s[at+n:]
	}
	return true
}

// size returns how many characters the chunk takes.
func (c *chunk) size() int {
	if c.runes != nil {
		return len(c.runes)
	}
	return len(c.text)
}

// headFold reports whether ASCII text starts with the chunk, which is lower
// case.
func (c *chunk) headFold(s string) bool {
	if c.runes == nil {
		return prefixFold(s, c.text)
	}
	if len(s) < len(c.runes) {
		return false
	}
	for i, want := range c.runes {
		got := rune(s[i])
		if 'A' <= got && got <= 'Z' {
			got += 'a' - 'A'
		}
		if want != anyRune && want != got {
			return false
		}
	}
	return true
}
