package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"penstock/iam"
	"penstock/iam/authz"
	"penstock/internal/term"
	"penstock/match"
	"penstock/prove"
	"penstock/query"
)

// WriteAnswer writes what became of one question: the call, each layer with
// the statements that matched or nearly matched, and the verdict.
func WriteAnswer(w io.Writer, a *query.Answer, opt Text) error {
	t := newText(opt, &view{})
	t.answer(a)
	_, err := io.WriteString(w, t.b.String())
	return err
}

var verdictMarks = map[authz.Verdict]mark{authz.Allow: allowed, authz.Deny: denied, authz.Depends: depends}

func (t *text) answer(a *query.Answer) {
	c := a.Main()
	m := verdictMarks[a.Verdict()]
	t.prose(t.paint(signs[m].style, signs[m].sign)+" ", "  ", term.Strong, Sentence(a))
	t.line("")
	t.fact("caller", Caller(&c.Request))
	t.fact("action", c.Request.Action)
	t.fact("on", c.Request.Resource)
	if c.Request.ResourceAccount != "" {
		t.fact("", "in account "+c.Request.ResourceAccount)
	}
	t.context(&c.Request)
	for i, s := range a.Assumed {
		label := ""
		if i == 0 {
			label = "assumed"
		}
		t.fact(label, s)
	}
	for i, s := range a.Notes {
		label := ""
		if i == 0 {
			label = "note"
		}
		t.fact(label, s)
	}
	t.line("")
	for i, l := range c.Decision.Layers {
		t.layer(i+1, l)
	}
	own := verdictMarks[c.Decision.Verdict]
	t.prose("   "+t.paint(signs[own].style, "→ "), "     ", signs[own].style, signs[own].word+because(c))
	if c.Decision.Verdict == authz.Depends {
		for _, x := range c.Decision.Missing {
			t.prose("     - ", "       ", term.Plain, match.Render(x))
		}
	}
	if e := authz.AccessDenied(&c.Request, c.Decision, ""); e != "" {
		t.prose("     ", "     ", term.Faint, "AWS says: "+e)
	}
	t.cases(a, c)
}

// cases lists the scenarios, where there are several.
func (t *text) cases(a *query.Answer, main *query.Case) {
	if len(a.Cases) < 2 {
		return
	}
	t.line("")
	for i := range a.Cases {
		c := &a.Cases[i]
		when := "when " + strings.Join(shown(c.Scenario), " and ")
		if len(c.Scenario) == 0 {
			when = "as the templates stand"
		}
		if c.Absent != "" {
			t.prose("   · ", "     ", term.Faint, when+": "+c.Absent)
			continue
		}
		m := verdictMarks[c.Decision.Verdict]
		words := when + ": " + signs[m].word
		if c == main {
			words += " (the trace above)"
		}
		t.prose("   "+t.paint(signs[m].style, signs[m].sign)+" ", "     ", term.Plain, words)
	}
}

// because says in a clause why a case is not allowed.
func because(c *query.Case) string {
	switch c.Decision.Verdict {
	case authz.Deny:
		return ": " + show(prove.Reason(c.Decision, c.Request.Action))
	case authz.Depends:
		return " on"
	default:
		return ""
	}
}

// Sentence says the answer to a question in one sentence.
func Sentence(a *query.Answer) string {
	c := a.Main()
	verb := "may"
	switch a.Verdict() {
	case authz.Deny:
		verb = "may not"
	case authz.Depends:
		verb = "may or may not"
	}
	on := ""
	if c.Request.Resource != "*" {
		on = " on " + match.Render(c.Request.Resource)
	}
	return fmt.Sprintf("%s %s %s%s", Caller(&c.Request), verb, c.Request.Action, on)
}

// Caller names the principal of a request for a person.
func Caller(q *iam.Request) string {
	switch {
	case q.Principal.Service != "":
		return q.Principal.Service
	case q.Principal.ARN == "":
		return "an anonymous caller"
	default:
		return match.Render(q.Principal.ARN)
	}
}

