package report_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"penstock/internal/cli"
)

// reachOf runs penstock reach on the example and returns what it prints.
func reachOf(t *testing.T, args ...string) []byte {
	t.Helper()
	var out, errs bytes.Buffer
	cli.Run(t.Context(), &cli.Env{
		Args: append([]string{"reach"}, args...), Stdout: &out, Stderr: &errs, Dir: "../..", Getenv: func(string) string { return "" },
	})
	if errs.Len() > 0 {
		t.Fatalf("%v: %s", args, errs.String())
	}
	return out.Bytes()
}

func TestReachJSON(t *testing.T) {
	for file, args := range map[string][]string{
		"reach-1.json":     {"codepipeline-service-role", "examples/cross-account", "--format", "json"},
		"reach-who-1.json": {"--who-can", "ecs:UpdateService", "*", "examples/cross-account", "--format", "json"},
	} {
		data, err := os.ReadFile("../../docs/schema/" + file)
		if err != nil {
			t.Fatal(err)
		}
		schema := load(t, data)
		if err := conforms(schema, schema, load(t, reachOf(t, args...)), "report"); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// TestReachSVG holds the picture to being XML, without a script, with nothing
// outside its frame.
func TestReachSVG(t *testing.T) {
	svg := reachOf(t, "codepipeline-service-role", "examples/cross-account", "--format", "svg")
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if s, ok := tok.(xml.StartElement); ok && s.Name.Local == "script" {
			t.Error("the picture holds a script")
		}
	}
	for _, want := range []string{"prefers-color-scheme:dark", "codepipeline-cross-account-deploy", "<title>", "role=\"img\""} {
		if !strings.Contains(string(svg), want) {
			t.Errorf("the picture has no %q", want)
		}
	}
}
