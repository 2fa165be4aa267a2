package report

import (
	"slices"
	"strings"

	"penstock/blueprint"
	"penstock/cloud"
	"penstock/compile"
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
