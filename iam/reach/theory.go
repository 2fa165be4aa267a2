package reach

import (
	"slices"
	"strings"

	"penstock/iam"
)

// A claimed atom is one that a model needs, with its sign.
type claimed struct {
	atom int32
	yes  bool
}

// A conflict is a set of claims that cannot hold together.
type conflict []claimed

// check gives v a value that satisfies the claims on it. It returns the claims
// that contradict each other, or gave up.
func (p *problem) check(v *variable, claims []claimed) (c conflict, ok, hard bool) {
	v.value, v.claims = value{}, claims
	if !v.key {
		rs, c, o := p.string(v, claims, false)
		return p.took(v, rs, c, o)
	}
	present := claimed{v.present, true}
	here := v.present < 0 || p.sat.model(p.atoms[v.present].v)
	if !here {
		v.value.absent = true
		return nil, true, false
	}
	multi := v.only || v.multi >= 0 && p.sat.model(p.atoms[v.multi].v)
	ground := conflict{}
	if v.present >= 0 {
		ground = append(ground, present)
	}
	if v.multi >= 0 {
		ground = append(ground, claimed{v.multi, multi})
	}
	if multi {
		c, o := p.elements(v, claims)
		switch o {
		case found:
			return nil, true, false
		case tooHard:
			return nil, false, true
		}
		return append(c, ground...), false, false
	}
	rs, c, o := p.string(v, claims, false)
	if o == empty {
		c = append(c, ground...)
	}
	return p.took(v, rs, c, o)
}

func (p *problem) took(v *variable, s string, c conflict, o outcome) (conflict, bool, bool) {
	switch o {
	case found:
		v.value.texts, v.value.known = []string{s}, true
		return nil, true, false
	case tooHard:
		return nil, false, true
	default:
		return c, false, false
	}
}

// string finds one string that satisfies the claims; element says that it is
// an element of a set, and the claims are about some element.
func (p *problem) string(v *variable, claims []claimed, element bool) (string, conflict, outcome) {
	var texts, typed []claimed
	for _, c := range claims {
		switch a := &p.atoms[c.atom]; a.kind {
		case aText:
			texts = append(texts, c)
		case aTyped, aBad:
			typed = append(typed, c)
		case aExists:
			if !element {
				continue
			}
			if len(a.lits) > 0 {
				typed = append(typed, c)
			} else {
				texts = append(texts, c)
			}
		}
	}
	if len(typed) == 0 {
		if v.typed&^famBool != 0 && (len(texts) == 0 || v.bases != 0) {
			// Of a type, and nothing is asked: any value will do. Where text
			// was asked and none is now, the plain search finds some.
			if len(texts) == 0 {
				return p.sample(v), nil, found
			}
		}
		return p.language(v, texts, element)
	}
	if len(texts) == 0 {
		return p.candidate(v, typed, nil)
	}
	// Both: a value that is written out decides, else each side on its own is
	// a proof, and a value of one side may serve the other.
	s, c, o := p.language(v, texts, element)
	if o != found {
		return s, c, o
	}
	if _, c, o := p.candidate(v, typed, nil); o == empty {
		return "", c, empty
	}
	if at, lit, fixed := p.writtenOut(texts); fixed {
		for _, t := range typed {
			if !p.satisfies(t, lit) {
				return "", conflict{at, t}, empty
			}
		}
		return lit, nil, p.suits(texts, lit)
	}
	if all(typed, func(t claimed) bool { return p.satisfies(t, s) }) {
		return s, nil, found
	}
	if s, _, o := p.candidate(v, typed, texts); o == found {
		return s, nil, found
	}
	return "", nil, tooHard
}

func all[T any](ts []T, f func(T) bool) bool {
	return !slices.ContainsFunc(ts, func(t T) bool { return !f(t) })
}

// writtenOut returns the claim that fixes the value, if there is one.
func (p *problem) writtenOut(texts []claimed) (claimed, string, bool) {
	for _, c := range texts {
		a := &p.atoms[c.atom]
		// Of an action case does not count, so its lower case stands for it.
		if c.yes && !a.neg && len(a.globs) == 1 && a.globs[0].literal && (!a.globs[0].fold || a.of == p.action) {
			return c, a.globs[0].text, true
		}
	}
	return claimed{}, "", false
}

func (p *problem) suits(texts []claimed, s string) outcome {
	u := p.syms.subject(s)
	for _, c := range texts {
		if !p.inLanguage(c, u) {
			return tooHard
		}
	}
	return found
}

