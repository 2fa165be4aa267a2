package reach

// A lit is a variable of the solver, or its negation.
type lit int32

func mkLit(v int32, neg bool) lit {
	if neg {
		return lit(v<<1 | 1)
	}
	return lit(v << 1)
}

func (l lit) not() lit { return l ^ 1 }
func (l lit) v() int32 { return int32(l >> 1) }

// sat decides clauses by conflict-driven learning: two watched literals, first
// unique implication points, activities, remembered phases. Clauses may be
// added between two calls of solve. A variable is tried false first, so that
// a model makes little true.
type sat struct {
	watch    [][]*clause // by literal: clauses that watch it
	value    []int8      // by variable: 0, 1 true, -1 false
	level    []int32
	reason   []*clause
	phase    []bool
	activity []float64
	seen     []bool
	bump     float64
	trail    []lit
	limits   []int
	head     int
	broken   bool
	last     []bool // the model
	left     int    // conflicts that may still happen
	order    heap
}

type clause struct{ lits []lit }

func (s *sat) newVar() int32 {
	v := int32(len(s.value))
	s.watch = append(s.watch, nil, nil)
	s.value = append(s.value, 0)
	s.level = append(s.level, 0)
	s.reason = append(s.reason, nil)
	s.phase = append(s.phase, false)
	s.activity = append(s.activity, 0)
	s.seen = append(s.seen, false)
	s.order.at = append(s.order.at, -1)
	s.order.push(v, s.activity)
	return v
}

func (s *sat) val(l lit) int8 {
	if v := s.value[l.v()]; l&1 == 0 {
		return v
	} else {
		return -v
	}
}

func (s *sat) model(v int32) bool { return s.last[v] }

// add adds a clause at level 0.
func (s *sat) add(c []lit) {
	s.undo(0)
	out := make([]lit, 0, len(c))
next:
	for _, l := range c {
		switch {
		case s.val(l) == 1:
			return
		case s.val(l) == -1:
			continue
		}
		for _, k := range out {
			if k == l {
				continue next
			}
			if k == l.not() {
				return
			}
		}
		out = append(out, l)
	}
	switch len(out) {
	case 0:
		s.broken = true
	case 1:
		s.set(out[0], nil)
	default:
		s.attach(&clause{out})
	}
}

func (s *sat) attach(c *clause) {
	s.watch[c.lits[0]] = append(s.watch[c.lits[0]], c)
	s.watch[c.lits[1]] = append(s.watch[c.lits[1]], c)
}

func (s *sat) set(l lit, why *clause) {
	if l&1 == 0 {
		s.value[l.v()] = 1
	} else {
		s.value[l.v()] = -1
	}
	s.level[l.v()] = int32(len(s.limits))
	s.reason[l.v()] = why
	s.trail = append(s.trail, l)
}

func (s *sat) undo(level int) {
	if len(s.limits) <= level {
		return
	}
	for i := len(s.trail) - 1; i >= s.limits[level]; i-- {
		v := s.trail[i].v()
		s.phase[v] = s.value[v] == 1
		s.value[v] = 0
		s.order.push(v, s.activity)
	}
	s.trail = s.trail[:s.limits[level]]
	s.limits = s.limits[:level]
	s.head = len(s.trail)
}

// propagate returns a clause that is violated, or nil.
func (s *sat) propagate() *clause {
	for s.head < len(s.trail) {
		l := s.trail[s.head].not()
		s.head++
		ws := s.watch[l]
		keep := ws[:0]
		for i, c := range ws {
			if c.lits[0] == l {
				c.lits[0], c.lits[1] = c.lits[1], c.lits[0]
			}
			if s.val(c.lits[0]) == 1 {
				keep = append(keep, c)
				continue
			}
			moved := false
			for k := 2; k < len(c.lits); k++ {
				if s.val(c.lits[k]) != -1 {
					c.lits[1], c.lits[k] = c.lits[k], c.lits[1]
					s.watch[c.lits[1]] = append(s.watch[c.lits[1]], c)
					moved = true
					break
				}
			}
			if moved {
				continue
			}
			keep = append(keep, c)
			if s.val(c.lits[0]) == -1 {
				keep = append(keep, ws[i+1:]...)
				s.watch[l] = keep
				return c
			}
			s.set(c.lits[0], c)
		}
		s.watch[l] = keep
	}
	return nil
}

