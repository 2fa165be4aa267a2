package iam

import (
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
)

const (
	apiPage      = "https://docs.aws.amazon.com/IAM/latest/APIReference/"
	boundaryPage = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"
	passPage     = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"
	keysPage     = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html"
)

// powers: who can change what a principal may do, or who may become it.
//
// An Escalate is of use to whoever acts as the principal. What a new or changed
// policy grants is the taker's to choose, so it is everything that the boundary
// and the organization leave.
var powers = []service.Power{
	{
		ID: "iam.put-role-policy", Kind: service.Escalate,
		Why:   "writes any policy into the role",
		Basis: service.Documented, Source: apiPage + "API_PutRolePolicy.html",
		Find: change(cloud.Role, "writes an inline policy", "iam:PutRolePolicy"),
	},
	{
		ID: "iam.put-user-policy", Kind: service.Escalate,
		Why:   "writes any policy into the user",
		Basis: service.Documented, Source: apiPage + "API_PutUserPolicy.html",
		Find: change(cloud.User, "writes an inline policy", "iam:PutUserPolicy"),
	},
	{
		ID: "iam.attach-role-policy", Kind: service.Escalate,
		Why:   "attaches a policy that grants everything to the role",
		Basis: service.Documented, Source: apiPage + "API_AttachRolePolicy.html; " + keysPage + " (iam:PolicyARN)",
		Find: attach(cloud.Role, "iam:AttachRolePolicy"),
	},
	{
		ID: "iam.attach-user-policy", Kind: service.Escalate,
		Why:   "attaches a policy that grants everything to the user",
		Basis: service.Documented, Source: apiPage + "API_AttachUserPolicy.html; " + keysPage + " (iam:PolicyARN)",
		Find: attach(cloud.User, "iam:AttachUserPolicy"),
	},
	{
		ID: "iam.put-group-policy", Kind: service.Escalate,
		Why:   "writes any policy into a group of the user",
		Basis: service.Documented, Source: apiPage + "API_PutGroupPolicy.html",
		Find: groups(func(g *cloud.Principal) [][]service.PowerCall {
			return [][]service.PowerCall{{call(g, "writes an inline policy", "iam:PutGroupPolicy")}}
		}),
	},
	{
		ID: "iam.attach-group-policy", Kind: service.Escalate,
		Why:   "attaches a policy that grants everything to a group of the user",
		Basis: service.Documented, Source: apiPage + "API_AttachGroupPolicy.html; " + keysPage + " (iam:PolicyARN)",
		Find: groups(func(g *cloud.Principal) [][]service.PowerCall { return attachCalls(g, "iam:AttachGroupPolicy") }),
	},
	{
		ID: "iam.add-to-group", Kind: service.Escalate,
		Why:   "makes the user a member of a group, with the group's rights",
		Basis: service.Documented, Source: apiPage + "API_AddUserToGroup.html",
		Find: joins,
	},
	{
		ID: "iam.policy-version", Kind: service.Escalate,
		Why:   "makes a version of a managed policy that grants everything the default one",
		Basis: service.Documented, Source: apiPage + "API_CreatePolicyVersion.html (SetAsDefault)",
		Find: func(m *cloud.Model) []service.Gain {
			return versions(m, "iam:CreatePolicyVersion", "writes a new version and makes it the default", "")
		},
	},
	{
		ID: "iam.default-version", Kind: service.Escalate,
		Why:   "goes back to an older version of a managed policy, which may grant more",
		Basis: service.Documented, Source: apiPage + "API_SetDefaultPolicyVersion.html",
		Find: func(m *cloud.Model) []service.Gain {
			return versions(m, "iam:SetDefaultPolicyVersion", "makes an older version the default", "what older versions of the policy grant")
		},
	},
	{
		ID: "iam.unbind", Kind: service.Escalate,
		Why:   "takes the permissions boundary away, or puts one in its place that limits nothing",
		Basis: service.Documented, Source: apiPage + "API_DeleteRolePermissionsBoundary.html; " + apiPage + "API_PutRolePermissionsBoundary.html; " + boundaryPage,
		Find: unbind,
	},
	{
		ID: "iam.update-trust", Kind: service.Become,
		Why:   "writes itself into the trust policy of the role",
		Basis: service.Documented, Source: apiPage + "API_UpdateAssumeRolePolicy.html",
		Find: change(cloud.Role, "changes who may assume the role", "iam:UpdateAssumeRolePolicy"),
	},
	{
		ID: "iam.access-key", Kind: service.Become,
		Why:   "makes an access key of the user",
		Basis: service.Documented, Source: apiPage + "API_CreateAccessKey.html",
		Find: change(cloud.User, "makes an access key", "iam:CreateAccessKey"),
	},
	{
		ID: "iam.login-profile", Kind: service.Become,
		Why:   "gives the user a password that it knows",
		Basis: service.Documented, Source: apiPage + "API_CreateLoginProfile.html; " + apiPage + "API_UpdateLoginProfile.html",
		Find: change(cloud.User, "sets the password", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"),
	},
	{
		ID: "iam.git-credentials", Kind: service.Become,
		Why:   "makes credentials of the user for CodeCommit",
		Basis: service.Documented, Source: apiPage + "API_CreateServiceSpecificCredential.html; " + apiPage + "API_UploadSSHPublicKey.html",
		Find: gitCredentials,
	},
	{
		ID: "iam.saml-provider", Kind: service.Become,
		Why:   "puts its own keys into the identity provider that the role trusts",
		Basis: service.Documented, Source: apiPage + "API_UpdateSAMLProvider.html",
		Find: samlProviders,
	},
	{
		ID: "iam.create-role", Kind: service.Escalate,
		Why:   "makes a role that it may assume, and lets it do everything",
		Basis: service.Documented, Source: apiPage + "API_CreateRole.html; " + boundaryPage + " (delegating responsibility to others)",
		Find: func(m *cloud.Model) []service.Gain {
			return create(m, "role", "iam:CreateRole", nil, "iam:PutRolePolicy", "iam:AttachRolePolicy")
		},
	},
	{
		ID: "iam.create-user", Kind: service.Escalate,
		Why:   "makes a user with an access key, and lets it do everything",
		Basis: service.Documented, Source: apiPage + "API_CreateUser.html; " + boundaryPage + " (delegating responsibility to others)",
		Find: func(m *cloud.Model) []service.Gain {
			return create(m, "user", "iam:CreateUser", []string{"iam:CreateAccessKey", "iam:CreateLoginProfile"}, "iam:PutUserPolicy", "iam:AttachUserPolicy", "iam:AddUserToGroup")
		},
	},
	{
		ID: "iam.remove-deny", Kind: service.Escalate,
		Why:   "takes away a policy that denies",
		Basis: service.Documented, Source: apiPage + "API_DeleteRolePolicy.html; " + apiPage + "API_DetachRolePolicy.html",
		Find: denies,
	},
	{
		ID: "iam.tag-principal", Kind: service.Tamper,
		Why:   "changes a tag by which policies tell principals apart",
		Basis: service.Documented, Source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/introduction_attribute-based-access-control.html",
		Find: tagged,
	},
	{
		ID: "iam.oidc-provider", Kind: service.Tamper,
		Why:   "changes whose tokens and which audiences the identity provider stands for",
		Basis: service.Documented, Source: apiPage + "API_AddClientIDToOpenIDConnectProvider.html; " + apiPage + "API_UpdateOpenIDConnectProviderThumbprint.html",
		Find: service.Change("AWS::IAM::OIDCProvider", "identity provider", service.TouchesGuard, "changes the provider",
			"iam:AddClientIDToOpenIDConnectProvider", "iam:UpdateOpenIDConnectProviderThumbprint", "iam:DeleteOpenIDConnectProvider"),
	},
	{
		ID: "iam.pass-other", Kind: service.Execute,
		Why:   "passes the role to a service that runs the taker's code with it",
		Basis: service.Documented, Source: passPage + "; the API page of each call (services/iam/powers_pass.go)",
		Find: passOther,
	},
	{
		ID: "iam.delete-principal", Kind: service.Tamper,
		Why:   "deletes a principal or what it may do, so that what runs with it fails",
		Basis: service.Documented, Source: apiPage + "API_DeleteRole.html; " + apiPage + "API_DetachRolePolicy.html",
		Find: service.Change(roleType, "role", service.TouchesTarget, "deletes it or its policies",
			"iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy"),
	},
}

// bound reports whether an action carries iam:PermissionsBoundary: those that
// make a principal, and those that change its policies or its boundary
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html).
func bound(action string) bool {
	return strings.HasSuffix(action, "PermissionsBoundary") || action == "iam:CreateRole" || action == "iam:CreateUser" ||
		strings.HasSuffix(action, "RolePolicy") && action != "iam:UpdateAssumeRolePolicy" || strings.HasSuffix(action, "UserPolicy")
}

