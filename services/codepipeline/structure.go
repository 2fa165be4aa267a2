package codepipeline

import (
	"fmt"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/doc/splice"
	"penstock/match"
	"penstock/pipeline"
	"penstock/service"
	"penstock/source"
	"penstock/spelling"
)

// badStructure finds what CodePipeline refuses of a pipeline as a whole.
func badStructure(s *service.Site, _ *service.Call) []diag.Finding {
	p := s.Pipeline
	if p == nil || p.Resource == nil || !settled(p.Resource.Prop("Stages")) {
		return nil
	}
	var fs []diag.Finding
	bad := func(at source.Span, format string, args ...any) {
		fs = append(fs, diag.Finding{At: at, Severity: diag.Error, Certainty: diag.Proved, Message: fmt.Sprintf(format, args...)})
	}
	name := match.Render(p.Name)
	if n := len(p.Stages); n < 2 {
		bad(p.Span, "pipeline %s has %d stages; it must have two at least", name, n)
	}
	seen := map[string]bool{}
	made := map[string]*pipeline.Action{}
	for i, st := range p.Stages {
		if seen[st.Name] && st.Name != "" {
			bad(st.Span, "two stages of pipeline %s are named %s", name, match.Render(st.Name))
		}
		seen[st.Name] = true
		inStage := map[string]bool{}
		for _, a := range st.Actions {
			switch {
			case a.Category == "" || match.HasHole(a.Category):
			case i == 0 && a.Category != "Source":
				bad(a.Span, "action %s stands in the first stage of pipeline %s, which holds source actions only", a.Name, name)
			case i > 0 && a.Category == "Source":
				bad(a.Span, "source action %s stands in stage %s; sources stand in the first stage only", a.Name, match.Render(st.Name))
			}
			if inStage[a.Name] && a.Name != "" {
				bad(a.Span, "two actions of stage %s are named %s", match.Render(st.Name), match.Render(a.Name))
			}
			inStage[a.Name] = true
			for _, out := range a.Outputs {
				if o := made[out.Name]; o != nil && out.Name != "" {
					bad(out.Span, "action %s makes artifact %s, which action %s makes already; an artifact has one maker", a.Name, match.Render(out.Name), o.Name)
				}
				made[out.Name] = a
			}
		}
	}
	return fs
}

// settled reports whether nothing of a list of stages hangs on a condition.
func settled(n *doc.Node) bool {
	if n == nil || n.Kind != doc.List || len(n.Maybe) > 0 {
		return false
	}
	for _, st := range n.Items {
		as := st.Get("Actions")
		if st.Kind != doc.Map || len(st.Maybe) > 0 || as == nil || as.Kind != doc.List || len(as.Maybe) > 0 {
			return false
		}
		for _, a := range as.Items {
			if a.Kind != doc.Map || len(a.Maybe) > 0 {
				return false
			}
			for _, k := range []string{"InputArtifacts", "OutputArtifacts"} {
				if l := a.Get(k); l != nil && (l.Kind != doc.List && l.Kind != doc.Null || len(l.Maybe) > 0) {
					return false
				}
			}
		}
	}
	return true
}

