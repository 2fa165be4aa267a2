package filter

import (
	"math/big"
	"strconv"
	"strings"

	"penstock/match"
	"penstock/trail"
	"penstock/truth"
)

// maxDepth bounds parentheses.
const maxDepth = 64

type parser struct {
	text   string
	at     int
	broken string
}

func (p *parser) fail(why string) {
	if p.broken == "" {
		p.broken = why
	}
	p.at = len(p.text)
}

func (p *parser) space() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

func (p *parser) take(s string) bool {
	if strings.HasPrefix(p.text[p.at:], s) {
		p.at += len(s)
		return true
	}
	return false
}

// word takes a word that is s, in capitals as the page has it.
func (p *parser) word(s string) bool {
	rest := p.text[p.at:]
	if !strings.HasPrefix(rest, s) || len(rest) > len(s) && strings.IndexByte(" \t\r\n)}&|", rest[len(s)]) < 0 {
		return false
	}
	p.at += len(s)
	return true
}

// or reads operands joined by && and ||.
func (p *parser) or(depth int) expr {
	c := chain{operands: []expr{p.operand(depth)}}
	for p.broken == "" {
		p.space()
		switch {
		case p.take("&&"):
			c.or = append(c.or, false)
		case p.take("||"):
			c.or = append(c.or, true)
		default:
			if len(c.operands) == 1 {
				return c.operands[0]
			}
			return c
		}
		c.operands = append(c.operands, p.operand(depth))
	}
	return unknown{}
}

func (p *parser) operand(depth int) expr {
	p.space()
	if depth > maxDepth {
		p.fail("its parentheses are too deep")
		return unknown{}
	}
	if p.take("(") {
		e := p.or(depth + 1)
		if p.space(); !p.take(")") {
			p.fail("a '(' is not closed")
		}
		return e
	}
	return p.comparison()
}

func (p *parser) comparison() expr {
	if p.at >= len(p.text) || p.text[p.at] != '$' {
		p.fail("a selector starts with '$'")
		return unknown{}
	}
	p.at++
	c := comparison{path: p.path()}
	if p.broken != "" {
		return unknown{}
	}
	p.space()
	switch {
	case p.word("IS"):
		p.space()
		switch {
		case p.word("NULL"):
			c.op = "null"
		case p.word("TRUE"):
			c.op = "true"
		case p.word("FALSE"):
			c.op = "false"
		default:
			p.fail("IS is followed by NULL, TRUE or FALSE")
		}
		return c
	case p.word("NOT"):
		if p.space(); !p.word("EXISTS") {
			p.fail("NOT is followed by EXISTS")
		}
		c.op = "exists not"
		return c
	}
	for _, op := range [...]string{"!=", "<=", ">=", "=", "<", ">"} {
		if p.take(op) {
			c.op = op
			break
		}
	}
	if c.op == "" {
		p.fail("a selector is followed by an operator")
		return unknown{}
	}
	p.value(&c)
	return c
}

// path reads .name, ["name"] and [index] after the '$'.
func (p *parser) path() []step {
	var out []step
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case '.':
			p.at++
			if p.at < len(p.text) && p.text[p.at] == '[' {
				continue
			}
			start := p.at
			for p.at < len(p.text) && strings.IndexByte(" \t\r\n.[=!<>(){}&|\"", p.text[p.at]) < 0 {
				p.at++
			}
			if p.at == start {
				p.fail("a selector names a field after its '.'")
				return nil
			}
			out = append(out, step{name: p.text[start:p.at]})
		case '[':
			end := strings.IndexByte(p.text[p.at:], ']')
			if end < 0 {
				p.fail("a '[' is not closed")
				return nil
			}
			in := strings.TrimSpace(p.text[p.at+1 : p.at+end])
			p.at += end + 1
			if n := len(in); n >= 2 && (in[0] == '"' && in[n-1] == '"' || in[0] == '\'' && in[n-1] == '\'') {
				out = append(out, step{name: in[1 : n-1]})
				continue
			}
			s := step{array: true, index: -1}
			if in != "*" {
				i, err := strconv.Atoi(in)
				if err != nil || i < 0 {
					p.fail("an index is a number")
					return nil
				}
				s.index = i
			}
			out = append(out, s)
		default:
			return out
		}
	}
	return out
}

