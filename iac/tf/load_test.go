package tf_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"penstock/doc"
	"penstock/iac/tf"
	"penstock/services/all"
	"penstock/source"
)

var update = flag.Bool("update", false, "write the want sections of testdata")

func load(files []txtar.File) (*tf.Module, error) {
	var in []*source.File
	for _, f := range files {
		if tf.Reads(f.Name) {
			in = append(in, source.NewFile(f.Name, f.Data))
		}
	}
	return tf.Load(in, tf.Options{Account: "111111111111", Region: "eu-west-1", Name: "stack", Book: all.Terraform()})
}

// tree writes a tree with its tags, one value a line.
func tree(b *strings.Builder, n *doc.Node, pad string) {
	tag := n.Tag
	if tag != "" {
		tag += " "
	}
	switch n.Kind {
	case doc.Map:
		b.WriteString(strings.TrimRight(" "+tag, " ") + "\n")
		for _, f := range n.Fields {
			b.WriteString(pad + f.Name() + ":")
			tree(b, f.Value, pad+"  ")
		}
	case doc.List:
		b.WriteString(strings.TrimRight(" "+tag, " ") + "\n")
		for _, it := range n.Items {
			b.WriteString(pad + "-")
			tree(b, it, pad+"  ")
		}
	case doc.String:
		fmt.Fprintf(b, " %s%q\n", tag, n.Text)
	case doc.Unknown:
		fmt.Fprintf(b, " unknown: %s\n", n.Text)
	default:
		fmt.Fprintf(b, " %s\n", n.Text)
	}
}

func TestLoad(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal(err, len(names))
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			m, err := load(a.Files)
			if err != nil {
				fmt.Fprintf(&got, "error: %v\n", err)
			} else {
				for _, tm := range m.Templates() {
					fmt.Fprintf(&got, "# %s %s %v\n", m.StackName(tm.Region), tm.Region, tm.Tags)
					for _, f := range tm.Root.Fields {
						got.WriteString(f.Name() + ":")
						tree(&got, f.Value, "  ")
					}
					inside(t, tm.Root)
				}
				for _, f := range m.Findings() {
					fmt.Fprintf(&got, "%s %s: %s\n", f.At.Position(), f.Code, f.Message)
				}
			}
			want := ""
			kept := a.Files[:0]
			for _, f := range a.Files {
				if f.Name == "want" {
					want = string(f.Data)
					continue
				}
				kept = append(kept, f)
			}
			if *update {
				a.Files = append(kept, txtar.File{Name: "want", Data: []byte(got.String())})
				if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if d := cmp.Diff(want, got.String()); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// inside checks that every span lies in its file.
func inside(t testing.TB, n *doc.Node) {
	t.Helper()
	if s := n.Span; s.File != nil && (s.Start < 0 || s.End < s.Start || s.End > len(s.File.Data)) {
		t.Errorf("%s %q: span [%d,%d) of %d bytes", n.Kind, n.Text, s.Start, s.End, len(s.File.Data))
	}
	if strings.ContainsRune(n.Text, 0) {
		t.Errorf("%q holds what only an evaluator may make", n.Text)
	}
	for _, it := range n.Items {
		inside(t, it)
	}
	for _, f := range n.Fields {
		inside(t, f.Key)
		inside(t, f.Value)
	}
}

func FuzzLoad(f *testing.F) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			if strings.HasSuffix(file.Name, ".tf") {
				f.Add(string(file.Data))
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := load([]txtar.File{{Name: "main.tf", Data: []byte(text)}})
		if err != nil {
			return
		}
		for _, tm := range m.Templates() {
			inside(t, tm.Root)
		}
	})
}
