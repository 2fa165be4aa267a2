package compile

import (
	"slices"
	"sort"
	"strings"
	"unicode"

	"penstock/blueprint"
)

// boundaryID is the logical id of an account's boundary.
const boundaryID = "PermissionsBoundary"

// forbidden is what no role of the pipeline may ever do, whatever a policy
// that somebody attaches later says.
var forbidden = []*blueprint.Statement{
	{
		Sid: "NoPeople", Effect: "Deny", Comment: "A pipeline makes no users and no keys, and leaves the organization and the account alone.",
		Actions: []string{
			"account:*", "iam:AttachUserPolicy", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreateUser",
			"iam:DeleteRolePermissionsBoundary", "iam:PutRolePermissionsBoundary", "iam:PutUserPolicy", "iam:UpdateLoginProfile", "organizations:*",
		},
		Resources: []blueprint.Sub{"*"},
	},
	{
		Sid: "NoDataLost", Effect: "Deny", Comment: "Nor does it delete data.",
		Actions:   []string{"dynamodb:DeleteTable", "rds:DeleteDBCluster", "rds:DeleteDBInstance", "s3:DeleteBucket"},
		Resources: []blueprint.Sub{"*"},
	},
}

// boundaries puts a boundary on every role: all that the roles of a stack
// need, and nothing that must never be.
func (b *builder) boundaries(w *writer) {
	type ceiling struct {
		st    *blueprint.Stack
		makes bool // that of roles which make resources
		wide  bool // that of roles with policies which are written elsewhere
		id    string
		roles []*role
		allow map[string]bool
	}
	var all []*ceiling
	for _, r := range b.roles {
		if b.spec.Boundary != "" {
			// One of the same name in each account: a boundary is a policy of the
			// account of its role.
			owner, name := blueprint.Sub("${AWS::AccountId}"), b.spec.Boundary
			if of, n, ok := strings.Cut(name, ":policy/"); ok {
				name = n
				if strings.HasSuffix(of, "::aws") {
					owner = "aws" // AWS's own, which every account has
				}
			}
			r.bound("arn:${AWS::Partition}:iam::" + owner + ":policy/" + blueprint.Lit(name))
			continue
		}
		wide := r.res.Props.Get("ManagedPolicyArns") != nil
		i := slices.IndexFunc(all, func(c *ceiling) bool { return c.st == r.stack && c.makes == r.makes && c.wide == wide })
		if i < 0 {
			c := &ceiling{st: r.stack, makes: r.makes, wide: wide, id: boundaryID, allow: map[string]bool{}}
			switch {
			case r.makes:
				c.id = "Making" + boundaryID
			case wide:
				c.id = "Wide" + boundaryID
			}
			all = append(all, c)
			i = len(all) - 1
		}
		c := all[i]
		c.roles = append(c.roles, r)
		r.bound(blueprint.Ref(c.id))
		for _, s := range roleStatements(r) {
			if s.Effect == "Deny" {
				continue
			}
			for _, a := range s.Actions {
				c.allow[a] = true
			}
		}
	}
	for _, c := range all {
		var actions, roles []string
		for a := range c.allow {
			if a == "iam:PassRole" || a == "sts:AssumeRole" {
				roles = append(roles, a)
				continue
			}
			actions = append(actions, a)
		}
		if c.wide {
			actions, roles = []string{"*"}, nil
		}
		sort.Strings(actions)
		sort.Strings(roles)
		var sts []*blueprint.Statement
		if len(actions) > 0 {
			sts = append(sts, &blueprint.Statement{Sid: "Ceiling", Actions: actions, Resources: []blueprint.Sub{"*"}})
		}
		if len(roles) > 0 {
			sts = append(sts, &blueprint.Statement{Sid: "RolesOfThePipeline", Actions: roles, Resources: b.handed(c.roles)})
		}
		sts = append(sts, forbidden[0])
		if !c.makes {
			sts = append(sts, forbidden[1])
		}
		size := w.sizes(c.st)
		for size(sts...) > managedLimit && shorten(sts[0]) {
		}
		name := blueprint.Sub("${ProjectName}-boundary")
		comment := "The most that any role of this stack can ever do. It grants nothing by itself."
		switch {
		case c.makes:
			name += "-making"
			comment = "The most that a role can ever do with which CloudFormation makes resources. It grants nothing by itself."
		case c.wide:
			name += "-wide"
			comment = "What the managed policies of these roles grant is written elsewhere: here stands what nobody may by them. It grants nothing by itself."
		}
		if c.st.Region != b.spec.Region || b.set.Stack(c.st.Name) != b.first(c.st.Account) {
			name += blueprint.Sub("-" + c.st.Name)
		}
		r := &blueprint.Resource{
			ID: c.id, Type: "AWS::IAM::ManagedPolicy", Section: "boundary", Comment: comment,
			Props: blueprint.KV("ManagedPolicyName", name, "PolicyDocument", &blueprint.Policy{Statements: sts}),
		}
		c.st.Add(r)
	}
}

