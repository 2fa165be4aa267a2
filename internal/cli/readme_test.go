package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// command is a line of a console block that shows what the program prints,
// whole or its first lines.
var command = regexp.MustCompile(`^\$ go run ./cmd/penstock (.*?)(?: \| head -(\d+))?$`)

// TestReadme runs the commands in the console blocks of the README, and of
// those of the examples, and holds what stands below them to what they print.
func TestReadme(t *testing.T) {
	if n := readme(t, "../../README.md"); n == 0 {
		t.Error("the README shows no command")
	}
	err := filepath.WalkDir("../../examples", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == "README.md" {
			readme(t, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// readme checks one file, or writes it anew; it returns how many commands are
// shown there.
func readme(t *testing.T, file string) (ran int) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	inside, skipping := false, false
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
			out = append(out, line, shownBy(t, words(m[1]), m[2]))
			continue
		}
		if !skipping {
			out = append(out, line)
		}
	}
	got := strings.Join(out, "")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return ran
	}
	if d := cmp.Diff(string(data), got); d != "" {
		t.Errorf("%s is stale (-have +want), go test ./internal/cli -update:\n%s", file, d)
	}
	return ran
}

// words splits a command line; single quotes hold a word together.
func words(line string) []string {
	var ws []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			ws = append(ws, part)
		} else {
			ws = append(ws, strings.Fields(part)...)
		}
	}
	return ws
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
