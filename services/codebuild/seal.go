package codebuild

import (
	"fmt"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/doc"
	"penstock/doc/json"
	"penstock/match"
	"penstock/pipeline"
	"penstock/seal"
	"penstock/service"
	"penstock/source"
)

// sealRows: the code that seals and promotes looks images up in the
// repositories that its environment names, and calls nothing else.
var sealRows = []service.Row{{
	ID: "codebuild.seal.images", Caller: "seal or promote role",
	Actions: []string{"ecr:DescribeImages"}, Resource: "repositories of " + seal.RepositoriesVariable,
	Why:  "looks up the digest of an image that is sealed, or whether it is there still",
	Need: service.Stops, Basis: service.Documented, Source: "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html (called by the buildspecs of package seal)",
	Targets: func(s *service.Site) []service.Target {
		if _, ok := sealCode(s.Resource); !ok {
			return nil
		}
		var ts []service.Target
		for v := range s.Resource.Prop("Environment", "EnvironmentVariables").Elems() {
			if v.Get("Name").Str() != seal.RepositoriesVariable {
				continue
			}
			for uri := range strings.FieldsSeq(v.Get("Value").Str()) {
				host, name, _ := strings.Cut(uri, "/")
				part := strings.Split(host, ".")
				if name == "" || len(part) < 4 || part[1] != "dkr" {
					continue
				}
				ts = append(ts, service.Target{
					Resource: s.ARNIn("ecr", part[3], part[0], "repository/"+name), Account: part[0], Region: part[3],
					At: v.Get("Value").Where(), What: "image repository " + name,
				})
			}
		}
		return ts
	},
}}

// sealCode returns the code of ours that is the buildspec of a project.
func sealCode(r *cloud.Resource) (seal.Code, bool) {
	if r == nil {
		return seal.Code{}, false
	}
	n := r.Prop("Source", "BuildSpec")
	if n == nil || n.Kind != doc.String || len(n.Maybe) > 0 {
		return seal.Code{}, false
	}
	return seal.Recognise(n.Text)
}

// sealed looks at a build of our code: why what it does cannot be relied on,
// or "", as the project and the action that runs it have it. It is the
// contract of package seal, property by property: whatever is not known to
// leave the code alone breaks it.
func sealed(s *service.Site) (code seal.Code, broken string, ok bool) {
	if code, ok = sealCode(s.Resource); !ok {
		return code, "", false
	}
	if broken = openProject(s.Resource); broken == "" && s.Rule != nil {
		broken = "a rule runs it, and no action"
	}
	if broken == "" && s.Action != nil {
		broken = openAction(s.Action, code)
	}
	if broken == "" && s.Action != nil && s.Pipeline != nil && clonesFully(s, s.Action.Inputs[0].Name) {
		// Its folder then has what git writes, which is never the same twice.
		broken = "its input is a reference to the source, which CodeBuild clones with git"
	}
	return code, broken, true
}

// allowed are the properties of a project that decide nothing about what its
// commands are and what they read.
var allowed = []string{
	"Name", "Description", "ServiceRole", "EncryptionKey", "TimeoutInMinutes", "QueuedTimeoutInMinutes", "ConcurrentBuildLimit", "Tags", "VpcConfig",
	"Source", "Artifacts", "Environment", "LogsConfig", "Cache", "Visibility", "BadgeEnabled", "AutoRetryLimit",
}

