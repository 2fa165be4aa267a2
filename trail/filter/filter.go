// Package filter reads and matches the filter patterns of CloudWatch Logs, as
// metric filters and subscription filters have them, over CloudTrail events
// that have not happened yet (package trail).
//
//	f := filter.Parse(`{ ($.eventSource = "iam.amazonaws.com") && ($.eventName = "PutRolePolicy") }`)
//	f.Match(event)   Yes: every such event; No: none; Maybe: some, or unknown
//
// The language is that of
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
// and its pages for metric filters. What they do not say gives Maybe.
package filter

import (
	"strings"

	"penstock/match"
	"penstock/trail"
	"penstock/truth"
)

// A Filter is a filter pattern. It is immutable.
type Filter struct {
	expr expr
	// Broken is why CloudWatch Logs refuses the pattern, "" where it does not.
	Broken string
}

// An expr is part of a pattern.
type expr interface {
	match(*trail.Value) truth.Value
	// narrow names the first field for which match is Maybe, "" where it is
	// none or no field is to blame.
	narrow(*trail.Value) string
}

// Parse reads a pattern. It never fails: one that CloudWatch Logs refuses is
// Broken. A text with holes matches nobody knows what.
func Parse(s string) *Filter {
	p := parser{text: s}
	p.space()
	f := &Filter{}
	switch {
	case match.HasHole(s):
		f.expr = unknown{}
	case p.at == len(s):
		f.expr = everything{} // an empty pattern matches all events
	case s[p.at] == '{':
		p.at++
		f.expr = p.or(0)
		if p.space(); !p.take("}") {
			p.fail("there is no '}' at its end")
		}
		if p.space(); p.at < len(s) {
			p.fail("something follows its '}'")
		}
	case s[p.at] == '[':
		f.expr = unknown{} // for events of words, which those of CloudTrail are not
	case s[p.at] == '%':
		f.expr = unknown{} // an expression over the whole text of the event
	default:
		f.expr = p.terms()
	}
	f.Broken = p.broken
	return f
}

// Match reports whether the filter matches the event. One that is Broken
// matches none.
func (f *Filter) Match(e *trail.Value) truth.Value {
	if f.Broken != "" {
		return truth.No
	}
	return f.expr.match(e)
}

// Narrow names the first field for which the filter may not match the event,
// "" where there is none or none is to blame.
func (f *Filter) Narrow(e *trail.Value) string {
	if f.Broken != "" {
		return ""
	}
	return f.expr.narrow(e)
}

type unknown struct{}

func (unknown) match(*trail.Value) truth.Value { return truth.Maybe }
func (unknown) narrow(*trail.Value) string     { return "" }

type everything struct{}

func (everything) match(*trail.Value) truth.Value { return truth.Yes }
func (everything) narrow(*trail.Value) string     { return "" }

// chain is operands joined by && and || without parentheses; && binds closer
// ("standard order of operations", the page says of compound expressions).
type chain struct {
	operands []expr
	or       []bool // between operand i and i+1
}

func (c chain) match(e *trail.Value) truth.Value {
	out, run := truth.No, c.operands[0].match(e)
	for i, or := range c.or {
		v := c.operands[i+1].match(e)
		if or {
			out, run = out.Or(run), v
		} else {
			run = run.And(v)
		}
	}
	return out.Or(run)
}

func (c chain) narrow(e *trail.Value) string {
	for _, o := range c.operands {
		if o.match(e) == truth.Maybe {
			if s := o.narrow(e); s != "" {
				return s
			}
		}
	}
	return ""
}

// A comparison compares the field that a selector names.
type comparison struct {
	path []step
	op   string // = != < > <= >=, "null", "true", "false", "exists not"
	glob match.Pattern
	text string // the value, of a number or a quoted or bare string
	num  bool   // text is a number, and not quoted
	bare bool   // text is not quoted
	any  bool   // a regular expression, or what else cannot be decided
}

// A step goes into an object by name, or into an array by index (-1 for any).
type step struct {
	name  string
	index int
	array bool
}

func (c comparison) match(e *trail.Value) truth.Value {
	for _, s := range c.path {
		if !s.array {
			e = e.Get(s.name)
			continue
		}
		switch {
		case e.Kind == trail.List && s.index >= 0 && s.index < len(e.Items) && !e.Optional:
			e = e.Items[s.index]
		case e.Kind == trail.List && s.index >= 0 && !e.Optional:
			e = trail.Absent()
		case e.Kind == trail.None:
		default:
			e = trail.Anything()
		}
	}
	v := c.value(e)
	if e.Optional {
		return v.And(truth.Maybe).Or(c.value(trail.Absent()).And(truth.Maybe))
	}
	return v
}

func (c comparison) narrow(e *trail.Value) string {
	if c.match(e) != truth.Maybe {
		return ""
	}
	var names []string
	for _, s := range c.path {
		if !s.array {
			names = append(names, s.name)
		}
	}
	return strings.Join(names, ".")
}

func (c comparison) value(e *trail.Value) truth.Value {
	if e.Kind == trail.Any {
		return truth.Maybe
	}
	switch c.op {
	case "exists not":
		return truth.Of(e.Kind == trail.None)
	case "null":
		return truth.Of(e.Kind == trail.Null)
	case "true", "false":
		if e.Kind != trail.Bool {
			return truth.No
		}
		return match.Equal(e.Text, c.op)
	case "=", "!=":
		// A selector that points to an array or an object matches neither way
		// (the page, under special considerations).
		if e.Kind == trail.Object || e.Kind == trail.List {
			return truth.No
		}
		if c.op == "=" {
			return c.equal(e)
		}
		// Whether it holds for an event without the field is not said.
		if e.Kind == trail.None {
			return truth.Maybe
		}
		return c.equal(e).Not()
	default:
		return c.ordered(e)
	}
}

func (c comparison) equal(e *trail.Value) truth.Value {
	switch {
	case e.Kind == trail.None:
		return truth.No
	case c.any || e.Kind == trail.Null:
		return truth.Maybe
	case e.Kind == trail.Number:
		if match.HasHole(e.Text) {
			return truth.Maybe
		}
		if c.num {
			return compare(e.Text, c.text, func(n int) bool { return n == 0 })
		}
		return c.glob.Match(e.Text).And(truth.Maybe) // text against a number
	case e.Kind == trail.Bool:
		return c.glob.Match(e.Text).And(truth.Maybe)
	case c.num:
		return c.glob.Match(e.Text).And(truth.Maybe) // a number against text
	default:
		return c.glob.Match(e.Text)
	}
}

func (c comparison) ordered(e *trail.Value) truth.Value {
	switch {
	case e.Kind == trail.None:
		return truth.No
	case e.Kind != trail.Number || !c.num || match.HasHole(e.Text):
		return truth.Maybe
	}
	switch c.op {
	case "<":
		return compare(e.Text, c.text, func(n int) bool { return n < 0 })
	case "<=":
		return compare(e.Text, c.text, func(n int) bool { return n <= 0 })
	case ">":
		return compare(e.Text, c.text, func(n int) bool { return n > 0 })
	default:
		return compare(e.Text, c.text, func(n int) bool { return n >= 0 })
	}
}
