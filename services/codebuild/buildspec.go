package codebuild

import (
	"fmt"
	"strings"

	"penstock/diag"
	"penstock/doc"
	"penstock/doc/load"
	"penstock/match"
	"penstock/source"
)

// A Buildspec is what a build reads of its build specification
// (https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html).
// Texts may be symbolic where the buildspec stands in a template.
type Buildspec struct {
	Version    string
	Shell      string // env.shell: "", "bash", "/bin/sh", "powershell.exe", "cmd.exe"
	Variables  []Variable
	Parameters []Variable // name → name of the parameter
	Secrets    []Variable // name → secret-id:json-key:version-stage:version-id
	Exported   []string
	GitHelper  bool // env.git-credential-helper
	Phases     []Phase
	Reports    []Report
	Artifacts  bool
	Secondary  []string // names of secondary artifacts
	CachePaths []string
	Batch      bool
	Span       source.Span
}

// A Variable is one entry of a section of env.
type Variable struct {
	Name, Value string
	Span        source.Span
}

// A Phase is install, pre_build, build or post_build.
type Phase struct {
	Name      string
	OnFailure string // "ABORT", "CONTINUE", "RETRY…", "" for the default
	RunAs     string
	Commands  []Command
	Finally   []Command
}

// A Command is one entry of commands: a line, or a script of several.
type Command struct {
	Text string
	Span source.Span
}

// A Report is one report group, by name or by ARN.
type Report struct {
	Group, Format string
	Span          source.Span
}

var phases = []string{"install", "pre_build", "build", "post_build"}

// ParseBuildspec reads a buildspec. The error is a *doc.Error where the text
// is neither YAML nor JSON; what CodeBuild would refuse in a text that can be
// read is a finding without a code.
func ParseBuildspec(f *source.File) (*Buildspec, []diag.Finding, error) {
	n, fs, err := load.Parse(f)
	if err != nil {
		return nil, nil, err
	}
	b, more := readBuildspec(n)
	return b, append(fs, more...), nil
}

// parseInline reads a buildspec that stands in a template as the text of n.
// Its spans are those of n: what n holds need not be the bytes of the file.
func parseInline(n *doc.Node) (*Buildspec, []diag.Finding, error) {
	text, holes := hide(n.Text)
	tree, _, err := load.Parse(source.NewFile("the buildspec at "+n.Span.String(), []byte(text)))
	if err != nil {
		return nil, nil, err
	}
	show(tree, n.Span, holes)
	b, fs := readBuildspec(tree)
	return b, fs, nil
}

// hide replaces each hole of a symbolic text by two private characters around
// a number, which any YAML or JSON scalar may hold; show puts them back.
func hide(s string) (string, []string) {
	s = strings.NewReplacer("\ue000", "\ufffd", "\ue001", "\ufffd").Replace(s)
	if !match.HasHole(s) {
		return s, nil
	}
	var b strings.Builder
	var holes []string
	for {
		i := strings.IndexByte(s, 0)
		if i < 0 {
			break
		}
		j := strings.IndexByte(s[i+1:], 0)
		if j < 0 {
			break
		}
		fmt.Fprintf(&b, "%s\ue000%d\ue001", s[:i], len(holes))
		holes = append(holes, s[i:i+j+2])
		s = s[i+j+2:]
	}
	b.WriteString(s)
	return b.String(), holes
}

func show(n *doc.Node, at source.Span, holes []string) {
	if n == nil {
		return
	}
	n.Span, n.Lead = at, 0
	for i := 0; strings.Contains(n.Text, "\ue000") && i < len(holes); i++ {
		n.Text = strings.ReplaceAll(n.Text, fmt.Sprintf("\ue000%d\ue001", i), holes[i])
	}
	for _, it := range n.Items {
		show(it, at, holes)
	}
	for i := range n.Fields {
		show(n.Fields[i].Key, at, holes)
		show(n.Fields[i].Value, at, holes)
	}
}

func readBuildspec(n *doc.Node) (*Buildspec, []diag.Finding) {
	b := &Buildspec{Span: n.Where()}
	if n.Kind != doc.Map {
		return b, []diag.Finding{bad(n, fmt.Sprintf("the buildspec is a %s; it must be a map with version and phases", n.Kind))}
	}
	var fs []diag.Finding
	b.Version = n.Get("version").Str()
	switch v := n.Get("version"); {
	case v == nil:
		fs = append(fs, bad(n, "the buildspec has no version; it must be 0.2 (or 0.1)"))
	case b.Version != "0.2" && b.Version != "0.1" && !match.HasHole(b.Version):
		fs = append(fs, bad(v, fmt.Sprintf("version is %q; it must be 0.2 (or 0.1)", b.Version)))
	}
	env := n.Get("env")
	b.Shell = env.Get("shell").Str()
	b.GitHelper = env.Get("git-credential-helper").Str() == "yes"
	b.Variables = variables(env.Get("variables"))
	b.Parameters = variables(env.Get("parameter-store"))
	b.Secrets = variables(env.Get("secrets-manager"))
	for e := range env.Get("exported-variables").Elems() {
		b.Exported = append(b.Exported, e.Str())
	}
	ph := n.Get("phases")
	for _, name := range phases {
		p := ph.Get(name)
		if p == nil {
			continue
		}
		b.Phases = append(b.Phases, Phase{
			Name: name, OnFailure: p.Get("on-failure").Str(), RunAs: p.Get("run-as").Str(),
			Commands: commands(p.Get("commands")), Finally: commands(p.Get("finally")),
		})
	}
	if r := n.Get("reports"); r != nil && r.Kind == doc.Map {
		for _, f := range r.Fields {
			b.Reports = append(b.Reports, Report{f.Key.Text, f.Value.Get("file-format").Str(), f.Key.Span})
		}
	}
	b.Artifacts = n.Get("artifacts") != nil
	if more := n.At("artifacts", "secondary-artifacts"); more != nil && more.Kind == doc.Map {
		for _, f := range more.Fields {
			b.Secondary = append(b.Secondary, f.Name())
		}
	}
	for p := range n.At("cache", "paths").Elems() {
		b.CachePaths = append(b.CachePaths, p.Str())
	}
	b.Batch = n.Get("batch") != nil
	return b, fs
}

func bad(n *doc.Node, message string) diag.Finding {
	return diag.Finding{At: n.Where(), Message: message, Severity: diag.Error, Certainty: diag.Proved}
}

func variables(n *doc.Node) []Variable {
	if n == nil || n.Kind != doc.Map {
		return nil
	}
	var vs []Variable
	for _, f := range n.Fields {
		vs = append(vs, Variable{f.Key.Text, f.Value.Str(), f.Value.Where()})
	}
	return vs
}

func commands(n *doc.Node) []Command {
	var cs []Command
	for c := range n.Elems() {
		if c.Kind == doc.String {
			cs = append(cs, Command{c.Text, c.Span})
		}
	}
	return cs
}

// isInline tells a buildspec that stands in the template from the name of a
// file: it has several lines, or begins as a JSON object or as YAML's first
// line does.
func isInline(s string) bool {
	t := strings.TrimSpace(s)
	return strings.Contains(t, "\n") || strings.HasPrefix(t, "{") || strings.HasPrefix(t, "version:")
}
