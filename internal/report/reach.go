package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/chain"
	"penstock/diag"
	"penstock/harm"
	"penstock/iam"
	"penstock/iam/reach"
	"penstock/internal/term"
	"penstock/match"
	"penstock/service"
	"penstock/source"
)

// A Reach is what somebody can reach: whom it can become, and what each of
// those can change, read and hide.
type Reach struct {
	From  string // as it was asked for
	To    string // name of the principal that was asked about, "" for none
	Graph *chain.Graph
	Tree  *chain.Tree
	Way   *chain.Node  // to To, nil where there is none
	Cut   *diag.Cut    // what ends every way to To, nil where there is none
	Items []*ReachItem // the gravest first
	// Hidden counts the items left out, by class.
	Hidden map[harm.Class]int
}

// A ReachItem is one thing that is reached.
type ReachItem struct {
	Class   harm.Class
	Node    *chain.Node // who has it; for Rights the principal itself
	What    string      // "pipeline shop"
	How     string      // a power, or actions
	Why     string      // a clause, for a power
	Verdict reach.Verdict
	Missing []string
	At      source.Span // of what is reached
	Request *iam.Request
	// Names are the principals of an account that somebody who may change
	// them all becomes at will, told as one thing; Node is that somebody.
	Names []string
}

// crowd is from how many principals of an account on those who can be changed
// at will are told as one.
const crowd = 3

// MaxReach is how many things a Reach shows.
const MaxReach = 200

// NewReach gathers what a tree reaches, ranked by harm, certain things and
// short chains first.
func NewReach(g *chain.Graph, t *chain.Tree, from string) *Reach {
	r := &Reach{From: from, Graph: g, Tree: t, Hidden: map[harm.Class]int{}}
	index := map[string]*ReachItem{}
	add := func(x *ReachItem, by string) {
		key := fmt.Sprint(x.Class, "|", x.What, "|", by)
		o := index[key]
		switch {
		case o == nil:
			index[key] = x
			r.Items = append(r.Items, x)
		case x.Verdict > o.Verdict || x.Verdict == o.Verdict && x.Node.Depth < o.Node.Depth:
			*o = *x
		}
	}
	crowds := gather(t)
	for _, n := range t.Nodes {
		if n.Via != nil && crowds[n] != nil {
			c := crowds[n]
			if !slices.Contains(c.Names, chain.Short(n.Actor.ARN)) {
				c.Names = append(c.Names, chain.Short(n.Actor.ARN))
			}
			c.What = count(len(c.Names), "more principal") + " of account " + match.Render(arn.Account(n.Actor.ARN))
			if c.How == "" {
				c.How = n.Step.Power.ID
				r.Items = append(r.Items, c)
			}
		} else if n.Via != nil {
			x := &ReachItem{Class: harm.Rights, Node: n, What: n.Actor.Name(), How: n.Step.Power.ID, Why: n.Step.Power.Why, Verdict: n.Verdict, Missing: n.Missing}
			if p := n.Step.Gain.Resource; p != nil {
				x.At = p.Span
			}
			if !n.Declared {
				x.Missing = append(slices.Clip(x.Missing), "what "+x.What+" may do, which no stack declares")
			}
			add(x, n.Actor.ARN) // two accounts may have one name
		}
		for i := range n.Gains {
			s := &n.Gains[i]
			if k := s.Power.Kind; k != service.Tamper && k != service.Blind {
				continue
			}
			x := &ReachItem{
				Class: s.Class(), Node: n, What: match.Render(s.Gain.What), How: s.Power.ID, Why: s.Power.Why,
				Verdict: min(n.Verdict, s.Verdict), Missing: joined(n.Missing, s.Missing),
			}
			if s.Gain.Resource != nil {
				x.At = s.Gain.Resource.Span
			}
			if len(s.Witnesses) > 0 {
				x.Request = &s.Witnesses[len(s.Witnesses)-1]
			}
			add(x, x.How)
		}
		for _, a := range g.Accesses(n.Actor) {
			x := &ReachItem{
				Class: a.Class, Node: n, What: "what costs money", How: strings.Join(a.Actions, ", "),
				Verdict: min(n.Verdict, a.Verdict), Missing: joined(n.Missing, a.Missing), Request: a.Witness,
			}
			if a.Resource != nil {
				x.What, x.At = typeName(a.Resource.Type)+" "+match.Render(service.Called(a.Resource)), a.Resource.Span
			}
			add(x, "")
		}
	}
	slices.SortStableFunc(r.Items, func(a, b *ReachItem) int {
		return cmp.Or(cmp.Compare(b.Class, a.Class), cmp.Compare(b.Verdict, a.Verdict), cmp.Compare(a.depth(), b.depth()), cmp.Compare(a.What, b.What))
	})
	if len(r.Items) > MaxReach {
		for _, x := range r.Items[MaxReach:] {
			r.Hidden[x.Class]++
		}
		r.Items = r.Items[:MaxReach]
	}
	return r
}

