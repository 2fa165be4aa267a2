package reach

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// A ref is a formula: the index of a node, negative for its negation. Yes and
// no are constants.
type ref int32

const (
	yes ref = 1
	no  ref = -1
)

func constant(b bool) ref {
	if b {
		return yes
	}
	return no
}

type op uint8

const (
	opConst op = iota
	opAtom
	opAnd
)

// fnode is a conjunction or an atom. A disjunction is a conjunction under two
// negations.
type fnode struct {
	op   op
	atom int32
	kids []ref
}

// formulas makes formulas; equal ones are the same ref.
type formulas struct {
	nodes []fnode // nodes[0] is unused, nodes[1] is yes
	index map[string]ref
	key   []byte
}

func (f *formulas) init() {
	f.nodes = []fnode{{}, {op: opConst}}
	f.index = map[string]ref{}
}

func (f *formulas) at(r ref) *fnode { return &f.nodes[max(r, -r)] }

func (f *formulas) add(n fnode) ref {
	f.nodes = append(f.nodes, n)
	return ref(len(f.nodes) - 1)
}

func (f *formulas) and(rs ...ref) ref {
	kids := make([]ref, 0, len(rs))
	for _, r := range rs {
		switch r {
		case no:
			return no
		case yes:
		default:
			kids = append(kids, r)
		}
	}
	if len(kids) > 1 {
		// By node, so that a formula and its negation are neighbours.
		slices.SortFunc(kids, func(a, b ref) int { return cmp.Or(cmp.Compare(max(a, -a), max(b, -b)), cmp.Compare(a, b)) })
		kids = slices.Compact(kids)
		for i := 1; i < len(kids); i++ {
			if kids[i] == -kids[i-1] {
				return no
			}
		}
	}
	switch len(kids) {
	case 0:
		return yes
	case 1:
		return kids[0]
	}
	f.key = f.key[:0]
	for _, k := range kids {
		f.key = strconv.AppendInt(f.key, int64(k), 36)
		f.key = append(f.key, ' ')
	}
	if r, ok := f.index[string(f.key)]; ok {
		return r
	}
	r := f.add(fnode{op: opAnd, kids: kids})
	f.index[string(f.key)] = r
	return r
}

func (f *formulas) or(rs ...ref) ref {
	neg := make([]ref, len(rs))
	for i, r := range rs {
		neg[i] = -r
	}
	return -f.and(neg...)
}

func (f *formulas) ite(c, a, b ref) ref { return f.and(f.or(-c, a), f.or(c, b)) }

// print writes a formula for a person who debugs.
func (p *problem) print(r ref) string {
	n := p.f.at(r)
	var s string
	switch n.op {
	case opConst:
		s = "yes"
	case opAtom:
		s = p.atoms[n.atom].name
	default:
		var parts []string
		for _, k := range n.kids {
			parts = append(parts, p.print(k))
		}
		s = "(" + strings.Join(parts, " & ") + ")"
	}
	if r < 0 {
		return "!" + s
	}
	return s
}

// clauses turns a formula into clauses for the solver and returns the literal
// that stands for it. A gate is made for one polarity only: it implies its
// formula, and nothing implies it.
func (p *problem) clauses(r ref) lit {
	n := p.f.at(r)
	if n.op == opAtom {
		l := mkLit(p.atoms[n.atom].v, r < 0)
		return l
	}
	if g, ok := p.gates[r]; ok {
		return g
	}
	g := mkLit(p.sat.newVar(), false)
	p.gates[r] = g
	if n.op == opConst {
		if r == no {
			p.sat.add([]lit{g.not()})
		}
		return g
	}
	if r > 0 {
		for _, k := range n.kids {
			p.sat.add([]lit{g.not(), p.clauses(k)})
		}
		return g
	}
	c := []lit{g.not()}
	for _, k := range n.kids {
		c = append(c, p.clauses(-k))
	}
	p.sat.add(c)
	return g
}

// justify collects the atoms that a model needs to satisfy r, as literals; a
// model satisfies more of them by chance.
func (p *problem) justify(r ref, seen map[ref]bool, visit func(atom int32, positive bool)) {
	if seen[r] {
		return
	}
	seen[r] = true
	n := p.f.at(r)
	switch {
	case n.op == opConst:
	case n.op == opAtom:
		visit(n.atom, r > 0)
	case r > 0:
		for _, k := range n.kids {
			p.justify(k, seen, visit)
		}
	default:
		// One conjunct that fails; one that was needed anyway is best.
		best := ref(0)
		for _, k := range n.kids {
			if !p.holds(-k) {
				continue
			}
			if seen[-k] {
				return
			}
			if best == 0 {
				best = k
			}
		}
		p.justify(-best, seen, visit)
	}
}

// holds reports whether the model satisfies r, by the gates where they are
// set and by the atoms otherwise.
func (p *problem) holds(r ref) bool {
	n := p.f.at(r)
	switch n.op {
	case opConst:
		return r == yes
	case opAtom:
		return p.sat.model(p.atoms[n.atom].v) == (r > 0)
	}
	if v, ok := p.truth[max(r, -r)]; ok {
		return v == (r > 0)
	}
	v := true
	for _, k := range n.kids {
		if !p.holds(k) {
			v = false
			break
		}
	}
	p.truth[max(r, -r)] = v
	return v == (r > 0)
}
