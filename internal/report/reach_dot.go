package report

import (
	"fmt"
	"io"
	"strings"

	"penstock/chain"
	"penstock/harm"
	"penstock/iam/reach"
)

// WriteReachDOT writes what is reached as a graph for Graphviz: principals are
// boxes, what they can change, read and hide are ellipses; a dashed edge is
// only possible.
func WriteReachDOT(w io.Writer, r *Reach) error {
	var b strings.Builder
	b.WriteString("digraph reach {\n  rankdir=LR;\n  node [fontname=\"sans-serif\", fontsize=11];\n  edge [fontname=\"sans-serif\", fontsize=9];\n")
	d := drawn(r)
	ids := map[*chain.Node]string{}
	for i, n := range d.nodes {
		ids[n] = fmt.Sprintf("p%d", i)
		attr := "shape=box, style=rounded"
		switch {
		case n.Via == nil:
			attr = "shape=box, style=\"rounded,bold\""
		case n.Verdict != reach.Some:
			attr = "shape=box, style=\"rounded,dashed\""
		}
		fmt.Fprintf(&b, "  %s [label=%s, %s];\n", ids[n], dot(n.Actor.Name()), attr)
	}
	for _, n := range d.nodes {
		if n.Via != nil && ids[n.Via] != "" {
			fmt.Fprintf(&b, "  %s -> %s [label=%s%s];\n", ids[n.Via], ids[n], dot(n.Step.Power.ID), dashed(n.Verdict))
		}
		if n.Needs != nil && ids[n.Needs] != "" {
			fmt.Fprintf(&b, "  %s -> %s [style=dotted, arrowhead=none];\n", ids[n.Needs], ids[n])
		}
	}
	for i, x := range d.items {
		id := fmt.Sprintf("r%d", i)
		fmt.Fprintf(&b, "  %s [label=%s, shape=ellipse, color=%s];\n", id, dot(x.What), dot(dotColours[x.Class]))
		fmt.Fprintf(&b, "  %s -> %s [label=%s%s];\n", ids[x.Node], id, dot(x.How), dashed(x.Verdict))
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

var dotColours = map[harm.Class]string{
	harm.Rights: "#b3261e", harm.Write: "#c2410c", harm.Secrets: "#9333ea", harm.Hide: "#475569", harm.Destroy: "#a16207", harm.Spend: "#0f766e", harm.Look: "#2563eb",
}

func dashed(v reach.Verdict) string {
	if v == reach.Some {
		return ""
	}
	return ", style=dashed"
}

// dot quotes a text for DOT.
func dot(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ").Replace(show(s)) + `"`
}

// drawing is what of a Reach is drawn: the principals that lead somewhere or
// stand for themselves, and the items beside them, at most MaxReach in all.
type drawing struct {
	nodes []*chain.Node
	items []*ReachItem
	left  int // out of the drawing
}

func drawn(r *Reach) drawing {
	var d drawing
	seen := map[*chain.Node]bool{}
	room := MaxReach
	var need func(n *chain.Node) []*chain.Node
	need = func(n *chain.Node) []*chain.Node {
		if n == nil || seen[n] {
			return nil
		}
		return append(need(n.Via), n)
	}
	keep := func(n *chain.Node) bool {
		ns := need(n)
		if len(ns) > room {
			return false
		}
		for _, x := range ns {
			seen[x] = true
			d.nodes = append(d.nodes, x)
		}
		room -= len(ns)
		return true
	}
	for _, n := range r.Tree.Nodes {
		if n.Via == nil {
			keep(n)
		}
	}
	if r.To != "" {
		if r.Way != nil {
			keep(r.Way)
			if r.Way.Needs != nil {
				keep(r.Way.Needs)
			}
		}
		return d
	}
	for _, x := range r.Items {
		if x.principal() {
			if !keep(x.Node) {
				d.left++
			}
			continue
		}
		if room == 0 || !keep(x.Node) || room == 0 {
			d.left++
			continue
		}
		room--
		d.items = append(d.items, x)
	}
	for _, n := range r.Hidden {
		d.left += n
	}
	return d
}
