package chain

import (
	"slices"
	"strings"

	"penstock/iam"
	"penstock/service"
)

// prepare finds the gains of the model and numbers their calls.
func (g *Graph) prepare() {
	g.load.Do(func() {
		g.index, g.calls = map[string]int{}, map[string]int32{}
		g.away = map[string]bool{}
		g.memo, g.actors, g.steps, g.guards = map[asked]answer{}, map[string]*rights{}, map[string][]Step{}, map[string]*named{}
		for _, s := range g.services {
			g.add(s.Powers)
		}
		g.add(Derived(g.services))
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
	s := b.String()
	if i, ok := g.calls[s]; ok {
		return i
	}
	i := int32(len(g.calls))
	g.calls[s] = i
	return i
}

func state(v iam.ContextValue) string {
	s := [...]string{"absent", "known", "unknown"}[v.State]
	if v.Optional {
		s += "?"
	}
	return s
}
