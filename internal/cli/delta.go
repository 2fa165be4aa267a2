package cli

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"penstock/delta"
	"penstock/diag"
	"penstock/doc"
	docload "penstock/doc/load"
	"penstock/iam/facts"
	"penstock/internal/report"
	"penstock/internal/term"
	"penstock/match"
	"penstock/prove"
	"penstock/service"
	"penstock/truth"
)

// deltaFormats are what diff writes of templates.
var deltaFormats = []string{"text", "markdown", "json", "sarif"}

// runDelta compares two sets of templates: two paths, or one path at two
// revisions of git.
func runDelta(env, outer *Env, f diffFlags, args []string) error {
	const example = "penstock diff old/ new/, or penstock diff main..HEAD pipelines/"
	if len(args) != 2 {
		return usage("%w", &hinted{fmt.Errorf("diff takes what was and what is, not %d arguments", len(args)), example})
	}
	reviewed, err := readReviewed(env, f.allow)
	if err != nil {
		return err
	}
	old, new, done, err := sidesOf(env, f, args)
	defer done()
	if err != nil {
		return err
	}
	d := compare(old, new)
	d.Changes = slices.DeleteFunc(d.Changes, func(c delta.Change) bool {
		hit := c.Kind == delta.Gains && slices.ContainsFunc(reviewed, func(r review) bool { return r.covers(&c) })
		if hit {
			d.Allowed = append(d.Allowed, c)
		}
		return hit
	})
	tool := report.Tool{Version: version(), Facts: facts.Versions()}
	switch f.format {
	case "markdown":
		err = report.WriteDeltaMarkdown(env.Stdout, d)
	case "json":
		err = report.WriteDeltaJSON(env.Stdout, d, tool)
	case "sarif":
		rep := &prove.Report{}
		for i := range d.Changes {
			rep.Findings = append(rep.Findings, d.Changes[i].Finding())
		}
		rep.Findings = append(rep.Findings, d.New...)
		err = report.WriteSARIF(env.Stdout, rep, tool, codes())
	default:
		err = report.WriteDelta(env.Stdout, d, report.Text{
			Paint: term.NewPainter(term.Colour(term.Auto, outer.Stdout, env.Getenv)), Width: columns(env, outer.Stdout),
		})
	}
	if err != nil {
		return &failure{exitUnfinished, err}
	}
	if d.No() {
		return &failure{code: exitNo}
	}
	return nil
}

// compare compares the models of the scenarios that both have, and what became
// of the theorems.
func compare(old, new *material) *report.Delta {
	d := &report.Delta{}
	engine := prove.NewEngine()
	r := prove.NewReach(engine)
	seen := map[string]bool{}
	for _, m := range new.models() {
		before := old.models()[0]
		for _, o := range old.models() {
			if slices.Equal(o.Scenario, m.Scenario) {
				before = o
			}
		}
		for _, c := range delta.Compare(before, m, r) {
			k := fmt.Sprint(c.Kind, c.Principal, c.At, c.What)
			if !seen[k] {
				seen[k] = true
				d.Changes = append(d.Changes, c)
			}
		}
	}
	reps := [2]*prove.Report{}
	for i, m := range []*material{old, new} {
		opt := prove.Options{Services: services(), Theorems: prove.Theorems(), Provers: provers(), Engine: engine}
		m.options(&opt)
		opt.Mend, opt.Author = nil, nil
		reps[i] = prove.Prove(m.models(), opt)
	}
	rank := map[prove.Outcome]int{prove.Holds: 0, prove.NotApplicable: 0, prove.Depends: 1, prove.NotProved: 1, prove.Fails: 2}
	for i, a := range reps[1].Theorems {
		if b := reps[0].Theorems[i]; rank[a.Outcome] > rank[b.Outcome] {
			d.Worse = append(d.Worse, report.Worse{Theorem: a.Theorem, Before: b.Outcome, After: a.Outcome})
		}
	}
	for _, f := range reps[1].Findings {
		worse := slices.ContainsFunc(d.Worse, func(w report.Worse) bool { return string(w.Theorem) == f.Theorem })
		was := slices.ContainsFunc(reps[0].Findings, func(o diag.Finding) bool { return o.Code == f.Code && o.Message == f.Message })
		if worse && !was && f.Severity != diag.Info {
			d.New = append(d.New, f)
		}
	}
	return d
}

// sidesOf reads what was and what is. Done removes what was written for it.
func sidesOf(env *Env, f diffFlags, args []string) (old, new *material, done func(), err error) {
	flags := proveFlags{account: f.account, region: f.region, parameters: f.parameters}
	done = func() {}
	paths := [2]string{args[0], args[1]}
	if from, to, ok := strings.Cut(args[0], ".."); ok && from != "" && !exists(env, args[0]) {
		to = strings.TrimPrefix(to, ".")
		if to == "" {
			to = "HEAD"
		}
		var dirs []string
		done = func() {
			for _, d := range dirs {
				os.RemoveAll(d)
			}
		}
		for i, rev := range []string{from, to} {
			dir, err := checkout(env, rev, args[1])
			if dir != "" {
				dirs = append(dirs, dir)
			}
			if err != nil {
				return nil, nil, done, err
			}
			paths[i] = filepath.Join(dir, "tree")
		}
	}
	if old, err = load(env, flags, paths[:1]); err != nil {
		return nil, nil, done, err
	}
	new, err = load(env, flags, paths[1:])
	return old, new, done, err
}

