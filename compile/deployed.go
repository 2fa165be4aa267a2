package compile

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"penstock/blueprint"
	"penstock/cloud"
	"penstock/iam"
	"penstock/match"
)

// Roles that a deployed template makes run what the author of a change wrote,
// and so does the role that makes them: it may make roles only under a
// boundary, which says what the template's own policies grant when it is
// compiled. A change that needs more is compiled again, by whoever may.

// bounded are the actions that carry iam:PermissionsBoundary and that a stack
// needs to make a role
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html).
var bounded = []string{"iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"}

// deployedBoundary is the name of the boundary of the roles that a stage's
// stack makes, after the project's name.
func deployedBoundary(stage string) string { return "-" + stage + "-deployed" }

// boundDeployed draws those boundaries, and fails for a role of a template that does
// not have its own.
func (b *builder) boundDeployed(w *writer, all []call) error {
	for _, s := range b.spec.Stages {
		if s.Deploy == nil {
			continue
		}
		var exec *role
		for _, r := range b.roles {
			if r.makes && r.name == b.spec.Project+"-"+s.Name+"-cloudformation" {
				exec = r
			}
		}
		if exec == nil {
			continue
		}
		if !slices.ContainsFunc(all, func(c call) bool { return c.caller.ARN == w.roleARN(exec) }) {
			b.step(Step{
				Before: exec.stack.Name,
				Title:  "Put " + s.Deploy.Template + ", which stage " + s.Name + " deploys, beside the spec, and compile again",
				Why:    "what CloudFormation calls follows from the template; without it role " + exec.name + " may do nothing, and the first deployment is refused",
			})
		}
		name := b.spec.Project + deployedBoundary(s.Name)
		made := made(w.model, b.set, exec, all, w)
		if len(made) == 0 {
			continue
		}
		allow := map[string]bool{}
		for _, p := range made {
			if p.Boundary == nil || !strings.HasSuffix(p.Boundary.ARN, ":policy/"+name) {
				return &unbounded{at: p.Resource, name: name, stage: s.Name}
			}
			for _, a := range p.Identity {
				if a.Policy == nil {
					return fmt.Errorf("stage %s: what policy %s of role %s grants is not known: %s", s.Name, a.Name, match.Render(p.Name), a.Unknown)
				}
				for i := range a.Policy.Statements {
					st := &a.Policy.Statements[i]
					if st.Effect != iam.Allow || st.NotAction {
						continue
					}
					for _, act := range st.Actions {
						allow[act.Text] = true
					}
				}
			}
		}
		var actions []string
		for a := range allow {
			actions = append(actions, a)
		}
		sort.Strings(actions)
		var sts []*blueprint.Statement
		if len(actions) > 0 {
			sts = append(sts, &blueprint.Statement{Sid: "Ceiling", Actions: actions, Resources: []blueprint.Sub{"*"}})
		}
		sts = append(sts, forbidden...)
		exec.stack.Add(&blueprint.Resource{
			ID: ident(s.Name) + "DeployedBoundary", Type: "AWS::IAM::ManagedPolicy",
			Comment: "The most that a role can ever do which the deployed template makes: what its policies grant today.",
			Props:   blueprint.KV("ManagedPolicyName", blueprint.Sub("${ProjectName}"+deployedBoundary(s.Name)), "PolicyDocument", &blueprint.Policy{Statements: sts}),
		})
		arn := blueprint.Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/${ProjectName}" + deployedBoundary(s.Name))
		for i := range all {
			c := &all[i]
			if b.roleOf(w.model, c) == exec && slices.Contains(bounded, c.action) {
				c.conds = append(slices.DeleteFunc(slices.Clone(c.conds), func(k cond) bool { return strings.EqualFold(k.key, "iam:PermissionsBoundary") }),
					cond{"ArnEquals", "iam:PermissionsBoundary", w.text(exec.stack, arn)})
			}
		}
	}
	return nil
}

// made are the roles that an execution role makes: those that it is known to
// call iam:CreateRole for.
func made(m *cloud.Model, set *blueprint.Set, exec *role, all []call, w *writer) []*cloud.Principal {
	var out []*cloud.Principal
	for i := range all {
		c := &all[i]
		if c.action != "iam:CreateRole" || c.caller.ARN != w.roleARN(exec) {
			continue
		}
		p := m.Principal(c.resource)
		if p == nil || p.Resource == nil || set.Stack(p.Resource.Stack.Name) != nil || slices.Contains(out, p) {
			continue
		}
		out = append(out, p)
	}
	return out
}

// An unbounded error says that a template makes a role without the boundary.
type unbounded struct {
	at          *cloud.Resource
	name, stage string
}

func (e *unbounded) Error() string {
	return fmt.Sprintf("%s: the stack that stage %s deploys makes role %s without the permissions boundary %s: whoever may make such a role may do everything in the account",
		e.at.Span, e.stage, e.at.LogicalID, e.name)
}

// Hint says what to write.
func (e *unbounded) Hint() string {
	return "give the role, or for SAM the function (or all, under Globals), PermissionsBoundary: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/" + e.name
}
