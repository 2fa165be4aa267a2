package compile

import (
	"slices"
	"strings"
	"testing"

	"penstock/blueprint"
	"penstock/cloud"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/service"
	"penstock/spec"
)

const (
	asAlice  = "arn:aws:iam::111111111111:user/mfmsapp/alice"
	asBob    = "arn:aws:iam::111111111111:user/mfmsapp/bob"
	asCarol  = "arn:aws:iam::111111111111:user/mfmsapp/carol"
	security = "arn:aws:iam::111111111111:role/mfmsapp-approver-security"
	session  = "arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_mfmsapp-security_0123456789abcdef/"
	ssoRole  = "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/ap-northeast-1/AWSReservedSSO_mfmsapp-security_0123456789abcdef"
)

// decide asks what of a model's policies decides about a call.
func decide(m *cloud.Model, who iam.Principal, action, resource string, context ...string) authz.Verdict {
	q := &iam.Request{Principal: who, Action: action, Resource: resource, ResourceAccount: "111111111111", Context: service.Context(context...)}
	q.Context.Set("aws:SecureTransport", "true")
	return authz.New(authz.Options{}).DecideCases(q, authz.Collect(m, q))
}

// people are two users of the groups that approve, and one who is of neither.
func approvingPeople(s *spec.Spec) {
	s.People = &spec.People{Users: []spec.Person{
		{Name: "alice", Groups: []string{"security"}}, {Name: "bob", Groups: []string{"platform"}}, {Name: "carol", Groups: []string{"others"}},
	}}
}

// TestApprovers: who takes on the role of a group, and under which name.
func TestApprovers(t *testing.T) {
	r, _ := proveGate(t, approvingPeople)
	for _, c := range []struct {
		name, who, session, mfa string
		want                    authz.Verdict
	}{
		{"a member, under its own name", asAlice, "alice", "true", authz.Allow},
		{"under another name", asAlice, "bob", "true", authz.Deny},
		{"without a second factor", asAlice, "alice", "false", authz.Deny},
		{"of another group", asBob, "bob", "true", authz.Deny},
		{"of none", asCarol, "carol", "true", authz.Deny},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, user, _ := strings.Cut(c.who, "user/mfmsapp/")
			got := decide(r.Models[0], iam.Principal{ARN: c.who}, "sts:AssumeRole", security,
				"sts:RoleSessionName", c.session, "aws:MultiFactorAuthPresent", c.mfa, "aws:MultiFactorAuthAge", "60", "aws:username", user)
			if got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

// TestApproversOfIdentityCenter: a session goes on under the name that it has.
func TestApproversOfIdentityCenter(t *testing.T) {
	r, _ := proveGate(t, func(s *spec.Spec) {
		s.People = &spec.People{IdentityCenter: &spec.IdentityCenter{
			Instance: "arn:aws:sso:::instance/ssoins-1234567890abcdef", Store: "d-1234567890", Region: "ap-northeast-1",
			Groups: []spec.Variable{{Name: "security", Value: "11111111-2222-3333-4444-555555555555"}, {Name: "platform", Value: "21111111-2222-3333-4444-555555555555"}},
		}}
	})
	trust := trustOf(r, "mfmsapp-approver-security")
	if len(trust) != 1 || trust[0].Sid != "IdentityCenter" || !slices.ContainsFunc(trust[0].Conditions, func(c blueprint.Condition) bool {
		return c.Operator == "StringLike" && c.Key == "aws:userid" && slices.Equal(c.Values, []blueprint.Sub{"*:${!sts:RoleSessionName}"})
	}) {
		t.Fatalf("the trust is %v", trust)
	}
	for _, c := range []struct {
		name, user, session string
		want                bool
	}{
		{"under its own name", "alice@example.com", "alice@example.com", true},
		{"under another name", "alice@example.com", "bob@example.com", false},
		{"under a part of it", "alice@example.com", "example.com", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			// What the session's own policies say is another question: that its
			// permission set lets it take on the role is not in this account's
			// stacks.
			q := &iam.Request{
				Principal: iam.Principal{ARN: session + c.user, Role: ssoRole}, Action: "sts:AssumeRole", Resource: security, ResourceAccount: "111111111111",
				Context: service.Context("sts:RoleSessionName", c.session, "aws:userid", "AROAEXAMPLEEXAMPLE:"+c.user, "aws:SecureTransport", "true"),
			}
			got := authz.New(authz.Options{}).DecideCases(q, authz.Collect(r.Models[0], q)) != authz.Deny
			if got != c.want {
				t.Errorf("may be let in: %v, want %v", got, c.want)
			}
		})
	}
}

func trustOf(r *Result, name string) []*blueprint.Statement {
	for _, x := range r.Roles {
		if x.Name == name {
			return x.Trust
		}
	}
	return nil
}

// TestVote: a group's role votes through the URL and not by the function's
// back door.
func TestVote(t *testing.T) {
	r, _ := proveGate(t, nil)
	const vote = "arn:aws:lambda:ap-northeast-1:111111111111:function:mfmsapp-approval-vote"
	who := iam.Principal{ARN: security}
	for _, c := range []struct {
		name, action, resource string
		context                []string
		want                   authz.Verdict
	}{
		{"its URL", "lambda:InvokeFunctionUrl", vote, []string{"lambda:FunctionUrlAuthType", "AWS_IAM"}, authz.Allow},
		{"through its URL", "lambda:InvokeFunction", vote, []string{"lambda:InvokedViaFunctionUrl", "true"}, authz.Allow},
		{"directly", "lambda:InvokeFunction", vote, []string{"lambda:InvokedViaFunctionUrl", "false"}, authz.Deny},
		{"the other function", "lambda:InvokeFunctionUrl", strings.Replace(vote, "-vote", "-request", 1), []string{"lambda:FunctionUrlAuthType", "AWS_IAM"}, authz.Deny},
		{"the table", "dynamodb:UpdateItem", "arn:aws:dynamodb:ap-northeast-1:111111111111:table/mfmsapp-approvals", nil, authz.Deny},
		{"the token", "states:SendTaskSuccess", "*", nil, authz.Deny},
		{"the state of the pipeline", "codepipeline:GetPipelineState", "arn:aws:codepipeline:ap-northeast-1:111111111111:mfmsapp", nil, authz.Allow},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := decide(r.Models[0], who, c.action, c.resource, c.context...); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
	if d := trustOf(r, "mfmsapp-approver-platform"); len(d) != 1 || d[0].Sid != "UsersWithSecondFactor" {
		t.Errorf("the trust is %v", d)
	}
}