// value reads what a field is compared with: "text" or bare text, in which a
// '*' is a wildcard, or %expression%.
func (p *parser) value(c *comparison) {
	p.space()
	if p.at >= len(p.text) {
		p.fail("an operator is followed by a value")
		return
	}
	switch p.text[p.at] {
	case '"':
		s, ok := p.quoted()
		if !ok {
			p.fail("a '\"' is not closed")
			return
		}
		c.text = s
	case '%':
		end := strings.IndexByte(p.text[p.at+1:], '%')
		if end < 0 {
			p.fail("a '%' is not closed")
			return
		}
		p.at += end + 2
		c.any = true
		return
	default:
		start := p.at
		for p.at < len(p.text) && strings.IndexByte(" \t\r\n(){}&|\"", p.text[p.at]) < 0 {
			p.at++
		}
		if p.at == start {
			p.fail("an operator is followed by a value")
			return
		}
		c.text, c.bare = p.text[start:p.at], true
		_, c.num = number(c.text)
	}
	var b match.Builder
	for i, part := range strings.Split(c.text, "*") {
		if i > 0 {
			b.Wild("*")
		}
		b.Text(part)
	}
	c.glob = b.Pattern()
}

// quoted reads "text", with \" for the quotation mark.
func (p *parser) quoted() (string, bool) {
	var b strings.Builder
	for i := p.at + 1; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == '\\' && i+1 < len(p.text) && (p.text[i+1] == '"' || p.text[i+1] == '\\'):
			i++
			b.WriteByte(p.text[i])
		case c == '"':
			p.at = i + 1
			return b.String(), true
		default:
			b.WriteByte(c)
		}
	}
	return "", false
}

// terms reads words and "phrases" that the text of an event must hold:
// all of them, at least one of those with a '?', none of those with a '-'.
func (p *parser) terms() expr {
	var t terms
	for p.space(); p.at < len(p.text) && p.broken == ""; p.space() {
		to := &t.all
		switch {
		case p.take("?"):
			to = &t.some
		case p.take("-"):
			to = &t.none
		}
		if p.at < len(p.text) && p.text[p.at] == '"' {
			s, ok := p.quoted()
			if !ok {
				p.fail("a '\"' is not closed")
				break
			}
			*to = append(*to, s)
			continue
		}
		start := p.at
		for p.at < len(p.text) && strings.IndexByte(" \t\r\n\"", p.text[p.at]) < 0 {
			p.at++
		}
		if p.at == start {
			p.fail("a sign is followed by a term")
			break
		}
		*to = append(*to, p.text[start:p.at])
	}
	return t
}

// terms are words in the text of an event.
type terms struct{ all, some, none []string }

func (t terms) match(e *trail.Value) truth.Value {
	// A text that is not wholly known may hold any word; that a word is there
	// is sure only where some value or name is that very word.
	holds := func(s string) truth.Value {
		if e.Has(func(in string) bool { return in == s }) {
			return truth.Yes
		}
		return truth.Maybe
	}
	v := truth.Yes
	for _, s := range t.all {
		v = v.And(holds(s))
	}
	if len(t.some) > 0 {
		w := truth.No
		for _, s := range t.some {
			w = w.Or(holds(s))
		}
		if len(t.all) == 0 {
			v = v.And(w)
		}
		// Beside a term without a sign those with '?' are passed over, the page says.
	}
	for _, s := range t.none {
		v = v.And(holds(s).Not())
	}
	return v
}

func (t terms) narrow(*trail.Value) string { return "" }

func number(s string) (*big.Rat, bool) {
	if i := strings.IndexAny(s, "eE"); s == "" || len(s) > 64 || i >= 0 && len(s)-i > 4 || strings.ContainsAny(s, "/_xXpPoObB") {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

func compare(a, b string, is func(int) bool) truth.Value {
	x, ok := number(a)
	y, ok2 := number(b)
	if !ok || !ok2 {
		return truth.Maybe
	}
	return truth.Of(is(x.Cmp(y)))
}
