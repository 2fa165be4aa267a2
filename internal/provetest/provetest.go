// Package provetest reads worlds, archives or folders of templates with a
// stacks file, as the program reads them, so that provers can be tested.
package provetest

import (
	"bytes"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc/splice"
	"penstock/iac/cfn"
	"penstock/prove"
	"penstock/service"
	"penstock/services/all"
	"penstock/source"
	"penstock/stacks"
)

// A World is what stands in one folder.
type World struct {
	Models []*cloud.Model

	set    *stacks.Set
	result *cfn.Result
	types  map[string]*service.Type
	files  map[string]*source.File
	// change is applied to each file when it is read, before any edit.
	change func(name string, data []byte) []byte
}

// Archive reads the world of an archive; files below want/ are not part of it.
func Archive(t testing.TB, a *txtar.Archive) *World {
	t.Helper()
	dir := t.TempDir()
	for _, f := range a.Files {
		if strings.HasPrefix(f.Name, "want/") {
			continue
		}
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return Dir(t, dir, nil)
}

// Dir reads the world of a folder. Change, if it is not nil, may change the
// bytes of each file as it is read; the name is slash-separated and relative
// to dir.
func Dir(t testing.TB, dir string, change func(name string, data []byte) []byte) *World {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	w := &World{types: map[string]*service.Type{}, files: map[string]*source.File{}, change: change}
	if w.set, err = stacks.Load(root, ".", stacks.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, s := range all.Services() {
		for i := range s.Types {
			w.types[s.Types[i].Name] = &s.Types[i]
		}
	}
	if w.result, err = w.load(nil); err != nil {
		t.Fatal(err)
	}
	w.Models = w.result.Models
	return w
}

// Again reads the world from the bytes of its files once more.
func (w *World) Again() ([]*cloud.Model, error) {
	clear(w.files)
	r, err := w.load(nil)
	if err != nil {
		return nil, err
	}
	return r.Models, nil
}

// load reads the templates, with edits applied.
func (w *World) load(edits []diag.Edit) (*cfn.Result, error) {
	in := w.set.Input()
	in.Types = func(name string) *service.Type { return w.types[name] }
	in.Read = func(name string) (*source.File, error) {
		f, err := w.file(name)
		if err != nil || len(edits) == 0 {
			return f, err
		}
		data, err := diag.Apply(f, edits)
		if err != nil {
			return nil, err
		}
		return source.NewFile(f.Name, data), nil
	}
	if len(edits) > 0 {
		in.Beside = slices.Clone(in.Beside)
		for i, f := range in.Beside {
			data, err := diag.Apply(f, edits)
			if err != nil {
				return nil, err
			}
			if !bytes.Equal(data, f.Data) {
				in.Beside[i] = source.NewFile(f.Name, data)
			}
		}
	}
	return cfn.Load(in)
}

func (w *World) file(name string) (*source.File, error) {
	if f := w.files[name]; f != nil {
		return f, nil
	}
	f, err := w.set.Read(name)
	if err != nil {
		return nil, err
	}
	if w.change != nil {
		f = source.NewFile(f.Name, w.change(name, f.Data))
	}
	w.files[name] = f
	return f, nil
}

// Options are those of the program, with every service and fixes.
func (w *World) Options() prove.Options {
	return prove.Options{
		Services: all.Services(),
		Read: func(s *cloud.Stack, name string) (*source.File, error) {
			return w.set.Read(path.Join(path.Dir(s.Template), name))
		},
		Mend: func(edits []diag.Edit) ([]*cloud.Model, error) {
			r, err := w.load(edits)
			if err != nil {
				return nil, err
			}
			return r.Models, nil
		},
		Author: w.author,
	}
}

func (w *World) author(in *cloud.Resource, value string) (splice.Value, bool) {
	e, ok := w.result.Expr(in.Stack, in.LogicalID, value)
	if !ok {
		return splice.Value{}, false
	}
	switch e.Kind {
	case cfn.Ref:
		return splice.Tagged("!Ref", e.Text), true
	case cfn.GetAtt:
		return splice.Tagged("!GetAtt", e.Text), true
	case cfn.Sub:
		return splice.Tagged("!Sub", e.Text), true
	default:
		return splice.String(e.Text), true
	}
}
