package report_test

import (
	"bytes"
	"os"
	"testing"

	"penstock/internal/cli"
)

// TestDeltaJSON compares two examples that differ in nearly everything.
func TestDeltaJSON(t *testing.T) {
	data, err := os.ReadFile("../../docs/schema/diff-1.json")
	if err != nil {
		t.Fatal(err)
	}
	schema := load(t, data)
	var out, errs bytes.Buffer
	code := cli.Run(t.Context(), &cli.Env{
		Args: []string{"diff", "examples/cross-account", "examples/seed-001", "--format", "json"}, Stdout: &out, Stderr: &errs, Dir: "../..",
		Getenv: func(string) string { return "" },
	})
	if code != 1 || errs.Len() > 0 {
		t.Fatalf("exit %d, want 1: %s", code, errs.String())
	}
	report := load(t, out.Bytes())
	if err := conforms(schema, schema, report, "report"); err != nil {
		t.Error(err)
	}
	for _, k := range []string{"changes", "worse", "newFindings"} {
		if l, ok := report[k].([]any); !ok || len(l) == 0 {
			t.Errorf("%s is empty", k)
		}
	}
}
