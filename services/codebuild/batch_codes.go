package codebuild

import "penstock/service"

var batchCode = service.Code{
	Code: "RUN080", Theorem: "runs",
	Fix:   "`BuildBatchConfig` with the role of the project",
	Open:  "the project names no role",
	Title: "a batch build of a project that is not set up for one",
	Doc: `
With ` + "`BatchEnabled: true`" + ` the action starts a batch build. CodeBuild starts the builds of a batch with a second role of
the project, ` + "`BuildBatchConfig.ServiceRole`" + `, which trusts codebuild.amazonaws.com and may call codebuild:StartBuild,
codebuild:StopBuild and codebuild:RetryBuild on the project. The project's own ServiceRole does not stand in for it.

**What AWS shows**: StartBuildBatch fails.

**Remedy**: ` + "`BuildBatchConfig: {ServiceRole: …}`" + ` in the project, or no BatchEnabled in the action.

**Sources**
- https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build.html
- https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectBuildBatchConfig.html
`,
}
