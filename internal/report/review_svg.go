package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// The drawing of a pipeline. Stages are columns and accounts are lanes, so that
// where a change crosses from one account into another can be seen at once. A
// wire leaves a box to the right, runs down the gap between two columns, along
// the channel at the top of the lane that it is for, and down the gap before
// the column that it is for; no two wires share a track, and none crosses a box.
//
//	      Source      Build       Approve     Prod
//	    ┌────────┐  ┌────────┐       ╷
//	    │ Source ├──┤ Build  ├──╮   ╱ ╲
//	    └────────┘  └────────┘  │   ╲ ╱
//	   ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─│─ ─ ┊ ─ ─ ─ ─ ─ ─ ─
//	 prod                       ╰────┊─────╮ channel
//	                                 ┊    ┌┴───────┐
//	                                 ╵    │ Deploy │
//	                                      └────────┘

const (
	planHead   = 44 // names of stages
	planLabel  = 116
	planPad    = 14
	planTrack  = 9
	planLine   = 15
	planChar   = 6.3
	planMargin = 10
	planLegend = 34
	planGate   = 22 // what a diamond stands over its box
)

const planStyle = `.pl text{font:12px system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;fill:var(--fg)}
.pl .h{font-weight:600;font-size:13px}.pl .b{font-weight:600}.pl .s{font-size:11px;fill:var(--dim)}.pl .m{font-size:11px;fill:var(--wire)}.pl .ms{font-size:11px;fill:var(--seal);font-weight:600}
.pl .lane{fill:var(--soft)}.pl .lane1{fill:var(--bg)}.pl .edge{stroke:var(--line);fill:none}
.pl .n{fill:var(--bg);stroke:var(--wire)}.pl .nd{fill:var(--bg);stroke:var(--link);stroke-width:1.6}.pl .ns{fill:var(--goodbg);stroke:var(--seal);stroke-width:1.6}
.pl .ng{fill:var(--unsurebg);stroke:var(--gate);stroke-width:1.8}.pl .bar{stroke:var(--gate);stroke-width:1.4;stroke-dasharray:3 4;fill:none}
.pl .w{fill:none;stroke:var(--wire);stroke-width:1.5}.pl .ws{fill:none;stroke:var(--seal);stroke-width:2.2}.pl .wt{fill:none;stroke:var(--tie);stroke-width:1.4;stroke-dasharray:2 3}
.pl .a{fill:var(--wire)}.pl .as{fill:var(--seal)}.pl .at{fill:var(--tie)}
`

// A sheet is a plan with its places in pixels.
type sheet struct {
	*plan
	colX, colW []float64 // of the boxes of a column
	gapW       []float64 // after a column
	laneY      []float64 // of a lane's top
	laneH      []float64
	gutter     []float64 // height of a lane's channels
	width      float64
	height     float64

	tracks   []int // taken in the gap after a column
	channels []int // taken in a lane
	ends     []end
	routes   []route
}

// A route is the way of one wire to one lane.
type route struct {
	*wire
	out     int         // track in the gap after from's column
	in      map[int]int // track in the gap before a column
	channel map[int]int // of a lane
	port    map[*planNode]float64
	leave   float64
}

// An end is where a wire enters a box.
type end struct {
	node *planNode
	r    int
}

func (n *planNode) key() string { return fmt.Sprintf("%d/%d/%d", n.col, n.lane, n.row) }

// straight reports whether a wire needs no track: its ends are neighbours on
// one line.
func straight(a, b *planNode) bool { return b.col == a.col+1 && a.lane == b.lane && a.row == b.row }

func (n *planNode) width() float64 {
	w := chars(n.name) * 1.22
	for _, l := range n.lines {
		w = max(w, chars(l))
	}
	for _, m := range n.makes {
		w = max(w, chars("→ "+m))
	}
	w = planChar*w + 2*planPad
	if n.kind == gates {
		w += 26
	}
	return max(w, 92)
}

func (n *planNode) height() float64 {
	h := float64(planLine*(1+len(n.lines)+len(n.makes)) + 14)
	if n.kind == gates {
		h += 44
	}
	return h
}

func chars(s string) float64 {
	n := 0.0
	for _, r := range tidy(s) {
		n++
		if r >= 0x1100 {
			n++ // as wide as two
		}
	}
	return n
}

// layout finds the place of everything.
func (pl *plan) layout() *sheet {
	s := &sheet{plan: pl}
	s.colX, s.colW, s.gapW = make([]float64, len(pl.cols)), make([]float64, len(pl.cols)), make([]float64, len(pl.cols))
	s.tracks, s.channels = make([]int, len(pl.cols)), make([]int, len(pl.lanes))
	for _, n := range pl.nodes {
		s.colW[n.col] = max(s.colW[n.col], n.width())
	}
	for i, c := range pl.cols {
		s.colW[i] = max(s.colW[i], planChar*1.15*chars(c)+8)
	}
	s.route()
	x := float64(planMargin + planLabel)
	for i := range pl.cols {
		if i == 0 {
			x += planPad
		}
		s.colX[i] = x
		s.gapW[i] = 26 + planTrack*float64(s.tracks[i])
		x += s.colW[i] + s.gapW[i]
	}
	if n := len(pl.cols); n > 0 {
		x += planPad - s.gapW[n-1]
	}
	s.width = max(x, 420) + planMargin
	y := float64(planMargin + planHead)
	for l := range pl.lanes {
		rows := map[int]float64{}
		for _, n := range pl.nodes {
			if n.lane == l {
				rows[n.row] = max(rows[n.row], n.height())
			}
		}
		g := 12 + planTrack*float64(s.channels[l])
		h := g
		for _, r := range rows {
			h += r + 12
		}
		s.laneY, s.laneH, s.gutter = append(s.laneY, y), append(s.laneH, max(h, 64)), append(s.gutter, g)
		y += max(h, 64)
	}
	s.height = y + planLegend + planMargin
	return s
}

