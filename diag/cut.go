package diag

import (
	"fmt"
	"strings"

	"penstock/source"
)

// A Cut is what to take away so that a chain of requests is gone: statements of
// policies, all of them together. That nothing is left was found out by asking
// again without them.
type Cut struct {
	// Parts is what to take away: "remove statement Deploy of role shop-build".
	// It is empty where nothing that the templates say can be taken away.
	Parts []Note
	// Smallest says that no fewer statements do.
	Smallest bool
	// Others are cuts of as many parts.
	Others [][]Note
	// Ways is how many ways there were, as far as they were told apart. Many
	// says that there are so many that the search gave up: then there are no
	// Parts, though a cut may exist.
	Ways int
	Many bool
	// Stops are the calls of the pipeline that the cut denies. Every other cut
	// denies some as well; Advice is what has to change then.
	Stops  []string
	Advice string
	// Left are facts on which it rests whether something stays possible.
	Left []string
}

// Lines says a cut in lines for people; at says where a part stands.
func (c *Cut) Lines(at func(source.Span) string) []string {
	part := func(n Note) string {
		if p := at(n.At); p != "" {
			return n.Message + " (" + p + ")"
		}
		return n.Message
	}
	var out []string
	verified := "no other way remains"
	if len(c.Left) > 0 {
		verified = "no other way that is certain remains; what is left rests on " + strings.Join(c.Left, "; ")
	}
	switch {
	case c.Many:
		return []string{"none of a few statements: at least " + ways(c.Ways) + " lead there"}
	case len(c.Parts) == 0:
		return []string{"nothing that the templates say can be taken away to end it" + advice(c)}
	case len(c.Parts) == 1:
		out = append(out, part(c.Parts[0])+"; verified: "+verified)
	default:
		fewer := "fewer statements do not end it"
		if !c.Smallest {
			fewer = "none of them can stay"
		}
		out = append(out, fmt.Sprintf("%d statements, all of them, for %s; verified: %s, and %s", len(c.Parts), ways(c.Ways), verified, fewer))
		for _, p := range c.Parts {
			out = append(out, "- "+part(p))
		}
	}
	for _, o := range c.Others {
		var ps []string
		for _, p := range o {
			ps = append(ps, part(p))
		}
		out = append(out, "or "+strings.Join(ps, ", and "))
	}
	if len(c.Stops) > 0 {
		const shown = 4
		stops := strings.Join(c.Stops[:min(shown, len(c.Stops))], ", ")
		if n := len(c.Stops) - shown; n > 0 {
			stops += fmt.Sprintf(" and %d more calls", n)
		}
		out = append(out, "every cut stops the pipeline; this one denies "+stops+advice(c))
	}
	return out
}

func advice(c *Cut) string {
	if c.Advice == "" {
		return ""
	}
	return ": " + c.Advice
}

func ways(n int) string {
	if n == 1 {
		return "1 way"
	}
	return fmt.Sprintf("%d ways", n)
}