// first is the first stack of an account.
func (b *builder) first(account string) *blueprint.Stack {
	for _, st := range b.set.Stacks {
		if st.Account == account {
			return st
		}
	}
	return nil
}

func (r *role) bound(policy blueprint.Sub) {
	at := min(2, len(r.res.Props))
	r.res.Props = slices.Insert(r.res.Props, at, blueprint.Field{Key: "PermissionsBoundary", Value: policy})
}

// roleStatements are those of the policies of a role.
func roleStatements(r *role) []*blueprint.Statement {
	var out []*blueprint.Statement
	add := func(v any) {
		for v := range blueprint.Values(v) {
			if p, ok := v.(*blueprint.Policy); ok {
				out = append(out, p.Statements...)
			}
		}
	}
	add(r.res.Props.Get("Policies"))
	for _, res := range r.stack.Resources {
		if res.Type == "AWS::IAM::ManagedPolicy" && strings.HasPrefix(res.ID, r.id+"Policy") {
			add(res.Props)
		}
	}
	return out
}

// handed are the roles that roles may pass on or assume, as their policies
// name them.
func (b *builder) handed(roles []*role) []blueprint.Sub {
	var out []blueprint.Sub
	for _, r := range roles {
		for _, s := range roleStatements(r) {
			if s.Effect == "Deny" || !slices.Contains(s.Actions, "iam:PassRole") && !slices.Contains(s.Actions, "sts:AssumeRole") {
				continue
			}
			for _, res := range s.Resources {
				// By the project's prefix, so that it stays short however many
				// stages there are.
				if i := strings.Index(string(res), ":role/${ProjectName}-"); i >= 0 {
					res = res[:i] + ":role/${ProjectName}-*"
				}
				if !slices.Contains(out, res) {
					out = append(out, res)
				}
			}
		}
	}
	return out
}

// shorten puts a pattern in the place of the actions of one service that begin
// with the same word, those that save most; false where nothing can be saved.
func shorten(s *blueprint.Statement) bool {
	saved := map[string]int{}
	for _, a := range s.Actions {
		if strings.HasSuffix(a, "*") {
			continue
		}
		svc, verb, _ := strings.Cut(a, ":")
		word := verb
		if i := strings.IndexFunc(verb[1:], unicode.IsUpper); i >= 0 {
			word = verb[:i+1]
		}
		saved[svc+":"+word+"*"] += len(a)
	}
	best := ""
	for p, n := range saved {
		if n > saved[best] || n == saved[best] && p < best {
			best = p
		}
	}
	if best == "" {
		return false
	}
	prefix := strings.TrimSuffix(best, "*")
	s.Actions = slices.DeleteFunc(s.Actions, func(a string) bool { return strings.HasPrefix(a, prefix) })
	s.Actions = append(s.Actions, best)
	sort.Strings(s.Actions)
	return true
}
