package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/internal/term"
	"penstock/prove"
)

// Text says how a report is drawn for a person.
type Text struct {
	Paint term.Painter
	Width int  // columns to break prose at; below 40 nothing is broken
	All   bool // allowed calls too
}

// WriteText draws a report: the pipelines, then the findings, then what
// became of each theorem.
func WriteText(w io.Writer, rep *prove.Report, opt Text) error {
	t := newText(opt, newView(rep))
	for _, p := range t.pipes {
		if p.alone && !busy(p.before) {
			continue // nothing to draw; a finding about it speaks for itself
		}
		t.pipe(p)
		t.line("")
	}
	t.findings()
	t.verdicts()
	_, err := io.WriteString(w, t.b.String())
	return err
}

type text struct {
	Text
	*view
	b       strings.Builder
	patches map[string]int // those written, with the finding
}

func newText(opt Text, v *view) *text {
	if opt.Width < 40 {
		opt.Width = 0
	}
	return &text{Text: opt, view: v}
}

func (t *text) line(parts ...string) {
	for _, p := range parts {
		t.b.WriteString(p)
	}
	t.b.WriteByte('\n')
}

func (t *text) paint(s term.Style, text string) string { return t.Paint.Paint(s, term.Printable(text)) }

// prose writes words broken at the width: head before the first line, and
// hang before each other.
func (t *text) prose(head, hang string, style term.Style, words string) {
	first, width := 0, 0
	if t.Width > 0 {
		first, width = max(20, t.Width-term.Width(head)), max(20, t.Width-term.Width(hang))
	}
	for i, l := range term.Wrap(term.Printable(show(words)), first, width) {
		if i > 0 {
			head = hang
		}
		t.line(head, t.Paint.Paint(style, l))
	}
}

// The signs of the drawing. Each stands beside a word that says the same.
var signs = map[mark]struct {
	sign  string
	style term.Style
	word  string
}{
	allowed:  {"✓", term.Good, "allowed"},
	denied:   {"✗", term.Bad, "denied"},
	degraded: {"!", term.Unsure, "denied"},
	listed:   {"·", term.Faint, "denied"},
	depends:  {"?", term.Unsure, "depends"},
}

func (t *text) pipe(p *pipe) {
	var facts []string
	if p.typ != "" {
		facts = append(facts, p.typ)
	}
	for _, f := range []string{accountNote(p.account), show(p.region)} {
		if f != "" {
			facts = append(facts, f)
		}
	}
	t.line(t.paint(term.Strong, kindName(p.kind)+" "+show(p.name)), t.paint(term.Faint, "  "+strings.Join(facts, " · ")))
	var where []string
	if p.role != "" {
		where = append(where, "role "+roleName(p.role, p.account))
	}
	if !p.at.IsZero() {
		where = append(where, lineOf(p.at))
	}
	if len(where) > 0 {
		t.line(t.paint(term.Faint, "  "+strings.Join(where, " · ")))
	}
	if len(p.facts) > 1 {
		t.prose("  ", "  ", term.Faint, fmt.Sprintf("%d scenarios, since the templates leave these open: %s", len(p.facts), open(p.facts)))
	}
	t.line("")
	if p.alone {
		for _, s := range p.before {
			t.step(s, p, "  ", s.Job != nil && s.Job != p.resource)
		}
		return
	}
	if busy(p.before) {
		t.line("○ ", t.paint(term.Strong, "before the first stage"))
		for _, s := range p.before {
			t.step(s, p, "│   ", s.Job != nil && s.Job != p.resource)
		}
		t.line("│")
	}
	for i, st := range p.stages {
		t.stage(p, st, i == len(p.stages)-1)
	}
}

func accountNote(account string) string {
	if account == "" {
		return ""
	}
	return "account " + show(account)
}

// kindName names a kind of resource as a person does: "CodeBuild project".
func kindName(kind string) string {
	if kind == pipelineType {
		return "Pipeline"
	}
	svc, ok := strings.CutPrefix(kind, "AWS::")
	if !ok {
		return show(kind)
	}
	svc, typ, _ := strings.Cut(svc, "::")
	return svc + " " + strings.ToLower(typ[:min(1, len(typ))]) + typ[min(1, len(typ)):]
}

// open names the facts that differ between scenarios, by what they are about.
func open(facts [][]string) string {
	var names []string
	for _, fs := range facts {
		for _, f := range fs {
			name, _, _ := strings.Cut(f, " is ")
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return strings.Join(names, ", ")
}

// busy reports whether any step makes a call or meets a cause.
func busy(steps []*step) bool {
	return slices.ContainsFunc(steps, func(s *step) bool { return len(s.calls) > 0 || len(s.jobs) > 0 || len(s.found) > 0 })
}

func (t *text) stage(p *pipe, st *stage, last bool) {
	sign, note := "●", ""
	if gate(st) {
		sign, note = "◆", "  a gate: waits for a person"
	}
	t.line(sign, " ", t.paint(term.Strong, show(st.Name)), t.paint(term.Faint, note), t.condition(st.when))
	ordered := orders(st)
	for i, s := range st.steps {
		branch, rail := "├─ ", "│    "
		if i == len(st.steps)-1 {
			if last {
				branch, rail = "└─ ", "     "
			}
		}
		t.line(branch, t.title(p, s, ordered), t.condition(s.when))
		t.step(s, p, rail, false)
	}
	if !last {
		t.line("│")
	}
}

// gate reports whether all that a stage does is wait for a person.
func gate(st *stage) bool {
	return len(st.steps) > 0 && !slices.ContainsFunc(st.steps, func(s *step) bool { return s.Action == nil || !s.Action.Gate() })
}

// orders reports whether the actions of a stage run one after another, so
// that their order is worth showing.
func orders(st *stage) bool {
	first := 0
	for _, s := range st.steps {
		if s.Action == nil {
			continue
		}
		if first == 0 {
			first = s.Action.RunOrder
		} else if s.Action.RunOrder != first {
			return true
		}
	}
	return false
}

// title names an action: provider, role, and the account where it is not the
// pipeline's.
func (t *text) title(p *pipe, s *step, ordered bool) string {
	if s.Action == nil {
		return t.paint(term.Strong, "condition") + t.paint(term.Faint, roleNote(s.Role, p))
	}
	a := s.Action
	name := show(a.Name)
	if ordered {
		name = fmt.Sprintf("%d. %s", a.RunOrder, name)
	}
	note := " · " + providerName(a.Provider)
	if a.Region != p.region && a.Region != "" {
		note += " · " + show(a.Region)
	}
	if !a.Gate() || len(s.calls) > 0 {
		note += roleNote(s.Role, p)
	}
	return t.paint(term.Strong, name) + t.paint(term.Faint, note)
}

func providerName(p string) string {
	if p == "Manual" {
		return "manual approval"
	}
	return show(p)
}

func roleNote(role string, p *pipe) string {
	if role == "" {
		return ""
	}
	return " · role " + roleName(role, p.account)
}

// roleName is a role without what a reader knows: its account, where that is
// home.
func roleName(role, home string) string {
	a, err := arn.Parse(role)
	if err != nil {
		return show(role)
	}
	if a.Account != home && a.Account != "" {
		return fmt.Sprintf("%s in account %s", show(a.Name()), show(a.Account))
	}
	return show(a.Name())
}

func (t *text) condition(when string) string {
	if when == "" {
		return ""
	}
	return t.paint(term.Unsure, "  when "+show(when))
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
