package iam

import (
	"strings"
	"testing"

	"penstock/cloud"
	"penstock/iac/cfn/cfntest"
	"penstock/iam"
	"penstock/match"
)

const rolesTemplate = `
Parameters:
  Unknown: {Type: String}
Resources:
  Build:
    Type: AWS::IAM::Role
    Properties:
      RoleName: build
      Path: /ci/
      PermissionsBoundary: !Ref Ceiling
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: codebuild.amazonaws.com}, Action: "sts:AssumeRole"}]
      ManagedPolicyArns:
        - !Ref Shared
        - arn:aws:iam::aws:policy/AWSCodeCommitReadOnly
        - arn:aws:iam::aws:policy/NoSuchPolicyAtAll
        - arn:aws:iam::111111111111:policy/elsewhere
        - !Ref Unknown
      Policies:
        - PolicyName: inline
          PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:GetObject", Resource: "*"}]}
      Tags: [{Key: team, Value: ci}]
  Made:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {AWS: !Ref "AWS::AccountId"}, Action: "sts:AssumeRole"}]}
  Shared:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: shared
      Roles: [build]
      PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "logs:PutLogEvents", Resource: "*"}]}
  Ceiling:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}
  Made2:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: made-inline
      Roles: [!Ref Made]
      PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "ecr:*", Resource: "*"}]}
  Somewhere:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: somewhere
      Roles: [!Ref Unknown]
      PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Deny, Action: "iam:*", Resource: "*"}]}
  Later:
    Type: AWS::IAM::RolePolicy
    Properties:
      PolicyName: later
      RoleName: !Ref Build
      PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "sns:Publish", Resource: "*"}]}
  Devs:
    Type: AWS::IAM::Group
    Properties: {GroupName: devs}
  Ada:
    Type: AWS::IAM::User
    Properties: {UserName: ada, Groups: [!Ref Devs, outsiders]}
  Bob:
    Type: AWS::IAM::User
    Properties: {UserName: bob}
  Join:
    Type: AWS::IAM::UserToGroupAddition
    Properties: {GroupName: !Ref Devs, Users: [!Ref Bob]}
  Oidc:
    Type: AWS::IAM::OIDCProvider
    Properties: {Url: "https://token.example.com/x", ClientIdList: [sts.amazonaws.com]}
`

// The policy of another stack names the role by a literal.
const otherTemplate = `
Resources:
  More:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Roles: [build]
      PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "kms:Decrypt", Resource: "*"}]}
`

func TestRole(t *testing.T) {
	m := cfntest.Model(t, types, cfntest.Stack{Name: "tools", Template: rolesTemplate}, cfntest.Stack{Name: "more", Template: otherTemplate})
	p := m.Principal("arn:aws:iam::111111111111:role/ci/build")
	if p == nil {
		t.Fatal("the role is no principal under its ARN")
	}
	if p.Path != "/ci/" || p.Tags["team"] != "ci" || p.Kind != cloud.Role {
		t.Errorf("path %q, tags %v, kind %v", p.Path, p.Tags, p.Kind)
	}
	if p.Trust == nil || p.Trust.Policy.Kind != iam.Trust || len(p.Trust.Policy.Statements) != 1 {
		t.Fatalf("trust is %+v", p.Trust)
	}
	if p.Boundary == nil || p.Boundary.Policy == nil || p.Boundary.Policy.Kind != iam.Boundary {
		t.Errorf("boundary is %+v", p.Boundary)
	}
	want := []string{
		"inline: s3:GetObject",
		"shared: logs:PutLogEvents",
		"AWSCodeCommitReadOnly: ",
		"NoSuchPolicyAtAll: unknown, AWS managed policy",
		"arn:aws:iam::111111111111:policy/elsewhere: unknown, managed policy",
		"‹tools.Unknown›: unknown, which managed policy",
		"somewhere: iam:* maybe",
		"later: sns:Publish",
		"‹more.More›: kms:Decrypt",
	}
	got := describe(p.Identity)
	for _, w := range want {
		found := false
		for _, g := range got {
			found = found || strings.HasPrefix(g, w)
		}
		if !found {
			t.Errorf("no attachment %q in\n%s", w, strings.Join(got, "\n"))
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d attachments, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
}

func describe(as []cloud.Attachment) []string {
	var out []string
	for _, a := range as {
		s := match.Render(a.Name) + ": "
		switch {
		case a.Unknown != "":
			s += "unknown, " + a.Unknown
		case len(a.Policy.Statements) > 0 && len(a.Policy.Statements[0].Actions) > 0:
			s += a.Policy.Statements[0].Actions[0].Text
		}
		if a.Policy != nil && len(a.Policy.Maybe) > 0 {
			s += " maybe " + strings.Join(a.Policy.Maybe, ", ")
		}
		out = append(out, s)
	}
	return out
}

func TestGeneratedRoleName(t *testing.T) {
	m := cfntest.Model(t, types, cfntest.Stack{Name: "tools", Template: rolesTemplate})
	p := m.Principal(cfntest.Resource(t, m, "Made").ARN)
	if p == nil {
		t.Fatal("no principal")
	}
	got := describe(p.Identity)
	if len(got) != 2 || got[0] != "made-inline: ecr:*" || !strings.HasPrefix(got[1], "somewhere: iam:* maybe which principal ‹") {
		t.Errorf("attachments are %q", got)
	}
}

func TestGroups(t *testing.T) {
	m := cfntest.Model(t, types, cfntest.Stack{Name: "tools", Template: rolesTemplate})
	ada := m.Principal("arn:aws:iam::111111111111:user/ada")
	bob := m.Principal("arn:aws:iam::111111111111:user/bob")
	if len(ada.Groups) != 1 || ada.Groups[0] != "devs" || len(ada.Identity) != 1 || !strings.Contains(ada.Identity[0].Unknown, "outsiders") {
		t.Errorf("ada is in %v with %v", ada.Groups, describe(ada.Identity))
	}
	if len(bob.Groups) != 1 || bob.Groups[0] != "devs" {
		t.Errorf("bob is in %v", bob.Groups)
	}
}

func TestOIDCProviderARN(t *testing.T) {
	m := cfntest.Model(t, types, cfntest.Stack{Name: "tools", Template: rolesTemplate})
	if got, want := cfntest.Resource(t, m, "Oidc").ARN, "arn:aws:iam::111111111111:oidc-provider/token.example.com/x"; got != want {
		t.Errorf("ARN = %q, want %q", match.Render(got), want)
	}
}

// Two roles of one name, of which nobody can tell which exists: nothing that
// the role has is certain.
func TestOneNameTwice(t *testing.T) {
	m := cloud.New()
	a := &cloud.Resource{Type: roleType, LogicalID: "A", Account: "111111111111", Name: "x", Ref: "x", ARN: "arn:aws:iam::111111111111:role/x", Maybe: []string{"IsProd"}}
	b := &cloud.Resource{Type: roleType, LogicalID: "B", Account: "111111111111", Name: "x", Ref: "x", ARN: a.ARN, Maybe: []string{"not IsProd"}}
	m.Add(a)
	m.Add(b)
	declareRole(m, a)
	declareRole(m, b)
	p := m.Principal(a.ARN)
	if p.Trust == nil || p.Trust.Unknown == "" || len(p.Identity) != 1 || p.Identity[0].Unknown == "" {
		t.Errorf("trust %+v, identity %v", p.Trust, describe(p.Identity))
	}
}
