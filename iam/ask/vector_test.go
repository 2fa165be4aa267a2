package ask_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"penstock/iam/ask"
)

// TestVectors asks the questions in testdata: an archive a rule, with what it
// teaches, where that is confirmed, the questions, and for each the wanted
// verdict:
//
//	ID VERDICT [explicit] [LAYER]
func TestVectors(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no vectors", err)
	}
	asker := ask.New(ask.Options{Authz: known})
	n := 0
	for _, f := range files {
		a, err := txtar.ParseFile(f)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(f), ".txtar")
		if !strings.Contains(string(a.Comment), "\nconfirmed: ") || len(a.Files) != 2 {
			t.Fatalf("%s: no confirmed: line, or not two sections", f)
		}
		want := map[string]string{}
		for line := range strings.Lines(string(a.Files[1].Data)) {
			id, w, _ := strings.Cut(strings.TrimSpace(line), " ")
			want[id] = w
		}
		seen := 0
		for line := range strings.Lines(string(a.Files[0].Data)) {
			out, _ := asker.Answer(nil, strings.TrimSuffix(line, "\n"))
			var got answer
			if err := json.Unmarshal(out, &got); err != nil {
				t.Fatal(err)
			}
			id, _ := got.ID.(string)
			w, ok := want[id]
			if !ok {
				t.Errorf("%s: no want for %q", name, id)
				continue
			}
			seen++
			s := got.Verdict
			if got.Explicit {
				s += " explicit"
			}
			if got.Verdict != "depends" {
				s += " " + got.Layer
			}
			if s != w || got.Error != "" {
				t.Errorf("%s/%s: got %q%s, want %q\n%s", name, id, s, got.Error, w, out)
			}
		}
		if seen != len(want) {
			t.Errorf("%s: %d questions for %d wants", name, seen, len(want))
		}
		n += seen
	}
	t.Logf("%d questions in %d archives", n, len(files))
}
