package codebuild

import (
	"errors"
	"fmt"
	"strings"

	"penstock/diag"
	"penstock/doc"
	"penstock/doc/json"
	"penstock/match"
	"penstock/service"
	"penstock/service/script"
	"penstock/source"
)

// spec is the buildspec of a build, or why there is none.
type spec struct {
	*Buildspec
	found []diag.Finding
	why   string // not read: why
}

// buildspec returns what the build reads, parsed once a site.
func buildspec(s *service.Site) *spec {
	return service.Remember(s, "codebuild.buildspec", func() *spec { return readSpec(s) })
}

func readSpec(s *service.Site) *spec {
	n := s.Resource.Prop("Source", "BuildSpec")
	if inPipeline(s) {
		if o := s.Action.Config.Get("BuildspecOverride"); o != nil {
			n = o
		}
	}
	if n != nil && n.Kind != doc.String && n.Kind != doc.Null {
		return missing(s, "it cannot be known from the template")
	}
	text := ""
	if n != nil {
		text = n.Text
	}
	if isInline(text) {
		b, fs, err := parseInline(n)
		if err != nil {
			return &spec{found: []diag.Finding{refused(n.Where(), "", err)}, why: "it cannot be read"}
		}
		return &spec{Buildspec: b, found: fs}
	}
	if match.HasHole(text) || strings.HasPrefix(text, "arn:") || s.Read == nil {
		return missing(s, match.Render(text)+" is not at hand")
	}
	name := text
	if name == "" {
		name = "buildspec.yml"
	}
	f, err := s.Read(name)
	if err != nil {
		return missing(s, name+" is not at hand")
	}
	b, fs, err := ParseBuildspec(f)
	if err != nil {
		return &spec{found: []diag.Finding{refused(source.Span{File: f}, name, err)}, why: "it cannot be read"}
	}
	return &spec{Buildspec: b, found: fs}
}

// missing says once that the calls of a build are known in part only.
func missing(s *service.Site, why string) *spec {
	s.Model.Assume(fmt.Sprintf("the buildspec of build project %s is not read (%s): its secrets, parameters, reports and commands are taken to need nothing", match.Render(project(s)), why))
	return &spec{Buildspec: &Buildspec{}, why: why}
}

func refused(at source.Span, name string, err error) diag.Finding {
	msg := "the buildspec cannot be read: "
	if name != "" {
		msg = name + " cannot be read: "
	}
	if de, ok := errors.AsType[*doc.Error](err); ok {
		f := bad(&doc.Node{Span: at}, msg+de.Message)
		switch pos := de.At.Position(); {
		case name != "":
			f.At = de.At
		case pos.Line > 0:
			f.Message = fmt.Sprintf("%sline %d: %s", msg, pos.Line, de.Message)
		}
		return f
	}
	return bad(&doc.Node{Span: at}, msg+err.Error())
}

// environment is one variable of a build: of the project, of the action or of
// the buildspec, the last of which gives way to the others
// (https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html,
// order of precedence).
type environment struct {
	name, kind, value string // kind: PLAINTEXT, PARAMETER_STORE, SECRETS_MANAGER
	at                source.Span
}

func environments(s *service.Site) []environment {
	return service.Remember(s, "codebuild.environment", func() []environment {
		var es []environment
		if b := buildspec(s).Buildspec; b != nil {
			for _, v := range b.Variables {
				es = append(es, environment{v.Name, "PLAINTEXT", v.Value, v.Span})
			}
			for _, v := range b.Parameters {
				es = append(es, environment{v.Name, "PARAMETER_STORE", v.Value, v.Span})
			}
			for _, v := range b.Secrets {
				es = append(es, environment{v.Name, "SECRETS_MANAGER", v.Value, v.Span})
			}
		}
		for v := range s.Resource.Prop("Environment", "EnvironmentVariables").Elems() {
			es = override(es, entry(v, "Name", "Type", "Value", v.Where()))
		}
		if inPipeline(s) {
			n := s.Action.Config.Get("EnvironmentVariables")
			for _, v := range actionVariables(n) {
				es = override(es, v)
			}
		}
		return es
	})
}

func entry(n *doc.Node, name, kind, value string, at source.Span) environment {
	e := environment{name: n.Get(name).Str(), kind: n.Get(kind).Str(), value: n.Get(value).Str(), at: at}
	if e.kind == "" {
		e.kind = "PLAINTEXT"
	}
	return e
}

// override replaces a variable of the same name.
func override(es []environment, e environment) []environment {
	for i := range es {
		if es[i].name == e.name {
			es[i] = e
			return es
		}
	}
	return append(es, e)
}

// actionVariables reads the JSON array in the action's configuration
// (https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html,
// EnvironmentVariables).
func actionVariables(n *doc.Node) []environment {
	if n.Str() == "" {
		return nil
	}
	text, holes := hide(n.Text)
	tree, _, err := json.Parse(source.NewFile("EnvironmentVariables", []byte(text)))
	if err != nil {
		return nil
	}
	show(tree, n.Span, holes)
	var es []environment
	for v := range tree.Elems() {
		es = append(es, entry(v, "name", "type", "value", n.Span))
	}
	return es
}

