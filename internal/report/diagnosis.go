package report

import (
	"fmt"
	"io"
	"strings"

	"penstock/diagnosis"
	"penstock/iam/authz"
	"penstock/internal/term"
)

// WriteDiagnoses writes what is behind the denials that a text tells of.
func WriteDiagnoses(w io.Writer, ds []*diagnosis.Diagnosis, opt Text) error {
	t := newText(opt, &view{})
	for i, d := range ds {
		if i > 0 {
			t.line("")
		}
		t.diagnosis(i+1, d)
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

func (t *text) diagnosis(n int, d *diagnosis.Diagnosis) {
	t.prose("", "", term.Strong, d.Sentence)
	t.line("")
	for _, r := range d.Meaning {
		t.remark("meaning", r)
	}
	for _, r := range d.Warnings {
		t.remark("beware", r)
	}
	if d.Denial.Code != "" || d.Denial.Request != "" {
		t.field("error", strings.TrimSpace(d.Denial.Code+"  "+d.Denial.Request))
	}
	for _, s := range d.Notes {
		t.field("templates", s)
	}
	if d.Unclear != "" {
		t.field("templates", "they cannot be asked about one call: "+d.Unclear)
	}
	if d.Asked != nil {
		t.asked(n, d)
	}
	if len(d.Findings) > 0 {
		t.line("")
		t.prose("", "", term.Plain, "The proof of the pipelines finds this, which fits the error:")
		for i := range d.Findings {
			t.line("")
			t.finding1(i+1, &d.Findings[i])
		}
	}
}

func (t *text) remark(label string, r diagnosis.Remark) {
	t.field(label, r.Text)
	if r.Source != "" {
		t.field("", r.Source)
	}
}

// asked writes the call as the templates answer it, and the patch.
func (t *text) asked(n int, d *diagnosis.Diagnosis) {
	t.line("")
	t.answer(d.Asked)
	if d.Asked.Verdict() != authz.Deny {
		return
	}
	t.line("")
	if d.Mending == nil {
		t.prose("", "", term.Plain, "No patch of these templates can be written that lets the call through.")
		return
	}
	t.fix(n, &d.Mending.Fix)
	proved := fmt.Sprintf("applied in memory and decided again: the call is then allowed; of %d calls next to it (other callers, other actions, other resources)", d.Mending.Neighbours)
	if len(d.Mending.Also) == 0 {
		t.field("proved", proved+" none is decided otherwise than before")
		return
	}
	t.field("proved", fmt.Sprintf("%s %d are decided otherwise than before:", proved, len(d.Mending.Also)))
	const most = 10
	for i, a := range d.Mending.Also {
		if i == most {
			t.field("", fmt.Sprintf("… and %d more", len(d.Mending.Also)-most))
			break
		}
		t.field("", a)
	}
}