// depth is how many steps lead to an item.
func (x *ReachItem) depth() int {
	if x.Names != nil {
		return x.Node.Depth + 1
	}
	return x.Node.Depth
}

// gather finds the principals that somebody becomes by changing them, and that
// lead nowhere else: one item for all those of one.
func gather(t *chain.Tree) map[*chain.Node]*ReachItem {
	leads := map[*chain.Node]bool{}
	plain := func(n *chain.Node) bool {
		return n.Via != nil && n.Needs == nil && !n.Actor.Made && strings.HasPrefix(n.Step.Power.ID, "iam.") || n.Needs != nil
	}
	for i := len(t.Nodes) - 1; i >= 0; i-- {
		if n := t.Nodes[i]; n.Via != nil && (!plain(n) || leads[n]) {
			leads[n.Via] = true
			if n.Needs != nil {
				leads[n.Needs] = true
			}
		}
	}
	by := map[*chain.Node][]*chain.Node{}
	for _, n := range t.Nodes {
		if plain(n) && !leads[n] && n.Actor.ARN != n.Via.Actor.ARN {
			by[n.Via] = append(by[n.Via], n)
		}
	}
	out := map[*chain.Node]*ReachItem{}
	for via, ns := range by {
		if len(ns) < crowd {
			continue
		}
		items := map[string]*ReachItem{}
		for _, n := range ns {
			key := arn.Account(n.Actor.ARN) + n.Verdict.String()
			if items[key] == nil {
				items[key] = &ReachItem{Class: harm.Rights, Node: via, Verdict: n.Verdict, Missing: n.Missing, Why: n.Step.Power.Why}
			}
			out[n] = items[key]
		}
	}
	return out
}

