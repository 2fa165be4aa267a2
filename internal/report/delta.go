package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"penstock/delta"
	"penstock/diag"
	"penstock/internal/term"
	"penstock/match"
	"penstock/prove"
)

// A Delta is what a change of templates changes.
type Delta struct {
	Changes []delta.Change
	// Allowed are gains that somebody has reviewed.
	Allowed []delta.Change
	// Worse are the theorems that hold less than before, New the errors that
	// were not there.
	Worse []Worse
	New   []diag.Finding
}

// Worse is a theorem and what became of it.
type Worse struct {
	Theorem       prove.Theorem
	Before, After prove.Outcome
}

// No reports whether the change lets something through.
func (d *Delta) No() bool {
	for i := range d.Changes {
		if k := d.Changes[i].Kind; k == delta.Gains || k == delta.GateGone {
			return true
		}
	}
	return len(d.Worse) > 0
}

var deltaStyle = map[delta.Kind]struct {
	sign  string
	style term.Style
}{
	delta.Gains: {"+", term.Bad}, delta.GateGone: {"!", term.Bad}, delta.GateNew: {"·", term.Good}, delta.Loses: {"-", term.Good},
}

// WriteDelta writes a change for a person.
func WriteDelta(w io.Writer, d *Delta, opt Text) error {
	t := newText(opt, &view{})
	for i := range d.Changes {
		c := &d.Changes[i]
		s := deltaStyle[c.Kind]
		class := ""
		if c.Kind == delta.Gains || c.Kind == delta.Loses {
			class = " (" + c.Class.String() + ")"
		}
		t.prose(t.paint(s.style, s.sign)+" ", "  ", term.Plain, c.String()+class)
		if !c.At.IsZero() {
			t.line("    ", t.paint(term.Faint, "→ "), t.paint(term.Place, lineOf(c.At)))
		}
		for _, m := range c.Missing {
			t.prose("    depends on ", "      ", term.Faint, m)
		}
	}
	if len(d.Changes) > 0 {
		t.line("")
	}
	for _, x := range d.Worse {
		t.line(t.paint(term.Bad, "! "), t.paint(term.Strong, claims[x.Theorem]), ": ", string(x.Before), " before, ", t.paint(outcomeStyle[x.After], string(x.After)), " after")
	}
	for i := range d.New {
		t.prose("    ", "    ", term.Plain, d.New[i].Code+": "+d.New[i].Message)
	}
	if len(d.Worse) > 0 {
		t.line("")
	}
	t.line(inAll(d))
	_, err := io.WriteString(w, t.b.String())
	return err
}

func inAll(d *Delta) string {
	n := map[delta.Kind]int{}
	for i := range d.Changes {
		n[d.Changes[i].Kind]++
	}
	var parts []string
	for _, k := range []struct {
		kind delta.Kind
		word string
	}{{delta.Gains, "new access"}, {delta.GateGone, "approval gone"}, {delta.GateNew, "approval new"}, {delta.Loses, "access gone"}} {
		if n[k.kind] > 0 {
			parts = append(parts, fmt.Sprintf("%d × %s", n[k.kind], k.word))
		}
	}
	if len(d.Allowed) > 0 {
		parts = append(parts, fmt.Sprintf("%d reviewed", len(d.Allowed)))
	}
	if len(d.Worse) > 0 {
		parts = append(parts, count(len(d.Worse), "theorem")+" worse")
	}
	if len(parts) == 0 {
		return "No access is new and none is gone."
	}
	return strings.Join(parts, ", ") + "."
}