// call is a call on a principal. What policies compare with iam:PermissionsBoundary
// there is the boundary that the principal has, except where the call sets one.
func call(p *cloud.Principal, why string, actions ...string) service.PowerCall {
	c := service.PowerCall{Actions: actions, Resources: []string{p.ARN}, Account: p.Account, Why: why}
	switch {
	case p.Kind == cloud.Group || p.Boundary == nil || !bound(actions[0]):
		c.Context.SetAbsent("iam:PermissionsBoundary")
	case p.Boundary.ARN != "":
		c.Context.Set("iam:PermissionsBoundary", p.Boundary.ARN)
	default:
		c.Context.SetUnknown("iam:PermissionsBoundary")
	}
	return c
}

// each yields the declared principals of a kind. One that nobody can change is
// not declared, or is a role of Identity Center: "this role is only modifiable
// by AWS" (https://github.com/perkbox/cloud-access-bot/issues/11).
func each(m *cloud.Model, k cloud.PrincipalKind, visit func(*cloud.Principal)) {
	for p := range m.Principals() {
		if p.Kind == k && !strings.HasPrefix(p.Path, "/aws-reserved/") {
			visit(p)
		}
	}
}

func gain(p *cloud.Principal, calls ...service.PowerCall) service.Gain {
	return service.Gain{Calls: calls, Principal: p.ARN, Resource: p.Resource, What: kind(p) + " " + match.Render(p.Name), Maybe: p.Maybe}
}

