package cli

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"penstock/diagnosis"
	"penstock/iam/denial"
	"penstock/iam/facts"
	"penstock/internal/report"
	"penstock/internal/term"
	"penstock/prove"
	"penstock/services/all"
)

// explainFlags are the flags of explain, for an error.
type explainFlags struct {
	templates
	context []string
	format  string
	color   string
}

func newExplain(env, outer *Env) *cobra.Command {
	var f explainFlags
	c := &cobra.Command{
		Use:   "explain [CODE | ERROR-TEXT [PATH...]]",
		Short: "Explain a finding, or an error by which AWS refused a call",
		Long: `Print the page of a finding: what it means, what AWS shows when it happens, what mends it, and where that is
documented. Without an argument, print the list of all findings.

Or take an error as AWS printed it, pasted from a console or a log, "-" to read it from standard input: say who wanted
what and which layer stopped it. With the templates at PATH, name the statement that is missing or denies, print the
smallest patch that mends it, prove that it allows this call and nothing next to it, and say where the obvious fix
would be wrong.`,
		Example: `  penstock explain RUN002
  penstock explain
  penstock explain 'User: arn:aws:sts::111111111111:assumed-role/build/x is not authorized to perform: s3:GetObject …' .
  pbpaste | penstock explain - examples/cross-account`,
		RunE: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				for _, c := range codes() {
					fmt.Fprintf(env.Stdout, "%s  %s\n", c.Code, c.Title)
				}
				return nil
			case isCode(args[0]):
				if len(args) > 1 {
					return usage("penstock explain takes one code, not %d", len(args))
				}
				return explainCode(env, args[0])
			default:
				return explainError(env, outer, f, args[0], args[1:])
			}
		},
	}
	f.add(c)
	fs := c.Flags()
	fs.StringArrayVar(&f.context, "context", nil, "`key=value` of a condition key of the call, key alone for one that it did not carry; may be repeated")
	fs.StringVar(&f.format, "format", "text", "`format` of what is said about an error: text or json")
	fs.StringVar(&f.color, "color", string(term.Auto), "`when` to colour: auto, always or never")
	return c
}

var codeForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z]+[0-9]*$`) })

// isCode tells a code, or what was meant as one, from an error: one word.
func isCode(s string) bool { return codeForm().MatchString(s) }

func explainCode(env *Env, code string) error {
	var names []string
	for _, c := range codes() {
		if strings.EqualFold(c.Code, code) {
			_, err := io.WriteString(env.Stdout, page(c))
			return err
		}
		names = append(names, c.Code)
	}
	return usage("%w", unknown("finding", code, names, "penstock explain lists them all"))
}

// maxError bounds what is read of standard input.
const maxError = 1 << 20

func explainError(env, outer *Env, f explainFlags, text string, paths []string) error {
	if text == "-" {
		data, err := io.ReadAll(io.LimitReader(env.Stdin, maxError))
		if err != nil {
			return &failure{exitUnfinished, fmt.Errorf("reading standard input: %w", err)}
		}
		text = string(data)
	}
	if !slices.Contains(answerFormats, f.format) {
		return usage("%w", unknown("format", f.format, answerFormats, "--format takes "+strings.Join(answerFormats, ", ")))
	}
	mode, err := term.ParseMode(f.color)
	if err != nil {
		return usage("%w", err)
	}
	context, err := settings(f.context)
	if err != nil {
		return usage("%w", err)
	}
	denials := denial.Parse(text)
	if len(denials) == 0 {
		return usage("%w", &hinted{
			fmt.Errorf("this is neither a finding nor an error by which AWS refuses a call"),
			"paste the whole error, in single quotes or by penstock explain -; penstock explain lists the findings",
		})
	}
	opt := diagnosis.Options{Context: context}
	if len(paths) > 0 {
		in, err := f.load(env, paths)
		if err != nil {
			return err
		}
		opt.Models = in.models()
		opt.Prove = prove.Options{Services: all.Services(), Engine: prove.NewEngine()}
		in.options(&opt.Prove)
		opt.Report = sync.OnceValue(func() *prove.Report { return prove.Prove(opt.Models, opt.Prove) })
	}
	var ds []*diagnosis.Diagnosis
	for _, d := range denials {
		ds = append(ds, diagnosis.Diagnose(d, opt))
	}
	if f.format == "json" {
		err = report.WriteDiagnosesJSON(env.Stdout, ds, report.Tool{Version: version(), Facts: facts.Versions()})
	} else {
		err = report.WriteDiagnoses(env.Stdout, ds, report.Text{
			Paint: term.NewPainter(term.Colour(mode, outer.Stdout, env.Getenv)), Width: columns(env, outer.Stdout),
		})
	}
	if err != nil {
		return &failure{exitUnfinished, err}
	}
	return nil
}
