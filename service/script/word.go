package script

import (
	"maps"
	"strings"

	"penstock/match"
)

// word reads one word and expands what is known in it. Bare says that it was
// written without quotes and expansions, as a keyword must be.
func (p *parser) word() (w Word, bare bool) {
	var b strings.Builder
	bare = true
	for p.i < len(p.s) {
		c := p.s[p.i]
		switch {
		case strings.IndexByte(" \t\r\n;&|<>()", c) >= 0:
			w.Text = b.String()
			return w, bare
		case c == '\'':
			bare = false
			end := strings.IndexByte(p.s[p.i+1:], '\'')
			if end < 0 {
				p.lose()
				end = len(p.s) - p.i - 1
			}
			b.WriteString(p.s[p.i+1 : p.i+1+end])
			p.i = min(p.i+end+2, len(p.s))
		case c == '"':
			bare = false
			p.i++
			p.quoted(&b)
		case c == '\\':
			bare = false
			if p.i+1 < len(p.s) {
				if p.s[p.i+1] != '\n' {
					b.WriteByte(p.s[p.i+1])
				}
				p.i += 2
			} else {
				p.i++
			}
		case c == '`':
			bare = false
			w.split = w.split || b.Len() == 0
			p.backquote(&b)
		case c == '$':
			bare = false
			// What stands behind text of the word cannot make it an option or
			// take it away; should it split, the command is not one at all.
			head := b.Len() == 0
			if p.dollar(&b) && head {
				w.split = true
			}
		case c == 0:
			bare = false
			p.hole(&b)
		case c == '*' || c == '?' || c == '[':
			// A glob, of which nobody knows what it matches.
			b.WriteByte(c)
			p.i++
		case c == '~' && b.Len() == 0:
			b.WriteString(match.Hole(match.Any, "the home folder in the build"))
			p.i++
		default:
			b.WriteByte(c)
			p.i++
		}
	}
	w.Text = b.String()
	return w, bare
}

// lose gives up on certainty: the script is not what it seems.
func (p *parser) lose() { p.sh.lost = true }

// hole copies a hole of the symbolic text as it stands.
func (p *parser) hole(b *strings.Builder) {
	end := strings.IndexByte(p.s[p.i+1:], 0)
	if end < 0 {
		p.i++
		return
	}
	b.WriteString(p.s[p.i : p.i+end+2])
	p.i += end + 2
}

// quoted reads the rest of a double-quoted string.
func (p *parser) quoted(b *strings.Builder) {
	for p.i < len(p.s) {
		switch c := p.s[p.i]; c {
		case '"':
			p.i++
			return
		case '\\':
			if p.i+1 < len(p.s) {
				if n := p.s[p.i+1]; strings.IndexByte("$`\"\\", n) >= 0 {
					b.WriteByte(n)
				} else if n != '\n' {
					b.WriteString(p.s[p.i : p.i+2])
				}
				p.i += 2
				continue
			}
			p.i++
		case '$':
			p.dollar(b)
		case '`':
			p.backquote(b)
		case 0:
			p.hole(b)
		default:
			b.WriteByte(c)
			p.i++
		}
	}
	p.lose()
}

// backquote reads `…`, the old form of $(…).
func (p *parser) backquote(b *strings.Builder) {
	end := strings.IndexByte(p.s[p.i+1:], '`')
	if end < 0 {
		p.lose()
		p.i = len(p.s)
		return
	}
	p.substitute(p.s[p.i+1 : p.i+1+end])
	p.i += end + 2
	b.WriteString(match.Hole(match.Any, "the output of a command in the build"))
}

// dollar reads an expansion. It reports whether its value may split into
// several words when it is not quoted.
func (p *parser) dollar(b *strings.Builder) bool {
	rest := p.s[p.i+1:]
	switch {
	case strings.HasPrefix(rest, "(("):
		end := strings.Index(rest, "))")
		if end < 0 {
			p.lose()
			p.i = len(p.s)
			return true
		}
		p.i += end + 3
		b.WriteString(match.Hole(match.Name, "a number in the build"))
		return false
	case strings.HasPrefix(rest, "("):
		end := closing(rest)
		if end < 0 {
			p.lose()
			p.i = len(p.s)
			return true
		}
		p.substitute(rest[1:end])
		p.i += end + 2
		b.WriteString(match.Hole(match.Any, "the output of a command in the build"))
		return true
	case strings.HasPrefix(rest, "{"):
		end := strings.IndexByte(rest, '}')
		if end < 0 {
			p.lose()
			p.i = len(p.s)
			return true
		}
		p.i += end + 2
		return p.expand(b, rest[1:end])
	}
	n := 0
	for n < len(rest) && isName(rest[:n+1]) {
		n++
	}
	if n == 0 {
		if rest != "" && strings.IndexByte("?#@*!$-0123456789", rest[0]) >= 0 {
			p.i += 2
			b.WriteString(Unknown(rest[:1]))
			return true
		}
		b.WriteByte('$')
		p.i++
		return false
	}
	p.i += n + 1
	return p.value(b, rest[:n])
}

func (p *parser) value(b *strings.Builder, name string) bool {
	v, ok := p.sh.vars[name]
	if !ok {
		v = Unknown(name)
	}
	b.WriteString(v)
	return strings.ContainsAny(v, " \t\n*?[") || strings.IndexByte(v, 0) >= 0 && loose(v)
}

// loose reports whether a hole of v may hold white space.
func loose(v string) bool {
	return strings.Contains(v, "\x00"+string(rune(match.Any))) || strings.Contains(v, "\x00"+string(rune(match.Key)))
}

// expand writes ${…}: a name, or one with an operator that is understood.
func (p *parser) expand(b *strings.Builder, e string) bool {
	n := 0
	for n < len(e) && isName(e[:n+1]) {
		n++
	}
	name, op := e[:n], e[n:]
	v, ok := p.sh.vars[name]
	known := ok && !match.HasHole(v)
	switch {
	case name == "":
		b.WriteString(Unknown(e))
		return true
	case op == "":
		return p.value(b, name)
	case op == "%%/*" && ok:
		// The text before the first slash. No class of hole that holds one
		// may stand before it.
		head, _, found := strings.Cut(v, "/")
		if found && !loose(head) && !strings.Contains(head, "\x00"+string(rune(match.Path))) {
			b.WriteString(head)
			return false
		}
	case strings.HasPrefix(op, ":-") || strings.HasPrefix(op, ":="):
		if known && v != "" {
			b.WriteString(v)
			return false
		}
	case (strings.HasPrefix(op, ":?") || strings.HasPrefix(op, "?")) && ok:
		b.WriteString(v)
		return loose(v)
	}
	b.WriteString(Unknown(e))
	return true
}

// closing returns where the parenthesis that opens s is closed, -1 where it is
// not.
func closing(s string) int {
	depth, quote := 0, byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && quote != '\'':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// substitute reads the commands of $(…). Whether their failure stops anything
// depends on what surrounds them.
func (p *parser) substitute(text string) {
	if p.inner >= maxNesting {
		p.lose()
		return
	}
	sub := &parser{sh: &Shell{vars: maps.Clone(p.sh.vars), lost: p.sh.lost, foreign: p.sh.foreign}, s: text, maybe: !p.certain(), inner: p.inner + 1}
	sub.run()
	p.out = append(p.out, sub.out...)
}
