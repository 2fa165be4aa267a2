package prove_test

import (
	"flag"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"penstock/cloud"
	"penstock/diag"
	"penstock/doc/splice"
	"penstock/iac/cfn"
	"penstock/match"
	"penstock/prove"
	"penstock/service"
	"penstock/services/all"
	"penstock/source"
	"penstock/stacks"
)

var update = flag.Bool("update", false, "rewrite the want sections")

// world is the files of an archive, read as the program reads a folder.
type world struct {
	set    *stacks.Set
	result *cfn.Result
	types  map[string]*service.Type
	files  map[string]*source.File
}

func newWorld(t testing.TB, a *txtar.Archive) *world {
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
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	w := &world{types: map[string]*service.Type{}, files: map[string]*source.File{}}
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
	return w
}

// load reads the templates, with edits applied.
func (w *world) load(edits []diag.Edit) (*cfn.Result, error) {
	in := w.set.Input()
	in.Types = func(name string) *service.Type { return w.types[name] }
	in.Read = func(name string) (*source.File, error) {
		f := w.files[name]
		if f == nil {
			var err error
			if f, err = w.set.Read(name); err != nil {
				return nil, err
			}
			w.files[name] = f
		}
		data, err := diag.Apply(f, edits)
		if err != nil || len(edits) == 0 {
			return f, err
		}
		return source.NewFile(f.Name, data), nil
	}
	return cfn.Load(in)
}

func (w *world) options() prove.Options {
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
		Author: func(in *cloud.Resource, value string) (splice.Value, bool) {
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
		},
	}
}

// TestArchives proves the world of each archive and compares what it says.
func TestArchives(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			w := newWorld(t, a)
			rep := prove.Prove(w.result.Models, w.options())
			got := say(rep)
			want := section(a, "want/findings")
			if *update {
				set(a, "want/findings", got)
				if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("findings (-want +got):\n%s", d)
			}
			checkFixes(t, w, rep)
		})
	}
}

// checkFixes holds every fix to its promise: with it the finding is gone,
// and with any edit of it left out the finding is there again.
func checkFixes(t *testing.T, w *world, rep *prove.Report) {
	t.Helper()
	for _, f := range rep.Findings {
		for _, x := range f.Fixes {
			if still(t, w, f, x.Edits) {
				t.Errorf("%s: the fix %q does not mend it", f.Code, x.Message)
			}
			for i := range x.Edits {
				rest := append(append([]diag.Edit(nil), x.Edits[:i]...), x.Edits[i+1:]...)
				if !still(t, w, f, rest) {
					t.Errorf("%s: edit %d of the fix %q is not needed", f.Code, i, x.Message)
				}
			}
		}
	}
}

// still reports whether the calls of a finding are still not allowed. An edit
// that leaves no readable template behind mends nothing.
func still(t *testing.T, w *world, f diag.Finding, edits []diag.Edit) bool {
	t.Helper()
	r, err := w.load(edits)
	if err != nil {
		return true
	}
	opt := w.options()
	opt.Mend, opt.Author = nil, nil
	for _, g := range prove.Prove(r.Models, opt).Findings {
		if g.Principal == f.Principal && g.Resource == f.Resource && g.Severity >= min(f.Severity, diag.Warning) && sharesAction(f.Action, g.Action) {
			return true
		}
	}
	return false
}

func sharesAction(a, b string) bool {
	for x := range strings.SplitSeq(a, ", ") {
		for y := range strings.SplitSeq(b, ", ") {
			if x == y {
				return true
			}
		}
	}
	return false
}

// say writes a report as its archive expects it: what a person reads, without
// the drawing.
func say(rep *prove.Report) string {
	var b strings.Builder
	for _, t := range rep.Theorems {
		fmt.Fprintf(&b, "%s: %s", t.Theorem, t.Outcome)
		if t.Why != "" {
			fmt.Fprintf(&b, " (%s)", t.Why)
		}
		b.WriteByte('\n')
	}
	for _, f := range rep.Findings {
		if f.Severity == diag.Info {
			continue
		}
		pos := f.At.Position()
		fmt.Fprintf(&b, "\n%s %s %s, %s:%d\n  %s\n", f.Severity, f.Code, f.Certainty, path.Base(pos.Name), pos.Line, f.Message)
		if f.When != "" {
			fmt.Fprintf(&b, "  when %s\n", f.When)
		}
		if f.AWSError != "" {
			fmt.Fprintf(&b, "  AWS: %s\n", match.Render(f.AWSError))
		}
		for _, d := range f.Depends {
			fmt.Fprintf(&b, "  depends on %s\n", match.Render(d))
		}
		for _, x := range f.Fixes {
			fmt.Fprintf(&b, "  fix: %s\n", x.Message)
			for _, e := range x.Edits {
				at := e.Span.Position()
				text := strings.TrimSpace(e.New)
				if e.New == "" {
					text = "- " + strings.TrimSpace(e.Span.Text())
				}
				fmt.Fprintf(&b, "    %s:%d | %s\n", path.Base(at.Name), at.Line, strings.ReplaceAll(text, "\n", "\n    | "))
			}
		}
	}
	for _, a := range rep.Assumptions {
		fmt.Fprintf(&b, "\nassumed: %s\n", a)
	}
	return strings.ReplaceAll(b.String(), "\x00", "")
}

func section(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func set(a *txtar.Archive, name, text string) {
	for i := range a.Files {
		if a.Files[i].Name == name {
			a.Files[i].Data = []byte(text)
			return
		}
	}
	a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(text)})
}