func kind(p *cloud.Principal) string { return [...]string{"role", "user", "group"}[p.Kind] }

func change(k cloud.PrincipalKind, why string, actions ...string) func(*cloud.Model) []service.Gain {
	return func(m *cloud.Model) []service.Gain {
		var gs []service.Gain
		each(m, k, func(p *cloud.Principal) { gs = append(gs, gain(p, call(p, why, actions...))) })
		return gs
	}
}

// attachCalls are the ways to attach a policy that grants everything, or the
// rights to take everything: one of AWS's, or a new one of the account.
func attachCalls(p *cloud.Principal, action string) [][]service.PowerCall {
	a, _ := arn.Parse(p.ARN)
	var out [][]service.PowerCall
	for _, name := range [...]string{"AdministratorAccess", "IAMFullAccess", "PowerUserAccess"} {
		c := call(p, "attaches "+name, action)
		c.Context.Set("iam:PolicyARN", "arn:"+a.Partition+":iam::aws:policy/"+name)
		out = append(out, []service.PowerCall{c})
	}
	own := call(p, "attaches the new policy", action)
	policy := "arn:" + a.Partition + ":iam::" + p.Account + ":policy/"
	own.Context.Set("iam:PolicyARN", policy+match.Hole(match.Path, "the new policy"))
	return append(out, []service.PowerCall{
		{Actions: []string{"iam:CreatePolicy"}, Resources: []string{policy + "*"}, Account: p.Account, Why: "makes a policy that grants everything"},
		own,
	})
}

func attach(k cloud.PrincipalKind, action string) func(*cloud.Model) []service.Gain {
	return func(m *cloud.Model) []service.Gain {
		var gs []service.Gain
		each(m, k, func(p *cloud.Principal) {
			for _, calls := range attachCalls(p, action) {
				gs = append(gs, gain(p, calls...))
			}
		})
		return gs
	}
}

// groups returns a gain for each user of each group: the calls of ways.
func groups(ways func(*cloud.Principal) [][]service.PowerCall) func(*cloud.Model) []service.Gain {
	return func(m *cloud.Model) []service.Gain {
		var gs []service.Gain
		each(m, cloud.User, func(u *cloud.Principal) {
			for _, name := range u.Groups {
				g := m.Named(cloud.Group, u.Account, name)
				if g == nil {
					continue
				}
				for _, calls := range ways(g) {
					gs = append(gs, gain(u, calls...))
				}
			}
		})
		return gs
	}
}

func joins(m *cloud.Model) []service.Gain {
	var gs []service.Gain
	each(m, cloud.Group, func(g *cloud.Principal) {
		c := call(g, "adds a user to group "+match.Render(g.Name), "iam:AddUserToGroup")
		each(m, cloud.User, func(u *cloud.Principal) {
			if u.Account == g.Account && !slices.Contains(u.Groups, g.Name) {
				x := gain(u, c)
				x.Groups, x.What = []string{g.Name}, x.What+" in group "+match.Render(g.Name)
				gs = append(gs, x)
			}
		})
	})
	return gs
}

