package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"penstock/iam"
	"penstock/iam/authz"
	"penstock/internal/term"
	"penstock/prove"
	"penstock/service"
	"penstock/truth"
)

// A NoSuchCall says that no call of a report answers to what the user asked
// for.
type NoSuchCall struct {
	Asked string
	Near  []string // actions that are there
}

func (e *NoSuchCall) Error() string { return fmt.Sprintf("the pipeline makes no call %q", e.Asked) }

// Hint says what would be right.
func (e *NoSuchCall) Hint() string {
	if len(e.Near) == 0 {
		return "there are no calls; --explain takes an action (s3:GetObject), Action/s3:GetObject, or a number that --all prints (#12)"
	}
	return "--explain takes an action (" + strings.Join(e.Near, ", ") + " …), Name/action, or a number that --all prints (#12)"
}

// maxExplained bounds how many calls one --explain shows.
const maxExplained = 8

// WriteExplanation writes the whole trace of the calls that asked selects: an
// IAM action, an action behind the name of a stage, an action or a job and a
// slash, or the number of a call. The error is a *NoSuchCall where there is
// none.
func WriteExplanation(w io.Writer, rep *prove.Report, engine *authz.Engine, asked string, opt Text) error {
	t := newText(opt, newView(rep))
	calls := t.find(asked)
	if len(calls) == 0 {
		return &NoSuchCall{asked, t.near(asked)}
	}
	for i, c := range calls {
		if i == maxExplained {
			var rest []string
			for _, c := range calls[i:] {
				rest = append(rest, fmt.Sprintf("#%d", c.number))
			}
			t.prose("", "", term.Faint, fmt.Sprintf("… and %s more: --explain with one of %s", strconv.Itoa(len(rest)), strings.Join(rest, " ")))
			break
		}
		t.explain(c, rep.Explain(c.model, engine, c.Call))
		t.line("")
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

// find returns the calls that asked selects.
func (v *view) find(asked string) []*call {
	if n, err := strconv.Atoi(strings.TrimPrefix(asked, "#")); err == nil {
		if n < 1 || n > len(v.calls) {
			return nil
		}
		return v.calls[n-1 : n]
	}
	where, action := "", asked
	if i := strings.LastIndexByte(asked, '/'); i >= 0 {
		where, action = asked[:i], asked[i+1:]
	}
	var out []*call
	for _, c := range v.calls {
		if strings.EqualFold(c.Request.Action, action) && (where == "" || c.in(where)) {
			out = append(out, c)
		}
	}
	return out
}

// in reports whether a call is made in what name names: a stage, an action,
// both with a slash between, or a job.
func (c *call) in(name string) bool {
	var names []string
	if st := c.step.Stage; st != nil {
		names = append(names, st.Name)
		if a := c.step.Action; a != nil {
			names = append(names, a.Name, st.Name+"/"+a.Name)
		}
	}
	if c.step.Job != nil {
		names = append(names, nameOf(c.step), c.step.Job.ID(), c.step.Job.LogicalID)
	}
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(show(n), name) })
}

// near returns a few actions of the report, those of the same service first.
func (v *view) near(asked string) []string {
	svc, _, _ := strings.Cut(asked[strings.LastIndexByte(asked, '/')+1:], ":")
	var same, other []string
	for _, c := range v.calls {
		a := c.Request.Action
		if slices.Contains(same, a) || slices.Contains(other, a) {
			continue
		}
		if s, _, _ := strings.Cut(a, ":"); strings.EqualFold(s, svc) {
			same = append(same, a)
		} else {
			other = append(other, a)
		}
	}
	if len(same) > 0 {
		return same[:min(len(same), 8)]
	}
	return other[:min(len(other), 4)]
}

var needs = map[service.Need]string{
	service.Stops:    "the pipeline stops without it",
	service.Degrades: "the pipeline goes on without it",
	service.Listed:   "AWS lists the permission; nothing shows that the action fails without it",
}

var bases = map[service.Basis]string{
	service.Documented: "documented: an AWS page says that the call is made",
	service.Measured:   "measured: read from an API model, or seen in a log or an error",
	service.Reported:   "reported: in an issue or in the source of a public project",
	service.Reasoned:   "reasoned: follows from other facts and is not confirmed",
}