// inLanguage reports whether a string meets a claim about text.
func (p *problem) inLanguage(c claimed, u *subject) bool {
	a := &p.atoms[c.atom]
	wants := c.yes != a.neg
	for _, g := range a.globs {
		if g.takes(u, wants != p.sure) {
			return wants
		}
	}
	return !wants
}

// language finds a string by the claims about text alone.
func (p *problem) language(v *variable, texts []claimed, element bool) (string, conflict, outcome) {
	if at, _, fixed := p.writtenOut(texts); fixed {
		u := p.syms.subject(p.atoms[at.atom].globs[0].text)
		for _, c := range texts {
			if !p.inLanguage(c, u) {
				return "", conflict{at, c}, empty
			}
		}
		for i := range v.domain {
			if !p.inDomain(&v.domain[i], u) {
				return "", conflict{at}, empty
			}
		}
		return u.text, nil, found
	}
	needs := slices.Clone(v.domain)
	if element {
		needs = append(needs, need{globs: []*glob{p.syms.pattern("?*", plain, true, false)}, id: -1})
	}
	if v.fixed != nil {
		for _, c := range texts {
			if !p.inLanguage(c, v.fixed) {
				return "", conflict{c}, empty
			}
		}
		return v.fixed.text, nil, found
	}
	if c := p.included(texts); c != nil {
		return "", c, empty
	}
	// In a string that a pattern with variables must match, the variables can
	// stand for themselves: whatever their values are, the string has this
	// form. That holds for one pattern; the others read the values as text.
	own, unbound := -1, false
	for i, c := range texts {
		a := &p.atoms[c.atom]
		for _, g := range a.globs {
			unbound = unbound || g.unbound
		}
		if own < 0 && c.yes && !a.neg && len(a.globs) == 1 && a.globs[0].bound {
			own = i
		}
	}
	for i := range v.domain {
		unbound = unbound || v.domain[i].exact
	}
	head, fold := p.head(texts)
	for i, c := range texts {
		a := &p.atoms[c.atom]
		if c.yes == a.neg && len(a.globs) == 1 && a.globs[0].apart(head, fold) {
			continue
		}
		needs = append(needs, need{globs: a.globs, neg: c.yes == a.neg, own: i == own && !unbound && !p.sure, id: i})
	}
	if v.typed&famDate != 0 && len(texts) == 0 {
		return p.sample(v), nil, found
	}
	o, rs, blame := search(&p.syms, needs, p.sure, &p.work)
	var c conflict
	if o == empty {
		for i, b := range blame {
			if b && needs[i].id >= 0 {
				c = append(c, texts[needs[i].id])
			}
		}
	}
	return p.syms.write(rs), c, o
}

// head returns the longest text that a wanted pattern begins with, and whether
// case does not count in it.
func (p *problem) head(texts []claimed) (head string, fold bool) {
	for _, c := range texts {
		a := &p.atoms[c.atom]
		if c.yes == a.neg || len(a.globs) != 1 {
			continue
		}
		if h := a.globs[0].head(); len(h) > len(head) {
			head, fold = h, a.globs[0].fold
		}
	}
	return head, fold
}

func (p *problem) inDomain(n *need, u *subject) bool {
	for _, g := range n.globs {
		if g.takes(u, !n.neg != p.sure && !n.exact) {
			return !n.neg
		}
	}
	return n.neg
}

// included looks for one pattern that is wanted and that a pattern which is
// not wanted covers: the usual case, told without a search.
func (p *problem) included(texts []claimed) conflict {
	for _, c := range texts {
		a := &p.atoms[c.atom]
		if c.yes == a.neg || len(a.globs) != 1 {
			continue
		}
		for _, d := range texts {
			b := &p.atoms[d.atom]
			if d.yes != b.neg {
				continue
			}
			for _, g := range b.globs {
				if covers(g, a.globs[0]) {
					return conflict{c, d}
				}
			}
		}
	}
	return nil
}

// covers reports whether g surely matches whatever h does: "ab*" covers "abc*d".
// Only a g that is text and a star is looked at; the rest is left to the search.
func covers(g, h *glob) bool {
	if !g.prefix || g.fold != h.fold || g.sym || h.sym {
		return false
	}
	head := h.text
	if !h.literal && !h.prefix {
		if head = h.source; g.fold {
			head = strings.ToLower(head)
		}
		if i := strings.IndexAny(head, "*?"); i >= 0 {
			head = head[:i]
		}
	}
	return strings.HasPrefix(head, g.text)
}

