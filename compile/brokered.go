package compile

import (
	"fmt"
	"strings"

	"penstock/arn"
	"penstock/blueprint"
	"penstock/spec"
)

const brokeredStack = "brokered"

// brokeredIn is the stack of the brokered roles of an account: one of its own,
// so that who is let in from outside is changed without the pipeline.
func (b *builder) brokeredIn(a spec.Account) *blueprint.Stack {
	name := brokeredStack
	if a.ID != b.spec.Tools.ID {
		name += "-" + a.Alias
	}
	return b.stack(name, a, b.spec.Region, "Who is let into "+a.Alias+" with an external id")
}

// brokered draws the roles that are taken on with an external id, by who can
// send one. No action of CodePipeline is given one of them: the trust that is
// derived for its roles refuses whoever sends an external id, and the trust of
// these whoever does not (docs/brokered.md).
func (b *builder) brokered() error {
	for _, o := range b.spec.Brokered {
		if n := len(b.spec.Project) + 1 + len(o.Name); n > mostOfRole {
			return fmt.Errorf("brokered.%s: the role would be %s-%s, whose %d characters are more than the %d that IAM takes", o.Name, b.spec.Project, o.Name, n, mostOfRole)
		}
		account, broker := o.Broker()
		st := b.brokeredIn(o.Account)
		who := "account " + account
		if broker != "" {
			who = broker[strings.LastIndexByte(broker, '/')+1:] + " of " + who
		}
		r := b.role(st, o.Name, "Taken on by "+who+", with an external id.", seconds(o.Session))
		r.brokered = true
		for _, p := range o.Allow {
			r.allow(p)
		}
		var only blueprint.Sub
		switch of := b.roleBy(broker); {
		case of != nil:
			only = b.arn(of, st)
			of.grants = append(of.grants, grant{
				actions: []string{"sts:AssumeRole"}, resources: []blueprint.Sub{b.arn(r, of.stack)}, why: "takes on the brokered role " + o.Name,
				conditions: []blueprint.Condition{externalID(o)},
			})
		default:
			only = b.ids(st, blueprint.Lit(broker))
			b.step(Step{
				After: st.Name, Title: "Tell " + who + " the role " + r.name + " of account " + o.Account.ID + " and its external id",
				Why: "it takes the role on with both; a role of your own has to be let call sts:AssumeRole on it",
			})
		}
		r.trust = append(r.trust, b.byBroker(st, o, account, only))
	}
	return nil
}

func externalID(o *spec.BrokeredRole) blueprint.Condition {
	return blueprint.Condition{Operator: "StringEquals", Key: "sts:ExternalId", Values: []blueprint.Sub{blueprint.Lit(o.ExternalID)}}
}

// roleBy returns the role that is drawn here and has an ARN, nil where there is
// none.
func (b *builder) roleBy(role string) *role {
	for _, r := range b.roles {
		if role != "" && arn.Account(role) == r.stack.Account && strings.HasSuffix(role, ":role/"+r.name) {
			return r
		}
	}
	return nil
}

// byBroker is the trust of a brokered role. The account is named and, where it
// is one role that takes it on, that in a condition: a role that a principal
// names has to exist before, and is lost from the trust when it is made again
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html).
func (b *builder) byBroker(in *blueprint.Stack, o *spec.BrokeredRole, account string, only blueprint.Sub) *blueprint.Statement {
	s := &blueprint.Statement{
		Sid: "Brokered", Actions: []string{"sts:AssumeRole"},
		Comment: "Who sends this external id, and nobody else. It says for which customer a broker acts, and is no secret.\n" +
			"No action of CodePipeline can send one.",
		Principal:  blueprint.KV("AWS", "arn:${AWS::Partition}:iam::"+b.account(in, account)+":root"),
		Conditions: []blueprint.Condition{externalID(o)},
	}
	if only != "" {
		s.Conditions = append(s.Conditions, blueprint.Condition{Operator: "ArnEquals", Key: "aws:PrincipalArn", Values: []blueprint.Sub{only}})
	}
	return s
}

// distinct fails where two roles of an account have one name: IAM would refuse
// the second one.
func (b *builder) distinct() error {
	for i, r := range b.roles {
		for _, o := range b.roles[:i] {
			if o.name != r.name || o.stack.Account != r.stack.Account {
				continue
			}
			name := strings.TrimPrefix(r.name, b.spec.Project+"-")
			if r.brokered || o.brokered {
				return fmt.Errorf("brokered.%s: account %s gets a role %s of the pipeline: take another name", name, r.stack.Account, r.name)
			}
			return fmt.Errorf("account %s would get two roles %s: what the spec names %q has the name of something else in it: take another", r.stack.Account, r.name, name)
		}
	}
	return nil
}