// versions returns a gain for each principal whose identity holds a declared
// managed policy. Where the policy is a boundary, only the boundary goes.
func versions(m *cloud.Model, action, why, maybe string) []service.Gain {
	policies := map[string]*cloud.Resource{}
	for r := range m.OfType(managedType) {
		policies[r.ARN] = r
	}
	var gs []service.Gain
	add := func(p *cloud.Principal, of string, unbinds bool) {
		r := policies[of]
		if r == nil {
			return
		}
		g := gain(p, service.On(r, why, action))
		g.Unbinds, g.What = unbinds, g.What+" by policy "+match.Render(r.Name)
		if maybe != "" {
			g.Maybe = append(slices.Clip(g.Maybe), maybe)
		}
		gs = append(gs, g)
	}
	for p := range m.Principals() {
		if p.Kind == cloud.Group {
			continue
		}
		for _, a := range p.Identity {
			add(p, a.ARN, false)
		}
		for _, name := range p.Groups {
			if g := m.Named(cloud.Group, p.Account, name); g != nil {
				for _, a := range g.Identity {
					add(p, a.ARN, false)
				}
			}
		}
		if p.Boundary != nil {
			add(p, p.Boundary.ARN, true)
		}
	}
	return gs
}

func unbind(m *cloud.Model) []service.Gain {
	var gs []service.Gain
	for p := range m.Principals() {
		if p.Boundary == nil || p.Kind == cloud.Group {
			continue
		}
		a, _ := arn.Parse(p.ARN)
		word := "Role"
		if p.Kind == cloud.User {
			word = "User"
		}
		put := call(p, "sets a boundary that limits nothing", "iam:Put"+word+"PermissionsBoundary")
		put.Context.Set("iam:PermissionsBoundary", "arn:"+a.Partition+":iam::aws:policy/AdministratorAccess")
		for _, c := range []service.PowerCall{call(p, "takes the boundary away", "iam:Delete"+word+"PermissionsBoundary"), put} {
			g := gain(p, c)
			g.Unbinds = true
			gs = append(gs, g)
		}
	}
	return gs
}

// gitCredentials work for git over HTTPS and SSH alone.
func gitCredentials(m *cloud.Model) []service.Gain {
	var gs []service.Gain
	each(m, cloud.User, func(p *cloud.Principal) {
		g := gain(p, call(p, "makes credentials for CodeCommit", "iam:CreateServiceSpecificCredential", "iam:ResetServiceSpecificCredential", "iam:UploadSSHPublicKey"))
		g.Only = []string{"codecommit:GitPull", "codecommit:GitPush"}
		gs = append(gs, g)
	})
	return gs
}

func samlProviders(m *cloud.Model) []service.Gain {
	var gs []service.Gain
	each(m, cloud.Role, func(p *cloud.Principal) {
		if p.Trust == nil || p.Trust.Policy == nil {
			return
		}
		for r := range m.OfType("AWS::IAM::SAMLProvider") {
			for _, st := range p.Trust.Policy.Statements {
				if st.Effect == iam.Allow && slices.ContainsFunc(st.Principals, func(e iam.PrincipalElem) bool { return e.Text == r.ARN }) {
					gs = append(gs, gain(p, service.On(r, "replaces the metadata of the provider", "iam:UpdateSAMLProvider")))
				}
			}
		}
	})
	return gs
}

// create returns the gains of making a principal: without a boundary, and
// under each boundary that somebody has or that a condition asks for.
func create(m *cloud.Model, what, action string, keys []string, grants ...string) []service.Gain {
	var gs []service.Gain
	bounds := boundaries(m)
	for _, account := range accounts(m) {
		for _, b := range append([]string{""}, bounds...) {
			if b != "" && arn.Account(b) != account && arn.Account(b) != "aws" {
				continue
			}
			on := []string{"arn:*:iam::" + account + ":" + what + "/*"}
			step := func(why string, actions ...string) service.PowerCall {
				c := service.PowerCall{Actions: actions, Resources: on, Account: account, Same: true, Why: why}
				if b == "" || !bound(actions[0]) {
					c.Context.SetAbsent("iam:PermissionsBoundary")
				} else {
					c.Context.Set("iam:PermissionsBoundary", b)
				}
				return c
			}
			g := service.Gain{Calls: []service.PowerCall{step("makes the "+what, action)}, What: "a new " + what + " of account " + account}
			if b != "" {
				g.What += " under boundary " + match.Render(b)
			}
			if keys != nil {
				g.Calls = append(g.Calls, step("makes its credentials", keys...))
			}
			g.Calls = append(g.Calls, step("lets it do everything", grants...))
			gs = append(gs, g)
		}
	}
	return gs
}

