package naive

import (
	"maps"
	"slices"

	"penstock/iam"
)

// Shrink takes away from a case whatever it can while bad holds of it.
func Shrink(c Case, bad func(Case) bool) Case {
	for again := true; again; {
		again = false
		for _, d := range smaller(c) {
			if bad(d) {
				c, again = d, true
				break
			}
		}
	}
	return c
}

// smaller returns the cases that are one step smaller than c.
func smaller(c Case) []Case {
	var out []Case
	with := func(f func(*Case)) {
		d := c
		d.Req.Context = c.Req.Context.Clone()
		f(&d)
		out = append(out, d)
	}
	lists := []func(*Case) *[]*iam.Policy{
		func(c *Case) *[]*iam.Policy { return &c.In.Identity },
		func(c *Case) *[]*iam.Policy { return &c.In.Boundary },
		func(c *Case) *[]*iam.Policy { return &c.In.Session },
		func(c *Case) *[]*iam.Policy { return &c.In.Resource },
		func(c *Case) *[]*iam.Policy { return &c.In.Endpoint },
	}
	levels := func(get func(*Case) *[][]*iam.Policy) {
		for i := range *get(&c) {
			with(func(d *Case) { *get(d) = slices.Delete(slices.Clone(*get(d)), i, i+1) })
			lists = append(lists, func(d *Case) *[]*iam.Policy {
				*get(d) = slices.Clone(*get(d))
				return &(*get(d))[i]
			})
		}
	}
	levels(func(c *Case) *[][]*iam.Policy { return &c.In.SCP })
	levels(func(c *Case) *[][]*iam.Policy { return &c.In.RCP })
	if c.In.HasBoundary {
		with(func(d *Case) { d.In.HasBoundary, d.In.Boundary = false, nil })
	}
	if c.In.HasSession {
		with(func(d *Case) { d.In.HasSession, d.In.Session = false, nil })
	}
	if c.In.HasEndpoint {
		with(func(d *Case) { d.In.HasEndpoint, d.In.Endpoint = false, nil })
	}
	if len(c.In.Grants) > 0 {
		with(func(d *Case) { d.In.Grants = nil })
	}
	for l := range c.In.Unknown {
		with(func(d *Case) { d.In.Unknown = maps.Clone(d.In.Unknown); delete(d.In.Unknown, l) })
	}
	for _, f := range []func(*Case) *bool{
		func(c *Case) *bool { return &c.In.Management },
		func(c *Case) *bool { return &c.In.ResourceManagement },
		func(c *Case) *bool { return &c.In.ServiceLinked },
		func(c *Case) *bool { return &c.In.AWSManagedKey },
		func(c *Case) *bool { return &c.Req.Context.Open },
	} {
		if *f(&c) {
			with(func(d *Case) { *f(d) = false })
		}
	}
	for k := range c.Req.Context.All() {
		with(func(d *Case) {
			fresh := iam.Context{Open: d.Req.Context.Open}
			for name, v := range d.Req.Context.All() {
				if name != k {
					fresh.Put(name, v)
				}
			}
			d.Req.Context = fresh
		})
	}
	for _, list := range lists {
		for i, p := range *list(&c) {
			with(func(d *Case) { l := list(d); *l = slices.Delete(slices.Clone(*l), i, i+1) })
			for _, q := range smallerPolicies(p) {
				with(func(d *Case) { l := list(d); *l = slices.Clone(*l); (*l)[i] = q })
			}
		}
	}
	return out
}

func smallerPolicies(p *iam.Policy) []*iam.Policy {
	var out []*iam.Policy
	with := func(f func(*iam.Policy)) {
		q := *p
		q.Statements = slices.Clone(p.Statements)
		f(&q)
		out = append(out, &q)
	}
	if p.Maybe != nil {
		with(func(q *iam.Policy) { q.Maybe = nil })
	}
	if p.Broken != "" {
		with(func(q *iam.Policy) { q.Broken = "" })
	}
	for i := range p.Statements {
		st := &p.Statements[i]
		with(func(q *iam.Policy) { q.Statements = slices.Delete(q.Statements, i, i+1) })
		change := func(f func(*iam.Statement)) {
			with(func(q *iam.Policy) { f(&q.Statements[i]) })
		}
		if st.Maybe != nil {
			change(func(s *iam.Statement) { s.Maybe = nil })
		}
		if len(st.Actions) > 1 || len(st.Actions) == 1 && st.Actions[0].Text != "*" {
			change(func(s *iam.Statement) { s.Actions = []iam.Elem{{Text: "*"}}; s.NotAction = false })
		}
		if st.HasResource && (len(st.Resources) > 1 || len(st.Resources) == 1 && st.Resources[0].Text != "*") {
			change(func(s *iam.Statement) { s.Resources = []iam.Elem{{Text: "*"}}; s.NotResource = false })
		}
		for j := range st.Actions {
			change(func(s *iam.Statement) { s.Actions = slices.Delete(slices.Clone(s.Actions), j, j+1) })
		}
		for j := range st.Resources {
			change(func(s *iam.Statement) { s.Resources = slices.Delete(slices.Clone(s.Resources), j, j+1) })
		}
		for j := range st.Principals {
			if len(st.Principals) > 1 {
				change(func(s *iam.Statement) { s.Principals = slices.Delete(slices.Clone(s.Principals), j, j+1) })
			}
		}
		for j := range st.Conditions {
			change(func(s *iam.Statement) { s.Conditions = slices.Delete(slices.Clone(s.Conditions), j, j+1) })
			for k := range st.Conditions[j].Values {
				change(func(s *iam.Statement) {
					s.Conditions = slices.Clone(s.Conditions)
					s.Conditions[j].Values = slices.Delete(slices.Clone(s.Conditions[j].Values), k, k+1)
				})
			}
		}
	}
	return out
}

