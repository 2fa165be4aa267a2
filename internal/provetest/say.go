package provetest

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"penstock/diag"
	"penstock/match"
	"penstock/prove"
	"penstock/source"
)

// Say writes a report as an archive expects it: what a person reads, without
// the drawing. Findings that are only for information are left out.
func Say(rep *prove.Report) string {
	var b strings.Builder
	for _, t := range rep.Theorems {
		fmt.Fprintf(&b, "%s: %s", t.Theorem, t.Outcome)
		if t.Why != "" {
			fmt.Fprintf(&b, " (%s)", t.Why)
		}
		b.WriteByte('\n')
		for _, a := range t.Assumes {
			fmt.Fprintf(&b, "  assumes: %s\n", match.Render(a))
		}
	}
	for _, f := range rep.Findings {
		if f.Severity == diag.Info {
			continue
		}
		pos := f.At.Position()
		fmt.Fprintf(&b, "\n%s %s %s, %s:%d\n  %s\n", f.Severity, f.Code, f.Certainty, path.Base(pos.Name), pos.Line, match.Render(f.Message))
		if f.When != "" {
			fmt.Fprintf(&b, "  when %s\n", f.When)
		}
		for _, s := range f.Trace {
			fmt.Fprintf(&b, "  > %s\n", match.Render(s))
		}
		for _, d := range f.Depends {
			fmt.Fprintf(&b, "  depends on %s\n", match.Render(d))
		}
		for _, n := range f.Related {
			at := n.At.Position()
			fmt.Fprintf(&b, "  %s:%d: %s\n", path.Base(at.Name), at.Line, match.Render(n.Message))
		}
		if f.Cut != nil {
			for _, l := range f.Cut.Lines(place) {
				fmt.Fprintf(&b, "  cut: %s\n", match.Render(l))
			}
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
	return strings.ReplaceAll(b.String(), "\x00", "")
}

func place(at source.Span) string {
	if at.IsZero() {
		return ""
	}
	pos := at.Position()
	return fmt.Sprintf("%s:%d", path.Base(pos.Name), pos.Line)
}

// Archives proves the world of every archive of a glob and compares what the
// report says with its section want/findings, which update rewrites.
func Archives(t *testing.T, glob string, update bool, options func(*World) prove.Options) {
	t.Helper()
	names, err := filepath.Glob(glob)
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			w := Archive(t, a)
			got := Say(prove.Prove(w.Models, options(w)))
			const section = "want/findings"
			for i := range a.Files {
				if a.Files[i].Name != section {
					continue
				}
				if d := cmp.Diff(string(a.Files[i].Data), got); d != "" && !update {
					t.Errorf("findings (-want +got):\n%s", d)
				}
				a.Files[i].Data = []byte(got)
				if update {
					if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				return
			}
			t.Errorf("%s has no section %s; run with -update", name, section)
		})
	}
}
