package spec_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"penstock/source"
	"penstock/spec"
)

// The spec of the cross-account pipeline, as the design writes it.
const short = `project: mfmsapp
region: ap-northeast-1
accounts: {tools: "111111111111", staging: "222222222222", prod: "333333333333"}
source: {codecommit: mfmsapp, branch: main}
build:
  buildspec: buildspec.yml
  secrets:
    DB_PASSWORD: ssm:/mfmsapp/prod/DB_PASSWORD
    API_KEY: secretsmanager:mfmsapp/prod/credentials#api_key
  push: {ecr: mfmsapp}
stages:
  - deploy: staging
    ecs: {cluster: staging-cluster, service: my-service}
  - approve: {by: [security-team, platform-team], need: 2, within: 24h, never: [author, starter]}
  - deploy: prod
    ecs: {cluster: production-cluster, service: my-service}
audit: {alerts: [security@example.com]}
`

var noPlaces = cmp.Options{cmpopts.IgnoreTypes(source.Span{}), cmpopts.IgnoreFields(spec.Spec{}, "File")}

func TestShortForm(t *testing.T) {
	got, fs := spec.Read(source.NewFile(spec.FileName, []byte(short)))
	for _, f := range fs {
		t.Errorf("%v: %s", f.At, f.Message)
	}
	if got == nil {
		t.Fatal("no spec")
	}
	tools := spec.Account{Alias: "tools", ID: "111111111111"}
	staging := spec.Account{Alias: "staging", ID: "222222222222"}
	prod := spec.Account{Alias: "prod", ID: "333333333333"}
	ecs := func(a spec.Account, cluster string) *spec.Deploy {
		return &spec.Deploy{
			Account: a, Regions: []string{"ap-northeast-1"}, Kind: spec.ECS, Input: "build", Cluster: cluster, Service: "my-service",
			Definitions: "imagedefinitions.json", Port: 8080, CPU: 256, Memory: 512,
		}
	}
	want := &spec.Spec{
		Project: "mfmsapp", Region: "ap-northeast-1", Environment: "prod",
		Accounts: []spec.Account{tools, staging, prod}, Tools: tools,
		Source: spec.Source{Kind: spec.CodeCommit, Repository: "mfmsapp", Branch: "main"},
		Builds: []*spec.Build{{
			Name: "build", Buildspec: "buildspec.yml", Image: "aws/codebuild/amazonlinux-x86_64-standard:5.0",
			Compute: "BUILD_GENERAL1_SMALL", Type: "LINUX_CONTAINER", Privileged: true, Timeout: time.Hour, Output: true,
			Secrets: []spec.Secret{
				{Variable: "DB_PASSWORD", Kind: spec.Parameter, Name: "/mfmsapp/prod/DB_PASSWORD"},
				{Variable: "API_KEY", Kind: spec.Secrets, Name: "mfmsapp/prod/credentials", JSONKey: "api_key"},
			},
			Push: []spec.Image{{Repository: "mfmsapp", Create: true}},
		}},
		Stages: []*spec.Stage{
			{Name: "staging", Deploy: ecs(staging, "staging-cluster")},
			{Name: "approve-prod", Approve: &spec.Approve{
				By: []string{"security-team", "platform-team"}, Need: 2, Every: true, Within: 24 * time.Hour, Never: []string{"author", "starter"},
			}},
			{Name: "prod", Deploy: ecs(prod, "production-cluster")},
		},
		Mode: "SUPERSEDED", Seal: true,
		Key:   spec.Key{Alias: "mfmsapp-cicd"},
		Audit: spec.Audit{Alerts: []string{"security@example.com"}, Retention: 365, Insights: true, Dashboard: true},
	}
	if d := cmp.Diff(want, got, noPlaces); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}
