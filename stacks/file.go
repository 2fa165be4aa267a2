package stacks

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/doc/load"
	"penstock/iac/cfn"
	"penstock/source"
)

// An entry is one item of stacks, before its template is looked at.
type entry struct {
	name, account, region string
	params                []cfn.Parameter
	files                 []string
	ids                   map[string]string
	tags                  map[string]string
	exists                bool
	at                    source.Span
}

func bad(n *doc.Node, fix, format string, args ...any) error {
	return &doc.Error{At: n.Where(), Message: fmt.Sprintf(format, args...), Fix: fix}
}

// stacksFile reads a stacks file.
func (l *loader) stacksFile(name string) error {
	root, err := l.parse(name)
	if err != nil {
		return err
	}
	const shape = "a stacks file is a map with the key stacks, and optionally organization and needs"
	if root.Kind != doc.Map {
		return bad(root, shape, "the stacks file is a %s", root.Kind)
	}
	dir := path.Dir(name)
	if err := keys(root, "organization", "stacks", "needs"); err != nil {
		return err
	}
	if o := root.Get("organization"); o != nil {
		if err := l.organization(o, dir); err != nil {
			return err
		}
	}
	if n := root.Get("needs"); n != nil {
		if err := l.needs(n); err != nil {
			return err
		}
	}
	list := root.Get("stacks")
	if list == nil {
		return bad(root, shape, "the stacks file has no stacks")
	}
	if list.Kind != doc.List || len(list.Items) == 0 {
		return bad(list, "write a list, one item a stack: - {name: …, template: …, account: …, region: …}", "stacks is a %s", word(list))
	}
	for _, it := range list.Items {
		if err := l.stack(it, dir); err != nil {
			return err
		}
	}
	return nil
}

func word(n *doc.Node) string {
	if n.Kind == doc.List {
		return "list without items"
	}
	return n.Kind.String()
}

// keys reports a key that is not one of those known, or that is there twice.
func keys(n *doc.Node, known ...string) error {
	seen := map[string]bool{}
	for _, f := range n.Fields {
		if seen[f.Name()] {
			return bad(f.Key, "keep one of them", "key %q is there twice", f.Name())
		}
		seen[f.Name()] = true
		if slices.Contains(known, f.Name()) {
			continue
		}
		fix := "the keys here are " + strings.Join(known, ", ")
		for _, k := range known {
			if strings.EqualFold(strings.NewReplacer("-", "", "_", "").Replace(f.Name()), k) {
				fix = "write " + k
			}
		}
		return bad(f.Key, fix, "unknown key %q", f.Name())
	}
	return nil
}

// text reads a string; a bare number is taken where numbers is set.
func text(n *doc.Node, what string, numbers bool) (string, error) {
	switch {
	case n.Kind == doc.String, numbers && (n.Kind == doc.Number || n.Kind == doc.Bool):
		return n.Text, nil
	case n.IsScalar() && n.Kind != doc.Null:
		return "", bad(n, fmt.Sprintf("write it in quotes: %q", n.Span.Text()), "%s is a %s", what, n.Kind)
	default:
		return "", bad(n, what+" is a string", "%s is a %s", what, n.Kind)
	}
}

// account reads an account id, which must be in quotes: YAML takes bare digits
// for a number, and with a leading zero some readers take them for octal.
func account(n *doc.Node, what string) (string, error) {
	raw := n.Span.Text()
	if n.Kind == doc.Number || n.Kind == doc.String && n.Style == doc.Plain && arn.IsAccountID(raw) {
		return "", bad(n, fmt.Sprintf("write it in quotes: %q", raw), "%s %s is written as a number", what, raw)
	}
	s, err := text(n, what, false)
	if err != nil {
		return "", err
	}
	if !arn.IsAccountID(s) {
		return "", bad(n, `an account id is twelve digits in quotes: "111111111111"`, "%s %q has %d characters or is not all digits", what, s, len(s))
	}
	return s, nil
}

