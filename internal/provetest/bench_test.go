package provetest_test

import (
	"os"
	"testing"

	"penstock/internal/provetest"
	"penstock/prove"
	"penstock/prove/gate"
	"penstock/prove/more"
	"penstock/prove/trail"
)

// BenchmarkTheorems proves all four theorems of the three-account example, or
// of the folder that WORLD names.
func BenchmarkTheorems(b *testing.B) {
	dir := "../../examples/cross-account"
	if d := os.Getenv("WORLD"); d != "" {
		dir = d
	}
	w := provetest.Dir(b, dir, nil)
	opt := w.Options()
	opt.Theorems = prove.Theorems()
	opt.Provers = map[prove.Theorem]prove.Prover{prove.NothingMore: more.Prove, prove.Gate: gate.Prove, prove.Trail: trail.Prove}
	b.ReportAllocs()
	for b.Loop() {
		prove.Prove(w.Models, opt)
	}
}
