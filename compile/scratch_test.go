package compile

import (
	"fmt"
	"os"
	"testing"
	"time"

	"penstock/iam/facts"
	"penstock/internal/provetest"
	"penstock/service"
	"penstock/service/schema"
	"penstock/services/all"
	"penstock/spec"
)

func testOptions() Options {
	types := map[string]*service.Type{}
	for _, s := range all.Services() {
		for i := range s.Types {
			types[s.Types[i].Name] = &s.Types[i]
		}
	}
	return Options{
		Services: all.Services(),
		Types: func(name string) *service.Type {
			t, ok := types[name]
			if !ok {
				t = schema.Type(name)
				types[name] = t
			}
			return t
		},
		Attrs: func(typ string) ([]string, bool) {
			t, ok := facts.CFN(typ)
			if !ok {
				return nil, false
			}
			var names []string
			for _, a := range t.Attributes {
				names = append(names, a.Name)
			}
			return names, true
		},
	}
}

func TestScratch(t *testing.T) {
	tools := spec.Account{Alias: "tools", ID: "111111111111"}
	stg := spec.Account{Alias: "staging", ID: "222222222222"}
	s := &spec.Spec{
		Project: "mfmsapp", Region: "ap-northeast-1", Environment: "prod", Accounts: []spec.Account{tools, stg}, Tools: tools,
		Source: spec.Source{Kind: spec.CodeCommit, Repository: "mfmsapp", Branch: "main", Create: true},
		Builds: []*spec.Build{{Name: "build", Buildspec: "buildspec.yml", Output: true, Privileged: true, Timeout: time.Hour, Push: []spec.Image{{Repository: "mfmsapp", Create: true}}}},
		Stages: []*spec.Stage{{Name: "staging", Deploy: &spec.Deploy{Account: stg, Regions: []string{"ap-northeast-1"}, Kind: spec.ECS, Cluster: "staging-cluster", Service: "my-service"}}},
		Mode:   "QUEUED", Key: spec.Key{Alias: "mfmsapp-cicd"},
	}
	r, err := Compile(s, testOptions())
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range r.Set.Stacks {
		fmt.Println("#", st.Name, len(st.Resources))
	}
	for _, ro := range r.Roles {
		fmt.Println("==", ro.Stack, ro.Name)
		for _, s := range ro.Trust {
			fmt.Printf("  trust %v %v\n", s.Principal, s.Conditions)
		}
		for _, s := range ro.Statements {
			fmt.Printf("  %s %v\n    on %v\n    if %v\n    # %s\n", s.Sid, s.Actions, s.Resources, s.Conditions, s.Comment)
		}
	}
	for _, f := range r.Files {
		os.WriteFile("/tmp/out-"+f.Name, f.Data, 0o644)
	}
	fmt.Println(provetest.Say(r.Report))
	for _, st := range r.Set.Stacks {
		for _, res := range st.Resources {
			if res.Type == "AWS::KMS::Key" || res.Type == "AWS::S3::BucketPolicy" || res.Type == "AWS::ECR::Repository" || res.Type == "AWS::IAM::ManagedPolicy" {
				fmt.Println("--", st.Name, res.ID, res.Props)
			}
		}
	}
}
