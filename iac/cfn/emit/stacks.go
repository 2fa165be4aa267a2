package emit

import (
	"maps"
	"slices"
	"strings"

	"penstock/blueprint"
	"penstock/cloud"
	"penstock/doc"
	"penstock/match"
)

// A StacksFile is what a stacks file says beside its stacks.
type StacksFile struct {
	Comment      string // lines that stand above everything
	Organization *Organization
	// Needs are what the user states that principals need. A part of a
	// resource that only a deployment fixes is written as a wildcard.
	Needs []cloud.Need
	// Template names what the stacks file says of a stack's template: a file,
	// or a folder; nil is FileName.
	Template func(*blueprint.Stack) string
}

// An Organization is that of the accounts, with files of policies by what they
// are attached to: "root", an account, a unit.
type Organization struct {
	ID, Management string
	Parents        map[string]string
	SCPs, RCPs     map[string][]string
}

// Stacks writes the stacks file of a set (package stacks reads it): which
// template goes where, in the order of the set, with the values of the
// parameters that are not inline. A parameter without a value, a default or an
// output that gives it is named in a comment.
func Stacks(set *blueprint.Set, f StacksFile, opt Options) []byte {
	b := newBuilder(&blueprint.Stack{}, Options{}, nil)
	b.notes = map[*doc.Node]string{}
	w := &writer{notes: b.notes}
	w.comment(f.Comment, 0)
	if n := b.organization(f.Organization); n != nil {
		w.field(doc.Field{Key: b.key("organization"), Value: n}, 0)
		w.line("")
	}
	if len(set.Stacks) == 0 {
		w.line("stacks: []")
	} else {
		w.line("stacks:")
	}
	for i, st := range set.Stacks {
		if i > 0 {
			w.line("")
		}
		template := FileName(st)
		if f.Template != nil {
			template = f.Template(st)
		}
		w.comment(st.Description, 2)
		w.pad(2)
		w.item(b.listed(st, template, opt), 2, false)
		w.comment(open(st, opt), 4)
	}
	if len(f.Needs) > 0 {
		var list blueprint.List
		for _, n := range f.Needs {
			list = append(list, need(n))
		}
		w.line("")
		k := b.key("needs")
		b.note(k, "What code calls that no template shows.")
		w.field(doc.Field{Key: k, Value: b.value(list)}, 0)
	}
	return w.buf
}

func (b *builder) organization(o *Organization) *doc.Node {
	if o == nil {
		return nil
	}
	m := b.node(doc.Map)
	b.some(m, "id", o.ID)
	b.some(m, "management", o.Management)
	if len(o.Parents) > 0 {
		p := b.node(doc.Map)
		for _, k := range slices.SortedFunc(maps.Keys(o.Parents), targets) {
			b.set(p, k, o.Parents[k])
		}
		m.Fields = append(m.Fields, doc.Field{Key: b.key("parents"), Value: p})
	}
	for _, layer := range []struct {
		key string
		of  map[string][]string
	}{{"scps", o.SCPs}, {"rcps", o.RCPs}} {
		if len(layer.of) == 0 {
			continue
		}
		p := b.node(doc.Map)
		for _, k := range slices.SortedFunc(maps.Keys(layer.of), targets) {
			b.set(p, k, blueprint.Strings(layer.of[k]...))
		}
		m.Fields = append(m.Fields, doc.Field{Key: b.key(layer.key), Value: p})
	}
	if len(m.Fields) == 0 {
		return nil
	}
	return m
}

// targets puts the root first.
func targets(x, y string) int {
	switch {
	case x == y:
		return 0
	case x == "root":
		return -1
	case y == "root":
		return 1
	}
	return strings.Compare(x, y)
}

// listed is a stack as the stacks file lists it.
func (b *builder) listed(st *blueprint.Stack, template string, opt Options) *doc.Node {
	m := b.node(doc.Map)
	b.set(m, "name", st.Name)
	b.set(m, "template", template)
	b.set(m, "account", st.Account)
	b.set(m, "region", st.Region)
	if st.Exists {
		b.set(m, "exists", true)
	}
	ps := b.node(doc.Map)
	for _, p := range given(st, opt) {
		k, v := b.key(p.Name), b.text(p.Value)
		if p.From != "" {
			v = b.value(blueprint.KV("stack", p.From, "output", p.Output))
			v.Style = doc.Flow
		}
		ps.Fields = append(ps.Fields, doc.Field{Key: k, Value: v})
	}
	if len(ps.Fields) > 0 {
		m.Fields = append(m.Fields, doc.Field{Key: b.key("parameters"), Value: ps})
	}
	return m
}

// open says which parameters of a stack have no value.
func open(st *blueprint.Stack, opt Options) string {
	var names []string
	for _, p := range Parameters(st, opt) {
		if p.From == "" && p.Value == "" && p.Default == "" {
			names = append(names, p.Name)
		}
	}
	if names == nil {
		return ""
	}
	return "No value is known here of " + strings.Join(names, ", ") + ": give it under parameters."
}

func need(n cloud.Need) blueprint.Map {
	m := blueprint.KV("principal", match.Widest(n.Principal))
	list := func(key string, texts []string) {
		if len(texts) > 0 {
			all := make([]string, len(texts))
			for i, t := range texts {
				all[i] = match.Widest(t)
			}
			m.Set(key, blueprint.Strings(all...))
		}
	}
	list("actions", n.Actions)
	list("resources", n.Resources)
	if n.Why != "" {
		m.Set("why", n.Why)
	}
	return m
}
