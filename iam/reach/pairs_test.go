package reach

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"penstock/iam"
	"penstock/iam/authz"
	"penstock/truth"
)

type pairCase struct {
	ID       string
	Old, New json.RawMessage
	Included any
}

func pairCases(t testing.TB) []pairCase {
	t.Helper()
	f, err := os.Open("testdata/pairs.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []pairCase
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		var c pairCase
		if err := json.Unmarshal(s.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

// kindOf guesses what a document is, as the command does.
func kindOf(t testing.TB, docs ...json.RawMessage) iam.Kind {
	k := iam.Identity
	for _, d := range docs {
		var p struct{ Statement []map[string]any }
		if err := json.Unmarshal(d, &p); err != nil {
			t.Fatal(err)
		}
		for _, s := range p.Statement {
			if s["Principal"] != nil || s["NotPrincipal"] != nil {
				if a, _ := s["Action"].(string); s["Resource"] == nil && s["NotResource"] == nil && !strings.HasPrefix(a, "ecr:") {
					return iam.Trust
				}
				k = iam.Resource
			}
		}
	}
	return k
}

func (c *pairCase) policies(t testing.TB) (older, newer []*iam.Policy) {
	k := kindOf(t, c.Old, c.New)
	return []*iam.Policy{policy(t, k, string(c.Old))}, []*iam.Policy{policy(t, k, string(c.New))}
}

// TestPairs answers pairs of policies whose answer is known.
func TestPairs(t *testing.T) {
	e := New(authz.New(authz.Options{}), Options{})
	var took []time.Duration
	for _, c := range pairCases(t) {
		o, n := c.policies(t)
		start := time.Now()
		in := e.Included(o, n)
		took = append(took, time.Since(start))
		want := map[any]truth.Value{true: truth.Yes, false: truth.No, "depends": truth.Maybe}[c.Included]
		if in.Verdict != want {
			t.Errorf("%s: %v, want %v; missing %q, witness %+v", c.ID, in.Verdict, want, in.Missing, in.Witness)
		}
	}
	slices.Sort(took)
	t.Logf("%d pairs: median %v, p99 %v, worst %v", len(took), took[len(took)/2], took[len(took)*99/100], took[len(took)-1])
}

func BenchmarkPairs(b *testing.B) {
	e := New(authz.New(authz.Options{}), Options{})
	cases := pairCases(b)
	var os, ns [][]*iam.Policy
	for i := range cases {
		o, n := cases[i].policies(b)
		os, ns = append(os, o), append(ns, n)
	}
	b.ReportAllocs()
	for b.Loop() {
		for i := range os {
			e.Included(os[i], ns[i])
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(os)), "µs/pair")
}
