package trail_test

import (
	"os"
	"testing"

	"penstock/internal/provetest"
	"penstock/prove"
)

// BenchmarkProve proves theorem four of the three-account example, or of the
// folder that WORLD names.
func BenchmarkProve(b *testing.B) {
	dir := "../../examples/cross-account"
	if d := os.Getenv("WORLD"); d != "" {
		dir = d
	}
	w := provetest.Dir(b, dir, nil)
	b.ReportAllocs()
	for b.Loop() {
		prove.Prove(w.Models, options(w))
	}
}
