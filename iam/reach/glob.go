package reach

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"penstock/iam"
	"penstock/match"
)

// A glob is one wildcard pattern as an automaton. Its tokens are those of
// package match; the states of the automaton are sets of positions in them,
// made when they are first reached and kept.
//
//	tokens     a  b  *  c        state {0} –a→ {1} –b→ {2,3} –c→ {2,3,4}
//	position  0  1  2  3  4
//
// A star that takes everything makes all positions before it idle: what they
// accept, it accepts too. So states stay as small as those of Knuth, Morris
// and Pratt.
//
// Characters are runes. A hole, the unknown text of a symbolic string, is one
// character above all runes, the same for the same hole. Pattern and subject
// can both hold holes, and then there are two automata: may accepts what the
// pattern matches for some filling, must what it matches for every one.
type glob struct {
	syms *symbols
	fold bool
	// A pattern that is text, or text and a star that takes everything, is
	// compared without an automaton; text is then without the star, in lower
	// case if case does not count.
	literal, prefix bool
	text            string

	source string // not compiled yet, if toks is nil
	m      mode
	toks   []token
	least  []int // how many characters are needed from a position on
	sym    bool  // holds a hole
	// holds a hole of a policy variable, one of another kind
	bound, unbound bool
	may, must      dfa
	own            dfa // may, but that policy variables stand for themselves
}

type tokenKind uint8

const (
	tText tokenKind = iota
	tAny            // one character
	tStar           // any run of characters
	tHole
)

// What a wildcard does not take.
const (
	noColon = 1 << iota
	noSlash
	noOther // but digits
	noPunct // but letters, digits, '-', '_' and '.'
)

type token struct {
	kind  tokenKind
	not   uint8
	r     rune // of text; of a hole its symbol
	bound bool // a hole that stands for a policy variable: no subject holds it
	class match.Class
	part  idPart
}

// firstHole is the symbol of the first hole; below it are the runes and the
// bytes that are no UTF-8.
const (
	badByte   rune = utf8.MaxRune + 1
	firstHole rune = utf8.MaxRune + 0x200
)

// symbols numbers the holes of one problem.
type symbols struct {
	ids   map[string]rune
	holes []hole
}

type hole struct {
	class match.Class
	text  string // as it stands in a symbolic string
	bound bool   // of a policy variable
}

// of returns the symbol of a hole that is written in text.
func (s *symbols) of(text string) rune {
	if r, ok := s.ids[text]; ok {
		return r
	}
	if s.ids == nil {
		s.ids = map[string]rune{}
	}
	r := firstHole + rune(len(s.holes))
	s.ids[text] = r
	s.holes = append(s.holes, hole{match.Class(text[1]), text, false})
	return r
}

func (s *symbols) class(r rune) match.Class { return s.holes[r-firstHole].class }

