package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"penstock/chain"
	"penstock/diag"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/iam/reach"
	"penstock/match"
	"penstock/prove"
	"penstock/source"
)

// A harm is one thing that somebody can do to a gate or past it.
type harm struct {
	code    string
	what    string // "approve the gate …"
	goal    string // names what it is whatever the policies say; "" is what
	verdict reach.Verdict
	missing []string
	last    []chain.Step   // by which power, or
	asks    []*iam.Request // by which requests
	likely  bool
	related []diag.Note
	fixes   []diag.Fix
}

func step(code string, g *chain.Step, what string) harm {
	return harm{code: code, what: what, verdict: g.Verdict, missing: g.Missing, last: []chain.Step{*g}}
}

func answer(code string, ans reach.Answer, what string) harm {
	h := harm{code: code, what: what, verdict: ans.Verdict, missing: ans.Missing}
	if ans.Witness != nil {
		h.asks = []*iam.Request{ans.Witness}
	}
	return h
}

// A teller states what one origin can do, each harm once, by the first chain
// that leads to it.
type teller struct {
	name   string // tells it from all others, whatever edits do
	f      *finder
	o      *origin
	look   func(*finder, *way) []harm // what the end of a way can do
	said   map[string]bool
	cutter *prove.Cutter
}

// tell states the harms at the end of a way: the certain ones in one finding,
// the worst of them first, and so the possible ones.
func (t *teller) tell(w *way, hs []harm) []diag.Finding {
	if t.said == nil {
		t.said = map[string]bool{}
	}
	var sure, open []harm
	for _, h := range hs {
		certain := h.verdict == reach.Some && w.Verdict == reach.Some
		if t.said[h.what] {
			continue
		}
		t.said[h.what] = true
		if certain {
			sure = append(sure, h)
		} else {
			open = append(open, h)
		}
	}
	var out []diag.Finding
	if len(sure) > 0 {
		out = append(out, t.finding(w, sure, true))
	}
	if len(open) > 0 {
		out = append(out, t.finding(w, open, false))
	}
	return out
}

func (t *teller) finding(w *way, hs []harm, sure bool) diag.Finding {
	slices.SortStableFunc(hs, func(a, b harm) int { return cmp.Compare(a.code, b.code) })
	worst := hs[0]
	d := diag.Finding{
		Code: worst.code, Theorem: string(prove.Gate), At: t.o.at, Severity: diag.Error, Certainty: diag.Proved, Principal: t.o.role,
	}
	if worst.likely {
		d.Certainty = diag.Likely
	}
	who := strings.Join(t.o.what[:min(2, len(t.o.what))], " and ") + ", which runs as " + prove.Short(t.o.role) + ","
	if len(w.steps) > 0 {
		who += " can become " + prove.Short(w.Actor.ARN) + " and"
	}
	d.Message = who + " can " + worst.what
	t.story(&d, w.steps)
	var goals []string
	for i, h := range hs {
		d.Related = append(d.Related, h.related...)
		d.Fixes = append(d.Fixes, h.fixes...)
		line := len(d.Trace)
		asks := t.story(&d, h.last)
		for _, q := range h.asks {
			d.Trace = append(d.Trace, t.f.request(q))
			asks = append(asks, q)
		}
		goals = append(goals, h.goal1())
		if i > 0 && len(d.Trace) > line {
			d.Trace[line] = "it can also " + h.what + ": " + d.Trace[line]
		}
		for _, q := range asks {
			if at := t.f.allowing(q); i == 0 && len(at) > 0 && d.At == t.o.at {
				d.At = at[0]
			}
		}
		if i == 0 && len(asks) > 0 {
			last := asks[len(asks)-1]
			d.Action, d.Resource = last.Action, match.Render(last.Resource)
		}
		d.Depends = merge(d.Depends, h.missing)
	}
	if len(hs) > 1 {
		d.Message += fmt.Sprintf(", and %s more", count(len(hs)-1, "thing", "things"))
	}
	if !sure {
		d.Severity, d.Certainty = diag.Warning, diag.Possible
		if d.Depends = merge(d.Depends, w.Missing); len(d.Depends) == 0 {
			d.Depends = []string{"what no template shows of " + prove.Short(w.Actor.ARN)}
		}
	} else {
		d.Depends = nil
	}
	t.cut(&d, goals, sure)
	return d
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func merge(a, b []string) []string {
	for _, s := range b {
		if s = match.Render(s); !slices.Contains(a, s) {
			a = append(a, s)
		}
	}
	return a
}

// story tells steps, and returns the requests that the actors make.
func (t *teller) story(d *diag.Finding, steps []chain.Step) []*iam.Request {
	var out []*iam.Request
	for _, ch := range t.f.graph.Tell(steps) {
		for j, sc := range ch.Scenes {
			who := sc.Service
			if who == "" {
				who = prove.Short(sc.Who.ARN)
			}
			line := who + " calls " + sc.Action
			if sc.Resource != "" && sc.Resource != "*" {
				line += " on " + match.Render(sc.Resource)
			}
			if with := settings(sc.Context); len(with) > 0 {
				line += " with " + match.Render(strings.Join(with, ", "))
			}
			line += at(sc.Allowed)
			if j == len(ch.Scenes)-1 && ch.Gives != "" {
				line += ", and " + match.Render(ch.Gives)
			}
			d.Trace = append(d.Trace, line)
			if q := &ch.Step.Witnesses[j]; q.Action != "" && sc.Service == "" {
				out = append(out, q)
			}
		}
	}
	return out
}

// settings leaves out what a reader of the resource's ARN knows.
func settings(context []string) []string {
	return slices.DeleteFunc(slices.Clone(context), func(s string) bool {
		key, _, _ := strings.Cut(strings.ToLower(s), " ")
		return key == "s3:resourceaccount" || key == "aws:resourceaccount" || key == "aws:requestedregion"
	})
}

// at names the first statement that allows a request.
func at(spans []source.Span) string {
	if len(spans) == 0 {
		return ""
	}
	return " (" + spans[0].Position().String() + ")"
}

// request is one line of a story.
func (f *finder) request(q *iam.Request) string {
	line := prove.Short(q.Principal.ARN) + " calls " + q.Action
	if q.Resource != "*" && q.Resource != "" {
		line += " on " + match.Render(q.Resource)
	}
	return line + at(f.allowing(q))
}

// allowing returns the statements that allow a request: those of the caller's
// own policies, or where none of them does those of the resource.
func (f *finder) allowing(q *iam.Request) []source.Span {
	dec := f.eng.Explain(q, authz.Collect(f.model, q))
	for _, layer := range []string{"identity", "resource", "trust"} {
		var out []source.Span
		for _, l := range dec.Layers {
			if l.Layer != layer {
				continue
			}
			for _, h := range l.Hits {
				if h.Statement.Effect == iam.Allow && h.Match != 0 && !h.Statement.Span.IsZero() && !slices.Contains(out, h.Statement.Span) {
					out = append(out, h.Statement.Span)
				}
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}
