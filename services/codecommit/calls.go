package codecommit

import "penstock/service"

const sourcePage = "https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeCommit.html#action-reference-CodeCommit-permissions"

// actions: the CodeCommit source (row 1 of the provider list).
var actions = []service.Action{{
	Category: "Source", Owner: "AWS", Provider: "CodeCommit", Artifacts: "action",
	Rows: []service.Row{
		{
			ID: "codecommit.source", Caller: "pipeline or action role",
			Actions:  []string{"codecommit:GetBranch", "codecommit:GetCommit"},
			Resource: "<repository>", Why: "finds the commit at the head of the branch",
			Need: service.Stops, Basis: service.Documented, Source: sourcePage,
			Targets: repository,
		},
		{
			ID: "codecommit.archive", Caller: "pipeline or action role",
			Actions:  []string{"codecommit:UploadArchive", "codecommit:GetUploadArchiveStatus"},
			Resource: "<repository>", Why: "has CodeCommit put the archive of the commit into the artifact store",
			Need: service.Stops, Basis: service.Documented, Source: sourcePage,
			Targets: archived,
		},
		{
			ID: "codecommit.cancel", Caller: "pipeline or action role",
			Actions:  []string{"codecommit:CancelUploadArchive"},
			Resource: "<repository>", Why: "cancels an archive when the execution is stopped",
			Need: service.Listed, Basis: service.Documented, Source: sourcePage,
			Targets: archived,
		},
		{
			ID: "codecommit.clone", Caller: "pipeline or action role",
			Actions:  []string{"codecommit:GetRepository"},
			Resource: "<repository>", Why: "names the repository to the build, which clones it (OutputArtifactFormat CODEBUILD_CLONE_REF)",
			Need: service.Stops, Basis: service.Documented, Source: sourcePage,
			Targets: cloned,
		},
	},
}}

func full(s *service.Site) bool { return s.Action.Get("OutputArtifactFormat") == "CODEBUILD_CLONE_REF" }

func repository(s *service.Site) []service.Target {
	name := s.Action.Get("RepositoryName")
	if name == "" {
		return nil
	}
	t := service.Target{Resource: s.ARN("codecommit", name), At: s.Action.Config.Get("RepositoryName").Where(), What: "repository " + name}
	// Reading needs no codecommit:References, which is a key of git pushes and
	// merges only
	// (https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-conditional-branch.html).
	t.Context.SetUnknown("codecommit:References")
	return []service.Target{t}
}

func archived(s *service.Site) []service.Target {
	if full(s) {
		return nil
	}
	return repository(s)
}

func cloned(s *service.Site) []service.Target {
	if !full(s) {
		return nil
	}
	return repository(s)
}