// checkout writes a path as it is at a revision of git to a folder of its own,
// which the caller removes.
func checkout(env *Env, rev, name string) (string, error) {
	if strings.HasPrefix(rev, "-") {
		return "", usage("%q is no revision", rev)
	}
	dir := env.Dir
	spec := filepath.ToSlash(name)
	if filepath.IsAbs(name) {
		dir, spec = filepath.Dir(name), filepath.Base(name)
	}
	cmd := exec.Command("git", "archive", "--format=tar", rev, "--", spec)
	cmd.Dir = dir
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		why := strings.TrimSpace(errs.String())
		if why == "" {
			why = err.Error()
		}
		return "", &failure{exitUnfinished, &hinted{fmt.Errorf("reading %s at %s: %s", name, rev, why), "penstock diff main..HEAD PATH reads PATH of both revisions from git"}}
	}
	tmp, err := os.MkdirTemp("", "penstock-diff-")
	if err != nil {
		return "", &failure{exitUnfinished, err}
	}
	root, err := os.OpenRoot(tmp)
	if err != nil {
		return tmp, &failure{exitUnfinished, err}
	}
	defer root.Close()
	if err := unpack(root, bytes.NewReader(out)); err != nil {
		return tmp, &failure{exitUnfinished, fmt.Errorf("unpacking %s at %s: %w", name, rev, err)}
	}
	at := filepath.Join(tmp, filepath.FromSlash(spec))
	if err := os.Rename(at, filepath.Join(tmp, "tree")); err != nil {
		return tmp, &failure{exitUnfinished, fmt.Errorf("%s is not there at %s", name, rev)}
	}
	return tmp, nil
}

// unpack writes the files of an archive below root, which nothing leaves.
func unpack(root *os.Root, r io.Reader) error {
	t := tar.NewReader(r)
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name := filepath.FromSlash(strings.TrimSuffix(h.Name, "/"))
		switch h.Typeflag {
		case tar.TypeDir:
			if err := root.MkdirAll(name, 0o755); err != nil {
				return err
			}
		case tar.TypeReg:
			if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				return err
			}
			f, err := root.Create(name)
			if err != nil {
				return err
			}
			_, err = io.Copy(f, t)
			if err := errors.Join(err, f.Close()); err != nil {
				return err
			}
		}
	}
}

// A review is one line of a file of reviewed access: patterns.
type review struct{ principal, action, resource match.Pattern }

func (r *review) covers(c *delta.Change) bool {
	action := ""
	if c.Witness != nil {
		action = c.Witness.Action
	}
	return r.principal.Match(c.Principal) == truth.Yes && r.action.Match(action) == truth.Yes && r.resource.Match(c.Resource) == truth.Yes
}

// readReviewed reads the file of reviewed access: a list of maps, each
// {principal: PATTERN, action: PATTERN, resource: PATTERN, why: …}.
func readReviewed(env *Env, name string) ([]review, error) {
	if name == "" {
		return nil, nil
	}
	const shape = `write a list: - {principal: "arn:aws:iam::111111111111:role/build", action: "s3:PutObject", resource: "arn:aws:s3:::store/*", why: "…"}`
	f, err := readUserFile(env, name)
	if err != nil {
		return nil, &failure{exitUnfinished, err}
	}
	tree, _, err := docload.Parse(f)
	if err != nil {
		return nil, &failure{exitUnfinished, err}
	}
	if tree.Kind != doc.List {
		return nil, &failure{exitUsage, &doc.Error{At: tree.Where(), Message: "the file of reviewed access is a " + tree.Kind.String(), Fix: shape}}
	}
	var out []review
	for _, it := range tree.Items {
		r := review{match.Compile("*"), match.CompileFold("*"), match.Compile("*")}
		if it.Kind != doc.Map || it.Get("principal") == nil {
			return nil, &failure{exitUsage, &doc.Error{At: it.Where(), Message: "the entry names no principal", Fix: shape}}
		}
		for _, field := range it.Fields {
			switch field.Name() {
			case "principal":
				r.principal = match.Compile(field.Value.Text)
			case "action":
				r.action = match.CompileFold(field.Value.Text)
			case "resource":
				r.resource = match.Compile(field.Value.Text)
			case "why":
			default:
				return nil, &failure{exitUsage, &doc.Error{At: field.Key.Where(), Message: fmt.Sprintf("unknown key %q", field.Name()), Fix: "the keys are principal, action, resource, why"}}
			}
		}
		out = append(out, r)
	}
	return out, nil
}

// deltaCodes are the findings of diff.
var deltaCodes = []service.Code{
	{Code: "DIFF001", Title: "access that was not there before", Doc: "The change lets a principal make a call that was denied before. The request that proves it is in the message. If it is meant, write it into the file that `--allow` names."},
	{Code: "DIFF002", Title: "access that may not have been there before", Doc: "Whether the change lets a principal make a call that was denied before rests on facts that no template shows; they are named."},
	{Code: "DIFF003", Title: "an approval that is gone", Doc: "A pipeline had an approval before a stage and has it no longer, or has it before another stage."},
	{Code: "DIFF004", Title: "access that is gone, or an approval that is new", Doc: "For information: the change takes something away, or adds an approval."},
}
