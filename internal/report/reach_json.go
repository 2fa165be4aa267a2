package report

import (
	"encoding/json"
	"io"

	"penstock/arn"
	"penstock/chain"
	"penstock/source"
)

// reachVersion changes when a program that reads the output would break; the
// schema is docs/schema/reach-1.json.
const reachVersion = 1

type jsonReach struct {
	Version    int             `json:"version"`
	Tool       jsonTool        `json:"tool"`
	From       string          `json:"from"`
	To         string          `json:"to"`
	Reached    string          `json:"reached"` // "some", "depends", "none", "" without to
	Principals []jsonReached   `json:"principals"`
	Items      []jsonReachItem `json:"items"`
	Hidden     map[string]int  `json:"hidden"`
	Cut        *jsonCut        `json:"cut"` // what ends every way to To; null where there is none
}

type jsonReached struct {
	ID       int         `json:"id"`
	Name     string      `json:"name"`
	ARN      string      `json:"arn"`
	Account  string      `json:"account"`
	Declared bool        `json:"declared"`
	Verdict  string      `json:"verdict"`
	Missing  []string    `json:"missing"`
	Via      int         `json:"via"`   // id of who takes the step, -1 for a root
	Needs    int         `json:"needs"` // id of the principal whose rights are changed, -1 for none
	Power    string      `json:"power"`
	Gives    string      `json:"gives"`
	Requests []jsonScene `json:"requests"`
}

type jsonScene struct {
	Caller   string          `json:"caller"`
	Action   string          `json:"action"`
	Resource string          `json:"resource"`
	Context  []string        `json:"context"`
	Why      string          `json:"why"`
	Allowed  []jsonReachedAt `json:"allowed"`
}

type jsonReachedAt struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

type jsonReachItem struct {
	Harm      string         `json:"harm"`
	What      string         `json:"what"`
	How       string         `json:"how"`
	Why       string         `json:"why"`
	Principal int            `json:"principal"` // id of who has it
	Verdict   string         `json:"verdict"`
	Missing   []string       `json:"missing"`
	Place     *jsonReachedAt `json:"place"`
}

// WriteReachJSON writes the same for programs.
func WriteReachJSON(w io.Writer, r *Reach, tool Tool) error {
	out := jsonReach{
		Version: reachVersion, Tool: toolOf(tool), From: show(r.From), To: show(r.To), Hidden: map[string]int{}, Cut: jsonCutOf(r.Cut),
		Principals: []jsonReached{}, Items: []jsonReachItem{},
	}
	if r.To != "" {
		out.Reached = "none"
		if r.Way != nil {
			out.Reached = r.Way.Verdict.String()
		}
	}
	ids := map[*chain.Node]int{}
	for i, n := range r.Tree.Nodes {
		ids[n] = i
	}
	id := func(n *chain.Node) int {
		if i, ok := ids[n]; ok {
			return i
		}
		return -1
	}
	for i, n := range r.Tree.Nodes {
		p := jsonReached{
			ID: i, Name: show(n.Actor.Name()), ARN: show(n.Actor.ARN), Account: show(arn.Account(n.Actor.ARN)), Declared: n.Declared,
			Verdict: n.Verdict.String(), Missing: shown(n.Missing), Via: id(n.Via), Needs: id(n.Needs), Requests: []jsonScene{},
		}
		if n.Step != nil {
			p.Power, p.Gives = n.Step.Power.ID, show(n.Step.Gives())
			for _, c := range r.Graph.Tell([]chain.Step{*n.Step}) {
				p.Requests = append(p.Requests, scenes(c)...)
			}
		}
		out.Principals = append(out.Principals, p)
	}
	for _, x := range r.Items {
		j := jsonReachItem{
			Harm: x.Class.String(), What: show(x.What), How: x.How, Why: show(x.Why), Principal: id(x.Node), Verdict: x.Verdict.String(), Missing: shown(x.Missing),
		}
		if !x.At.IsZero() {
			j.Place = reachedAt(x.At)
		}
		out.Items = append(out.Items, j)
	}
	for c, n := range r.Hidden {
		out.Hidden[c.String()] = n
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func scenes(c chain.Chapter) []jsonScene {
	var out []jsonScene
	for _, s := range c.Scenes {
		j := jsonScene{Caller: s.Service, Action: s.Action, Resource: show(s.Resource), Context: shown(s.Context), Why: show(s.Why), Allowed: []jsonReachedAt{}}
		if j.Caller == "" {
			j.Caller = show(s.Who.ARN)
		}
		for _, at := range s.Allowed {
			j.Allowed = append(j.Allowed, *reachedAt(at))
		}
		out = append(out, j)
	}
	return out
}

func reachedAt(at source.Span) *jsonReachedAt {
	p := at.Position()
	return &jsonReachedAt{File: at.File.Name, Line: p.Line, Column: p.Col}
}
