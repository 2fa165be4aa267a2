package chain_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"penstock/chain"
	"penstock/iam/reach"
	"penstock/services/all"
)

// TestFilter asks every place of every principal of all archives, and wants the
// very gains that the quick look at policies leaves: it may only leave out what
// is impossible. A bucket that no stack declares, and whose owner nobody knows,
// is the exception: its policy is not taken to grant what the caller's own
// policies do not.
func TestFilter(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txtar")
	more, _ := filepath.Glob("../services/all/testdata/*.txtar")
	for _, file := range append(files, more...) {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m := models(t, ar)[0]
		g := chain.New(m, all.Services(), engine())
		for p := range m.Principals() {
			quick, slow := names(g.Gains(p.ARN)), names(g.Unfiltered(p.ARN))
			if d := cmp.Diff(slow, quick); d != "" {
				t.Errorf("%s: %s: -all +left\n%s", filepath.Base(file), p.Name, d)
			}
		}
	}
}

func names(steps []chain.Step) []string {
	var out []string
	for i := range steps {
		s := &steps[i]
		if s.Verdict == reach.Depends && slices.ContainsFunc(s.Missing, func(m string) bool { return strings.Contains(m, "the account that owns") }) {
			continue
		}
		var calls []string
		for _, c := range s.Gain.Calls {
			calls = append(calls, c.Actions[0]+" "+strings.Join(c.Resources, " "))
		}
		out = append(out, fmt.Sprint(s.Verdict, " ", s.Power.ID, " ", s.Gain.What, " ", calls))
	}
	slices.Sort(out)
	return out
}