// secretRows: what CodeBuild resolves before the first phase.
var secretRows = []service.Row{
	{
		ID: "codebuild.secrets", Caller: "build role",
		Actions: []string{"secretsmanager:GetSecretValue"}, Resource: "secret:<name>-??????",
		Context: "secretsmanager:VersionStage",
		Why:     "resolves the secrets of the environment",
		Need:    service.Stops, Basis: service.Documented, Source: specPage + "#build-spec.env.secrets-manager",
		Targets: secrets,
	},
	{
		ID: "codebuild.parameters", Caller: "build role",
		Actions: []string{"ssm:GetParameters"}, Resource: "parameter/<name>",
		Why:  "resolves the parameters of the environment",
		Need: service.Stops, Basis: service.Documented, Source: specPage + "#build-spec.env.parameter-store",
		Targets: parameters,
	},
}

func secrets(s *service.Site) []service.Target {
	var ts []service.Target
	for _, e := range environments(s) {
		if e.kind == "SECRETS_MANAGER" && e.value != "" {
			t := s.Secret(s.Region, e.value)
			t.At = e.at
			ts = append(ts, t)
		}
	}
	return unique(ts)
}

func parameters(s *service.Site) []service.Target {
	var ts []service.Target
	for _, e := range environments(s) {
		if e.kind == "PARAMETER_STORE" && e.value != "" {
			t := s.Parameter(s.Region, e.value)
			t.At = e.at
			ts = append(ts, t)
		}
	}
	return unique(ts)
}

// unique drops targets on the same resource: several keys of one secret.
func unique(ts []service.Target) []service.Target {
	var out []service.Target
	seen := map[string]bool{}
	for _, t := range ts {
		v := t.Context.Get("secretsmanager:versionstage")
		k := t.Resource + "|" + strings.Join(v.Values, ",")
		if !seen[k] {
			seen[k] = true
			out = append(out, t)
		}
	}
	return out
}

// reportRows: test reports, where the buildspec has any.
var reportRows = []service.Row{
	{
		ID: "codebuild.reports.group", Caller: "build role",
		Actions: []string{"codebuild:CreateReportGroup"}, Resource: "report-group/<project>-<name>",
		Why:  "makes the report group that the buildspec names by name",
		Need: service.Stops, Basis: service.Reported, Source: "https://github.com/aws/aws-cdk/issues/7367 (Error in UPLOAD_ARTIFACTS phase); " + guide + "test-permissions.html",
		Targets: func(s *service.Site) []service.Target { return reports(s, "group") },
	},
	{
		ID: "codebuild.reports", Caller: "build role",
		Actions: []string{"codebuild:CreateReport", "codebuild:UpdateReport"}, Resource: "report-group/<project>-<name>",
		Why:  "makes the test report",
		Need: service.Stops, Basis: service.Documented, Source: guide + "test-permissions.html#test-permissions-required",
		Targets: func(s *service.Site) []service.Target { return reports(s, "") },
	},
	{
		ID: "codebuild.reports.tests", Caller: "build role",
		Actions: []string{"codebuild:BatchPutTestCases"}, Resource: "report-group/<project>-<name>",
		Why:  "writes the test cases of the report",
		Need: service.Stops, Basis: service.Documented, Source: guide + "test-permissions.html#test-permissions-required",
		Targets: func(s *service.Site) []service.Target { return reports(s, "tests") },
	},
	{
		ID: "codebuild.reports.coverage", Caller: "build role",
		Actions: []string{"codebuild:BatchPutCodeCoverages"}, Resource: "report-group/<project>-<name>",
		Why:  "writes the code coverage of the report",
		Need: service.Stops, Basis: service.Documented, Source: guide + "test-permissions.html#test-permissions-required",
		Targets: func(s *service.Site) []service.Target { return reports(s, "coverage") },
	},
}

// coverage are the formats of coverage reports; others hold test cases
// (https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#reports-buildspec-file).
var coverage = map[string]bool{"JACOCOXML": true, "SIMPLECOV": true, "CLOVERXML": true, "COBERTURAXML": true}

// reports: a group named by name is <project>-<name>, and made if need be; one
// named by ARN exists
// (https://docs.aws.amazon.com/codebuild/latest/userguide/test-report-group-naming.html).
func reports(s *service.Site, part string) []service.Target {
	b := buildspec(s).Buildspec
	if b == nil {
		return nil
	}
	var ts []service.Target
	for _, r := range b.Reports {
		byARN := strings.HasPrefix(r.Group, "arn:")
		covers := coverage[strings.ToUpper(r.Format)]
		if part == "group" && byARN || part == "tests" && covers || part == "coverage" && !covers {
			continue
		}
		t := service.Target{Resource: r.Group, At: r.Span, What: "report group " + r.Group}
		if !byARN {
			t.Resource = s.ARN("codebuild", "report-group/"+project(s)+"-"+r.Group)
		}
		if part == "group" && s.Model.Resource(t.Resource) != nil {
			continue
		}
		ts = append(ts, t)
	}
	return ts
}

