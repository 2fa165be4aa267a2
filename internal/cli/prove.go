package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"penstock/arn"
	"penstock/diag"
	"penstock/iam/facts"
	"penstock/internal/report"
	"penstock/internal/term"
	"penstock/prove"
	"penstock/prove/gate"
	"penstock/prove/more"
	"penstock/prove/trail"
	"penstock/service"
	"penstock/services/all"
)

// proveFlags is what prove was asked.
type proveFlags struct {
	account, region string
	theorems        []string
	format          string
	all             bool
	explain         string
	denyUnknown     bool
	fix             bool
	context         []string
	parameters      []string
	color           string
}

// formats lists the output formats, in order.
var formats = []string{"text", "json", "sarif"}

func newProve(env, outer *Env) *cobra.Command {
	var f proveFlags
	c := &cobra.Command{
		Use:   "prove PATH...",
		Short: "Prove that a pipeline runs: every AWS call that it makes is allowed",
		Long: `Prove theorems about the pipelines in the templates at PATH: a stacks file (penstock.stacks.yaml) or a folder that
holds one, a CDK cloud assembly (cdk.out), or lone CloudFormation templates with --account and --region.

Every AWS call that the pipeline makes, from source to production, is decided through every policy layer: identity
and resource policies, key policies, role trust, permissions boundaries, service and resource control policies. A
call that rests on a fact which no template shows depends on it; it is listed, and --deny-unknown makes it count as
denied.`,
		Example: `  penstock prove examples/cross-account
  penstock prove pipeline.yaml --account 111111111111 --region ap-northeast-1
  penstock prove . --format sarif > penstock.sarif
  penstock prove . --explain Build/logs:PutLogEvents`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return runProve(cmd.Context(), env, outer, f, args)
		},
	}
	fs := c.Flags()
	fs.StringVar(&f.account, "account", "", "account `id` of lone templates: twelve digits")
	fs.StringVar(&f.region, "region", "", "`region` of lone templates")
	fs.StringArrayVar(&f.parameters, "parameter", nil, "`key=value` for a parameter of lone templates; may be repeated")
	fs.StringSliceVar(&f.theorems, "theorem", []string{"runs", "nothing-more", "gate", "trail"}, "`names` of the theorems to prove")
	fs.StringArrayVar(&f.context, "context", nil, "`key=value` for a condition key that would be unknown; may be repeated")
	fs.BoolVar(&f.denyUnknown, "deny-unknown", false, "fail where a call depends on facts that no template shows")
	fs.BoolVar(&f.fix, "fix", false, "write the fixes into the files, and prove again")
	fs.StringVar(&f.format, "format", "text", "`format` of the output: text, json or sarif")
	fs.BoolVar(&f.all, "all", false, "show the allowed calls too, with their numbers, and what is said for information only")
	fs.StringVar(&f.explain, "explain", "", "print the whole trace of a `call`: logs:PutLogEvents, Build/logs:PutLogEvents, or #12")
	fs.StringVar(&f.color, "color", string(term.Auto), "`when` to colour: auto, always or never")
	return c
}

// provers are those of the theorems that package prove leaves to others.
func provers() map[prove.Theorem]prove.Prover {
	return map[prove.Theorem]prove.Prover{
		prove.NothingMore: more.Prove,
		prove.Gate:        gate.Prove,
		prove.Trail:       trail.Prove,
	}
}

func services() []*service.Service { return all.Services() }

// options checks the flags.
func (f *proveFlags) options(args []string) (prove.Options, term.Mode, error) {
	opt := prove.Options{Services: services(), Provers: provers()}
	var mode term.Mode
	fail := func(format string, a ...any) (prove.Options, term.Mode, error) {
		return opt, mode, usage(format, a...)
	}
	if len(args) == 0 {
		return fail("%w", &hinted{fmt.Errorf("prove what? name a folder, a stacks file or templates"), "penstock prove . proves what stands here"})
	}
	if !slices.Contains(formats, f.format) {
		return fail("%w", unknown("format", f.format, formats, "--format takes "+strings.Join(formats, ", ")))
	}
	if f.explain != "" && f.format != "text" {
		return fail("--explain prints text; leave out --format %s", f.format)
	}
	if f.account != "" && !arn.IsAccountID(f.account) {
		return fail("%w", &hinted{fmt.Errorf("account %q is no account id", f.account), "an account id is twelve digits"})
	}
	mode, err := term.ParseMode(f.color)
	if err != nil {
		return fail("%w", err)
	}
	var names []string
	for _, t := range prove.Theorems() {
		names = append(names, string(t))
	}
	for _, t := range f.theorems {
		if !slices.Contains(names, t) {
			return fail("%w", unknown("theorem", t, names, "the theorems are "+strings.Join(names, ", ")))
		}
		opt.Theorems = append(opt.Theorems, prove.Theorem(t))
	}
	if len(opt.Theorems) == 0 {
		return fail("--theorem needs a name: %s", strings.Join(names, ", "))
	}
	opt.Context, err = pairs("--context", f.context)
	if err != nil {
		return fail("%w", err)
	}
	return opt, mode, nil
}

