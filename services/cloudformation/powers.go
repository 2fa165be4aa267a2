package cloudformation

import (
	"slices"

	"penstock/arn"
	"penstock/cloud"
	"penstock/match"
	"penstock/pipeline"
	"penstock/service"
)

const (
	apiPage   = "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/"
	rolesPage = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html"
	setsPage  = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html"
	self      = "cloudformation.amazonaws.com"
)

// powers: CloudFormation makes what a template says with the role of the
// stack, so who hands it a template has that role's rights.
var powers = []service.Power{
	{
		ID: "cloudformation.create", Kind: service.Execute,
		Why:   "makes or changes a stack by a template of its own, with a role which trusts CloudFormation",
		Basis: service.Documented, Source: apiPage + "API_CreateStack.html; " + rolesPage,
		Find: passed,
	},
	{
		// "For all operations performed on the stack, CloudFormation uses this
		// role as long as the users have permission to operate on the stack",
		// whether or not they may pass it.
		ID: "cloudformation.update", Kind: service.Execute,
		Why:   "changes a stack that keeps the role of its last operation, by a template of its own",
		Basis: service.Documented, Source: apiPage + "API_UpdateStack.html (RoleARN); " + rolesPage,
		Find: kept,
	},
	{
		ID: "cloudformation.unknown-role", Kind: service.Tamper,
		Why:   "changes a stack, with the role that it keeps if it keeps one",
		Basis: service.Documented, Source: apiPage + "API_UpdateStack.html (RoleARN); " + rolesPage,
		Find: unknownRole,
	},
	{
		ID: "cloudformation.stack-policy", Kind: service.Tamper,
		Why:   "changes which resources of a stack an update may replace or delete",
		Basis: service.Documented, Source: apiPage + "API_SetStackPolicy.html; " + apiPage + "API_UpdateTerminationProtection.html",
		Find: func(m *cloud.Model) []service.Gain {
			return stacks(m, service.TouchesGuard, "changes the stack policy", "cloudformation:SetStackPolicy", "cloudformation:UpdateTerminationProtection")
		},
	},
	{
		ID: "cloudformation.delete", Kind: service.Tamper,
		Why:   "deletes a stack that keeps a role, and what it holds",
		Basis: service.Documented, Source: apiPage + "API_DeleteStack.html; " + rolesPage,
		Find: deleted,
	},
	{
		// A change set is a template under review: who may execute it deploys
		// what somebody else prepared.
		ID: "cloudformation.execute-change-set", Kind: service.Tamper,
		Why:   "executes a change set that waits",
		Basis: service.Documented, Source: apiPage + "API_ExecuteChangeSet.html",
		Find: changeSets,
	},
	{
		ID: "cloudformation.stack-set", Kind: service.Execute,
		Why:   "makes a stack set with an administration role, which takes on the execution role of each target account",
		Basis: service.Documented, Source: apiPage + "API_CreateStackSet.html; " + setsPage,
		Find: func(m *cloud.Model) []service.Gain {
			gs := service.New(m, self, "a new stack set", func(role string) []service.PowerCall {
				return []service.PowerCall{
					service.Made(role, "cloudformation", "stackset/*", "makes the stack set", "cloudformation:CreateStackSet"),
					service.Made(role, "cloudformation", "stackset/*", "makes its stacks", "cloudformation:CreateStackInstances"),
				}
			})
			for i := range gs {
				gs[i].Only = []string{"sts:AssumeRole"}
			}
			return gs
		},
	},
	{
		ID: "cloudformation.update-stack-set", Kind: service.Execute,
		Why:   "changes the template of a stack set, or the accounts that it goes to",
		Basis: service.Documented, Source: apiPage + "API_UpdateStackSet.html; " + apiPage + "API_CreateStackInstances.html; " + setsPage,
		Find: stackSets,
	},
	{
		ID: "cloudformation.cloud-control", Kind: service.Execute,
		Why:   "makes or changes a resource through Cloud Control with a role that it passes",
		Basis: service.Documented, Source: "https://docs.aws.amazon.com/cloudcontrolapi/latest/APIReference/API_CreateResource.html (RoleArn)",
		Find: func(m *cloud.Model) []service.Gain {
			return service.New(m, self, "Cloud Control", func(string) []service.PowerCall {
				return []service.PowerCall{{
					Actions: []string{"cloudformation:CreateResource", "cloudformation:UpdateResource", "cloudformation:DeleteResource"}, Why: "makes a resource",
				}}
			})
		},
	},
	{
		ID: "cloudformation.type", Kind: service.Execute,
		Why:   "registers a resource type whose handlers run with a role",
		Basis: service.Documented, Source: apiPage + "API_RegisterType.html (ExecutionRoleArn)",
		Find: func(m *cloud.Model) []service.Gain {
			return service.New(m, "resources.cloudformation.amazonaws.com", "a resource type", func(string) []service.PowerCall {
				return []service.PowerCall{
					{Actions: []string{"cloudformation:RegisterType", "cloudformation:ActivateType"}, Why: "registers the type"},
					{Actions: []string{"cloudformation:CreateStack", "cloudformation:UpdateStack", "cloudformation:CreateChangeSet", "cloudformation:CreateResource"}, Why: "has a handler run"},
				}
			})
		},
	},
}

// passed: a stack, new or not, by CreateStack or by a change set.
func passed(m *cloud.Model) []service.Gain {
	make := func(role, why string, actions ...string) service.PowerCall {
		c := service.Made(role, "cloudformation", "stack/*", why, actions...)
		c.Context.Set("cloudformation:RoleArn", role)
		return c
	}
	gs := service.New(m, self, "a stack", func(role string) []service.PowerCall {
		return []service.PowerCall{make(role, "has CloudFormation make what a template says", "cloudformation:CreateStack", "cloudformation:UpdateStack")}
	})
	return append(gs, service.New(m, self, "a stack", func(role string) []service.PowerCall {
		return []service.PowerCall{
			make(role, "makes a change set of its own template", "cloudformation:CreateChangeSet"),
			service.Made(role, "cloudformation", "stack/*", "executes it", "cloudformation:ExecuteChangeSet"),
		}
	})...)
}

