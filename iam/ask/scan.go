package ask

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A cursor reads one line of JSON (RFC 8259) without making a tree: a line is
// read once, and most of it, the policies, has been seen before. What is new
// in it goes through package doc/json, as every other document does.
type cursor struct {
	s string
	i int
}

// maxDepth bounds nesting, as the readers of package doc do.
const maxDepth = 512

func (c *cursor) fail(format string, args ...any) error {
	return fmt.Errorf("column %d: "+format, append([]any{c.i + 1}, args...)...)
}

// space moves to the next token and returns its first byte, 0 at the end.
func (c *cursor) space() byte {
	for c.i < len(c.s) {
		switch b := c.s[c.i]; b {
		case ' ', '\t', '\r', '\n':
			c.i++
		default:
			return b
		}
	}
	return 0
}

// want reads one byte of punctuation.
func (c *cursor) want(b byte) error {
	if c.space() != b || c.i == len(c.s) {
		return c.unexpected(fmt.Sprintf("%q", b))
	}
	c.i++
	return nil
}

func (c *cursor) unexpected(wanted string) error {
	if c.i >= len(c.s) {
		return c.fail("the line ends where %s must stand", wanted)
	}
	r, _ := utf8.DecodeRuneInString(c.s[c.i:])
	return c.fail("%q stands where %s must stand", r, wanted)
}

// object reads a map and hands each key to f, which reads the value.
func (c *cursor) object(f func(key string) error) error {
	if err := c.want('{'); err != nil {
		return err
	}
	if c.space() == '}' {
		c.i++
		return nil
	}
	for {
		key, err := c.str()
		if err != nil {
			return err
		}
		if err := c.want(':'); err != nil {
			return err
		}
		if err := f(key); err != nil {
			return err
		}
		switch c.space() {
		case ',':
			c.i++
		case '}':
			c.i++
			return nil
		default:
			return c.unexpected(`"," or "}"`)
		}
	}
}

// array reads a list; f reads one value.
func (c *cursor) array(f func() error) error {
	if err := c.want('['); err != nil {
		return err
	}
	if c.space() == ']' {
		c.i++
		return nil
	}
	for {
		if err := f(); err != nil {
			return err
		}
		switch c.space() {
		case ',':
			c.i++
		case ']':
			c.i++
			return nil
		default:
			return c.unexpected(`"," or "]"`)
		}
	}
}

// str reads a string. One without escapes is a piece of the line.
func (c *cursor) str() (string, error) {
	if c.space() != '"' || c.i == len(c.s) {
		return "", c.unexpected("a string")
	}
	start := c.i + 1
	for i := start; i < len(c.s); i++ {
		switch b := c.s[i]; {
		case b == '"':
			c.i = i + 1
			return c.s[start:i], nil
		case b == '\\':
			return c.escaped(start, i)
		case b < ' ':
			c.i = i
			return "", c.fail("control character 0x%02x in a string", b)
		}
	}
	c.i = len(c.s)
	return "", c.fail("the line ends inside a string")
}

// escaped reads a string on from its first escape, at i.
func (c *cursor) escaped(start, i int) (string, error) {
	out := append(make([]byte, 0, 64+i-start), c.s[start:i]...)
	for i < len(c.s) {
		b := c.s[i]
		switch {
		case b == '"':
			c.i = i + 1
			return string(out), nil
		case b < ' ':
			c.i = i
			return "", c.fail("control character 0x%02x in a string", b)
		case b != '\\':
			out = append(out, b)
			i++
			continue
		}
		c.i = i
		if i+1 >= len(c.s) {
			break
		}
		i += 2
		switch e := c.s[i-1]; e {
		case '"', '\\', '/':
			out = append(out, e)
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r, ok := hex4(c.s, i)
			i += 4
			if ok && utf16.IsSurrogate(r) {
				low, pair := rune(0), false
				if strings.HasPrefix(c.s[i:], `\u`) {
					low, pair = hex4(c.s, i+2)
				}
				r = utf16.DecodeRune(r, low)
				ok = pair && r != utf8.RuneError
				i += 6
			}
			if !ok {
				return "", c.fail(`bad \u escape in a string`)
			}
			if r == 0 {
				// No name holds NUL; inside, it marks what is unknown.
				r = utf8.RuneError
			}
			out = utf8.AppendRune(out, r)
		default:
			return "", c.fail(`bad escape \%c in a string`, e)
		}
	}
	c.i = len(c.s)
	return "", c.fail("the line ends inside a string")
}