// stack reads one item of stacks.
func (l *loader) stack(n *doc.Node, dir string) error {
	if n.Kind != doc.Map {
		return bad(n, "write a map: {name: …, template: …, account: …, region: …}", "the stack is a %s", n.Kind)
	}
	if err := keys(n, "name", "template", "account", "region", "parameters", "parameterFiles", "physicalIds", "tags", "exists"); err != nil {
		return err
	}
	// What exists is proved as everything else is; who deploys leaves it alone.
	if v := n.Get("exists"); v != nil && v.Kind != doc.Bool {
		return bad(v, "exists: true says that the stack describes what is there already and is not deployed", "exists is a %s", v.Kind)
	}
	e := entry{at: n.Span, exists: n.Get("exists").Str() == "true"}
	var err error
	if v := n.Get("name"); v != nil {
		if e.name, err = text(v, "name", true); err != nil {
			return err
		}
		e.at = v.Span
		if !validName.MatchString(e.name) {
			return bad(v, "a stack name has letters, digits and hyphens, and begins with a letter", "%q is no stack name", e.name)
		}
	}
	if v := n.Get("account"); v != nil {
		if e.account, err = account(v, "account"); err != nil {
			return err
		}
	}
	if v := n.Get("region"); v != nil {
		if e.region, err = text(v, "region", false); err != nil {
			return err
		}
		if !regionName.MatchString(e.region) {
			return bad(v, "a region is written like ap-northeast-1", "%q is no region", e.region)
		}
	}
	if v := n.Get("parameters"); v != nil {
		if v.Kind != doc.Map {
			return bad(v, "write a map from names to values", "parameters is a %s", v.Kind)
		}
		for _, f := range v.Fields {
			p := cfn.Parameter{Name: f.Name(), Value: f.Value, At: f.Key.Span}
			switch {
			case f.Value.Kind == doc.Map:
				if p.Stack, p.Output, err = output(f); err != nil {
					return err
				}
			case !f.Value.IsScalar() && f.Value.Kind != doc.List:
				return bad(f.Value, "a parameter value is a string, or a list for a list parameter", "parameter %q is a %s", f.Name(), f.Value.Kind)
			}
			e.params = append(e.params, p)
		}
	}
	if v := n.Get("parameterFiles"); v != nil {
		for x := range v.Elems() {
			p, err := l.name(x, dir, "parameterFiles")
			if err != nil {
				return err
			}
			e.files = append(e.files, p)
		}
	}
	if e.ids, err = stringMap(n.Get("physicalIds"), "physicalIds"); err != nil {
		return err
	}
	if e.tags, err = stringMap(n.Get("tags"), "tags"); err != nil {
		return err
	}
	t := n.Get("template")
	if t == nil {
		return bad(n, "add template: the name of a template, or the folder of a cloud assembly", "the stack %q has no template", e.name)
	}
	file, err := l.name(t, dir, "template")
	if err != nil {
		return err
	}
	info, err := fs.Stat(l.root, file)
	if err != nil {
		return bad(t, "names are relative to the folder of the stacks file", "template %q: %v", t.Text, plainError(err))
	}
	if info.IsDir() && l.hasTerraform(file) {
		return l.whole(n, t, e, func() error { return l.terraform(file, e) })
	}
	if info.IsDir() {
		if !l.exists(path.Join(file, "manifest.json")) {
			return bad(t, "a folder must be one of Terraform, with .tf files, or a cloud assembly (cdk synth) with manifest.json", "template %q is a folder without manifest.json and without .tf files", t.Text)
		}
		if len(e.params)+len(e.files)+len(e.ids) > 0 {
			return bad(n, "give them in the app", "%q is an assembly of several stacks, so parameters, parameterFiles and physicalIds cannot stand here", t.Text)
		}
		return l.assembly(file, e, nil)
	}
	return l.whole(n, t, e, func() error {
		l.set.Stacks = append(l.set.Stacks, e.stack(file))
		return nil
	})
}

// whole adds a stack that has to have a name, an account and a region.
func (l *loader) whole(n, t *doc.Node, e entry, add func() error) error {
	for _, c := range []struct{ key, val, like string }{{"name", e.name, "tools"}, {"account", e.account, `"111111111111"`}, {"region", e.region, "ap-northeast-1"}} {
		if c.val == "" {
			return bad(n, "add "+c.key+": "+c.like, "the stack of %q has no %s", t.Text, c.key)
		}
	}
	return add()
}

// output reads a parameter that is an output of another stack.
func output(f doc.Field) (stack, name string, err error) {
	shape := "a parameter value is a string, a list for a list parameter, or an output of another stack: {stack: tools, output: " + f.Name() + "}"
	for _, k := range f.Value.Fields {
		if k.Name() != "stack" && k.Name() != "output" {
			return "", "", bad(k.Key, shape, "parameter %q is a map with the key %q", f.Name(), k.Name())
		}
	}
	if err := keys(f.Value, "stack", "output"); err != nil {
		return "", "", err
	}
	for _, part := range []struct {
		key string
		to  *string
	}{{"stack", &stack}, {"output", &name}} {
		v := f.Value.Get(part.key)
		if v == nil {
			return "", "", bad(f.Value, shape, "parameter %q has no %s", f.Name(), part.key)
		}
		if *part.to, err = text(v, part.key, false); err != nil {
			return "", "", err
		}
		if *part.to == "" {
			return "", "", bad(v, shape, "the %s of parameter %q is empty", part.key, f.Name())
		}
	}
	return stack, name, nil
}

