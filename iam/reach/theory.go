package reach

import (
	"slices"

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
		if c.yes && !a.neg && len(a.globs) == 1 && a.globs[0].literal && !a.globs[0].fold {
			return c, a.globs[0].text, true
		}
	}
	return claimed{}, "", false
}

func (p *problem) suits(texts []claimed, s string) outcome {
	rs := p.syms.appendText(nil, s, false, false)
	r := make([]rune, len(rs))
	for i := range rs {
		r[i] = rs[i].r
	}
	for _, c := range texts {
		if !p.inLanguage(c, r) {
			return tooHard
		}
	}
	return found
}

// inLanguage reports whether a string meets a claim about text.
func (p *problem) inLanguage(c claimed, rs []rune) bool {
	a := &p.atoms[c.atom]
	wants := c.yes != a.neg
	for _, g := range a.globs {
		if g.accepts(rs, wants != p.sure) {
			return wants
		}
	}
	return !wants
}

// language finds a string by the claims about text alone.
func (p *problem) language(v *variable, texts []claimed, element bool) (string, conflict, outcome) {
	if at, _, fixed := p.writtenOut(texts); fixed {
		g := p.atoms[at.atom].globs[0]
		rs := make([]rune, len(g.toks))
		for i := range rs {
			rs[i] = g.toks[i].r
		}
		for _, c := range texts {
			if !p.inLanguage(c, rs) {
				return "", conflict{at, c}, empty
			}
		}
		for i := range v.domain {
			if !p.inDomain(&v.domain[i], rs) {
				return "", conflict{at}, empty
			}
		}
		return g.text, nil, found
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
		return p.syms.write(v.fixed), nil, found
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
	for i, c := range texts {
		a := &p.atoms[c.atom]
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

func (p *problem) inDomain(n *need, rs []rune) bool {
	for _, g := range n.globs {
		if g.accepts(rs, !n.neg != p.sure && !n.exact) {
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

// covers reports whether g surely matches whatever h does: "ab*" covers
// "abc*d". It looks at text before the first wildcard of g, which must be its
// last token, a star that takes everything. Holes are left to the search.
func covers(g, h *glob) bool {
	n := len(g.toks) - 1
	if n < 0 || n > len(h.toks) || g.fold != h.fold || g.sym || h.sym || g.toks[n].kind != tStar || g.toks[n].not != 0 {
		return false
	}
	for i := range n {
		if g.toks[i].kind != tText || h.toks[i].kind != tText || g.toks[i].r != h.toks[i].r {
			return false
		}
	}
	return true
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
		if a := &p.atoms[c.atom]; len(a.lits) > 0 || !p.inLanguage(c, nil) {
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

// solve looks for values of everything that make the formula hold.
func (p *problem) solve(root ref) outcome {
	root = p.f.and(append(p.hard, root)...)
	if root == no {
		return empty
	}
	p.sat.add([]lit{p.clauses(root)})
	for range 4000 {
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
		for _, v := range p.vars {
			v.value, v.claims = value{}, nil
		}
		for _, v := range order {
			c, ok, hard := p.check(v, byVar[v])
			if ok {
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
			return found
		}
	}
	return tooHard
}
