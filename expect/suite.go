// Package expect holds access still: a file of assertions about who may do
// what, and who may not, kept beside the templates and run against them.
//
//	stacks: [.]
//	tests:
//	  - name: the build cannot reach production
//	    who: BuildRole
//	    may not: [sts:AssumeRole, iam:PassRole]
//	    on: [prod/DeployRole, prod/TaskRole]
//	  - who: DeployRole
//	    may: ecs:UpdateService
//	    on: Service
//
// Parse reads such a file; Suite.Run asks every call that a test names of
// package query. A test holds only if the answer is certain: one that rests on
// an unknown condition key fails and names the key, so that the file settles
// it. A name that means nothing fails too: a test about a role that is no
// longer there proves nothing.
package expect

import (
	"fmt"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/doc"
	"penstock/doc/load"
	"penstock/query"
	"penstock/source"
)

// A Suite is one file.
type Suite struct {
	File *source.File
	// Templates says what the tests are about, unless they say so themselves.
	Templates Templates
	Context   []query.Setting
	Tests     []Test
}

// Templates says which templates are read, and how lone ones are.
type Templates struct {
	Paths      []string // below the folder of the file
	Account    string
	Region     string
	Parameters []string // key=value
}

// A Test is one assertion.
type Test struct {
	Name    string
	Because string // why it must hold, for whoever reads the failure
	At      source.Span
	// Who are names as package query takes them. Everyone stands for all
	// roles and users that the templates declare and an anonymous caller,
	// but for Except.
	Who      []string
	Everyone bool
	Except   []string
	// May is what is asserted of every call.
	May     bool
	Actions []string // "s3:Get*" stands for every action that the embedded reference lists
	On      []string // names as package query takes them; a "/*" at the end is anything inside
	Owner   string
	Context []query.Setting
	// Templates, where the test names its own.
	Templates *Templates
}

// Everyone is the name that stands for all principals.
const Everyone = "everyone"

// Parse reads a file of tests. The error names the place and says what would
// be right; several are joined.
func Parse(f *source.File) (*Suite, error) {
	root, findings, err := load.Parse(f)
	if err != nil {
		return nil, err
	}
	for _, x := range findings {
		if x.Code == "DOC001" {
			return nil, &doc.Error{At: x.At, Message: x.Message, Fix: "remove one of them"}
		}
	}
	p := &parser{suite: &Suite{File: f}}
	p.file(root)
	if len(p.errs) > 0 {
		return nil, errorList(p.errs)
	}
	return p.suite, nil
}

// errorList is several errors, one a line.
type errorList []error

func (e errorList) Error() string {
	var b strings.Builder
	for i, x := range e {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(x.Error())
	}
	return b.String()
}

func (e errorList) Unwrap() []error { return e }

type parser struct {
	suite *Suite
	errs  []error
}

func (p *parser) fail(n *doc.Node, fix, format string, args ...any) {
	p.errs = append(p.errs, &doc.Error{At: n.Where(), Message: fmt.Sprintf(format, args...), Fix: fix})
}

// fields walks a map whose keys must be among those of f.
func (p *parser) fields(n *doc.Node, what string, f map[string]func(*doc.Node)) {
	if n == nil || n.Kind != doc.Map {
		p.fail(n, "", "%s must be a map", what)
		return
	}
	for _, x := range n.Fields {
		read, ok := f[x.Name()]
		if !ok {
			var names []string
			for k := range f {
				names = append(names, k)
			}
			slices.Sort(names)
			p.fail(x.Key, "it has "+strings.Join(names, ", "), "%s has no %q", what, x.Name())
			continue
		}
		read(x.Value)
	}
}

func (p *parser) file(root *doc.Node) {
	s := p.suite
	fields := p.templates(&s.Templates)
	fields["context"] = func(n *doc.Node) { s.Context = p.context(n) }
	var tests *doc.Node
	fields["tests"] = func(n *doc.Node) { tests = n }
	p.fields(root, "a file of tests", fields)
	if tests == nil || tests.Kind != doc.List || len(tests.Items) == 0 {
		at := root
		if tests != nil {
			at = tests
		}
		p.fail(at, "write tests: and a list of them", "the file has no tests")
		return
	}
	for _, n := range tests.Items {
		p.test(n)
	}
}

// templates returns the readers of the fields that say what is read.
func (p *parser) templates(t *Templates) map[string]func(*doc.Node) {
	return map[string]func(*doc.Node){
		"stacks": func(n *doc.Node) { t.Paths = p.texts(n, "stacks") },
		"account": func(n *doc.Node) {
			if t.Account = p.text(n, "account"); !arn.IsAccountID(t.Account) {
				p.fail(n, "an account id is twelve digits, in quotes", "account %q is no account id", t.Account)
			}
		},
		"region": func(n *doc.Node) { t.Region = p.text(n, "region") },
		"parameters": func(n *doc.Node) {
			if n.Kind != doc.Map {
				p.fail(n, "", "parameters must be a map of names and values")
				return
			}
			for _, f := range n.Fields {
				t.Parameters = append(t.Parameters, f.Name()+"="+p.text(f.Value, "parameter "+f.Name()))
			}
		},
	}
}

