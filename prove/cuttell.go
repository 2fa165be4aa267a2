package prove

import (
	"fmt"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/iam"
	"penstock/iam/reach"
	"penstock/match"
	"penstock/source"
)

// tell makes a cut of what was found: of several the one that takes away what
// nothing needs, and of those the one that comes first in the chain.
func (s *cutSearch) tell(smallest bool) *diag.Cut {
	slices.SortStableFunc(s.found, func(a, b []cutPart) int { return s.narrowed(a) - s.narrowed(b) })
	best := s.found[0]
	v := s.c.view(best, s.whole)
	cut := &diag.Cut{Parts: s.parts(best), Smallest: smallest, Ways: len(s.ways)}
	for _, o := range s.found[1:min(len(s.found), 1+mostOthers)] {
		cut.Others = append(cut.Others, s.parts(o))
	}
	for _, c := range v.stops {
		if t := fmt.Sprintf("%s by %s", c.Request.Action, who(c)); !slices.Contains(cut.Stops, t) {
			cut.Stops = append(cut.Stops, t)
		}
	}
	if len(v.stops) > 0 {
		cut.Advice = advise(v.stops[0])
	}
	if s.least == reach.Some {
		all, _ := s.ask(best)
		for _, g := range s.goals {
			for _, m := range all[g].Missing {
				if m = match.Render(m); !slices.Contains(cut.Left, m) {
					cut.Left = append(cut.Left, m)
				}
			}
		}
	}
	s.c.parts = best
	return cut
}

const mostOthers = 3

func (s *cutSearch) narrowed(ps []cutPart) int { return len(s.c.view(ps, s.whole).kept) }

func who(c *Call) string {
	if c.Request.Principal.ARN == "" {
		return c.Request.Principal.Service
	}
	return Short(owns(&c.Request))
}

// advise says what has to change where the pipeline itself needs what a chain
// goes through.
func advise(c *Call) string {
	if c.Request.Action == "sts:AssumeRole" {
		return "let " + Short(c.Request.Resource) + " be taken on by a role of its own, as which no code runs that the author of a change writes"
	}
	return "have a role of its own make that call, which no code can become that the author of a change writes"
}

func (s *cutSearch) parts(ps []cutPart) []diag.Note {
	kept := s.c.view(ps, s.whole).kept
	var out []diag.Note
	for _, p := range ps {
		out = append(out, s.c.part(p, kept[p]))
	}
	return out
}

// part says what to take away.
func (c *Cutter) part(p cutPart, kept []iam.Statement) diag.Note {
	st, of := c.find(p)
	if p.who != "" {
		return diag.Note{At: c.attached(p), Message: "detach " + p.file.Name[strings.LastIndexByte(p.file.Name, '/')+1:] + " from " + of + keeping(kept, "but let it ")}
	}
	name := "the statement"
	if st.Sid != "" {
		name = "statement " + match.Render(st.Sid)
	}
	if len(kept) > 0 {
		return diag.Note{At: st.Span, Message: "narrow " + name + " of " + of + " to what the pipeline calls" + keeping(kept, "")}
	}
	return diag.Note{At: st.Span, Message: "remove " + name + " of " + of}
}

// keeping says what is left of a statement.
func keeping(kept []iam.Statement, words string) string {
	if len(kept) == 0 {
		return ""
	}
	var says []string
	for i := range kept {
		var as []string
		for _, a := range kept[i].Actions {
			as = append(as, a.Text)
		}
		line := strings.Join(as, ", ")
		var rs []string
		for _, r := range kept[i].Resources {
			rs = append(rs, match.Render(r.Text))
		}
		if on := strings.Join(rs, ", "); on != "" && on != "*" {
			line += " on " + on
		}
		says = append(says, line)
	}
	const shown = 3
	out := strings.Join(says[:min(shown, len(says))], "; ")
	if len(says) > shown {
		out += fmt.Sprintf("; and %d more", len(says)-shown)
	}
	return ", " + words + out
}

// find returns a statement, and whose it is.
func (c *Cutter) find(p cutPart) (*iam.Statement, string) {
	var st *iam.Statement
	var whose []string
	look := func(who, name string, a *cloud.Attachment) {
		if a == nil || a.Policy == nil {
			return
		}
		for i := range a.Policy.Statements {
			if x := &a.Policy.Statements[i]; p.is(who, a.Policy, x) {
				if st == nil {
					st = x
				}
				if !slices.Contains(whose, name) {
					whose = append(whose, name)
				}
			}
		}
	}
	for pr := range c.model.Principals() {
		for i := range pr.Identity {
			look(pr.ARN, Short(pr.ARN), &pr.Identity[i])
		}
		look(pr.ARN, "the trust policy of "+Short(pr.ARN), pr.Trust)
		look(pr.ARN, "the boundary of "+Short(pr.ARN), pr.Boundary)
	}
	for _, r := range c.model.Resources {
		for i := range r.Policies {
			look(r.ARN, "the policy of "+match.Render(r.ID()), &r.Policies[i])
		}
	}
	of := strings.Join(whose[:min(2, len(whose))], " and ")
	if len(whose) > 2 {
		of += fmt.Sprintf(" and %d more", len(whose)-2)
	}
	return st, of
}

// attached is where a managed policy of AWS is attached.
func (c *Cutter) attached(p cutPart) source.Span {
	for _, a := range c.model.Principal(p.who).Identity {
		if a.Policy != nil && slices.ContainsFunc(a.Policy.Statements, func(st iam.Statement) bool { return st.Span.File == p.file }) {
			return a.Span
		}
	}
	return source.Span{}
}