// openProject says what of a project lets somebody decide what its build does
// (https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Project.html).
func openProject(r *cloud.Resource) string {
	switch {
	case len(r.Opaque) > 0:
		return "its project has what is not understood: " + strings.Join(r.Opaque, ", ")
	case len(r.Maybe) > 0 || r.Props == nil || r.Props.Kind != doc.Map || !certain(r.Props):
		return "what its project is rests on a condition"
	case !only(r.Props, allowed...):
		return "its project has more than what is sealed by needs: " + strings.Join(others(r.Props, allowed), ", ")
	}
	src, art, env := r.Prop("Source"), r.Prop("Artifacts"), r.Prop("Environment")
	image := env.Get("Image").Str()
	switch {
	case src.Get("Type").Str() != "CODEPIPELINE" || !only(src, "Type", "BuildSpec"):
		return "its project has a source of its own"
	case art.Get("Type").Str() != "CODEPIPELINE" || !only(art, "Type", "Name", "Packaging"):
		return "its project has artifacts of its own"
	case !only(env, "Type", "ComputeType", "Image", "ImagePullCredentialsType", "PrivilegedMode", "EnvironmentVariables"):
		return "its environment has more than an image of AWS's: " + strings.Join(others(env, []string{"Type", "ComputeType", "Image", "ImagePullCredentialsType", "PrivilegedMode", "EnvironmentVariables"}), ", ")
	case env.Get("Type").Str() != "LINUX_CONTAINER" && env.Get("Type").Str() != "ARM_CONTAINER":
		return "its environment is no Linux container"
	// Images of AWS's own are named so:
	// https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html
	case !strings.HasPrefix(image, "aws/codebuild/") || match.HasHole(image):
		return "its image is not one of AWS's"
	case env.Get("ImagePullCredentialsType") != nil && env.Get("ImagePullCredentialsType").Str() != "CODEBUILD":
		return "its image is not pulled by CodeBuild"
	case env.Get("PrivilegedMode") != nil && !strings.EqualFold(text(env.Get("PrivilegedMode")), "false"):
		return "its container is privileged"
	case r.Prop("Cache") != nil && r.Prop("Cache", "Type").Str() != "NO_CACHE":
		return "its project has a cache"
	case r.Prop("LogsConfig", "S3Logs") != nil && r.Prop("LogsConfig", "S3Logs", "Status").Str() != "DISABLED":
		return "its log is written to a bucket"
	case r.Prop("Visibility") != nil && r.Prop("Visibility").Str() != "PRIVATE":
		return "its builds are public"
	}
	for v := range env.Get("EnvironmentVariables").Elems() {
		name, kind := v.Get("Name").Str(), v.Get("Type").Str()
		if name != seal.FilesVariable && name != seal.RepositoriesVariable || kind != "" && kind != "PLAINTEXT" {
			return "its environment has the variable " + match.Render(name)
		}
	}
	return ""
}

// openAction says what of an action lets somebody decide what the build does
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html,
// configuration parameters).
func openAction(a *pipeline.Action, code seal.Code) string {
	switch {
	case a.Config == nil || a.Config.Kind != doc.Map || !certain(a.Node):
		return "what its action is rests on a condition"
	case !only(a.Config, "ProjectName", "PrimarySource", "EnvironmentVariables"):
		return "its action has " + strings.Join(others(a.Config, []string{"ProjectName", "PrimarySource", "EnvironmentVariables"}), ", ")
	case len(a.Inputs) != 1:
		return fmt.Sprintf("its action has %d input artifacts, and takes one", len(a.Inputs))
	case a.Get("PrimarySource") != "" && a.Get("PrimarySource") != a.Inputs[0].Name:
		return "its action has another primary source than its input"
	}
	_, broken := digestOf(a, code)
	return broken
}

// digestOf reads the one variable that an action gives to the code that
// promotes: the namespace whose digest it is compared with.
func digestOf(a *pipeline.Action, code seal.Code) (namespace, broken string) {
	n := a.Config.Get("EnvironmentVariables")
	if code.Kind == seal.Seals {
		if n.Str() != "" {
			return "", "its action sets variables"
		}
		return "", ""
	}
	if n.Str() == "" {
		return "", "its action gives it no digest"
	}
	tree, _, err := json.Parse(source.NewFile("EnvironmentVariables", []byte(n.Text)))
	if err != nil || match.HasHole(n.Text) || tree.Kind != doc.List || len(tree.Items) != 1 {
		return "", "its action sets other variables than " + seal.DigestVariable
	}
	v := tree.Items[0]
	kind := v.Get("type").Str()
	if v.Kind != doc.Map || !only(v, "name", "value", "type") || v.Get("name").Str() != seal.DigestVariable || kind != "" && kind != "PLAINTEXT" {
		return "", "its action sets other variables than " + seal.DigestVariable
	}
	value := v.Get("value").Str()
	ns, ok := seal.NamespaceOf(value)
	if !ok {
		return "", fmt.Sprintf("it compares with %q, which is no digest that an action sealed by", match.Render(value))
	}
	return ns, ""
}