// route gives each wire its tracks: one where it leaves, one channel a lane,
// one track before each column. What leaves a box for the next column of its
// lane, on one line, goes straight.
func (s *sheet) route() {
	for i, w := range s.wires {
		r := route{wire: w, out: -1, in: map[int]int{}, channel: map[int]int{}, port: map[*planNode]float64{}}
		to := slices.Clone(w.to)
		slices.SortStableFunc(to, func(a, b *planNode) int { return cmp.Or(a.col-b.col, a.lane-b.lane, a.row-b.row) })
		r.to2(to)
		for _, n := range to {
			s.ends = append(s.ends, end{n, i})
			if straight(w.from, n) {
				continue
			}
			if r.out < 0 {
				r.out = s.tracks[w.from.col]
				s.tracks[w.from.col]++
			}
			if n.col == w.from.col+1 {
				continue // down the gap itself
			}
			if _, ok := r.channel[n.lane]; !ok {
				r.channel[n.lane] = s.channels[n.lane]
				s.channels[n.lane]++
			}
			if _, ok := r.in[n.col]; !ok && n.col > 0 {
				r.in[n.col] = s.tracks[n.col-1]
				s.tracks[n.col-1]++
			}
		}
		s.routes = append(s.routes, r)
	}
}

func (r *route) to2(to []*planNode) {
	w := *r.wire
	w.to = to
	r.wire = &w
}

// top is the upper edge of a box.
func (s *sheet) top(n *planNode) float64 {
	y := s.laneY[n.lane] + s.gutter[n.lane]
	for row := range n.row {
		h := 0.0
		for _, o := range s.nodes {
			if o.lane == n.lane && o.row == row {
				h = max(h, o.height())
			}
		}
		y += h + 12
	}
	return y
}

// enter is where the wire with a number enters a box, spread over those that do.
func (s *sheet) enter(n *planNode, r int) float64 {
	k, all := 0, 0
	for _, e := range s.ends {
		if e.node == n {
			if e.r == r {
				k = all
			}
			all++
		}
	}
	y := s.top(n) + 16 + 12*float64(k)
	if n.kind == gates {
		y += planGate
	}
	return y
}

// exit is where a wire leaves a box. Where it goes straight somewhere it leaves
// at the height at which it enters.
func (s *sheet) exit(r int) float64 {
	w := s.routes[r]
	for _, n := range w.to {
		if straight(w.from, n) {
			return s.enter(n, r)
		}
	}
	k := 0
	for i := range r {
		if s.routes[i].from == w.from {
			k++
		}
	}
	return s.top(w.from) + 20 + 12*float64(k)
}

func (s *sheet) trackX(gap, track int) float64 {
	return s.colX[gap] + s.colW[gap] + 13 + planTrack*float64(track)
}

func (s *sheet) channelY(lane, channel int) float64 {
	return s.laneY[lane] + 8 + planTrack*float64(channel)
}

// left and right are the sides of a box at which wires end: those of a gate are
// the corners of its diamond.
func (s *sheet) left(n *planNode) float64  { return s.colX[n.col] }
func (s *sheet) right(n *planNode) float64 { return s.colX[n.col] + s.colW[n.col] }

type point struct{ x, y float64 }

// points is the way of a route to one box.
func (s *sheet) points(i int, n *planNode) []point {
	r := s.routes[i]
	y1, y2 := s.exit(i), s.enter(n, i)
	out := []point{{s.right(r.from), y1}}
	if !straight(r.from, n) {
		x := s.trackX(r.from.col, r.out)
		out = append(out, point{x, y1})
		if n.col != r.from.col+1 {
			c := s.channelY(n.lane, r.channel[n.lane])
			out = append(out, point{x, c})
			if track, ok := r.in[n.col]; ok {
				x2 := s.trackX(n.col-1, track)
				out = append(out, point{x2, c}, point{x2, y2})
			}
		} else {
			out = append(out, point{x, y2})
		}
	}
	return append(out, point{s.left(n) - 5, y2})
}

// wayOf draws a way with rounded corners.
func wayOf(ps []point) string {
	const r = 5.0
	var b strings.Builder
	fmt.Fprintf(&b, "M%.1f %.1f", ps[0].x, ps[0].y)
	for i := 1; i < len(ps)-1; i++ {
		p, q, n := ps[i-1], ps[i], ps[i+1]
		a, c := toward(q, p, r), toward(q, n, r)
		fmt.Fprintf(&b, "L%.1f %.1fQ%.1f %.1f %.1f %.1f", a.x, a.y, q.x, q.y, c.x, c.y)
	}
	l := ps[len(ps)-1]
	fmt.Fprintf(&b, "L%.1f %.1f", l.x, l.y)
	return b.String()
}

// toward is the point at a distance from one to another, half way at most.
func toward(from, to point, d float64) point {
	dx, dy := to.x-from.x, to.y-from.y
	n := max(dx, -dx) + max(dy, -dy)
	if n == 0 {
		return from
	}
	f := min(d/n, 0.5)
	return point{from.x + dx*f, from.y + dy*f}
}