// set finds a set of values that satisfies the claims: for each existential a
// value that also meets the universals.
func (p *problem) elements(v *variable, claims []claimed) (conflict, outcome) {
	var some, every []claimed
	valued := true
	var how conflict
	for _, c := range claims {
		switch p.atoms[c.atom].kind {
		case aExists:
			if c.yes {
				some = append(some, c)
			} else {
				every = append(every, c)
			}
		case aValued:
			valued = c.yes
			how = conflict{c}
		}
	}
	v.value.multi, v.value.known = true, true
	if !valued {
		if len(some) > 0 {
			return append(how, some[0]), empty
		}
		return nil, found // the empty set
	}
	blank := false
	for _, e := range some {
		s, c, o := p.string(v, append([]claimed{e}, every...), true)
		switch {
		case o == tooHard:
			return nil, tooHard
		case o == empty:
			if !p.blankMeets(append([]claimed{e}, every...)) {
				return c, empty
			}
			blank = true
		case s == "":
			blank = true
		default:
			if !slices.Contains(v.value.texts, s) {
				v.value.texts = append(v.value.texts, s)
			}
		}
	}
	if len(v.value.texts) == 0 {
		// Any value that meets the universals; for lack of one the empty set.
		// One that holds empty text alone is that too: "a null data set, such
		// as an empty string".
		s, c, o := p.string(v, every, true)
		switch {
		case o == tooHard:
			return nil, tooHard
		case o == found && s != "":
			v.value.texts = append(v.value.texts, s)
		case blank || how != nil:
			return slices.Concat(c, some, every, how), empty
		}
	}
	if blank {
		v.value.texts = append(v.value.texts, "")
	}
	return nil, found
}

// blankMeets reports whether the empty string meets claims about text.
func (p *problem) blankMeets(claims []claimed) bool {
	for _, c := range claims {
		if a := &p.atoms[c.atom]; len(a.lits) > 0 || !p.inLanguage(c, &subject{plain: true}) {
			return false
		}
	}
	return true
}

// satisfies reports whether a text meets a claim about typed values.
func (p *problem) satisfies(c claimed, s string) bool {
	a := &p.atoms[c.atom]
	given := iam.ParseLiteral(a.base, s)
	if a.kind == aBad {
		return given.Bad == c.yes
	}
	holds := false
	for i := range a.lits {
		holds = holds || !given.Bad && a.lits[i].Holds(a.base, &given)
	}
	return (holds != a.neg) == c.yes
}

// settled reports whether v had these claims, in the same state, when it was
// last given a value, which then still serves.
func (v *variable) settled(p *problem, claims []claimed) bool {
	return v.done && slices.Equal(v.claims, claims) && v.state == v.bits(p)
}

func (v *variable) settle(p *problem) { v.done, v.state = true, v.bits(p) }

// bits is what the model says of the presence of a key.
func (v *variable) bits(p *problem) (b uint8) {
	for i, a := range [...]int32{v.present, v.multi} {
		if a >= 0 && p.sat.model(p.atoms[a].v) {
			b |= 1 << i
		}
	}
	return b
}

// maxRounds bounds how often solver and theories talk.
const maxRounds = 2500

// maxLemmas bounds the pairs of patterns that are compared beforehand.
const maxLemmas = 60000

// lemmas tells the solver what it would find out one conflict at a time: which
// pattern covers which.
func (p *problem) lemmas() {
	byVar := map[*variable][]int32{}
	for i := range p.atoms {
		if a := &p.atoms[i]; a.kind == aText && !a.globs[0].sym {
			byVar[a.of] = append(byVar[a.of], int32(i))
		}
	}
	p.services(p.action, byVar[p.action])
	p.services(p.resource, byVar[p.resource])
	for _, v := range p.vars {
		var wide []int32
		for _, i := range byVar[v] {
			if !p.atoms[i].globs[0].literal {
				wide = append(wide, i)
			}
		}
		p.apart(v, byVar[v])
		if len(wide)*len(byVar[v]) > maxLemmas {
			continue
		}
		for _, i := range byVar[v] {
			h := p.atoms[i].globs[0]
			var u *subject
			if h.literal && (!h.fold || v == p.action) {
				u = p.syms.subject(h.text)
			}
			for _, j := range wide {
				g := p.atoms[j].globs[0]
				switch {
				case i == j:
				case u == nil:
					if covers(g, h) {
						p.sat.add([]lit{mkLit(p.atoms[i].v, true), mkLit(p.atoms[j].v, false)})
					}
				case !g.mayTake(u.text):
					if service(g.head()) == service(h.text) {
						p.sat.add([]lit{mkLit(p.atoms[i].v, true), mkLit(p.atoms[j].v, true)})
					}
				default:
					p.sat.add([]lit{mkLit(p.atoms[i].v, true), mkLit(p.atoms[j].v, !g.takes(u, true))})
				}
			}
		}
	}
}

