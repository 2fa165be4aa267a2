package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"penstock/chain"
	"penstock/cloud"
	"penstock/iam/facts"
	"penstock/iam/reach"
	"penstock/internal/report"
	"penstock/internal/term"
	"penstock/prove"
	"penstock/query"
	"penstock/services/all"
)

type reachFlags struct {
	templates
	to     string
	whoCan bool
	format string
	color  string
}

// reachFormats are what reach writes.
var reachFormats = []string{"text", "json", "dot", "svg"}

func newReach(env, outer *Env) *cobra.Command {
	var f reachFlags
	c := &cobra.Command{
		Use:   "reach FROM [TO] [PATH...]",
		Short: "Say whom somebody can become, and what it can do then",
		Long: `Follow from FROM every chain that the templates at PATH allow, the working directory without one: roles that it can take
on, code that it can have run with another role, policies that it can change. What is reached is grouped by the harm that it
does, the gravest first: gain rights, change what is there, read secrets and data, hide traces, destroy, spend, look. At most
200 things are shown.

With TO, tell the shortest chain from FROM to that principal as a story: each request, with the keys that it carries, and the
line that allows it; and the cut, the fewest statements without which FROM cannot become TO in any way, found out by asking
again without them. The answer is no, and the exit code 1, where there is no chain.

FROM and TO are an ARN, or the name or logical id of a role or user; FROM may also be an action of a pipeline, as
stage/action or pipeline/stage/action, which stands for the roles that run what the author of a change writes. The second
argument is TO where no file or folder has that name; --to says so whatever there is.

With --who-can, the arguments are an action and a resource: list who can make that call, by itself or by a chain.

A chain that rests on facts which no template shows is possible, and names them; one that is not listed is impossible as far
as the catalogue of powers goes (docs/catalogue.md).`,
		Example: `  penstock reach Build/Test examples/cross-account
  penstock reach BuildRole DeployRole .
  penstock reach --who-can codepipeline:PutApprovalResult "*" .
  penstock reach BuildRole . --format svg > radius.svg`,
		RunE: func(_ *cobra.Command, args []string) error { return runReach(env, outer, f, args) },
	}
	fs := c.Flags()
	fs.StringVar(&f.to, "to", "", "tell the chain that leads to this `principal`")
	fs.BoolVar(&f.whoCan, "who-can", false, "list who can call the ACTION on the RESOURCE that are given")
	f.add(c)
	fs.StringVar(&f.format, "format", "text", "`format` of the output: text, json, dot or svg")
	fs.StringVar(&f.color, "color", string(term.Auto), "`when` to colour: auto, always or never")
	return c
}

func runReach(env, outer *Env, f reachFlags, args []string) error {
	if !slices.Contains(reachFormats, f.format) {
		return usage("%w", unknown("format", f.format, reachFormats, "--format takes "+strings.Join(reachFormats, ", ")))
	}
	mode, err := term.ParseMode(f.color)
	if err != nil {
		return usage("%w", err)
	}
	text := report.Text{Paint: term.NewPainter(term.Colour(mode, outer.Stdout, env.Getenv)), Width: columns(env, outer.Stdout)}
	if f.whoCan {
		return runWhoCan(env, f, args, text)
	}
	if len(args) == 0 {
		return usage("%w", &hinted{fmt.Errorf("reach takes a principal to start from"), "penstock reach BuildRole ."})
	}
	from, paths := args[0], args[1:]
	if f.to == "" && len(paths) > 0 && !exists(env, paths[0]) {
		f.to, paths = paths[0], paths[1:]
	}
	in, err := f.load(env, paths)
	if err != nil {
		return err
	}
	// Scenarios differ in what exists; the worst is shown.
	var best *report.Reach
	for _, m := range in.models() {
		r, err := reached(in, m, from, f.to)
		if err != nil {
			if best != nil {
				continue
			}
			return &failure{exitUsage, err}
		}
		if best == nil || worse(r, best) {
			best = r
		}
	}
	switch f.format {
	case "json":
		err = report.WriteReachJSON(env.Stdout, best, report.Tool{Version: version(), Facts: facts.Versions()})
	case "dot":
		err = report.WriteReachDOT(env.Stdout, best)
	case "svg":
		err = report.WriteReachSVG(env.Stdout, best)
	default:
		err = report.WriteReach(env.Stdout, best, text)
	}
	if err != nil {
		return &failure{exitUnfinished, err}
	}
	if f.to != "" && best.Way == nil {
		return &failure{code: exitNo}
	}
	return nil
}

