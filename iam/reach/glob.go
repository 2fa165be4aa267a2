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

func (g *glob) compile(toks []token) {
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

// dfa is one of the automata of a glob.
type dfa struct {
	g      *glob
	loose  bool // may
	own    bool
	states []state
	index  map[string]int32
}

type state struct {
	pos    []uint16
	accept bool
	all    bool // accepts whatever follows
	// next are the characters that some token here names, in lower case for
	// a pattern that ignores case; wild says that some token takes others.
	next []rune
	wild bool
	not  bool // a wildcard here refuses ':' or '/'
	run  bool // a hole of the pattern takes what its class has
	need int  // at least so many characters are missing
	to   []edge
}

type edge struct {
	r  rune
	to int32
}

const dead int32 = -1

// start returns the first state.
func (d *dfa) start() int32 {
	if len(d.states) > 0 {
		return 0
	}
	d.index = map[string]int32{}
	return d.state([]uint16{0})
}

// state returns the number of a set of positions, which it may change.
func (d *dfa) state(set []uint16) int32 {
	g := d.g
	// Stars and, where anything goes, empty holes can be stepped over.
	for i := 0; i < len(set); i++ {
		p := int(set[i])
		if p == len(g.toks) {
			continue
		}
		t := &g.toks[p]
		if t.kind == tStar || t.kind == tHole && d.loose && t.class == match.Any && !(t.bound && d.own) {
			if !slices.Contains(set, uint16(p+1)) {
				set = append(set, uint16(p+1))
			}
		}
	}
	slices.Sort(set)
	for i := len(set) - 1; i > 0; i-- {
		if p := int(set[i]); p < len(g.toks) && g.toks[p].kind == tStar && g.toks[p].not == 0 {
			set = set[i:]
			break
		}
	}
	if len(set) == 0 {
		return dead
	}
	key := make([]byte, 0, 2*len(set))
	for _, p := range set {
		key = append(key, byte(p), byte(p>>8))
	}
	if id, ok := d.index[string(key)]; ok {
		return id
	}
	s := state{pos: slices.Clone(set), need: 1 << 30}
	for _, p16 := range set {
		p := int(p16)
		s.need = min(s.need, g.least[p])
		if p == len(g.toks) {
			s.accept = true
			continue
		}
		switch t := &g.toks[p]; t.kind {
		case tText:
			if !slices.Contains(s.next, t.r) {
				s.next = append(s.next, t.r)
			}
		case tAny:
			s.wild = true
			s.not = s.not || t.not != 0
		case tStar:
			s.wild = true
			s.not = s.not || t.not != 0
			s.all = s.all || p+1 == len(g.toks) && t.not == 0
		case tHole:
			if (!t.bound || d.own) && !slices.Contains(s.next, t.r) {
				s.next = append(s.next, t.r)
			}
			if d.loose && !(t.bound && d.own) {
				s.wild, s.run = true, true
			}
		}
	}
	id := int32(len(d.states))
	d.states = append(d.states, s)
	d.index[string(key)] = id
	return id
}

// step returns the state after one character.
func (d *dfa) step(from int32, c rune) int32 {
	if from == dead {
		return dead
	}
	if d.g.fold && c < badByte {
		c = unicode.ToLower(c)
	}
	for _, e := range d.states[from].to {
		if e.r == c {
			return e.to
		}
	}
	var buf [16]uint16
	set := buf[:0]
	add := func(p int) {
		if !slices.Contains(set, uint16(p)) {
			set = append(set, uint16(p))
		}
	}
	if c >= firstHole {
		d.overHole(d.states[from].pos, c, add)
	} else {
		for _, p16 := range d.states[from].pos {
			d.take(int(p16), c, add)
		}
	}
	to := d.state(set)
	d.states[from].to = append(d.states[from].to, edge{c, to})
	return to
}

// take adds the positions after a known character.
func (d *dfa) take(p int, c rune, add func(int)) {
	if p == len(d.g.toks) {
		return
	}
	switch t := &d.g.toks[p]; t.kind {
	case tText:
		if t.r == c {
			add(p + 1)
		}
	case tAny:
		if t.takes(c) {
			add(p + 1)
		}
	case tStar:
		if t.takes(c) {
			add(p)
		}
	case tHole:
		if d.loose && !(t.bound && d.own) && has(t.class, c) {
			add(p)
			add(p + 1)
		}
	}
}

func (t *token) takes(c rune) bool {
	return !(c == ':' && t.not&noColon != 0 || c == '/' && t.not&noSlash != 0 || t.not&noOther != 0 && (c < '0' || c > '9') ||
		t.not&noPunct != 0 && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' && c != '.')
}

// overHole adds the positions after the hole c of the subject.
func (d *dfa) overHole(from []uint16, c rune, add func(int)) {
	class := d.g.syms.class(c)
	toks := d.g.toks
	if d.own && d.g.syms.holes[c-firstHole].bound {
		for _, p := range from {
			if int(p) < len(toks) && toks[p].kind == tHole && toks[p].r == c {
				add(int(p) + 1)
			}
		}
		return
	}
	for _, p16 := range from {
		p := int(p16)
		if p == len(toks) {
			continue
		}
		switch t := &toks[p]; {
		case t.kind == tHole && t.r == c:
			add(p + 1)
		case t.kind == tStar && (t.not&noColon == 0 || !has(class, ':')) && (t.not&noSlash == 0 || !has(class, '/')) && t.not&(noOther|noPunct) == 0:
			add(p)
		}
	}
	if !d.loose {
		return
	}
	// Any run of characters of the class: whatever can be reached.
	seen := map[int]bool{}
	todo := []int{}
	visit := func(p int) {
		if !seen[p] {
			seen[p] = true
			todo = append(todo, p)
			add(p)
		}
	}
	if class == match.Any {
		for _, p := range from {
			visit(int(p))
		}
	}
	step := func(p int) {
		if p == len(toks) {
			return
		}
		switch t := &toks[p]; t.kind {
		case tText:
			if t.r < firstHole && hasFold(class, t.r, d.g.fold) {
				visit(p + 1)
			}
		case tAny:
			visit(p + 1)
		case tStar:
			visit(p)
			visit(p + 1)
		case tHole:
			visit(p)
			visit(p + 1)
		}
	}
	for _, p := range from {
		step(int(p))
	}
	for len(todo) > 0 {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		step(p)
	}
}

// has reports whether a hole of the class may hold r; see package match.
func has(c match.Class, r rune) bool {
	switch c {
	case match.Name, match.ID:
		return r != '/' && pathRune(r)
	case match.Account:
		return '0' <= r && r <= '9'
	case match.Suffix:
		return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	case match.Path:
		return pathRune(r)
	default:
		return true
	}
}

func hasFold(c match.Class, r rune, fold bool) bool {
	return has(c, r) || fold && has(c, unicode.ToUpper(r))
}

func pathRune(r rune) bool {
	return r != ':' && r != '*' && r != '?' && !unicode.IsSpace(r)
}
