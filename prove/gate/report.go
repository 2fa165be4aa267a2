package gate

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/chain"
	"penstock/diag"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/iam/reach"
	"penstock/match"
	"penstock/prove"
	"penstock/source"
)

// report states what an origin can do by the last step g of a chain.
func (f *finder) report(s *side, o *origin, w *way, g *chain.Step, code, what string) diag.Finding {
	d := f.finding(o, w, code, what)
	for i := range g.Witnesses {
		d.Trace = append(d.Trace, request(&g.Witnesses[i]))
	}
	if len(g.Witnesses) > 0 {
		f.name(&d, &g.Witnesses[len(g.Witnesses)-1])
	}
	if g.Verdict != reach.Some {
		unsure(&d, g.Missing)
	}
	f.cut(&d, o, w, lastOf(g.Witnesses))
	return d
}

// answer states what an origin can do by one request more.
func (f *finder) answer(s *side, o *origin, w *way, ans reach.Answer, code, what string) diag.Finding {
	d := f.finding(o, w, code, what)
	if ans.Witness != nil {
		d.Trace = append(d.Trace, request(ans.Witness))
		f.name(&d, ans.Witness)
	}
	if ans.Verdict != reach.Some {
		unsure(&d, ans.Missing)
	}
	f.cut(&d, o, w, ans.Witness)
	return d
}

func lastOf(qs []iam.Request) *iam.Request {
	if len(qs) == 0 {
		return nil
	}
	return &qs[len(qs)-1]
}

// finding is what every finding of a chain has: who starts it, and the story.
func (f *finder) finding(o *origin, w *way, code, what string) diag.Finding {
	d := diag.Finding{
		Code: code, Theorem: string(prove.Gate), At: o.at, Severity: diag.Error, Certainty: diag.Proved, Principal: o.role,
	}
	who := strings.Join(o.what[:min(2, len(o.what))], " and ") + ", which runs as " + principal(o.role) + ","
	if len(w.steps) > 0 {
		who += fmt.Sprintf(" can become %s and", principal(w.Actor.ARN))
	}
	d.Message = fmt.Sprintf("%s can %s", who, what)
	for i := range w.steps {
		st := &w.steps[i]
		for j := range st.Witnesses {
			line := request(&st.Witnesses[j])
			if j == len(st.Witnesses)-1 {
				line += ", and so acts as " + principal(st.Gain.Principal)
			}
			d.Trace = append(d.Trace, line)
		}
	}
	if w.Verdict != reach.Some {
		unsure(&d, w.Missing)
	}
	return d
}

func unsure(d *diag.Finding, missing []string) {
	d.Severity, d.Certainty = diag.Warning, diag.Possible
	for _, m := range missing {
		if !slices.Contains(d.Depends, m) {
			d.Depends = append(d.Depends, m)
		}
	}
}

func (f *finder) name(d *diag.Finding, q *iam.Request) {
	d.Action, d.Resource = q.Action, match.Render(q.Resource)
}

// request is one step of a story.
func request(q *iam.Request) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s calls %s", principal(q.Principal.ARN), q.Action)
	if q.Resource != "*" && q.Resource != "" {
		fmt.Fprintf(&b, " on %s", match.Render(q.Resource))
	}
	return b.String()
}

// principal names a principal without what a reader knows anyway.
func principal(s string) string {
	a, err := arn.Parse(s)
	if err != nil {
		return match.Render(s)
	}
	kind, _, ok := strings.Cut(a.Resource, "/")
	if !ok {
		return match.Render(s)
	}
	return fmt.Sprintf("%s %s of account %s", kind, match.Render(a.Name()), match.Render(a.Account))
}

// cut names the smallest cut that breaks a chain: the statements that allow
// the step of it that fewest statements allow.
func (f *finder) cut(d *diag.Finding, o *origin, w *way, last *iam.Request) {
	var steps []*iam.Request
	for i := range w.steps {
		for j := range w.steps[i].Witnesses {
			steps = append(steps, &w.steps[i].Witnesses[j])
		}
	}
	if last != nil {
		steps = append(steps, last)
	}
	var best []source.Span
	var at *iam.Request
	for _, q := range steps {
		spans := f.allowing(q)
		if len(spans) > 0 && (best == nil || len(spans) < len(best)) {
			best, at = spans, q
		}
	}
	for i, sp := range best {
		msg := "cut here: without this statement " + principal(at.Principal.ARN) + " cannot " + at.Action
		if len(best) > 1 {
			msg = fmt.Sprintf("cut here, and at the %d others: with none of them %s can %s", len(best)-1, principal(at.Principal.ARN), at.Action)
		}
		if i == 0 {
			d.At = sp
		}
		d.Related = append(d.Related, diag.Note{At: sp, Message: msg})
	}
}

// allowing returns the statements that allow a request.
func (f *finder) allowing(q *iam.Request) []source.Span {
	dec := f.eng.Explain(q, authz.Collect(f.model, q))
	var out []source.Span
	for _, l := range dec.Layers {
		if l.Layer != "identity" && l.Layer != "resource" && l.Layer != "trust" {
			continue
		}
		for _, h := range l.Hits {
			if h.Statement.Effect == iam.Allow && h.Match != 0 && !h.Statement.Span.IsZero() && !slices.Contains(out, h.Statement.Span) {
				out = append(out, h.Statement.Span)
			}
		}
		if len(out) > 0 && l.Layer == "identity" {
			break
		}
	}
	return out
}
