package compile

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"penstock/iam/authz"
	"penstock/prove"
	"penstock/services/all"
	"penstock/spec"
)

// brokeredSpec has a role for a vendor's account, one for a vendor's role, and
// one for a build of the pipeline.
func brokeredSpec(change func(*spec.Spec)) *spec.Spec {
	return peopled(func(s *spec.Spec) {
		reads := func(what string) []spec.Permission {
			return []spec.Permission{{Actions: []string{"ecs:DescribeServices"}, Resources: []string{"arn:aws:ecs:ap-northeast-1:333333333333:service/prod-cluster/*"}, Why: what}}
		}
		s.Brokered = []*spec.BrokeredRole{
			{Name: "monitor", Account: prodAccount, By: "555555555555", ExternalID: "mfmsapp/5f0c1a7e", Allow: reads("watches the service"), Session: time.Hour},
			{Name: "scanner", Account: prodAccount, By: "arn:aws:iam::555555555555:role/vendor/scanner", ExternalID: "mfmsapp:2b9d", Allow: reads("scans the service"), Session: 2 * time.Hour},
			{Name: "smoke", Account: prodAccount, By: "arn:aws:iam::111111111111:role/mfmsapp-build", ExternalID: "smoke@mfmsapp", Allow: reads("looks whether it runs"), Session: time.Hour},
		}
		if change != nil {
			change(s)
		}
	})
}

// Who sends the external id gets in, and nobody else; the roles of the
// pipeline's own actions refuse whoever sends one.
func TestBrokered(t *testing.T) {
	r := proved(t, brokeredSpec(nil))
	provenHolds(t, r)
	const (
		monitor, scanner, smoke = "arn:aws:iam::333333333333:role/mfmsapp-monitor", "arn:aws:iam::333333333333:role/mfmsapp-scanner", "arn:aws:iam::333333333333:role/mfmsapp-smoke"
		build                   = "arn:aws:iam::111111111111:role/mfmsapp-build"
	)
	answers(t, r, []question{
		{build, "sts:AssumeRole", smoke, "sts:ExternalId=smoke@mfmsapp", authz.Allow},
		{build, "sts:AssumeRole", smoke, "sts:ExternalId=Smoke@mfmsapp", authz.Deny},
		{build, "sts:AssumeRole", smoke, "sts:ExternalId", authz.Deny},
		{build, "sts:AssumeRole", monitor, "sts:ExternalId=mfmsapp/5f0c1a7e", authz.Deny},
		{build, "sts:AssumeRole", "arn:aws:iam::333333333333:role/mfmsapp-deploy-prod", "sts:ExternalId=smoke@mfmsapp", authz.Deny},
		{"arn:aws:iam::111111111111:role/mfmsapp-pipeline", "sts:AssumeRole", smoke, "sts:ExternalId", authz.Deny},
		{"arn:aws:iam::111111111111:role/mfmsapp-pipeline", "sts:AssumeRole", smoke, "sts:ExternalId=smoke@mfmsapp", authz.Deny},
		{"arn:aws:iam::555555555555:role/vendor/scanner", "sts:AssumeRole", scanner, "sts:ExternalId=mfmsapp:2b9d", authz.Depends}, // on its own policies
		{"arn:aws:iam::555555555555:role/any", "sts:AssumeRole", monitor, "sts:ExternalId=mfmsapp/5f0c1a7e", authz.Depends},
		{"arn:aws:iam::555555555555:role/vendor/other", "sts:AssumeRole", scanner, "sts:ExternalId=mfmsapp:2b9d", authz.Deny},
		{"arn:aws:iam::555555555555:role/vendor/scanner", "sts:AssumeRole", scanner, "sts:ExternalId=mfmsapp:other", authz.Deny},
		{"arn:aws:iam::555555555555:role/vendor/scanner", "sts:AssumeRole", scanner, "sts:ExternalId", authz.Deny},
		{"arn:aws:iam::666666666666:role/vendor/scanner", "sts:AssumeRole", scanner, "sts:ExternalId=mfmsapp:2b9d", authz.Deny},
		{"arn:aws:iam::666666666666:role/any", "sts:AssumeRole", monitor, "sts:ExternalId=mfmsapp/5f0c1a7e", authz.Deny},
		{"arn:aws:iam::555555555555:role/any", "sts:AssumeRole", monitor, "sts:ExternalId=x", authz.Deny},
		{smoke, "ecs:DescribeServices", "arn:aws:ecs:ap-northeast-1:333333333333:service/prod-cluster/my-service", "", authz.Allow},
		{smoke, "ecs:UpdateService", "arn:aws:ecs:ap-northeast-1:333333333333:service/prod-cluster/my-service", "", authz.Deny},
	})
	for _, role := range r.Roles {
		trusted := false
		for _, s := range role.Trust {
			for _, c := range s.Conditions {
				trusted = trusted || c.Operator == "StringEquals" && c.Key == "sts:ExternalId"
			}
		}
		if want := strings.HasPrefix(role.Stack, brokeredStack); trusted != want {
			t.Errorf("role %s asks for an external id: %v", role.Name, trusted)
		}
	}
	show(t, r)
}