// commandRows: the AWS calls of plain command lines.
var commandRows = []service.Row{
	{
		ID: "codebuild.commands", Caller: "build role",
		Resource: "what the command names", Why: "a command of the buildspec calls it, and its failure fails the build",
		Need: service.Stops, Basis: service.Reasoned, Source: specPage + "#build-spec.phases",
		Targets: func(s *service.Site) []service.Target { return commandTargets(s, script.Stops) },
	},
	{
		ID: "codebuild.commands.unchecked", Caller: "build role",
		Resource: "what the command names", Why: "a command of the buildspec calls it; the build goes on if it fails",
		Need: service.Degrades, Lost: "a command of the build fails", Basis: service.Reasoned, Source: specPage + "#build-spec.phases",
		Targets: func(s *service.Site) []service.Target { return commandTargets(s, script.Runs) },
	},
	{
		ID: "codebuild.commands.conditional", Caller: "build role",
		Resource: "what the command names", Why: "a command of the buildspec may call it, depending on what it finds",
		Need: service.Listed, Basis: service.Reasoned, Source: specPage + "#build-spec.phases",
		Targets: func(s *service.Site) []service.Target { return commandTargets(s, script.Perhaps) },
	},
}

func commandTargets(s *service.Site, want script.Sure) []service.Target {
	var ts []service.Target
	for _, c := range cliCalls(s) {
		if c.Sure == want {
			t := c.Target
			t.Only = c.Actions
			ts = append(ts, t)
		}
	}
	return ts
}

// cliCalls reads the commands of all phases in the order in which they run.
func cliCalls(s *service.Site) []script.Call {
	return service.Remember(s, "codebuild.commands", func() []script.Call {
		b := buildspec(s).Buildspec
		if b == nil {
			return nil
		}
		if _, ok := sealCode(s.Resource); ok {
			return nil // what it calls is known: sealRows
		}
		if b.Shell == "powershell.exe" || b.Shell == "cmd.exe" || strings.HasPrefix(s.Resource.Prop("Environment", "Type").Str(), "WINDOWS") {
			if len(b.Phases) > 0 {
				s.Model.Assume("the commands of build project " + match.Render(project(s)) + " are for a Windows shell, which is not read: they are taken to call nothing")
			}
			return nil
		}
		sh := script.New()
		sh.Set("AWS_REGION", s.Region)
		sh.Set("AWS_DEFAULT_REGION", s.Region)
		sh.Set("CODEBUILD_RESOLVED_SOURCE_VERSION", match.Hole(match.Name, "the commit"))
		for _, e := range environments(s) {
			if e.kind == "PLAINTEXT" {
				sh.Set(e.name, e.value)
			} else {
				sh.Set(e.name, script.Unknown(e.name))
			}
		}
		r := script.NewCLI(s, "build project "+project(s))
		for _, p := range b.Phases {
			goesOn := strings.HasPrefix(p.OnFailure, "CONTINUE")
			for _, cs := range [][]Command{p.Commands, p.Finally} {
				for _, c := range cs {
					r.At = c.Span
					for _, cmd := range sh.Read(c.Text) {
						if goesOn {
							cmd.Sure = min(cmd.Sure, script.Runs)
						}
						if v := sh.Get("AWS_DEFAULT_REGION"); v != "" {
							r.Region = v
						}
						r.Command(cmd)
					}
				}
			}
		}
		return r.Calls()
	})
}

// checks: a buildspec that CodeBuild refuses.
var checks = []service.Check{
	{Code: "RUN025", On: "job", Find: badBuildspec},
	{Code: "RUN080", On: "action", Find: noBatch},
	{Code: "RUN080", On: "job", Find: hookBatch},
	{Code: "RUN097", On: "job", Find: wrongKey},
	{Code: "RUN100", On: "job", Find: noDaemon},
	{Code: "RUN113", On: "job", Find: unmade},
	{Code: "RUN130", On: "job", Find: baked},
}

func badBuildspec(s *service.Site, _ *service.Call) []diag.Finding {
	if s.Resource == nil || s.Resource.Type != projectT {
		return nil
	}
	var fs []diag.Finding
	for _, f := range buildspec(s).found {
		if f.Code == "" || f.Severity == diag.Error {
			fs = append(fs, f)
		}
	}
	return fs
}

var codes = []service.Code{{
	Code: "RUN025", Theorem: "runs",
	Open: "what the author meant to write is not known",

	Title: "the buildspec cannot be read",
	Doc: `
The build reads its buildspec before the first phase. One that is no YAML, or that lacks its version, ends the build there.

**What AWS shows**: "YAML_FILE_ERROR: …" in the phase DOWNLOAD_SOURCE.

**Remedy**: a map with ` + "`version: 0.2`" + ` and ` + "`phases`" + `.

**Sources**
- https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
`,
}, batchCode, wrongKeyCode, privilegedCode, bakedCode, outputsCode}
