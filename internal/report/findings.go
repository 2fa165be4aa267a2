package report

import (
	"fmt"
	"strings"

	"penstock/diag"
	"penstock/internal/term"
	"penstock/prove"
	"penstock/source"
)

// findings writes each finding with all that is known of it. What is said of
// a call for information only takes a line or two, unless all is shown.
func (t *text) findings() {
	for i := range t.rep.Findings {
		f := &t.rep.Findings[i]
		if t.short(f) {
			t.brief(i+1, f)
			if i+1 == len(t.rep.Findings) || !t.short(&t.rep.Findings[i+1]) {
				t.line("")
			}
			continue
		}
		t.finding1(i+1, f)
		t.line("")
	}
}

func (t *text) short(f *diag.Finding) bool {
	return f.Severity == diag.Info && f.Action != "" && !t.All
}

// brief writes a finding of a call that nothing shows to matter.
func (t *text) brief(n int, f *diag.Finding) {
	words := f.Message
	if f.Theorem == string(prove.Runs) {
		words = fmt.Sprintf("%s may not %s; AWS lists that for this action, and nothing shows that the action fails without", roleName(f.Principal, ""), f.Action)
	}
	if !f.At.IsZero() {
		words += " (" + lineOf(f.At) + ")"
	}
	t.prose(fmt.Sprintf("%d. ", n)+t.paint(term.Faint, "info "+f.Code)+": ", "   ", term.Faint, words)
}

var severityStyle = [...]term.Style{diag.Info: term.Faint, diag.Warning: term.Unsure, diag.Error: term.Bad}

func (t *text) finding1(n int, f *diag.Finding) {
	label := fmt.Sprintf("%s %s", f.Severity, f.Code)
	head := fmt.Sprintf("%d. ", n) + t.paint(severityStyle[f.Severity], label) + ": "
	t.prose(head, "   ", term.Strong, f.Message)
	t.place(f.At)
	if f.Layer != "" && f.Layer != "passrole" {
		t.field("layer", layerName(f.Layer))
	}
	if f.Certainty != diag.Proved {
		t.field("certainty", f.Certainty.String())
	}
	if f.When != "" {
		t.field("when", f.When)
	}
	if f.AWSError != "" {
		t.field("AWS shows", f.AWSError)
	}
	label = "depends on"
	for _, d := range f.Depends {
		if !strings.Contains(f.Message, d) {
			t.field(label, d)
			label = ""
		}
	}
	for i, l := range f.Trace {
		label := ""
		if i == 0 {
			label = "story"
		}
		t.field(label, fmt.Sprintf("%d. %s", i+1, l))
	}
	for _, n := range f.Related {
		// What the message says already, place and words, is not said again.
		_, words, _ := strings.Cut(n.Message, ": ")
		if n.At == f.At && words == "" && strings.Contains(f.Message, n.Message) {
			continue
		}
		if words == "" || !strings.Contains(show(f.Message), show(words)) || !strings.Contains(f.Message, lineOf(n.At)) {
			t.note(n)
		}
	}
	if f.Cut != nil {
		label = "cut"
		for _, l := range f.Cut.Lines(lineOf) {
			t.field(label, l)
			label = ""
		}
	}
	for i := range f.Fixes {
		t.fix(n, &f.Fixes[i])
	}
	if len(f.Fixes) == 0 && f.Severity != diag.Info && f.Code != "" {
		t.field("remedy", "penstock explain "+f.Code)
	}
}

// field writes a labelled line of a finding.
func (t *text) field(label, words string) {
	const width = 11
	t.prose("   "+t.paint(term.Faint, term.Pad(label, width))+" ", strings.Repeat(" ", width+4), term.Plain, words)
}

// place writes where a finding stands, with the line and the carets.
func (t *text) place(at source.Span) {
	if at.IsZero() {
		return
	}
	width := 0
	if t.Width > 0 {
		width = max(20, t.Width-8)
	}
	gutter, line, carets := snippet(at, width)
	pad := strings.Repeat(" ", len(gutter))
	t.line("   ", pad, t.paint(term.Faint, "→ "), t.paint(term.Place, at.String()))
	if line == "" {
		return
	}
	t.line("   ", t.paint(term.Faint, gutter+" │ "), line)
	t.line("   ", pad, t.paint(term.Faint, " │ "), t.paint(term.Bad, carets))
}

// lineOf returns "file:line".
func lineOf(at source.Span) string {
	if at.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s:%d", at.File.Name, at.Position().Line)
}

func (t *text) note(n diag.Note) {
	where := ""
	if !n.At.IsZero() {
		where = t.paint(term.Place, lineOf(n.At)) + " "
	}
	t.prose("   "+t.paint(term.Faint, term.Pad("see", 11))+" "+where, strings.Repeat(" ", 15), term.Plain, n.Message)
}

// patchLine makes a line of a patch fit to be shown; its tabs must stay for
// the patch to apply.
func patchLine(l string) string {
	parts := strings.Split(strings.TrimSuffix(l, "\r"), "\t")
	for i := range parts {
		parts[i] = term.Printable(parts[i])
	}
	return strings.Join(parts, "\t")
}

// fix writes a fix of finding n as a patch; one that was written before is
// named, not repeated.
func (t *text) fix(n int, f *diag.Fix) {
	p, err := patch(*f)
	if first, ok := t.patches[p]; ok && p != "" {
		t.field("fix", fmt.Sprintf("the patch of finding %d: %s", first, f.Message))
		return
	}
	t.field("fix", f.Message)
	if err != nil || p == "" {
		return
	}
	if t.patches == nil {
		t.patches = map[string]int{}
	}
	t.patches[p] = n
	for l := range strings.SplitSeq(strings.TrimSuffix(p, "\n"), "\n") {
		style := term.Plain
		switch {
		case strings.HasPrefix(l, "--- "), strings.HasPrefix(l, "+++ "):
			style = term.Strong
		case strings.HasPrefix(l, "@@"):
			style = term.Hunk
		case strings.HasPrefix(l, "+"):
			style = term.Added
		case strings.HasPrefix(l, "-"):
			style = term.Removed
		}
		t.line("   ", t.Paint.Paint(style, patchLine(l)))
	}
}
