// Package cfn reads CloudFormation templates into a cloud.Model: parameters,
// conditions, every intrinsic function, nested stacks, exports and imports
// over several stacks, accounts and regions.
//
// Evaluation turns the tree of a template into another tree of the same kind
// (package doc): each value keeps the span of the expression that made it, and
// in Via where its parts were written. What a template does not determine is
// never invented. An unknown string is a symbolic one with a named hole
// (package match), an unknown list or map is a node of kind doc.Unknown that
// says what it depends on, and the same unknown has the same name everywhere.
//
// Conditions have three values. Where one is open because a parameter has no
// value, Load makes one Model for each way in which the open conditions of the
// template can fall together, up to MaxScenarios; beyond that they stay open
// and what depends on them carries the fact in Maybe.
//
// The package knows no AWS service: it is handed the resource types as a
// function. It opens no files either.
package cfn

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/service"
	"penstock/source"
)

// MaxScenarios bounds how many models one Load makes.
const MaxScenarios = 32

// Input is what Load reads.
type Input struct {
	Stacks []Stack
	// Read returns a file by its slash-separated name; it decides what may
	// be read. Names are those of Stack.Template and ParameterFiles, and for
	// nested stacks and includes names relative to the template that holds
	// them, joined and cleaned. Its errors name the file.
	Read func(name string) (*source.File, error)
	// Types returns how resources of a CloudFormation type are named and
	// read, nil for a type that nobody understands.
	Types func(name string) *service.Type
	// Attrs returns the attributes that Fn::GetAtt of a type can have, by
	// AWS's schema; false where it is not known. Nil knows none.
	Attrs func(typ string) ([]string, bool)
	// Org is the organization, nil where none was described. An attachment
	// with a Node and no Policy is parsed for each model.
	Org *cloud.Organization
	// Needs are what the stacks file states that principals need.
	Needs []cloud.Need
	// Beside are files that each model is to hold, see cloud.Model.
	Beside []*source.File
}

// A Stack is one template and where it goes.
type Stack struct {
	Name, Account, Region string
	Template              string // name for Input.Read
	// Root is the template itself, where it was made and not read: then
	// Template is only its name. Its nodes have places in a file of their own,
	// each another one.
	Root *doc.Node
	// Parameters win over the files, later files over earlier ones.
	Parameters     []Parameter
	ParameterFiles []string
	// PhysicalIDs gives what Ref returns, by logical id.
	PhysicalIDs map[string]string
	Tags        map[string]string
	// Exists says that the template describes what is there already, which is
	// taken to be so.
	Exists bool
	At     source.Span // where the stack is listed; zero for a lone template
}

// A Parameter is a value for a template parameter: Value, or what another
// stack of the input tells as an output.
type Parameter struct {
	Name  string
	Value *doc.Node   // with Stack, at most where that is written
	At    source.Span // of the name
	// Stack names the stack whose Output is the value, in whichever account
	// and region: "tools", or "tools@111111111111" and
	// "tools@111111111111.eu-west-1" where several have the name. The stack
	// is deployed before this one.
	Stack, Output string
}

// A Result is what Load returns.
type Result struct {
	Models   []*cloud.Model // one a scenario, at least one
	Coverage Coverage
	// Resolves lists the dynamic references of the templates.
	Resolves []Resolve

	units map[*cloud.Stack]*stack
}

// Coverage says how much of the templates we understand.
type Coverage struct {
	Resources  int // declared, in all stacks, conditions aside
	Understood int // of a supported type, every property known
	// Named are those of the understood of which nothing but the names is
	// known: nothing of them is a policy, and what they do when they run is
	// not followed.
	Named int
	Gaps  []Gap
}

// A Gap is one kind of thing that is not understood.
type Gap struct {
	What  string // "type AWS::X::Y", "property P of AWS::X::Y", "macro M"
	Count int
	At    source.Span // the first
}

// A Resolve is one dynamic reference, {{resolve:…}}.
type Resolve struct {
	Service  string // "ssm", "ssm-secure" or "secretsmanager"
	Name     string // parameter name, secret id or ARN
	Key      string // JSON key of a secret
	Stack    *cloud.Stack
	Resource string // logical id, "" outside resources
	At       source.Span
}

