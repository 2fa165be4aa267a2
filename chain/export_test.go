package chain

// Unfiltered returns the gains of a principal with every place asked, none
// taken to be out of the question by a look at its policies.
func (g *Graph) Unfiltered(from string) []Step {
	g.prepare()
	r := g.rightsOf(Actor{ARN: from})
	wide := *r
	wide.open = true
	g.actors[from] = &wide
	defer func() { g.actors[from] = r; delete(g.steps, from) }()
	delete(g.steps, from)
	return g.gains(Actor{ARN: from})
}
