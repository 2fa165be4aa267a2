package cfn

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"penstock/diag"
	"penstock/doc"
	"penstock/doc/load"
	"penstock/iac/sam"
	"penstock/source"
)

// A template is one file, parsed and checked; stacks and scenarios share it.
type template struct {
	name string
	file *source.File

	params, maps, conds, resources, outputs, rules *doc.Node

	index    map[string]*doc.Node // logical id → body
	paramOf  map[string]*doc.Node
	condOf   map[string]*doc.Node
	keys     map[string]*doc.Node // logical id → its key node
	langExt  bool
	macros   []string  // transforms that may change anything
	loops    bool      // holds Fn::ForEach
	made     bool      // was never written
	sam      *doc.Node // the root of a SAM template whose loops come first
	found    []diag.Finding
	dependOn map[string][]string // logical id → what it refers to
}

// harmless are transforms that do not change what is allowed to whom, or that
// we evaluate.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-reference.html
var harmless = []string{
	"AWS::LanguageExtensions",
	"AWS::CodeDeployBlueGreen",       // adds task sets at deployment
	"AWS::SecretsManager-2020-07-23", // adds a nested stack with the rotation function
	"AWS::SecretsManager-2024-09-16",
	"AWS::Include", // evaluated where it stands
	sam.Transform,  // expanded by package sam
}

// template reads a template once.
func (l *loader) template(name string) (*template, error) {
	name = path.Clean(name)
	if t := l.templates[name]; t != nil {
		return t, nil
	}
	f, err := l.in.Read(name)
	if err != nil {
		return nil, fmt.Errorf("reading template: %w", err)
	}
	p := parse(name, f)
	if p.err != nil {
		return nil, p.err
	}
	l.templates[name] = p.t
	return p.t, nil
}

// parse reads the template in a file, once: trying a fix loads everything
// again, with one file changed.
func parse(name string, f *source.File) parsed {
	return f.Memo(parsedKey{name}, func() any {
		root, fs, err := load.Parse(f)
		if err != nil {
			return parsed{err: fmt.Errorf("reading template: %w", err)}
		}
		t, err := newTemplate(name, f, root)
		if err != nil {
			return parsed{err: err}
		}
		t.found = append(fs, t.found...)
		t.check()
		return parsed{t: t}
	}).(parsed)
}

// ahead parses the templates of all stacks at once. What is wrong with one is
// told when it is asked for.
func (l *loader) ahead() {
	files := map[string]*source.File{}
	for i := range l.in.Stacks {
		st := &l.in.Stacks[i]
		name := path.Clean(st.Template)
		if st.Root != nil || files[name] != nil {
			continue
		}
		if f, err := l.in.Read(name); err == nil {
			files[name] = f
		}
	}
	if len(files) < 2 {
		return
	}
	var wg sync.WaitGroup
	for name, f := range files {
		wg.Go(func() { parse(name, f) })
	}
	wg.Wait()
}

// rooted is template for one that was made and never written.
func rooted(name string, root *doc.Node) (*template, error) {
	f := root.Span.File
	if f == nil {
		f = source.NewFile(name, nil)
	}
	p := f.Memo(rootKey{root}, func() any {
		t, err := newTemplate(path.Clean(name), f, root)
		if err != nil {
			return parsed{err: err}
		}
		t.made = true
		t.check()
		return parsed{t: t}
	}).(parsed)
	return p.t, p.err
}

type (
	parsedKey struct{ name string }
	rootKey   struct{ root *doc.Node }
)

type parsed struct {
	t   *template
	err error
}

