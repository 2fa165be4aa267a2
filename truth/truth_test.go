package truth_test

import (
	"testing"

	"penstock/truth"
)

// TestTables is Kleene's strong logic, written out.
func TestTables(t *testing.T) {
	const n, m, y = truth.No, truth.Maybe, truth.Yes
	and := [3][3]truth.Value{{n, n, n}, {n, m, m}, {n, m, y}}
	or := [3][3]truth.Value{{n, m, y}, {m, m, y}, {y, y, y}}
	not := [3]truth.Value{y, m, n}
	for _, v := range []truth.Value{n, m, y} {
		for _, w := range []truth.Value{n, m, y} {
			if got := v.And(w); got != and[v][w] {
				t.Errorf("%v And %v = %v, want %v", v, w, got, and[v][w])
			}
			if got := v.Or(w); got != or[v][w] {
				t.Errorf("%v Or %v = %v, want %v", v, w, got, or[v][w])
			}
			if got, want := v.And(w).Not(), v.Not().Or(w.Not()); got != want {
				t.Errorf("not (%v And %v) = %v, want %v", v, w, got, want)
			}
		}
		if got := v.Not(); got != not[v] {
			t.Errorf("not %v = %v, want %v", v, got, not[v])
		}
	}
}

func TestZeroIsNo(t *testing.T) {
	var v truth.Value
	if v != truth.No || v != truth.Of(false) || truth.Of(true) != truth.Yes {
		t.Error("the zero value must never read as an allowance")
	}
}
