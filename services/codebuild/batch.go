package codebuild

import (
	"fmt"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/doc/splice"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/source"
)

const batchPage = guide + "batch-build-buildspec.html; https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectBuildBatchConfig.html (serviceRole)"

// batchRows: a batch build starts the builds of its batch with a second role
// of the project (row 5b of the provider list).
var batchRows = []service.Row{
	{
		ID: "codebuild.batch.assume", Caller: "codebuild.amazonaws.com",
		Actions: []string{"sts:AssumeRole"}, Resource: "<BuildBatchConfig.ServiceRole>",
		Context: "aws:SourceArn = the project, aws:SourceAccount = its account",
		Why:     "CodeBuild assumes the role of the batch",
		Need:    service.Stops, Basis: service.Documented, Source: guide + "setting-up-service-role.html; " + batchPage,
		Targets: func(s *service.Site) []service.Target {
			role, n := batchRole(s)
			if role == "" {
				return nil
			}
			return []service.Target{{
				Caller: iam.Principal{Service: "codebuild.amazonaws.com"}, Resource: role, Account: arn.Account(role),
				At: n, What: "role of the batch", Context: assumeContext(s),
			}}
		},
	},
	{
		ID: "codebuild.batch.start", Caller: "batch role",
		Actions: []string{"codebuild:StartBuild"}, Resource: "project/<project>",
		Why:  "starts the builds of the batch",
		Need: service.Stops, Basis: service.Documented, Source: batchPage,
		Targets: batchCalls,
	},
	{
		ID: "codebuild.batch.stop", Caller: "batch role",
		Actions: []string{"codebuild:StopBuild", "codebuild:RetryBuild"}, Resource: "project/<project>",
		Why:  "stops and retries the builds of the batch",
		Need: service.Listed, Basis: service.Documented, Source: batchPage,
		Targets: batchCalls,
	},
}

// inBatch reports whether this is a batch build: the action says so, or the
// webhook of the project
// (https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateWebhook.html, buildType).
func inBatch(s *service.Site) bool {
	if !inPipeline(s) {
		return s.Resource.Prop("Triggers", "BuildType").Str() == "BUILD_BATCH"
	}
	return s.Action.Provider == "CodeBuild" && s.Action.Get("BatchEnabled") == "true"
}

// hookBatch finds a webhook that starts batch builds of a project that is not
// set up for them.
func hookBatch(s *service.Site, _ *service.Call) []diag.Finding {
	if s.Resource == nil || s.Resource.Type != projectT || s.Action != nil || len(s.Resource.Opaque) > 0 {
		return nil
	}
	n := s.Resource.Prop("Triggers", "BuildType")
	if n.Str() != "BUILD_BATCH" || s.Resource.Prop("Triggers", "Webhook").Str() != "true" || s.Resource.Prop("BuildBatchConfig", "ServiceRole") != nil {
		return nil
	}
	return []diag.Finding{{
		At: n.Where(), Severity: diag.Error, Certainty: diag.Likely,
		Message: fmt.Sprintf("the webhook of build project %s starts batch builds, and the project has no BuildBatchConfig with a ServiceRole: the role that starts the builds of a batch",
			match.Render(project(s))),
		Fixes: batchAs(s.Resource),
	}}
}

func batchRole(s *service.Site) (string, source.Span) {
	n := s.Resource.Prop("BuildBatchConfig", "ServiceRole")
	if !inBatch(s) {
		return "", n.Where()
	}
	return s.RoleARN(cloud.Text(n), s.Resource.Account), n.Where()
}

func batchCalls(s *service.Site) []service.Target {
	role, at := batchRole(s)
	if role == "" {
		return nil
	}
	t := service.Target{Caller: iam.Principal{ARN: role}, Resource: s.Resource.ARN, Account: s.Resource.Account, At: at, What: "builds of the batch"}
	// The builds of a batch override what the batch's buildspec says.
	t.Context.Open = true
	for _, k := range []string{"aws:SourceArn", "aws:SourceAccount", "aws:SourceVpc", "aws:SourceVpce", "sts:ExternalId"} {
		t.Context.SetAbsent(k)
	}
	return []service.Target{t}
}

// noBatch finds an action that starts a batch build of a project that is not
// set up for one.
func noBatch(s *service.Site, _ *service.Call) []diag.Finding {
	if s.Action == nil || s.Action.Provider != "CodeBuild" || s.Action.Get("BatchEnabled") != "true" {
		return nil
	}
	name := s.Action.Get("ProjectName")
	p := s.Find(name, projectT)
	if p == nil || len(p.Opaque) > 0 || p.Prop("BuildBatchConfig", "ServiceRole") != nil {
		return nil
	}
	return []diag.Finding{{
		At: s.Action.Config.Get("BatchEnabled").Where(), Severity: diag.Error, Certainty: diag.Likely,
		Message: fmt.Sprintf("action %s starts a batch build, and build project %s has no BuildBatchConfig with a ServiceRole: the role that starts the builds of a batch",
			s.Action.Name, match.Render(name)),
		Related: []diag.Note{{At: p.Span, Message: "the build project"}},
		Fixes:   batchAs(p),
	}}
}

// batchAs lets the role of a project's builds start those of its batches.
func batchAs(p *cloud.Resource) []diag.Fix {
	if p.Node == nil || p.Node.At("Properties", "ServiceRole") == nil {
		return nil
	}
	role := splice.Of(p.Node.At("Properties", "ServiceRole"))
	if c := p.Prop("BuildBatchConfig"); c != nil {
		edits, err := splice.SetField(c, "ServiceRole", role)
		return service.Fixed("let the project's role start the builds of a batch", edits, err)
	}
	edits, err := splice.SetField(p.Props, "BuildBatchConfig", splice.Map(splice.Field{Name: "ServiceRole", Value: role}))
	return service.Fixed("let the project's role start the builds of a batch", edits, err)
}