// seals tells of an action that runs our code.
func seals(s *service.Site) *service.Seal {
	a := s.Action
	if a == nil || s.Rule != nil || a.Provider != "CodeBuild" || a.Owner != "AWS" || a.Category != "Build" && a.Category != "Test" {
		return nil
	}
	p := s.Find(a.Get("ProjectName"), projectT)
	site := *s
	site.Resource = p
	code, broken, ok := sealed(&site)
	if !ok {
		return changed(p, a)
	}
	x := &service.Seal{Kind: code.Kind, Project: p, Role: service.RoleOf(s.Model, p, "ServiceRole"), Broken: broken, At: a.Span}
	if x.Kind == seal.Promotes && broken == "" {
		x.Of, x.Broken = sealedBy(&site, code)
	}
	return x
}

// changed tells of a buildspec that says it is ours and is not.
func changed(p *cloud.Resource, a *pipeline.Action) *service.Seal {
	if p == nil || !seal.Claims(p.Prop("Source", "BuildSpec").Str()) {
		return nil
	}
	kind := seal.Seals
	if strings.HasPrefix(p.Prop("Source", "BuildSpec").Str(), "# Penstock promote") {
		kind = seal.Promotes
	}
	return &service.Seal{Kind: kind, Project: p, At: a.Span, Broken: "its buildspec was changed: it is not what Penstock wrote"}
}

// sealedBy finds the action whose digest an action compares with. A namespace
// is that of one action of the pipeline
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html).
func sealedBy(s *service.Site, code seal.Code) (*pipeline.Action, string) {
	ns, _ := digestOf(s.Action, code)
	var of *pipeline.Action
	for _, st := range s.Pipeline.Stages {
		for _, a := range st.Actions {
			switch {
			case a.Namespace == ns && of != nil:
				return nil, "two actions have the namespace " + ns
			case a.Namespace == ns:
				of = a
			case match.HasHole(a.Namespace) || !certain(a.Node.Get("Namespace")):
				return nil, "which action has the namespace " + ns + " is not known"
			}
		}
	}
	if of == nil {
		return nil, "no action has the namespace " + ns
	}
	not := "it compares with the digest of action " + match.Render(of.Name) + ", which "
	if of.Provider != "CodeBuild" {
		return nil, not + "seals nothing"
	}
	site := *s
	site.Stage, site.Action = of.Stage, of
	site.Account, site.Region = of.Account, of.Region
	site.Resource = site.Find(of.Get("ProjectName"), projectT)
	by, broken, ok := sealed(&site)
	switch {
	case !ok || by.Kind != seal.Seals:
		return nil, not + "seals nothing"
	case broken != "":
		return nil, not + "cannot be relied on: " + broken
	case by.Version != code.Version:
		return nil, fmt.Sprintf("%scomputes its digest in another way (version %d, and not %d)", not, by.Version, code.Version)
	}
	return of, ""
}

// only reports whether a map has no other fields than some, and each once.
func only(n *doc.Node, names ...string) bool {
	if n == nil || n.Kind != doc.Map {
		return false
	}
	seen := map[string]bool{}
	for _, f := range n.Fields {
		if seen[f.Name()] || !slices.Contains(names, f.Name()) {
			return false
		}
		seen[f.Name()] = true
	}
	return true
}

// others are the fields of a map that are none of some.
func others(n *doc.Node, names []string) []string {
	var out []string
	if n != nil && n.Kind == doc.Map {
		for _, f := range n.Fields {
			if !slices.Contains(names, f.Name()) {
				out = append(out, f.Name())
			}
		}
	}
	return out
}

// certain reports whether nothing of a tree rests on a condition.
func certain(n *doc.Node) bool {
	if n == nil {
		return true
	}
	if len(n.Maybe) > 0 {
		return false
	}
	for _, it := range n.Items {
		if !certain(it) {
			return false
		}
	}
	for _, f := range n.Fields {
		if !certain(f.Key) || !certain(f.Value) {
			return false
		}
	}
	return true
}
