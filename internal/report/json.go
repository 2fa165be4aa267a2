package report

import (
	"encoding/json"
	"io"

	"penstock/iam/facts"
	"penstock/prove"
	"penstock/service"
)

// jsonVersion changes when a program that reads the output would break; the
// schema is docs/schema/prove-1.json.
const jsonVersion = 1

// A Tool says what made a report.
type Tool struct {
	Version string // of Penstock
	Facts   []facts.Version
}

type jsonReport struct {
	Version     int            `json:"version"`
	Tool        jsonTool       `json:"tool"`
	Theorems    []jsonTheorem  `json:"theorems"`
	Pipelines   []jsonPipeline `json:"pipelines"`
	Findings    []jsonFinding  `json:"findings"`
	Assumptions []string       `json:"assumptions"`
	Coverage    jsonCoverage   `json:"coverage"`
}

type jsonTool struct {
	Name    string     `json:"name"`
	Version string     `json:"version"`
	Facts   []jsonFact `json:"facts"`
}

type jsonFact struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Date    string `json:"date"`
}

type jsonTheorem struct {
	Theorem   prove.Theorem `json:"theorem"`
	Outcome   prove.Outcome `json:"outcome"`
	Why       string        `json:"why"`
	Calls     int           `json:"calls"`
	Allowed   int           `json:"allowed"`
	Denied    int           `json:"denied"`
	Depending int           `json:"depending"`
	Assumes   []string      `json:"assumes"`
}

type jsonCoverage struct {
	Resources     int      `json:"resources"`
	Understood    int      `json:"understood"`
	ByName        int      `json:"byName"`
	NotUnderstood []string `json:"notUnderstood"`
}

type jsonPipeline struct {
	Kind      string      `json:"kind"` // CloudFormation type, or what an entry point that is no resource is called
	Name      string      `json:"name"`
	ARN       string      `json:"arn"`
	Account   string      `json:"account"`
	Region    string      `json:"region"`
	Type      string      `json:"type"`
	Role      string      `json:"role"`
	Place     *jsonPlace  `json:"place"`
	Scenarios [][]string  `json:"scenarios"`
	Before    []jsonStep  `json:"before"`
	Stages    []jsonStage `json:"stages"`
}

type jsonStage struct {
	Name    string     `json:"name"`
	Gate    bool       `json:"gate"`
	Actions []jsonStep `json:"actions"`
}

type jsonStep struct {
	Kind     string     `json:"kind"` // action, rule, job
	Name     string     `json:"name"`
	Category string     `json:"category,omitempty"`
	Provider string     `json:"provider,omitempty"`
	RunOrder int        `json:"runOrder,omitempty"`
	Resource string     `json:"resource,omitempty"` // stack/LogicalId of a job
	Type     string     `json:"type,omitempty"`     // CloudFormation type of a job
	Role     string     `json:"role"`
	Account  string     `json:"account,omitempty"`
	Region   string     `json:"region,omitempty"`
	When     string     `json:"when"`
	Place    *jsonPlace `json:"place"`
	Calls    []jsonCall `json:"calls"`
	Findings []int      `json:"findings"` // what it met beside policies: indexes from 1 into findings
	Jobs     []jsonStep `json:"jobs"`
}

type jsonCall struct {
	Number          int            `json:"number"`
	Principal       string         `json:"principal"`
	Action          string         `json:"action"`
	Resource        string         `json:"resource"`
	ResourceAccount string         `json:"resourceAccount"`
	What            string         `json:"what"`
	Verdict         string         `json:"verdict"`
	Layer           string         `json:"layer"`
	Explicit        bool           `json:"explicit"`
	Depends         []string       `json:"depends"`
	Deciding        *jsonStatement `json:"deciding"`
	Need            string         `json:"need"`
	Lost            string         `json:"lost"`
	When            string         `json:"when"`
	Place           *jsonPlace     `json:"place"`
	Cause           int            `json:"cause"`   // number of the call that causes this one; 0 for none
	Finding         int            `json:"finding"` // index from 1 into findings; 0 for none
	Row             jsonRow        `json:"row"`
}

