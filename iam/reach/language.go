package reach

import (
	"slices"
	"strings"
)

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