// pairs reads key=value flags.
func pairs(flag string, args []string) (map[string]string, error) {
	out := map[string]string{}
	for _, a := range args {
		k, v, ok := strings.Cut(a, "=")
		if !ok || k == "" {
			return nil, fmt.Errorf("%s takes key=value, not %q", flag, a)
		}
		out[k] = v
	}
	return out, nil
}

func runProve(_ context.Context, env, outer *Env, f proveFlags, args []string) error {
	opt, mode, err := f.options(args)
	if err != nil {
		return err
	}
	var watcher io.Writer
	if term.Is(outer.Stderr) {
		watcher = outer.Stderr
	}
	p := newProgress(watcher, "reading templates")
	defer p.stop()
	in, err := load(env, f, args)
	if err != nil {
		return err
	}
	in.options(&opt)
	p.step("proving")
	opt.Engine = prove.NewEngine()
	rep := prove.Prove(in.models(), opt)
	if f.fix {
		p.step("mending")
		if rep, err = in.fixAll(rep, opt); err != nil {
			return &failure{exitUnfinished, err}
		}
	}
	in.finish(rep)
	if !f.all {
		// What AWS lists and nothing shows to matter is not for everybody; the
		// drawing marks those calls all the same.
		rep.Findings = slices.DeleteFunc(rep.Findings, func(d diag.Finding) bool {
			return d.Severity == diag.Info && d.Theorem == string(prove.Runs)
		})
	}
	p.stop()
	if f.fix {
		if err := in.writeFixes(env.Stderr); err != nil {
			return &failure{exitUnfinished, err}
		}
	}

	text := report.Text{
		Paint: term.NewPainter(term.Colour(mode, outer.Stdout, env.Getenv)),
		Width: columns(env, outer.Stdout),
		All:   f.all,
	}
	tool := report.Tool{Version: version(), Facts: facts.Versions()}
	switch {
	case f.explain != "":
		err = report.WriteExplanation(env.Stdout, rep, opt.Engine, f.explain, text)
		if err != nil {
			return &failure{exitUsage, err}
		}
		return nil
	case f.format == "json":
		err = report.WriteJSON(env.Stdout, rep, tool)
	case f.format == "sarif":
		err = report.WriteSARIF(env.Stdout, rep, tool, codes())
	default:
		err = report.WriteText(env.Stdout, rep, text)
	}
	if err != nil {
		return &failure{exitUnfinished, err}
	}
	return verdict(rep, f.denyUnknown)
}

// columns is how wide the text may be: what COLUMNS says, else the width of
// the terminal, else 100, so that the log of a build reads like a page. Names
// are never broken.
func columns(env *Env, w io.Writer) int {
	if n, err := strconv.Atoi(env.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	return term.Columns(w, 100)
}

// verdict is the exit code of a report: 1 where a theorem fails, 3 where one
// could not be proved by this version, 0 otherwise. A theorem that depends on
// unknown facts fails under --deny-unknown only.
func verdict(rep *prove.Report, denyUnknown bool) error {
	code := exitOK
	for _, t := range rep.Theorems {
		switch t.Outcome {
		case prove.Fails:
			return &failure{code: exitNo}
		case prove.Depends:
			if denyUnknown {
				return &failure{code: exitNo}
			}
		case prove.NotProved:
			code = exitUnfinished
		case prove.Holds, prove.NotApplicable:
		default:
			panic("cli: no such outcome: " + string(t.Outcome))
		}
	}
	if code != exitOK {
		return &failure{code: code}
	}
	return nil
}
