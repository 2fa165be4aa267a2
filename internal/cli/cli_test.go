package cli

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the golden files and the generated pages")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"penstock": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
			defer stop()
			os.Exit(Run(ctx, System()))
		},
	})
}

// TestScripts runs testdata/*.txtar: each a world of files, commands, and
// what they print.
func TestScripts(t *testing.T) {
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		UpdateScripts:       *update,
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("EXAMPLES", examples)
			e.Setenv("COLUMNS", "100")
			junk := []byte("Resources:\n\x00\x1b[31m\xff\xfe\x01")
			return os.WriteFile(filepath.Join(e.WorkDir, "junk.yaml"), junk, 0o666)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			// code N penstock ARGS…: the command exits with N.
			"code": code,
		},
	})
}

func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N command args…")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("%s exits with %s, want %s", strings.Join(args[1:], " "), got, args[0])
	}
}

// try runs a command in this process, in a working directory.
func try(dir string, args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	env := &Env{
		Args: args, Stdin: strings.NewReader(""), Stdout: &o, Stderr: &e, Dir: dir,
		Getenv: func(string) string { return "" }, Now: time.Now,
	}
	code = Run(context.Background(), env)
	return code, o.String(), e.String()
}

// TestDocuments holds the generated pages in docs to the code.
func TestDocuments(t *testing.T) {
	env := &Env{Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}}
	pages := documents(newRoot(env, env))
	root := "../../docs"
	for name, want := range pages {
		file := filepath.Join(root, filepath.FromSlash(name))
		if *update {
			if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(want), 0o666); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Errorf("%v; write it with: go test ./internal/cli -update", err)
			continue
		}
		if d := cmp.Diff(want, string(got)); d != "" {
			t.Errorf("%s is stale (-want +got), go test ./internal/cli -update:\n%s", file, d)
		}
	}
	for _, dir := range []string{"cli", "findings"} {
		files, err := os.ReadDir(filepath.Join(root, dir))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		for _, f := range files {
			if _, ok := pages[dir+"/"+f.Name()]; !ok {
				t.Errorf("docs/%s/%s belongs to nothing: remove it", dir, f.Name())
			}
		}
	}
}

// TestEveryCommandHasHelp: an example, the exit codes, and no flag without
// words.
func TestEveryCommandHasHelp(t *testing.T) {
	env := &Env{Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}}
	for _, c := range newRoot(env, env).Commands() {
		if !c.IsAvailableCommand() {
			continue
		}
		if c.Example == "" || c.Short == "" {
			t.Errorf("%s has no example or no short text", c.Name())
		}
		code, out, _ := try(".", c.Name(), "--help")
		if code != exitOK || !strings.Contains(out, "Exit codes:") || !strings.Contains(out, "130") {
			t.Errorf("%s --help exits with %d and prints\n%s", c.Name(), code, out)
		}
	}
}

func TestEveryCodeHasAPage(t *testing.T) {
	for _, c := range codes() {
		if c.Title == "" || strings.TrimSpace(c.Doc) == "" {
			t.Errorf("%s has no title or no page", c.Code)
		}
		if strings.HasPrefix(c.Code, "RUN") && c.Fix == "" && c.Open == "" {
			t.Errorf("%s says neither what its fix writes nor why there is none", c.Code)
		}
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var o, e bytes.Buffer
	env := &Env{Args: []string{"version"}, Stdout: &o, Stderr: &e, Dir: ".", Getenv: os.Getenv, Now: time.Now}
	// The command may be done before the interrupt is seen; either way the
	// output is whole or empty.
	switch got := Run(ctx, env); {
	case got == exitInterrupted && o.Len() == 0:
	case got == exitOK && strings.HasPrefix(o.String(), "penstock "):
	default:
		t.Errorf("Run = %d with output %q", got, o.String())
	}
}
