package report

import (
	"fmt"
	"slices"
	"strings"

	"penstock/blueprint"
	"penstock/cloud"
	"penstock/compile"
	"penstock/iam"
)

// everyRole tells of each role who may take it on, what it may do and what
// bounds it, by account.
func (v *reviewer) everyRole() {
	v.add(para{say("Each statement says which calls of which stage need it. ", bold("Stated"),
		" is what no catalogue of calls can know: somebody's word, or what code that Penstock ships is bound to by contract. Open a role to see it.")})
	var accounts []string
	for _, r := range v.roles {
		if !slices.Contains(accounts, r.Account) {
			accounts = append(accounts, r.Account)
		}
	}
	for _, a := range accounts {
		v.add(heading{level: 3, id: "roles-" + a, text: say("Account ", v.account(a), " ", dim(a))})
		for _, r := range v.roles {
			if r.Account == a {
				v.add(v.role(r))
			}
		}
	}
	v.others()
}

// principal is the principal of the model that a role became.
func (v *reviewer) principal(r *compile.Role) *cloud.Principal {
	return v.m.Named(cloud.Role, r.Account, r.Name)
}

func (v *reviewer) role(r *compile.Role) fold {
	st := v.Result.Set.Stack(r.Stack)
	var whom []string
	conditions := 0
	for _, s := range r.Trust {
		for _, w := range v.trusted(st, s) {
			if !slices.Contains(whom, w) {
				whom = append(whom, w)
			}
		}
		conditions += len(s.Conditions)
	}
	out := fold{summary: say(bold(r.Name), dim(" · taken on by "+strings.Join(whom, ", ")))}
	if n := stated(r.Statements); n > 0 {
		out.summary = append(out.summary, dim(" · "), painted(unsure, count(n, "statement")+" stated"))
	}
	out.blocks = append(out.blocks, para{say(dim("Stack "+r.Stack+", resource "+r.ID+", account "+r.Account), v.comment(st, r.ID))})
	out.blocks = append(out.blocks, heading{level: 4, text: say("Who may take it on")})
	for _, s := range r.Trust {
		out.blocks = append(out.blocks, v.statement(st, s, true))
	}
	if len(r.Trust) == 0 {
		out.blocks = append(out.blocks, para{say("Nobody.")})
	}
	out.blocks = append(out.blocks, heading{level: 4, text: say("What it may do")})
	for _, s := range r.Statements {
		out.blocks = append(out.blocks, v.statement(st, s, false))
	}
	p := v.principal(r)
	var managed []string
	if p != nil {
		for _, a := range p.Identity {
			if a.ARN != "" && strings.Contains(a.ARN, "::aws:policy/") {
				managed = append(managed, a.ARN)
			}
		}
	}
	if len(managed) > 0 {
		out.blocks = append(out.blocks, para{say("Beside that, what these policies of AWS's allow: ", series(codeRun, managed))})
	} else if len(r.Statements) == 0 {
		out.blocks = append(out.blocks, para{say("Nothing.")})
	}
	switch {
	case p == nil || p.Boundary == nil:
		out.blocks = append(out.blocks, para{say(painted(bad, "No boundary"), ": nothing limits what may be granted to it later.")})
	default:
		out.blocks = append(out.blocks, para{say("Bounded by ", v.boundaryLink(p.Boundary), ": whatever is granted to it later, it can do no more than that.")})
	}
	return out
}

// comment is what stands above a resource.
func (v *reviewer) comment(st *blueprint.Stack, id string) prose {
	if st == nil || st.Resource(id) == nil || st.Resource(id).Comment == "" {
		return nil
	}
	return say(br, st.Resource(id).Comment)
}

// stated counts the statements that rest on somebody's word.
func stated(sts []*blueprint.Statement) int {
	n := 0
	for _, s := range sts {
		if byWord(s) {
			n++
		}
	}
	return n
}

func byWord(s *blueprint.Statement) bool {
	return s.Effect != "Deny" && slices.ContainsFunc(s.Uses, func(u blueprint.Use) bool { return u.Row == "" })
}