// learn makes a clause of a conflict and returns the level to go back to.
func (s *sat) learn(c *clause) ([]lit, int) {
	out := []lit{0}
	open, at := 0, len(s.trail)-1
	var p lit = -1
	var touched []int32
	for {
		for _, l := range c.lits {
			v := l.v()
			if l == p || s.seen[v] || s.level[v] == 0 {
				continue
			}
			s.seen[v] = true
			touched = append(touched, v)
			s.activity[v] += s.bump
			s.order.up(v, s.activity)
			if int(s.level[v]) == len(s.limits) {
				open++
			} else {
				out = append(out, l)
			}
		}
		for !s.seen[s.trail[at].v()] {
			at--
		}
		p = s.trail[at]
		at--
		open--
		if open == 0 {
			break
		}
		c = s.reason[p.v()]
	}
	out[0] = p.not()
	for _, v := range touched {
		s.seen[v] = false
	}
	if s.bump *= 1.05; s.bump > 1e100 {
		for i := range s.activity {
			s.activity[i] *= 1e-100
		}
		s.bump *= 1e-100
	}
	back := 0
	for i := 1; i < len(out); i++ {
		if l := int(s.level[out[i].v()]); l > back {
			back = l
			out[1], out[i] = out[i], out[1]
		}
	}
	return out, back
}

// solve looks for a model; with gaveUp there was no time for one.
func (s *sat) solve() (ok, gaveUp bool) {
	s.undo(0)
	if s.bump == 0 {
		s.bump = 1
	}
	for !s.broken {
		if c := s.propagate(); c != nil {
			if len(s.limits) == 0 {
				s.broken = true
				break
			}
			if s.left--; s.left < 0 {
				return false, true
			}
			lits, back := s.learn(c)
			s.undo(back)
			if len(lits) == 1 {
				s.set(lits[0], nil)
				continue
			}
			k := &clause{lits}
			s.attach(k)
			s.set(lits[0], k)
			continue
		}
		v := s.order.pop(s.activity, s.value)
		if v < 0 {
			s.last = s.last[:0]
			for _, x := range s.value {
				s.last = append(s.last, x == 1)
			}
			return true, false
		}
		s.limits = append(s.limits, len(s.trail))
		s.set(mkLit(v, !s.phase[v]), nil)
	}
	return false, false
}

// heap holds the unset variables, the most active first.
type heap struct {
	vs []int32
	at []int32 // by variable: where it is in vs, -1
}

func (h *heap) push(v int32, act []float64) {
	if h.at[v] >= 0 {
		return
	}
	h.at[v] = int32(len(h.vs))
	h.vs = append(h.vs, v)
	h.up(v, act)
}

func (h *heap) up(v int32, act []float64) {
	i := h.at[v]
	if i < 0 {
		return
	}
	for i > 0 {
		p := (i - 1) / 2
		if act[h.vs[p]] >= act[v] {
			break
		}
		h.vs[i] = h.vs[p]
		h.at[h.vs[i]] = i
		i = p
	}
	h.vs[i], h.at[v] = v, i
}

// pop returns the most active unset variable, -1 if there is none.
func (h *heap) pop(act []float64, value []int8) int32 {
	for len(h.vs) > 0 {
		v := h.vs[0]
		last := h.vs[len(h.vs)-1]
		h.vs = h.vs[:len(h.vs)-1]
		h.at[v] = -1
		if len(h.vs) > 0 {
			i := int32(0)
			for {
				c := 2*i + 1
				if int(c) >= len(h.vs) {
					break
				}
				if int(c)+1 < len(h.vs) && act[h.vs[c+1]] > act[h.vs[c]] {
					c++
				}
				if act[h.vs[c]] <= act[last] {
					break
				}
				h.vs[i] = h.vs[c]
				h.at[h.vs[i]] = i
				i = c
			}
			h.vs[i], h.at[last] = last, i
		}
		if value[v] == 0 {
			return v
		}
	}
	return -1
}
