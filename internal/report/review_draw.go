package report

import (
	"fmt"
	"strings"
)

// drawPlan writes a plan as SVG within a page.
func drawPlan(b *strings.Builder, pl *plan) {
	s := pl.layout()
	fmt.Fprintf(b, "<svg class=\"pl\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" style=\"max-width:%.0fpx;min-width:%.0fpx\" role=\"img\" aria-label=\"%s\">\n",
		s.width, s.height, s.width, min(s.width, max(s.width*0.72, 600)), escape(tidy(pl.title)))
	s.drawLanes(b)
	for i := range s.routes {
		s.drawWire(b, i)
	}
	for _, n := range s.nodes {
		s.drawNode(b, n)
		s.drawOrder(b, n)
	}
	s.drawLegend(b)
	b.WriteString("</svg>\n")
}

func label(b *strings.Builder, class string, x, y float64, anchor, text string) {
	if anchor != "" {
		anchor = " text-anchor=\"" + anchor + "\""
	}
	fmt.Fprintf(b, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\"%s>%s</text>\n", class, x, y, anchor, escape(tidy(text)))
}

func (s *sheet) drawLanes(b *strings.Builder) {
	right := s.width - planMargin
	for i, c := range s.cols {
		label(b, "h", s.colX[i]+s.colW[i]/2, planMargin+20, "middle", fmt.Sprintf("%d. %s", i+1, c))
	}
	regions := map[string]bool{}
	for _, l := range s.lanes {
		regions[l.region] = true
	}
	for i, l := range s.lanes {
		class := "lane"
		if i%2 == 1 {
			class = "lane1"
		}
		fmt.Fprintf(b, "<rect class=\"%s\" x=\"%d\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", class, planMargin, s.laneY[i], right-planMargin, s.laneH[i])
		fmt.Fprintf(b, "<rect class=\"edge\" x=\"%d\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n", planMargin, s.laneY[i], right-planMargin, s.laneH[i])
		y := s.laneY[i] + 24
		for _, part := range fold2(l.name, 15) {
			label(b, "h", planMargin+10, y, "", part)
			y += planLine
		}
		if l.name != l.account {
			label(b, "s", planMargin+10, y+1, "", l.account)
			y += planLine
		}
		if len(regions) > 1 {
			label(b, "s", planMargin+10, y+1, "", l.region)
		}
	}
	for _, n := range s.nodes {
		if n.kind != gates {
			continue
		}
		x := s.colX[n.col] + s.colW[n.col]/2
		top, bottom := s.laneY[0], s.laneY[len(s.laneY)-1]+s.laneH[len(s.laneH)-1]
		fmt.Fprintf(b, "<path class=\"bar\" d=\"M%.1f %.1fV%.1f\"/>\n", x, top, bottom)
	}
}

// fold2 breaks a name that is too long for its place.
func fold2(s string, n int) []string {
	r := []rune(tidy(s))
	var out []string
	for len(r) > n {
		out, r = append(out, string(r[:n])), r[n:]
	}
	return append(out, string(r))
}

func (s *sheet) drawWire(b *strings.Builder, i int) {
	r := s.routes[i]
	class, arrow := "w", "a"
	switch {
	case r.tie:
		class, arrow = "wt", "at"
	case r.sealed:
		class, arrow = "ws", "as"
	}
	for _, n := range r.to {
		ps := s.points(i, n)
		fmt.Fprintf(b, "<path class=\"%s\" d=\"%s\"><title>%s</title></path>", class, wayOf(ps), escape(tidy(r.label)))
		e := ps[len(ps)-1]
		fmt.Fprintf(b, "<path class=\"%s\" d=\"M%.1f %.1fl-7 -4v8z\"/>\n", arrow, e.x+5, e.y)
	}
}

// drawOrder draws that an action waits for the one above it.
func (s *sheet) drawOrder(b *strings.Builder, n *planNode) {
	for _, o := range s.nodes {
		if o.col == n.col && o.lane == n.lane && o.row == n.row-1 && o.order < n.order {
			x, y := s.left(n)+s.colW[n.col]/2, s.top(o)+o.height()
			fmt.Fprintf(b, "<path class=\"w\" d=\"M%.1f %.1fV%.1f\"/><path class=\"a\" d=\"M%.1f %.1fl-4 -6h8z\"/>\n", x, y, s.top(n)-5, x, s.top(n))
		}
	}
}

