package compile

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"penstock/iam"
	"penstock/iam/authz"
	"penstock/prove"
	"penstock/spec"
)

// peopled is a pipeline with people: two users, three roles of the work.
func peopled(change func(*spec.Spec)) *spec.Spec {
	return auditSpec(func(s *spec.Spec) {
		s.Builds[0].Inline, s.Builds[0].Buildspec, s.Builds[0].Push = true, inline("make"), nil
		s.People = &spec.People{
			Users: []spec.Person{{Name: "alice", Groups: []string{"developers"}}, {Name: "bob", Groups: []string{"developers", "operators"}}},
			Roles: []spec.WorkRole{
				{Name: "reader", Accounts: []spec.Account{toolsAccount, stagingAccount}, Groups: []string{"developers"}, Policies: []string{"arn:aws:iam::aws:policy/ReadOnlyAccess"}},
				{Name: "operator", Accounts: []spec.Account{prodAccount}, Groups: []string{"operators"}, Session: 2 * time.Hour, Allow: []spec.Permission{
					{Actions: []string{"ecs:DescribeServices", "ecs:UpdateService"}, Resources: []string{"arn:aws:ecs:ap-northeast-1:333333333333:service/prod-cluster/*"}, Why: "restarts the service"},
				}},
			},
		}
		if change != nil {
			change(s)
		}
	})
}

// centred makes people come from Identity Center.
func centred(s *spec.Spec) {
	s.Organization = &spec.Organization{ID: "o-examplecorp", Management: "999999999999"}
	s.People.Users = nil
	s.People.IdentityCenter = &spec.IdentityCenter{
		Instance: "arn:aws:sso:::instance/ssoins-0123456789abcdef", Store: "d-0123456789", Start: "https://example.awsapps.com/start", Region: "ap-northeast-1",
		Groups: []spec.Variable{{Name: "developers", Value: "1a2b3c4d-5e6f-7081-92a3-b4c5d6e7f809"}, {Name: "operators", Value: "2a2b3c4d-5e6f-7081-92a3-b4c5d6e7f809"}},
	}
}

// A question is one request and what becomes of it.
type question struct {
	who, action, on string
	context         string // "key=value" by blanks; "key" is absent
	want            authz.Verdict
}

func answers(t *testing.T, r *Result, asks []question) {
	t.Helper()
	e := prove.NewEngine()
	for _, a := range asks {
		q := iam.Request{Principal: iam.Principal{ARN: a.who}, Action: a.action, Resource: a.on}
		q.Context.Set("aws:SecureTransport", "true")
		if strings.Contains(a.who, ":user/") {
			q.Context.Set("aws:username", a.who[strings.LastIndexByte(a.who, '/')+1:])
		}
		for f := range strings.FieldsSeq(a.context) {
			k, v, ok := strings.Cut(f, "=")
			if !ok {
				q.Context.SetAbsent(k)
				continue
			}
			q.Context.Set(k, v)
		}
		for _, part := range []string{"::111111111111:", "::222222222222:", "::333333333333:"} {
			if strings.Contains(a.on, part) {
				q.ResourceAccount = strings.Trim(part, ":")
			}
		}
		d := (&prove.Question{Model: r.Models[0], Request: q}).Decide(e)
		if d.Verdict != a.want {
			t.Errorf("%s %s on %s with %q: %v, want %v (%v)", a.who, a.action, a.on, a.context, d.Verdict, a.want, d.Missing)
		}
	}
}

const (
	alice  = "arn:aws:iam::111111111111:user/mfmsapp/alice"
	bob    = "arn:aws:iam::111111111111:user/mfmsapp/bob"
	device = "arn:aws:iam::111111111111:mfa/"
	// The bare access key, a session of one, a session that has shown a device,
	// and a call that shows it.
	bareKey  = "aws:MultiFactorAuthPresent aws:MultiFactorAuthAge iam:RegisterSecurityKey"
	noFactor = "aws:MultiFactorAuthPresent=false aws:MultiFactorAuthAge iam:RegisterSecurityKey"
	shown    = "aws:MultiFactorAuthPresent=true aws:MultiFactorAuthAge=60 iam:RegisterSecurityKey"
)

