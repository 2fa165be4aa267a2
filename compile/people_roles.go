package compile

import (
	"slices"
	"strings"
	"time"

	"penstock/blueprint"
	"penstock/spec"
)

// freshness is how old a second factor may be that takes on a role, in seconds.
const freshness = "3600"

// mostNamed is how many users a trust names; a trust policy has 2,048
// characters unless AWS is asked for more
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
const mostNamed = 12

// workRole draws a role of the work in an account: who takes it on shows a
// second factor and says who it is.
func (b *builder) workRole(w *spec.WorkRole, a spec.Account) {
	st := b.peopleIn(a)
	if b.roleNamed(st, w.Name) {
		return // an account that the spec names twice
	}
	r := b.role(st, w.Name, "Taken on by people: "+strings.Join(w.Groups, ", ")+".", seconds(w.Session))
	if len(w.Policies) > 0 {
		var arns blueprint.List
		for _, p := range w.Policies {
			arns = append(arns, b.ids(st, blueprint.Lit(p)))
		}
		r.res.Props.Set("ManagedPolicyArns", arns)
	}
	for _, p := range w.Allow {
		r.allow(p)
	}
	if s := b.byUsers(w, st); s != nil {
		r.trust = append(r.trust, s)
	}
	if s := b.bySessions(w, st); s != nil {
		r.trust = append(r.trust, s)
	}
}

// roleNamed reports whether a stack has the role of a name.
func (b *builder) roleNamed(st *blueprint.Stack, name string) bool {
	return slices.ContainsFunc(b.roles, func(r *role) bool { return r.stack == st && r.name == b.spec.Project+"-"+name })
}

// seconds is the length of a session, 0 for the hour that a role has by
// itself.
func seconds(d time.Duration) int {
	if d <= time.Hour {
		return 0
	}
	return int(d / time.Second)
}

// byUsers is the trust of the users of a role's groups; nil where there are
// none.
//
// The account is named and not the users, which have to exist before a trust
// can name them, and would be lost from it when they are made again
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html).
func (b *builder) byUsers(w *spec.WorkRole, in *blueprint.Stack) *blueprint.Statement {
	var users []blueprint.Sub
	users0 := "arn:${AWS::Partition}:iam::" + b.account(in, b.spec.Tools.ID) + ":user" + userPath
	for _, g := range b.groups() {
		if !slices.Contains(w.Groups, g.name) {
			continue
		}
		for _, m := range g.members {
			if u := users0 + blueprint.Lit(m); !slices.Contains(users, u) {
				users = append(users, u)
			}
		}
	}
	if len(users) == 0 {
		return nil
	}
	who := blueprint.Condition{Operator: "ArnEquals", Key: "aws:PrincipalArn", Values: users}
	if len(users) > mostNamed {
		// Who of them is told by the policies of their groups.
		who = blueprint.Condition{Operator: "ArnLike", Key: "aws:PrincipalArn", Values: []blueprint.Sub{users0 + "*"}}
	}
	return &blueprint.Statement{
		Sid: "UsersWithSecondFactor", Actions: []string{"sts:AssumeRole"},
		Comment:   "With a second factor that was shown within the hour, and under the user's own name, so that the log tells who it was.",
		Principal: blueprint.KV("AWS", "arn:${AWS::Partition}:iam::"+b.account(in, b.spec.Tools.ID)+":root"),
		Conditions: append(withSecondFactor(),
			blueprint.Condition{Operator: "NumericLessThan", Key: "aws:MultiFactorAuthAge", Values: []blueprint.Sub{freshness}},
			blueprint.Condition{Operator: "StringEquals", Key: "sts:RoleSessionName", Values: []blueprint.Sub{"${!aws:username}"}},
			who),
	}
}

// bySessions is the trust of the sessions of Identity Center that a role's
// groups have; nil where there is no Identity Center.
//
// Such a session does not carry aws:MultiFactorAuthPresent, whatever was shown
// at the login, so that a trust which asks for it lets nobody in
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html#MFAProtectedAPI-important-points).
// The role of a permission set has a suffix that nobody knows before, and a
// path that only Identity Center can make roles under, with the region in it
// unless that is us-east-1
// (https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html).
func (b *builder) bySessions(w *spec.WorkRole, in *blueprint.Stack) *blueprint.Statement {
	if b.spec.People.IdentityCenter == nil {
		return nil
	}
	var who []blueprint.Sub
	for _, g := range b.groups() {
		if slices.Contains(w.Groups, g.name) && b.inStore(g.name) != "" {
			who = append(who, "arn:${AWS::Partition}:iam::"+b.account(in, b.spec.Tools.ID)+":role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_"+b.setName(g.name)+"_*")
		}
	}
	if len(who) == 0 {
		return nil
	}
	return &blueprint.Statement{
		Sid: "IdentityCenter", Actions: []string{"sts:AssumeRole"},
		Comment: "Sessions of IAM Identity Center. They carry no aws:MultiFactorAuthPresent, so that asking for it would shut everybody " +
			"out: the second factor is asked for at the login. Roles under this path are made by Identity Center alone.",
		Principal:  blueprint.KV("AWS", "arn:${AWS::Partition}:iam::"+b.account(in, b.spec.Tools.ID)+":root"),
		Conditions: []blueprint.Condition{{Operator: "ArnLike", Key: "aws:PrincipalArn", Values: who}},
	}
}
