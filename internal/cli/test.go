package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"penstock/cloud"
	"penstock/expect"
	"penstock/iam/facts"
	"penstock/internal/report"
	"penstock/internal/term"
	"penstock/prove"
	"penstock/source"
)

// testFormats are what test writes.
var testFormats = []string{"text", "json", "junit"}

func newTest(env, outer *Env) *cobra.Command {
	var format, color string
	c := &cobra.Command{
		Use:   "test FILE...",
		Short: "Check what must be allowed and what must not, kept in a file",
		Long: `Read assertions about access from each FILE, who may do what on what and who may not, and check them against the
templates that the file names, by default those of its folder. An assertion holds only if the answer is certain: one
that rests on an unknown condition key fails and names the key. What fails is explained as penstock can explains it.

docs/test.md describes the file, docs/schema/access-1.json is its schema.`,
		Example: `  penstock test access.yaml
  penstock test access.yaml --format junit > access.xml`,
		RunE: func(_ *cobra.Command, args []string) error { return runTest(env, outer, format, color, args) },
	}
	fs := c.Flags()
	fs.StringVar(&format, "format", "text", "`format` of the output: text, json or junit")
	fs.StringVar(&color, "color", string(term.Auto), "`when` to colour: auto, always or never")
	return c
}

func runTest(env, outer *Env, format, color string, args []string) error {
	if len(args) == 0 {
		return usage("%w", &hinted{fmt.Errorf("test what? name a file of assertions"), "penstock test access.yaml; docs/test.md describes the file"})
	}
	if !slices.Contains(testFormats, format) {
		return usage("%w", unknown("format", format, testFormats, "--format takes "+strings.Join(testFormats, ", ")))
	}
	mode, err := term.ParseMode(color)
	if err != nil {
		return usage("%w", err)
	}
	engine := prove.NewEngine()
	var all []report.Tested
	code := exitOK
	for _, name := range args {
		f, err := readUserFile(env, name)
		if err != nil {
			return &failure{exitUnfinished, err}
		}
		s, err := expect.Parse(f)
		if err != nil {
			return &failure{exitUnfinished, err}
		}
		results, err := s.Run(engine, func(t expect.Templates) ([]*cloud.Model, error) {
			paths := []string{filepath.Dir(name)}
			if len(t.Paths) > 0 {
				paths = nil
				for _, p := range t.Paths {
					paths = append(paths, filepath.Join(filepath.Dir(name), filepath.FromSlash(p)))
				}
			}
			in, err := load(env, proveFlags{account: t.Account, region: t.Region, parameters: t.Parameters}, paths)
			if err != nil {
				return nil, err
			}
			return in.models(), nil
		})
		if err != nil {
			return err
		}
		for i := range results {
			if !results[i].Passed() {
				code = exitNo
			}
		}
		all = append(all, report.Tested{Suite: s, Results: results})
	}
	switch format {
	case "json":
		err = report.WriteTestsJSON(env.Stdout, all, report.Tool{Version: version(), Facts: facts.Versions()})
	case "junit":
		err = report.WriteTestsJUnit(env.Stdout, all)
	default:
		err = report.WriteTests(env.Stdout, all, report.Text{
			Paint: term.NewPainter(term.Colour(mode, outer.Stdout, env.Getenv)), Width: columns(env, outer.Stdout),
		})
	}
	if err != nil {
		return &failure{exitUnfinished, err}
	}
	if code != exitOK {
		return &failure{code: code}
	}
	return nil
}

// readUserFile reads a file that an argument names.
func readUserFile(env *Env, name string) (*source.File, error) {
	full := name
	if !filepath.IsAbs(name) {
		full = filepath.Join(env.Dir, name)
	}
	root, err := os.OpenRoot(filepath.Dir(full))
	if err != nil {
		return nil, fmt.Errorf("reading %q: %w", name, plain(err))
	}
	defer root.Close()
	data, err := readFile(root, filepath.Base(full))
	if err != nil {
		return nil, fmt.Errorf("reading %q: %w", name, plain(err))
	}
	return source.NewFile(filepath.ToSlash(name), data), nil
}
