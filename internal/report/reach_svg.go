package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"penstock/arn"
	"penstock/chain"
	"penstock/harm"
	"penstock/iam/reach"
)

// WriteReachSVG draws what is reached: whom somebody can become from left to
// right, one column a step, and beside each a card for each kind of harm that
// it can do. The drawing holds no script, and follows the viewer's light or
// dark scheme.
//
//	┌──────┐      ┌────────┐      ┌───────────────┐
//	│ root │──────│ deploy │──────│▌gain rights   │
//	└──────┘      └────────┘      │ pipeline shop │
//	     ╰ ─ ─ ─  possible        └───────────────┘
//
// Since each principal is reached by one shortest chain, the drawing is a tree
// and its edges do not cross: a parent stands at the middle of what it leads
// to.
func WriteReachSVG(w io.Writer, r *Reach) error {
	p := picture{r: r, d: drawn(r)}
	p.grow()
	p.place()
	_, err := io.WriteString(w, p.render())
	return err
}

// Sizes in pixels. The width of a text is estimated, on the generous side, as
// no font can be asked.
const (
	textSize  = 12
	charWidth = 6.9
	rowHeight = 16
	boxHeight = 38
	padding   = 10
	between   = 12 // boxes of a column
	gap       = 64 // columns
	margin    = 24
	longest   = 46 // characters of a line
	mostLines = 9  // of a card
)

// cell is a box of the picture: a principal, or with lines a card of items.
type cell struct {
	node  *chain.Node
	items []*ReachItem
	class harm.Class
	title string
	sub   string
	lines []string
	full  []string // tooltips of lines
	sure  bool

	kids       []*cell
	depth      int
	x, y, w, h float64
}

type picture struct {
	r      *Reach
	d      drawing
	roots  []*cell
	all    []*cell
	width  float64
	height float64
}

// grow makes the tree of cells.
func (p *picture) grow() {
	at := map[*chain.Node]*cell{}
	for _, n := range p.d.nodes {
		c := &cell{node: n, title: clip(n.Actor.Name()), sure: n.Verdict == reach.Some}
		c.sub = clip(subtitle(n))
		at[n] = c
		p.all = append(p.all, c)
		if parent := at[n.Via]; parent != nil {
			c.depth = parent.depth + 1
			parent.kids = append(parent.kids, c)
		} else {
			p.roots = append(p.roots, c)
		}
	}
	cards := map[*chain.Node]map[harm.Class]*cell{}
	for _, x := range p.d.items {
		parent := at[x.Node]
		if parent == nil {
			continue
		}
		if cards[x.Node] == nil {
			cards[x.Node] = map[harm.Class]*cell{}
		}
		c := cards[x.Node][x.Class]
		if c == nil {
			c = &cell{class: x.Class, title: x.Class.String(), depth: parent.depth + 1}
			cards[x.Node][x.Class] = c
			parent.kids = append(parent.kids, c)
			p.all = append(p.all, c)
		}
		c.items = append(c.items, x)
		c.sure = c.sure || x.Verdict == reach.Some
	}
	for _, c := range p.all {
		c.fill()
	}
}

// subtitle says where a principal is and how it is reached.
func subtitle(n *chain.Node) string {
	account := show(arn.Account(n.Actor.ARN))
	if n.Via == nil {
		return account
	}
	s := n.Step.Power.ID
	if account != "" {
		s += " · " + account
	}
	return s
}

// fill makes the lines of a card.
func (c *cell) fill() {
	for _, x := range c.items {
		for _, name := range x.Names {
			c.lines = append(c.lines, clip(name))
			c.full = append(c.full, show(name)+": "+x.How)
		}
		if x.Names != nil {
			c.title = show(x.What)
			continue
		}
		line := show(x.What)
		if x.Verdict != reach.Some {
			line = "? " + line
		}
		if i := slices.Index(c.lines, clip(line)); i >= 0 {
			c.full[i] += ", " + x.How
			continue
		}
		c.lines = append(c.lines, clip(line))
		c.full = append(c.full, show(x.What)+": "+x.How)
	}
	if n := len(c.lines); n > mostLines {
		c.lines = append(c.lines[:mostLines-1], fmt.Sprintf("… and %d more", n-mostLines+1))
		c.full = append(c.full[:mostLines-1], "")
	}
	c.h = boxHeight
	if c.node == nil {
		c.h = padding + rowHeight*float64(len(c.lines)+1) + padding/2
	}
	c.w = wide(c.title)*1.06 + 2*padding
	for _, l := range append([]string{c.sub}, c.lines...) {
		c.w = max(c.w, wide(l)+2*padding)
	}
}

