package gate_test

import (
	"flag"
	"testing"

	"penstock/internal/provetest"
	"penstock/prove"
	"penstock/prove/gate"
)

var update = flag.Bool("update", false, "rewrite the want sections")

func options(w *provetest.World) prove.Options {
	opt := w.Options()
	opt.Theorems = []prove.Theorem{prove.Gate}
	opt.Provers = map[prove.Theorem]prove.Prover{prove.Gate: gate.Prove}
	return opt
}

// TestArchives proves the world of each archive and compares what it says.
func TestArchives(t *testing.T) { provetest.Archives(t, "testdata/*.txtar", *update, options) }
