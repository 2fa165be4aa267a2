package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"penstock/arn"
	"penstock/iam/authz"
	"penstock/iam/facts"
	"penstock/internal/report"
	"penstock/internal/term"
	"penstock/prove"
	"penstock/query"
)

// canFlags are the flags of can.
type canFlags struct {
	templates
	context     []string
	owner       string
	denyUnknown bool
	format      string
	color       string
}

// templates are the flags that say how lone templates are read.
type templates struct {
	account    string
	region     string
	parameters []string
}

func (t *templates) add(c *cobra.Command) {
	fs := c.Flags()
	fs.StringVar(&t.account, "account", "", "account `id` of lone templates: twelve digits")
	fs.StringVar(&t.region, "region", "", "`region` of lone templates")
	fs.StringArrayVar(&t.parameters, "parameter", nil, "`key=value` for a parameter of lone templates; may be repeated")
}

// load reads the templates at the paths, the working directory without any.
func (t *templates) load(env *Env, paths []string) (*material, error) {
	if t.account != "" && !arn.IsAccountID(t.account) {
		return nil, usage("%w", &hinted{fmt.Errorf("account %q is no account id", t.account), "an account id is twelve digits"})
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	return load(env, proveFlags{account: t.account, region: t.region, parameters: t.parameters}, paths)
}

// answerFormats are what can writes.
var answerFormats = []string{"text", "json"}

func newCan(env, outer *Env) *cobra.Command {
	var f canFlags
	c := &cobra.Command{
		Use:   "can PRINCIPAL ACTION RESOURCE [PATH...]",
		Short: "Ask whether somebody may do something, and why",
		Long: `Ask one question of the templates at PATH, the working directory without one: may PRINCIPAL call ACTION on RESOURCE?
The answer shows every policy layer, each statement that matches or nearly matches, and the one element or condition
that keeps it from matching, with file and line.

PRINCIPAL is an ARN, the name or logical id of a role or user, the name of a service, or "*" for an anonymous caller.
RESOURCE is an ARN, "*", or the name or logical id of a resource, with what lies in it: ArtifactBucket/web/app.zip.

A condition key that neither the templates nor --context give is unknown; a verdict that rests on one depends on it.`,
		Example: `  penstock can BuildRole s3:GetObject ArtifactBucket/web/app.zip examples/cross-account
  penstock can codebuild.amazonaws.com sts:AssumeRole BuildRole .
  penstock can arn:aws:iam::111111111111:role/build kms:Decrypt ArtifactKey . --context kms:ViaService=s3.eu-west-1.amazonaws.com`,
		RunE: func(_ *cobra.Command, args []string) error { return runCan(env, outer, f, args) },
	}
	f.add(c)
	fs := c.Flags()
	fs.StringArrayVar(&f.context, "context", nil, "`key=value` of a condition key, key alone for one that the request does not carry; may be repeated, also for several values")
	fs.StringArrayVar(&f.context, "assume", nil, "the same as --context")
	fs.StringVar(&f.owner, "resource-account", "", "account `id` that owns the resource, where nothing else says")
	fs.BoolVar(&f.denyUnknown, "deny-unknown", false, "exit with 1 where the answer depends on unknown facts")
	fs.StringVar(&f.format, "format", "text", "`format` of the output: text or json")
	fs.StringVar(&f.color, "color", string(term.Auto), "`when` to colour: auto, always or never")
	return c
}

func runCan(env, outer *Env, f canFlags, args []string) error {
	if len(args) < 3 {
		return usage("%w", &hinted{fmt.Errorf("can takes a principal, an action and a resource, not %d arguments", len(args)),
			"penstock can BuildRole s3:GetObject ArtifactBucket/key ."})
	}
	if !slices.Contains(answerFormats, f.format) {
		return usage("%w", unknown("format", f.format, answerFormats, "--format takes "+strings.Join(answerFormats, ", ")))
	}
	mode, err := term.ParseMode(f.color)
	if err != nil {
		return usage("%w", err)
	}
	if f.owner != "" && !arn.IsAccountID(f.owner) {
		return usage("%w", &hinted{fmt.Errorf("account %q is no account id", f.owner), "an account id is twelve digits"})
	}
	q := query.Question{Who: args[0], Action: args[1], On: args[2], Owner: f.owner}
	if q.Context, err = settings(f.context); err != nil {
		return usage("%w", err)
	}
	in, err := f.load(env, args[3:])
	if err != nil {
		return err
	}
	a, err := query.Ask(in.models(), prove.NewEngine(), q)
	if err != nil {
		return &failure{exitUsage, err}
	}
	if f.format == "json" {
		err = report.WriteAnswerJSON(env.Stdout, a, report.Tool{Version: version(), Facts: facts.Versions()})
	} else {
		err = report.WriteAnswer(env.Stdout, a, report.Text{
			Paint: term.NewPainter(term.Colour(mode, outer.Stdout, env.Getenv)), Width: columns(env, outer.Stdout),
		})
	}
	if err != nil {
		return &failure{exitUnfinished, err}
	}
	switch a.Verdict() {
	case authz.Deny:
		return &failure{code: exitNo}
	case authz.Depends:
		if f.denyUnknown {
			return &failure{code: exitNo}
		}
	}
	return nil
}

// settings reads --context in the order given: key=value, a key again for one
// more value, key alone for absent.
func settings(args []string) ([]query.Setting, error) {
	m, err := assumptions(args)
	if err != nil {
		return nil, err
	}
	var out []query.Setting
	for _, a := range args {
		k, _, _ := strings.Cut(a, "=")
		if !slices.ContainsFunc(out, func(s query.Setting) bool { return s.Key == k }) {
			out = append(out, query.Setting{Key: k, Values: m[k]})
		}
	}
	return out, nil
}
