package reach

import (
	"penstock/match"
	"slices"
	"unicode"
)

// dfa is one of the automata of a glob.
type dfa struct {
	g      *glob
	loose  bool // may
	own    bool
	states []state
	// single finds the states of one position, which are most; index the
	// others.
	single []int32
	index  map[string]int32
	// Where the sets of positions and the characters of the states lie.
	pool  []uint16
	runes []rune
	key   []byte
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
	// first is the first edge that was looked for, to are the others.
	first edge
	to    []edge
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
	n := len(d.g.toks) + 1
	d.single = make([]int32, n)
	d.states = make([]state, 0, min(n, 128))
	d.pool, d.runes = make([]uint16, 0, min(n, 128)), make([]rune, 0, min(n, 128))
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
		if t.kind == tStar || t.kind == tHole && d.loose && (t.class == match.Any || t.part == idRest) && !(t.bound && d.own) {
			if !slices.Contains(set, uint16(p+1)) {
				set = append(set, uint16(p+1))
			}
		}
	}
	if len(set) > 1 {
		slices.Sort(set)
	}
	for i := len(set) - 1; i > 0; i-- {
		if p := int(set[i]); p < len(g.toks) && g.toks[p].kind == tStar && g.toks[p].not == 0 {
			set = set[i:]
			break
		}
	}
	if len(set) == 0 {
		return dead
	}
	key := d.key[:0]
	if len(set) == 1 {
		if id := d.single[set[0]]; id > 0 {
			return id - 1
		}
	} else {
		for _, p := range set {
			key = append(key, byte(p), byte(p>>8))
		}
		if d.key = key; d.index == nil {
			d.index = map[string]int32{}
		}
		if id, ok := d.index[string(key)]; ok {
			return id
		}
	}
	from := len(d.pool)
	d.pool = append(d.pool, set...)
	s := state{pos: d.pool[from:len(d.pool):len(d.pool)], need: 1 << 30, first: edge{r: -1}}
	head := len(d.runes)
	name := func(r rune) {
		if !slices.Contains(d.runes[head:], r) {
			d.runes = append(d.runes, r)
		}
	}
	for _, p16 := range set {
		p := int(p16)
		s.need = min(s.need, g.least[p])
		if p == len(g.toks) {
			s.accept = true
			continue
		}
		switch t := &g.toks[p]; t.kind {
		case tText:
			name(t.r)
		case tAny:
			s.wild = true
			s.not = s.not || t.not != 0
		case tStar:
			s.wild = true
			s.not = s.not || t.not != 0
			s.all = s.all || p+1 == len(g.toks) && t.not == 0
		case tHole:
			if (!t.bound || d.own) && t.part <= idFirst {
				name(t.r)
			}
			if d.loose && !(t.bound && d.own) {
				s.wild, s.run = true, true
			}
		}
	}
	s.next = d.runes[head:len(d.runes):len(d.runes)]
	id := int32(len(d.states))
	d.states = append(d.states, s)
	if len(set) == 1 {
		d.single[set[0]] = id + 1
	} else {
		d.index[string(key)] = id
	}
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
	st := &d.states[from]
	if st.first.r == c {
		return st.first.to
	}
	for _, e := range st.to {
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
	if st = &d.states[from]; st.first.r < 0 {
		st.first = edge{c, to}
	} else {
		st.to = append(st.to, edge{c, to})
	}
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
		if !d.loose || t.bound && d.own || !has(t.class, c) {
			return
		}
		switch t.part {
		case idFirst:
			add(p + 2)
		case idMore:
			add(p + 1)
		case idRest:
			add(p)
		default:
			add(p)
			add(p + 1)
		}
	}
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
		case t.kind == tHole && t.r == c && t.part == idFirst:
			add(p + 3)
		case t.kind == tHole && t.r == c && t.part == 0:
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
	for _, p16 := range from {
		p := int(p16)
		if p < len(toks) && toks[p].part == idFirst && class == match.ID && toks[p].r != c &&
			(p+3 == len(toks) || toks[p+3].kind == tText && (toks[p+3].r == ':' || toks[p+3].r == '/')) {
			// Both begin here, so they would be one and the same.
			add(p + 1)
			continue
		}
		step(p)
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