func hex4(s string, i int) (rune, bool) {
	if i+4 > len(s) {
		return 0, false
	}
	var r rune
	for _, b := range []byte(s[i : i+4]) {
		switch {
		case '0' <= b && b <= '9':
			b -= '0'
		case 'a' <= b && b <= 'f':
			b -= 'a' - 10
		case 'A' <= b && b <= 'F':
			b -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(b)
	}
	return r, true
}

// scalar reads a string, number, boolean or null; a number is its text.
func (c *cursor) scalar() (text string, null bool, err error) {
	switch b := c.space(); {
	case b == '"':
		text, err = c.str()
		return text, false, err
	case b == '-' || '0' <= b && b <= '9':
		text, err = c.number()
		return text, false, err
	}
	for _, w := range [...]string{"true", "false", "null"} {
		if strings.HasPrefix(c.s[c.i:], w) {
			c.i += len(w)
			return w, w == "null", nil
		}
	}
	return "", false, c.unexpected("a string, a number, true, false or null")
}

func (c *cursor) number() (string, error) {
	start := c.i
	digits := func() bool {
		from := c.i
		for c.i < len(c.s) && '0' <= c.s[c.i] && c.s[c.i] <= '9' {
			c.i++
		}
		return c.i > from
	}
	at := func(set string) bool { return c.i < len(c.s) && strings.IndexByte(set, c.s[c.i]) >= 0 }
	if at("-") {
		c.i++
	}
	zero := at("0")
	from := c.i
	ok := digits() && (!zero || c.i == from+1)
	if ok && at(".") {
		c.i++
		ok = digits()
	}
	if ok && at("eE") {
		c.i++
		if at("+-") {
			c.i++
		}
		ok = digits()
	}
	if !ok {
		c.i = start
		return "", c.fail("a number is not one; write an account id as a string")
	}
	return c.s[start:c.i], nil
}

// boolean reads true or false.
func (c *cursor) boolean() (bool, error) {
	at := c.space()
	if at == 't' || at == 'f' {
		text, _, err := c.scalar()
		return text == "true", err
	}
	return false, c.unexpected("true or false")
}

// skip reads over one value.
func (c *cursor) skip(depth int) error {
	if depth > maxDepth {
		return c.fail("nested more than %d levels deep", maxDepth)
	}
	switch c.space() {
	case '{':
		return c.object(func(string) error { return c.skip(depth + 1) })
	case '[':
		return c.array(func() error { return c.skip(depth + 1) })
	default:
		_, _, err := c.scalar()
		return err
	}
}

// raw returns the text of one value, looking at its brackets and strings
// only: whoever uses it must parse it.
func (c *cursor) raw() (string, error) {
	b := c.space()
	start := c.i
	if b != '{' && b != '[' {
		_, _, err := c.scalar()
		return c.s[start:c.i], err
	}
	depth := 0
	for c.i < len(c.s) {
		switch c.s[c.i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				c.i++
				return c.s[start:c.i], nil
			}
		case '"':
			if !c.over() {
				c.i = len(c.s)
				return "", c.fail("the line ends inside a string")
			}
			continue
		}
		c.i++
	}
	return "", c.fail("the line ends inside the value that begins at column %d", start+1)
}

// over moves behind the string that starts here.
func (c *cursor) over() bool {
	c.i++
	for {
		j := strings.IndexByte(c.s[c.i:], '"')
		if j < 0 {
			return false
		}
		end := c.i + j
		c.i = end + 1
		slashes := 0
		for end-slashes-1 >= 0 && c.s[end-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return true
		}
	}
}
