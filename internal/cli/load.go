package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc"
	"penstock/iac/cfn"
	"penstock/iam/facts"
	"penstock/prove"
	"penstock/service"
	"penstock/service/schema"
	"penstock/services/all"
	"penstock/source"
	"penstock/stacks"
)

// material is everything that a command was pointed at, read.
type material struct {
	input  cfn.Input
	result *cfn.Result
	found  []diag.Finding          // of the stacks files
	files  map[string]*source.File // by name below the root
	types  map[string]*service.Type
	// root is the folder that files are read below; original holds, for the
	// files that fixes changed, what was read.
	root     string
	shown    string // root as messages write it, "" for the working directory
	original map[string]*source.File
}

// load reads what the paths name. All files are read below one folder, which
// no stacks file and no template can leave: the working directory where all
// paths are in it, else the folder that holds them all.
func load(env *Env, f proveFlags, paths []string) (*material, error) {
	dir, names, err := common(env.Dir, paths)
	if err != nil {
		return nil, &failure{exitUnfinished, err}
	}
	params, err := parameters(f.parameters)
	if err != nil {
		return nil, err
	}
	m := &material{files: map[string]*source.File{}, types: types(all.Services())}
	root, err := os.OpenRoot(filepath.Join(env.Dir, dir))
	if filepath.IsAbs(dir) {
		root, err = os.OpenRoot(dir)
	}
	if err != nil {
		return nil, &failure{exitUnfinished, fmt.Errorf("opening %q: %w", dir, plain(err))}
	}
	defer root.Close()
	shown := filepath.ToSlash(dir)
	if shown == "." {
		shown = ""
	}
	m.root, m.shown = root.Name(), shown
	var read func(string) (*source.File, error)
	for i, name := range names {
		set, err := stacks.Load(root, name, stacks.Options{Dir: shown, Account: f.account, Region: f.region, Parameters: params})
		if err != nil {
			return nil, &failure{exitUnfinished, err}
		}
		if read == nil {
			read = set.Read
		}
		m.input.Stacks = append(m.input.Stacks, set.Stacks...)
		m.found = append(m.found, set.Findings...)
		m.input.Needs = append(m.input.Needs, set.Needs...)
		for _, f := range set.Beside {
			if !slices.ContainsFunc(m.input.Beside, func(g *source.File) bool { return g.Name == f.Name }) {
				m.input.Beside = append(m.input.Beside, f)
			}
		}
		switch {
		case set.Org == nil:
		case m.input.Org != nil:
			return nil, &failure{exitUsage, fmt.Errorf("%s describes an organization, and so does a path before it", paths[i])}
		default:
			m.input.Org = set.Org
		}
	}
	m.input.Read = m.remember(read)
	m.input.Types = func(name string) *service.Type {
		t, ok := m.types[name]
		if !ok {
			t = schema.Type(name)
			m.types[name] = t
		}
		return t
	}
	m.input.Attrs = attributes
	if m.result, err = cfn.Load(m.input); err != nil {
		return nil, &failure{exitUnfinished, err}
	}
	// What a buildspec or a fix needs is read later.
	m.input.Read = m.remember(func(name string) (*source.File, error) {
		root, err := os.OpenRoot(root.Name())
		if err != nil {
			return nil, plain(err)
		}
		defer root.Close()
		data, err := readFile(root, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path.Join(shown, name), plain(err))
		}
		return source.NewFile(path.Join(shown, name), data), nil
	})
	return m, nil
}

// maxFile bounds what is read of one file.
const maxFile = 16 << 20

func readFile(root *os.Root, name string) ([]byte, error) {
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("has more than %d MB", maxFile>>20)
	}
	return data, err
}

// remember returns read with each file kept: the places that findings point
// to must be in the very file that the fixes edit.
func (m *material) remember(read func(string) (*source.File, error)) func(string) (*source.File, error) {
	return func(name string) (*source.File, error) {
		name = path.Clean(name)
		if f := m.files[name]; f != nil {
			return f, nil
		}
		f, err := read(name)
		if err == nil {
			m.files[name] = f
		}
		return f, err
	}
}

