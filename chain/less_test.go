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
	"penstock/iam"
	"penstock/services/all"
	"penstock/source"
)

// TestLess takes away each Allow of each archive and wants what is left of
// everybody's gains to be what a graph of the changed model finds: no less,
// which would make a cut of what is none, and no more but for powers that are
// there only for what a policy says, which nobody asks again.
func TestLess(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txtar")
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m := models(t, ar)[0]
		g := chain.New(m, all.Services(), engine())
		var spans []source.Span
		m.Less(func(_ string, p *iam.Policy) *iam.Policy {
			for _, st := range p.Statements {
				if st.Effect == iam.Allow && st.Span.File != nil && !slices.Contains(spans, st.Span) {
					spans = append(spans, st.Span)
				}
			}
			return p
		})
		for _, sp := range spans {
			v := m.Less(func(_ string, p *iam.Policy) *iam.Policy {
				q := *p
				q.Statements = slices.DeleteFunc(slices.Clone(p.Statements), func(st iam.Statement) bool { return st.Span == sp })
				if len(q.Statements) == len(p.Statements) {
					return p
				}
				return &q
			})
			less, fresh := g.Less(v), chain.New(v, all.Services(), engine())
			for p := range v.Principals() {
				got, want := names(less.Gains(p.ARN)), names(fresh.Gains(p.ARN))
				got = slices.DeleteFunc(got, func(s string) bool { return bySaying(s) && !slices.Contains(want, s) })
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("%s without %s: %s (-fresh +less)\n%s", filepath.Base(file), sp, p.Name, d)
				}
				who, others := reached(less, p.ARN), reached(fresh, p.ARN)
				if d := cmp.Diff(others, who); d != "" {
					t.Errorf("%s without %s: %s becomes (-fresh +less)\n%s", filepath.Base(file), sp, p.Name, d)
				}
			}
		}
	}
}

// bySaying reports whether a gain is there only for what a policy says: a boundary that a condition names.
func bySaying(s string) bool { return strings.Contains(s, "under boundary") }

func reached(g *chain.Graph, from string) []string {
	var out []string
	for _, n := range g.From(from).Nodes {
		out = append(out, fmt.Sprint(n.Verdict, " ", n.Actor.Name()))
	}
	slices.Sort(out)
	return out
}