// Load reads and evaluates all stacks. It fails where a template or a
// parameter file cannot be read; the error names file and line and has a
// Hint where there is one. What is wrong inside a readable template is a
// finding of each Model.
func Load(in Input) (*Result, error) {
	l := &loader{
		in:        in,
		templates: map[string]*template{},
		domains:   map[string][]string{},
		interned:  map[string]string{},
	}
	if l.in.Types == nil {
		l.in.Types = func(string) *service.Type { return nil }
	}
	l.ahead()
	for i := range in.Stacks {
		if err := l.prepare(&in.Stacks[i]); err != nil {
			return nil, err
		}
	}
	open := l.world(nil)
	worlds := []*world{open}
	if cases := open.scenarios(); len(cases) > 0 {
		worlds = worlds[:0]
		for i := range cases {
			worlds = append(worlds, l.world(&cases[i]))
		}
	}
	r := &Result{units: map[*cloud.Stack]*stack{}}
	for _, w := range worlds {
		w.join()
		r.Models = append(r.Models, w.model)
		for _, s := range w.stacks {
			r.units[s.cs] = s
		}
	}
	r.Coverage = open.coverage()
	r.Resolves = open.resolves
	settle(worlds)
	return r, nil
}

// settle gives each model its findings: those of the templates, those of its
// own evaluation, and When where another scenario does not share them.
func settle(worlds []*world) {
	count := map[string]int{}
	for _, w := range worlds {
		for i := range w.found {
			count[findingKey(&w.found[i])]++
		}
	}
	for _, w := range worlds {
		when := strings.Join(w.model.Scenario, ", ")
		for i := range w.found {
			f := w.found[i]
			if count[findingKey(&f)] < len(worlds) {
				f.When = when
			}
			w.model.Findings = append(w.model.Findings, f)
		}
	}
}

func findingKey(f *diag.Finding) string {
	name := ""
	if f.At.File != nil {
		name = f.At.File.Name
	}
	return fmt.Sprintf("%s\x00%s\x00%d\x00%s", f.Code, name, f.At.Start, f.Message)
}

// A loader holds what all scenarios share.
type loader struct {
	in         Input
	stacks     []prepared
	templates  map[string]*template
	domains    map[string][]string // the values that a hole can have, where a template says
	interned   map[string]string   // what a computed hole stands for → its name
	unread     map[string]error
	generation int
}

// prepared is a stack of the input with its template and parameters read.
type prepared struct {
	in     *Stack
	t      *template
	params map[string]given
	names  []string // of params, in order
	linked bool     // a parameter is an output of another stack
	label  string
}

// prepare reads the template and the parameter files of a stack.
func (l *loader) prepare(in *Stack) error {
	if !arn.IsAccountID(in.Account) {
		return &doc.Error{At: in.At, Message: fmt.Sprintf("stack %q: account %q is no account id", in.Name, in.Account), Fix: "an account id is twelve digits, in quotes"}
	}
	if in.Region == "" {
		return &doc.Error{At: in.At, Message: fmt.Sprintf("stack %q has no region", in.Name), Fix: "give one, such as ap-northeast-1"}
	}
	read := l.template
	if in.Root != nil {
		read = func(name string) (*template, error) { return rooted(name, in.Root) }
	}
	t, err := read(in.Template)
	if err != nil {
		return fmt.Errorf("stack %q: %w", in.Name, err)
	}
	p := prepared{in: in, t: t, params: map[string]given{}, label: in.Name}
	set := func(q Parameter) {
		if _, ok := p.params[q.Name]; !ok {
			p.names = append(p.names, q.Name)
		}
		p.params[q.Name] = given{node: q.Value, at: q.At, stack: q.Stack, output: q.Output}
		p.linked = p.linked || q.Stack != ""
	}
	for _, name := range in.ParameterFiles {
		f, err := l.in.Read(name)
		if err != nil {
			return fmt.Errorf("stack %q: reading parameter file: %w", in.Name, err)
		}
		qs, err := Parameters(f)
		if err != nil {
			return fmt.Errorf("stack %q: %w", in.Name, err)
		}
		for _, q := range qs {
			set(q)
		}
	}
	for _, q := range in.Parameters {
		set(q)
	}
	// Holes are named after stacks, so two stacks of one name must differ.
	for {
		i := slices.IndexFunc(l.stacks, func(o prepared) bool { return o.label == p.label })
		if i < 0 {
			break
		}
		switch o := l.stacks[i].in; {
		case o.Account == in.Account && o.Region == in.Region && o.Name == in.Name:
			return &doc.Error{At: in.At, Message: fmt.Sprintf("stack %q is listed twice in account %s, region %s", in.Name, in.Account, in.Region), Fix: "a stack name is unique in an account and region; rename one"}
		case p.label == in.Name:
			p.label = in.Name + "@" + in.Account
		case p.label == in.Name+"@"+in.Account:
			p.label += "." + in.Region
		default:
			p.label += "'"
		}
	}
	l.stacks = append(l.stacks, p)
	return nil
}
