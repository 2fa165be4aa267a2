package report

import (
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/match"
	"penstock/pipeline"
	"penstock/prove"
	"penstock/service"
	"penstock/source"
	"penstock/truth"
)

const toolsTemplate = `Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Pipeline:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      RoleArn: !GetAtt PipelineRole.Arn
      Stages:
        - Name: Source
          Actions:
            - Name: Checkout
        - Name: Build
          Actions:
            - Name: Lint
            - Name: Image
        - Name: Approve
          Actions:
            - Name: Release   # 本番環境へ
        - Name: Production
          Actions:
            - Name: Deploy
  BuildRole:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: build
          PolicyDocument:
            Statement:
              - Sid: Logs
                Effect: Allow
                Action: logs:CreateLogStream
                Resource: "*"
  Key:
    Type: AWS::KMS::Key
`

const (
	tools      = "111111111111"
	production = "333333333333"
	keyARN     = "arn:aws:kms:ap-northeast-1:111111111111:key/77aa88bb-0000-4c4c-9d9d-1a2b3c4d5e6f"
	logGroup   = "arn:aws:logs:ap-northeast-1:111111111111:log-group:/aws/codebuild/mfmsapp:log-stream:*"
)

func role(account, name string) string { return "arn:aws:iam::" + account + ":role/" + name }

