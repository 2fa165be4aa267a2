package codebuild

import (
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/service"
	"penstock/source"
)

const (
	guide      = "https://docs.aws.amazon.com/codebuild/latest/userguide/"
	rolePage   = guide + "setting-up-service-role.html"
	actionPage = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html#action-reference-CodeBuild-service-role"
	specPage   = guide + "build-spec-ref.html"
	projectT   = "AWS::CodeBuild::Project"
)

// actions: the build and test actions, and the rule, that start a build (row
// 5 of the provider list). The build reads and writes the artifacts.
var actions = []service.Action{
	{Category: "Build", Owner: "AWS", Provider: "CodeBuild", Artifacts: "job", Rows: startRows},
	{Category: "Test", Owner: "AWS", Provider: "CodeBuild", Artifacts: "job", Rows: startRows},
	{Category: "Rule", Owner: "AWS", Provider: "CodeBuild", Artifacts: "job", Rows: startRows},
}

var startRows = []service.Row{
	{
		ID: "codebuild.start", Caller: "pipeline or action role",
		Actions: []string{"codebuild:StartBuild"}, Resource: "project/<ProjectName>",
		Why:  "starts the build",
		Need: service.Stops, Basis: service.Documented, Source: actionPage,
		Targets: func(s *service.Site) []service.Target { return start(s, false, true) },
	},
	{
		ID: "codebuild.poll", Caller: "pipeline or action role",
		Actions: []string{"codebuild:BatchGetBuilds"}, Resource: "project/<ProjectName>",
		Why:  "asks how the build stands",
		Need: service.Stops, Basis: service.Documented, Source: actionPage,
		Targets: func(s *service.Site) []service.Target { return start(s, false, false) },
	},
	{
		ID: "codebuild.start-batch", Caller: "pipeline or action role",
		Actions: []string{"codebuild:StartBuildBatch"}, Resource: "project/<ProjectName>",
		Why:  "starts the batch build (BatchEnabled)",
		Need: service.Stops, Basis: service.Documented, Source: actionPage,
		Targets: func(s *service.Site) []service.Target { return start(s, true, true) },
	},
	{
		ID: "codebuild.poll-batch", Caller: "pipeline or action role",
		Actions: []string{"codebuild:BatchGetBuildBatches"}, Resource: "project/<ProjectName>",
		Why:  "asks how the batch build stands",
		Need: service.Stops, Basis: service.Documented, Source: actionPage,
		Targets: func(s *service.Site) []service.Target { return start(s, true, false) },
	},
	{
		ID: "codebuild.stop", Caller: "pipeline or action role",
		Actions: []string{"codebuild:StopBuild"}, Resource: "project/<ProjectName>",
		Why:  "stops the build when the execution is stopped",
		Need: service.Listed, Basis: service.Reported,
		Source:  "https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/aws-codepipeline-actions/lib/codebuild/build-action.ts",
		Targets: func(s *service.Site) []service.Target { return start(s, false, false) },
	},
}

func start(s *service.Site, batch, starts bool) []service.Target {
	var n *doc.Node
	switch {
	case s.Rule != nil:
		n = s.Rule.Config
	case s.Action != nil:
		n = s.Action.Config
	}
	name := n.Get("ProjectName").Str()
	if name == "" || (n.Get("BatchEnabled").Str() == "true") != batch {
		return nil
	}
	t := service.Target{Resource: s.ARN("codebuild", "project/"+name), At: n.Get("ProjectName").Where(), What: "build project " + name}
	if p := s.Find(name, projectT); p != nil {
		t.Resource, t.Account = p.ARN, p.Account
		if starts {
			t.Starts = p
		}
	}
	if starts {
		// CodePipeline overrides the source and whatever else it likes; AWS
		// does not say what
		// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodebuild.html,
		// condition keys).
		t.Context.Open = true
		for _, k := range []string{"aws:SourceArn", "aws:SourceAccount", "aws:SourceVpc", "aws:SourceVpce", "sts:ExternalId"} {
			t.Context.SetAbsent(k)
		}
	}
	return []service.Target{t}
}

// jobs: a build, with the service role of its project.
var jobs = []service.Job{{
	Type:      projectT,
	Role:      serviceRole,
	Principal: "codebuild.amazonaws.com",
	Assume:    assumeContext,
	AssumeSource: guide + "setting-up-service-role.html (aws:SourceArn and aws:SourceAccount in the trust policy); " +
		guide + "cross-service-confused-deputy-prevention.html",
	// A build is started by a webhook, a rule, a person; no pipeline is needed.
	Alone:   func(*service.Site) bool { return true },
	Network: network,
	Rows:    jobRows(),
}}

func jobRows() []service.Row {
	rows := append([]service.Row(nil), networkRows...)
	rows = append(rows, imageRows...)
	rows = append(rows, logRows...)
	rows = append(rows, sourceRows...)
	rows = append(rows, secretRows...)
	rows = append(rows, commandRows...)
	rows = append(rows, sealRows...)
	rows = append(rows, reportRows...)
	rows = append(rows, batchRows...)
	return append(rows, outputRows...)
}

