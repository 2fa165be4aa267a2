package prove_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"penstock/diag"
	"penstock/internal/provetest"
	"penstock/prove"
	"penstock/service"
	"penstock/services/all"
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
// of testdata/reported. The findings that are left are listed in
// testdata/unmended.txt, and the page of each such code says why there may be
// no fix.
func TestFixesOfReported(t *testing.T) {
	names, err := filepath.Glob("testdata/reported/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	var got strings.Builder
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		short := strings.TrimSuffix(filepath.Base(name), ".txtar")
		rep, _ := mended(t, lines(a, "#+", "#-"))
		var left []string
		for _, f := range rep.Findings {
			if f.Severity == diag.Error && !slices.Contains(left, f.Code) {
				left = append(left, f.Code)
			}
		}
		if slices.Sort(left); len(left) > 0 {
			fmt.Fprintln(&got, short, strings.Join(left, " "))
		}
		for _, code := range left {
			if !mayStay(code) {
				t.Errorf("%s: %s is left, and its page names no reason why there could be no fix", short, code)
			}
		}
	}
	const file = "testdata/unmended.txt"
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got.String()); d != "" {
		t.Errorf("what no fix mends (-want +got):\n%s", d)
	}
}

// mayStay reports whether the page of a code says when no fix is offered.
func mayStay(code string) bool {
	cs := prove.Codes()
	for _, s := range all.Services() {
		cs = append(cs, s.Codes...)
	}
	return slices.ContainsFunc(cs, func(c service.Code) bool { return c.Code == code && c.Open != "" })
}

// TestFixes mends the world of each archive of testdata/fixes. The comment
// names the code that is found at first, and a part of the message of each of
// its fixes; nothing is left that stops the pipeline.
func TestFixes(t *testing.T) {
	names, err := filepath.Glob("testdata/fixes/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			w := provetest.Archive(t, a)
			first := prove.Prove(w.Models, w.Options())
			for l := range strings.Lines(string(a.Comment)) {
				key, want, _ := strings.Cut(strings.TrimSpace(l), ": ")
				has := func(f diag.Finding) bool { return f.Code == want }
				if key == "fix" {
					has = func(f diag.Finding) bool { return len(f.Fixes) > 0 && strings.Contains(f.Fixes[0].Message, want) }
				}
				if (key == "code" || key == "fix") && !slices.ContainsFunc(first.Findings, has) {
					t.Errorf("no finding has the %s %q:\n%s", key, want, say(first))
				}
			}
			if rep, _ := mended(t, a); rep.Theorems[0].Outcome == prove.Fails {
				t.Errorf("mended, it fails:\n%s", say(rep))
			}
		})
	}
}
