package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"penstock/compile"
	"penstock/diag"
	"penstock/internal/report"
	"penstock/internal/term"
	"penstock/service"
	"penstock/service/schema"
	"penstock/services/all"
	"penstock/source"
	"penstock/spec"
)

// compileFlags is what compile was asked.
type compileFlags struct {
	out        string
	terraform  bool
	parameters bool
	explain    string
	report     string
	color      string
}

func newCompile(env, outer *Env) *cobra.Command {
	var f compileFlags
	c := &cobra.Command{
		Use:   "compile [SPEC]",
		Short: "Make the templates of a hardened pipeline from a spec, and prove them",
		Long: `Compile the spec, penstock.yaml where none is named or a folder is, into the templates of the whole pipeline for every account, with
the stacks file beside them. Every policy is derived from the calls that the pipeline makes. What is written is read
back and all four theorems are proved about it; where one fails, nothing is written but the report.

A report, where --report asks for one, is for a security review: a drawing of the pipeline, what is proved and what that rests on,
every role with the calls that need each of its statements, who can reach what, keys, secrets, the trail, and what people do by
hand. It is the same to the byte whenever it is made; SOURCE_DATE_EPOCH gives it a date.`,
		Example: `  penstock compile -o infra
  penstock compile penstock.yaml -o infra --terraform
  penstock compile --explain mfmsapp-build
  penstock compile -o infra --report review.html`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := spec.FileName
			if len(args) == 1 {
				name = args[0]
			}
			return runCompile(cmd.Context(), env, outer, f, name)
		},
	}
	fs := c.Flags()
	fs.StringVarP(&f.out, "out", "o", "", "`folder` to write, made where it is not there; without it nothing is written")
	fs.BoolVar(&f.terraform, "terraform", false, "write Terraform, one root module an account, in place of CloudFormation")
	fs.BoolVar(&f.parameters, "parameters", false, "write ProjectName, Environment, KmsKeyAlias and the accounts as parameters of the templates")
	fs.StringVar(&f.explain, "explain", "", "print for each statement of a `role` which calls of which stage need it")
	fs.StringVar(&f.report, "report", "", "write a report for a security review to a `file`: .md or .html")
	fs.StringVar(&f.color, "color", string(term.Auto), "`when` to colour: auto, always or never")
	return c
}

// compileOptions are what compile works with; read returns the user's files.
func compileOptions(read func(string) (*source.File, error)) compile.Options {
	known := types(all.Services())
	return compile.Options{
		Services: all.Services(), Provers: provers(), Attrs: attributes, Read: read,
		Types: func(name string) *service.Type {
			t, ok := known[name]
			if !ok {
				t = schema.Type(name)
				known[name] = t
			}
			return t
		},
	}
}

// readSpec reads a spec and gives access to the files beside it. What is wrong
// with it is told on env.Stderr.
func readSpec(env *Env, name string) (*spec.Spec, func(string) (*source.File, error), error) {
	at := name
	if !filepath.IsAbs(at) {
		at = filepath.Join(env.Dir, name)
	}
	if info, err := os.Stat(at); err == nil && info.IsDir() {
		at, name = filepath.Join(at, spec.FileName), filepath.Join(name, spec.FileName)
	}
	data, err := os.ReadFile(at)
	if err != nil {
		err = fmt.Errorf("reading %q: %w", name, plain(err))
		if errors.Is(err, fs.ErrNotExist) {
			err = &hinted{err, "penstock init writes a spec"}
		}
		return nil, nil, &failure{exitUnfinished, err}
	}
	s, found := spec.Read(source.NewFile(name, data))
	var errs []error
	for _, f := range found {
		e := fmt.Errorf("%s: %s", f.At, f.Message)
		if f.Severity == diag.Error {
			errs = append(errs, e)
			continue
		}
		fmt.Fprintf(env.Stderr, "%s: %s\n", f.Severity, e)
	}
	if s == nil || len(errs) > 0 {
		return nil, nil, &failure{exitUnfinished, errors.Join(errs...)}
	}
	folder := filepath.Dir(at)
	read := func(name string) (*source.File, error) {
		root, err := os.OpenRoot(folder)
		if err != nil {
			return nil, plain(err)
		}
		defer root.Close()
		data, err := readFile(root, filepath.FromSlash(name))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, plain(err))
		}
		return source.NewFile(name, data), nil
	}
	return s, read, nil
}

