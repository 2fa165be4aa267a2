package lambda

import (
	"strings"

	"penstock/match"
)

// This file takes source text of Python and JavaScript apart as far as reading
// plain calls of an AWS SDK needs it. It is no parser: what it does not
// understand gives tokens that match no call.

type tokenKind uint8

const (
	word    tokenKind = iota // an identifier, a keyword, a number
	text                     // a string literal of which all is known
	formula                  // a string with something put in
	sign                     // one character of punctuation
)

type token struct {
	kind tokenKind
	s    string
	line bool // first of its line
}

// lex reads a source text. hash says that '#' begins a comment (Python), else
// "//" and "/* */" do.
func lex(src string, hash bool) []token {
	var out []token
	first := true
	add := func(k tokenKind, s string) {
		out = append(out, token{k, s, first})
		first = false
	}
	for i := 0; i < len(src); {
		c := src[i]
		switch {
		case c == '\n':
			first = true
			i++
		case c == ' ' || c == '\t' || c == '\r':
			i++
		case hash && c == '#', !hash && strings.HasPrefix(src[i:], "//"):
			for i < len(src) && src[i] != '\n' {
				i++
			}
		case !hash && strings.HasPrefix(src[i:], "/*"):
			end := strings.Index(src[i+2:], "*/")
			if end < 0 {
				return out
			}
			i += end + 4
		case c == '"' || c == '\'' || c == '`' && !hash:
			s, n, plain := literal(src[i:], hash)
			k := text
			// f"…{x}" and `…${x}`: what is put in is not known.
			if hash && len(out) > 0 && !first && out[len(out)-1].kind == word && strings.EqualFold(strings.Trim(out[len(out)-1].s, "rbRB"), "f") {
				out = out[:len(out)-1]
				if strings.Contains(s, "{") {
					plain = false
				}
			}
			if c == '`' && strings.Contains(s, "${") || !plain {
				k = formula
			}
			add(k, s)
			i += n
		case c == 0:
			// A hole of the template that the source stands in.
			end := strings.IndexByte(src[i+1:], 0)
			if end < 0 {
				return out
			}
			add(word, src[i:i+end+2])
			i += end + 2
		case isWord(c):
			j := i
			for j < len(src) && isWord(src[j]) {
				j++
			}
			add(word, src[i:j])
			i = j
		default:
			add(sign, src[i:i+1])
			i++
		}
	}
	return out
}