// trusted names whom a statement of a trust lets in.
func (v *reviewer) trusted(st *blueprint.Stack, s *blueprint.Statement) []string {
	var out []string
	for _, p := range v.principals(st, s.Principal) {
		out = append(out, p.text)
	}
	// A trust names an account and a condition says who of it.
	for _, c := range s.Conditions {
		if strings.EqualFold(c.Key, "aws:PrincipalArn") && len(c.Values) > 0 {
			out = out[:0]
			for _, x := range c.Values {
				a := v.text(st, x)
				if i := strings.LastIndexByte(a, '/'); i >= 0 {
					a = a[i+1:]
				}
				out = append(out, a)
			}
		}
	}
	return out
}

type namedPrincipal struct{ kind, text string }

// principals lists those of a Principal element.
func (v *reviewer) principals(st *blueprint.Stack, x any) []namedPrincipal {
	var out []namedPrincipal
	var add func(kind string, x any)
	add = func(kind string, x any) {
		switch x := x.(type) {
		case nil:
		case string:
			// In a Principal element a Go string holds references too.
			out = append(out, namedPrincipal{kind, v.text(st, blueprint.Sub(x))})
		case blueprint.Sub:
			out = append(out, namedPrincipal{kind, v.text(st, x)})
		case blueprint.List:
			for _, y := range x {
				add(kind, y)
			}
		case blueprint.Map:
			for _, f := range x {
				add(f.Key, f.Value)
			}
		case []string:
			for _, y := range x {
				add(kind, y)
			}
		case []blueprint.Sub:
			for _, y := range x {
				add(kind, y)
			}
		}
	}
	add("", x)
	return out
}

// statement tells one statement: what it allows, on what, under which
// conditions, for which calls.
func (v *reviewer) statement(st *blueprint.Stack, s *blueprint.Statement, trust bool) rule {
	verb := "may "
	out := rule{deny: s.Effect == "Deny"}
	if out.deny {
		verb = "must not "
	}
	out.head = say(bold(s.Sid), " ")
	if trust {
		var ps []string
		for _, p := range v.principals(st, s.Principal) {
			ps = append(ps, p.text)
		}
		out.head = append(out.head, say(series(codeRun, ps), " ")...)
	}
	out.head = append(out.head, run{text: verb})
	if len(s.NotActions) > 0 {
		out.head = append(out.head, say("anything but ", series(codeRun, s.NotActions))...)
	} else {
		out.head = append(out.head, series(codeRun, s.Actions)...)
	}
	if byWord(s) {
		out.head = append(out.head, run{text: " "}, painted(unsure, "stated"))
	}
	if len(s.Uses) == 0 && s.Comment != "" {
		out.note = say(s.Comment)
	}
	var on []prose
	for _, r := range s.Resources {
		on = append(on, say(code(v.text(st, r))))
	}
	if len(on) > 0 {
		out.rows = append(out.rows, ruleRow{"on", on})
	}
	var conds []prose
	for _, c := range s.Conditions {
		var vs []string
		for _, x := range c.Values {
			vs = append(vs, v.text(st, x))
		}
		conds = append(conds, condition(c.Key, c.Operator, vs))
	}
	if len(conds) > 0 {
		out.rows = append(out.rows, ruleRow{"if", conds})
	}
	var uses []prose
	for _, u := range s.Uses {
		uses = append(uses, use(u))
	}
	if len(uses) > 0 {
		out.rows = append(out.rows, ruleRow{"for", uses})
	}
	return out
}

func condition(key, operator string, values []string) prose {
	return say(code(key), dim(" "+operator+" "), series(codeRun, values))
}

func use(u blueprint.Use) prose {
	place := u.Stage
	if u.Action != "" {
		place += "/" + u.Action
	}
	if place != "" {
		place += ": "
	}
	out := say(place, code(u.Call), " ", u.Why)
	switch {
	case u.Row == "":
		out = append(out, dim(" (stated)"))
	case u.Source != "":
		out = append(out, say(dim(" ("+u.Row+"; "), sourced(u.Source), dim(")"))...)
	default:
		out = append(out, dim(" ("+u.Row+")"))
	}
	return out
}

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