func runCompile(_ context.Context, env, outer *Env, f compileFlags, name string) error {
	mode, err := term.ParseMode(f.color)
	if err != nil {
		return usage("%w", err)
	}
	write, err := reviewWriter(f.report)
	if err != nil {
		return err
	}
	var watcher io.Writer
	if term.Is(outer.Stderr) {
		watcher = outer.Stderr
	}
	p := newProgress(watcher, "compiling")
	defer p.stop()
	s, read, err := readSpec(env, name)
	if err != nil {
		return err
	}
	opt := compileOptions(read)
	opt.Parameters = f.parameters
	if f.terraform {
		opt.Terraform = all.Terraform()
	}
	res, err := compile.Compile(s, opt)
	if err != nil {
		return &failure{exitUnfinished, err}
	}
	p.stop()
	text := report.Text{Paint: term.NewPainter(term.Colour(mode, outer.Stdout, env.Getenv)), Width: columns(env, outer.Stdout)}
	if f.explain != "" {
		return explainRole(env, res, f.explain, text)
	}
	told, err := reviewOf(env, write, s, res)
	if err != nil {
		return &failure{exitUnfinished, err}
	}
	// What is said for information only is for penstock prove, and for a report.
	res.Report.Findings = slices.DeleteFunc(res.Report.Findings, func(d diag.Finding) bool { return d.Severity == diag.Info })
	failed := !res.Holds()
	dir := f.out
	if failed {
		dir = ""
	}
	if dir != "" {
		if err := writeAll(env, dir, res.Files); err != nil {
			return &failure{exitUnfinished, err}
		}
	}
	if told != nil {
		// A report is written of what fails as well: it says why.
		if err := writeAll(env, filepath.Dir(f.report), []compile.File{{Name: filepath.Base(f.report), Data: told}}); err != nil {
			return &failure{exitUnfinished, err}
		}
	}
	if err := report.WriteCompiled(env.Stdout, s.Project, dir, res, text); err != nil {
		return &failure{exitUnfinished, err}
	}
	if failed {
		what := "nothing"
		if told != nil {
			what = "nothing but the report"
		}
		fmt.Fprintf(env.Stderr, "error: a theorem fails about what the spec asks for; %s was written\n", what)
		return &failure{code: exitNo}
	}
	return nil
}

func explainRole(env *Env, res *compile.Result, name string, text report.Text) error {
	var names []string
	found := false
	for i := range res.Roles {
		r := &res.Roles[i]
		if !slices.Contains(names, r.Name) {
			names = append(names, r.Name)
		}
		if r.Name != name && r.ID != name {
			continue
		}
		if found {
			fmt.Fprintln(env.Stdout)
		}
		found = true
		if err := report.WriteRole(env.Stdout, res, r, text); err != nil {
			return &failure{exitUnfinished, err}
		}
	}
	if !found {
		return usage("%w", unknown("role", name, names, "the roles are "+joined(names)))
	}
	return nil
}

func joined(names []string) string {
	var out strings.Builder
	for i, n := range names {
		if i > 0 {
			out.WriteString(", ")
		}
		out.WriteString(n)
	}
	return out.String()
}

// writeAll writes files below a folder. Each is written whole beside its place
// before the first takes it.
func writeAll(env *Env, dir string, files []compile.File) (err error) {
	root := dir
	if !filepath.IsAbs(root) {
		root = filepath.Join(env.Dir, dir)
	}
	type pending struct{ tmp, name string }
	var all []pending
	defer func() {
		for _, p := range all {
			_ = os.Remove(p.tmp) // gone already once it has been renamed
		}
	}()
	for _, f := range files {
		name := filepath.Join(root, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return fmt.Errorf("making folder %q: %w", dir, plain(err))
		}
		tmp, err := os.CreateTemp(filepath.Dir(name), "."+path.Base(f.Name)+".*")
		if err != nil {
			return plain(err)
		}
		all = append(all, pending{tmp.Name(), name})
		_, err = tmp.Write(f.Data)
		err = errors.Join(err, tmp.Chmod(0o644), tmp.Close())
		if err != nil {
			return plain(err)
		}
	}
	for _, p := range all {
		if err := os.Rename(p.tmp, p.name); err != nil {
			return plain(err)
		}
	}
	return nil
}