// badAction finds an action whose artifacts or names do not fit together.
func badAction(s *service.Site, _ *service.Call) []diag.Finding {
	a, p := s.Action, s.Pipeline
	if a == nil || p.Resource == nil || !settled(p.Resource.Prop("Stages")) {
		return nil
	}
	var fs []diag.Finding
	bad := func(at source.Span, format string, args ...any) {
		if at.IsZero() {
			at = a.Span
		}
		fs = append(fs, diag.Finding{At: at, Severity: diag.Error, Certainty: diag.Proved, Message: fmt.Sprintf(format, args...)})
	}
	for _, in := range a.Inputs {
		if in.Name == "" || match.HasHole(in.Name) {
			continue
		}
		if o := earlier(p, a, in.Name); o == nil {
			bad(in.Span, "action %s takes artifact %s, which no action before it makes", a.Name, in.Name)
			fs[len(fs)-1].Fixes = meant(p, a, in.Span, in.Name)
		}
	}
	input := func(name string) bool {
		return match.HasHole(name) || slices.ContainsFunc(a.Inputs, func(in pipeline.Artifact) bool { return in.Name == name || match.HasHole(in.Name) })
	}
	if a.Config != nil && len(a.Config.Maybe) > 0 {
		return fs
	}
	for _, field := range []string{"TemplatePath", "TemplateConfiguration"} {
		n := a.Config.Get(field)
		name, _, ok := strings.Cut(n.Str(), "::")
		if ok && name != "" && !input(name) {
			bad(n.Where(), "%s of action %s is in artifact %s, which is no input of the action", field, a.Name, name)
			if fs[len(fs)-1].Fixes = takes(p, a, name); len(a.Inputs) == 1 && earlier(p, a, name) == nil {
				fs[len(fs)-1].Fixes = service.Reword(n, name+"::", a.Inputs[0].Name+"::", "take it from artifact "+a.Inputs[0].Name)
			}
		}
	}
	switch a.Provider {
	case "CodeBuild":
		n := a.Config.Get("PrimarySource")
		switch {
		case n == nil && len(a.Inputs) > 1:
			bad(a.Span, "action %s has %d input artifacts and no PrimarySource: which of them holds the buildspec is not said", a.Name, len(a.Inputs))
		case n.Str() != "" && !input(n.Str()):
			bad(n.Where(), "PrimarySource of action %s is %s, which is no input of the action", a.Name, n.Str())
			fs[len(fs)-1].Fixes = takes(p, a, n.Str())
		}
	case "CodeDeployToECS":
		for _, field := range []string{"TaskDefinitionTemplateArtifact", "AppSpecTemplateArtifact", "Image1ArtifactName", "Image2ArtifactName", "Image3ArtifactName", "Image4ArtifactName"} {
			if n := a.Config.Get(field); n.Str() != "" && !input(n.Str()) {
				bad(n.Where(), "%s of action %s is %s, which is no input of the action", field, a.Name, n.Str())
				fs[len(fs)-1].Fixes = takes(p, a, n.Str())
			}
		}
	case "CloudFormation":
		fs = append(fs, changeSets(s)...)
	case "S3":
		if f, ok := unversioned(s); ok {
			fs = append(fs, f)
		}
	}
	return fs
}

// earlier is the action before a that makes an artifact.
func earlier(p *pipeline.Pipeline, a *pipeline.Action, artifact string) *pipeline.Action {
	for _, st := range p.Stages {
		for _, o := range st.Actions {
			if st == a.Stage && o.RunOrder >= a.RunOrder {
				continue
			}
			for _, out := range o.Outputs {
				if out.Name == artifact || match.HasHole(out.Name) {
					return o
				}
			}
		}
		if st == a.Stage {
			break
		}
	}
	return nil
}

// changeSets finds a change set without a name, and one that is executed under
// another name than it was made with.
func changeSets(s *service.Site) []diag.Finding {
	a := s.Action
	mode := a.Get("ActionMode")
	if mode != "CHANGE_SET_REPLACE" && mode != "CHANGE_SET_EXECUTE" {
		return nil
	}
	name := a.Get("ChangeSetName")
	if a.Config.Get("ChangeSetName") == nil {
		return []diag.Finding{{
			At: a.Span, Severity: diag.Error, Certainty: diag.Proved,
			Message: fmt.Sprintf("action %s has no ChangeSetName, which %s requires", a.Name, mode),
		}}
	}
	if mode != "CHANGE_SET_EXECUTE" || match.HasHole(name) {
		return nil
	}
	var other *pipeline.Action
	for _, st := range s.Pipeline.Stages {
		for _, o := range st.Actions {
			if o.Provider != a.Provider || o.Get("ActionMode") != "CHANGE_SET_REPLACE" || o.Get("StackName") != a.Get("StackName") || o.Account != a.Account || o.Region != a.Region {
				continue
			}
			if n := o.Get("ChangeSetName"); n == name || match.HasHole(n) {
				return nil
			}
			other = o
		}
	}
	if other == nil {
		return nil // made elsewhere
	}
	n := a.Config.Get("ChangeSetName")
	return []diag.Finding{{
		At: n.Where(), Severity: diag.Error, Certainty: diag.Likely,
		Message:  fmt.Sprintf("action %s executes the change set %s of stack %s, and action %s makes %s", a.Name, name, match.Render(a.Get("StackName")), other.Name, other.Get("ChangeSetName")),
		AWSError: "ChangeSet [" + name + "] does not exist",
		Related:  []diag.Note{{At: other.Span, Message: "makes the change set"}},
		Fixes:    service.Reword(n, name, other.Get("ChangeSetName"), "execute "+other.Get("ChangeSetName")),
	}}
}

