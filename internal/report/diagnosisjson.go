package report

import (
	"encoding/json"
	"io"

	"penstock/diagnosis"
)

// diagnosesVersion changes when a program that reads the output would break;
// the schema is docs/schema/explain-1.json.
const diagnosesVersion = 1

type jsonDiagnoses struct {
	Version int             `json:"version"`
	Tool    jsonTool        `json:"tool"`
	Errors  []jsonDiagnosis `json:"errors"`
}

type jsonDiagnosis struct {
	Sentence  string `json:"sentence"`
	Form      string `json:"form"`
	Principal string `json:"principal"`
	Action    string `json:"action"`
	Resource  string `json:"resource"`
	Layer     string `json:"layer"`
	Policy    string `json:"policy"`
	Explicit  bool   `json:"explicit"`
	Service   string `json:"service"`
	Code      string `json:"code"`
	RequestID string `json:"requestId"`
	Operation string `json:"operation"`
	Encoded   string `json:"encoded"`
	Text      string `json:"text"`

	Meaning  []jsonRemark `json:"meaning"`
	Warnings []jsonRemark `json:"warnings"`

	Asked    *jsonAsked    `json:"asked"`
	Unclear  string        `json:"unclear"`
	Notes    []string      `json:"notes"`
	Mending  *jsonMending  `json:"mending"`
	Findings []jsonFinding `json:"findings"`
}

type jsonRemark struct {
	Text   string `json:"text"`
	Source string `json:"source"`
}

// jsonAsked is the call as the templates answer it: jsonAnswer without what
// the whole output says once.
type jsonAsked struct {
	Question jsonQuestion   `json:"question"`
	Verdict  string         `json:"verdict"`
	Explicit bool           `json:"explicit"`
	Layer    string         `json:"layer"`
	Reason   string         `json:"reason"`
	Missing  []string       `json:"missing"`
	Assumed  []string       `json:"assumed"`
	Notes    []string       `json:"notes"`
	Cases    []jsonScenario `json:"scenarios"`
}

type jsonMending struct {
	Fix        *jsonFix `json:"fix"`
	Neighbours int      `json:"neighbours"`
	Also       []string `json:"also"`
}

// WriteDiagnosesJSON writes the same as WriteDiagnoses for programs.
func WriteDiagnosesJSON(w io.Writer, ds []*diagnosis.Diagnosis, tool Tool) error {
	out := jsonDiagnoses{Version: diagnosesVersion, Tool: toolOf(tool), Errors: []jsonDiagnosis{}}
	for _, d := range ds {
		j, err := diagnosisOf(d, tool)
		if err != nil {
			return err
		}
		out.Errors = append(out.Errors, j)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func diagnosisOf(d *diagnosis.Diagnosis, tool Tool) (jsonDiagnosis, error) {
	x := &d.Denial
	out := jsonDiagnosis{
		Sentence: show(d.Sentence), Form: string(x.Form), Principal: x.Principal, Action: x.Action, Resource: x.Resource,
		Layer: x.Layer, Policy: x.Policy, Explicit: x.Explicit, Service: x.Service, Code: x.Code, RequestID: x.Request,
		Operation: x.Operation, Encoded: x.Encoded, Text: x.Text,
		Meaning: remarksOf(d.Meaning), Warnings: remarksOf(d.Warnings),
		Unclear: show(d.Unclear), Notes: shown(d.Notes), Findings: []jsonFinding{},
	}
	if d.Asked != nil {
		a := answerJSON(d.Asked, tool)
		out.Asked = &jsonAsked{a.Question, a.Verdict, a.Explicit, a.Layer, a.Reason, a.Missing, a.Assumed, a.Notes, a.Cases}
	}
	if d.Mending != nil {
		fix, err := jsonFixOf(d.Mending.Fix)
		if err != nil {
			return out, err
		}
		out.Mending = &jsonMending{&fix, d.Mending.Neighbours, shown(d.Mending.Also)}
	}
	for i := range d.Findings {
		f, err := jsonOf(&d.Findings[i])
		if err != nil {
			return out, err
		}
		out.Findings = append(out.Findings, f)
	}
	return out, nil
}

func remarksOf(rs []diagnosis.Remark) []jsonRemark {
	out := make([]jsonRemark, len(rs))
	for i, r := range rs {
		out[i] = jsonRemark{r.Text, r.Source}
	}
	return out
}