func joined(a, b []string) []string {
	out := slices.Clip(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// typeName is the last word of a type of CloudFormation, as prose: "log group".
func typeName(t string) string {
	_, t, _ = strings.Cut(t, "::")
	if i := strings.LastIndex(t, "::"); i >= 0 {
		t = t[i+2:]
	}
	var b strings.Builder
	for i, c := range t {
		if c >= 'A' && c <= 'Z' {
			if i > 0 {
				b.WriteByte(' ')
			}
			c += 'a' - 'A'
		}
		b.WriteRune(c)
	}
	return b.String()
}

// principals counts the principals that are reached for certain and those that
// may be.
func (r *Reach) principals() (sure, possible int) {
	best := map[string]reach.Verdict{}
	for _, n := range r.Tree.Nodes {
		if n.Via != nil && !slices.ContainsFunc(r.Tree.Nodes, func(o *chain.Node) bool { return o.Via == nil && o.Actor.ARN == n.Actor.ARN }) {
			best[n.Actor.ARN] = max(best[n.Actor.ARN], n.Verdict)
		}
	}
	for _, v := range best {
		if v == reach.Some {
			sure++
		} else {
			possible++
		}
	}
	return sure, possible
}

// WriteReach draws what is reached for a person: a group for each kind of harm,
// the gravest first, and the story of the way to To.
func WriteReach(w io.Writer, r *Reach, opt Text) error {
	t := newText(opt, &view{})
	if r.To != "" {
		t.way(r)
	} else {
		t.radius(r)
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

func (t *text) way(r *Reach) {
	switch {
	case r.Way == nil:
		t.prose(t.paint(term.Good, "✓")+" ", "  ", term.Strong, r.From+" cannot become "+r.To+" by anything that the catalogue knows")
		return
	case r.Way.Via == nil:
		t.prose("  ", "  ", term.Strong, r.From+" is "+r.To)
		return
	case r.Way.Verdict == reach.Some:
		t.prose(t.paint(term.Bad, "✗")+" ", "  ", term.Strong, fmt.Sprintf("%s can become %s in %s", r.From, r.To, count(len(r.Way.Steps()), "step")))
	default:
		t.prose(t.paint(term.Unsure, "?")+" ", "  ", term.Strong, fmt.Sprintf("%s may or may not become %s; it depends on", r.From, r.To))
		for _, m := range r.Way.Missing {
			t.prose("    - ", "      ", term.Plain, m)
		}
	}
	t.line("")
	t.story(r.Graph, r.Way.Steps())
	if r.Cut != nil {
		t.line("")
		label := "cut"
		for _, l := range r.Cut.Lines(lineOf) {
			t.field(label, l)
			label = ""
		}
	}
}

// story tells steps: each request, what it is for, what it carries, and the
// line that allows it.
func (t *text) story(g *chain.Graph, steps []chain.Step) {
	n := 0
	for _, c := range g.Tell(steps) {
		for _, s := range c.Scenes {
			n++
			who := s.Service
			if who == "" {
				who = s.Who.Name()
			}
			on := ""
			if s.Resource != "" && s.Resource != "*" {
				on = " on " + s.Resource
			}
			head := fmt.Sprintf("%3d ", n)
			t.prose(head, "    ", term.Plain, who+" calls "+s.Action+on)
			t.prose("      ", "      ", term.Faint, s.Why)
			for _, x := range s.Context {
				t.prose("      with ", "           ", term.Faint, x)
			}
			for _, at := range s.Allowed {
				t.prose("      allowed at ", "                 ", term.Faint, at.String())
			}
			for _, x := range s.Granted {
				t.prose("      allowed by ", "                 ", term.Faint, x)
			}
		}
		t.prose("    "+t.paint(term.Strong, "⇒")+" ", "      ", term.Strong, c.Gives)
		if c.Step.Verdict != reach.Some {
			t.prose("      depends on ", "        ", term.Unsure, strings.Join(c.Step.Missing, "; "))
		}
	}
}

func (t *text) radius(r *Reach) {
	sure, possible := r.principals()
	head := r.From + " can become "
	switch {
	case sure == 0 && possible == 0:
		head += "nobody else"
	case possible == 0:
		head += count(sure, "principal")
	case sure == 0:
		head = r.From + " may become " + count(possible, "principal") + ", for all that the templates show"
	default:
		head += fmt.Sprintf("%s, and %d more for all that the templates show", count(sure, "principal"), possible)
	}
	t.prose("", "  ", term.Strong, head)
	for _, class := range harm.Classes() {
		var items []*ReachItem
		for _, x := range r.Items {
			if x.Class == class {
				items = append(items, x)
			}
		}
		if len(items)+r.Hidden[class] == 0 {
			continue
		}
		t.line("")
		t.line(t.paint(styleOf(class), class.String()), t.paint(term.Faint, fmt.Sprintf("  %d", len(items)+r.Hidden[class])))
		for _, x := range items {
			t.item(r, x)
		}
		if h := r.Hidden[class]; h > 0 {
			t.line("  ", t.paint(term.Faint, fmt.Sprintf("… and %d more", h)))
		}
	}
}

func styleOf(c harm.Class) term.Style {
	switch {
	case c >= harm.Secrets:
		return term.Bad
	case c >= harm.Destroy:
		return term.Unsure
	default:
		return term.Strong
	}
}

func (t *text) item(r *Reach, x *ReachItem) {
	sign := t.paint(term.Bad, "•")
	if x.Verdict != reach.Some {
		sign = t.paint(term.Unsure, "?")
	}
	words := x.What
	switch {
	case x.principal():
		words += accountIn(x.Node, r) + way(x.Node)
	case x.Node.Via != nil:
		words += ", as " + x.Node.Actor.Name()
	}
	how := "  " + x.How
	if !x.At.IsZero() {
		how += " · " + lineOf(x.At)
	}
	t.prose("  "+sign+" ", "    ", term.Plain, words)
	if x.Names != nil {
		t.prose("      ", "      ", term.Faint, strings.Join(x.Names, ", "))
	}
	t.prose("      ", "      ", term.Faint, strings.TrimSpace(how))
	if x.Verdict != reach.Some && len(x.Missing) > 0 {
		t.prose("      depends on ", "        ", term.Unsure, strings.Join(x.Missing, "; "))
	}
}

// principal reports whether an item is its node, rather than what the node can
// do.
func (x *ReachItem) principal() bool {
	return x.Class == harm.Rights && x.Names == nil && x.Node.Via != nil && x.How == x.Node.Step.Power.ID
}

// accountIn names the account of a node where it is not that of the root.
func accountIn(n *chain.Node, r *Reach) string {
	a := arn.Account(n.Actor.ARN)
	if a == "" || len(r.Tree.Nodes) == 0 || a == arn.Account(r.Tree.Nodes[0].Actor.ARN) || n.Actor.Made {
		return ""
	}
	return " of account " + match.Render(a)
}

// way says through whom a node is reached.
func way(n *chain.Node) string {
	var via []string
	for v := n.Via; v != nil && v.Via != nil; v = v.Via {
		via = append(via, v.Actor.Name())
	}
	if len(via) == 0 {
		return ""
	}
	slices.Reverse(via)
	return ", through " + strings.Join(via, ", ")
}
