// Package cli is the command line: one verb a file, each a constructor that
// takes the Env it runs in. The only importer of cobra.
//
// What a verb does is in the library packages. Here is what belongs to a
// command: flags, files, the terminal, exit codes, and how an error is told:
// "error: …" and, where something would help, "hint: …" on standard error.
// Data goes to standard output.
package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"penstock/internal/term"
	"penstock/spelling"
)

// An Env is the world of a command: nothing in this package looks past it.
type Env struct {
	Args   []string // without the name of the program
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Dir    string // the working directory, which relative paths start at
	Getenv func(string) string
	Now    func() time.Time
}

// System returns the Env of this process.
func System() *Env {
	return &Env{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Dir: ".", Getenv: os.Getenv, Now: time.Now,
	}
}

// The exit codes. They are promised in docs/exit-codes.md and in every help
// text.
const (
	exitOK          = 0
	exitNo          = 1
	exitUsage       = 2
	exitUnfinished  = 3
	exitInterrupted = 130
)

// A failure is an error that knows the exit code it leads to. One without an
// error has been told already: the answer is no.
type failure struct {
	code int
	err  error
}

func (f *failure) Error() string {
	if f.err == nil {
		return fmt.Sprintf("exit %d", f.code)
	}
	return f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

// usage marks an error as bad usage.
func usage(format string, args ...any) error {
	return &failure{exitUsage, fmt.Errorf(format, args...)}
}

// A hinted error says what would be right.
type hinted struct {
	error
	hint string
}

func (h *hinted) Hint() string  { return h.hint }
func (h *hinted) Unwrap() error { return h.error }

// Run runs the command that env names and returns its exit code. When ctx
// ends first, it returns at once and leaves the work to die with the process:
// nothing has been written by then, since output is written whole.
func Run(ctx context.Context, env *Env) int {
	var out, log bytes.Buffer
	inner := *env
	inner.Stdout = &out
	inner.Stderr = &log
	done := make(chan int, 1)
	go func() { done <- run(ctx, &inner, env) }()
	select {
	case code := <-done:
		if _, err := env.Stdout.Write(out.Bytes()); err != nil {
			fmt.Fprintf(&log, "error: writing the output: %v\n", err)
			code = exitUnfinished
		}
		// Standard error is all that is left to tell that it fails.
		_, _ = env.Stderr.Write(log.Bytes())
		return code
	case <-ctx.Done():
		return exitInterrupted
	}
}

// run executes the command; env writes to buffers, outer is the real world.
func run(ctx context.Context, env, outer *Env) int {
	root := newRoot(env, outer)
	root.SetArgs(env.Args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	code := exitUsage // what cobra itself complains of
	if f, ok := errors.AsType[*failure](err); ok {
		code = f.code
		if f.err == nil {
			return code
		}
		err = f.err
	}
	tell(env.Stderr, err)
	return code
}

// tell writes an error, each of several on a line of its own, with its hint.
func tell(w io.Writer, err error) {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			tell(w, e)
		}
		return
	}
	for i, l := range strings.Split(err.Error(), "\n") {
		head := "error: "
		if i > 0 {
			head = "       "
		}
		fmt.Fprintln(w, head+term.Printable(l))
	}
	var h interface{ Hint() string }
	if errors.As(err, &h) && h.Hint() != "" {
		fmt.Fprintln(w, "hint: "+term.Printable(h.Hint()))
	}
}

// newRoot returns the command without a verb.
func newRoot(env, outer *Env) *cobra.Command {
	root := &cobra.Command{
		Use:   "penstock",
		Short: "Prove that a delivery pipeline runs, and that nothing else can",
		Long: `Penstock reads the CloudFormation of an AWS delivery pipeline and proves theorems about it, offline: that every
AWS call which the pipeline makes is allowed through every policy layer in every account, and says which layer and
which statement stand in the way where one is not.`,
		Example: `  penstock prove examples/cross-account
  penstock explain RUN002`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
		Args:              cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("%w", unknown("command", args[0], verbs(cmd), "penstock --help lists the commands"))
			}
			return cmd.Help()
		},
	}
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	root.SetIn(env.Stdin)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage("%w", &hinted{err, cmd.CommandPath() + " --help lists the flags"})
	})
	root.AddCommand(newInit(env, outer), newProve(env, outer), newCan(env, outer), newDecide(env, outer), newTest(env, outer), newDiff(env, outer), newReach(env, outer), newExplain(env, outer), newCompile(env, outer), newVersion(env))
	for _, c := range root.Commands() {
		c.Flags().SortFlags = false
		c.DisableFlagsInUseLine = true
		c.SetUsageTemplate(usageTemplate)
	}
	root.SetUsageTemplate(usageTemplate)
	root.SetHelpCommand(&cobra.Command{Hidden: true})
	return root
}

// verbs returns the names of the commands.
func verbs(root *cobra.Command) []string {
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return names
}

// unknown says that there is no such thing, and what was perhaps meant.
func unknown(kind, asked string, have []string, otherwise string) error {
	hint := otherwise
	if near := spelling.Nearest(asked, have); len(near) > 0 {
		hint = "did you mean " + strings.Join(near, " or ") + "?"
	}
	return &hinted{fmt.Errorf("there is no %s %q", kind, asked), hint}
}

const usageTemplate = `Usage:
  {{if .HasAvailableSubCommands}}{{.CommandPath}} COMMAND{{else}}{{.UseLine}}{{end}}
{{if .HasExample}}
Examples:
{{.Example}}
{{end}}{{if .HasAvailableSubCommands}}
Commands:{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}
{{end}}{{if .HasAvailableLocalFlags}}
Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}
` + exitHelp

const exitHelp = `Exit codes:
  0    clean: what was asked holds
  1    the answer is no
  2    bad usage
  3    could not finish: the input cannot be read, or this version cannot prove it
  130  interrupted
`