// accounts lists the accounts of the model, in order.
func accounts(m *cloud.Model) []string {
	var out []string
	add := func(a string) {
		if a != "" && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	for _, s := range m.Stacks {
		add(s.Account)
	}
	for p := range m.Principals() {
		add(p.Account)
	}
	return out
}

// boundaries lists the policies that bound a declared principal, or that a
// condition on iam:PermissionsBoundary names.
func boundaries(m *cloud.Model) []string {
	var out []string
	add := func(s string) {
		if s != "" && !strings.ContainsAny(s, "*?$") && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for p := range m.Principals() {
		if p.Boundary != nil {
			add(p.Boundary.ARN)
		}
		for _, a := range p.Identity {
			if a.Policy == nil {
				continue
			}
			for _, st := range a.Policy.Statements {
				for _, c := range st.Conditions {
					if strings.EqualFold(c.Key, "iam:PermissionsBoundary") {
						for _, v := range c.Values {
							add(v.Text)
						}
					}
				}
			}
		}
	}
	return out
}

// denies finds principals whose own policies deny: without the Deny what else
// they grant counts in full. What that is depends on the policies, so a gain
// is Maybe.
func denies(m *cloud.Model) []service.Gain {
	var gs []service.Gain
	for p := range m.Principals() {
		if p.Kind == cloud.Group {
			continue
		}
		for _, a := range p.Identity {
			if a.Policy == nil || !slices.ContainsFunc(a.Policy.Statements, func(st iam.Statement) bool { return st.Effect == iam.Deny }) {
				continue
			}
			word := "Role"
			if p.Kind == cloud.User {
				word = "User"
			}
			c := call(p, "takes the policy "+match.Render(a.Name)+" away", "iam:Delete"+word+"Policy")
			if a.ARN != "" {
				c.Actions = []string{"iam:Detach" + word + "Policy"}
				c.Context.Set("iam:PolicyARN", a.ARN)
			}
			g := gain(p, c)
			g.Maybe = append(slices.Clip(g.Maybe), "what "+match.Render(p.Name)+" may do without the Deny of policy "+match.Render(a.Name))
			gs = append(gs, g)
		}
	}
	return gs
}

// tagged finds principals that have tags, where some policy compares
// aws:PrincipalTag or aws:ResourceTag, and those whose own policies compare
// tags that they lack.
func tagged(m *cloud.Model) []service.Gain {
	var gs []service.Gain
	compares := comparesTags(m)
	for p := range m.Principals() {
		word := "Role"
		switch p.Kind {
		case cloud.User:
			word = "User"
		case cloud.Group:
			continue
		default:
		}
		if !compares || len(p.Tags) == 0 && !slices.ContainsFunc(p.Identity, func(a cloud.Attachment) bool { return tells(a.Policy, "aws:principaltag/") }) {
			continue
		}
		g := gain(p, call(p, "changes its tags", "iam:Tag"+word, "iam:Untag"+word))
		g.Principal, g.Touches, g.What = "", service.TouchesGuard, "tags of "+g.What
		gs = append(gs, g)
	}
	return gs
}

// comparesTags reports whether some policy of a model compares tags.
func comparesTags(m *cloud.Model) bool {
	compares := func(a cloud.Attachment) bool {
		return tells(a.Policy, "aws:principaltag/", "aws:resourcetag/", "iam:resourcetag/")
	}
	for p := range m.Principals() {
		if slices.ContainsFunc(p.Identity, compares) || p.Trust != nil && compares(*p.Trust) || p.Boundary != nil && compares(*p.Boundary) {
			return true
		}
	}
	if m.Org != nil {
		for _, as := range []map[string][]cloud.Attachment{m.Org.SCPs, m.Org.RCPs} {
			for _, a := range as {
				if slices.ContainsFunc(a, compares) {
					return true
				}
			}
		}
	}
	return slices.ContainsFunc(m.Resources, func(r *cloud.Resource) bool { return slices.ContainsFunc(r.Policies, compares) })
}

// tells reports whether a policy has a condition on one of some keys, or names
// one as a variable.
func tells(p *iam.Policy, prefixes ...string) bool {
	if p == nil {
		return false
	}
	has := func(s string) bool {
		low := strings.ToLower(s)
		return slices.ContainsFunc(prefixes, func(k string) bool { return strings.HasPrefix(low, k) || strings.Contains(low, "${"+k) })
	}
	return slices.ContainsFunc(p.Statements, func(st iam.Statement) bool {
		return slices.ContainsFunc(st.Conditions, func(c iam.Condition) bool {
			return has(c.Key) || slices.ContainsFunc(c.Values, func(v iam.Elem) bool { return has(v.Text) })
		}) || slices.ContainsFunc(st.Resources, func(e iam.Elem) bool { return has(e.Text) })
	})
}
