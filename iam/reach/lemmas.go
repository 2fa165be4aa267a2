package reach

import (
	"slices"
	"strings"
)

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
