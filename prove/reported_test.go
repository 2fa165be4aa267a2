package prove_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"penstock/diag"
	"penstock/internal/provetest"
	"penstock/prove"
)

// TestReported proves two worlds of each archive of testdata/reported: the one
// in which somebody's pipeline failed, and the mended one. Lines that end in
// "#-" are in the first only, lines that end in "#+" in the second only. The
// comment names where the failure is reported or documented, and what is to be
// found: code, action, principal and layer, each "-" for any.
func TestReported(t *testing.T) {
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
			wants, source := reported(string(a.Comment))
			if len(wants) == 0 || source == "" {
				t.Fatal("the comment has no want or no source")
			}
			broken := proveWorld(t, a, "#+", "#-")
			for _, w := range wants {
				if !slices.ContainsFunc(broken.Findings, func(f diag.Finding) bool { return f.Severity == diag.Error && w.fits(&f) }) {
					t.Errorf("the broken world has no error %v, but\n%s", w, say(broken))
				}
			}
			if broken.Theorems[0].Outcome != prove.Fails {
				t.Errorf("the broken world %s", broken.Theorems[0].Outcome)
			}
			mended := proveWorld(t, a, "#-", "#+")
			for _, f := range mended.Findings {
				if f.Severity != diag.Info {
					t.Errorf("the mended world has %s %s: %s", f.Severity, f.Code, f.Message)
				}
			}
		})
	}
}

// A wanted finding: code, action, principal, layer.
type wanted [4]string

func (w wanted) fits(f *diag.Finding) bool {
	for i, have := range [...]string{f.Code, f.Action + " " + f.Message, f.Principal + " " + f.Message, f.Layer} {
		switch {
		case w[i] == "-":
		case i == 3 && have != w[i], i < 3 && !strings.Contains(strings.ToLower(have), strings.ToLower(w[i])):
			return false
		}
	}
	return true
}

func reported(comment string) (wants []wanted, source string) {
	for l := range strings.Lines(comment) {
		switch key, rest, _ := strings.Cut(strings.TrimSpace(l), ":"); key {
		case "want":
			w := wanted{"-", "-", "-", "-"}
			copy(w[:], strings.Fields(rest))
			wants = append(wants, w)
		case "source":
			source = strings.TrimSpace(rest)
		}
	}
	return wants, source
}

// proveWorld proves the world of an archive without the lines that end in
// drop, and with those that end in keep.
func proveWorld(t *testing.T, a *txtar.Archive, drop, keep string) *prove.Report {
	t.Helper()
	w := provetest.Archive(t, lines(a, drop, keep))
	opt := w.Options()
	opt.Mend = nil
	return prove.Prove(w.Models, opt)
}

// lines is an archive without the lines that end in drop, and with those that
// end in keep.
func lines(a *txtar.Archive, drop, keep string) *txtar.Archive {
	in := &txtar.Archive{}
	for _, f := range a.Files {
		var b strings.Builder
		for l := range strings.Lines(string(f.Data)) {
			switch text := strings.TrimRight(l, " \n"); {
			case strings.HasSuffix(text, drop):
			case strings.HasSuffix(text, keep):
				b.WriteString(strings.TrimRight(strings.TrimSuffix(text, keep), " ") + "\n")
			default:
				b.WriteString(l)
			}
		}
		in.Files = append(in.Files, txtar.File{Name: f.Name, Data: []byte(b.String())})
	}
	return in
}
