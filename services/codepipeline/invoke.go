package codepipeline

import (
	"penstock/match"
	"penstock/service"
	"penstock/source"
)

// invoked are the action that starts another pipeline (row 19 of the provider
// list) and what needs no permission of its own: the rules that look at a
// clock and at a variable (row 22), and sources that CodePipeline reaches with
// a token or that a person's own worker serves.
var invoked = []service.Action{
	{
		Category: "Invoke", Owner: "AWS", Provider: "CodePipeline", Artifacts: "action",
		Rows: []service.Row{{
			ID: "codepipeline.invoke", Caller: "pipeline or action role",
			Actions: []string{"codepipeline:StartPipelineExecution"}, Resource: "<PipelineName>",
			Why:  "starts the other pipeline",
			Need: service.Stops, Basis: service.Documented, Source: guide + "action-reference-CodePipeline.html",
			Targets: func(s *service.Site) []service.Target {
				name := s.Action.Get("PipelineName")
				if name == "" {
					return nil
				}
				return []service.Target{{Resource: s.ARN("codepipeline", name), At: s.Action.Config.Get("PipelineName").Where(), What: "pipeline " + match.Render(name)}}
			},
		}},
	},
	{Category: "Rule", Owner: "AWS", Provider: "DeploymentWindow"},
	{Category: "Rule", Owner: "AWS", Provider: "VariableCheck"},
	{Category: "Source", Owner: "ThirdParty", Provider: "GitHub", Artifacts: "action"},
}

// here is where the action or the rule is written.
func here(s *service.Site) source.Span {
	switch {
	case s.Rule != nil:
		return s.Rule.Span
	case s.Action != nil:
		return s.Action.Span
	default:
		return source.Span{}
	}
}
