package emit_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/rogpeppe/go-internal/txtar"

	"penstock/blueprint"
	"penstock/cloud"
	"penstock/compile"
	"penstock/iac/tf"
	"penstock/iac/tf/emit"
	"penstock/iam/facts"
	"penstock/service"
	"penstock/service/schema"
	"penstock/services/all"
	"penstock/source"
	"penstock/spec"
)

// provider reads the arguments of the provider's resources, with what they
// are: "!" required, "{}" a block, "{}*" blocks.
func provider(t testing.TB) map[string]map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../../services/all/testdata/provider.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]string{}
	for line := range strings.Lines(string(text)) {
		w := strings.Fields(line)
		if len(w) == 0 || w[0] == "#" {
			continue
		}
		args := map[string]string{}
		for _, a := range w[1:] {
			name := strings.TrimRight(a, "!{}*")
			args[name] = a[len(name):]
		}
		out[w[0]] = args
	}
	return out
}

// valid is what `terraform validate` would say as far as arguments go: each is
// one of the provider's, those that it requires are there, and a block stands
// once where it may.
func valid(t testing.TB, modules []*emit.Module) {
	t.Helper()
	schema := provider(t)
	for _, m := range modules {
		refs := map[string][]string{}
		for _, f := range m.Files {
			file, diags := hclsyntax.ParseConfig(f.Text, m.Join(f), hcl.InitialPos)
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			for _, b := range file.Body.(*hclsyntax.Body).Blocks {
				if b.Type != "resource" {
					continue
				}
				args := schema[b.Labels[0]]
				if args == nil {
					t.Errorf("%s: no resource %s", b.DefRange(), b.Labels[0])
					continue
				}
				addr := b.Labels[0] + "." + b.Labels[1]
				refs[addr] = refersTo(b.Body)
				validBody(t, args, "", b.Body, []string{"provider", "depends_on", "lifecycle"}, addr)
			}
		}
		if c := circle(refs); c != nil {
			t.Errorf("%s: resources refer to each other in a circle: %s", m.Dir, strings.Join(c, " → "))
		}
	}
}

func validBody(t testing.TB, args map[string]string, prefix string, b *hclsyntax.Body, meta []string, where string) {
	t.Helper()
	has := map[string]int{}
	for name := range b.Attributes {
		if kind, ok := args[prefix+name]; slices.Contains(meta, name) {
		} else if !ok || strings.Contains(kind, "{}") {
			t.Errorf("%s: no argument %s", where, prefix+name)
		}
		has[name]++
	}
	for _, n := range b.Blocks {
		kind, ok := args[prefix+n.Type]
		switch has[n.Type]++; {
		case slices.Contains(meta, n.Type):
			continue
		case !ok || !strings.Contains(kind, "{}"):
			t.Errorf("%s: no block %s", where, prefix+n.Type)
			continue
		case has[n.Type] > 1 && !strings.Contains(kind, "*"):
			t.Errorf("%s: block %s stands twice", where, prefix+n.Type)
		}
		validBody(t, args, prefix+n.Type+".", n.Body, nil, where)
	}
	for name, kind := range args {
		rest, ok := strings.CutPrefix(name, prefix)
		if ok && !strings.Contains(rest, ".") && strings.HasPrefix(kind, "!") && has[rest] == 0 {
			t.Errorf("%s: %s is required", where, name)
		}
	}
}

