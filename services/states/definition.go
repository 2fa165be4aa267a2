package states

import (
	"strings"

	"penstock/cloud"
	"penstock/doc"
	"penstock/match"
	"penstock/service"
)

// A task is one Task state of a machine, those in Parallel and Map states
// included.
type task struct {
	name string
	node *doc.Node
	// api is the integration ("sns:publish", "aws-sdk:s3:getObject",
	// "lambda:invoke"), "" for a function or an activity named by its ARN;
	// pattern is ".sync", ".sync:2", ".waitForTaskToken" or "".
	api, pattern string
	resource     string
	// role takes the place of the machine's for this task (Credentials).
	role string
}

// machineOf is what a definition says, as far as it is in the template.
type machineOf struct {
	tasks       []*task
	distributed bool // a Map state runs as child executions
	substitute  map[string]string
	root        *doc.Node // the whole, nil where it cannot be read
}

// read returns the definition of the site's machine, empty where it lies in a
// bucket or cannot be read.
func read(s *service.Site) *machineOf {
	return service.Remember(s, "states.definition", func() *machineOf {
		m := &machineOf{substitute: map[string]string{}}
		if subs := s.Resource.Prop("DefinitionSubstitutions"); subs != nil && subs.Kind == doc.Map {
			for _, f := range subs.Fields {
				m.substitute[f.Name()] = cloud.Text(f.Value)
			}
		}
		root := s.Resource.Prop("Definition")
		if n := s.Resource.Prop("DefinitionString"); n != nil && n.Kind == doc.String {
			named := *n
			named.Text = m.fill(n.Text)
			tree, err := cloud.ParseText(&named)
			if err != nil {
				s.Model.Assume("what state machine " + match.Render(s.Resource.Name) + " calls is not known, since its definition cannot be read, and is taken to be allowed")
				return m
			}
			root = tree
		}
		if root == nil || root.Kind != doc.Map {
			s.Model.Assume("what state machine " + match.Render(s.Resource.Name) + " calls is not in the templates, and is taken to be allowed")
			return m
		}
		m.root = root
		m.states(root.Get("States"), 0)
		return m
	})
}

// fill puts DefinitionSubstitutions into a text
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-stepfunctions-statemachine.html#cfn-stepfunctions-statemachine-definitionsubstitutions).
func (m *machineOf) fill(s string) string {
	for name, v := range m.substitute {
		s = strings.ReplaceAll(s, "${"+name+"}", v)
	}
	return s
}

const deepest = 16

func (m *machineOf) states(n *doc.Node, depth int) {
	if n == nil || n.Kind != doc.Map || depth > deepest {
		return
	}
	for _, f := range n.Fields {
		st := f.Value
		switch st.Get("Type").Str() {
		case "Task":
			m.tasks = append(m.tasks, m.task(f.Name(), st))
		case "Parallel":
			for b := range st.Get("Branches").Elems() {
				m.states(b.Get("States"), depth+1)
			}
		case "Map":
			for _, inner := range []string{"ItemProcessor", "Iterator"} {
				p := st.Get(inner)
				m.distributed = m.distributed || p.At("ProcessorConfig", "Mode").Str() == "DISTRIBUTED"
				m.states(p.Get("States"), depth+1)
			}
		}
	}
}

func (m *machineOf) task(name string, n *doc.Node) *task {
	t := &task{name: name, node: n, resource: m.fill(cloud.Text(n.Get("Resource")))}
	if role := n.Get("Credentials"); role != nil {
		t.role = m.fill(cloud.Text(role.Get("RoleArn")))
		if t.role == "" || strings.HasPrefix(t.role, "{%") {
			t.role = match.Hole(match.Any, "the role of task "+name)
		}
	}
	// arn:aws:states:::service:api, and the pattern behind it
	if rest, ok := strings.CutPrefix(t.resource, "arn:"); ok {
		if _, api, ok := strings.Cut(rest, ":states:::"); ok {
			t.api = api
			for _, p := range []string{".sync:2", ".sync", ".waitForTaskToken"} {
				if a, ok := strings.CutSuffix(api, p); ok {
					t.api, t.pattern = a, p
					break
				}
			}
		}
	}
	return t
}

// param is a parameter of a task's call: of Parameters (JSONPath) or Arguments
// (JSONata). A value that is taken from the input is a hole
// (https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html).
func (m *machineOf) param(t *task, path ...string) (string, bool) {
	n := t.node.Get("Parameters")
	if n == nil {
		n = t.node.Get("Arguments")
	}
	for i, p := range path {
		if n == nil || n.Kind != doc.Map {
			return "", false
		}
		next := fold(n, p)
		if next == nil && fold(n, p+".$") != nil {
			return match.Hole(match.Any, strings.Join(path, ".")+" of task "+t.name), true
		}
		if next != nil && i == len(path)-1 {
			v := m.fill(cloud.Text(next))
			if strings.HasPrefix(v, "{%") {
				v = match.Hole(match.Any, strings.Join(path, ".")+" of task "+t.name)
			}
			return v, true
		}
		n = next
	}
	return "", false
}

// fold finds a field without regard to the case of its first letter, as the
// integrations of the AWS SDKs take either.
func fold(n *doc.Node, name string) *doc.Node {
	if v := n.Get(name); v != nil {
		return v
	}
	for _, f := range n.Fields {
		if len(f.Name()) == len(name) && strings.EqualFold(f.Name()[:1], name[:1]) && f.Name()[1:] == name[1:] {
			return f.Value
		}
	}
	return nil
}
