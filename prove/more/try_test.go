package more_test

import (
	"os"
	"testing"

	"penstock/internal/provetest"
	"penstock/prove"
)

func TestTry(t *testing.T) {
	dir := os.Getenv("TRY")
	if dir == "" {
		t.Skip("no TRY")
	}
	w := provetest.Dir(t, dir, nil)
	t.Log("\n" + provetest.Say(prove.Prove(w.Models, options(w))))
}
