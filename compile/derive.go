package compile

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"penstock/blueprint"
)

// derive gives every role, every guarded resource and every trust what the
// calls need, and nothing else.
func (b *builder) derive(w *writer, all []call) {
	for _, r := range b.roles {
		var own []call
		for i := range all {
			if b.roleOf(w.model, &all[i]) == r {
				own = append(own, all[i])
			}
		}
		b.policies(w, r, append(w.identity(r.stack, own), r.extra...))
		b.trust(w, r, all)
	}
	for _, g := range b.guards {
		b.protect(w, g, all)
	}
}

// atom is the least that a statement can allow: one action on one resource
// under conditions, by whoever calls.
type atom struct {
	action   string
	resource blueprint.Sub
	conds    []blueprint.Condition
	callers  []blueprint.Sub // of a guard's policy
	service  string
	uses     []blueprint.Use
}

// under is what atoms of one statement agree in.
func (a *atom) under() string {
	var k strings.Builder
	for _, c := range a.conds {
		k.WriteString(c.Operator + "\n" + c.Key + "\n")
		for _, v := range c.Values {
			k.WriteString(string(v) + "\t")
		}
	}
	k.WriteString(a.service)
	for _, c := range a.callers {
		k.WriteString("\n" + string(c))
	}
	return k.String()
}

// identity makes the statements of a role from its calls.
func (w *writer) identity(st *blueprint.Stack, own []call) []*blueprint.Statement {
	var atoms []*atom
	for i := range own {
		c := &own[i]
		a := &atom{action: c.action, resource: w.sub(st, c.resource), conds: w.conditions(st, c.conds), uses: []blueprint.Use{c.use}}
		// A role that cannot be told is never passed on: whoever deploys what
		// names its roles grants them.
		if c.action == "iam:PassRole" && strings.HasSuffix(string(a.resource), ":role/*") {
			continue
		}
		atoms = append(atoms, a)
	}
	return statements(unite(atoms, func(a *atom) string { return a.action + "\n" + string(a.resource) + "\n" + a.under() }))
}

func (w *writer) conditions(st *blueprint.Stack, cs []cond) []blueprint.Condition {
	var out []blueprint.Condition
	for _, c := range cs {
		v := w.sub(st, c.value)
		if v == "*" {
			continue // says nothing: every value is let through
		}
		op := c.operator
		if op == "StringEquals" && strings.ContainsAny(string(v), "*?") {
			op = "StringLike"
		}
		if op == "ArnEquals" && strings.ContainsAny(string(v), "*?") {
			op = "ArnLike"
		}
		if i := slices.IndexFunc(out, func(o blueprint.Condition) bool { return o.Operator == op && o.Key == c.key }); i >= 0 {
			out[i].Values = append(out[i].Values, v)
			continue
		}
		out = append(out, blueprint.Condition{Operator: op, Key: c.key, Values: []blueprint.Sub{v}})
	}
	return out
}

// unite joins the atoms that key says are one, with the uses and the callers
// of all.
func unite(atoms []*atom, key func(*atom) string) []*atom {
	at := map[string]*atom{}
	var out []*atom
	for _, a := range atoms {
		k := key(a)
		first := at[k]
		if first == nil {
			at[k] = a
			out = append(out, a)
			continue
		}
		for _, u := range a.uses {
			if !slices.Contains(first.uses, u) {
				first.uses = append(first.uses, u)
			}
		}
		for _, c := range a.callers {
			if !slices.Contains(first.callers, c) {
				first.callers = append(first.callers, c)
			}
		}
	}
	return out
}

