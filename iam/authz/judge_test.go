package authz

import (
	"testing"

	"penstock/truth"
)

// TestJudge holds Judge to Explain on every vector.
func TestJudge(t *testing.T) {
	e := New(Options{Actions: factsOfTest{}})
	for _, v := range vectors(t) {
		d := e.Explain(v.req, v.policies)
		var ms []Match
		j := e.Judge(v.req, v.policies, &ms)
		if j.Verdict != d.Verdict || j.Explicit != d.Explicit || j.Layer != d.Layer && d.Verdict != Depends {
			t.Errorf("%s: Judge says %v explicit=%v %s, Explain %v explicit=%v %s", v.name, j.Verdict, j.Explicit, j.Layer, d.Verdict, d.Explicit, d.Layer)
		}
		want := map[string]int{}
		for _, l := range d.Layers {
			for _, h := range l.Hits {
				if h.Match != truth.No && l.Applies {
					want[l.Layer]++
				}
			}
		}
		got := map[string]int{}
		for _, m := range ms {
			got[m.Layer]++
		}
		for l := range want {
			if got[l] != want[l] {
				t.Errorf("%s: layer %s has %d matches in Judge, %d in Explain", v.name, l, got[l], want[l])
			}
		}
	}
}

func BenchmarkJudge(b *testing.B) {
	req, p := crossAccount(b)
	e := New(Options{})
	var ms []Match
	b.ReportAllocs()
	for b.Loop() {
		ms = ms[:0]
		e.Judge(req, p, &ms)
	}
}