// answerVersion changes when a program that reads the output would break; the
// schema is docs/schema/can-1.json.
const answerVersion = 1

type jsonAnswer struct {
	Version  int            `json:"version"`
	Tool     jsonTool       `json:"tool"`
	Question jsonQuestion   `json:"question"`
	Verdict  string         `json:"verdict"`
	Explicit bool           `json:"explicit"`
	Layer    string         `json:"layer"`
	Reason   string         `json:"reason"`
	AWSError string         `json:"awsError"`
	Missing  []string       `json:"missing"`
	Assumed  []string       `json:"assumed"`
	Notes    []string       `json:"notes"`
	Cases    []jsonScenario `json:"scenarios"`
}

type jsonQuestion struct {
	Principal       string         `json:"principal"`
	Action          string         `json:"action"`
	Resource        string         `json:"resource"`
	ResourceAccount string         `json:"resourceAccount"`
	Context         map[string]any `json:"context"`
}

type jsonScenario struct {
	When    []string    `json:"when"`
	Absent  string      `json:"absent"`
	Verdict string      `json:"verdict"`
	Layers  []jsonLayer `json:"layers"`
}

type jsonLayer struct {
	Layer      string           `json:"layer"`
	Applies    bool             `json:"applies"`
	Allows     string           `json:"allows"`
	Denies     string           `json:"denies"`
	Note       string           `json:"note"`
	Statements []*jsonStatement `json:"statements"`
}

// WriteAnswerJSON writes the same for programs.
func WriteAnswerJSON(w io.Writer, a *query.Answer, tool Tool) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(answerJSON(a, tool))
}

func answerJSON(a *query.Answer, tool Tool) jsonAnswer {
	c := a.Main()
	out := jsonAnswer{
		Version: answerVersion, Tool: toolOf(tool), Verdict: a.Verdict().String(),
		Question: jsonQuestion{show(Caller(&c.Request)), c.Request.Action, show(c.Request.Resource), show(c.Request.ResourceAccount), map[string]any{}},
		Explicit: c.Decision.Explicit, Layer: c.Decision.Layer, Reason: strings.TrimPrefix(because(c), ": "),
		AWSError: authz.AccessDenied(&c.Request, c.Decision, ""),
		Missing:  shown(a.Missing()), Assumed: shown(a.Assumed), Notes: shown(a.Notes), Cases: []jsonScenario{},
	}
	if c.Decision.Verdict == authz.Depends {
		out.Reason = show(prove.Reason(c.Decision, c.Request.Action))
	}
	for k, v := range c.Request.Context.All() {
		switch {
		case v.State == iam.Absent:
			out.Question.Context[k] = nil
		case v.State != iam.Known:
		case v.Multi:
			out.Question.Context[k] = shown(v.Values)
		case len(v.Values) == 1:
			out.Question.Context[k] = show(v.Values[0])
		}
	}
	for i := range a.Cases {
		c := &a.Cases[i]
		s := jsonScenario{When: shown(c.Scenario), Absent: show(c.Absent), Layers: []jsonLayer{}}
		if c.Absent == "" {
			s.Verdict = c.Decision.Verdict.String()
		}
		for _, l := range c.Decision.Layers {
			jl := jsonLayer{l.Layer, l.Applies, l.Allows.String(), l.Denies.String(), show(l.Note), []*jsonStatement{}}
			for i := range l.Hits {
				jl.Statements = append(jl.Statements, statementOf(&l.Hits[i]))
			}
			s.Layers = append(s.Layers, jl)
		}
		out.Cases = append(out.Cases, s)
	}
	return out
}

func toolOf(tool Tool) jsonTool {
	t := jsonTool{Name: "penstock", Version: tool.Version, Facts: []jsonFact{}}
	for _, v := range tool.Facts {
		t.Facts = append(t.Facts, jsonFact{v.Name, v.Version, v.Date})
	}
	return t
}
