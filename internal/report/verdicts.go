package report

import (
	"fmt"
	"slices"
	"strings"

	"penstock/diag"
	"penstock/iam/authz"
	"penstock/internal/term"
	"penstock/prove"
)

// claims are the theorems as a person says them.
var claims = map[prove.Theorem]string{
	prove.Runs:        "It runs",
	prove.NothingMore: "Nothing more",
	prove.Gate:        "The gate holds",
	prove.Trail:       "It leaves a trace",
}

var outcomeStyle = map[prove.Outcome]term.Style{
	prove.Holds:         term.Good,
	prove.Fails:         term.Bad,
	prove.Depends:       term.Unsure,
	prove.NotApplicable: term.Faint,
	prove.NotProved:     term.Unsure,
}

// verdicts writes what became of each theorem, and what that rests on.
func (t *text) verdicts() {
	const width = 18
	for i := range t.rep.Theorems {
		r := &t.rep.Theorems[i]
		head := t.paint(term.Strong, term.Pad(claims[r.Theorem], width)) + " " + t.paint(outcomeStyle[r.Outcome], string(r.Outcome))
		if why := t.why(r); why != "" {
			head += ": "
			t.prose(head, strings.Repeat(" ", width+1), term.Plain, why)
			continue
		}
		t.line(head)
	}
	c := t.rep.Coverage
	if c.Resources > 0 {
		words := count(c.Resources, "resource") + ", all understood"
		if c.Understood < c.Resources {
			words = fmt.Sprintf("%d of %s understood", c.Understood, count(c.Resources, "resource"))
		}
		if c.Named > 0 {
			words += fmt.Sprintf(", %d of them by name alone", c.Named)
		}
		t.prose(t.paint(term.Strong, term.Pad("Coverage", width))+" ", strings.Repeat(" ", width+1), term.Plain, words)
		for _, o := range c.Opaque {
			t.prose(strings.Repeat(" ", width+1)+"- ", strings.Repeat(" ", width+3), term.Faint, "not understood: "+o)
		}
	}
	taken := slices.Clone(t.rep.Assumptions)
	for i := range t.rep.Theorems {
		for _, a := range t.rep.Theorems[i].Assumes {
			if !slices.Contains(taken, a) {
				taken = append(taken, a)
			}
		}
	}
	for i, a := range taken {
		label := ""
		if i == 0 {
			label = "Assuming"
		}
		t.prose(t.paint(term.Strong, term.Pad(label, width))+" - ", strings.Repeat(" ", width+3), term.Plain, a)
	}
}

// why says in a clause what an outcome counts.
func (t *text) why(r *prove.TheoremResult) string {
	var parts []string
	if r.Calls > 0 {
		parts = append(parts, fmt.Sprintf("%d of %s allowed", r.Allowed, count(r.Calls, "call")))
		if r.Denied > 0 {
			parts = append(parts, fmt.Sprintf("%d denied", r.Denied))
		}
		if r.Depending > 0 {
			parts = append(parts, fmt.Sprintf("%d depend on facts that are not known", r.Depending))
		}
		if rest := r.Calls - r.Allowed - r.Denied - r.Depending; rest > 0 {
			parts = append(parts, fmt.Sprintf("%d denied without stopping the pipeline", rest))
		}
	}
	if n := t.beside(r.Theorem); n > 0 && r.Theorem == prove.Runs {
		parts = append(parts, count(n, "other error"))
	}
	if r.Why != "" {
		parts = append(parts, r.Why)
	}
	return strings.Join(parts, ", ")
}

// beside counts the errors against a theorem that are not about a denied
// call.
func (t *text) beside(th prove.Theorem) int {
	n := 0
	for i := range t.rep.Findings {
		f := &t.rep.Findings[i]
		if f.Severity != diag.Error || f.Certainty == diag.Possible || f.Theorem != string(th) {
			continue
		}
		told := false
		for _, c := range t.calls {
			told = told || c.Decision.Verdict != authz.Allow && speaks(f, c)
		}
		if !told {
			n++
		}
	}
	return n
}
