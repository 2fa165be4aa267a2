package codebuild

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"penstock/match"
	"penstock/source"
)

var update = flag.Bool("update", false, "rewrite the want sections of the archives")

// TestJobs walks testdata/*.txtar: the properties of a project, files beside
// it, and in want the calls of a build, assumptions and findings.
func TestJobs(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			inputs := map[string]string{}
			want := -1
			for i, f := range ar.Files {
				inputs[f.Name] = string(f.Data)
				if f.Name == "want" {
					want = i
				}
			}
			s, _ := projectOf(t, inputs["project.yaml"])
			s.Read = func(name string) (*source.File, error) {
				if text, ok := inputs[name]; ok {
					return source.NewFile(name, []byte(text)), nil
				}
				return nil, os.ErrNotExist
			}
			var out []string
			role, _ := serviceRole(s)
			out = append(out, "role "+match.Render(role))
			out = append(out, rowsAt(s, jobRows())...)
			for _, a := range s.Model.Assumptions {
				out = append(out, "assumes "+a)
			}
			for _, f := range badBuildspec(s, nil) {
				out = append(out, f.Severity.String()+" "+f.At.String()+" "+f.Message)
			}
			got := strings.Join(out, "\n") + "\n"
			if *update {
				if want < 0 {
					ar.Files = append(ar.Files, txtar.File{Name: "want"})
					want = len(ar.Files) - 1
				}
				ar.Files[want].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if d := cmp.Diff(inputs["want"], got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}
