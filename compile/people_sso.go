package compile

import (
	"fmt"

	"penstock/blueprint"
	"penstock/spec"
)

// identityStack is the stack of permission sets.
const identityStack = "identity"

// inStore is the id of a group in the identity store, "" where the spec gives
// none.
func (b *builder) inStore(group string) string {
	for _, v := range b.spec.People.IdentityCenter.Groups {
		if v.Name == group {
			return v.Value
		}
	}
	return ""
}

// setName is the name of the permission set of a group, of 32 characters at
// most
// (https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreatePermissionSet.html).
// Two that are cut to one name are told apart by a number.
func (b *builder) setName(group string) blueprint.Sub {
	return b.project(blueprint.Lit(b.setText(group)))
}

// setText is that name as it is.
func (b *builder) setText(group string) string {
	const most = 32
	cut := func(name string) string { return longest(b.spec.Project+"-"+name, most) }
	n := 1
	for _, g := range b.groups() {
		if g.name == group {
			break
		}
		if cut(g.name) == cut(group) {
			n++
		}
	}
	name := cut(group)
	if n > 1 {
		number := fmt.Sprint(n)
		name = longest(name, most-len(number)) + number
	}
	return name
}

// identityCenter draws a permission set for each group and assigns it in the
// account of the tools: like a user, a session of it may do nothing but take on
// the roles of the work, which are then one way in for all.
//
// Permission sets live in the management account of the organization, or in
// the account that administers Identity Center for it; without an organization
// in the spec they are taken to be administered from the tools account.
func (b *builder) identityCenter(c *spec.IdentityCenter) {
	at := b.spec.Tools
	if o := b.spec.Organization; o != nil && o.Management != "" {
		at = spec.Account{Alias: "management", ID: o.Management}
		for _, a := range b.spec.Accounts {
			if a.ID == o.Management {
				at = a
			}
		}
	}
	region := c.Region
	if region == "" {
		region = b.spec.Region
	}
	section := "permission sets"
	for _, g := range b.groups() {
		store := b.inStore(g.name)
		if store == "" || len(g.roles) == 0 {
			continue
		}
		st := b.stack(identityStack, at, region, "What sessions of Identity Center may do")
		instance := st.Parameter(blueprint.Parameter{Name: "InstanceArn", Value: c.Instance, Inline: true, Description: "The instance of IAM Identity Center"})
		id := free(st, ident(g.name)+"Set")
		st.Add(&blueprint.Resource{ID: id, Type: "AWS::SSO::PermissionSet", Section: section, Props: blueprint.KV(
			"InstanceArn", instance, "Name", b.setName(g.name), "Description", "Takes on the roles of "+g.name, "SessionDuration", "PT8H",
			"InlinePolicy", &blueprint.Policy{Statements: []*blueprint.Statement{{
				Sid: "TakeOnRoles", Comment: "Nothing but to take on the roles of the work.",
				Actions: []string{"sts:AssumeRole"}, Resources: b.workRoles(g, st),
			}}},
			"Tags", b.tags())})
		st.Add(&blueprint.Resource{ID: free(st, ident(g.name)+"InTools"), Type: "AWS::SSO::Assignment", Props: blueprint.KV(
			"InstanceArn", instance, "PermissionSetArn", blueprint.Att(id, "PermissionSetArn"), "PrincipalType", "GROUP", "PrincipalId", blueprint.Lit(store),
			"TargetType", "AWS_ACCOUNT", "TargetId", b.account(st, b.spec.Tools.ID))})
		section = ""
	}
}
