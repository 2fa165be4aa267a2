package chain

import (
	"slices"
	"strings"

	"penstock/iam"
	"penstock/iam/reach"
	"penstock/service"
)

// prepare finds the gains of the model and numbers their calls.
func (g *Graph) prepare() {
	g.load.Do(func() {
		g.index, g.calls = map[string]int{}, map[string]int32{}
		g.away, g.cans, g.settings = map[string]bool{}, map[string]reach.Answer{}, map[string]*iam.Context{}
		g.memo, g.actors, g.steps, g.guards = map[asked]answer{}, map[string]*rights{}, map[string][]Step{}, map[string]*named{}
		for _, s := range g.services {
			g.add(s.Powers)
		}
		g.add(Derived(g.services))
		g.order()
	})
}

func (g *Graph) add(powers []service.Power) {
	for i := range powers {
		p := &powers[i]
		gains := p.Find(g.model)
		for j := range gains {
			pl := place{power: p, gain: &gains[j], calls: make([]numbered, len(gains[j].Calls))}
			for k := range gains[j].Calls {
				c := &gains[j].Calls[k]
				n := numbered{PowerCall: c, actions: make([]int, len(c.Actions))}
				for x, a := range c.Actions {
					n.actions[x] = g.number(a)
				}
				n.id = g.fingerprint(c)
				pl.calls[k] = n
			}
			g.places = append(g.places, pl)
		}
	}
}

func (g *Graph) number(action string) int {
	if i, ok := g.index[action]; ok {
		return i
	}
	g.index[action] = len(g.actions)
	g.actions = append(g.actions, action)
	return len(g.actions) - 1
}

// fingerprint gives calls that ask the same the same number.
func (g *Graph) fingerprint(c *service.PowerCall) int32 {
	s := text(c)
	if i, ok := g.calls[s]; ok {
		return i
	}
	i := int32(len(g.calls))
	g.calls[s] = i
	return i
}

// text is all that a call asks.
func text(c *service.PowerCall) string {
	var b strings.Builder
	for _, l := range [][]string{c.Actions, c.Resources} {
		for _, s := range l {
			b.WriteString(s)
			b.WriteByte('\n')
		}
		b.WriteByte('\t')
	}
	b.WriteString(c.Account + "\t" + c.Caller.ARN + "\t" + c.Caller.Service)
	if c.Same {
		b.WriteString("\tsame")
	}
	if c.Context.Len() > 0 {
		var keys []string
		for k, v := range c.Context.All() {
			keys = append(keys, strings.ToLower(k)+"="+state(v)+strings.Join(v.Values, ","))
		}
		slices.Sort(keys)
		b.WriteString("\t" + strings.Join(keys, "\t"))
	}
	return b.String()
}

func state(v iam.ContextValue) string {
	s := [...]string{"absent", "known", "unknown"}[v.State]
	if v.Optional {
		s += "?"
	}
	return s
}

// order indexes the places by their first call that somebody has to make: by
// its actions, and by whom the policies of its resources name.
func (g *Graph) order() {
	g.byAction, g.byName = make([][]int32, len(g.actions)), map[string][]int32{}
	for i := range g.places {
		c := g.places[i].first()
		if c == nil {
			g.byAll = append(g.byAll, int32(i))
			continue
		}
		for _, n := range c.actions {
			g.byAction[n] = append(g.byAction[n], int32(i))
		}
		for _, t := range c.Resources {
			n := g.guard(t)
			if n.all {
				g.byAll = append(g.byAll, int32(i))
			}
			for a := range n.arns {
				g.byName[a] = append(g.byName[a], int32(i))
			}
		}
	}
}

// first is the first call of a place that whoever takes it makes.
func (p *place) first() *numbered {
	for i := range p.calls {
		if p.calls[i].Caller == (iam.Principal{}) {
			return &p.calls[i]
		}
	}
	return nil
}

// near yields the places that an actor may have, in order: it leaves out what
// the first call already puts out of the question.
func (g *Graph) near(r *rights) []int32 {
	if r.open {
		out := make([]int32, len(g.places))
		for i := range out {
			out[i] = int32(i)
		}
		return out
	}
	out := slices.Concat(g.byAll, g.byName[r.actor.ARN])
	for n, on := range r.on {
		if on != nil {
			out = append(out, g.byAction[n]...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
