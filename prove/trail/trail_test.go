package trail_test

import (
	"flag"
	"testing"

	"penstock/internal/provetest"
	"penstock/prove"
	"penstock/prove/trail"
)

var update = flag.Bool("update", false, "rewrite the want sections")

func options(w *provetest.World) prove.Options {
	opt := w.Options()
	opt.Theorems = []prove.Theorem{prove.Trail}
	opt.Provers = map[prove.Theorem]prove.Prover{prove.Trail: trail.Prove}
	return opt
}

// The small worlds, sound and unsound.
func TestArchives(t *testing.T) { provetest.Archives(t, "testdata/*.txtar", *update, options) }
