package report

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/diag"
	"penstock/internal/term"
	"penstock/prove"
)

// step writes the calls of a step and the jobs under it, each line behind
// rail. A step that is a job gets a head of its own where head is set.
func (t *text) step(s *step, p *pipe, rail string, head bool) {
	if head {
		t.line(rail, "▶ ", t.paint(term.Strong, kindName(s.Job.Type)+" "+show(nameOf(s))), t.paint(term.Faint, roleNote(s.Role, p)), t.condition(s.when))
		rail += "    "
	}
	bs := bundles(s.calls)
	if !t.All {
		t.allowed(s, rail)
	}
	for _, b := range bs {
		if b.mark != allowed || t.All {
			t.bundle(s, p, b, rail)
		}
	}
	for _, f := range s.found {
		t.cause(s, f, rail)
	}
	if !head && s.Action != nil && len(s.found) == 0 && len(s.calls) == 0 && len(s.jobs) == 0 && !s.Action.Gate() {
		t.line(rail, t.paint(term.Faint, "no calls known"))
	}
	for _, j := range s.jobs {
		t.step(j, p, rail, true)
	}
}

// allowed counts the allowed calls of a step, those of some scenarios apart.
func (t *text) allowed(s *step, rail string) {
	n := map[string]int{}
	var order []string
	for _, c := range s.calls {
		if markOf(c.Call) != allowed {
			continue
		}
		if n[c.when] == 0 {
			order = append(order, c.when)
		}
		n[c.when]++
	}
	for _, when := range order {
		t.line(rail, t.paint(term.Good, "✓"), fmt.Sprintf(" %s allowed", count(n[when], "call")), t.condition(when))
	}
}

func nameOf(s *step) string {
	if s.Job.Name != "" {
		return s.Job.Name
	}
	return s.Job.ID()
}

// bundle writes one line of calls: sign, actions, resource, outcome.
func (t *text) bundle(s *step, p *pipe, b bundle, rail string) {
	sg := signs[b.mark]
	c := b.calls[0]
	var parts []string
	if who := principal(c.Call); who != s.Role {
		if _, err := arn.Parse(who); err == nil {
			kind := "role "
			if strings.Contains(who, ":oidc-provider/") {
				kind = "a token of "
			} else if strings.Contains(who, ":user/") {
				kind = "user "
			}
			who = kind + roleName(who, p.account)
		}
		parts = append(parts, show(who)+":")
	}
	for i, a := range b.actions() {
		if i < len(b.actions())-1 {
			a += ","
		}
		parts = append(parts, a)
	}
	if r := c.Request.Resource; r != "*" {
		parts = append(parts, "on "+show(r))
	}
	if c.Target.What != "" {
		parts = append(parts, "("+show(c.Target.What)+")")
	}
	tail := ""
	switch b.mark {
	case allowed:
	case depends:
		tail = sg.word
	case denied, degraded, listed:
		tail = sg.word + by(c.Call)
	default:
		panic("report: no such mark")
	}
	if t.All {
		tail = strings.TrimPrefix(tail+", "+b.numbers(), ", ")
	}
	if ns := t.findingsOf(b); ns != "" {
		tail += " → " + ns
	}
	t.flow(rail, t.paint(sg.style, sg.sign)+" ", parts, t.paint(tailStyle(b.mark), tail)+t.condition(c.when))
}

func tailStyle(m mark) term.Style {
	if m == allowed {
		return term.Faint
	}
	return signs[m].style
}

// cause writes a line for what a step met beside policies, unless one of its
// calls tells of it.
func (t *text) cause(s *step, f *found, rail string) {
	for _, c := range s.calls {
		if speaks(f.Finding, c) {
			return
		}
	}
	m := denied
	switch {
	case f.Certainty == diag.Possible:
		m = depends
	case f.Severity == diag.Warning:
		m = degraded
	case f.Severity == diag.Info:
		m = listed
	}
	words, _, _ := strings.Cut(show(f.Message), ": ")
	tail := ""
	if n := t.index(f.Finding); n > 0 {
		tail = fmt.Sprintf("→ %d", n)
	}
	t.flow(rail, t.paint(signs[m].style, signs[m].sign)+" ", strings.Fields(words), t.paint(signs[m].style, tail)+t.condition(f.when))
}

// findingsOf returns the numbers of the findings that speak of a bundle.
func (t *text) findingsOf(b bundle) string {
	var ns []string
	for _, c := range b.calls {
		if n := t.finding(c); n > 0 && !slices.Contains(ns, fmt.Sprint(n)) {
			ns = append(ns, fmt.Sprint(n))
		}
	}
	return strings.Join(ns, ", ")
}

// by names the layer that denies, and whether it does so by a statement or by
// silence.
func by(c *prove.Call) string {
	switch layer := layerName(c.Decision.Layer); {
	case layer == "":
		return ""
	case c.Decision.Layer == "passrole":
		return ": " + layer
	case c.Decision.Explicit:
		return " by the " + layer
	default:
		return ": no " + layer + " allows it"
	}
}

// flow writes words that must stay whole, then a tail, in as many lines as it
// takes; the lines after the first are indented.
func (t *text) flow(rail, sign string, parts []string, tail string) {
	width := t.Width
	if width == 0 {
		width = 1 << 20
	}
	if strings.TrimSpace(tail) != "" {
		parts = append(slices.Clone(parts), tail)
	}
	head, hang := rail+sign, rail+"    "
	line, used := "", 0
	for i, part := range parts {
		if i < len(parts)-1 || tail == "" {
			part = term.Printable(part)
		}
		w := term.Width(part)
		gap := 1
		if i == len(parts)-1 && tail != "" {
			gap = 2
		}
		if used > 0 && term.Width(head)+used+gap+w > width {
			t.line(head, line)
			head, line, used = hang, "", 0
		}
		if used > 0 {
			line += strings.Repeat(" ", gap)
			used += gap
		}
		line += part
		used += w
	}
	t.line(head, line)
}
