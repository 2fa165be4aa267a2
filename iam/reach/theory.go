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

// maxRounds bounds how often solver and theories talk.
const maxRounds = 2500

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