// Users set up the one device that bears their name without a second factor,
// and do nothing else without one.
func TestSecondFactor(t *testing.T) {
	r := proved(t, peopled(nil))
	provenHolds(t, r)
	var asks []question
	all := func(context string, want authz.Verdict, on string, actions ...string) {
		for _, a := range actions {
			asks = append(asks, question{alice, a, on, context, want})
		}
	}
	for _, bare := range []string{bareKey, noFactor} {
		all(bare, authz.Allow, device+"alice", "iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice")
		all(bare, authz.Deny, device+"alice-2", "iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice")
		all(bare, authz.Deny, device+"bob", "iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice")
		all(bare, authz.Allow, alice, "iam:EnableMFADevice", "iam:GetUser", "iam:ListMFADevices", "iam:ResyncMFADevice")
		all(bare, authz.Deny, alice, "iam:ChangePassword", "iam:CreateAccessKey", "iam:DeactivateMFADevice", "iam:DeleteAccessKey", "iam:ListAccessKeys", "iam:UpdateAccessKey", "iam:PutUserPolicy")
		all(bare, authz.Deny, bob, "iam:EnableMFADevice", "iam:GetUser")
		all(strings.Replace(bare, "iam:RegisterSecurityKey", "iam:RegisterSecurityKey=Create", 1), authz.Deny, alice, "iam:EnableMFADevice")
		all(bare, authz.Deny, "arn:aws:iam::222222222222:role/mfmsapp-reader", "sts:AssumeRole")
	}
	all(shown, authz.Allow, device+"alice-2", "iam:CreateVirtualMFADevice", "iam:DeleteVirtualMFADevice")
	all(shown, authz.Deny, device+"bob", "iam:CreateVirtualMFADevice")
	all(shown, authz.Allow, alice, "iam:ChangePassword", "iam:CreateAccessKey", "iam:DeactivateMFADevice", "iam:DeleteAccessKey", "iam:EnableMFADevice", "iam:ListAccessKeys", "iam:UpdateAccessKey")
	all(strings.Replace(shown, "iam:RegisterSecurityKey", "iam:RegisterSecurityKey=Create", 1), authz.Allow, alice, "iam:EnableMFADevice")
	all(shown, authz.Deny, alice, "iam:PutUserPolicy", "iam:AttachUserPolicy", "iam:CreateLoginProfile")
	all(shown, authz.Deny, bob, "iam:CreateAccessKey", "iam:DeactivateMFADevice")
	all(shown, authz.Deny, "*", "s3:ListAllMyBuckets", "iam:ListUsers")
	answers(t, r, asks)
}

// Roles of the work are taken on with a fresh second factor, under one's own
// name, by members of the groups.
func TestWorkRoles(t *testing.T) {
	r := proved(t, peopled(nil))
	const reader, operator = "arn:aws:iam::222222222222:role/mfmsapp-reader", "arn:aws:iam::333333333333:role/mfmsapp-operator"
	as := func(name string) string { return shown + " sts:ExternalId sts:RoleSessionName=" + name }
	answers(t, r, []question{
		{alice, "sts:AssumeRole", reader, as("alice"), authz.Allow},
		{bob, "sts:AssumeRole", operator, as("bob"), authz.Allow},
		{alice, "sts:AssumeRole", operator, as("alice"), authz.Deny},
		{alice, "sts:AssumeRole", reader, as("bob"), authz.Deny},
		{alice, "sts:AssumeRole", reader, bareKey + " sts:ExternalId sts:RoleSessionName=alice", authz.Deny},
		{alice, "sts:AssumeRole", reader, noFactor + " sts:ExternalId sts:RoleSessionName=alice", authz.Deny},
		{alice, "sts:AssumeRole", reader, strings.Replace(as("alice"), "Age=60", "Age=3600", 1), authz.Deny},
		{"arn:aws:iam::111111111111:role/mfmsapp-build", "sts:AssumeRole", reader, "sts:ExternalId sts:RoleSessionName=alice", authz.Deny},
		// The boundary leaves what the managed policy reads, and keeps what nobody may.
		{reader, "s3:ListAllMyBuckets", "*", "", authz.Allow},
		{operator, "ecs:UpdateService", "arn:aws:ecs:ap-northeast-1:333333333333:service/prod-cluster/my-service", "", authz.Allow},
		{operator, "ecs:UpdateService", "arn:aws:ecs:ap-northeast-1:333333333333:service/other/my-service", "", authz.Deny},
		{operator, "iam:CreateUser", "arn:aws:iam::333333333333:user/mallory", "", authz.Deny},
	})
}

