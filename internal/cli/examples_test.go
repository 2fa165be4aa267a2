package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"penstock/stacks"
)

// examples are the folders below examples that hold a stacks file.
func examples(t *testing.T) []string {
	t.Helper()
	var dirs []string
	err := fs.WalkDir(os.DirFS("../../examples"), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == stacks.FileName {
			dirs = append(dirs, path.Dir(name))
		}
		return err
	})
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	return dirs
}

// TestExamples holds what each example shows still: its findings, what is left
// of them after --fix, and the assertions of its access.yaml.
func TestExamples(t *testing.T) {
	var goldens []string
	for _, name := range examples(t) {
		golden := filepath.Join("testdata", "examples", strings.ReplaceAll(name, "/", "-")+".golden")
		goldens = append(goldens, golden)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS("../../examples/"+name)); err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(filepath.Join(dir, "access.yaml")); err == nil {
				if code, out, errs := try(dir, "test", "access.yaml"); code != exitOK {
					t.Errorf("access.yaml does not hold:\n%s%s", out, errs)
				}
			}
			got := digest(t, dir)
			if !strings.HasPrefix(got, "holds") {
				try(dir, "prove", ".", "--theorem", "runs", "--fix")
				got += "\nafter --fix\n\n" + digest(t, dir)
			}
			if *update {
				if err := os.MkdirAll(filepath.Dir(golden), 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatalf("%v; write it with: go test ./internal/cli -run TestExamples -update", err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("%s (-want +got)\n%s", golden, d)
			}
		})
	}
	have, err := filepath.Glob("testdata/examples/*.golden")
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range have {
		if !slices.Contains(goldens, g) {
			t.Errorf("%s belongs to no example: remove it", g)
		}
	}
}

// digest is what the proof of "runs" says, without patches and notes: how it
// ends, and each finding with its place and its fix.
func digest(t *testing.T, dir string) string {
	t.Helper()
	_, out, errs := try(dir, "prove", ".", "--theorem", "runs", "--format", "json")
	var rep struct {
		Theorems []struct {
			Outcome                           string
			Calls, Allowed, Denied, Depending int
		}
		Findings []struct {
			Code, Severity, Certainty, Message, When string
			Place                                    struct {
				File string
				Line int
			}
			Fix *struct{ Message string }
		}
		Assumptions []string
		Coverage    struct{ Resources, Understood int }
	}
	if err := json.Unmarshal([]byte(out), &rep); err != nil || len(rep.Theorems) != 1 {
		t.Fatalf("prove: %v, %d theorems\n%s", err, len(rep.Theorems), errs)
	}
	var b bytes.Buffer
	th := rep.Theorems[0]
	fmt.Fprintf(&b, "%s: of %d calls %d allowed, %d denied, %d depend; %d of %d resources understood\n\n",
		th.Outcome, th.Calls, th.Allowed, th.Denied, th.Depending, rep.Coverage.Understood, rep.Coverage.Resources)
	for _, f := range rep.Findings {
		fmt.Fprintf(&b, "%s %s (%s) %s:%d\n  %s\n", f.Severity, f.Code, f.Certainty, f.Place.File, f.Place.Line, f.Message)
		if f.When != "" {
			fmt.Fprintf(&b, "  when %s\n", f.When)
		}
		if f.Fix != nil {
			fmt.Fprintf(&b, "  fix: %s\n", f.Fix.Message)
		}
	}
	for _, a := range rep.Assumptions {
		fmt.Fprintf(&b, "assuming %s\n", a)
	}
	return b.String()
}
