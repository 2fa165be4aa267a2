package compile

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/blueprint"
	"penstock/spec"
)

// people draws how people get in: a user each who may do nothing but take on
// roles, with a second factor; what Identity Center gives its sessions; the
// roles of the work in each account; and the role of workflows of GitHub. It
// fails where a name is longer than IAM takes, and where nobody takes a role on.
func (b *builder) people() error {
	p := b.spec.People
	if p == nil {
		return nil
	}
	for i := range p.Roles {
		if !b.isTaken(&p.Roles[i]) {
			return fmt.Errorf("people.roles.%s: nobody takes it on: none of its groups (%s) has users, or stands in identityCenter.groups", p.Roles[i].Name, strings.Join(p.Roles[i].Groups, ", "))
		}
		if n := len(b.spec.Project) + 1 + len(p.Roles[i].Name); n > mostOfRole {
			return fmt.Errorf("people.roles.%s: the role would be %s-%s, whose %d characters are more than the %d that IAM takes", p.Roles[i].Name, b.spec.Project, p.Roles[i].Name, n, mostOfRole)
		}
	}
	if len(p.Users) > 0 {
		b.users()
	}
	for i := range p.Roles {
		for _, a := range p.Roles[i].Accounts {
			b.workRole(&p.Roles[i], a)
		}
	}
	if p.IdentityCenter != nil {
		b.identityCenter(p.IdentityCenter)
	}
	if p.GitHub != nil {
		b.github(p.GitHub)
	}
	return nil
}

// isTaken reports whether a role has somebody who takes it on.
func (b *builder) isTaken(w *spec.WorkRole) bool {
	return slices.ContainsFunc(b.groups(), func(g *group) bool {
		return slices.Contains(w.Groups, g.name) && (len(g.members) > 0 || b.spec.People.IdentityCenter != nil && b.inStore(g.name) != "")
	})
}

// mostOfRole is how long the name of a role may be
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
const mostOfRole = 64

// peopleIn is the stack of the people of an account. It is one of its own, so
// that who gets in is changed without the pipeline.
func (b *builder) peopleIn(a spec.Account) *blueprint.Stack {
	if a.ID == b.spec.Tools.ID {
		return b.stack(peopleStack, a, b.spec.Region, "How people get in")
	}
	return b.stack(peopleStack+"-"+a.Alias, a, b.spec.Region, "What people do in "+a.Alias)
}

// free is a logical id that the stack has not: id, or id with a number.
func free(st *blueprint.Stack, id string) string {
	name := id
	for n := 2; st.Resource(name) != nil; n++ {
		name = id + fmt.Sprint(n)
	}
	return name
}

// group is a group of people: the roles that its members take on, and where.
type group struct {
	name    string
	members []string // IAM users
	roles   []*spec.WorkRole
}

// groups are the groups of people in the order in which the spec names them.
func (b *builder) groups() []*group {
	var out []*group
	at := func(name string) *group {
		i := slices.IndexFunc(out, func(g *group) bool { return g.name == name })
		if i < 0 {
			i = len(out)
			out = append(out, &group{name: name})
		}
		return out[i]
	}
	p := b.spec.People
	for _, u := range p.Users {
		for _, name := range u.Groups {
			g := at(name)
			g.members = addOnce(g.members, u.Name)
		}
	}
	for _, r := range b.takenOn() {
		for _, name := range r.Groups {
			g := at(name)
			if !slices.Contains(g.roles, r) {
				g.roles = append(g.roles, r)
			}
		}
	}
	return out
}