// A session of Identity Center takes on the roles without the key that it does
// not carry, and nobody else does.
func TestIdentityCenter(t *testing.T) {
	r := proved(t, peopled(centred))
	provenHolds(t, r)
	const reader = "arn:aws:iam::222222222222:role/mfmsapp-reader"
	in := func(set string) string {
		return "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/ap-northeast-1/AWSReservedSSO_" + set + "_0123456789abcdef"
	}
	without := bareKey + " sts:ExternalId sts:RoleSessionName=alice@example.com"
	trusts := func(who string) bool {
		p := r.Models[0].Principal(reader)
		for _, st := range p.Trust.Policy.Statements {
			for _, c := range st.Conditions {
				if c.Key == "aws:PrincipalArn" && strings.Contains(c.Values[0].Text, "AWSReservedSSO_"+who+"_*") {
					return true
				}
			}
		}
		return false
	}
	if !trusts("mfmsapp-developers") || trusts("mfmsapp-operators") {
		t.Errorf("%s trusts: %+v", reader, r.Models[0].Principal(reader).Trust.Policy.Statements)
	}
	answers(t, r, []question{
		{alice, "sts:AssumeRole", reader, shown + " sts:ExternalId sts:RoleSessionName=alice", authz.Deny},
		{in("mfmsapp-operators"), "sts:AssumeRole", reader, without, authz.Deny},
		{"arn:aws:iam::111111111111:role/mfmsapp-build", "sts:AssumeRole", reader, without, authz.Deny},
	})
	st := r.Set.Stack(identityStack)
	if st == nil || st.Account != "999999999999" {
		t.Fatalf("permission sets are not in the management account: %+v", st)
	}
	if d := cmp.Diff([]string{"DevelopersInTools", "OperatorsInTools"}, ofType(r, identityStack, "AWS::SSO::Assignment")); d != "" {
		t.Errorf("assignments -want +got\n%s", d)
	}
}

// Workflows of one repository and one branch take on their role, and no other.
func TestGitHub(t *testing.T) {
	const role, provider, host = "arn:aws:iam::111111111111:role/mfmsapp-github", "arn:aws:iam::111111111111:oidc-provider/" + githubHost, githubHost
	token := func(sub, aud string) string { return fmt.Sprintf("%s:sub=%s %s:aud=%s", host, sub, host, aud) }
	workflows := func(change func(*spec.GitHubOIDC)) *Result {
		r := proved(t, peopled(func(s *spec.Spec) {
			s.People = &spec.People{GitHub: &spec.GitHubOIDC{
				Repository: "Example/mfmsapp", Branch: "main", Role: "mfmsapp-github", CreateProvider: true,
				Allow: []spec.Permission{{Actions: []string{"codepipeline:StartPipelineExecution"}, Resources: []string{"arn:aws:codepipeline:ap-northeast-1:111111111111:mfmsapp"}, Why: "starts the pipeline"}},
			}}
			if change != nil {
				change(s.People.GitHub)
			}
		}))
		provenHolds(t, r)
		return r
	}
	asks := func(sub, aud string, want authz.Verdict) question {
		return question{provider, "sts:AssumeRoleWithWebIdentity", role, token(sub, aud), want}
	}
	answers(t, workflows(nil), []question{
		asks("repo:Example/mfmsapp:ref:refs/heads/main", "sts.amazonaws.com", authz.Allow),
		asks("repo:example/mfmsapp:ref:refs/heads/main", "sts.amazonaws.com", authz.Deny),
		asks("repo:Example/mfmsapp:ref:refs/heads/other", "sts.amazonaws.com", authz.Deny),
		asks("repo:Example/mfmsapp:pull_request", "sts.amazonaws.com", authz.Deny),
		asks("repo:Example/mfmsapp:environment:main", "sts.amazonaws.com", authz.Deny),
		asks("repo:Example/other:ref:refs/heads/main", "sts.amazonaws.com", authz.Deny),
		asks("repo:Example/mfmsapp:ref:refs/heads/main", "https://github.com/Example", authz.Deny),
		{role, "codepipeline:StartPipelineExecution", "arn:aws:codepipeline:ap-northeast-1:111111111111:mfmsapp", "", authz.Allow},
	})
	answers(t, workflows(func(g *spec.GitHubOIDC) { g.Branch, g.Environment = "", "prod:eu" }), []question{
		asks("repo:Example/mfmsapp:environment:prod%3Aeu", "sts.amazonaws.com", authz.Allow),
		asks("repo:Example/mfmsapp:ref:refs/heads/main", "sts.amazonaws.com", authz.Deny),
	})
	r := workflows(func(g *spec.GitHubOIDC) { g.CreateProvider = false })
	if ids := ofType(r, peopleStack, "AWS::IAM::OIDCProvider"); ids != nil {
		t.Errorf("makes %v, which is there", ids)
	}
}

