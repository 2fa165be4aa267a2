package compile

import (
	"slices"
	"strings"

	"penstock/arn"
	"penstock/blueprint"
	"penstock/match"
)

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
