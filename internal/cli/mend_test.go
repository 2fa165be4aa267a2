package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"penstock/diag"
	"penstock/source"
)

// TestFixesMend applies every fix that is proposed for a broken pipeline, all
// together, to the files: then nothing is left that could be mended, and every
// call is allowed that had been denied.
func TestFixesMend(t *testing.T) {
	for _, example := range []string{"seed-001"} {
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS("../../examples/"+example)); err != nil {
			t.Fatal(err)
		}
		code, out, errs := try(dir, "prove", ".", "--theorem", "runs", "--format", "json")
		if code != exitNo {
			t.Fatalf("prove %s exits with %d, want %d: it should be broken\n%s", example, code, exitNo, errs)
		}
		var rep struct {
			Findings []struct {
				Fix *struct {
					Patch string
					Edits []struct {
						File, New  string
						Start, End int
					}
				}
			}
		}
		if err := json.Unmarshal([]byte(out), &rep); err != nil {
			t.Fatal(err)
		}
		files := map[string]*source.File{}
		var edits []diag.Edit
		for _, f := range rep.Findings {
			if f.Fix == nil {
				continue
			}
			if !strings.HasPrefix(f.Fix.Patch, "--- a/") {
				t.Errorf("a patch begins with %.20q", f.Fix.Patch)
			}
			for _, e := range f.Fix.Edits {
				if files[e.File] == nil {
					data, err := os.ReadFile(filepath.Join(dir, e.File))
					if err != nil {
						t.Fatal(err)
					}
					files[e.File] = source.NewFile(e.File, data)
				}
				d := diag.Edit{Span: source.Span{File: files[e.File], Start: e.Start, End: e.End}, New: e.New}
				if !slices.Contains(edits, d) {
					edits = append(edits, d)
				}
			}
		}
		for name, f := range files {
			data, err := diag.Apply(f, edits)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		_, out, errs = try(dir, "prove", ".", "--theorem", "runs", "--format", "json")
		var after struct {
			Theorems []struct{ Denied int }
			Findings []struct {
				Message string
				Fix     *struct{ Message string }
			}
		}
		if err := json.Unmarshal([]byte(out), &after); err != nil {
			t.Fatalf("%v\n%s", err, errs)
		}
		if n := after.Theorems[0].Denied; n > 0 {
			t.Errorf("%s: %d calls are denied with every fix applied", example, n)
		}
		for _, f := range after.Findings {
			if f.Fix != nil {
				t.Errorf("%s: with every fix applied there is one left: %s (%s)", example, f.Fix.Message, f.Message)
			}
		}
	}
}

// TestColumns: COLUMNS wins, and what is no terminal is a hundred wide.
func TestColumns(t *testing.T) {
	env := func(v string) *Env { return &Env{Getenv: func(string) string { return v }} }
	for v, want := range map[string]int{"": 100, "72": 72, "wide": 100} {
		if got := columns(env(v), &strings.Builder{}); got != want {
			t.Errorf("columns with COLUMNS=%q = %d, want %d", v, got, want)
		}
	}
}

// TestCommon: what is read below which folder.
func TestCommon(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"here/a/t.yaml", "here/b/t.yaml", "there/t.yaml"} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	here := filepath.Join(dir, "here")
	for _, tt := range []struct {
		paths []string
		dir   string
		names []string
	}{
		{[]string{"."}, ".", []string{"."}},
		{[]string{"a"}, ".", []string{"a"}},
		{[]string{"a/t.yaml", "b"}, ".", []string{"a/t.yaml", "b"}},
		{[]string{"../there"}, "../there", []string{"."}},
		{[]string{"../there/t.yaml"}, "../there", []string{"t.yaml"}},
		{[]string{"a", "../there/t.yaml"}, "..", []string{"here/a", "there/t.yaml"}},
		{[]string{filepath.Join(here, "a")}, filepath.Join(here, "a"), []string{"."}},
	} {
		got, names, err := common(here, tt.paths)
		if err != nil {
			t.Errorf("common(%q): %v", tt.paths, err)
			continue
		}
		if got != tt.dir || !slices.Equal(names, tt.names) {
			t.Errorf("common(%q) = %q, %q, want %q, %q", tt.paths, got, names, tt.dir, tt.names)
		}
	}
	if _, _, err := common(here, []string{"gone"}); err == nil {
		t.Error("common found a path that is not there")
	}
}