// deployment is a stack that an action of a pipeline deploys with a role.
type deployment struct {
	arn, name, role, account string
	change                   string // the name of its change set
}

func deployments(m *cloud.Model) []deployment {
	var out []deployment
	for p := range pipeline.Find(m) {
		for _, st := range p.Stages {
			for _, a := range st.Actions {
				name := a.Get("StackName")
				if a.Provider != "CloudFormation" || name == "" || a.Get("ActionMode") == "DELETE_ONLY" {
					continue
				}
				d := deployment{
					arn: stackARN(a.Region, a.Account, name), name: name, account: a.Account, change: a.Get("ChangeSetName"),
					role: service.RoleARN(m, a.Get("RoleArn"), a.Account, a.Region),
				}
				if !slices.Contains(out, d) {
					out = append(out, d)
				}
			}
		}
	}
	return out
}

// stackARN is the ARN of a stack, whose id is not known.
func stackARN(region, account, name string) string {
	return arn.ARN{Partition: arn.Partition(region), Service: "cloudformation", Region: region, Account: account, Resource: "stack/" + name + "/*"}.String()
}

func (d deployment) on(why string, actions ...string) service.PowerCall {
	return service.PowerCall{Actions: actions, Resources: []string{d.arn}, Account: d.account, Why: why}
}

func (d deployment) gain(touches string, calls ...service.PowerCall) service.Gain {
	return service.Gain{Calls: calls, Touches: touches, What: "stack " + match.Render(d.name)}
}

func kept(m *cloud.Model) []service.Gain {
	var gs []service.Gain
	for _, d := range deployments(m) {
		if d.role == "" {
			continue
		}
		for _, calls := range [][]service.PowerCall{
			{d.on("changes the stack by a template of its own", "cloudformation:UpdateStack")},
			{d.on("makes a change set of its own template", "cloudformation:CreateChangeSet"), d.on("executes it", "cloudformation:ExecuteChangeSet")},
		} {
			calls[0].Context.SetAbsent("cloudformation:RoleArn")
			g := d.gain(service.TouchesTarget, calls...)
			g.Principal = d.role
			gs = append(gs, g)
		}
	}
	return gs
}

// unknownRole: whether somebody has deployed a stack with a role is not in
// its template.
func unknownRole(m *cloud.Model) []service.Gain {
	gs := stacks(m, service.TouchesDefinition, "changes the stack", "cloudformation:UpdateStack")
	for _, g := range stacks(m, service.TouchesDefinition, "makes a change set of its own template", "cloudformation:CreateChangeSet") {
		do := g.Calls[0]
		do.Actions, do.Why = []string{"cloudformation:ExecuteChangeSet"}, "executes it"
		g.Calls = append(g.Calls, do)
		gs = append(gs, g)
	}
	for i := range gs {
		gs[i].Calls[0].Context.SetAbsent("cloudformation:RoleArn")
		gs[i].Maybe = []string{"whether " + gs[i].What + " keeps a role of its last operation, and which"}
	}
	return gs
}

// stacks returns a gain of one call on each stack of the model.
func stacks(m *cloud.Model, touches, why string, actions ...string) []service.Gain {
	var gs []service.Gain
	for _, s := range m.Stacks {
		d := deployment{arn: stackARN(s.Region, s.Account, s.Name), name: s.Name, account: s.Account}
		gs = append(gs, d.gain(touches, d.on(why, actions...)))
	}
	return gs
}

func deleted(m *cloud.Model) []service.Gain {
	var gs []service.Gain
	for _, d := range deployments(m) {
		if d.role != "" {
			gs = append(gs, d.gain(service.TouchesTarget, d.on("deletes the stack", "cloudformation:DeleteStack")))
		}
	}
	return gs
}

func changeSets(m *cloud.Model) []service.Gain {
	var gs []service.Gain
	for _, d := range deployments(m) {
		if d.change == "" {
			continue
		}
		c := d.on("executes the change set", "cloudformation:ExecuteChangeSet")
		c.Context.Set("cloudformation:ChangeSetName", d.change)
		g := d.gain(service.TouchesGate, c)
		g.What = "change set " + match.Render(d.change) + " of " + g.What
		gs = append(gs, g)
	}
	return gs
}

// stackSets: a stack set with permissions of its own is made by its
// administration role, which is used for nothing but to take on execution
// roles. One that the organization manages has no role of the account's.
func stackSets(m *cloud.Model) []service.Gain {
	return service.Each(m, "AWS::CloudFormation::StackSet", func(r *cloud.Resource) []service.Gain {
		g := service.Gain{
			Calls:    []service.PowerCall{service.On(r, "changes the stack set", "cloudformation:UpdateStackSet", "cloudformation:CreateStackInstances", "cloudformation:UpdateStackInstances")},
			Resource: r, Touches: service.TouchesTarget, What: "stack set " + match.Render(service.Called(r)), Maybe: r.Maybe,
		}
		if r.Prop("PermissionModel").Str() != "SERVICE_MANAGED" {
			g.Principal = service.RoleOf(m, r, "AdministrationRoleARN")
			if g.Principal == "" {
				g.Principal = service.RoleARN(m, "AWSCloudFormationStackSetAdministrationRole", r.Account, r.Region)
			}
			g.Only = []string{"sts:AssumeRole"}
		}
		return []service.Gain{g}
	})
}