// Show is a case as a person reads it: what JSON makes of it.
func Show(c *Case) any {
	type m = map[string]any
	context := m{}
	for k, v := range c.Req.Context.All() {
		switch {
		case v.State == iam.Unknown:
			context[k] = "?unknown"
		case v.State == iam.Absent:
			context[k] = nil
		case v.Multi:
			context[k] = v.Values
		default:
			context[k] = v.Values[0]
		}
		if v.Optional {
			context[k+" (optional)"] = true
		}
	}
	show := func(ps []*iam.Policy) []any {
		out := []any{}
		for _, p := range ps {
			out = append(out, showPolicy(p))
		}
		return out
	}
	policies := m{}
	put := func(name string, has bool, ps []*iam.Policy) {
		if has || len(ps) > 0 {
			policies[name] = show(ps)
		}
	}
	put("identity", false, c.In.Identity)
	put("boundary", c.In.HasBoundary, c.In.Boundary)
	put("session", c.In.HasSession, c.In.Session)
	put("resource", false, c.In.Resource)
	put("endpoint", c.In.HasEndpoint, c.In.Endpoint)
	for i, l := range c.In.SCP {
		policies["scp level "+string(rune('1'+i))] = show(l)
	}
	for i, l := range c.In.RCP {
		policies["rcp level "+string(rune('1'+i))] = show(l)
	}
	if len(c.In.Grants) > 0 {
		policies["grants"] = c.In.Grants
	}
	request := m{"principal": c.Req.Principal, "action": c.Req.Action, "resource": c.Req.Resource, "context": context}
	if c.Req.ResourceAccount != "" {
		request["resourceAccount"] = c.Req.ResourceAccount
	}
	if c.Req.Context.Open {
		request["open"] = true
	}
	flags := m{}
	for k, v := range map[string]bool{
		"management": c.In.Management, "resourceManagement": c.In.ResourceManagement,
		"serviceLinked": c.In.ServiceLinked, "awsManagedKey": c.In.AWSManagedKey,
	} {
		if v {
			flags[k] = v
		}
	}
	if c.In.EndpointType != "" {
		flags["endpoint type"] = true
		flags[c.In.EndpointType] = true
	}
	for l := range c.In.Unknown {
		flags["unknown "+l] = true
	}
	return m{"request": request, "policies": policies, "flags": flags}
}

func showPolicy(p *iam.Policy) any {
	type m = map[string]any
	texts := func(es []iam.Elem) []string {
		out := []string{}
		for _, e := range es {
			if e.Maybe != nil {
				e.Text += " (if a fact)"
			}
			out = append(out, e.Text)
		}
		return out
	}
	sts := []any{}
	for _, s := range p.Statements {
		o := m{"Effect": s.Effect.String()}
		name := func(n string, not bool) string {
			if not {
				return "Not" + n
			}
			return n
		}
		o[name("Action", s.NotAction)] = texts(s.Actions)
		if s.HasResource {
			o[name("Resource", s.NotResource)] = texts(s.Resources)
		}
		if s.HasPrincipal {
			who := map[string][]string{}
			for _, e := range s.Principals {
				who[e.Type.String()] = append(who[e.Type.String()], texts([]iam.Elem{e.Elem})[0])
			}
			o[name("Principal", s.NotPrincipal)] = who
		}
		if len(s.Conditions) > 0 {
			cs := []any{}
			for _, c := range s.Conditions {
				cs = append(cs, m{c.Operator: m{c.Key: texts(c.Values)}})
			}
			o["Condition"] = cs
		}
		if s.Maybe != nil {
			o["(if)"] = "a fact"
		}
		sts = append(sts, o)
	}
	o := m{"Version": p.Version, "Statement": sts}
	if p.Maybe != nil {
		o["(if)"] = "a fact"
	}
	if p.Broken != "" {
		o["(broken)"] = true
	}
	return o
}
