package compile

import (
	"slices"
	"strings"
	"testing"
	"time"

	"penstock/internal/provetest"
	"penstock/prove"
	"penstock/prove/gate"
	"penstock/spec"
)

// gatedSpec is a pipeline of two accounts with a gate between them.
func gatedSpec(change func(*spec.Spec)) *spec.Spec {
	tools := spec.Account{Alias: "tools", ID: "111111111111"}
	stg := spec.Account{Alias: "staging", ID: "222222222222"}
	prod := spec.Account{Alias: "prod", ID: "333333333333"}
	deploy := func(a spec.Account) *spec.Stage {
		return &spec.Stage{Name: a.Alias, Deploy: &spec.Deploy{
			Account: a, Regions: []string{"ap-northeast-1"}, Kind: spec.ECS, Cluster: a.Alias + "-cluster", Service: "my-service",
		}}
	}
	s := &spec.Spec{
		Project: "mfmsapp", Region: "ap-northeast-1", Environment: "prod", Accounts: []spec.Account{tools, stg, prod}, Tools: tools,
		Source: spec.Source{Kind: spec.CodeCommit, Repository: "mfmsapp", Branch: "main", Create: true},
		Builds: []*spec.Build{{
			Name: "build", Buildspec: "buildspec.yml", Output: true, Privileged: true, Timeout: time.Hour,
			Push: []spec.Image{{Repository: "mfmsapp", Create: true}},
		}},
		Stages: []*spec.Stage{
			deploy(stg),
			{Name: "approve-prod", Approve: &spec.Approve{
				By: []string{"security", "platform"}, Need: 2, Every: true, Within: 24 * time.Hour, Never: []string{"author", "starter"}, Notify: []string{"ops@example.com"},
			}},
			deploy(prod),
		},
		Seal: true, Mode: "QUEUED", Key: spec.Key{Alias: "mfmsapp-cicd"}, Audit: spec.Audit{Alerts: []string{"ops@example.com"}, Retention: 365},
	}
	if change != nil {
		change(s)
	}
	return s
}

// proveGate compiles a spec and returns what theorem three says of it.
func proveGate(t *testing.T, change func(*spec.Spec)) (*Result, prove.TheoremResult) {
	t.Helper()
	opt := testOptions()
	opt.Provers = map[prove.Theorem]prove.Prover{prove.Gate: gate.Prove}
	r, err := Compile(gatedSpec(change), opt)
	if err != nil {
		t.Fatal(err)
	}
	for _, res := range r.Report.Theorems {
		if res.Theorem == prove.Gate {
			return r, res
		}
	}
	t.Fatal("theorem three is not proved")
	return nil, prove.TheoremResult{}
}

// TestGated compiles gates of every kind: all run and hold, and where they are
// sealed nothing is assumed of the keys of artifacts.
func TestGated(t *testing.T) {
	allow := func(s *spec.Spec) *spec.Approve { return s.Stages[1].Approve }
	for name, change := range map[string]func(*spec.Spec){
		"of groups": nil,
		"one vote": func(s *spec.Spec) {
			allow(s).By, allow(s).Need, allow(s).Every, allow(s).Never = []string{"ops"}, 1, false, nil
		},
		"native":          func(s *spec.Spec) { s.Stages[1].Approve = &spec.Approve{Native: true, Within: time.Hour} },
		"from GitHub":     func(s *spec.Spec) { s.Source = spec.Source{Kind: spec.GitHub, Repository: "acme/app", Branch: "main"} },
		"two regions":     func(s *spec.Spec) { s.Stages[2].Deploy.Regions = []string{"ap-northeast-1", "us-east-1"} },
		"no audit":        func(s *spec.Spec) { s.Audit = spec.Audit{Off: true} },
		"an organization": func(s *spec.Spec) { s.Organization = &spec.Organization{ID: "o-example", Management: "999999999999"} },
		"two gates": func(s *spec.Spec) {
			s.Stages = append(s.Stages, &spec.Stage{Name: "approve-again", Approve: &spec.Approve{By: []string{"board"}, Need: 3, Within: 2 * time.Hour}},
				&spec.Stage{Name: "rest", Deploy: &spec.Deploy{Account: s.Accounts[2], Regions: []string{"ap-northeast-1"}, Kind: spec.ECS, Cluster: "rest", Service: "rest"}})
		},
		"people": func(s *spec.Spec) {
			s.People = &spec.People{Users: []spec.Person{{Name: "alice", Groups: []string{"security"}}, {Name: "bob", Groups: []string{"platform", "security"}}}}
		},
		"Identity Center": func(s *spec.Spec) {
			s.People = &spec.People{IdentityCenter: &spec.IdentityCenter{
				Instance: "arn:aws:sso:::instance/ssoins-1234567890abcdef", Store: "d-1234567890", Region: "ap-northeast-1",
				Groups: []spec.Variable{{Name: "security", Value: "11111111-2222-3333-4444-555555555555"}, {Name: "platform", Value: "21111111-2222-3333-4444-555555555555"}},
			}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, res := proveGate(t, change)
			runs := r.Report.Theorems[0]
			if runs.Outcome != prove.Holds || res.Outcome != prove.Holds || slices.ContainsFunc(res.Assumes, func(a string) bool { return strings.Contains(a, "guesses") }) {
				t.Errorf("runs %v, gate %v:\n%s", runs.Outcome, res.Outcome, provetest.Say(r.Report))
			}
		})
	}
}

