package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"penstock/chain"
	"penstock/iam/reach"
	"penstock/internal/term"
)

// A Who is who can make a call.
type Who struct {
	Action, Resource string
	Graph            *chain.Graph
	Chains           []chain.Chain
}

// WriteWho lists who can make a call: those who can by themselves, then those
// who can by a chain, each with its steps in a line.
func WriteWho(w io.Writer, who *Who, opt Text) error {
	t := newText(opt, &view{})
	call := who.Action
	if who.Resource != "*" {
		call += " on " + who.Resource
	}
	if len(who.Chains) == 0 {
		t.prose(t.paint(term.Good, "✓")+" ", "  ", term.Strong, "nobody here can call "+call)
	} else {
		t.prose("", "  ", term.Strong, fmt.Sprintf("%s can call %s", count(len(who.Chains), "principal"), call))
	}
	for i := range who.Chains {
		c := &who.Chains[i]
		sign := t.paint(term.Bad, "•")
		if c.Verdict != reach.Some {
			sign = t.paint(term.Unsure, "?")
		}
		words := chain.Short(c.From) + ", by itself"
		if len(c.Steps) > 0 {
			words = chain.Short(c.From) + ", in " + count(len(c.Steps), "step")
		}
		t.prose("  "+sign+" ", "    ", term.Plain, words)
		for j := range c.Steps {
			t.prose("      → ", "        ", term.Faint, c.Steps[j].Gives()+" ("+c.Steps[j].Power.ID+")")
		}
		if c.Verdict != reach.Some && len(c.Missing) > 0 {
			t.prose("      depends on ", "        ", term.Unsure, strings.Join(c.Missing, "; "))
		}
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

type jsonWho struct {
	Version  int           `json:"version"`
	Tool     jsonTool      `json:"tool"`
	Action   string        `json:"action"`
	Resource string        `json:"resource"`
	Who      []jsonWhoItem `json:"who"`
}

type jsonWhoItem struct {
	From     string      `json:"from"`
	Verdict  string      `json:"verdict"`
	Missing  []string    `json:"missing"`
	Steps    []string    `json:"steps"`
	Requests []jsonScene `json:"requests"`
}

// WriteWhoJSON writes the same for programs.
func WriteWhoJSON(w io.Writer, who *Who, tool Tool) error {
	out := jsonWho{Version: reachVersion, Tool: toolOf(tool), Action: who.Action, Resource: show(who.Resource), Who: []jsonWhoItem{}}
	for i := range who.Chains {
		c := &who.Chains[i]
		x := jsonWhoItem{From: show(c.From), Verdict: c.Verdict.String(), Missing: shown(c.Missing), Steps: []string{}, Requests: []jsonScene{}}
		for _, ch := range who.Graph.Tell(c.Steps) {
			x.Steps = append(x.Steps, show(ch.Gives))
			x.Requests = append(x.Requests, scenes(ch)...)
		}
		out.Who = append(out.Who, x)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}