// sample is a report made by hand that has one of everything: a job, a gate,
// another account, a denied, a depending, a degraded and a listed call, two
// scenarios, a finding with a fix and one without a place.
func sample() *prove.Report {
	f := source.NewFile("tools.yaml", []byte(toolsTemplate))
	at := func(s string) source.Span {
		i := strings.Index(toolsTemplate, s)
		if i < 0 {
			panic("no " + s)
		}
		return source.Span{File: f, Start: i, End: i + len(s)}
	}
	stack := &cloud.Stack{Name: "tools", Account: tools, Region: "ap-northeast-1", Template: "tools.yaml", File: f}
	res := &cloud.Resource{Type: "AWS::CodePipeline::Pipeline", Stack: stack, LogicalID: "Pipeline", Account: tools, Span: at("Pipeline:")}
	build := &cloud.Resource{Type: "AWS::CodeBuild::Project", Stack: stack, LogicalID: "Build", Name: "mfmsapp", Account: tools}
	pl := &pipeline.Pipeline{
		Name: "mfmsapp", ARN: "arn:aws:codepipeline:ap-northeast-1:111111111111:mfmsapp", Account: tools, Region: "ap-northeast-1",
		Role: role(tools, "mfmsapp-pipeline"), Type: "V2", Resource: res, Span: res.Span,
	}
	action := func(st *pipeline.Stage, name, category, provider string, order int) *pipeline.Action {
		a := &pipeline.Action{
			Name: name, Category: category, Owner: "AWS", Provider: provider, RunOrder: order, Region: pl.Region,
			Account: tools, Stage: st, Span: at("Name: " + name),
		}
		st.Actions = append(st.Actions, a)
		return a
	}
	stage := func(name string) *pipeline.Stage {
		st := &pipeline.Stage{Name: name, Span: at("Name: " + name)}
		pl.Stages = append(pl.Stages, st)
		return st
	}
	src, bld, app, prod := stage("Source"), stage("Build"), stage("Approve"), stage("Production")
	checkout := action(src, "Checkout", "Source", "CodeCommit", 1)
	lint := action(bld, "Lint", "Build", "CodeBuild", 1)
	image := action(bld, "Image", "Build", "CodeBuild", 2)
	release := action(app, "Release", "Approval", "Manual", 1)
	deploy := action(prod, "Deploy", "Deploy", "ECS", 1)
	deploy.Role, deploy.Account = role(production, "mfmsapp-deploy"), production

	statement := &iam.Statement{Index: 0, Sid: "Logs", Effect: iam.Allow, Span: at("Sid: Logs")}
	near := &authz.Hit{Policy: &iam.Policy{}, Statement: statement, Match: truth.No, Element: "action", Why: "its actions do not match logs:PutLogEvents"}

	run := func(scenario ...string) *prove.Run {
		r := &prove.Run{Scenario: scenario, Pipeline: pl, Model: cloud.New()}
		isProd := scenario[0] == "IsProd is true"
		step := func(st *pipeline.Stage, a *pipeline.Action, job *cloud.Resource, role string, calls ...*prove.Call) {
			s := &prove.Step{Stage: st, Action: a, Job: job, Role: role, Calls: calls}
			for _, c := range calls {
				c.Step = s
				if c.Request.Principal == (iam.Principal{}) {
					c.Request.Principal.ARN = role
				}
			}
			r.Steps = append(r.Steps, s)
		}
		step(nil, nil, res, pl.Role,
			made("codepipeline.assume", "sts:AssumeRole", pl.Role, func(c *prove.Call) {
				c.Request.Principal.Service = "codepipeline.amazonaws.com"
			}))
		step(src, checkout, nil, pl.Role,
			made("codecommit.source", "codecommit:GetBranch", "arn:aws:codecommit:ap-northeast-1:111111111111:mfmsapp", nil),
			made("codecommit.source", "codecommit:UploadArchive", "arn:aws:codecommit:ap-northeast-1:111111111111:mfmsapp", nil))
		step(bld, lint, nil, pl.Role,
			made("codebuild.start", "codebuild:StartBuild", "arn:aws:codebuild:ap-northeast-1:111111111111:project/lint", func(c *prove.Call) {
				c.Decision = authz.Decision{Verdict: authz.Depends, Layer: "identity", Missing: []string{"what " + match.Hole(match.Name, "tools.LintName") + " is"}}
			}))
		step(bld, image, nil, pl.Role,
			made("codebuild.start", "codebuild:StartBuild", "arn:aws:codebuild:ap-northeast-1:111111111111:project/mfmsapp", nil),
			made("codebuild.start", "codebuild:BatchGetBuilds", "arn:aws:codebuild:ap-northeast-1:111111111111:project/mfmsapp", nil))
		step(bld, image, build, role(tools, "mfmsapp-build"),
			made("codebuild.logs", "logs:CreateLogStream", logGroup, nil),
			made("codebuild.logs", "logs:PutLogEvents", logGroup, func(c *prove.Call) {
				c.Decision = authz.Decision{Layer: "identity", Deciding: near}
			}),
			made("codebuild.reports", "codebuild:CreateReportGroup", "arn:aws:codebuild:ap-northeast-1:111111111111:report-group/mfmsapp-*", func(c *prove.Call) {
				c.Decision = authz.Decision{Layer: "identity"}
				c.Row.Need, c.Row.Lost = service.Degrades, "the test report is lost"
			}))
		step(app, release, nil, pl.Role)
		calls := []*prove.Call{
			made("ecs.deploy", "ecs:UpdateService", "arn:aws:ecs:ap-northeast-1:333333333333:service/production-cluster/my-service", nil),
			made("ecs.tags", "ecs:TagResource", "arn:aws:ecs:ap-northeast-1:333333333333:task-definition/my-service:*", func(c *prove.Call) {
				c.Decision, c.Row.Need = authz.Decision{Layer: "identity"}, service.Listed
			}),
		}
		if isProd {
			calls = append(calls, made("s3.kms", "kms:Decrypt", keyARN, func(c *prove.Call) {
				c.Decision = authz.Decision{Layer: "resource"}
				c.Target.What = "artifact BuildOutput"
			}))
		}
		step(prod, deploy, nil, deploy.Role, calls...)
		return r
	}
	// A build that no pipeline starts, in both scenarios.
	nightly := func(scenario string) *prove.Run {
		res := &cloud.Resource{Type: "AWS::CodeBuild::Project", Stack: stack, LogicalID: "Nightly", Name: "nightly", Account: tools, Region: "ap-northeast-1"}
		r := &prove.Run{Scenario: []string{scenario}, Model: cloud.New(), Entry: &prove.Entry{
			Kind: res.Type, Title: "nightly", Account: tools, Region: "ap-northeast-1", Resource: res, At: at("BuildRole:"),
		}}
		s := &prove.Step{Job: res, Role: role(tools, "nightly")}
		c := made("codebuild.logs", "logs:PutLogEvents", logGroup, nil)
		c.Step, c.Request.Principal.ARN = s, s.Role
		s.Calls = []*prove.Call{c}
		r.Steps = []*prove.Step{s}
		return r
	}
	add := at("                Action: logs:CreateLogStream\n")
	return &prove.Report{
		Theorems: []prove.TheoremResult{{Theorem: prove.Runs, Outcome: prove.Fails, Calls: 23, Allowed: 14, Denied: 3, Depending: 2}},
		Runs:     []*prove.Run{run("IsProd is true"), nightly("IsProd is true"), run("IsProd is false"), nightly("IsProd is false")},
		Findings: []diag.Finding{
			{
				Code: "RUN001", At: at("Image"), Severity: diag.Error, Certainty: diag.Proved, Theorem: "runs",
				Message:   `role mfmsapp-build of account 111111111111 may not logs:PutLogEvents on ` + logGroup + `: no identity-based policy allows it; statement "Logs" (tools.yaml:29) comes nearest, but its actions do not match logs:PutLogEvents`,
				Principal: role(tools, "mfmsapp-build"), Action: "logs:PutLogEvents", Resource: logGroup, Layer: "identity",
				AWSError: "User: arn:aws:sts::111111111111:assumed-role/mfmsapp-build/AWSCodeBuild-‹build› is not authorized to perform: logs:PutLogEvents on resource: " + logGroup + " because no identity-based policy allows the logs:PutLogEvents action",
				Related:  []diag.Note{{At: statement.Span, Message: "comes nearest: its actions do not match logs:PutLogEvents"}},
				Fixes: []diag.Fix{{
					Message: "allow logs:PutLogEvents to role mfmsapp-build",
					Edits:   []diag.Edit{{Span: add, New: "                Action:\n                  - logs:CreateLogStream\n                  - logs:PutLogEvents\n"}},
				}},
			},
			{
				Code: "RUN002", At: at("Name: Deploy"), Severity: diag.Error, Certainty: diag.Proved, Theorem: "runs", When: "IsProd is true",
				Message:   "role mfmsapp-deploy of account 333333333333 may not kms:Decrypt on " + keyARN + " (artifact BuildOutput): no resource-based policy allows it",
				Principal: role(production, "mfmsapp-deploy"), Action: "kms:Decrypt", Resource: keyARN, Layer: "resource",
			},
			{
				Code: "RUN030", At: at("Name: Lint"), Severity: diag.Warning, Certainty: diag.Possible, Theorem: "runs",
				Message:   "role mfmsapp-pipeline of account 111111111111 may or may not codebuild:StartBuild on arn:aws:codebuild:ap-northeast-1:111111111111:project/lint",
				Principal: pl.Role, Action: "codebuild:StartBuild", Resource: "arn:aws:codebuild:ap-northeast-1:111111111111:project/lint", Layer: "identity",
				Depends: []string{"what " + match.Hole(match.Name, "tools.LintName") + " is"},
			},
			{Code: "CFN012", Severity: diag.Info, Certainty: diag.Likely, Message: "a finding without a place, with \x1b[31mcolour\x1b[0m in it"},
		},
		Assumptions: []string{"FullAWSAccess is attached to every level of the organization"},
		Coverage:    prove.Coverage{Resources: 3, Understood: 2, Opaque: []string{"tools/Widget: AWS::Foo::Widget"}},
	}
}

// made is a call that is allowed, unless edit says otherwise.
func made(row, action, resource string, edit func(*prove.Call)) *prove.Call {
	c := &prove.Call{
		Call: &service.Call{
			Row: &service.Row{
				ID: row, Actions: []string{action}, Why: "does what " + row + " does", Basis: service.Documented,
				Source: "https://docs.aws.amazon.com/" + row,
			},
			Request: iam.Request{Action: action, Resource: resource},
		},
		Decision: authz.Decision{Verdict: authz.Allow},
	}
	if edit != nil {
		edit(c)
	}
	c.Call.Target.Resource = resource
	return c
}
