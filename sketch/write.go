package sketch

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// kindError says that there is no such deployment.
type kindError struct{ asked string }

func (e *kindError) Error() string { return fmt.Sprintf("there is no deployment %q", e.asked) }
func (e *kindError) Hint() string {
	return "write " + kinds
}

// shapeError says that a deployment lacks a name.
type shapeError struct{ asked, like string }

func wrongDeploy(s, kind string) error { return &shapeError{s, example(kind)} }

func (e *shapeError) Error() string { return fmt.Sprintf("the deployment %q names nothing", e.asked) }
func (e *shapeError) Hint() string  { return "write " + e.like }

var plainScalar = regexp.MustCompile(`^[A-Za-z/][A-Za-z0-9_./@:#+*=-]*$`)

// words that YAML 1.1 or 1.2 takes for something else than text
// (https://yaml.org/type/bool.html).
var reserved = []string{"true", "false", "yes", "no", "on", "off", "y", "n", "null"}

// scalar writes a text so that YAML reads it as that text.
func scalar(s string) string {
	if plainScalar.MatchString(s) && !slices.Contains(reserved, strings.ToLower(s)) && !strings.HasSuffix(s, ":") {
		return s
	}
	return strconv.Quote(s)
}

func flow(items []string) string {
	var out []string
	for _, s := range items {
		out = append(out, scalar(s))
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// YAML writes the draft as penstock.yaml.
func (d *Draft) YAML() []byte {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	if d.Schema != "" {
		line("# yaml-language-server: $schema=%s", d.Schema)
	}
	line("project: %s", scalar(d.Project))
	line("region: %s", scalar(d.Region))
	var ids []string
	for _, a := range d.Accounts {
		ids = append(ids, a.Alias+": "+strconv.Quote(a.ID))
	}
	line("accounts: {%s}", strings.Join(ids, ", "))
	more := ""
	repository := d.Repository
	if d.Source == "s3" {
		if bucket, object, ok := strings.Cut(repository, "/"); ok {
			repository, more = bucket, ", object: "+scalar(object)
		}
	}
	if d.Branch != "" && slices.Contains([]string{"codecommit", "github", "gitlab", "bitbucket"}, d.Source) {
		more = ", branch: " + scalar(d.Branch)
	}
	line("source: {%s: %s%s}", d.Source, scalar(repository), more)
	d.build(line)
	line("stages:")
	targets := d.Targets()
	for i, alias := range targets {
		if i == len(targets)-1 && len(d.Approvers) > 0 {
			need := d.Need
			if need == 0 {
				need = len(d.Approvers)
			}
			line("  - approve: {by: %s, need: %d, within: 24h, never: [author, starter]}", flow(d.Approvers), need)
		}
		dep, _ := d.DeployTo(alias)
		line("  - deploy: %s", scalar(alias))
		line("    %s: {%s}", dep.Kind, strings.Join(dep.Fields, ", "))
	}
	if len(d.Alerts) > 0 {
		line("audit: {alerts: %s}", flow(d.Alerts))
	} else {
		line("audit: false")
	}
	return []byte(b.String())
}

func (d *Draft) build(line func(string, ...any)) {
	if !d.Build {
		return
	}
	buildspec := d.Buildspec
	if buildspec == "" {
		buildspec = "buildspec.yml"
	}
	line("build:")
	line("  buildspec: %s", scalar(buildspec))
	if len(d.Secrets) > 0 {
		line("  secrets:")
		for _, s := range d.Secrets {
			line("    %s: %s", scalar(s.Variable), scalar(s.From))
		}
	}
	switch len(d.Push) {
	case 0:
	case 1:
		line("  push: {ecr: %s}", scalar(d.Push[0]))
	default:
		line("  push: {ecr: %s}", flow(d.Push))
	}
}