// workRoles are the ARNs of the work roles of a group, in every account that has
// them.
func (b *builder) workRoles(g *group, in *blueprint.Stack) []blueprint.Sub {
	var out []blueprint.Sub
	for _, r := range g.roles {
		for _, a := range r.Accounts {
			s := "arn:${AWS::Partition}:iam::" + b.account(in, a.ID) + ":role/${ProjectName}-" + blueprint.Sub(r.Name)
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// userPath is the path of the users: the roles of the work name it, and a user
// that somebody else makes is not among them.
const userPath = blueprint.Sub("/${ProjectName}/")

// users draws the users, their groups, and the two policies of each group: to
// set up a second factor, and with it to take on the roles of the group.
func (b *builder) users() {
	st := b.peopleIn(b.spec.Tools)
	own := st.Add(&blueprint.Resource{
		ID: "OwnSecondFactor", Type: "AWS::IAM::ManagedPolicy", Section: "people",
		Comment: "What a user does with its own second factor, and that nothing else is done without it.",
		Props:   blueprint.KV("ManagedPolicyName", blueprint.Sub("${ProjectName}-own-second-factor"), "PolicyDocument", &blueprint.Policy{Statements: secondFactor()}),
	})
	ids := map[string]string{} // of groups
	for _, g := range b.groups() {
		if len(g.members) == 0 {
			continue
		}
		id := free(st, ident(g.name)+"Group")
		ids[g.name] = id
		policies := blueprint.Subs(blueprint.Ref(own.ID))
		if roles := b.workRoles(g, st); len(roles) > 0 {
			policy := st.Add(&blueprint.Resource{ID: free(st, "WorkOf"+ident(g.name)), Type: "AWS::IAM::ManagedPolicy", Props: blueprint.KV(
				"ManagedPolicyName", blueprint.Sub("${ProjectName}-work-of-")+blueprint.Lit(g.name),
				"PolicyDocument", &blueprint.Policy{Statements: []*blueprint.Statement{{
					Sid: "TakeOnRoles", Comment: "Nothing but to take on the roles of the work, and with the second factor only.",
					Actions: []string{"sts:AssumeRole"}, Resources: roles, Conditions: withSecondFactor(),
				}}})})
			policies = append(policies, blueprint.Ref(policy.ID))
		}
		st.Add(&blueprint.Resource{ID: id, Type: "AWS::IAM::Group", Props: blueprint.KV(
			"GroupName", blueprint.Sub("${ProjectName}-")+blueprint.Lit(g.name), "Path", userPath, "ManagedPolicyArns", policies)})
	}
	for _, u := range b.spec.People.Users {
		var in blueprint.List
		for _, name := range u.Groups {
			in = append(in, blueprint.Ref(ids[name]))
		}
		props := blueprint.KV("UserName", blueprint.Lit(u.Name), "Path", userPath)
		if len(in) > 0 {
			props.Set("Groups", in)
		} else {
			props.Set("ManagedPolicyArns", blueprint.Subs(blueprint.Ref(own.ID)))
		}
		props.Set("Tags", b.tags())
		st.Add(&blueprint.Resource{ID: free(st, ident(u.Name)+"User"), Type: "AWS::IAM::User", Props: props})
	}
	b.enrol()
}

// enrol is what an administrator and each user do once: a template that made
// an access key would hold it.
func (b *builder) enrol() {
	var names []string
	for _, u := range b.spec.People.Users {
		names = append(names, u.Name)
	}
	b.step(Step{
		After: peopleStack, Title: "Give each user an access key, over a way that nobody else reads",
		Command: "for NAME in " + strings.Join(names, " ") + `; do aws iam create-access-key --user-name "$NAME"; done`,
		Why:     "a template that made the keys would show them to everybody who reads the stack",
	})
	b.step(Step{
		After: peopleStack, Title: "As each user: set up the second factor, with two codes of it that follow each other",
		Command: "NAME=" + names[0] + `; aws iam create-virtual-mfa-device --virtual-mfa-device-name "$NAME" --bootstrap-method QRCodePNG --outfile device.png && ` +
			`printf 'two codes: ' && read -r FIRST SECOND && aws iam enable-mfa-device --user-name "$NAME" --serial-number arn:` + arn.Partition(b.spec.Region) + ":iam::" + b.spec.Tools.ID +
			`:mfa/"$NAME" --authentication-code1 "$FIRST" --authentication-code2 "$SECOND"; rm -f device.png`,
		Why: "until then a key opens nothing else",
	})
}

// withSecondFactor lets a request pass that shows a second factor. A request
// of an access key does not carry the key at all, and then Bool is not met
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent).
func withSecondFactor() []blueprint.Condition {
	return []blueprint.Condition{{Operator: "Bool", Key: "aws:MultiFactorAuthPresent", Values: []blueprint.Sub{"true"}}}
}

// secondFactor is the policy of a user's own second factor.
//
// AWS's example of it
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_iam_mfa-selfmanage.html)
// lets an access key alone make a device of any name and enrol it. Since a user
// may have eight devices, a thief of the key enrolled one of the thief's
// beside the user's. IAM closed that on 21 April 2023: who has a device and
// manages devices with an access key needs a session that has shown one
// (https://aws.amazon.com/security/security-bulletins/AWS-2023-001/). This
// policy does not lean on that as far as IAM's language goes:
//
//   - Without the second factor a device of one name can be made, that of the
//     user, and while it is there no other of that name.
//   - Without it no security key is enrolled. One is enrolled with the key
//     iam:RegisterSecurityKey, which a virtual device has not
//     (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_enable_fido.html).
//   - Nothing tells by policy how many devices a user has, nor which device an
//     EnableMFADevice is about: its resource is the user. A hardware token, or a
//     device that somebody else of the account has made, is kept out by IAM's
//     own rule alone.
func secondFactor() []*blueprint.Statement {
	const (
		user   = "arn:${AWS::Partition}:iam::${AWS::AccountId}:user/${ProjectName}/${!aws:username}"
		device = "arn:${AWS::Partition}:iam::${AWS::AccountId}:mfa/${!aws:username}"
	)
	key := func(absent string) blueprint.Condition {
		return blueprint.Condition{Operator: "Null", Key: "iam:RegisterSecurityKey", Values: []blueprint.Sub{blueprint.Sub(absent)}}
	}
	without := blueprint.Condition{Operator: "BoolIfExists", Key: "aws:MultiFactorAuthPresent", Values: []blueprint.Sub{"false"}}
	first := []string{"iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice"}
	look := []string{"iam:GetUser", "iam:ListMFADevices", "iam:ResyncMFADevice"}
	return []*blueprint.Statement{
		{
			Sid: "TheOneDevice", Actions: first, Resources: []blueprint.Sub{device},
			Comment: "Somebody new has no second factor yet. The device bears the user's name: while it is there nobody makes another of " +
				"that name. IAM deletes no device that is in use, so that one which was never switched on can be made again.",
		},
		{
			Sid: "SwitchItOn", Actions: []string{"iam:EnableMFADevice"}, Resources: []blueprint.Sub{user}, Conditions: []blueprint.Condition{key("true")},
			Comment: "A virtual device, not a security key. Since April 2023 IAM refuses this to an access key alone once the user has a " +
				"device (AWS-2023-001); no policy can count devices.",
		},
		{Sid: "SeeIt", Actions: look, Resources: []blueprint.Sub{user}},
		{
			Sid: "MoreDevices", Actions: first, Resources: []blueprint.Sub{device + "-*"}, Conditions: withSecondFactor(),
			Comment: "With the second factor: more devices, security keys among them, and the user's own keys and password.",
		},
		{
			Sid: "OwnCredentials", Resources: []blueprint.Sub{user}, Conditions: withSecondFactor(),
			Actions: []string{
				"iam:ChangePassword", "iam:CreateAccessKey", "iam:DeactivateMFADevice", "iam:DeleteAccessKey", "iam:EnableMFADevice",
				"iam:GetAccessKeyLastUsed", "iam:GetMFADevice", "iam:ListAccessKeys", "iam:UpdateAccessKey",
			},
		},
		{
			Sid: "NothingElseWithoutIt", Effect: "Deny", Resources: []blueprint.Sub{"*"}, Conditions: []blueprint.Condition{without},
			NotActions: append(append(slices.Clone(first), "iam:EnableMFADevice"), append(look, "sts:GetSessionToken")...),
			Comment: "Whatever another policy allows. BoolIfExists, since a request of an access key does not carry the key at all. To take " +
				"on a role is not left out: that call shows the device itself.",
		},
		{
			Sid: "NoSecurityKeyWithoutIt", Effect: "Deny", Actions: []string{"iam:EnableMFADevice"}, Resources: []blueprint.Sub{"*"},
			Conditions: []blueprint.Condition{without, key("false")},
		},
	}
}