func TestPeopleNames(t *testing.T) {
	_, err := Compile(peopled(func(s *spec.Spec) { s.People.Roles[0].Name = strings.Repeat("r", 60) }), testOptions())
	if err == nil || !strings.Contains(err.Error(), "68 characters") {
		t.Errorf("a name that is too long: %v", err)
	}
	_, err = Compile(peopled(func(s *spec.Spec) { s.People.Roles[0].Groups = []string{"nobody"} }), testOptions())
	if err == nil || !strings.Contains(err.Error(), "nobody takes it on") {
		t.Errorf("a role that nobody takes on: %v", err)
	}
	// Names that differ by what a logical id cannot hold.
	r := proved(t, peopled(func(s *spec.Spec) {
		s.People.Users = []spec.Person{{Name: "a.b", Groups: []string{"x_y", "x-y"}}, {Name: "a-b", Groups: []string{"x-y"}}}
		s.People.Roles = []spec.WorkRole{
			{Name: "c_d", Accounts: []spec.Account{prodAccount}, Groups: []string{"x_y"}, Policies: []string{"arn:aws:iam::aws:policy/ReadOnlyAccess"}},
			{Name: "c-d", Accounts: []spec.Account{prodAccount, prodAccount}, Groups: []string{"x-y"}, Policies: []string{"arn:aws:iam::aws:policy/ReadOnlyAccess"}},
		}
	}))
	provenHolds(t, r)
	if d := cmp.Diff([]string{"CDRole", "CDRole2"}, ofType(r, peopleStack+"-prod", "AWS::IAM::Role")); d != "" {
		t.Errorf("roles -want +got\n%s", d)
	}
	// Two permission sets that are cut to one name.
	b := &builder{spec: peopled(func(s *spec.Spec) {
		centred(s)
		long := strings.Repeat("g", 30)
		s.People.Roles[0].Groups = []string{long + "1", long + "2"}
		s.People.Roles[1].Groups = []string{long + "2"}
	})}
	first, second := b.setText(strings.Repeat("g", 30)+"1"), b.setText(strings.Repeat("g", 30)+"2")
	if first == second || len(first) > 32 || len(second) > 32 {
		t.Errorf("permission sets %q and %q", first, second)
	}
}

// Somebody with more users than a trust can name.
func TestManyUsers(t *testing.T) {
	r := proved(t, peopled(func(s *spec.Spec) {
		s.People.Users = nil
		for i := range 40 {
			s.People.Users = append(s.People.Users, spec.Person{Name: fmt.Sprintf("user%d", i), Groups: []string{"developers", "operators"}})
		}
	}))
	provenHolds(t, r)
	for _, role := range r.Roles {
		if n := size(role.Trust); n > 2048 {
			t.Errorf("the trust of %s has %d characters", role.Name, n)
		}
	}
}