func wide(s string) float64 { return charWidth * float64(utf8.RuneCountInString(s)) }

func clip(s string) string {
	s = show(s)
	if utf8.RuneCountInString(s) <= longest {
		return s
	}
	rs := []rune(s)
	return string(rs[:longest-1]) + "…"
}

// place gives each cell its corner: x by its column, y so that a parent stands
// at the middle of its children.
func (p *picture) place() {
	var columns []float64
	for _, c := range p.all {
		for len(columns) <= c.depth {
			columns = append(columns, 0)
		}
		columns[c.depth] = max(columns[c.depth], c.w)
	}
	left := make([]float64, len(columns))
	x := float64(margin)
	for i, w := range columns {
		left[i] = x
		x += w + gap
	}
	p.width = x - gap + margin
	y := float64(margin + 34)
	var down func(c *cell)
	down = func(c *cell) {
		c.x = left[c.depth]
		if len(c.kids) == 0 {
			c.y = y
			y += c.h + between
			return
		}
		top := y
		for _, k := range c.kids {
			down(k)
		}
		first, last := c.kids[0], c.kids[len(c.kids)-1]
		c.y = (first.y+first.h/2+last.y+last.h/2)/2 - c.h/2
		if c.y < top {
			c.y = top
		}
		y = max(y, c.y+c.h+between)
	}
	for _, c := range p.roots {
		down(c)
		y += between
	}
	p.height = y + 2*margin + 24
	p.width = max(p.width, 760)
}

// shades are the colours of the kinds of harm, in a light and a dark scheme.
var shades = map[harm.Class][2]string{
	harm.Rights:  {"#b3261e", "#ff7b72"},
	harm.Write:   {"#bc4c00", "#ffa657"},
	harm.Secrets: {"#8250df", "#d2a8ff"},
	harm.Hide:    {"#57606a", "#a3adb8"},
	harm.Destroy: {"#9a6700", "#e3b341"},
	harm.Spend:   {"#116329", "#56d364"},
	harm.Look:    {"#0550ae", "#79c0ff"},
}

func style(b *strings.Builder) {
	b.WriteString("<style>\n")
	b.WriteString("text{font:12px system-ui,-apple-system,\"Segoe UI\",Helvetica,Arial,sans-serif;fill:#1f2328}\n")
	b.WriteString(".bg{fill:#ffffff}.h{font-size:15px;font-weight:600}.t{font-weight:600}.s{font-size:11px;fill:#57606a}\n")
	b.WriteString(".n{fill:#f6f8fa;stroke:#57606a}.r{fill:#ddf4ff;stroke:#0550ae;stroke-width:2}.c{fill:#ffffff;stroke:#d0d7de}\n")
	b.WriteString(".e{fill:none;stroke:#8c959f;stroke-width:1.4}.p{stroke-dasharray:5 4}\n")
	for _, c := range harm.Classes() {
		fmt.Fprintf(b, ".k%d{fill:%s}", c, shades[c][0])
	}
	b.WriteString("\n@media (prefers-color-scheme:dark){\n")
	b.WriteString("text{fill:#e6edf3}.bg{fill:#0d1117}.s{fill:#9da7b3}.n{fill:#161b22;stroke:#8b949e}.r{fill:#0c2d6b;stroke:#79c0ff}.c{fill:#0d1117;stroke:#3d444d}.e{stroke:#6e7681}\n")
	for _, c := range harm.Classes() {
		fmt.Fprintf(b, ".k%d{fill:%s}", c, shades[c][1])
	}
	b.WriteString("\n}\n</style>\n")
}