type jsonRow struct {
	ID     string `json:"id"`
	Why    string `json:"why"`
	Basis  string `json:"basis"`
	Source string `json:"source"`
}

type jsonStatement struct {
	Place     *jsonPlace `json:"place"`
	Sid       string     `json:"sid"`
	Index     int        `json:"index"`
	Effect    string     `json:"effect"`
	Match     string     `json:"match"`
	Element   string     `json:"element"`
	Condition string     `json:"condition"`
	Why       string     `json:"why"`
}

type jsonFinding struct {
	Code      string     `json:"code"`
	Theorem   string     `json:"theorem"`
	Severity  string     `json:"severity"`
	Certainty string     `json:"certainty"`
	Message   string     `json:"message"`
	Place     *jsonPlace `json:"place"`
	Principal string     `json:"principal"`
	Action    string     `json:"action"`
	Resource  string     `json:"resource"`
	Layer     string     `json:"layer"`
	AWSError  string     `json:"awsError"`
	When      string     `json:"when"`
	Depends   []string   `json:"depends"`
	Trace     []string   `json:"trace"`
	Related   []jsonNote `json:"related"`
	Fix       *jsonFix   `json:"fix"`
	Others    []jsonFix  `json:"otherFixes"`
	Cut       *jsonCut   `json:"cut"`
}

type jsonCut struct {
	Parts    []jsonNote   `json:"parts"`
	Smallest bool         `json:"smallest"`
	Others   [][]jsonNote `json:"others"`
	Ways     int          `json:"ways"`
	Many     bool         `json:"many"`
	Stops    []string     `json:"stops"`
	Advice   string       `json:"advice"`
	Left     []string     `json:"left"`
}

type jsonNote struct {
	Place   *jsonPlace `json:"place"`
	Message string     `json:"message"`
}

type jsonFix struct {
	Message string     `json:"message"`
	Safe    bool       `json:"safe"`
	Edits   []jsonEdit `json:"edits"`
	Patch   string     `json:"patch"`
}

// A jsonEdit replaces the bytes [start,end) of file by new. Line and column
// are those of start.
type jsonEdit struct {
	File   string `json:"file"`
	Start  int    `json:"start"`
	End    int    `json:"end"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	New    string `json:"new"`
}

// A jsonPlace counts lines from 1 and columns, in characters, from 1; the end
// is behind the last character.
type jsonPlace struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"endLine"`
	EndColumn int    `json:"endColumn"`
}

// WriteJSON writes a report for a program.
func WriteJSON(w io.Writer, rep *prove.Report, tool Tool) error {
	v := newView(rep)
	out := jsonReport{
		Version:     jsonVersion,
		Tool:        jsonTool{Name: "penstock", Version: tool.Version, Facts: []jsonFact{}},
		Theorems:    []jsonTheorem{},
		Pipelines:   []jsonPipeline{},
		Findings:    []jsonFinding{},
		Assumptions: shown(rep.Assumptions),
		Coverage:    jsonCoverage{rep.Coverage.Resources, rep.Coverage.Understood, rep.Coverage.Named, shown(rep.Coverage.Opaque)},
	}
	for _, f := range tool.Facts {
		out.Tool.Facts = append(out.Tool.Facts, jsonFact{f.Name, f.Version, f.Date})
	}
	for i := range rep.Theorems {
		r := &rep.Theorems[i]
		out.Theorems = append(out.Theorems, jsonTheorem{r.Theorem, r.Outcome, r.Why, r.Calls, r.Allowed, r.Denied, r.Depending, shown(r.Assumes)})
	}
	j := &jsonWriter{view: v, numbers: map[*service.Call]int{}}
	for _, c := range v.calls {
		j.numbers[c.Call.Call] = c.number
	}
	for _, p := range v.pipes {
		out.Pipelines = append(out.Pipelines, j.pipe(p))
	}
	for i := range rep.Findings {
		f, err := jsonOf(&rep.Findings[i])
		if err != nil {
			return err
		}
		out.Findings = append(out.Findings, f)
	}
	return encode(w, out)
}

// encode writes a value as indented JSON that keeps <, > and & as they are.
func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
