package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"penstock/diag"
	"penstock/iam/authz"
	"penstock/service"
	"penstock/source"
)

type jsonWriter struct {
	*view
	numbers map[*service.Call]int
}

func (j *jsonWriter) pipe(p *pipe) jsonPipeline {
	out := jsonPipeline{
		Kind: p.kind, Name: show(p.name), ARN: show(p.arn), Account: show(p.account), Region: show(p.region), Type: p.typ, Role: show(p.role),
		Place: placeOf(p.at), Scenarios: [][]string{}, Before: j.steps(p.before), Stages: []jsonStage{},
	}
	for _, f := range p.facts {
		out.Scenarios = append(out.Scenarios, shown(f))
	}
	for _, s := range p.stages {
		out.Stages = append(out.Stages, jsonStage{Name: show(s.Name), Gate: gate(s), Actions: j.steps(s.steps)})
	}
	return out
}

func (j *jsonWriter) steps(steps []*step) []jsonStep {
	out := []jsonStep{}
	for _, s := range steps {
		out = append(out, j.step(s))
	}
	return out
}

func (j *jsonWriter) step(s *step) jsonStep {
	out := jsonStep{Kind: "rule", Role: show(s.Role), When: show(s.when), Calls: []jsonCall{}, Findings: []int{}, Jobs: j.steps(s.jobs)}
	for _, f := range s.found {
		if n := j.index(f.Finding); n > 0 {
			out.Findings = append(out.Findings, n)
		}
	}
	switch {
	case s.Job != nil:
		out.Kind, out.Name, out.Resource, out.Type = "job", show(nameOf(s)), s.Job.ID(), s.Job.Type
		out.Account, out.Region, out.Place = show(s.Job.Account), show(s.Job.Region), placeOf(s.Job.Span)
	case s.Action != nil:
		a := s.Action
		out.Kind, out.Name, out.Category, out.Provider, out.RunOrder = "action", show(a.Name), a.Category, show(a.Provider), a.RunOrder
		out.Account, out.Region, out.Place = show(a.Account), show(a.Region), placeOf(a.Span)
	}
	for _, c := range s.calls {
		out.Calls = append(out.Calls, j.call(c))
	}
	return out
}

func (j *jsonWriter) call(c *call) jsonCall {
	out := jsonCall{
		Number: c.number, Principal: show(principal(c.Call)), Action: c.Request.Action, Resource: show(c.Request.Resource),
		ResourceAccount: show(c.Request.ResourceAccount), What: show(c.Target.What),
		Verdict: c.Decision.Verdict.String(), Depends: []string{},
		Need: c.Row.Need.String(), Lost: c.Row.Lost, When: show(c.when), Place: placeOf(c.Target.At),
		Finding: j.finding(c),
		Row:     jsonRow{c.Row.ID, c.Row.Why, c.Row.Basis.String(), c.Row.Source},
	}
	if c.Cause != nil {
		out.Cause = j.numbers[c.Cause]
	}
	if d := &c.Decision; d.Verdict != authz.Allow {
		out.Layer, out.Explicit, out.Depends, out.Deciding = d.Layer, d.Explicit, shown(d.Missing), statementOf(d.Deciding)
	}
	return out
}

func statementOf(h *authz.Hit) *jsonStatement {
	if h == nil || h.Statement == nil {
		return nil
	}
	s := &jsonStatement{
		Place: placeOf(h.Statement.Span), Sid: show(h.Statement.Sid), Index: h.Statement.Index, Effect: h.Statement.Effect.String(),
		Match: h.Match.String(), Element: h.Element, Why: show(h.Why),
	}
	if h.Condition != nil {
		s.Condition = h.Condition.Operator + " " + h.Condition.Key
	}
	return s
}

func jsonOf(f *diag.Finding) (jsonFinding, error) {
	out := jsonFinding{
		Code: f.Code, Theorem: f.Theorem, Severity: f.Severity.String(), Certainty: f.Certainty.String(), Message: show(f.Message),
		Place: placeOf(f.At), Principal: show(f.Principal), Action: f.Action, Resource: show(f.Resource), Layer: f.Layer,
		AWSError: show(f.AWSError), When: show(f.When), Depends: shown(f.Depends), Trace: shown(f.Trace),
		Others: []jsonFix{},
	}
	out.Related = jsonNotes(f.Related)
	out.Cut = jsonCutOf(f.Cut)
	for i, x := range f.Fixes {
		fix, err := jsonFixOf(x)
		if err != nil {
			return out, fmt.Errorf("rendering the fix of %s: %w", f.Code, err)
		}
		if i == 0 {
			out.Fix = &fix
		} else {
			out.Others = append(out.Others, fix)
		}
	}
	return out, nil
}

func jsonCutOf(c *diag.Cut) *jsonCut {
	if c == nil {
		return nil
	}
	out := &jsonCut{jsonNotes(c.Parts), c.Smallest, [][]jsonNote{}, c.Ways, c.Many, shown(c.Stops), show(c.Advice), shown(c.Left)}
	for _, o := range c.Others {
		out.Others = append(out.Others, jsonNotes(o))
	}
	return out
}

func jsonNotes(ns []diag.Note) []jsonNote {
	out := []jsonNote{}
	for _, n := range ns {
		out = append(out, jsonNote{placeOf(n.At), show(n.Message)})
	}
	return out
}

func jsonFixOf(x diag.Fix) (jsonFix, error) {
	p, err := patch(x)
	if err != nil {
		return jsonFix{}, err
	}
	fix := jsonFix{Message: show(x.Message), Safe: x.Safe, Edits: []jsonEdit{}, Patch: p}
	for _, e := range x.Edits {
		pos := placeOf(e.Span)
		fix.Edits = append(fix.Edits, jsonEdit{pos.File, e.Span.Start, e.Span.End, pos.Line, pos.Column, e.New})
	}
	return fix, nil
}

func placeOf(s source.Span) *jsonPlace {
	if s.IsZero() {
		return nil
	}
	p := &jsonPlace{File: s.File.Name}
	p.Line, p.Column = lineColumn(s.File, s.Start)
	p.EndLine, p.EndColumn = lineColumn(s.File, s.End)
	return p
}

// lineColumn returns where an offset stands, with the column in characters.
func lineColumn(f *source.File, off int) (line, column int) {
	pos := f.Position(off)
	start := f.Offset(pos.Line, 1)
	return pos.Line, utf8.RuneCount(f.Data[start:max(start, min(off, len(f.Data)))]) + 1
}

// shown makes a list fit to be shown; it is never null.
func shown(ss []string) []string {
	out := make([]string, 0, len(ss))
	for _, s := range ss {
		out = append(out, strings.ToValidUTF8(show(s), "\uFFFD"))
	}
	return out
}