func (p *picture) render() string {
	var b strings.Builder
	title := "What " + show(p.r.From) + " can reach"
	if p.r.To != "" {
		title = "How " + show(p.r.From) + " can become " + show(p.r.To)
		if p.r.Way == nil {
			title = show(p.r.From) + " cannot become " + show(p.r.To)
		}
	}
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"%s\">\n",
		p.width, p.height, p.width, p.height, escape(title))
	fmt.Fprintf(&b, "<title>%s</title>\n", escape(title))
	style(&b)
	fmt.Fprintf(&b, "<rect class=\"bg\" width=\"%.0f\" height=\"%.0f\"/>\n", p.width, p.height)
	fmt.Fprintf(&b, "<text class=\"h\" x=\"%d\" y=\"%d\">%s</text>\n", margin, margin+10, escape(title))
	for _, c := range p.all {
		for _, k := range c.kids {
			edge(&b, c, k)
		}
	}
	for _, c := range p.all {
		c.draw(&b)
	}
	p.legend(&b)
	b.WriteString("</svg>\n")
	return b.String()
}

func edge(b *strings.Builder, from, to *cell) {
	x1, y1, x2, y2 := from.x+from.w, from.y+from.h/2, to.x, to.y+to.h/2
	class := "e"
	if !to.sure {
		class = "e p"
	}
	mid := (x1 + x2) / 2
	if mid < x2-gap {
		mid = x2 - gap // bend where the columns part, whatever the width of the box
	}
	fmt.Fprintf(b, "<path class=\"%s\" d=\"M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f\"/>\n", class, x1, y1, mid+gap/3, y1, mid, y2, x2, y2)
}

func (c *cell) draw(b *strings.Builder) {
	if c.node == nil {
		fmt.Fprintf(b, "<g><rect class=\"c\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"4\"/>", c.x, c.y, c.w, c.h)
		fmt.Fprintf(b, "<rect class=\"k%d\" x=\"%.1f\" y=\"%.1f\" width=\"5\" height=\"%.1f\" rx=\"2\"/>\n", c.class, c.x, c.y, c.h)
		fmt.Fprintf(b, "<text class=\"t k%d\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", c.class, c.x+padding+2, c.y+rowHeight+1, escape(c.title))
		for i, l := range c.lines {
			fmt.Fprintf(b, "<text x=\"%.1f\" y=\"%.1f\">%s", c.x+padding+2, c.y+rowHeight*float64(i+2)+2, escape(l))
			if c.full[i] != "" {
				fmt.Fprintf(b, "<title>%s</title>", escape(c.full[i]))
			}
			b.WriteString("</text>\n")
		}
		b.WriteString("</g>\n")
		return
	}
	class := "n"
	switch {
	case c.node.Via == nil:
		class = "r"
	case !c.sure:
		class = "n p"
	}
	fmt.Fprintf(b, "<g><title>%s</title><rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"8\"/>\n",
		escape(show(c.node.Actor.ARN)), class, c.x, c.y, c.w, c.h)
	fmt.Fprintf(b, "<text class=\"t\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", c.x+padding, c.y+16, escape(c.title))
	fmt.Fprintf(b, "<text class=\"s\" x=\"%.1f\" y=\"%.1f\">%s</text></g>\n", c.x+padding, c.y+31, escape(c.sub))
}

// legend explains the colours and the lines that are drawn.
func (p *picture) legend(b *strings.Builder) {
	x, y := float64(margin), p.height-margin
	line := func(class, words string) {
		fmt.Fprintf(b, "<path class=\"%s\" d=\"M%.1f %.1fh28\"/><text class=\"s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", class, x, y-4, x+34, y, escape(words))
		x += 34 + wide(words) + 18
	}
	line("e", "certain")
	line("e p", "possible, for all that the templates show")
	drawn := map[harm.Class]bool{}
	for _, c := range p.all {
		if c.node == nil {
			drawn[c.class] = true
		}
	}
	for _, c := range harm.Classes() {
		if drawn[c] {
			fmt.Fprintf(b, "<rect class=\"k%d\" x=\"%.1f\" y=\"%.1f\" width=\"10\" height=\"10\" rx=\"2\"/><text class=\"s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n",
				c, x, y-9, x+15, y, escape(c.String()))
			x += 15 + wide(c.String()) + 14
		}
	}
	if p.d.left > 0 {
		fmt.Fprintf(b, "<text class=\"s\" x=\"%d\" y=\"%.1f\">%s not drawn</text>\n", margin, y-20, escape(fmt.Sprint(p.d.left)+" more"))
	}
}

// escape escapes text for an element or an attribute, and drops what XML cannot
// hold.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == utf8.RuneError, r < ' ' && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF:
			b.WriteRune('\uFFFD')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
