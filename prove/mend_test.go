package prove_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"penstock/diag"
	"penstock/internal/provetest"
	"penstock/prove"
	"penstock/source"
)

// mended applies the fixes of an archive's world, proves again, and goes on
// until none is left, as `prove --fix` does.
func mended(t *testing.T, a *txtar.Archive) (*prove.Report, *txtar.Archive) {
	t.Helper()
	for range 20 {
		w := provetest.Archive(t, a)
		rep := prove.Prove(w.Models, w.Options())
		edits := map[*source.File][]diag.Edit{}
		var all []diag.Edit
		for _, f := range rep.Findings {
			if len(f.Fixes) == 0 {
				continue
			}
			fix := f.Fixes[0].Edits
			if slices.ContainsFunc(fix, func(e diag.Edit) bool { return slices.ContainsFunc(all, func(o diag.Edit) bool { return touch(e, o) }) }) {
				continue
			}
			for _, e := range fix {
				all = append(all, e)
				edits[e.Span.File] = append(edits[e.Span.File], e)
			}
		}
		if len(all) == 0 {
			return rep, a
		}
		next := &txtar.Archive{Comment: a.Comment}
		for _, f := range a.Files {
			for file, es := range edits {
				if file.Name != f.Name && !strings.HasSuffix(file.Name, "/"+f.Name) {
					continue
				}
				data, err := diag.Apply(file, es)
				if err != nil {
					t.Fatal(err)
				}
				f.Data = data
			}
			next.Files = append(next.Files, f)
		}
		a = next
	}
	t.Fatal("fixes without end")
	return nil, nil
}

func touch(a, b diag.Edit) bool {
	return a.Span.File == b.Span.File && a.Span.Start <= b.Span.End && b.Span.Start <= a.Span.End
}

// TestFixesOfReported applies every fix that is proposed for the broken worlds
// of testdata/reported. What is left then is of a kind for which no fix can be
// offered, and its code says why.
func TestFixesOfReported(t *testing.T) {
	names, err := filepath.Glob("testdata/reported/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			rep, _ := mended(t, lines(a, "#+", "#-"))
			for _, f := range rep.Findings {
				if f.Severity == diag.Error {
					fmt.Printf("LEFT %s %s %s %s: %s\n", strings.TrimSuffix(filepath.Base(name), ".txtar"), f.Code, f.Layer, f.Action, f.Message)
				}
			}
		})
	}
}