// write turns symbols back into text.
func (s *symbols) write(rs []rune) string {
	var b strings.Builder
	for _, r := range rs {
		switch {
		case r >= firstHole && s.holes[r-firstHole].bound:
			b.WriteString("any1") // the value of a policy variable
		case r >= firstHole:
			b.WriteString(s.holes[r-firstHole].text)
		case r >= badByte:
			b.WriteByte(byte(r - badByte))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// mode says which wildcards take a colon; see package match.
type mode uint8

const (
	plain mode = iota
	resource
	arnLike
)

// appendText adds the tokens of text; with wild, '*' and '?' are wildcards.
func (s *symbols) appendText(toks []token, text string, wild, fold bool) []token {
	for text != "" {
		if text[0] == 0 {
			if j := strings.IndexByte(text[1:], 0); j >= 1 {
				toks = append(toks, token{kind: tHole, class: match.Class(text[1]), r: s.of(text[:j+2])})
				text = text[j+2:]
				continue
			}
		}
		r, n := utf8.DecodeRuneInString(text)
		if r == utf8.RuneError && n == 1 {
			r = badByte + rune(text[0])
		}
		text = text[n:]
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

// settle marks the wildcards that do not take a colon, as package match does.
func settle(toks []token, m mode) {
	if m == plain || len(toks) == 1 && toks[0].kind == tStar {
		return
	}
	colons := 0
	for i := range toks {
		t := &toks[i]
		switch t.kind {
		case tText:
			if t.r == ':' {
				colons++
			}
		case tAny:
			if colons < 5 {
				t.not |= noColon
			}
		case tStar:
			end := i+1 == len(toks) || toks[i+1].kind == tText && toks[i+1].r == ':'
			if colons < 5 && (m == arnLike || !end) {
				t.not |= noColon
			}
		}
	}
}

// pattern compiles a pattern without policy variables; most of the work waits
// until somebody asks.
func (s *symbols) pattern(text string, m mode, wild, fold bool) *glob {
	if holed(text) || !utf8.ValidString(text) {
		toks := s.appendText(make([]token, 0, len(text)), text, wild, fold)
		if wild {
			settle(toks, m)
		}
		return s.glob(toks, fold)
	}
	g := &glob{syms: s, fold: fold, text: text, source: text, m: m}
	if fold {
		g.text = strings.ToLower(text)
	}
	first := -1
	if wild {
		first = strings.IndexAny(text, "*?")
	}
	switch {
	case first < 0:
		g.literal = true
	case first == len(text)-1 && text[first] == '*' && (m != arnLike || strings.Count(text, ":") >= 5):
		g.prefix = true
		g.text = g.text[:len(g.text)-1]
	}
	return g
}

// ready compiles the tokens.
func (g *glob) ready() *glob {
	if g.least == nil {
		wild := !g.literal
		toks := g.syms.appendText(make([]token, 0, len(g.source)), g.source, wild, g.fold)
		if wild {
			settle(toks, g.m)
		}
		g.compile(toks)
	}
	return g
}

// A subject is a text that globs are asked about.
type subject struct {
	text, low string
	rs        []rune
	plain     bool // holds no hole
}

func (s *symbols) subject(text string) *subject {
	return &subject{text: text, plain: !holed(text) && utf8.ValidString(text)}
}

func (u *subject) lower() string {
	if u.low == "" {
		u.low = strings.ToLower(u.text)
	}
	return u.low
}

func (u *subject) runes(s *symbols) []rune {
	if u.rs == nil {
		toks := s.appendText(make([]token, 0, len(u.text)), u.text, false, false)
		u.rs = make([]rune, len(toks))
		for i := range toks {
			u.rs[i] = toks[i].r
		}
	}
	return u.rs
}

// head is the text that everything which g matches begins with, as far as that
// is told without compiling; in lower case if case does not count.
func (g *glob) head() string {
	if g.literal || g.prefix {
		return g.text
	}
	head := g.source
	if i := strings.IndexAny(head, "*?"); i >= 0 {
		head = head[:i]
	} else {
		return "" // made of tokens
	}
	if g.fold {
		head = strings.ToLower(head)
	}
	return head
}

// apart reports whether g matches nothing that begins with head.
func (g *glob) apart(head string, fold bool) bool {
	if g.sym || head == "" {
		return false
	}
	own := g.head()
	if fold != g.fold {
		own, head = strings.ToLower(own), strings.ToLower(head)
	}
	return !strings.HasPrefix(own, head) && !strings.HasPrefix(head, own) || g.literal && len(g.text) < len(head) && !fold && !g.fold
}

// mayTake is a quick test before takes.
func (g *glob) mayTake(text string) bool {
	return strings.HasPrefix(text, g.head())
}

// takes reports whether g accepts a text; loose asks the may automaton.
func (g *glob) takes(u *subject, loose bool) bool {
	if u.plain && (g.literal || g.prefix) && !g.sym {
		text := u.text
		if g.fold {
			text = u.lower()
		}
		if g.literal {
			return text == g.text
		}
		return strings.HasPrefix(text, g.text)
	}
	return g.accepts(u.runes(g.syms), loose)
}

// parts compiles a pattern whose policy variables have been given values:
// value returns the text that stands for one, or tokens that do.
func (s *symbols) parts(parts []iam.Part, m mode, wild, fold bool, value func(*iam.Part) []token) *glob {
	var toks []token
	for i := range parts {
		p := &parts[i]
		switch {
		case p.Literal != 0:
			toks = append(toks, token{kind: tText, r: rune(p.Literal)})
		case p.Key == "":
			toks = s.appendText(toks, p.Text, wild, fold)
		default:
			toks = append(toks, value(p)...)
		}
	}
	if wild {
		settle(toks, m)
	}
	return s.glob(toks, fold)
}

func (s *symbols) glob(toks []token, fold bool) *glob {
	g := &glob{syms: s, fold: fold}
	g.compile(toks)
	text := true
	for i := range toks {
		text = text && toks[i].kind == tText
	}
	if text {
		rs := make([]rune, len(toks))
		for i := range toks {
			rs[i] = toks[i].r
		}
		g.literal, g.text = true, s.write(rs)
	}
	return g
}

// idPart takes the hole of an id apart, of which two with different names are
// never the same. What follows its first character is idRest; where the first
// was the hole of another id, more must follow: idMore.
type idPart uint8

const (
	idFirst idPart = iota + 1
	idMore
	idRest
)

// ids takes the holes of ids apart.
func ids(toks []token) []token {
	for i := 0; i < len(toks); i++ {
		t := toks[i]
		if t.kind != tHole || t.class != match.ID || t.bound || t.part != 0 {
			continue
		}
		first, more, rest := t, t, t
		first.part, more.part, rest.part = idFirst, idMore, idRest
		toks = slices.Replace(slices.Clone(toks), i, i+1, first, more, rest)
		i += 2
	}
	return toks
}

func (g *glob) compile(toks []token) {
	toks = ids(toks)
	g.toks = toks
	g.least = make([]int, len(toks)+1)
	for i := len(toks) - 1; i >= 0; i-- {
		g.least[i] = g.least[i+1]
		switch t := &toks[i]; t.kind {
		case tText, tAny:
			g.least[i]++
		case tHole:
			g.sym = true
			g.bound, g.unbound = g.bound || t.bound, g.unbound || !t.bound
		}
	}
	g.may.g, g.must.g, g.own.g = g, g, g
	g.may.loose, g.own.loose, g.own.own = true, true, true
}

// accepts reports whether g takes a whole string; loose asks the may automaton.
func (g *glob) accepts(rs []rune, loose bool) bool {
	g.ready()
	d := &g.must
	if loose {
		d = &g.may
	}
	at := d.start()
	for _, r := range rs {
		if at = d.step(at, r); at == dead {
			return false
		}
	}
	return d.states[at].accept
}

func (t *token) takes(c rune) bool {
	return !(c == ':' && t.not&noColon != 0 || c == '/' && t.not&noSlash != 0 || t.not&noOther != 0 && (c < '0' || c > '9') ||
		t.not&noPunct != 0 && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' && c != '.')
}
