// Package compile turns intent into templates: a spec becomes the stacks of a
// whole delivery pipeline, for every account, with policies that are derived
// from the call catalogue and proved before anybody writes them down.
//
// It works in three steps. Draw: the parts of the package (artifacts.go,
// approval.go, audit.go …) put resources into a blueprint, with roles that may
// do nothing and resources that nobody else may use. Derive: the blueprint is
// read as a cloud.Model and walked as package prove walks any pipeline; every
// call that a role makes becomes part of a statement of that role, of the
// policy that guards what is called, and of the trust of the role that is
// assumed. Prove: what is written is read back, and all four theorems are
// proved about it.
//
// So no policy is written by hand where the catalogue knows the call. What
// code of the user's or of ours calls, and no catalogue can know, is granted
// with a reason (role.grant), and stands in the stacks file as a need.
package compile

import (
	"fmt"
	"strings"

	"penstock/blueprint"
	"penstock/cloud"
	"penstock/spec"
)

// A builder draws the stacks of one spec.
type builder struct {
	spec   *spec.Spec
	set    *blueprint.Set
	roles  []*role
	guards []*guard
	// steps are what people do by hand: values that no template may hold.
	steps []Step

	copied []File       // of the user's, that the proof rests on
	stated []cloud.Need // what the stacks file states
	beside []File       // what people put on their machines; the proof reads it
	// voters are the roles of groups that approve: taken on by people as those
	// of the work are.
	voters []*spec.WorkRole
}

// A Step is something that a person does once, before or after a stack.
type Step struct {
	Before  string // the stack that needs it, "" for none
	After   string // the stack that has to be there, "" for none
	Title   string
	Command string // for a shell, "" where it is done in a console
	Why     string
}

// The stacks. An account that stages deploy to has the stack of its alias, and
// in further regions alias-region.
const (
	toolsStack  = "tools"
	auditStack  = "audit"
	peopleStack = "people"
)

// stack returns the stack with a name, made where there is none.
func (b *builder) stack(name string, account spec.Account, region, description string) *blueprint.Stack {
	if st := b.set.Stack(name); st != nil {
		return st
	}
	st := &blueprint.Stack{Name: name, Account: account.ID, Region: region, Description: description}
	b.set.Stacks = append(b.set.Stacks, st)
	// In the parameter form these are parameters; else their values stand in
	// their place.
	st.Parameter(blueprint.Parameter{
		Name: "ProjectName", Value: b.spec.Project, Inline: true, Pattern: "[a-z][a-z0-9-]{1,19}",
		Description: "Names everything that the pipeline is made of",
	})
	st.Parameter(blueprint.Parameter{Name: "Environment", Value: b.spec.Environment, Inline: true, Description: "Tags everything that the pipeline is made of"})
	for _, a := range b.spec.Accounts {
		if a.ID == account.ID {
			continue
		}
		st.Parameter(blueprint.Parameter{Name: accountParam(a.Alias), Value: a.ID, Inline: true, Pattern: "[0-9]{12}", Description: "The account " + a.Alias})
	}
	return st
}

// tools is the stack of the pipeline.
func (b *builder) tools() *blueprint.Stack {
	return b.stack(toolsStack, b.spec.Tools, b.spec.Region, "The pipeline of "+b.spec.Project+": source, builds, artifacts, gate")
}

// target is the stack of an account that stages deploy to, in a region.
func (b *builder) target(a spec.Account, region string) *blueprint.Stack {
	name := a.Alias
	switch name {
	case auditStack, peopleStack, brokeredStack, identityStack:
		name = "account-" + name // stacks of other accounts are named so
	}
	if region != b.spec.Region {
		name += "-" + region
	}
	if a.ID == b.spec.Tools.ID {
		if region == b.spec.Region {
			return b.tools()
		}
		name = toolsStack + "-" + region
	}
	return b.stack(name, a, region, "What the pipeline of "+b.spec.Project+" needs to deploy to "+a.Alias)
}

// accountParam is the parameter that holds an account's id in other accounts.
func accountParam(alias string) string { return ident(alias) + "Account" }

// account is the id of an account as a stack writes it.
func (b *builder) account(in *blueprint.Stack, id string) blueprint.Sub {
	if id == in.Account {
		return "${AWS::AccountId}"
	}
	for _, a := range b.spec.Accounts {
		if a.ID == id {
			return blueprint.Ref(accountParam(a.Alias))
		}
	}
	return blueprint.Lit(id)
}