// common returns the folder below which all paths are, as the user would
// write it, and their slash-separated names below it.
func common(cwd string, paths []string) (dir string, names []string, err error) {
	here, err := filepath.Abs(cwd)
	if err != nil {
		return "", nil, err
	}
	abs := make([]string, len(paths))
	inside, relative := true, true
	for i, p := range paths {
		abs[i] = filepath.Clean(p)
		if filepath.IsAbs(p) {
			relative = false
		} else {
			abs[i] = filepath.Join(here, p)
		}
		inside = inside && !filepath.IsAbs(p) && filepath.IsLocal(filepath.Clean(p))
		if _, err := os.Stat(abs[i]); err != nil {
			return "", nil, fmt.Errorf("reading %q: %w", p, plain(err))
		}
	}
	top := here
	if !inside {
		top = abs[0]
		if info, err := os.Stat(top); err == nil && !info.IsDir() {
			top = filepath.Dir(top)
		}
		for _, p := range abs {
			for !within(top, p) && top != filepath.Dir(top) {
				top = filepath.Dir(top)
			}
		}
	}
	for _, p := range abs {
		rel, err := filepath.Rel(top, p)
		if err != nil {
			return "", nil, err
		}
		names = append(names, filepath.ToSlash(rel))
	}
	if !relative {
		return top, names, nil
	}
	dir, err = filepath.Rel(here, top)
	return dir, names, err
}

// within reports whether p is dir or below it.
func within(dir, p string) bool {
	rel, err := filepath.Rel(dir, p)
	return err == nil && filepath.IsLocal(rel)
}

// plain takes the system call and the path off an error; what is around it
// names the path as the user did.
func plain(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// parameters makes template parameters of key=value flags.
func parameters(args []string) ([]cfn.Parameter, error) {
	values, err := pairs("--parameter", args)
	if err != nil {
		return nil, usage("%w", err)
	}
	var out []cfn.Parameter
	for _, name := range slices.Sorted(maps.Keys(values)) {
		out = append(out, cfn.Parameter{Name: name, Value: &doc.Node{Kind: doc.String, Text: values[name]}})
	}
	return out, nil
}

// types indexes the resource types of all rooms.
func types(services []*service.Service) map[string]*service.Type {
	out := map[string]*service.Type{}
	for _, s := range services {
		for i := range s.Types {
			out[s.Types[i].Name] = &s.Types[i]
		}
	}
	return out
}

// attributes returns what Fn::GetAtt of a type can give.
func attributes(typ string) ([]string, bool) {
	t, ok := facts.CFN(typ)
	if !ok {
		return nil, false
	}
	names := make([]string, len(t.Attributes))
	for i, a := range t.Attributes {
		names[i] = a.Name
	}
	return names, true
}

// options says to the prover how to read more, and how to mend.
func (m *material) options(opt *prove.Options) {
	opt.Read = func(s *cloud.Stack, name string) (*source.File, error) {
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			return nil, fmt.Errorf("%q is outside the folder of the template", name)
		}
		return m.input.Read(path.Join(path.Dir(s.Template), name))
	}
	opt.Mend = m.mend
	opt.Author = m.author
}

// finish adds to a report what reading found and what it did not understand.
func (m *material) finish(rep *prove.Report) {
	have := map[string]bool{}
	for _, f := range rep.Findings {
		have[f.Code+f.At.String()+f.Message] = true
	}
	for _, f := range m.found {
		if !have[f.Code+f.At.String()+f.Message] {
			rep.Findings = append(rep.Findings, f)
		}
	}
	rep.Coverage = prove.Coverage{Resources: m.result.Coverage.Resources, Understood: m.result.Coverage.Understood, Named: m.result.Coverage.Named}
	for _, g := range m.result.Coverage.Gaps {
		what := g.What
		if g.Count > 1 {
			what += fmt.Sprintf(", %d times", g.Count)
		}
		if !g.At.IsZero() {
			what += fmt.Sprintf(" (%s:%d)", g.At.File.Name, g.At.Position().Line)
		}
		rep.Coverage.Opaque = append(rep.Coverage.Opaque, what)
	}
}

// models returns the models, one a scenario.
func (m *material) models() []*cloud.Model { return m.result.Models }
