package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"penstock/spec"
)

// TestCompiled holds what the specs of the examples compile to: every file, to
// the byte, and no other. The folder beside a spec says in which form: infra is
// CloudFormation, terraform is Terraform, parameters is the parameter form.
func TestCompiled(t *testing.T) {
	forms := map[string]string{"infra": "", "terraform": "--terraform", "parameters": "--parameters"}
	var specs []string
	root := "../../examples"
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == spec.FileName {
			specs = append(specs, filepath.Join(root, filepath.Dir(name)))
		}
		return err
	})
	if err != nil || len(specs) < 5 {
		t.Fatalf("%d specs: %v", len(specs), err)
	}
	for _, dir := range specs {
		for form, flag := range forms {
			want := filepath.Join(dir, form)
			if _, err := os.Stat(want); err != nil {
				continue
			}
			t.Run(strings.TrimPrefix(want, root+"/"), func(t *testing.T) {
				out := filepath.Join(t.TempDir(), "out")
				args := []string{"compile", "-o", out}
				if flag != "" {
					args = append(args, flag)
				}
				if code, text, errs := try(dir, args...); code != exitOK {
					t.Fatalf("exit %d\n%s%s", code, text, errs)
				}
				if *update {
					if err := os.RemoveAll(want); err != nil {
						t.Fatal(err)
					}
					if err := os.CopyFS(want, os.DirFS(out)); err != nil {
						t.Fatal(err)
					}
				}
				if d := cmp.Diff(files(t, want), files(t, out)); d != "" {
					t.Errorf("-checked in +compiled; go test ./internal/cli -run Compiled -update writes them\n%s", d)
				}
			})
		}
	}
}

// files are the files below a folder, by name.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		out[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
