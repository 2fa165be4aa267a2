package codebuild

import (
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"

	"penstock/diag"
	"penstock/match"
	"penstock/pipeline"
	"penstock/service"
	"penstock/source"
	"penstock/spelling"
)

// unmade finds what a build does not make, and something takes from it.
func unmade(s *service.Site, c *service.Call) []diag.Finding {
	return slices.Concat(notMade(s, c), halfPipeline(s, c), notExported(s, c))
}

// notMade finds an output artifact of a build action that the buildspec does
// not make: where there are several, each is one of its secondary artifacts
// (https://docs.aws.amazon.com/codebuild/latest/userguide/sample-pipeline-multi-input-output.html).
func notMade(s *service.Site, _ *service.Call) []diag.Finding {
	if s.Resource == nil || s.Resource.Type != projectT || !inPipeline(s) || inBatch(s) || len(s.Action.Outputs) < 2 {
		return nil
	}
	b := buildspec(s)
	if b.Buildspec == nil || b.why != "" || len(b.found) > 0 {
		return nil
	}
	var fs []diag.Finding
	for _, out := range s.Action.Outputs {
		if match.HasHole(out.Name) || slices.ContainsFunc(b.Secondary, func(n string) bool { return n == out.Name || match.HasHole(n) }) {
			continue
		}
		f := diag.Finding{
			At: out.Span, Severity: diag.Error, Certainty: diag.Proved,
			Message: fmt.Sprintf("action %s makes %d artifacts, and the buildspec of build project %s has no secondary artifact %s", s.Action.Name, len(s.Action.Outputs), match.Render(project(s)), out.Name),
			Related: []diag.Note{{At: b.Span, Message: "the buildspec"}},
		}
		if near := spelling.Nearest(out.Name, b.Secondary); len(near) == 1 {
			f.Fixes = service.Rewrite(b.Span, near[0]+":", out.Name+":", "name the secondary artifact "+out.Name)
		}
		fs = append(fs, f)
	}
	return fs
}

// halfPipeline finds a project of which one end alone is a pipeline's.
func halfPipeline(s *service.Site, _ *service.Call) []diag.Finding {
	if s.Resource == nil || s.Resource.Type != projectT || len(s.Resource.Maybe) > 0 {
		return nil
	}
	src, art := s.Resource.Prop("Source", "Type"), s.Resource.Prop("Artifacts", "Type")
	a, b := src.Str(), art.Str()
	if a == "" || b == "" || match.HasHole(a) || match.HasHole(b) || len(src.Maybe)+len(art.Maybe) > 0 || (a == "CODEPIPELINE") == (b == "CODEPIPELINE") {
		return nil
	}
	f := diag.Finding{
		At: art.Where(), Severity: diag.Error, Certainty: diag.Likely,
		Message: fmt.Sprintf("build project %s has a source of type %s and artifacts of type %s: where one is CODEPIPELINE, the other must be", match.Render(s.Resource.Name), a, b),
	}
	if a == "CODEPIPELINE" {
		f.Fixes = service.Reword(art, b, "CODEPIPELINE", "let the pipeline take the artifacts")
	}
	return []diag.Finding{f}
}

var used = regexp.MustCompile(`#\{([A-Za-z0-9@_-]+)\.([A-Za-z0-9_-]+)\}`)

// notExported finds a variable of the build that a later action uses and the
// buildspec does not export.
func notExported(s *service.Site, _ *service.Call) []diag.Finding {
	if s.Resource == nil || s.Resource.Type != projectT || !inPipeline(s) || inBatch(s) || s.Action.Namespace == "" || match.HasHole(s.Action.Namespace) {
		return nil
	}
	b := buildspec(s)
	if b.Buildspec == nil || b.why != "" || len(b.found) > 0 {
		return nil
	}
	var fs []diag.Finding
	for _, st := range s.Pipeline.Stages {
		for _, a := range st.Actions {
			if a.Config == nil {
				continue
			}
			for _, f := range a.Config.Fields {
				fs = append(fs, missingVariables(s, a, f.Name(), f.Value.Where(), service.Texts(f.Value), b.Buildspec)...)
			}
		}
	}
	return fs
}

func missingVariables(s *service.Site, a *pipeline.Action, field string, at source.Span, texts iter.Seq[string], b *Buildspec) []diag.Finding {
	var fs []diag.Finding
	for text := range texts {
		for _, m := range used.FindAllStringSubmatch(text, -1) {
			if m[1] != s.Action.Namespace || slices.ContainsFunc(b.Exported, func(n string) bool { return n == m[2] || match.HasHole(n) }) {
				continue
			}
			fs = append(fs, diag.Finding{
				At: at, Severity: diag.Error, Certainty: diag.Proved,
				Message:  fmt.Sprintf("%s of action %s uses the variable %s of build action %s, and its buildspec does not export %s", field, a.Name, m[0], s.Action.Name, m[2]),
				AWSError: "An action in this pipeline failed because one or more variables could not be resolved: Action name=" + match.Render(a.Name),
				Related:  []diag.Note{{At: b.Span, Message: "the buildspec, whose exported-variables are " + strings.Join(append(slices.Clone(b.Exported), "no others"), ", ")}},
			})
		}
	}
	return fs
}

var outputsCode = service.Code{
	Code: "RUN113", Theorem: "runs", Title: "a build does not make what is taken from it",
	Fix:  "the name of the secondary artifact, where one is near; the type of the artifacts",
	Open: "which files belong to an artifact, the author knows",
	Doc: `
A build action with one output artifact takes what ` + "`artifacts`" + ` of the buildspec names. With several, each output is one of
` + "`secondary-artifacts`" + `, under the same name. A project whose source is a pipeline (` + "`CODEPIPELINE`" + `) has artifacts of that type too,
and the other way round. A variable of the build that a later action uses is one of ` + "`exported-variables`" + `.

**What AWS shows**: the build fails in UPLOAD_ARTIFACTS; a project with one end of that type is not made; "one or more variables
could not be resolved".

**Remedy**: a secondary artifact of the name of each output; the variable in ` + "`env: exported-variables`" + `; ` + "`Artifacts: {Type: CODEPIPELINE}`" + `.

**Sources**
- https://docs.aws.amazon.com/codebuild/latest/userguide/sample-pipeline-multi-input-output.html
- https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html#action-reference-CodeBuild-output
- https://github.com/aws/aws-cdk/issues/3348
`,
}
