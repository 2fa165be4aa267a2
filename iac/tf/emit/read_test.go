package emit_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"penstock/blueprint"
	"penstock/cloud"
	"penstock/doc"
	"penstock/iac/cfn"
	cfnemit "penstock/iac/cfn/emit"
	"penstock/iac/tf"
	"penstock/iac/tf/emit"
	"penstock/match"
	"penstock/service"
	"penstock/services/all"
	"penstock/source"
)

var types = func() map[string]*service.Type {
	out := map[string]*service.Type{}
	for _, s := range all.Services() {
		for i := range s.Types {
			out[s.Types[i].Name] = &s.Types[i]
		}
	}
	return out
}()

func typeOf(name string) *service.Type { return types[name] }

// asCFN is the model of a set as CloudFormation.
func asCFN(t testing.TB, set *blueprint.Set) *cloud.Model {
	t.Helper()
	in := cfn.Input{Types: typeOf, Read: noFile}
	for _, st := range set.Stacks {
		in.Stacks = append(in.Stacks, cfnemit.Stack(st, cfnemit.Options{}))
	}
	return model(t, in)
}

func noFile(name string) (*source.File, error) { return nil, fmt.Errorf("no file %q", name) }

func model(t testing.TB, in cfn.Input) *cloud.Model {
	t.Helper()
	r, err := cfn.Load(in)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Models) != 1 {
		t.Fatalf("%d scenarios", len(r.Models))
	}
	return r.Models[0]
}

// asTF is the model of what is written as Terraform and read again.
func asTF(t testing.TB, modules []*emit.Module) *cloud.Model {
	t.Helper()
	in := cfn.Input{Types: typeOf, Read: noFile}
	stacks := emit.Set(modules)
	for i, m := range modules {
		var files []*source.File
		for _, f := range m.Files {
			files = append(files, source.NewFile(m.Join(f), f.Text))
		}
		mod, err := tf.Load(files, tf.Options{Account: m.Account, Region: m.Region, Name: m.Dir, Book: all.Terraform()})
		if err != nil {
			t.Fatalf("%v\n%s", err, show(modules))
		}
		for _, f := range mod.Findings() {
			t.Errorf("%s: %s: %s", f.At, f.Code, f.Message)
		}
		for _, tm := range mod.Templates() {
			st := cfn.Stack{Name: mod.StackName(tm.Region), Account: m.Account, Region: tm.Region, Template: m.Dir + "/main.tf", Root: tm.Root}
			for _, p := range stacks.Stacks[i].Parameters {
				q := cfn.Parameter{Name: p.Name, Stack: p.From, Output: p.Output}
				if p.From == "" {
					q.Value = &doc.Node{Kind: doc.String, Text: p.Value}
				}
				st.Parameters = append(st.Parameters, q)
			}
			in.Stacks = append(in.Stacks, st)
		}
	}
	return model(t, in)
}

func show(modules []*emit.Module) string {
	var b strings.Builder
	for _, m := range modules {
		for _, f := range m.Files {
			fmt.Fprintf(&b, "-- %s --\n%s", m.Join(f), f.Text)
		}
	}
	return b.String()
}

// dump writes a value so that two that mean the same are the same: scalars by
// their text, maps by their keys, unknown names without the stack that they
// are named after.
func dump(n *doc.Node, depth int) string {
	pad := strings.Repeat("  ", depth)
	if n == nil {
		return "-"
	}
	switch n.Kind {
	case doc.List:
		var b strings.Builder
		for _, it := range n.Items {
			b.WriteString("\n" + pad + "- " + dump(it, depth+1))
		}
		return b.String()
	case doc.Map:
		fs := slices.Clone(n.Fields)
		slices.SortStableFunc(fs, func(a, b doc.Field) int { return cmp.Compare(a.Name(), b.Name()) })
		var b strings.Builder
		for _, f := range fs {
			b.WriteString("\n" + pad + f.Name() + ": " + dump(f.Value, depth+1))
		}
		return b.String()
	case doc.Unknown:
		return "?" + n.Text
	}
	return fmt.Sprintf("%q", match.Render(n.Text))
}

// resources writes what a model says, resource by resource, by account, region
// and logical id, with unknown names as CloudFormation's stacks have them.
func resources(m *cloud.Model, id func(*cloud.Resource) string) map[string]string {
	out := map[string]string{}
	for _, r := range m.Resources {
		after := slices.Clone(r.After)
		slices.Sort(after)
		out[id(r)] = fmt.Sprintf("%s\nname %s\nref %s\narn %s\nopaque %v%s", r.Type, match.Render(r.Name), match.Render(r.Ref), match.Render(r.ARN), r.Opaque, dump(r.Props, 0))
	}
	return out
}
