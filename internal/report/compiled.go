package report

import (
	"fmt"
	"io"
	"strings"

	"penstock/blueprint"
	"penstock/cloud"
	"penstock/compile"
	"penstock/internal/term"
	"penstock/match"
)

// WriteCompiled tells a person what a spec became: the stacks in the order in
// which they are deployed, what was proved, what is done by hand. dir is the
// folder that was written, "" where nothing was.
func WriteCompiled(w io.Writer, project, dir string, res *compile.Result, opt Text) error {
	t := newText(opt, newView(res.Report))
	n := 0
	for _, st := range res.Set.Stacks {
		n += len(st.Resources)
	}
	head := fmt.Sprintf("%s  %s, %s", t.paint(term.Strong, project), count(len(res.Set.Stacks), "stack"), count(n, "resource"))
	switch {
	case dir != "":
		head += " → " + t.paint(term.Strong, dir)
	case res.Holds():
		head += t.paint(term.Faint, "  not written: -o FOLDER writes them")
	}
	t.line(head)
	t.line("")
	name := 0
	for _, st := range res.Set.Stacks {
		name = max(name, len(st.Name))
	}
	for i, st := range res.Set.Stacks {
		note := count(len(st.Resources), "resource")
		if st.Exists {
			note = "is there already: described, not deployed"
		}
		t.line(fmt.Sprintf("%3d  %s  %s  %s  ", i+1, t.paint(term.Strong, term.Pad(st.Name, name)), st.Account, term.Pad(st.Region, 14)), t.paint(term.Faint, note))
	}
	t.line("")
	t.findings()
	t.verdicts()
	if len(res.Steps) > 0 {
		t.line("")
		t.line(t.paint(term.Strong, "By hand"))
		for _, s := range res.Steps {
			when := "once"
			switch {
			case s.Before != "":
				when = "before stack " + s.Before
			case s.After != "":
				when = "after stack " + s.After
			}
			t.prose("  - ", "    ", term.Plain, s.Title+" ("+when+"): "+s.Why)
			for l := range strings.SplitSeq(strings.TrimSpace(s.Command), "\n") {
				if l != "" {
					t.line("      ", t.paint(term.Faint, l))
				}
			}
		}
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

// WriteRole tells for each statement of a role which calls of which stage need
// it.
func WriteRole(w io.Writer, res *compile.Result, r *compile.Role, opt Text) error {
	t := newText(opt, &view{})
	v := &reviewer{Review: &Review{Result: res}, m: cloud.New()}
	if len(res.Models) > 0 {
		v.m = res.Models[0]
	}
	said := func(s blueprint.Sub) string { return match.Render(v.text(res.Set.Stack(r.Stack), s)) }
	t.line(t.paint(term.Strong, r.Name), fmt.Sprintf("  stack %s · account %s · %s", r.Stack, r.Account, r.ID))
	section := func(title string, sts []*blueprint.Statement) {
		if len(sts) == 0 {
			return
		}
		t.line("")
		t.line(t.paint(term.Strong, title))
		for _, s := range sts {
			t.line("")
			t.statement(s, said)
		}
	}
	section("Who may assume it", r.Trust)
	section("What it may do", r.Statements)
	_, err := io.WriteString(w, t.b.String())
	return err
}

func (t *text) statement(s *blueprint.Statement, said func(blueprint.Sub) string) {
	effect := s.Effect
	if effect == "" {
		effect = "Allow"
	}
	t.prose("  "+t.paint(term.Strong, s.Sid)+"  "+effect+" ", "      ", term.Plain, strings.Join(append(s.Actions, s.NotActions...), ", "))
	for _, r := range s.Resources {
		t.line("      on ", said(r))
	}
	for _, c := range s.Conditions {
		var vs []string
		for _, v := range c.Values {
			vs = append(vs, said(v))
		}
		t.prose("      if ", "         ", term.Plain, c.Key+" "+c.Operator+" "+strings.Join(vs, ", "))
	}
	if len(s.Uses) == 0 && s.Comment != "" {
		t.prose("      ─ ", "        ", term.Faint, strings.ReplaceAll(s.Comment, "\n", " "))
	}
	for _, u := range s.Uses {
		place := u.Stage
		if u.Action != "" {
			place += "/" + u.Action
		}
		if place != "" {
			place += ": "
		}
		source := u.Row
		if source == "" {
			source = "stated, no catalogue knows it"
		} else if u.Source != "" {
			source += "; " + u.Source
		}
		t.prose("      ─ ", "        ", term.Plain, fmt.Sprintf("%s%s %s", place, u.Call, u.Why))
		t.prose("        ", "        ", term.Faint, source)
	}
}
