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

	"penstock/diag"
	"penstock/internal/provetest"
	"penstock/match"
	"penstock/prove"
)

var update = flag.Bool("update", false, "rewrite the want sections")

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
			w := provetest.Archive(t, a)
			rep := prove.Prove(w.Models, w.Options())
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
func checkFixes(t *testing.T, w *provetest.World, rep *prove.Report) {
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
func still(t *testing.T, w *provetest.World, f diag.Finding, edits []diag.Edit) bool {
	t.Helper()
	models, err := w.Options().Mend(edits)
	if err != nil {
		return true
	}
	opt := w.Options()
	opt.Mend, opt.Author = nil, nil
	for _, g := range prove.Prove(models, opt).Findings {
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