// statements groups atoms: what stands under the same conditions, first by
// resource, then resources on which the same actions are allowed.
func statements(atoms []*atom) []*blueprint.Statement {
	type group struct {
		st    *blueprint.Statement
		first *atom
	}
	var groups []*group
	byResource := map[string]*group{}
	for _, a := range atoms {
		k := a.under() + "\n@" + string(a.resource)
		g := byResource[k]
		if g == nil {
			g = &group{first: a, st: &blueprint.Statement{Resources: []blueprint.Sub{a.resource}, Conditions: a.conds}}
			byResource[k] = g
			groups = append(groups, g)
		}
		if !slices.Contains(g.st.Actions, a.action) {
			g.st.Actions = append(g.st.Actions, a.action)
		}
		for _, u := range a.uses {
			if !slices.Contains(g.st.Uses, u) {
				g.st.Uses = append(g.st.Uses, u)
			}
		}
	}
	byActions := map[string]*group{}
	var out []*blueprint.Statement
	sids := map[string]int{}
	for _, g := range groups {
		slices.Sort(g.st.Actions)
		k := g.first.under() + "\n@" + strings.Join(g.st.Actions, ",")
		if other := byActions[k]; other != nil && g.st.Resources[0] != "*" && other.st.Resources[0] != "*" {
			other.st.Resources = append(other.st.Resources, g.st.Resources...)
			for _, u := range g.st.Uses {
				if !slices.Contains(other.st.Uses, u) {
					other.st.Uses = append(other.st.Uses, u)
				}
			}
			continue
		}
		byActions[k] = g
		g.st.Principal = principal(g.first)
		if n := len(g.first.callers); n > 0 {
			g.st.Conditions = append([]blueprint.Condition{{Operator: "ArnEquals", Key: "aws:PrincipalArn", Values: g.first.callers}}, g.st.Conditions...)
		}
		out = append(out, g.st)
	}
	for _, s := range out {
		s.Comment = comment(s)
		s.Sid = sid(s, sids)
	}
	return out
}

// principal is the Principal element of a guard's statement: accounts, of
// which the condition on aws:PrincipalArn picks the callers. A role that is
// named there has to exist before the policy does, and is lost from it when
// it is made again
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html,
// "IAM role principals").
func principal(a *atom) any {
	switch {
	case a.service != "":
		return blueprint.KV("Service", a.service)
	case len(a.callers) == 0:
		return nil
	}
	var roots blueprint.List
	for _, c := range a.callers {
		root := c[:strings.Index(string(c), ":role/")+1] + "root"
		if !slices.Contains(roots, any(root)) {
			roots = append(roots, root)
		}
	}
	if len(roots) == 1 {
		return blueprint.KV("AWS", roots[0])
	}
	return blueprint.KV("AWS", roots)
}

// comment says which calls need a statement, a line each.
func comment(s *blueprint.Statement) string {
	type line struct {
		why    string
		places []string
	}
	var lines []*line
	for _, u := range s.Uses {
		i := slices.IndexFunc(lines, func(l *line) bool { return l.why == u.Why })
		if i < 0 {
			lines = append(lines, &line{why: u.Why})
			i = len(lines) - 1
		}
		place := cmp.Or(u.Action, u.Stage)
		if place != "" && !slices.Contains(lines[i].places, place) {
			lines[i].places = append(lines[i].places, place)
		}
	}
	var out []string
	const most = 3
	for i, l := range lines {
		if i == most && len(lines) > most+1 {
			out = append(out, "… and what compile --explain tells")
			break
		}
		text := l.why
		if len(l.places) > 0 {
			shown := l.places
			if len(shown) > 4 {
				shown = append(slices.Clone(shown[:3]), "…")
			}
			text = strings.Join(shown, ", ") + ": " + text
		}
		out = append(out, text)
	}
	return strings.Join(out, "\n")
}

// sid names a statement after the row that it is for first.
func sid(s *blueprint.Statement, taken map[string]int) string {
	name := "Granted"
	if len(s.Uses) > 0 {
		if row := s.Uses[0].Row; row != "" {
			name = ident(strings.ReplaceAll(row, "::", "-"))
		} else {
			words := strings.FieldsFunc(s.Uses[0].Why, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
			name = ident(strings.Join(words[:min(len(words), 5)], " "))
		}
	}
	taken[name]++
	if n := taken[name]; n > 1 {
		name += string(rune('A' + (n-2)%26))
		if n > 27 {
			name += string(rune('A' + (n-2)/26 - 1))
		}
	}
	return name
}
