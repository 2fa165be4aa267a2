package reach

import (
	"slices"
	"unicode"
)

// A need is one thing that a string must satisfy: that it is in the union of
// some globs, or with neg that it is in none of them.
type need struct {
	globs []*glob
	neg   bool
	exact bool // holes stand for themselves, however unknown text is read
	own   bool // policy variables stand for themselves
	id    int  // of who asks, for blame; -1 is the domain
}

// outcome is what a search found.
type outcome uint8

const (
	empty   outcome = iota // no string satisfies all needs
	found                  // one does
	tooHard                // the search gave up
)

// The budget of one search in product states, and of one symbol list.
const maxStates = 12000

// track is one automaton that runs along.
type track struct {
	d    *dfa
	need int // index of its need
}

// search looks for a string that satisfies all needs, the shortest that it can
// find, by walking the product of their automata. It returns the string, or
// which needs are to blame.
//
// Sure says how unknown text is read: false asks for a string that can
// satisfy the needs for some filling, true for one that does for every filling.
func search(syms *symbols, needs []need, sure bool, work *int) (outcome, []rune, []bool) {
	s := searcher{syms: syms, needs: needs, blame: make([]bool, len(needs))}
	for i := range needs {
		for _, g := range needs[i].globs {
			g.ready()
			d := &g.may
			if needs[i].neg != sure || needs[i].exact {
				d = &g.must
			} else if needs[i].own {
				d = &g.own
			}
			s.tracks = append(s.tracks, track{d, i})
		}
	}
	o, rs, blame := s.run()
	*work -= len(s.nodes)
	return o, rs, blame
}

type searcher struct {
	syms   *symbols
	needs  []need
	tracks []track
	blame  []bool
	other  rune

	seen  map[string]struct{}
	few   map[uint64]struct{} // in place of seen, for up to two automata
	next  []int32
	nodes []node
	at    []int32   // states of all nodes, len(tracks) each
	queue [][]int32 // nodes by priority: how long the string will be at least
	now   int
	key   []byte
	syml  []rune
}

// node is one product state and how it was reached.
type node struct {
	from int32
	r    rune
	len  int32
}

// done marks the track of a need that holds whatever follows.
const done int32 = -2

func (s *searcher) run() (outcome, []rune, []bool) {
	first := make([]int32, len(s.tracks))
	for i := range s.tracks {
		first[i] = s.tracks[i].d.start()
	}
	s.pickOther()
	if len(s.tracks) <= 2 {
		s.few = map[uint64]struct{}{}
	} else {
		s.seen = map[string]struct{}{}
	}
	s.push(-1, 0, 0, first)
	for p := 0; p < len(s.queue); p++ {
		s.now = p
		for len(s.queue[p]) > 0 {
			q := s.queue[p]
			n := q[len(q)-1]
			s.queue[p] = q[:len(q)-1]
			if s.accepts(n) {
				return found, s.text(n), nil
			}
			if len(s.nodes) > maxStates {
				return tooHard, nil, nil
			}
			s.expand(n)
		}
	}
	return empty, nil, s.blame
}

func (s *searcher) states(n int32) []int32 {
	k := len(s.tracks)
	return s.at[int(n)*k : (int(n)+1)*k]
}

// push adds a product state unless it is hopeless or known. It takes over set.
func (s *searcher) push(from int32, r rune, length int, set []int32) {
	least := 0
	for i := 0; i < len(s.tracks); {
		n := s.tracks[i].need
		alive, need := false, 1<<30
		j := i
		for ; j < len(s.tracks) && s.tracks[j].need == n; j++ {
			switch set[j] {
			case dead:
				continue
			case done:
				alive, need = true, 0
				continue
			}
			st := &s.tracks[j].d.states[set[j]]
			alive = true
			need = min(need, st.need)
			if st.all {
				if s.needs[n].neg {
					s.blame[n] = true
					return
				}
				for k := i; k < len(s.tracks) && s.tracks[k].need == n; k++ {
					set[k] = done
				}
				need = 0
				for j < len(s.tracks) && s.tracks[j].need == n {
					j++
				}
				break
			}
		}
		for j < len(s.tracks) && s.tracks[j].need == n {
			j++
		}
		if !s.needs[n].neg {
			if !alive {
				s.blame[n] = true
				return
			}
			least = max(least, need)
		}
		i = j
	}
	if s.known(set) {
		return
	}
	id := int32(len(s.nodes))
	s.nodes = append(s.nodes, node{from, r, int32(length)})
	s.at = append(s.at, set...)
	// A hole of the subject can fulfil several needs at once, so that the
	// estimate was too high.
	p := max(length+least, s.now)
	for len(s.queue) <= p {
		s.queue = append(s.queue, nil)
	}
	s.queue[p] = append(s.queue[p], id)
}

// known reports whether a product state was seen before, and remembers it.
func (s *searcher) known(set []int32) bool {
	if s.few != nil {
		var k uint64
		for _, id := range set {
			k = k<<32 | uint64(uint32(id))
		}
		_, ok := s.few[k]
		s.few[k] = struct{}{}
		return ok
	}
	s.key = s.key[:0]
	for _, id := range set {
		s.key = append(s.key, byte(id), byte(id>>8), byte(id>>16))
	}
	if _, ok := s.seen[string(s.key)]; ok {
		return true
	}
	s.seen[string(s.key)] = struct{}{}
	return false
}

