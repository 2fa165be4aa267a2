package report

import (
	"fmt"
	"slices"
	"strings"

	"penstock/chain"
	"penstock/cloud"
	"penstock/compile"
	"penstock/harm"
	"penstock/iam"
	"penstock/iam/reach"
)

// A start is somebody whose reach a reviewer asks for.
type start struct {
	arn, name string
	why       string
	person    bool
}

// starts are the roles that run the author's code, and those of people.
func (v *reviewer) starts() []start {
	var out []start
	for _, a := range v.authored() {
		out = append(out, start{arn: a.role, name: chain.Short(a.role), why: a.what})
	}
	for _, r := range v.roles {
		p := v.principal(r)
		if p == nil || !v.taken(r) || slices.ContainsFunc(out, func(s start) bool { return s.arn == p.ARN }) {
			continue
		}
		out = append(out, start{arn: p.ARN, name: p.Name, why: "people take it on", person: true})
	}
	for p := range v.m.Principals() {
		if p.Kind == cloud.User {
			out = append(out, start{arn: p.ARN, name: p.Name, why: "user", person: true})
		}
	}
	return out
}

// taken reports whether people take on a role: who is trusted is no service,
// and no step of a pipeline has it.
func (v *reviewer) taken(r *compile.Role) bool {
	p := v.principal(r)
	if p == nil || p.Trust == nil || p.Trust.Policy == nil {
		return false
	}
	people := false
	for i := range p.Trust.Policy.Statements {
		for _, e := range p.Trust.Policy.Statements[i].Principals {
			if e.Type == iam.PrincipalService {
				return false
			}
			people = true
		}
	}
	for _, run := range v.Result.Report.Runs {
		if run.Pipeline == nil {
			continue
		}
		for _, s := range run.Steps {
			if s.Role == p.ARN {
				return false
			}
		}
	}
	return people
}

// reaches tells how far each start gets.
func (v *reviewer) reaches() {
	v.add(para{say("What somebody does who can change the source, or who has a person's session: every chain of calls that the policies allow, " +
		"roles that can be taken on, code that can be had run with another role, policies that can be changed. " +
		"What is not listed is proved impossible, as far as the catalogue of powers goes.")})
	starts := v.starts()
	if len(starts) == 0 {
		v.add(para{say("No role runs what the author of a change writes, and no person has one.")})
		return
	}
	sum := table{head: []string{"", "Becomes"}}
	classes := harm.Classes()
	for _, c := range classes {
		sum.head = append(sum.head, upper(c.String()))
	}
	var details []block
	var kind string
	for i, s := range starts {
		r := NewReach(v.graph, v.graph.From(s.arn), s.name)
		sure, possible := r.principals()
		becomes := say("nobody")
		worst := bad
		if s.person {
			worst = plain // people are there to take on roles
		}
		switch {
		case sure > 0 && possible > 0:
			becomes = say(painted(worst, fmt.Sprint(sure)), painted(unsure, fmt.Sprintf(" + %d possible", possible)))
		case sure > 0:
			becomes = say(painted(worst, fmt.Sprint(sure)))
		case possible > 0:
			becomes = say(painted(unsure, fmt.Sprintf("%d possible", possible)))
		}
		id := fmt.Sprintf("reach-%d", i)
		row := []prose{stacked(append(prose{to(id, s.name)}, accountOf(v, s.arn)...), say(dim(s.why))), becomes}
		for _, c := range classes {
			row = append(row, tally(r, c, s.person))
		}
		sum.rows = append(sum.rows, row)
		now := "Code of the author of a change"
		if s.person {
			now = "People"
		}
		if now != kind {
			kind = now
			details = append(details, heading{level: 3, id: "reach-" + kind, text: say(kind)})
		}
		d := v.radius(r, s)
		d.id = id
		details = append(details, d)
	}
	v.add(sum)
	v.add(para{say(dim("A number counts things that are reached for certain; one with ? those that only may be, for all that the templates show."))})
	v.add(details...)
}

func accountOf(v *reviewer, principal string) prose {
	w := v.who(principal)
	return w[1:]
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// tally counts what is reached of a class.
func tally(r *Reach, c harm.Class, person bool) prose {
	sure, possible := 0, r.Hidden[c]
	for _, x := range r.Items {
		if x.Class != c {
			continue
		}
		if x.Verdict == reach.Some {
			sure++
		} else {
			possible++
		}
	}
	var out prose
	if sure > 0 {
		m := plain
		if !person && c == harm.Rights || c == harm.Hide {
			m = bad
		}
		out = say(painted(m, fmt.Sprint(sure)))
	}
	if possible > 0 {
		if len(out) > 0 {
			out = append(out, run{text: " + "})
		}
		out = append(out, painted(unsure, fmt.Sprintf("%d ?", possible)))
	}
	if len(out) == 0 {
		out = say(dim("–"))
	}
	return out
}

// radius tells what one start reaches, the gravest first.
func (v *reviewer) radius(r *Reach, s start) fold {
	out := fold{summary: say(bold(s.name), dim(" · "+s.why))}
	if len(r.Items) == 0 && !r.Tree.Cut {
		out.summary = append(out.summary, dim(" · reaches nothing"))
		out.blocks = append(out.blocks, para{say("It can become nobody else, and touch nothing that the templates declare.")})
		return out
	}
	t := table{head: []string{"Can", "What", "By"}}
	for _, x := range r.Items {
		can := say(classWord(x))
		what := say(x.What)
		switch {
		case x.principal():
			what = say(bold(x.What), accountIn(x.Node, r), way(x.Node))
		case x.Node.Via != nil:
			what = append(what, dim(", as "+x.Node.Actor.Name()))
		}
		if x.Names != nil {
			what = append(what, br, dim(strings.Join(x.Names, ", ")))
		}
		if x.Verdict != reach.Some {
			what = append(what, br, painted(unsure, "possible"))
			if len(x.Missing) > 0 {
				what = append(what, dim(": depends on "+strings.Join(x.Missing, "; ")))
			}
		}
		by := say(code(x.How))
		if !x.At.IsZero() {
			by = append(by, br, dim(lineOf(x.At)))
		}
		t.rows = append(t.rows, []prose{can, what, by})
	}
	out.blocks = append(out.blocks, t)
	hidden := 0
	for _, n := range r.Hidden {
		hidden += n
	}
	if r.Tree.Cut {
		out.blocks = append(out.blocks, para{say(painted(unsure, "Not all was followed"), ": there is more than is looked at, and what is not listed here is not proved impossible.")})
	}
	if hidden > 0 {
		out.blocks = append(out.blocks, para{say(fmt.Sprintf("… and %d more.", hidden))})
	}
	return out
}

func classWord(x *ReachItem) run {
	m := plain
	switch {
	case x.Class == harm.Rights || x.Class == harm.Hide:
		m = bad
	case x.Class >= harm.Secrets:
		m = unsure
	}
	return painted(m, x.Class.String())
}
