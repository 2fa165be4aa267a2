package compile

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"penstock/arn"
	"penstock/blueprint"
	"penstock/match"
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

// trust writes who may assume a role: whoever does in a walk, a service under
// the conditions that it is known to send.
func (b *builder) trust(w *writer, r *role, all []call) {
	arnOf := w.roleARN(r)
	var atoms []*atom
	for i := range all {
		c := &all[i]
		if c.action != "sts:AssumeRole" || c.resource != arnOf || r.brokered {
			continue
		}
		a := &atom{action: c.action, conds: w.conditions(r.stack, c.conds), uses: []blueprint.Use{c.use}}
		if c.caller.Service != "" {
			a.service = c.caller.Service
		} else {
			a.callers = []blueprint.Sub{w.sub(r.stack, c.caller.ARN)}
			// An action of CodePipeline cannot send an external id: whoever does
			// is somebody else.
			a.conds = append(a.conds, blueprint.Condition{Operator: "Null", Key: "sts:ExternalId", Values: []blueprint.Sub{"true"}})
			if b.spec.Organization != nil && b.spec.Organization.ID != "" {
				a.conds = append(a.conds, blueprint.Condition{Operator: "StringEquals", Key: "aws:PrincipalOrgID", Values: []blueprint.Sub{blueprint.Lit(b.spec.Organization.ID)}})
			}
		}
		atoms = append(atoms, a)
	}
	atoms = unite(atoms, func(a *atom) string {
		c := *a
		c.callers = nil
		return c.under()
	})
	sts := statements(atoms)
	for _, s := range sts {
		s.Resources = nil
	}
	sts = append(sts, r.trust...)
	p := &blueprint.Policy{Statements: sts}
	// Before the policies, as a person would write it.
	r.res.Props = slices.Insert(r.res.Props, 1, blueprint.Field{Key: "AssumeRolePolicyDocument", Value: p})
}

// protect writes the policy of a guarded resource.
func (b *builder) protect(w *writer, g *guard, all []call) {
	kind := guarded[g.of.Type]
	var atoms []*atom
	for i := range all {
		c := &all[i]
		res := w.model.Owner(c.resource)
		if res == nil || res.LogicalID != g.of.ID || res.Stack.Name != g.stack.Name || c.action == "sts:AssumeRole" {
			continue
		}
		if svc, _, _ := strings.Cut(c.action, ":"); kind.prefix != "" && svc != kind.prefix {
			continue
		}
		a := &atom{action: c.action, uses: []blueprint.Use{c.use}}
		var conds []cond
		for _, k := range c.conds {
			if k.key != "aws:ResourceAccount" {
				conds = append(conds, k)
			}
		}
		a.conds = w.conditions(g.stack, w.uncircled(g, conds))
		if kind.resource {
			a.resource = w.sub(g.stack, c.resource)
		} else if !kind.none {
			a.resource = "*"
		}
		switch {
		case c.caller.Service != "":
			a.service = c.caller.Service
		case kind.everybody || arn.Account(c.caller.ARN) != g.stack.Account:
			a.callers = []blueprint.Sub{w.sub(g.stack, c.caller.ARN)}
		default:
			continue
		}
		atoms = append(atoms, a)
	}
	atoms = unite(atoms, func(a *atom) string {
		c := *a
		c.callers = nil
		return a.action + "\n" + string(a.resource) + "\n" + c.under()
	})
	for _, a := range atoms {
		slices.Sort(a.callers)
	}
	atoms = slices.DeleteFunc(atoms, func(a *atom) bool { return w.covers(g.stack, g.base, a) })
	if g.of.Type == "AWS::Lambda::Function" {
		b.permissions(g, atoms)
		return
	}
	sts := statements(atoms)
	if kind.none {
		for _, s := range sts {
			s.Resources = nil
		}
	}
	sts = append(slices.Clone(g.base), sts...)
	if len(sts) == 0 {
		g.stack.Resources = slices.DeleteFunc(g.stack.Resources, func(r *blueprint.Resource) bool { return r == g.in && r != g.of })
		return
	}
	g.in.Props.Set(g.prop, &blueprint.Policy{Statements: sts})
	if g.stack.Exists {
		b.step(Step{
			Title: "Give " + g.of.Type + " " + w.name(g) + " of account " + g.stack.Account + " the policy that " + g.stack.Name + " describes",
			Why:   "it is not made here, and other accounts get at it only where its own policy lets them",
		})
	}
}

// name is the name of a guarded resource.
func (w *writer) name(g *guard) string {
	for _, r := range w.model.Resources {
		if r.LogicalID == g.of.ID && r.Stack.Name == g.stack.Name {
			return match.Render(r.Name)
		}
	}
	return g.of.ID
}

// A guardedType says how the policy of a type of resource is written.
type guardedType struct {
	prefix    string // of the actions that it decides about
	resource  bool   // statements name the resource, else "*"
	none      bool   // statements have no Resource
	everybody bool   // callers of its own account need it too
}

// guarded are the types that can be guarded.
var guarded = map[string]guardedType{
	// A key's policy decides alone: no policy of IAM counts that it does not
	// let in (https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html).
	"AWS::KMS::Key":               {prefix: "kms", everybody: true},
	"AWS::S3::Bucket":             {prefix: "s3", resource: true},
	"AWS::SNS::Topic":             {prefix: "sns", resource: true},
	"AWS::SQS::Queue":             {prefix: "sqs", resource: true},
	"AWS::SecretsManager::Secret": {prefix: "secretsmanager", none: false},
	// A repository policy has no Resource
	// (https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html).
	"AWS::ECR::Repository":  {prefix: "ecr", none: true},
	"AWS::Lambda::Function": {prefix: "lambda"},
	"AWS::DynamoDB::Table":  {prefix: "dynamodb", resource: true},
}

// permissions lets services invoke a function: a resource each.
func (b *builder) permissions(g *guard, atoms []*atom) {
	for i, a := range atoms {
		if a.service == "" {
			continue
		}
		props := blueprint.KV("FunctionName", blueprint.Ref(g.of.ID), "Action", a.action, "Principal", a.service)
		for _, c := range a.conds {
			switch strings.ToLower(c.Key) {
			case "aws:sourcearn":
				props.Set("SourceArn", c.Values[0])
			case "aws:sourceaccount":
				props.Set("SourceAccount", c.Values[0])
			}
		}
		id := g.of.ID + "Permission"
		if i > 0 {
			id += string(rune('A' + i - 1))
		}
		g.stack.Add(&blueprint.Resource{ID: id, Type: "AWS::Lambda::Permission", Props: props})
	}
}