// service is the text before the first colon.
func service(s string) string {
	svc, _, _ := strings.Cut(s, ":")
	return svc
}

// apart tells the solver that a value is one text only: each text gets a
// number, in bits.
func (p *problem) apart(v *variable, atoms []int32) {
	var texts []int32
	for _, i := range atoms {
		if g := p.atoms[i].globs[0]; g.literal && (!g.fold || v == p.action) {
			texts = append(texts, i)
		}
	}
	for bit := 0; len(texts) > 1 && (len(texts)-1)>>bit > 0; bit++ {
		b := p.sat.newVar()
		for n, i := range texts {
			p.sat.add([]lit{mkLit(p.atoms[i].v, true), mkLit(b, n>>bit&1 == 0)})
		}
	}
}

// services tells the solver that an action, or an ARN, is of one service.
func (p *problem) services(v *variable, atoms []int32) {
	of := map[string]int32{}
	var all []int32
	for _, i := range atoms {
		g := p.atoms[i].globs[0]
		key := g.head()
		n := 1
		if v == p.resource {
			n = 3
		}
		at := 0
		for ; n > 0; n-- {
			j := strings.IndexByte(key[at:], ':')
			if j < 0 {
				break
			}
			at += j + 1
		}
		if n > 0 {
			continue
		}
		key = key[:at]
		b, ok := of[key]
		if !ok {
			if len(all) == maxServices {
				return
			}
			b = p.sat.newVar()
			for _, o := range all {
				p.sat.add([]lit{mkLit(o, true), mkLit(b, true)})
			}
			of[key] = b
			all = append(all, b)
		}
		p.sat.add([]lit{mkLit(p.atoms[i].v, true), mkLit(b, false)})
	}
}

const maxServices = 100

// solve looks for values of everything that make the formula hold.
func (p *problem) solve(root ref) outcome {
	root = p.f.and(append(p.hard, root)...)
	if root == no {
		return empty
	}
	p.sat.add([]lit{p.clauses(root)})
	p.lemmas()
	for range maxRounds {
		ok, gaveUp := p.sat.solve()
		switch {
		case gaveUp:
			return tooHard
		case !ok && len(p.gave) > 0:
			return tooHard
		case !ok:
			return empty
		}
		byVar := map[*variable][]claimed{}
		var order []*variable
		p.truth = map[ref]bool{}
		p.justify(root, map[ref]bool{}, func(a int32, pos bool) {
			v := p.atoms[a].of
			if v == nil {
				return
			}
			if byVar[v] == nil {
				order = append(order, v)
			}
			byVar[v] = append(byVar[v], claimed{a, pos})
		})
		sat := true
		for _, v := range order {
			if v.settled(p, byVar[v]) {
				continue
			}
			c, ok, hard := p.check(v, byVar[v])
			if ok {
				v.settle(p)
				continue
			}
			sat = false
			if hard {
				// This way cannot be told; look for another, but prove nothing.
				p.gave = append(p.gave, v.name)
				c = byVar[v]
				if v.present >= 0 && !slices.ContainsFunc(c, func(c claimed) bool { return c.atom == v.present }) {
					c = append(c, claimed{v.present, p.sat.model(p.atoms[v.present].v)})
				}
				if v.multi >= 0 {
					c = append(c, claimed{v.multi, p.sat.model(p.atoms[v.multi].v)})
				}
				if p.work <= 0 {
					return tooHard
				}
			}
			if len(c) == 0 {
				return empty // no value is in the domain
			}
			var lits []lit
			for _, k := range c {
				lits = append(lits, mkLit(p.atoms[k.atom].v, k.yes))
			}
			p.sat.add(lits)
		}
		if sat {
			for _, v := range p.vars {
				if byVar[v] == nil {
					v.value, v.claims = value{}, nil
				}
			}
			return found
		}
	}
	return tooHard
}
