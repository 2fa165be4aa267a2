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
	r := prove.Prove(w.Models, options(w))
	for i := range r.Findings {
		r.Findings[i].Severity++
	}
	t.Log("\n" + provetest.Say(r))
}