// worse reports whether a shows more than b.
func worse(a, b *report.Reach) bool {
	if (a.Way != nil) != (b.Way != nil) {
		return a.Way != nil
	}
	if a.Way != nil && a.Way.Verdict != b.Way.Verdict {
		return a.Way.Verdict > b.Way.Verdict
	}
	return len(a.Items) > len(b.Items)
}

// graph is the graph of a model.
func graph(m *cloud.Model) *chain.Graph {
	return chain.New(m, all.Services(), reach.New(prove.NewEngine(), reach.Options{Sent: true}))
}

func reached(in *material, m *cloud.Model, from, to string) (*report.Reach, error) {
	roots, err := starts(m, from)
	if err != nil {
		return nil, err
	}
	g := graph(m)
	r := report.NewReach(g, g.From(roots...), from)
	if to != "" {
		p, err := query.Who(m, to)
		if err != nil {
			return nil, err
		}
		r.To = to
		who := p.ARN
		if p.Role != "" {
			who = p.Role
		}
		if r.Way = r.Tree.To(who); r.Way != nil && r.Way.Via != nil {
			opt := prove.Options{Services: all.Services()}
			in.options(&opt)
			r.Cut = prove.NewProof([]*cloud.Model{m}, opt).CutTo(m, g, roots, who, r.Way.Verdict == reach.Some)
		}
	}
	return r, nil
}

// starts returns the principals that FROM means.
func starts(m *cloud.Model, from string) ([]string, error) {
	if strings.Contains(from, "/") && !strings.HasPrefix(from, "arn:") {
		if roles := chain.RolesOf(m, all.Services(), from); roles != nil {
			return roles, nil
		}
	}
	p, err := query.Who(m, from)
	if err != nil {
		if names := chain.ActionNames(m); len(names) > 0 && strings.Contains(from, "/") {
			return nil, unknown("action", from, names, "an action is stage/action: "+strings.Join(names[:min(4, len(names))], ", "))
		}
		return nil, err
	}
	if p.Role != "" {
		p.ARN = p.Role
	}
	if p.ARN == "" {
		return nil, &hinted{fmt.Errorf("reach starts from a role, a user or an action, not from %q", from), "a role is named by its name, its logical id or its ARN"}
	}
	return []string{p.ARN}, nil
}

// exists reports whether a path names a file or a folder.
func exists(env *Env, p string) bool {
	if !filepath.IsAbs(p) {
		p = filepath.Join(env.Dir, p)
	}
	_, err := os.Stat(p)
	return err == nil
}

func runWhoCan(env *Env, f reachFlags, args []string, text report.Text) error {
	if len(args) < 2 {
		return usage("%w", &hinted{fmt.Errorf("--who-can takes an action and a resource, not %d arguments", len(args)), `penstock reach --who-can iam:PassRole "*" .`})
	}
	if !slices.Contains(answerFormats, f.format) {
		return usage("%w", unknown("format", f.format, answerFormats, "--who-can takes --format "+strings.Join(answerFormats, ", ")))
	}
	in, err := f.load(env, args[2:])
	if err != nil {
		return err
	}
	w := &report.Who{Action: args[0], Resource: args[1]}
	for i, m := range in.models() {
		on, _, err := query.What(m, args[0], args[1])
		if err != nil {
			return &failure{exitUsage, err}
		}
		g := graph(m)
		cs := g.WhoCan(args[0], on)
		if i == 0 || len(cs) > len(w.Chains) {
			w.Graph, w.Chains, w.Resource = g, cs, on
		}
	}
	if f.format == "json" {
		err = report.WriteWhoJSON(env.Stdout, w, report.Tool{Version: version(), Facts: facts.Versions()})
	} else {
		err = report.WriteWho(env.Stdout, w, text)
	}
	if err != nil {
		return &failure{exitUnfinished, err}
	}
	if len(w.Chains) == 0 {
		return &failure{code: exitNo}
	}
	return nil
}