func (e entry) stack(file string) cfn.Stack {
	return cfn.Stack{
		Name: e.name, Account: e.account, Region: e.region, Template: file, Parameters: e.params,
		ParameterFiles: e.files, PhysicalIDs: e.ids, Tags: e.tags, Exists: e.exists, At: e.at,
	}
}

// name reads the name of a file below the root.
func (l *loader) name(n *doc.Node, dir, what string) (string, error) {
	s, err := text(n, what, false)
	if err != nil {
		return "", err
	}
	p := path.Join(dir, s)
	if s == "" || path.IsAbs(s) || strings.Contains(s, "\\") || p == ".." || strings.HasPrefix(p, "../") {
		return "", bad(n, "write a name relative to the folder of the stacks file and below it, with slashes; to use templates of two folders, put the stacks file into the folder that holds both", "%s %q is outside the folder", what, s)
	}
	return p, nil
}

func stringMap(n *doc.Node, what string) (map[string]string, error) {
	if n == nil || n.Kind == doc.Null {
		return nil, nil
	}
	if n.Kind != doc.Map {
		return nil, bad(n, "write a map from names to strings", "%s is a %s", what, n.Kind)
	}
	m := map[string]string{}
	for _, f := range n.Fields {
		s, err := text(f.Value, what+" of "+f.Name(), what == "tags")
		if err != nil {
			return nil, err
		}
		m[f.Name()] = s
	}
	return m, nil
}

// organization reads the organization and the policies attached in it.
func (l *loader) organization(n *doc.Node, dir string) error {
	if n.Kind != doc.Map {
		return bad(n, `write a map: {id: o-…, management: "999999999999"}`, "organization is a %s", n.Kind)
	}
	if err := keys(n, "id", "management", "scps", "rcps", "parents"); err != nil {
		return err
	}
	o := &cloud.Organization{}
	var err error
	if v := n.Get("id"); v != nil {
		if o.ID, err = text(v, "id", false); err != nil {
			return err
		}
		if !strings.HasPrefix(o.ID, "o-") {
			return bad(v, "an organization id begins with o-", "%q is no organization id", o.ID)
		}
	}
	if v := n.Get("management"); v != nil {
		if o.Management, err = account(v, "management"); err != nil {
			return err
		}
	}
	if v := n.Get("parents"); v != nil {
		if o.Parent, err = stringMap(v, "parents"); err != nil {
			return err
		}
		for _, f := range v.Fields {
			if err := target(f.Key); err != nil {
				return err
			}
			if err := target(f.Value); err != nil {
				return err
			}
		}
	}
	if o.SCPs, err = l.policies(n.Get("scps"), dir, "scps"); err != nil {
		return err
	}
	if o.RCPs, err = l.policies(n.Get("rcps"), dir, "rcps"); err != nil {
		return err
	}
	l.set.Org = o
	return nil
}

// target checks what a policy is attached to.
func target(n *doc.Node) error {
	s := n.Text
	if s == "root" || strings.HasPrefix(s, "r-") || strings.HasPrefix(s, "ou-") {
		return nil
	}
	if arn.IsAccountID(s) {
		return nil
	}
	return bad(n, `a target is root, an id that begins with ou- or r-, or an account id in quotes`, "%q is no target", s)
}

// policies reads policies by target, each the name of a file.
func (l *loader) policies(n *doc.Node, dir, what string) (map[string][]cloud.Attachment, error) {
	if n == nil || n.Kind == doc.Null {
		return nil, nil
	}
	if n.Kind != doc.Map {
		return nil, bad(n, "write a map from targets to lists of policy files: {root: [scp.json]}", "%s is a %s", what, n.Kind)
	}
	out := map[string][]cloud.Attachment{}
	for _, f := range n.Fields {
		if err := target(f.Key); err != nil {
			return nil, err
		}
		for x := range f.Value.Elems() {
			name, err := l.name(x, dir, what)
			if err != nil {
				return nil, err
			}
			file, err := l.read(name)
			if err != nil {
				var h interface{ Hint() string }
				if errors.As(err, &h) {
					return nil, err
				}
				return nil, bad(x, "names are relative to the folder of the stacks file", "policy %q: %v", x.Text, errors.Unwrap(err))
			}
			tree, fs, err := load.Parse(file)
			if err != nil {
				return nil, err
			}
			l.set.Findings = append(l.set.Findings, fs...)
			out[f.Name()] = append(out[f.Name()], cloud.Attachment{Name: path.Base(name), Node: tree, Span: x.Span})
		}
	}
	return out, nil
}