func refersTo(b *hclsyntax.Body) []string {
	var out []string
	for _, a := range b.Attributes {
		for _, v := range a.Expr.Variables() {
			if len(v) > 1 && strings.HasPrefix(v.RootName(), "aws_") {
				out = append(out, v.RootName()+"."+v[1].(hcl.TraverseAttr).Name)
			}
		}
	}
	for _, n := range b.Blocks {
		out = append(out, refersTo(n.Body)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// circle returns resources that refer to each other in a circle, nil where
// there are none; Terraform refuses them.
func circle(refs map[string][]string) []string {
	state := map[string]int{}
	var path []string
	var visit func(string) []string
	visit = func(a string) []string {
		if state[a] == 2 {
			return nil
		}
		path = append(path, a)
		if state[a] == 1 {
			return path[slices.Index(path, a):]
		}
		state[a] = 1
		for _, r := range refs[a] {
			if c := visit(r); c != nil {
				return c
			}
		}
		state[a] = 2
		path = path[:len(path)-1]
		return nil
	}
	for a := range refs {
		path = nil
		if c := visit(a); c != nil {
			return c
		}
	}
	return nil
}

func TestValid(t *testing.T) {
	modules, err := emit.Emit(example(), emit.Options{Book: all.Terraform()})
	if err != nil {
		t.Fatal(err)
	}
	valid(t, modules)
}

// What the compiler makes is valid, formatted, and the same when it is read
// again.
func TestCompiled(t *testing.T) {
	specs, err := txtar.ParseFile("../../../spec/testdata/full.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range specs.Files {
		t.Run(f.Name, func(t *testing.T) {
			s, found := spec.Read(source.NewFile(f.Name, f.Data))
			if s == nil {
				t.Fatal(found)
			}
			opt := compile.Options{
				Services: all.Services(),
				Types: func(name string) *service.Type {
					if t := typeOf(name); t != nil {
						return t
					}
					return schema.Type(name)
				},
				Read: func(name string) (*source.File, error) {
					if strings.HasSuffix(name, ".json") {
						return source.NewFile(name, []byte(`{"Version": "2012-10-17", "Statement": []}`)), nil
					}
					return source.NewFile(name, []byte("version: 0.2\nphases: {build: {commands: [make]}}\n")), nil
				},
				Attrs: func(typ string) ([]string, bool) {
					known, ok := facts.CFN(typ)
					var names []string
					for _, a := range known.Attributes {
						names = append(names, a.Name)
					}
					return names, ok
				},
			}
			r, err := compile.Compile(s, opt)
			if err != nil {
				t.Fatal(err)
			}
			modules, err := emit.Emit(r.Set, emit.Options{Book: all.Terraform()})
			if err != nil {
				t.Fatal(err)
			}
			formatted(t, modules)
			valid(t, modules)
			sameModel(t, r.Set, modules)
		})
	}
}

// sameModel compares the model of a set as CloudFormation with that of its
// modules, resource by resource, under the names that the modules give.
func sameModel(t testing.TB, set *blueprint.Set, modules []*emit.Module) {
	t.Helper()
	rename := map[string]string{}
	var longest []string
	add := func(from, to string) {
		if rename[from] == "" {
			rename[from], longest = to, append(longest, from)
		}
	}
	deployed := &blueprint.Set{}
	for _, st := range set.Stacks {
		if st.Exists {
			continue
		}
		deployed.Stacks = append(deployed.Stacks, st)
		for _, m := range modules {
			stack := m.Dir
			if st.Region != m.Region {
				stack += "-" + st.Region
			}
			for id, now := range m.IDs[st.Name] {
				for _, end := range []string{".", "›"} {
					add("‹"+st.Name+"."+id+end, "‹"+stack+"."+now+end)
				}
			}
			if m.IDs[st.Name] == nil {
				continue
			}
			for _, p := range st.Parameters {
				for _, v := range m.Values {
					if v.Stack == p.From && v.Output == p.Output && p.From != "" {
						add("‹"+st.Name+"."+p.Name+"›", "‹"+m.Dir+"."+v.Variable+"›")
					}
				}
				low := strings.ToLower(strings.TrimPrefix(tf.Label(p.Name), "_"))
				add("‹"+st.Name+"."+p.Name+"›", "‹"+stack+"."+low+"›")
			}
		}
	}
	slices.SortFunc(longest, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, from := range longest {
		pairs = append(pairs, from, rename[from])
	}
	renamed := strings.NewReplacer(pairs...)
	want := map[string]string{}
	for id, text := range resources(asCFN(t, deployed), func(r *cloud.Resource) string {
		for _, m := range modules {
			if now, ok := m.IDs[r.Stack.Name][r.LogicalID]; ok {
				return r.Account + " " + r.Region + " " + now
			}
		}
		return r.ID()
	}) {
		want[id] = renamed.Replace(text)
	}
	got := resources(asTF(t, modules), func(r *cloud.Resource) string { return r.Account + " " + r.Region + " " + r.LogicalID })
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-CloudFormation +Terraform\n%s", d)
	}
}