// WriteDeltaMarkdown writes a change as a comment on a pull request.
func WriteDeltaMarkdown(w io.Writer, d *Delta) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### Access that this change lets through\n\n%s\n", inAll(d))
	table := func(title string, kinds ...delta.Kind) {
		head := false
		for i := range d.Changes {
			c := &d.Changes[i]
			hit := false
			for _, k := range kinds {
				hit = hit || c.Kind == k
			}
			if !hit {
				continue
			}
			if !head {
				fmt.Fprintf(&b, "\n**%s**\n\n| | what | could | where |\n|---|---|---|---|\n", title)
				head = true
			}
			could := "–"
			if c.Kind == delta.Gains || c.Kind == delta.Loses {
				could = c.Class.String()
			}
			var what strings.Builder
			what.WriteString(inTable(c.String()))
			for _, m := range c.Missing {
				what.WriteString("<br>depends on " + inTable(m))
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", deltaStyle[c.Kind].sign, what.String(), could, inTable(lineOf(c.At)))
		}
	}
	table("New", delta.Gains, delta.GateGone)
	if len(d.Worse) > 0 {
		b.WriteString("\n**Theorems**\n\n")
		for _, x := range d.Worse {
			fmt.Fprintf(&b, "- %s: %s before, **%s** after\n", claims[x.Theorem], x.Before, x.After)
		}
		for i := range d.New {
			fmt.Fprintf(&b, "  - %s: %s\n", d.New[i].Code, inTable(d.New[i].Message))
		}
	}
	table("Gone, or safer", delta.GateNew, delta.Loses)
	_, err := io.WriteString(w, b.String())
	return err
}

// inTable makes text fit for a cell of a Markdown table.
func inTable(s string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ", "<", "&lt;", "*", "\\*", "_", "\\_").Replace(term.Printable(match.Render(s)))
}

type jsonDelta struct {
	Version int           `json:"version"`
	Tool    jsonTool      `json:"tool"`
	Changes []jsonChange  `json:"changes"`
	Worse   []jsonWorse   `json:"worse"`
	New     []jsonFinding `json:"newFindings"`
}

type jsonChange struct {
	Kind      delta.Kind  `json:"kind"`
	Principal string      `json:"principal"`
	Action    string      `json:"action"`
	Resource  string      `json:"resource"`
	Could     string      `json:"could"`
	Certain   bool        `json:"certain"`
	Missing   []string    `json:"missing"`
	Reviewed  bool        `json:"reviewed"`
	Message   string      `json:"message"`
	Place     *jsonPlace  `json:"place,omitempty"`
	Context   [][2]string `json:"context"`
}

type jsonWorse struct {
	Theorem prove.Theorem `json:"theorem"`
	Before  prove.Outcome `json:"before"`
	After   prove.Outcome `json:"after"`
}

// WriteDeltaJSON writes a change as JSON; its schema is docs/schema/diff-1.json.
func WriteDeltaJSON(w io.Writer, d *Delta, tool Tool) error {
	out := jsonDelta{Version: 1, Tool: toolOf(tool), Changes: []jsonChange{}, Worse: []jsonWorse{}, New: []jsonFinding{}}
	add := func(c *delta.Change, reviewed bool) {
		j := jsonChange{
			Kind: c.Kind, Principal: show(c.Principal), Resource: show(c.Resource), Could: c.Class.String(), Certain: c.Certain(),
			Missing: shown(c.Missing), Reviewed: reviewed, Message: show(c.String()), Place: placeOf(c.At), Context: [][2]string{},
		}
		if c.Witness != nil {
			j.Action = c.Witness.Action
			for k, v := range c.Witness.Context.All() {
				for _, s := range v.Values {
					j.Context = append(j.Context, [2]string{k, show(s)})
				}
			}
		}
		out.Changes = append(out.Changes, j)
	}
	for i := range d.Changes {
		add(&d.Changes[i], false)
	}
	for i := range d.Allowed {
		add(&d.Allowed[i], true)
	}
	for _, x := range d.Worse {
		out.Worse = append(out.Worse, jsonWorse(x))
	}
	for i := range d.New {
		f, err := jsonOf(&d.New[i])
		if err != nil {
			return err
		}
		out.New = append(out.New, f)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}
