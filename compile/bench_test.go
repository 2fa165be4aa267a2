package compile

import (
	"os"
	"testing"

	"penstock/prove"
	"penstock/prove/gate"
	"penstock/prove/more"
	"penstock/prove/trail"
	"penstock/source"
	"penstock/spec"
)

// BenchmarkCompile compiles and proves the pipeline of seed 001.
func BenchmarkCompile(b *testing.B) {
	data, err := os.ReadFile("testdata/seed-001.yaml")
	if err != nil {
		b.Fatal(err)
	}
	opt := testOptions()
	opt.Provers = map[prove.Theorem]prove.Prover{prove.NothingMore: more.Prove, prove.Gate: gate.Prove, prove.Trail: trail.Prove}
	for b.Loop() {
		s, _ := spec.Read(source.NewFile("penstock.yaml", data))
		if _, err := Compile(s, opt); err != nil {
			b.Fatal(err)
		}
	}
}
