package codepipeline

import (
	"fmt"
	"regexp"
	"strings"

	"penstock/diag"
	"penstock/doc/splice"
	"penstock/match"
	"penstock/pipeline"
	"penstock/service"
	"penstock/spelling"
)

const variablesPage = "https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html"

// A variable is written #{namespace.key} in the configuration of an action.
var variable = regexp.MustCompile(`#\{([A-Za-z0-9@_-]+)\.([A-Za-z0-9_.-]+)\}`)

// unresolved finds an action that uses a variable of a namespace which no
// action before it has. The namespaces codepipeline and variables are the
// pipeline's own.
func unresolved(s *service.Site, _ *service.Call) []diag.Finding {
	a, p := s.Action, s.Pipeline
	if a == nil || p.Resource == nil || a.Config == nil || !settled(p.Resource.Prop("Stages")) {
		return nil
	}
	have, all, unknown := namespaces(p, a)
	if unknown {
		return nil
	}
	var fs []diag.Finding
	seen := map[string]bool{}
	for _, f := range a.Config.Fields {
		for text := range service.Texts(f.Value) {
			for _, m := range variable.FindAllStringSubmatch(text, -1) {
				ns := m[1]
				if ns == "codepipeline" || ns == "variables" || have[ns] || seen[ns] {
					continue
				}
				seen[ns] = true
				why := "which no action has"
				if all[ns] {
					why = "which only an action has that runs with it or after it"
				}
				x := diag.Finding{
					At: f.Value.Where(), Severity: diag.Error, Certainty: diag.Proved,
					Message:  fmt.Sprintf("%s of action %s uses the variable %s of the namespace %s, %s", f.Name(), a.Name, m[0], ns, why),
					AWSError: "An action in this pipeline failed because one or more variables could not be resolved: Action name=" + match.Render(a.Name),
				}
				var names []string
				for n := range have {
					names = append(names, n)
				}
				if near := spelling.Nearest(ns, names); len(near) == 1 {
					x.Fixes = service.Reword(f.Value, "#{"+ns+".", "#{"+near[0]+".", "use the namespace "+near[0])
				}
				if x.Fixes == nil {
					x.Fixes = nameSpace(p, a, ns)
				}
				fs = append(fs, x)
			}
		}
	}
	return fs
}

// nameSpace gives an action before another the namespace that is its name, which
// whoever wrote the variable took for it.
func nameSpace(p *pipeline.Pipeline, a *pipeline.Action, ns string) []diag.Fix {
	for _, st := range p.Stages {
		for _, o := range st.Actions {
			if o.Name != ns || o.Namespace != "" || o.Node == nil || st == a.Stage && o.RunOrder >= a.RunOrder {
				continue
			}
			edits, err := splice.SetField(o.Node, "Namespace", splice.String(ns))
			return service.Fixed("give action "+o.Name+" the namespace "+ns, edits, err)
		}
		if st == a.Stage {
			break
		}
	}
	return nil
}

// namespaces are those of the actions before one, and of all; unknown where
// one cannot be told.
func namespaces(p *pipeline.Pipeline, a *pipeline.Action) (before, all map[string]bool, unknown bool) {
	before, all = map[string]bool{}, map[string]bool{}
	past := false
	for _, st := range p.Stages {
		for _, o := range st.Actions {
			if o.Namespace == "" {
				continue
			}
			if match.HasHole(o.Namespace) {
				return nil, nil, true
			}
			all[o.Namespace] = true
			if !past && (st != a.Stage || o.RunOrder < a.RunOrder) {
				before[o.Namespace] = true
			}
		}
		past = past || st == a.Stage
	}
	return before, all, false
}

var variablesCode = service.Code{
	Code: "RUN112", Theorem: "runs", Title: "an action uses a variable that nothing gives",
	Fix:  "the namespace that was meant, where one is near, or `Namespace` on the action of that name",
	Open: "no namespace is near, or the variable is one that the build has to export",
	Doc: strings.TrimSpace(`
` + "`#{namespace.key}`" + ` in the configuration of an action is replaced when the action starts. The namespace must be that of an
action that has run before (` + "`Namespace`" + `), or one of the pipeline's own, ` + "`codepipeline`" + ` and ` + "`variables`" + `. An action
without ` + "`Namespace`" + ` gives no variables to later ones. A build gives those that its buildspec lists in ` + "`exported-variables`" + `.

**What AWS shows**: "An action in this pipeline failed because one or more variables could not be resolved: Action name=…".

**Remedy**: ` + "`Namespace`" + ` on the action that makes the variable, and the same name in the reference; the variable in
` + "`exported-variables`" + ` of the build.

**Sources**
- ` + variablesPage + `
- https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-variables.html
- https://github.com/aws-samples/ecs-blue-green-deployment-with-codedeploy/issues/4
`),
}