func (s *sheet) drawNode(b *strings.Builder, n *planNode) {
	x, y, w, h := s.left(n), s.top(n), s.colW[n.col], n.height()
	fmt.Fprintf(b, "<g><title>%s</title>", escape(tidy(n.tip)))
	mid := x + w/2
	if n.kind == gates {
		// The diamond stands on top; what it asks for under it, on a ground that
		// the barrier does not cross.
		const half = planGate
		cy := y + half
		fmt.Fprintf(b, "<rect class=\"ng\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"6\" style=\"stroke-dasharray:none;stroke-width:1\"/>\n", x, cy, w, h-half)
		fmt.Fprintf(b, "<path class=\"ng\" d=\"M%.1f %.1fL%.1f %.1fL%.1f %.1fL%.1f %.1fZ\"/>\n", mid, y-4, mid+half+4, cy, mid, cy+half+4, mid-half-4, cy)
		fmt.Fprintf(b, "<path d=\"M%.1f %.1fl5 5l10 -11\" style=\"fill:none;stroke:var(--gate);stroke-width:2.4\"/>\n", mid-7, cy)
		y += 44
		label(b, "b", mid, y+18, "middle", n.name)
		for i, l := range n.lines {
			label(b, "s", mid, y+18+planLine*float64(i+1), "middle", l)
		}
		b.WriteString("</g>\n")
		return
	}
	class := "n"
	switch n.kind {
	case deploys:
		class = "nd"
	case seals, promotes:
		class = "ns"
	}
	fmt.Fprintf(b, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"6\"/>\n", class, x, y, w, h)
	y += 19
	label(b, "b", mid, y, "middle", n.name)
	for _, l := range n.lines {
		y += planLine
		label(b, "s", mid, y, "middle", l)
	}
	made := "m"
	if n.kind == seals || n.kind == promotes {
		made = "ms"
	}
	for _, m := range n.makes {
		y += planLine
		label(b, made, mid, y, "middle", "→ "+m)
	}
	b.WriteString("</g>\n")
}

// drawLegend explains the lines that are drawn.
func (s *sheet) drawLegend(b *strings.Builder) {
	x, y := float64(planMargin+10), s.height-planMargin-6
	entry := func(class, words string) {
		fmt.Fprintf(b, "<path class=\"%s\" d=\"M%.1f %.1fh26\"/>", class, x, y-4)
		label(b, "s", x+32, y, "", words)
		x += 32 + 6*chars(words) + 20
	}
	var sealed, tie, gate bool
	for _, w := range s.wires {
		sealed, tie = sealed || w.sealed, tie || w.tie
	}
	for _, n := range s.nodes {
		gate = gate || n.kind == gates
	}
	entry("w", "artifact")
	if sealed {
		entry("ws", "sealed artifact")
	}
	if tie {
		entry("wt", "digest or other value")
	}
	if gate {
		entry("bar", "approval: what is behind it waits")
	}
}

// mermaid writes a plan in the language of Mermaid. Ids are numbers and labels
// are escaped, so that no name can be taken for a part of it.
func (pl *plan) mermaid() string {
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	id := map[*planNode]string{}
	for i, n := range pl.nodes {
		id[n] = fmt.Sprintf("n%d", i)
	}
	for l := range pl.lanes {
		title := pl.lanes[l].name
		if title != pl.lanes[l].account {
			title += " " + pl.lanes[l].account
		}
		fmt.Fprintf(&b, "  subgraph l%d[\"%s\"]\n", l, inMermaid(title+" · "+pl.lanes[l].region))
		for _, n := range pl.nodes {
			if n.lane != l {
				continue
			}
			var words strings.Builder
			words.WriteString(inMermaid(n.name))
			for _, x := range n.lines {
				words.WriteString("<br/>" + inMermaid(x))
			}
			open, shut := `["`, `"]`
			switch n.kind {
			case gates:
				open, shut = `{"`, `"}`
			case begins:
				open, shut = `(["`, `"])`
			}
			fmt.Fprintf(&b, "    %s%s%s%s\n", id[n], open, words.String(), shut)
		}
		b.WriteString("  end\n")
	}
	for _, w := range pl.wires {
		arrow := "-->"
		if w.sealed {
			arrow = "==>"
		} else if w.tie {
			arrow = "-.->"
		}
		for _, n := range w.to {
			fmt.Fprintf(&b, "  %s %s|\"%s\"| %s\n", id[w.from], arrow, inMermaid(w.label), id[n])
		}
	}
	// What waits for a gate is drawn after it.
	for i, n := range pl.nodes {
		if n.kind != gates {
			continue
		}
		for _, o := range pl.nodes[i+1:] {
			if o.col == n.col+1 {
				fmt.Fprintf(&b, "  %s -.->|\"approved\"| %s\n", id[n], id[o])
			}
		}
	}
	class := func(name, style string, has func(*planNode) bool) {
		var in []string
		for _, n := range pl.nodes {
			if has(n) {
				in = append(in, id[n])
			}
		}
		if len(in) > 0 {
			fmt.Fprintf(&b, "  classDef %s %s\n  class %s %s\n", name, style, strings.Join(in, ","), name)
		}
	}
	class("gate", "stroke:#9a6700,stroke-width:3px", func(n *planNode) bool { return n.kind == gates })
	class("sealed", "stroke:#116329,stroke-width:3px", func(n *planNode) bool { return n.kind == seals || n.kind == promotes })
	class("deploy", "stroke:#0550ae,stroke-width:2px", func(n *planNode) bool { return n.kind == deploys })
	return b.String()
}

// inMermaid is text for a label in quotes: whatever is not a letter, a digit or
// harmless is written as its number.
func inMermaid(s string) string {
	var b strings.Builder
	for _, r := range tidy(s) {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r > 0x7f, strings.ContainsRune(" -_.,/()", r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}