func newTemplate(name string, f *source.File, root *doc.Node) (*template, error) {
	if root.Kind != doc.Map {
		return nil, &doc.Error{At: root.Span, Message: fmt.Sprintf("%s holds a %s, and a template is a map", f.Name, root.Kind), Fix: `a CloudFormation template is a map with the key "Resources"`}
	}
	t := &template{name: name, file: f}
	if usesSAM(root) {
		if hasLoop(root.Get("Resources")) {
			t.sam = root
		} else {
			root, t.found = sam.Expand(root)
		}
	}
	sections := 0
	for i := range root.Fields {
		fl := &root.Fields[i]
		var to **doc.Node
		sections++
		switch fl.Name() {
		case "Parameters":
			to = &t.params
		case "Mappings":
			to = &t.maps
		case "Conditions":
			to = &t.conds
		case "Resources":
			to = &t.resources
		case "Outputs":
			to = &t.outputs
		case "Rules":
			to = &t.rules
		case "Transform":
			for x := range fl.Value.Elems() {
				t.transform(x)
			}
			continue
		case "AWSTemplateFormatVersion", "Description", "Metadata", "Hooks", "Globals", "Fn::Transform":
			if fl.Name() == "Fn::Transform" {
				t.transform(fl.Value)
			}
			continue
		default:
			sections--
			t.find(CodeShape, fl.Key.Span, diag.Warning, "%q is no section of a template", fl.Name())
			continue
		}
		if fl.Value.Kind == doc.Null {
			continue
		}
		if fl.Value.Kind != doc.Map {
			return nil, &doc.Error{At: fl.Value.Span, Message: fmt.Sprintf("%s is a %s", fl.Name(), fl.Value.Kind), Fix: fl.Name() + " must be a map from names to declarations"}
		}
		*to = fl.Value
	}
	switch {
	case t.resources != nil:
	case sections > 0:
		// The CDK writes such a template for a stack that is empty, and does
		// not deploy it.
		t.find(CodeShape, root.Span, diag.Warning, "the template has no Resources, and CloudFormation refuses it")
		t.resources = &doc.Node{Kind: doc.Map, Span: root.Span}
	default:
		return nil, &doc.Error{At: source.Span{File: f}, Message: f.Name + " is no CloudFormation template: it has no Resources", Fix: `add "Resources", or name another file`}
	}
	t.indexAll()
	return t, nil
}

// indexAll fills the indexes from the sections.
func (t *template) indexAll() {
	t.index = make(map[string]*doc.Node, len(t.resources.Fields))
	t.keys = make(map[string]*doc.Node, len(t.resources.Fields))
	for _, f := range t.resources.Fields {
		if strings.HasPrefix(f.Name(), "Fn::ForEach::") || f.Name() == "Fn::Transform" {
			t.loops = true
			continue
		}
		if _, ok := t.index[f.Name()]; !ok {
			t.index[f.Name()], t.keys[f.Name()] = f.Value, f.Key
		}
	}
	t.paramOf, t.condOf = fields(t.params), fields(t.conds)
	if !t.loops {
		t.loops = hasLoop(t.resources) || hasLoop(t.conds) || hasLoop(t.outputs)
	}
}

func fields(n *doc.Node) map[string]*doc.Node {
	if n == nil {
		return nil
	}
	m := make(map[string]*doc.Node, len(n.Fields))
	for _, f := range n.Fields {
		if _, ok := m[f.Name()]; !ok {
			m[f.Name()] = f.Value
		}
	}
	return m
}

func (t *template) transform(x *doc.Node) {
	name := x.Str()
	if x.Kind == doc.Map {
		name = x.Get("Name").Str()
	}
	switch {
	case name == "AWS::LanguageExtensions":
		t.langExt = true
	case slices.Contains(harmless, name):
	default:
		t.macros = append(t.macros, name)
		t.find(CodeMacro, x.Span, diag.Warning, "the macro %q can change the whole template, and what it does is not in the template", name)
	}
}

// usesSAM reports whether a template names the transform of SAM, alone or
// among others.
func usesSAM(root *doc.Node) bool {
	for x := range root.Get("Transform").Elems() {
		if x.Str() == sam.Transform || x.Get("Name").Str() == sam.Transform {
			return true
		}
	}
	return false
}

// serverless expands the SAM resources of t once its loops are written out,
// in which order CloudFormation runs the two transforms.
func (t *template) serverless() {
	if t.sam == nil {
		return
	}
	root := *t.sam
	root.Fields = nil
	for _, f := range t.sam.Fields {
		switch f.Name() {
		case "Resources":
			f.Value = t.resources
		case "Conditions":
			f.Value = t.conds
		case "Outputs":
			f.Value = t.outputs
		}
		if f.Value != nil {
			root.Fields = append(root.Fields, f)
		}
	}
	made, found := sam.Expand(&root)
	t.found = append(t.found, found...)
	t.resources, t.conds, t.outputs = made.Get("Resources"), made.Get("Conditions"), made.Get("Outputs")
}

func (t *template) find(code string, at source.Span, sev diag.Severity, format string, args ...any) {
	t.found = append(t.found, diag.Finding{Code: code, At: at, Severity: sev, Certainty: diag.Proved, Message: fmt.Sprintf(format, args...)})
}

// hasLoop reports whether a tree holds a Fn::ForEach key.
func hasLoop(n *doc.Node) bool {
	if n == nil {
		return false
	}
	for _, f := range n.Fields {
		if strings.HasPrefix(f.Key.Text, "Fn::ForEach::") || hasLoop(f.Value) {
			return true
		}
	}
	return slices.ContainsFunc(n.Items, hasLoop)
}
