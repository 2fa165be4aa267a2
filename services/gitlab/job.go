package gitlab

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"penstock/cloud"
	"penstock/doc"
	"penstock/doc/load"
	"penstock/match"
	"penstock/source"
)

// A job is one job of a file that takes on a role with its token.
type job struct {
	file *source.File
	root *doc.Node
	name string
	node *doc.Node

	role     string // ARN, symbolic where a setting of the project holds it
	token    string // the variable that holds the token
	audience string
	at       *doc.Node // the audience, where it is said
}

// keywords are the top-level entries of a file that are no jobs
// (https://docs.gitlab.com/ci/yaml/#keywords).
var keywords = []string{"default", "include", "stages", "variables", "workflow", "image", "services", "cache", "before_script", "after_script", "spec"}

// login finds the command that takes on a role with a token.
var login = regexp.MustCompile(`assume-role-with-web-identity`)

// option returns the value of an option of the command in a text.
func option(text, name string) string {
	_, after, ok := strings.Cut(text, name)
	if !ok {
		return ""
	}
	rest := strings.TrimLeft(after, " =\t\\\n")
	end := strings.IndexAny(rest, " \t\n)")
	if end >= 0 {
		rest = rest[:end]
	}
	return strings.Trim(rest, `"'`)
}

// jobs reads the files of GitLab CI and returns the jobs that log in.
func jobs(m *cloud.Model) []*job {
	var out []*job
	for _, f := range m.Beside {
		base := path.Base(f.Name)
		if !strings.HasSuffix(base, "gitlab-ci.yml") && !strings.HasSuffix(base, "gitlab-ci.yaml") {
			continue
		}
		root, _, err := load.Parse(f)
		if err != nil || root.Kind != doc.Map {
			continue
		}
		for _, field := range root.Fields {
			n := field.Value
			if slices.Contains(keywords, field.Name()) || strings.HasPrefix(field.Name(), ".") || n.Kind != doc.Map {
				continue
			}
			j := &job{file: f, root: root, name: field.Name(), node: n}
			if j.read() {
				out = append(out, j)
			}
		}
	}
	return out
}

// get returns an entry of a job, or of a job that it extends, or the default.
func (j *job) get(key string) *doc.Node {
	n := j.node
	for range 8 {
		if v := n.Get(key); v != nil {
			return v
		}
		next := j.root.Get(n.Get("extends").Str())
		if next == nil {
			break
		}
		n = next
	}
	if v := j.root.At("default", key); v != nil {
		return v
	}
	switch key {
	case "before_script":
		return j.root.Get(key)
	}
	return nil
}

// script is the text of the commands of a job.
func (j *job) script() string {
	var b strings.Builder
	for _, key := range []string{"before_script", "script"} {
		n := j.get(key)
		if n == nil {
			continue
		}
		for l := range n.Elems() {
			b.WriteString(l.Str() + "\n")
		}
	}
	return b.String()
}

// variable is what a variable of the job or the file holds, "" for one of the
// project's settings.
func (j *job) variable(name string) string {
	for _, n := range []*doc.Node{j.get("variables"), j.root.Get("variables")} {
		v := n.Get(name)
		if v != nil && v.Kind == doc.Map {
			v = v.Get("value")
		}
		if v.Str() != "" {
			return v.Str()
		}
	}
	return ""
}

var reference = regexp.MustCompile(`\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?`)

// expand puts variables in; one of the project's settings is a hole.
func (j *job) expand(text string) string {
	for range 4 {
		next := reference.ReplaceAllStringFunc(text, func(r string) string {
			name := reference.FindStringSubmatch(r)[1]
			if v := j.variable(name); v != "" {
				return v
			}
			return match.Hole(match.Path, "the variable "+name+" of job "+j.name)
		})
		if next == text {
			break
		}
		text = next
	}
	return text
}

// read finds how the job logs in: with a command, or by the variables that the
// AWS tools look at (AWS_ROLE_ARN with a token file).
func (j *job) read() bool {
	ids := j.get("id_tokens")
	if ids == nil || len(ids.Fields) == 0 {
		return false
	}
	text := j.script()
	at := login.FindStringIndex(text)
	switch {
	case at != nil:
		j.role = j.expand(option(text[at[0]:], "--role-arn"))
		if r := reference.FindStringSubmatch(option(text[at[0]:], "--web-identity-token")); r != nil {
			j.token = r[1]
		}
	case j.variable("AWS_ROLE_ARN") != "":
		j.role = j.expand(j.variable("AWS_ROLE_ARN"))
	case j.variable("ROLE_ARN") != "" && strings.Contains(text, "web_identity_token_file"):
		j.role = j.expand(j.variable("ROLE_ARN"))
	default:
		return false
	}
	id := ids.Get(j.token)
	if id == nil {
		id = ids.Fields[0].Value
	}
	j.at = id.Get("aud")
	if j.at != nil && j.at.Kind == doc.List && len(j.at.Items) == 1 {
		j.at = j.at.Items[0]
	}
	j.audience = j.expand(j.at.Str())
	return j.role != ""
}

// refs are the refs that the job runs on: kind and name, with what the rules
// leave open as holes.
func (j *job) refs() [][2]string {
	var out [][2]string
	add := func(kind, name string) {
		if r := [2]string{kind, name}; !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	rules := j.get("rules")
	if rules == nil {
		rules = j.root.At("workflow", "rules")
	}
	if rules != nil {
		for r := range rules.Elems() {
			if r.Get("when").Str() == "never" {
				continue
			}
			cond := r.Get("if").Str()
			if m := equals.FindStringSubmatch(cond); m != nil {
				kind := "branch"
				if m[1] == "CI_COMMIT_TAG" {
					kind = "tag"
				}
				name := m[2]
				if name == "" {
					name = match.Hole(match.Path, "the default branch")
				}
				add(kind, name)
			} else if strings.TrimSpace(cond) == "$CI_COMMIT_TAG" {
				add("tag", match.Hole(match.Path, "the tag"))
			}
		}
	}
	for n := range j.get("only").Elems() {
		switch v := n.Str(); {
		case v == "tags":
			add("tag", match.Hole(match.Path, "the tag"))
		case v == "branches" || strings.HasPrefix(v, "/") || v == "merge_requests":
		case v != "":
			add("branch", v)
		}
	}
	if out == nil {
		add("branch", match.Hole(match.Path, "the branch"))
	}
	return out
}

var equals = regexp.MustCompile(`^\s*\$(CI_COMMIT_BRANCH|CI_COMMIT_REF_NAME|CI_COMMIT_TAG)\s*==\s*(?:"([^"]*)"|'([^']*)'|\$CI_DEFAULT_BRANCH)\s*$`)