// explain writes one call, why it is made, and what each layer says of it.
func (t *text) explain(c *call, d authz.Decision) {
	m := markOf(c.Call)
	t.line(t.paint(signs[m].style, signs[m].sign), " ", t.paint(term.Strong, fmt.Sprintf("#%d %s", c.number, c.Request.Action)))
	t.fact("caller", principal(c.Call))
	on := c.Request.Resource
	if c.Target.What != "" {
		on += " (" + c.Target.What + ")"
	}
	t.fact("on", on)
	if c.Request.ResourceAccount != "" {
		t.fact("", "in account "+c.Request.ResourceAccount)
	}
	t.fact("made by", madeBy(c))
	if !c.Target.At.IsZero() {
		t.fact("", c.Target.At.String())
	}
	if c.Cause != nil {
		cause := c.Cause.Request.Action
		for _, o := range t.calls {
			if o.Call.Call == c.Cause {
				cause = fmt.Sprintf("#%d %s", o.number, cause)
			}
		}
		t.fact("caused by", cause)
	}
	t.fact("because", strings.TrimSpace(c.Row.Why+" (row "+c.Row.ID+")"))
	t.fact("source", cmp.Or(c.Row.Source, "none given"))
	t.fact("basis", bases[c.Row.Basis])
	need := needs[c.Row.Need]
	if c.Row.Lost != "" {
		need += ": " + c.Row.Lost
	}
	t.fact("need", need)
	if c.when != "" {
		t.fact("when", c.when)
	} else if c.step.when != "" {
		t.fact("when", c.step.when)
	}
	t.context(&c.Request)
	t.line("")
	for i, l := range d.Layers {
		t.layer(i+1, l)
	}
	t.prose("   "+t.paint(signs[m].style, "→ "), "     ", signs[m].style, signs[m].word+reason(m, c, d))
	for _, x := range d.Missing {
		t.prose("     - ", "       ", term.Plain, x)
	}
}

// reason says in a clause why the call is not allowed.
func reason(m mark, c *call, d authz.Decision) string {
	switch m {
	case allowed:
		return ""
	case depends:
		if len(d.Missing) > 0 {
			return " on"
		}
		return ""
	case denied, degraded, listed:
		return ": " + show(prove.Reason(d, c.Request.Action))
	default:
		panic("report: no such mark")
	}
}

func (t *text) fact(label, words string) {
	const width = 10
	t.prose("   "+t.paint(term.Faint, term.Pad(label, width))+" ", strings.Repeat(" ", width+4), term.Plain, words)
}

func madeBy(c *call) string {
	var parts []string
	if c.step.Stage != nil {
		parts = append(parts, "stage "+c.step.Stage.Name)
	}
	if c.step.Action != nil {
		parts = append(parts, "action "+c.step.Action.Name)
	}
	if c.step.Job != nil {
		parts = append(parts, "job "+nameOf(c.step))
	}
	return strings.Join(parts, ", ")
}

// context writes the condition keys that the request carries.
func (t *text) context(q *iam.Request) {
	var lines []string
	for k, v := range q.Context.All() {
		switch v.State {
		case iam.Known:
			l := k + " = " + strings.Join(v.Values, ", ")
			if v.Optional {
				l += " (or absent)"
			}
			lines = append(lines, l)
		case iam.Absent:
			lines = append(lines, k+" is absent")
		case iam.Unknown:
			lines = append(lines, k+" is not known")
		default:
			panic("report: no such state")
		}
	}
	slices.Sort(lines)
	for i, l := range lines {
		label := ""
		if i == 0 {
			label = "context"
		}
		t.fact(label, l)
	}
}

// layer writes what one layer says, and each statement that it looked at.
func (t *text) layer(n int, l authz.LayerResult) {
	style, says := term.Faint, "does not apply"
	if l.Applies {
		switch {
		case l.Denies == truth.Yes:
			style, says = term.Bad, "denies"
		case l.Denies == truth.Maybe:
			style, says = term.Unsure, "may deny"
		case l.Allows == truth.Yes:
			style, says = term.Good, "allows"
		case l.Allows == truth.Maybe:
			style, says = term.Unsure, "may allow"
		default:
			style, says = term.Bad, "does not allow"
		}
	}
	head := fmt.Sprintf("   %d. %s ", n, term.Pad(layerName(l.Layer), 24)) + t.paint(style, says)
	if l.Note != "" {
		head += ": "
		t.prose(head, strings.Repeat(" ", 6), term.Plain, l.Note)
	} else {
		t.line(head)
	}
	for _, h := range l.Hits {
		t.hit(h)
	}
}

func (t *text) hit(h authz.Hit) {
	sign, style, word := "·", term.Faint, "does not match"
	switch h.Match {
	case truth.Yes:
		sign, style, word = "✓", term.Good, "matches"
		if h.Statement.Effect == iam.Deny {
			sign, style = "✗", term.Bad
		}
	case truth.Maybe:
		sign, style, word = "?", term.Unsure, "may match"
	case truth.No:
	default:
		panic("report: no such truth")
	}
	s := h.Statement
	name := fmt.Sprintf("%s statement %d", s.Effect, s.Index+1)
	if s.Sid != "" {
		name = fmt.Sprintf("%s %q", s.Effect, s.Sid)
	}
	if !s.Span.IsZero() {
		name += " at " + fmt.Sprintf("%s:%d", s.Span.File.Name, s.Span.Position().Line)
	}
	words := name + " " + word
	if h.Why != "" {
		words += ": " + h.Why
	}
	t.prose("      "+t.paint(style, sign)+" ", "        ", term.Plain, words)
}