// unversioned finds a source in a declared bucket without versions.
func unversioned(s *service.Site) (diag.Finding, bool) {
	a := s.Action
	if a.Category != "Source" {
		return diag.Finding{}, false
	}
	b := s.BucketResource(a.Get("S3Bucket"))
	if b == nil || len(b.Maybe) > 0 {
		return diag.Finding{}, false
	}
	n := b.Prop("VersioningConfiguration", "Status")
	if n != nil && (n.Kind != doc.String || match.HasHole(n.Text) || len(n.Maybe) > 0 || n.Text == "Enabled") {
		return diag.Finding{}, false
	}
	return diag.Finding{
		At: a.Config.Get("S3Bucket").Where(), Severity: diag.Error, Certainty: diag.Proved,
		Message: fmt.Sprintf("source action %s watches bucket %s, which is not versioned: a source bucket must be", a.Name, match.Render(b.Name)),
		Related: []diag.Note{{At: b.Span, Message: "the bucket"}},
		Fixes:   versioned(b),
	}, true
}

var structureCode = service.Code{
	Code: "RUN111", Theorem: "runs",
	Fix:   "the artifact that was meant, versions in a source bucket, the input that a file is in",
	Open:  "stages, names and sources of which the author has to choose",
	Title: "CodePipeline refuses the structure of a pipeline",
	Doc: `
Two stages at least; source actions in the first stage, and nowhere else; stages and the actions of a stage with names of their
own; an artifact with one maker, which stands before whoever takes it; the artifacts that a configuration names among the inputs
of the action; PrimarySource where a build has several inputs; a change set that is executed under the name that it was made
with; an S3 source in a bucket with versioning.

**What AWS shows**: InvalidPipelineStructure when the pipeline is made ("Input Artifact Bundle … is not declared", "must have at
least two stages"), or the action fails ("Configuration is missing required field PrimarySource", "ChangeSet does not exist").

**Sources**
- https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html
- https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html (PrimarySource)
- https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CloudFormation.html (TemplatePath, ChangeSetName)
- https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html (versioning)
`,
}

// versioned lets a bucket keep the versions of its objects.
func versioned(b *cloud.Resource) []diag.Fix {
	on := splice.Map(splice.Field{Name: "Status", Value: splice.String("Enabled")})
	edits, err := splice.SetField(b.Props, "VersioningConfiguration", on)
	return service.Fixed("keep versions in "+b.ID(), edits, err)
}

// takes makes an artifact that an earlier action makes an input of an action.
func takes(p *pipeline.Pipeline, a *pipeline.Action, artifact string) []diag.Fix {
	if earlier(p, a, artifact) == nil || a.Node == nil {
		return nil
	}
	in := splice.Map(splice.Field{Name: "Name", Value: splice.String(artifact)})
	have := a.Node.Get("InputArtifacts")
	if have == nil || have.Kind != doc.List {
		edits, err := splice.SetField(a.Node, "InputArtifacts", splice.List(in))
		return service.Fixed("hand "+artifact+" to action "+a.Name, edits, err)
	}
	edits, err := splice.AppendItem(have, in)
	return service.Fixed("hand "+artifact+" to action "+a.Name, edits, err)
}

// meant names the one artifact made before an action whose name is near.
func meant(p *pipeline.Pipeline, a *pipeline.Action, n source.Span, artifact string) []diag.Fix {
	var names []string
	for _, st := range p.Stages {
		for _, o := range st.Actions {
			for _, out := range o.Outputs {
				if earlier(p, a, out.Name) != nil && !slices.Contains(names, out.Name) {
					names = append(names, out.Name)
				}
			}
		}
	}
	near := spelling.Nearest(artifact, names)
	if len(near) == 0 && len(names) == 1 {
		near = names // there is no other that it could be
	}
	if len(near) != 1 {
		return nil
	}
	return service.Rewrite(n, artifact, near[0], "take artifact "+near[0])
}
