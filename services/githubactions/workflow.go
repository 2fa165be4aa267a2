package githubactions

import (
	"slices"
	"strings"

	"penstock/doc"
	"penstock/doc/load"
	"penstock/match"
	"penstock/source"
	"penstock/truth"
)

// A workflow is one file.
type workflow struct {
	file *source.File
	root *doc.Node
	jobs []*job
}

// A job is one job of a workflow that logs in to AWS.
type job struct {
	flow  *workflow
	name  string
	node  *doc.Node
	steps []*step
}

// A step is a login, or what follows one.
type step struct {
	node *doc.Node
	uses string // "aws-actions/configure-aws-credentials", without version
	env  []*doc.Node
}

const configure = "aws-actions/configure-aws-credentials"

// workflows reads the files that are workflows and have a job that logs in.
func workflows(files []*source.File) []*workflow {
	var out []*workflow
	for _, f := range files {
		if !strings.HasSuffix(f.Name, ".yml") && !strings.HasSuffix(f.Name, ".yaml") {
			continue
		}
		root, _, err := load.Parse(f)
		if err != nil || root.Kind != doc.Map {
			continue
		}
		jobs := root.Get("jobs")
		if jobs == nil || jobs.Kind != doc.Map {
			continue
		}
		w := &workflow{file: f, root: root}
		for _, field := range jobs.Fields {
			j := &job{flow: w, name: field.Name(), node: field.Value}
			for n := range field.Value.Get("steps").Elems() {
				j.steps = append(j.steps, &step{n, action(n.Get("uses").Str()), []*doc.Node{n.Get("env"), field.Value.Get("env"), root.Get("env")}})
			}
			if slices.ContainsFunc(j.steps, (*step).logsIn) {
				w.jobs = append(w.jobs, j)
			}
		}
		out = append(out, w)
	}
	return out
}

// text is what a value says: the expressions ${{ … }} in it that name a
// variable of env are put in, all others are holes.
func (s *step) text(n *doc.Node) string { return expand(n.Str(), s.env, 0) }

func (s *step) with(name string) (*doc.Node, string) {
	n := s.node.At("with", name)
	return n, s.text(n)
}

func expand(v string, env []*doc.Node, depth int) string {
	var b strings.Builder
	for {
		head, rest, ok := strings.Cut(v, "${{")
		b.WriteString(head)
		if !ok {
			return b.String()
		}
		expr, tail, ok := strings.Cut(rest, "}}")
		if !ok {
			b.WriteString("${{" + rest)
			return b.String()
		}
		expr = strings.TrimSpace(expr)
		value := match.Hole(match.Any, expr)
		if name, found := strings.CutPrefix(expr, "env."); found && depth < 4 {
			for _, e := range env {
				if x := e.Get(name); x != nil {
					value = expand(x.Str(), env, depth+1)
					break
				}
			}
		}
		b.WriteString(value)
		v = tail
	}
}

// environment is the environment of the job, "" where it has none
// (https://docs.github.com/en/actions/writing-workflows/workflow-syntax-for-github-actions#jobsjob_idenvironment).
func (j *job) environment() (name string, at *doc.Node) {
	n := j.node.Get("environment")
	if n != nil && n.Kind == doc.Map {
		n = n.Get("name")
	}
	if n.Str() == "" {
		return "", nil
	}
	return expand(n.Str(), []*doc.Node{j.flow.root.Get("env")}, 0), n
}

// mayAsk reports whether the job may ask for a token: the permission id-token
// must be given, by the job or else by the workflow; it is not among those
// that a job has by default
// (https://docs.github.com/en/actions/security-for-github-actions/security-hardening-your-deployments/about-security-hardening-with-openid-connect#adding-permissions-settings).
// A workflow that others call may have it from them.
func (j *job) mayAsk() (truth.Value, *doc.Node) {
	for _, n := range []*doc.Node{j.node.Get("permissions"), j.flow.root.Get("permissions")} {
		if n == nil || n.Kind == doc.Null {
			continue
		}
		if n.Kind == doc.String {
			switch n.Text {
			case "write-all":
				return truth.Yes, n
			default:
				return truth.No, n
			}
		}
		switch v := n.Get("id-token").Str(); {
		case v == "write":
			return truth.Yes, n
		case strings.Contains(v, "${{"):
			return truth.Maybe, n
		default:
			return truth.No, n
		}
	}
	if slices.ContainsFunc(j.events(), func(e event) bool { return e.name == "workflow_call" }) {
		return truth.Maybe, nil
	}
	return truth.No, nil
}

// An event is one that starts the workflow, with its filters.
type event struct {
	name string
	node *doc.Node // nil where it has none
}

// events reads "on": a name, a list of names, or a map.
func (j *job) events() []event {
	on := j.flow.root.Get("on")
	if on == nil {
		on = j.flow.root.Get("true") // as YAML 1.1 reads the key
	}
	if on == nil {
		return nil
	}
	var out []event
	switch on.Kind {
	case doc.Map:
		for _, f := range on.Fields {
			out = append(out, event{f.Name(), f.Value})
		}
	case doc.List:
		for _, n := range on.Items {
			out = append(out, event{n.Str(), nil})
		}
	default:
		out = append(out, event{on.Str(), nil})
	}
	return out
}
