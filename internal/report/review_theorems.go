package report

import (
	"fmt"
	"strings"

	"penstock/diag"
	"penstock/iam/authz"
	"penstock/prove"
	"penstock/service"
)

// theses say what each theorem claims.
var theses = map[prove.Theorem]string{
	prove.Runs:        "every call that the pipeline makes is allowed through every policy layer",
	prove.NothingMore: "no role may do more than it needs",
	prove.Gate:        "nothing that runs before an approval reaches what the approval protects",
	prove.Trail:       "what is done is recorded where the pipeline cannot reach it, and whoever weakens that is told of",
}

func moodOf(o prove.Outcome) mood {
	switch o {
	case prove.Holds:
		return good
	case prove.Fails:
		return bad
	case prove.Depends, prove.NotProved:
		return unsure
	default:
		return faint
	}
}

func (v *reviewer) verdicts() figures {
	t := newText(Text{}, newView(v.Result.Report))
	var out figures
	for i := range v.Result.Report.Theorems {
		r := &v.Result.Report.Theorems[i]
		out.items = append(out.items, figure{mood: moodOf(r.Outcome), title: claims[r.Theorem], claim: theses[r.Theorem], answer: string(r.Outcome), why: t.why(r)})
	}
	return out
}

// theorems tells the findings and what the proofs rest on.
func (v *reviewer) theorems() {
	rep := v.Result.Report
	c := rep.Coverage
	words := fmt.Sprintf("%s, all understood", count(c.Resources, "resource"))
	if c.Understood < c.Resources {
		words = fmt.Sprintf("%d of %s understood", c.Understood, count(c.Resources, "resource"))
	}
	v.add(para{say("A theorem speaks of all requests, not of a sample. Where its answer is ", bold("depends"),
		", nothing contradicts it, and it rests on facts that are in no template. The proof covers ", words, ".")})
	if n := len(v.Result.Models); n > 1 {
		v.add(para{say(fmt.Sprintf("Conditions that no parameter settles make %d scenarios, and what is said of a theorem is said of all. "+
			"What this report lists beside them is that of the first: ", n), strings.Join(v.m.Scenario, ", "), ".")})
	}
	if len(c.Opaque) > 0 {
		v.add(para{say("Not understood: ", series(codeRun, c.Opaque), ".")})
	}
	var grave, notes table
	grave.head = []string{"", "What", "Where"}
	notes.head = grave.head
	for i := range rep.Findings {
		f := &rep.Findings[i]
		what := say(f.Message)
		if f.When != "" {
			what = append(what, dim(" when "+f.When))
		}
		for _, d := range f.Depends {
			what = append(what, br, dim("depends on "+d))
		}
		sign := say(code(f.Code))
		row := []prose{sign, what, say(dim(lineOf(f.At)))}
		if f.Severity == diag.Info {
			notes.rows = append(notes.rows, row)
			continue
		}
		m := unsure
		if f.Severity == diag.Error && f.Certainty != diag.Possible {
			m = bad
		}
		row[0] = stacked(say(painted(m, f.Severity.String())), sign)
		grave.rows = append(grave.rows, row)
	}
	if len(grave.rows) > 0 {
		v.add(heading{level: 3, id: "findings", text: say("Findings")}, grave)
	} else {
		v.add(para{say("There are no errors and no warnings.")})
	}
	if len(notes.rows) > 0 {
		v.add(fold{summary: say(count(len(notes.rows), "remark") + ", for information"), blocks: []block{notes}})
	}
	v.refused()
	v.add(heading{level: 3, id: "assumed", text: say("What is taken for granted")})
	var items []prose
	seen := map[string]bool{}
	tell := func(a string, by string) {
		if seen[a] {
			return
		}
		seen[a] = true
		p := say(a)
		if by != "" {
			p = say(dim(by+": "), a)
		}
		items = append(items, p)
	}
	for _, a := range rep.Assumptions {
		tell(a, "")
	}
	for i := range rep.Theorems {
		for _, a := range rep.Theorems[i].Assumes {
			tell(a, claims[rep.Theorems[i].Theorem])
		}
	}
	if len(items) == 0 {
		items = append(items, say("Nothing."))
	}
	v.add(list{items: items})
}

// refused tells the calls of theorem one that are not allowed for certain.
func (v *reviewer) refused() {
	t := table{head: []string{"Call", "Who", "Where", "What that means"}}
	for _, c := range newView(v.Result.Report).calls {
		if c.Decision.Verdict == authz.Allow {
			continue
		}
		means := say(painted(unsure, "depends"), dim(" on "+strings.Join(c.Decision.Missing, "; ")))
		if c.Decision.Verdict == authz.Deny {
			means = say(painted(bad, "stops the pipeline"))
			switch {
			case !c.Failed() && c.Row != nil && c.Row.Need == service.Degrades:
				means = say("degrades: ", c.Row.Lost)
			case !c.Failed():
				means = say("denied, and the pipeline goes on")
			}
			means = append(means, dim(" ("+prove.Reason(c.Decision, c.Request.Action)+")"))
		}
		where := ""
		if c.Step != nil && c.Step.Stage != nil {
			where = c.Step.Stage.Name
			if c.Step.Action != nil {
				where += "/" + c.Step.Action.Name
			}
		}
		on := prose{}
		if c.Request.Resource != "*" {
			on = say(br, code(c.Request.Resource))
		}
		t.rows = append(t.rows, []prose{say(code(c.Request.Action), on), say(prove.Short(firstOf(c.Request.Principal.ARN, c.Request.Principal.Service))), say(where), means})
	}
	if len(t.rows) > 0 {
		v.add(heading{level: 3, id: "refused", text: say("Calls that are not allowed for certain")}, t)
	}
}
