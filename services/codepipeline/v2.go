package codepipeline

import (
	"fmt"
	"slices"

	"penstock/diag"
	"penstock/match"
	"penstock/service"
)

// newer are the actions whose pages say "only available for V2 type
// pipelines".
var newer = []string{"Compute Commands", "Build ECRBuildAndPublish", "Invoke InspectorScan", "Deploy EC2", "Deploy EKS", "Deploy Lambda"}

// needsV2 finds an action that only a pipeline of type V2 may have.
func needsV2(s *service.Site, _ *service.Call) []diag.Finding {
	a := s.Action
	if a.Owner != "AWS" || s.Pipeline.Type == "V2" || match.HasHole(s.Pipeline.Type) || !slices.Contains(newer, a.Category+" "+a.Provider) {
		return nil
	}
	certainty, says := diag.Proved, "is of type "+s.Pipeline.Type
	n := s.Pipeline.Resource.Prop("PipelineType")
	if n == nil {
		certainty, says = diag.Likely, "names no PipelineType, so that it is of type V1"
	}
	at := n.Where()
	if at.IsZero() {
		at = s.Pipeline.Span
	}
	return []diag.Finding{{
		At: a.Span, Severity: diag.Error, Certainty: certainty,
		Message: fmt.Sprintf("action %s uses the provider %s, which only pipelines of type V2 have, and pipeline %s %s",
			a.Name, a.Provider, match.Render(s.Pipeline.Name), says),
		Related: []diag.Note{{At: at, Message: "the pipeline"}},
		Fixes:   service.Reword(n, "V1", "V2", "make the pipeline one of type V2"),
	}}
}

// olderType finds what only pipelines of type V2 have in one that says it is of
// type V1.
func olderType(s *service.Site, _ *service.Call) []diag.Finding {
	r := s.Pipeline.Resource
	n := r.Prop("PipelineType")
	if n.Str() != "V1" || len(n.Maybe) > 0 {
		return nil
	}
	var has string
	at := n
	for _, prop := range []string{"Triggers", "Variables"} {
		for e := range r.Prop(prop).Elems() {
			has, at = prop, e
		}
	}
	if m := r.Prop("ExecutionMode"); m.Str() == "QUEUED" || m.Str() == "PARALLEL" {
		has, at = "ExecutionMode "+m.Str(), m
	}
	if has == "" {
		return nil
	}
	return []diag.Finding{{
		At: at.Where(), Severity: diag.Error, Certainty: diag.Proved,
		Message: fmt.Sprintf("pipeline %s is of type V1 and has %s, which only pipelines of type V2 have", match.Render(s.Pipeline.Name), has),
		Related: []diag.Note{{At: n.Where(), Message: "the type"}},
		Fixes:   service.Reword(n, "V1", "V2", "make the pipeline one of type V2"),
	}}
}

var v2Code = service.Code{
	Code: "RUN084", Theorem: "runs",
	Fix:   "`PipelineType: V2`",
	Open:  "the type comes from a parameter",
	Title: "an action or a setting that only pipelines of type V2 may have",
	Doc: `
The actions Commands, ECRBuildAndPublish, InspectorScan, EC2, EKS and the Lambda deploy action are there for pipelines of type
V2 only, and so are triggers, variables and the execution modes QUEUED and PARALLEL. A pipeline whose template names no ` + "`PipelineType`" + ` is of type V1.

**What AWS shows**: CreatePipeline or UpdatePipeline refuses the structure.

**Remedy**: ` + "`PipelineType: V2`" + `.

**Sources**
- https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-Commands.html (note)
- https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-EC2Deploy.html (note)
- https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-EKS.html (note)
- https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-LambdaDeploy.html (note)
- https://docs.aws.amazon.com/codepipeline/latest/userguide/pipeline-types.html
`,
}