func (p *parser) test(n *doc.Node) {
	t := Test{At: n.Where()}
	own := Templates{}
	fields := p.templates(&own)
	var may, mayNot *doc.Node
	fields["name"] = func(n *doc.Node) { t.Name = p.text(n, "name") }
	fields["because"] = func(n *doc.Node) { t.Because = p.text(n, "because") }
	fields["who"] = func(n *doc.Node) { t.Who = p.texts(n, "who") }
	fields["except"] = func(n *doc.Node) { t.Except = p.texts(n, "except") }
	fields["may"] = func(n *doc.Node) { may = n }
	fields["may not"] = func(n *doc.Node) { mayNot = n }
	fields["on"] = func(n *doc.Node) { t.On = p.texts(n, "on") }
	fields["owner"] = func(n *doc.Node) {
		if t.Owner = p.text(n, "owner"); !arn.IsAccountID(t.Owner) {
			p.fail(n, "an account id is twelve digits, in quotes", "owner %q is no account id", t.Owner)
		}
	}
	fields["context"] = func(n *doc.Node) { t.Context = p.context(n) }
	before := len(p.errs)
	p.fields(n, "a test", fields)
	if len(p.errs) > before {
		return
	}
	switch {
	case may != nil && mayNot != nil:
		p.fail(n, "write two tests", "a test has either \"may\" or \"may not\"")
	case may != nil:
		t.May, t.Actions = true, p.texts(may, "may")
	case mayNot != nil:
		t.Actions = p.texts(mayNot, "may not")
	default:
		p.fail(n, "write may: or may not: and actions such as s3:GetObject", "the test asserts nothing")
	}
	if i := slices.Index(t.Who, Everyone); i >= 0 {
		t.Everyone = true
		t.Who = slices.Delete(t.Who, i, i+1)
	}
	switch {
	case len(t.Who) == 0 && !t.Everyone:
		p.fail(n, "write who: and a role, a user, a service, \"*\" or everyone", "the test does not say who")
	case len(t.Except) > 0 && !t.Everyone:
		p.fail(n, "leave it out", "except belongs to who: everyone")
	}
	if len(t.On) == 0 {
		t.On = []string{"*"}
	}
	if len(own.Paths) > 0 {
		t.Templates = &own
	} else if own.Account != "" || own.Region != "" || own.Parameters != nil {
		p.fail(n, "write stacks: too, or move them to the top of the file", "account, region and parameters belong to stacks")
	}
	if t.Name == "" {
		t.Name = t.sentence()
	}
	p.suite.Tests = append(p.suite.Tests, t)
}

// sentence is the name of a test that has none.
func (t *Test) sentence() string {
	who := strings.Join(t.Who, ", ")
	if t.Everyone {
		who = strings.Join(append([]string{Everyone}, t.Who...), ", ")
	}
	if len(t.Except) > 0 {
		who += " except " + strings.Join(t.Except, ", ")
	}
	verb := "may not"
	if t.May {
		verb = "may"
	}
	s := who + " " + verb + " " + strings.Join(t.Actions, ", ")
	if on := strings.Join(t.On, ", "); on != "*" {
		s += " on " + on
	}
	return s
}

// text reads one scalar.
func (p *parser) text(n *doc.Node, what string) string {
	if n.Str() == "" {
		p.fail(n, "", "%s must be text", what)
	}
	return n.Str()
}

// texts reads one scalar or a list of them.
func (p *parser) texts(n *doc.Node, what string) []string {
	var out []string
	for it := range n.Elems() {
		out = append(out, p.text(it, what))
	}
	if len(out) == 0 {
		p.fail(n, "", "%s is empty", what)
	}
	return out
}

// context reads condition keys: text or a list; null for a key that the
// request does not carry.
func (p *parser) context(n *doc.Node) []query.Setting {
	if n.Kind != doc.Map {
		p.fail(n, "write key: value, such as aws:SourceVpce: vpce-1234", "context must be a map of condition keys")
		return nil
	}
	var out []query.Setting
	for _, f := range n.Fields {
		if !strings.Contains(f.Name(), ":") {
			p.fail(f.Key, "a condition key has its service in front, such as aws:SourceIp", "%q is no condition key", f.Name())
			continue
		}
		s := query.Setting{Key: f.Name()}
		if f.Value.Kind != doc.Null {
			s.Values = p.texts(f.Value, f.Name())
		}
		out = append(out, s)
	}
	return out
}