// TestTable: the table's own policy keeps a build from voting that is allowed
// to write it.
func TestTable(t *testing.T) {
	r, res := proveGate(t, func(s *spec.Spec) {
		s.Builds[0].Allow = []spec.Permission{{Actions: []string{"dynamodb:PutItem"}, Resources: []string{"*"}}}
	})
	if res.Outcome != prove.Holds {
		t.Error(provetest.Say(r.Report))
	}
	st := r.Set.Stack(toolsStack)
	table := st.Resource(approvalTable)
	if table.Props.Get("ResourcePolicy") == nil {
		t.Error("the table has no policy")
	}
}

// TestAround gives the build one way around the gate or the seal more: each
// must be found.
func TestAround(t *testing.T) {
	const a = ":111111111111:"
	for _, c := range []struct{ action, resource string }{
		{"dynamodb:PutResourcePolicy", "arn:aws:dynamodb:ap-northeast-1" + a + "table/mfmsapp-approvals"},
		{"states:UpdateStateMachine", "arn:aws:states:ap-northeast-1" + a + "stateMachine:mfmsapp-approve-prod"},
		{"states:SendTaskSuccess", "*"},
		{"lambda:UpdateFunctionCode", "arn:aws:lambda:ap-northeast-1" + a + "function:mfmsapp-approval-vote"},
		{"lambda:UpdateFunctionCode", "arn:aws:lambda:ap-northeast-1" + a + "function:mfmsapp-approval-request"},
		{"lambda:UpdateFunctionConfiguration", "arn:aws:lambda:ap-northeast-1" + a + "function:mfmsapp-approval-vote"},
		{"lambda:InvokeFunction", "arn:aws:lambda:ap-northeast-1" + a + "function:mfmsapp-approval-vote"},
		{"lambda:InvokeFunctionUrl", "arn:aws:lambda:ap-northeast-1" + a + "function:mfmsapp-approval-vote"},
		{"lambda:AddPermission", "arn:aws:lambda:ap-northeast-1" + a + "function:mfmsapp-approval-vote"},
		{"codepipeline:UpdatePipeline", "arn:aws:codepipeline:ap-northeast-1" + a + "mfmsapp"},
		{"codebuild:StartBuild", "arn:aws:codebuild:ap-northeast-1" + a + "project/mfmsapp-seal"},
		{"codebuild:StartBuild", "arn:aws:codebuild:ap-northeast-1" + a + "project/mfmsapp-promote"},
		{"codebuild:UpdateProject", "arn:aws:codebuild:ap-northeast-1" + a + "project/mfmsapp-promote"},
		{"s3:PutBucketPolicy", "arn:aws:s3:::mfmsapp-artifacts-111111111111"},
	} {
		t.Run(c.action+" "+c.resource, func(t *testing.T) {
			r, res := proveGate(t, func(s *spec.Spec) {
				s.Builds[0].Allow = []spec.Permission{{Actions: []string{c.action}, Resources: []string{c.resource}, Why: "a mutant"}}
			})
			if res.Outcome == prove.Holds {
				t.Errorf("holds:\n%s", provetest.Say(r.Report))
			}
		})
	}
}