// Terraform says the same as CloudFormation.
func TestBrokeredTerraform(t *testing.T) {
	opt := testOptions()
	opt.Terraform = all.Terraform()
	r, err := Compile(brokeredSpec(nil), opt)
	if err != nil {
		t.Fatal(err)
	}
	cf, err := Compile(brokeredSpec(nil), testOptions())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(picture(cf.Models[0]), picture(r.Models[0])); d != "" {
		t.Errorf("-CloudFormation +Terraform\n%s", d)
	}
	answers(t, r, []question{
		{"arn:aws:iam::111111111111:role/mfmsapp-build", "sts:AssumeRole", "arn:aws:iam::333333333333:role/mfmsapp-smoke", "sts:ExternalId=smoke@mfmsapp", authz.Allow},
		{"arn:aws:iam::111111111111:role/mfmsapp-build", "sts:AssumeRole", "arn:aws:iam::333333333333:role/mfmsapp-smoke", "sts:ExternalId=other", authz.Deny},
	})
}

func TestBrokeredNames(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"build", "account 111111111111 gets a role mfmsapp-build of the pipeline"},
		{strings.Repeat("b", 60), "68 characters"},
	} {
		_, err := Compile(brokeredSpec(func(s *spec.Spec) { s.Brokered[0].Name, s.Brokered[0].Account = c.name, toolsAccount }), testOptions())
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// A boundary of the user's, one account, a project in China: it holds too.
func TestBrokeredShapes(t *testing.T) {
	for name, change := range map[string]func(*spec.Spec){
		"in the tools account": func(s *spec.Spec) { s.Brokered[0].Account = toolsAccount },
		"an organization": func(s *spec.Spec) {
			s.Organization = &spec.Organization{ID: "o-example1234", Management: "999999999999"}
		},
		"no audit": func(s *spec.Spec) { s.Audit.Off = true },
	} {
		t.Run(name, func(t *testing.T) {
			provenHolds(t, proved(t, brokeredSpec(change)), prove.Trail)
		})
	}
}

// A build that takes on a brokered role does what that role may: where it is
// what only a deployment behind the gate does, theorem three fails.
func TestBrokeredGate(t *testing.T) {
	compiled := func(action string) prove.Outcome {
		r := proved(t, brokeredSpec(func(s *spec.Spec) {
			gate := &spec.Stage{Name: "approve-prod", Approve: &spec.Approve{By: []string{"operators"}, Need: 1, Within: 24 * time.Hour}}
			s.Stages, s.Seal = []*spec.Stage{s.Stages[0], gate, s.Stages[1]}, true
			s.Brokered[2].Allow[0].Actions = []string{action}
		}))
		for _, th := range r.Report.Theorems {
			if th.Theorem == prove.Gate {
				return th.Outcome
			}
		}
		return prove.NotApplicable
	}
	if got := compiled("ecs:DescribeServices"); got != prove.Holds {
		t.Errorf("a role that reads: the gate %s", got)
	}
	if got := compiled("ecs:UpdateService"); got != prove.Fails {
		t.Errorf("a role that deploys: the gate %s", got)
	}
}

// An account may be named as a stack is: it gets one of another name.
func TestAccountsNamedAsStacks(t *testing.T) {
	for _, alias := range []string{auditStack, peopleStack, brokeredStack, identityStack} {
		r := proved(t, brokeredSpec(func(s *spec.Spec) {
			a := spec.Account{Alias: alias, ID: stagingAccount.ID}
			s.Accounts[1], s.Stages[0] = a, ecs(a, "ap-northeast-1")
			s.People.Roles[0].Accounts[1] = a
			s.Brokered[0].Account = toolsAccount
		}))
		provenHolds(t, r)
		for _, st := range r.Set.Stacks {
			if st.Name == alias && st.Account == stagingAccount.ID {
				t.Errorf("%s is a stack of the account of that name", alias)
			}
		}
	}
}
