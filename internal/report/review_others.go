package report

import (
	"fmt"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/compile"
	"penstock/iam"
)

// others tells of the principals that are no role of the pipeline's: users,
// groups, and roles that are there already.
func (v *reviewer) others() {
	t := table{head: []string{"Principal", "Account", "What it may do"}}
	for p := range v.m.Principals() {
		if slices.ContainsFunc(v.roles, func(r *compile.Role) bool { return r.Name == p.Name && r.Account == p.Account && p.Kind == cloud.Role }) {
			continue
		}
		kind := [...]string{cloud.Role: "role", cloud.User: "user", cloud.Group: "group"}[p.Kind]
		name := say(dim(kind+" "), bold(p.Name))
		if p.Resource != nil && p.Resource.Stack != nil {
			if st := v.Result.Set.Stack(p.Resource.Stack.Name); st != nil && st.Exists {
				name = append(name, dim(" (there already)"))
			}
		}
		for _, g := range p.Groups {
			name = append(name, br, dim("in group "+g))
		}
		var what []prose
		for _, a := range p.Identity {
			switch {
			case a.Policy == nil || strings.Contains(a.ARN, "::aws:policy/"):
				what = append(what, say(code(firstOf(a.ARN, a.Name))))
			default:
				for i := range a.Policy.Statements {
					what = append(what, statementLine(&a.Policy.Statements[i]))
				}
			}
		}
		if len(what) == 0 {
			what = append(what, say(dim("nothing of its own")))
		}
		t.rows = append(t.rows, []prose{name, say(v.account(p.Account)), stacked(what...)})
	}
	if len(t.rows) > 0 {
		v.add(heading{level: 3, id: "others", text: say("Others: people, and what is there already")}, t)
	}
}

func firstOf(ss ...string) string {
	for _, s := range ss {
		if s != "" {
			return s
		}
	}
	return ""
}

// statementLine tells a statement as it was read back, on one line.
func statementLine(s *iam.Statement) prose {
	verb := "may "
	if s.Effect == iam.Deny {
		verb = "must not "
	}
	if s.NotAction {
		verb += "anything but "
	}
	out := say(verb, series(codeRun, texts(s.Actions)))
	if s.HasResource && !(len(s.Resources) == 1 && s.Resources[0].Text == "*") {
		words := " on "
		if s.NotResource {
			words = " on anything but "
		}
		out = append(out, say(words, series(codeRun, texts(s.Resources)))...)
	}
	for i := range s.Conditions {
		c := &s.Conditions[i]
		out = append(out, say(dim(" if "), condition(c.Key, c.Operator, texts(c.Values)))...)
	}
	return out
}

func texts(es []iam.Elem) []string {
	var out []string
	for _, e := range es {
		out = append(out, e.Text)
	}
	return out
}

// boundaryName is how a boundary is called here.
func boundaryName(a *cloud.Attachment) string {
	if i := strings.LastIndexByte(a.ARN, '/'); i >= 0 {
		return a.ARN[i+1:]
	}
	return firstOf(a.Name, a.ARN)
}

func (v *reviewer) boundaryLink(a *cloud.Attachment) run {
	if a.Policy == nil {
		return code(firstOf(a.ARN, a.Name))
	}
	return to("boundary-"+boundaryID(a), boundaryName(a))
}

func boundaryID(a *cloud.Attachment) string {
	if a.Resource != nil {
		return anchor(a.Resource.ID())
	}
	return anchor(a.ARN)
}

// boundaries tells each boundary once, and whom it bounds.
func (v *reviewer) boundaries() {
	type bound struct {
		a    *cloud.Attachment
		whom []string
	}
	var all []*bound
	for p := range v.m.Principals() {
		if p.Boundary == nil {
			continue
		}
		i := slices.IndexFunc(all, func(b *bound) bool { return b.a.ARN == p.Boundary.ARN })
		if i < 0 {
			all = append(all, &bound{a: p.Boundary})
			i = len(all) - 1
		}
		all[i].whom = append(all[i].whom, p.Name)
	}
	if len(all) == 0 {
		v.add(para{say("None.")})
		return
	}
	v.add(para{say("A boundary grants nothing. It is the most that a role can ever do, whoever grants it more.")})
	for _, b := range all {
		f := fold{id: "boundary-" + boundaryID(b.a), summary: say(bold(boundaryName(b.a)), dim(fmt.Sprintf(" · bounds %s: %s", count(len(b.whom), "role"), strings.Join(b.whom, ", "))))}
		if b.a.Resource != nil {
			f.summary = append(f.summary, dim(" · account "+v.account(b.a.Resource.Account)))
		}
		if b.a.Policy == nil {
			f.blocks = append(f.blocks, para{say("It is yours: what it says is not in these templates.")})
		} else {
			for i := range b.a.Policy.Statements {
				f.blocks = append(f.blocks, readBack(&b.a.Policy.Statements[i]))
			}
		}
		v.add(f)
	}
}

// readBack tells a statement as it was read back.
func readBack(s *iam.Statement) rule {
	out := rule{deny: s.Effect == iam.Deny}
	verb := "may "
	if out.deny {
		verb = "must not "
	}
	if s.NotAction {
		verb += "anything but "
	}
	out.head = say(bold(s.Sid), " ", verb, series(codeRun, texts(s.Actions)))
	if s.HasResource && !(len(s.Resources) == 1 && s.Resources[0].Text == "*" && !s.NotResource) {
		label := "on"
		if s.NotResource {
			label = "on anything but"
		}
		var on []prose
		for _, r := range s.Resources {
			on = append(on, say(code(r.Text)))
		}
		out.rows = append(out.rows, ruleRow{label, on})
	}
	var conds []prose
	for i := range s.Conditions {
		c := &s.Conditions[i]
		conds = append(conds, condition(c.Key, c.Operator, texts(c.Values)))
	}
	if len(conds) > 0 {
		out.rows = append(out.rows, ruleRow{"if", conds})
	}
	return out
}