// accepts reports whether the string so far satisfies all needs, and blames
// one that it does not.
func (s *searcher) accepts(n int32) bool {
	set := s.states(n)
	bad := -1
	for i := 0; i < len(s.tracks); {
		k := s.tracks[i].need
		ok := false
		for ; i < len(s.tracks) && s.tracks[i].need == k; i++ {
			ok = ok || set[i] == done || set[i] >= 0 && s.tracks[i].d.states[set[i]].accept
		}
		if ok == s.needs[k].neg {
			if s.blame[k] {
				return false
			}
			if bad < 0 {
				bad = k
			}
		}
	}
	if bad >= 0 {
		s.blame[bad] = true
		return false
	}
	return true
}

func (s *searcher) text(n int32) []rune {
	var rs []rune
	for ; s.nodes[n].from >= 0; n = s.nodes[n].from {
		rs = append(rs, s.nodes[n].r)
	}
	slices.Reverse(rs)
	return rs
}

// expand pushes what follows a node.
func (s *searcher) expand(n int32) {
	// What is appended to the states of all nodes leaves those of this alone.
	set := s.states(n)
	length := int(s.nodes[n].len) + 1
	if s.next == nil {
		s.next = make([]int32, len(set))
	}
	next := s.next
	for _, r := range s.alphabet(set) {
		for i, id := range set {
			switch id {
			case dead, done:
				next[i] = id
			default:
				next[i] = s.tracks[i].d.step(id, r)
			}
		}
		s.push(n, r, length, next)
	}
}

// alphabet returns the characters that are worth trying: those that differ
// from each other for some automaton in its present state. A need that can
// only go on by the characters that it names limits them.
func (s *searcher) alphabet(set []int32) []rune {
	out := s.syml[:0]
	best := -1
	for i := 0; i < len(s.tracks); {
		k := s.tracks[i].need
		only, n, from := !s.needs[k].neg, 0, i
		for ; i < len(s.tracks) && s.tracks[i].need == k; i++ {
			if set[i] == done {
				only = false
			}
			if set[i] < 0 {
				continue
			}
			st := &s.tracks[i].d.states[set[i]]
			only = only && !st.wild
			n += len(st.next)
		}
		if only && (best < 0 || s.blame[k] && !s.blame[s.tracks[best].need]) {
			best = from
		}
	}
	add := func(r rune) {
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	named := func(i int) {
		t := &s.tracks[i]
		for _, r := range t.d.states[set[i]].next {
			if t.d.g.fold {
				for _, v := range variants(r) {
					add(v)
				}
			} else {
				add(r)
			}
		}
	}
	if best >= 0 {
		k := s.tracks[best].need
		s.blame[k] = true
		for i := best; i < len(s.tracks) && s.tracks[i].need == k; i++ {
			if set[i] >= 0 {
				named(i)
			}
		}
		s.syml = out
		return out
	}
	picky, run := false, false
	for i := range s.tracks {
		if set[i] >= 0 {
			named(i)
			st := &s.tracks[i].d.states[set[i]]
			picky = picky || st.not
			run = run || st.run
		}
	}
	add(s.other)
	if picky {
		add('1')
		add(':')
		add('/')
	}
	if run {
		// A representative of what the classes of holes tell apart.
		for _, r := range ":/0a *é" {
			add(r)
		}
	}
	s.syml = out
	return out
}

// plainVariants are the variants of ASCII.
var plainVariants = func() (out [128][]rune) {
	for r := range out {
		out[r] = variantsOf(rune(r))
	}
	return out
}()

// variants returns the characters whose lower case is r. They are not to be
// changed.
func variants(r rune) []rune {
	switch {
	case r >= badByte:
		return []rune{r}
	case r >= 0 && r < 128:
		return plainVariants[r]
	default:
		return variantsOf(r)
	}
}

func variantsOf(r rune) []rune {
	out := []rune{}
	if unicode.ToLower(r) == r {
		out = append(out, r)
	}
	for v := unicode.SimpleFold(r); v != r; v = unicode.SimpleFold(v) {
		if unicode.ToLower(v) == r {
			out = append(out, v)
		}
	}
	if up := unicode.ToUpper(r); up != r && unicode.ToLower(up) == r && !slices.Contains(out, up) {
		out = append(out, up)
	}
	return out
}

// pickOther chooses a character that no automaton names, one that looks well
// in a witness if there is one. It is a letter, so that every class of holes
// but that of accounts has it.
func (s *searcher) pickOther() {
	var low [128]bool
	var named map[rune]bool
	name := func(r rune) {
		if r < 128 {
			low[r] = true
			return
		}
		if named == nil {
			named = map[rune]bool{}
		}
		named[r] = true
	}
	for i := range s.tracks {
		g := s.tracks[i].d.g
		for j := range g.toks {
			t := &g.toks[j]
			if t.kind != tText {
				continue
			}
			name(t.r)
			if !g.fold {
				continue
			}
			if t.r < 128 && (t.r < 'a' || t.r > 'z') {
				continue
			}
			for _, v := range variants(t.r) {
				name(v)
			}
		}
	}
	for _, r := range "xyzwqvkjuhgfbmpndcXYZWQVKJUHG" {
		if !low[r] {
			s.other = r
			return
		}
	}
	for r := rune(0x4e00); ; r++ {
		if !named[r] {
			s.other = r
			return
		}
	}
}