func serviceRole(s *service.Site) (string, source.Span) {
	n := s.Resource.Prop("ServiceRole")
	name := cloud.Text(n)
	if name == "" {
		name = match.Hole(match.Path, "the service role of "+s.Resource.ID()) // CloudFormation requires one
	}
	return s.RoleARN(name, s.Resource.Account), n.Where()
}

// assumeContext: CodeBuild sends the project and its account.
func assumeContext(s *service.Site) iam.Context {
	return service.Context("aws:SourceArn", s.Resource.ARN, "aws:SourceAccount", s.Resource.Account)
}

// project is the name of the project that runs.
func project(s *service.Site) string { return s.Resource.Name }

// logRows: what a build writes to CloudWatch Logs and to S3.
var logRows = []service.Row{
	{
		// AWS names the resource of CreateLogGroup in two ways: ending in
		// ":log-stream:", which the group without ":*" does not match
		// (https://github.com/aws-solutions/instance-scheduler-on-aws/issues/578,
		// 2024), and more lately as the group alone, which the group with ":*"
		// does not match (error messages of 2026). The service authorization
		// reference has the second.
		ID: "codebuild.logs.group", Caller: "build role",
		Actions: []string{"logs:CreateLogGroup"}, Resource: "log-group:/aws/codebuild/<project>",
		Why:  "makes the log group, unless the stacks declare it",
		Need: service.Stops, Basis: service.Documented, Source: rolePage,
		Targets: logGroup,
	},
	{
		ID: "codebuild.logs.stream", Caller: "build role",
		Actions: []string{"logs:CreateLogStream"}, Resource: "log-group:/aws/codebuild/<project>:log-stream:<build>",
		Why:  "opens the log of the build",
		Need: service.Stops, Basis: service.Reported, Source: "https://github.com/juspay/hyperswitch-cdk/pull/37 (ACCESS_DENIED: … does not allow AWS CodeBuild to create Amazon CloudWatch Logs log streams); " + rolePage,
		Targets: logStream,
	},
	{
		ID: "codebuild.logs.events", Caller: "build role",
		Actions: []string{"logs:PutLogEvents"}, Resource: "log-group:/aws/codebuild/<project>:log-stream:<build>",
		Why:  "writes the log of the build",
		Need: service.Degrades, Lost: "the build has no log", Basis: service.Documented, Source: rolePage,
		Targets: logStream,
	},
	{
		ID: "codebuild.logs.s3", Caller: "build role",
		Actions: []string{"s3:PutObject"}, Resource: "<S3Logs.Location>/*",
		Why:  "writes the log of the build to S3",
		Need: service.Degrades, Lost: "the build has no log in S3", Basis: service.Documented,
		Source:  guide + "create-project.html#create-project-console-logs",
		Targets: logObject,
	},
}

// logs returns the name of the log group and the prefix of the stream, ok
// false where the project writes none
// (https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CloudWatchLogsConfig.html).
func logs(s *service.Site) (group, stream string, at source.Span, ok bool) {
	cw := s.Resource.Prop("LogsConfig", "CloudWatchLogs")
	at = s.Resource.Span
	if cw != nil {
		at = cw.Span
	}
	if cw.Get("Status").Str() == "DISABLED" {
		return "", "", at, false
	}
	group = cw.Get("GroupName").Str()
	if group == "" {
		group = "/aws/codebuild/" + project(s)
	}
	stream = match.Hole(match.Name, "build id")
	if p := cw.Get("StreamName").Str(); p != "" {
		stream = p + "/" + stream
	}
	return group, stream, at, true
}

func logGroup(s *service.Site) []service.Target {
	group, _, at, ok := logs(s)
	if !ok || s.Find(group, "AWS::Logs::LogGroup") != nil {
		return nil
	}
	return []service.Target{{
		Resource: s.ARN("logs", "log-group:"+group), Or: s.ARN("logs", "log-group:"+group+":log-stream:"),
		At: at, What: "log group " + group,
	}}
}

func logStream(s *service.Site) []service.Target {
	group, stream, at, ok := logs(s)
	if !ok {
		return nil
	}
	return []service.Target{{
		Resource: s.ARN("logs", "log-group:"+group+":log-stream:"+stream), At: at, What: "log of the build",
	}}
}

func logObject(s *service.Site) []service.Target {
	n := s.Resource.Prop("LogsConfig", "S3Logs")
	loc := n.Get("Location").Str()
	if n.Get("Status").Str() != "ENABLED" || loc == "" {
		return nil
	}
	bucket, prefix := service.Bucket(loc)
	t := s.Object(bucket, service.KeyHole(folder(prefix), "the log of the build"))
	t.At, t.What = n.Where(), "log of the build"
	t.Encryption = s.ProjectKey(s.Resource)
	if n.Get("EncryptionDisabled").Str() == "true" {
		t.Encryption = nil
	}
	return []service.Target{t}
}

func folder(prefix string) string {
	if prefix == "" || prefix[len(prefix)-1] == '/' {
		return prefix
	}
	return prefix + "/"
}