// ident makes a logical id or a part of one: "e2e-tests" gives "E2eTests".
func ident(s string) string {
	var b strings.Builder
	up := true
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9':
			if up {
				b.WriteString(strings.ToUpper(string(r)))
			} else {
				b.WriteRune(r)
			}
			up = false
		default:
			up = true
		}
	}
	return b.String()
}

// A role is an IAM role of the blueprint. Its trust and its policies are
// derived from the calls that are made as it.
type role struct {
	stack *blueprint.Stack
	res   *blueprint.Resource
	id    string
	name  string // "<project>-build", with the project's name in it
	// grants are what the catalogue cannot know.
	grants []grant
	// makes says that it makes resources, and so takes them away when it goes
	// back: it has a boundary of its own, which lets it.
	makes bool
	// brokered says that it is taken on with an external id alone: nothing is
	// derived for its trust.
	brokered bool
	// trust holds statements of its trust beside those that are derived:
	// people, Identity Center, OIDC.
	trust []*blueprint.Statement
	// extra holds statements beside those that are derived and granted:
	// denials, and what people may do.
	extra []*blueprint.Statement
}

// A grant is access that code needs which no template shows.
type grant struct {
	actions    []string
	resources  []blueprint.Sub
	conditions []blueprint.Condition
	why        string
	// user says that it is the user's word, and else ours: a contract of code
	// that Penstock ships.
	user bool
}

// role adds a role to a stack: <project>-<name>. Session is the longest
// session in seconds, 0 for an hour. Every role has the boundary of its
// account.
func (b *builder) role(st *blueprint.Stack, name, comment string, session int) *role {
	id := free(st, ident(name)+"Role")
	r := &role{stack: st, id: id, name: b.spec.Project + "-" + name}
	props := blueprint.KV("RoleName", blueprint.Sub("${ProjectName}-"+name))
	if session != 0 {
		props.Set("MaxSessionDuration", session)
	}
	r.res = st.Add(&blueprint.Resource{ID: id, Type: "AWS::IAM::Role", Comment: comment, Props: props})
	b.roles = append(b.roles, r)
	return r
}

// arn is the ARN of the role by its name, for policies: a reference would make
// the one wait for the other. It can be written in any stack.
func (b *builder) arn(r *role, in *blueprint.Stack) blueprint.Sub {
	name := strings.TrimPrefix(r.name, b.spec.Project)
	return blueprint.Sub(fmt.Sprintf("arn:${AWS::Partition}:iam::%s:role/${ProjectName}%s", b.account(in, r.stack.Account), name))
}

// grant gives a role access that the catalogue cannot know.
func (r *role) grant(why string, actions []string, resources ...blueprint.Sub) {
	r.grants = append(r.grants, grant{actions: actions, resources: resources, why: why})
}

// A guard is a resource whose own policy is derived: whoever calls it from
// another account, every service, and for a key everybody.
type guard struct {
	stack *blueprint.Stack
	of    *blueprint.Resource // the bucket, key, topic, repository, function …
	// base holds the statements that stand whoever calls: TLS only, who
	// administers a key.
	base []*blueprint.Statement
	// in is where the policy is written: the resource itself (KeyPolicy) or
	// one of its own (AWS::S3::BucketPolicy), and under which property.
	in   *blueprint.Resource
	prop string
}

// guard says that the policy at a property of in guards a resource. Where
// nothing is derived and base is empty, in is left out again unless it is the
// resource itself.
func (b *builder) guard(st *blueprint.Stack, of, in *blueprint.Resource, prop string, base ...*blueprint.Statement) {
	b.guards = append(b.guards, &guard{stack: st, of: of, in: in, prop: prop, base: base})
}

// tags are the tags of what is made, for types that take a list of Key and
// Value.
func (b *builder) tags() blueprint.List {
	out := blueprint.List{
		blueprint.KV("Key", "Project", "Value", blueprint.Sub("${ProjectName}")),
		blueprint.KV("Key", "Environment", "Value", blueprint.Sub("${Environment}")),
	}
	for _, t := range b.spec.Tags {
		out = append(out, blueprint.KV("Key", t.Key, "Value", t.Value))
	}
	return out
}

// step records something that a person does.
func (b *builder) step(s Step) { b.steps = append(b.steps, s) }

// longest returns s cut to n bytes, for names with limits.
func longest(s string, n int) string { return s[:min(len(s), n)] }
