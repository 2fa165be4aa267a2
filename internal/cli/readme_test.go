package cli

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// command is a line of a console block that shows what the program prints,
// whole or its first lines.
var command = regexp.MustCompile(`^\$ go run ./cmd/penstock (.*?)(?: \| head -(\d+))?$`)

// TestReadme runs the commands in the console blocks of the README and holds
// what stands below them to what they print.
func TestReadme(t *testing.T) {
	const file = "../../README.md"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	inside, skipping, ran := false, false, 0
	for line := range strings.Lines(string(data)) {
		l := strings.TrimSuffix(line, "\n")
		switch {
		case l == "```console":
			inside = true
		case l == "```":
			inside, skipping = false, false
		}
		m := command.FindStringSubmatch(l)
		if inside && m != nil {
			skipping = true
			ran++
			out = append(out, line, shownBy(t, strings.Fields(m[1]), m[2]))
			continue
		}
		if !skipping {
			out = append(out, line)
		}
	}
	if ran == 0 {
		t.Error("the README shows no command")
	}
	got := strings.Join(out, "")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(string(data), got); d != "" {
		t.Errorf("README.md is stale (-have +want), go test ./internal/cli -update:\n%s", d)
	}
}

// shownBy returns what a command prints, or its first lines.
func shownBy(t *testing.T, args []string, head string) string {
	t.Helper()
	_, out, errs := try("../..", args...)
	if errs != "" {
		t.Fatalf("penstock %s: %s", strings.Join(args, " "), errs)
	}
	if head == "" {
		return out
	}
	n, err := strconv.Atoi(head)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(out, "\n")
	return strings.Join(lines[:min(n, len(lines))], "")
}
