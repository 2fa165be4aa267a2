package delta

import (
	"cmp"
	"fmt"
	"slices"

	"penstock/cloud"
	"penstock/harm"
	"penstock/match"
	"penstock/pipeline"
	"penstock/source"
)

// gates compares the approvals of the pipelines that both models have.
func gates(before, after *cloud.Model) []Change {
	was, is := gatesOf(before), gatesOf(after)
	var out []Change
	for _, g := range was {
		if !slices.ContainsFunc(is, func(o found) bool { return o.key == g.key }) && slices.ContainsFunc(is, func(o found) bool { return o.pipeline == g.pipeline }) {
			out = append(out, Change{Kind: GateGone, Resource: g.pipeline, Class: harm.Rights, At: g.at, What: g.what})
		}
	}
	for _, g := range is {
		if g.name != "" && !slices.ContainsFunc(was, func(o found) bool { return o.key == g.key }) && slices.ContainsFunc(was, func(o found) bool { return o.pipeline == g.pipeline }) {
			out = append(out, Change{Kind: GateNew, Resource: g.pipeline, At: g.at, What: g.what})
		}
	}
	return out
}

type found struct {
	pipeline, name, key, what string
	at                        source.Span
}

// gatesOf lists the approvals, and each pipeline once with no name.
func gatesOf(m *cloud.Model) []found {
	var out []found
	for p := range pipeline.Find(m) {
		id := p.Resource.ID()
		out = append(out, found{pipeline: id, key: id, at: p.Span})
		for i, st := range p.Stages {
			for _, a := range st.Actions {
				if !a.Gate() {
					continue
				}
				// What the gate stands before is part of it.
				next := ""
				if i+1 < len(p.Stages) {
					next = p.Stages[i+1].Name
				}
				out = append(out, found{
					pipeline: id, name: a.Name, key: id + "|" + st.Name + "|" + a.Name + "|" + next, at: a.Span,
					what: fmt.Sprintf("approval %s/%s of pipeline %s", st.Name, a.Name, match.Render(cmp.Or(p.Name, id))),
				})
			}
		}
	}
	return out
}
