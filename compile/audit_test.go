package compile

import (
	"fmt"
	"os"
	"testing"
	"time"

	"penstock/diag"
	"penstock/prove"
	"penstock/prove/trail"
	"penstock/spec"
)

var (
	toolsAccount   = spec.Account{Alias: "tools", ID: "111111111111"}
	stagingAccount = spec.Account{Alias: "staging", ID: "222222222222"}
	prodAccount    = spec.Account{Alias: "prod", ID: "333333333333"}
	logsAccount    = spec.Account{Alias: "logs", ID: "444444444444"}
)

// auditSpec is a pipeline that builds, and deploys to two accounts.
func auditSpec(change func(*spec.Spec)) *spec.Spec {
	const region = "ap-northeast-1"
	ecs := func(a spec.Account) *spec.Stage {
		return &spec.Stage{Name: a.Alias, Deploy: &spec.Deploy{Account: a, Regions: []string{region}, Kind: spec.ECS, Cluster: a.Alias + "-cluster", Service: "my-service"}}
	}
	s := &spec.Spec{
		Project: "mfmsapp", Region: region, Environment: "prod",
		Accounts: []spec.Account{toolsAccount, stagingAccount, prodAccount}, Tools: toolsAccount,
		Source: spec.Source{Kind: spec.CodeCommit, Repository: "mfmsapp", Branch: "main", Create: true},
		Builds: []*spec.Build{{Name: "build", Buildspec: "buildspec.yml", Output: true, Privileged: true, Timeout: time.Hour, Push: []spec.Image{{Repository: "mfmsapp", Create: true}}}},
		Stages: []*spec.Stage{ecs(stagingAccount), ecs(prodAccount)},
		Mode:   "QUEUED", Key: spec.Key{Alias: "mfmsapp-cicd"},
		Audit: spec.Audit{Alerts: []string{"security@example.com"}, Retention: 365, Insights: true, Dashboard: true},
	}
	if change != nil {
		change(s)
	}
	return s
}

// proved compiles a spec, with theorems one and four.
func proved(t *testing.T, s *spec.Spec) *Result {
	t.Helper()
	opt := testOptions()
	opt.Provers = map[prove.Theorem]prove.Prover{prove.Trail: trail.Prove}
	r, err := Compile(s, opt)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Models[0].Findings {
		t.Errorf("%s %s", f.Code, f.Message)
	}
	return r
}

func TestAudit(t *testing.T) {
	b := proved(t, auditSpec(nil))
	rep := b.Report
	if os.Getenv("SHOW") != "" {
		for _, st := range b.Set.Stacks {
			fmt.Println("#", st.Name, st.Account, st.Region, len(st.Resources))
			for _, r := range st.Resources {
				fmt.Println("  ", r.ID, r.Type)
			}
		}
	}
	if os.Getenv("SHOW") != "" {
		for _, f := range b.Files {
			os.WriteFile("/tmp/audit/"+f.Name, f.Data, 0o644)
		}
	}
	for _, th := range rep.Theorems {
		t.Logf("%s %s: %s %v", th.Theorem, th.Outcome, th.Why, th.Assumes)
		if th.Outcome != prove.Holds {
			t.Errorf("%s %s: %s", th.Theorem, th.Outcome, th.Why)
		}
	}
	for _, f := range rep.Findings {
		if f.Severity != diag.Info {
			t.Errorf("%s %s %s %v", f.Code, f.At, f.Message, f.Depends)
		} else {
			t.Logf("%s %s", f.Code, f.Message)
		}
	}
}