func isWord(c byte) bool {
	return c == '_' || c == '$' || c >= 0x80 || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// literal reads a string literal at the start of src: what it says, its
// length, and whether all of it was understood.
func literal(src string, python bool) (s string, n int, plain bool) {
	q := src[:1]
	if python && strings.HasPrefix(src, q+q+q) {
		end := strings.Index(src[3:], q+q+q)
		if end < 0 {
			return src[3:], len(src), false
		}
		return src[3 : 3+end], end + 6, true
	}
	var b strings.Builder
	plain = true
	for i := 1; i < len(src); i++ {
		switch c := src[i]; {
		case c == '\\' && i+1 < len(src):
			i++
			if src[i] != q[0] && src[i] != '\\' && src[i] != '/' {
				plain = false
			}
			b.WriteByte(src[i])
		case c == q[0]:
			return b.String(), i + 1, plain
		case c == '\n' && q != "`":
			return b.String(), i, false
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), len(src), false
}

// code is a source text with what its names stand for.
type code struct {
	toks   []token
	env    func(name string) (string, bool) // the function's variables
	consts map[string][]token               // names that are set once, to what
}

// is reports whether the tokens at i are these, words and signs.
func (c *code) is(i int, want ...string) bool {
	if i < 0 || i+len(want) > len(c.toks) {
		return false
	}
	for k, w := range want {
		if t := c.toks[i+k]; t.s != w || t.kind == text || t.kind == formula {
			return false
		}
	}
	return true
}

// close returns the index of what closes the bracket at i, or the end.
func (c *code) close(i int) int {
	depth := 0
	for ; i < len(c.toks); i++ {
		if c.toks[i].kind != sign {
			continue
		}
		switch c.toks[i].s {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(c.toks)
}

// pairs reads name/value pairs between from and to at the top level; mark is
// what stands between name and value ("=" or ":"). Spread says that there may
// be more than is written ("**" and "...").
func (c *code) pairs(from, to int, mark string) (m map[string][]token, spread bool) {
	m = map[string][]token{}
	start, depth := from, 0
	item := func(end int) {
		toks := c.toks[start:end]
		start = end + 1
		switch {
		case len(toks) == 0:
		case toks[0].kind == sign && (toks[0].s == "*" || toks[0].s == "."):
			spread = true
		case len(toks) >= 2 && toks[1].kind == sign && toks[1].s == mark && toks[0].kind != formula:
			m[toks[0].s] = toks[2:]
		case len(toks) == 1 && toks[0].kind == word && mark == ":":
			m[toks[0].s] = toks // {Bucket} is {Bucket: Bucket}
		default:
			m[""] = toks
		}
	}
	for i := from; i < to; i++ {
		if c.toks[i].kind != sign {
			continue
		}
		switch c.toks[i].s {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		case ",":
			if depth == 0 {
				item(i)
			}
		}
	}
	if start < to {
		item(to)
	}
	return m, spread
}

// value is what an expression gives: known, or a hole.
func (c *code) value(toks []token, depth int) string {
	hole := func() string {
		var b strings.Builder
		for _, t := range toks[:min(8, len(toks))] {
			b.WriteString(t.s)
		}
		return match.Hole(match.Any, match.Render(b.String())+" in the code")
	}
	if depth > 4 {
		return hole()
	}
	switch {
	case len(toks) == 1 && toks[0].kind == text:
		return toks[0].s
	case len(toks) == 1 && toks[0].kind == word:
		if v, ok := c.consts[toks[0].s]; ok {
			return c.value(v, depth+1)
		}
	default:
		if n, ok := envName(toks); ok {
			if v, ok := c.env(n); ok {
				return v
			}
		}
	}
	return hole()
}

// envName reads os.environ["X"], os.environ.get("X"), os.getenv("X"),
// process.env.X and process.env["X"].
func envName(toks []token) (string, bool) {
	var b strings.Builder
	name := ""
	for i, t := range toks {
		switch {
		case t.kind == text && name == "":
			name = t.s
			b.WriteByte('?')
		case t.kind == text || t.kind == formula:
			return "", false
		case t.kind == word && i == len(toks)-1 && b.String() == "process.env.":
			return t.s, true
		default:
			b.WriteString(t.s)
		}
	}
	switch b.String() {
	case "os.environ[?]", "os.environ.get(?)", "os.getenv(?)", "environ[?]", "getenv(?)", "process.env[?]", "process.env.?":
		return name, name != ""
	}
	return "", false
}

// constants finds the names that are set exactly once, outside brackets.
func (c *code) constants() {
	count := map[string]int{}
	c.consts = map[string][]token{}
	depth := 0
	for i, t := range c.toks {
		if t.kind == sign {
			switch t.s {
			case "(", "[":
				depth++
			case ")", "]":
				depth--
			case "=":
				if depth != 0 || i == 0 || c.toks[i-1].kind != word || c.is(i+1, "=") || c.is(i+1, ">") {
					continue
				}
				name := c.toks[i-1].s
				count[name]++
				end := i + 1
				for d := 0; end < len(c.toks); end++ {
					e := c.toks[end]
					if d == 0 && (e.line && end > i+1 || e.kind == sign && (e.s == ";" || e.s == ",")) {
						break
					}
					if e.kind == sign && strings.Contains("([{", e.s) {
						d++
					} else if e.kind == sign && strings.Contains(")]}", e.s) {
						d--
					}
				}
				c.consts[name] = c.toks[i+1 : min(end, len(c.toks))]
			}
		}
	}
	for name, n := range count {
		if n > 1 {
			delete(c.consts, name)
		}
	}
}
