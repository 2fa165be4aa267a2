package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"penstock/doc"
	docjson "penstock/doc/json"
	docload "penstock/doc/load"
	"penstock/iam"
	"penstock/iam/authz"
	"penstock/iam/facts"
	"penstock/iam/reach"
	"penstock/internal/term"
	"penstock/match"
	"penstock/source"
	"penstock/truth"
)

type diffFlags struct {
	policy bool
	pairs  string
	format string

	allow, account, region string
	parameters             []string
}

// diffFormats are what diff writes.
var diffFormats = []string{"text", "json"}

func newDiff(env, outer *Env) *cobra.Command {
	var f diffFlags
	c := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Say what a change lets through that was not allowed before",
		Long: `Compare two sets of templates, OLD and NEW, or one PATH at two revisions of git: every access that is new, by principal,
each with a request that is allowed now and was denied before, through every layer of policy; access that is gone;
approvals that are gone or new; theorems that hold less than before. Exit 1 if anything is let through. What has been
reviewed stands in the file that --allow names: a list of {principal, action, resource, why}, with wildcards.

With --policy, compare two policy documents: does NEW allow any request that OLD does not? The answer is about all
requests. No means that there is none, and it is a proof; else it comes with one such request: who asks for what, with
which condition keys, and the statement that allows it. Where a policy variable or an unknown value decides, the answer
depends on it. A document with a Principal is read as the policy of a resource, and anybody may ask.

With --pairs, read lines {"id": …, "old": DOCUMENT, "new": DOCUMENT} from a file, "-" for standard input, and write one
line for each: {"id", "included": true, false or "depends", "witness", "missing", "micros"}. A line that cannot be read
gets {"id", "error"}, and the next one is read.`,
		Example: `  penstock diff main..HEAD pipelines/
  penstock diff old/ new/ --format markdown
  penstock diff --policy before.json after.json
  penstock diff --policy --pairs pairs.jsonl`,
		RunE: func(_ *cobra.Command, args []string) error { return runDiff(env, outer, f, args) },
	}
	fs := c.Flags()
	fs.BoolVar(&f.policy, "policy", false, "compare two policy documents")
	fs.StringVar(&f.pairs, "pairs", "", "with --policy, read pairs of documents as JSON lines from this `file`, - for standard input")
	fs.StringVar(&f.format, "format", "text", "`format` of the output: text or json; of templates also markdown or sarif")
	fs.StringVar(&f.allow, "allow", "", "a `file` of reviewed access, which is let through")
	fs.StringVar(&f.account, "account", "", "account `id` of lone templates: twelve digits")
	fs.StringVar(&f.region, "region", "", "`region` of lone templates")
	fs.StringArrayVar(&f.parameters, "parameter", nil, "`key=value` for a parameter of lone templates; may be repeated")
	return c
}

func runDiff(env, outer *Env, f diffFlags, args []string) error {
	if !f.policy && f.pairs == "" {
		if !slices.Contains(deltaFormats, f.format) {
			return usage("%w", unknown("format", f.format, deltaFormats, "--format takes "+strings.Join(deltaFormats, ", ")))
		}
		return runDelta(env, outer, f, args)
	}
	if !slices.Contains(diffFormats, f.format) {
		return usage("%w", unknown("format", f.format, diffFormats, "--format takes "+strings.Join(diffFormats, ", ")))
	}
	if !f.policy {
		return usage("%w", &hinted{fmt.Errorf("diff compares two policies"), "penstock diff --policy before.json after.json"})
	}
	d := &differ{engine: reach.New(authz.New(authz.Options{}), reach.Options{Actions: actionsOf})}
	if f.pairs != "" {
		if len(args) > 0 {
			return usage("%w", &hinted{fmt.Errorf("--pairs takes the documents from its lines, but %q is given as well", args[0]), "penstock diff --policy --pairs " + f.pairs})
		}
		return d.pairs(env, outer, f.pairs)
	}
	if len(args) != 2 {
		return usage("%w", &hinted{fmt.Errorf("diff --policy takes two documents, not %d", len(args)), "penstock diff --policy before.json after.json"})
	}
	return d.two(env, f, args[0], args[1])
}

// actionsOf lists the actions of a service.
func actionsOf(prefix string) []string {
	s, ok := facts.Service(prefix)
	if !ok {
		return nil
	}
	var out []string
	for a := range s.Actions() {
		out = append(out, a.Name)
	}
	return out
}

// A differ compares policies.
type differ struct{ engine *reach.Engine }

// two compares the documents of two files, both ways.
func (d *differ) two(env *Env, f diffFlags, oldName, newName string) error {
	var docs [2]*doc.Node
	for i, name := range []string{oldName, newName} {
		file, err := readUserFile(env, name)
		if err == nil {
			docs[i], _, err = docload.Parse(file)
		}
		if err != nil {
			return &failure{exitUnfinished, err}
		}
		if docs[i].Kind != doc.Map {
			return &failure{exitUnfinished, fmt.Errorf("%q holds no policy document but a %s", name, docs[i].Kind)}
		}
	}
	older, newer := policiesOf(docs[0], docs[1])
	wider, narrower := d.engine.Included(older, newer), d.engine.Included(newer, older)
	if f.format == "json" {
		out, err := json.Marshal(struct {
			Version int      `json:"version"`
			More    compared `json:"more"`
			Less    compared `json:"less"`
		}{1, describe(wider), describe(narrower)})
		if err != nil {
			return &failure{exitUnfinished, err}
		}
		fmt.Fprintf(env.Stdout, "%s\n", out)
	} else {
		for _, p := range []*iam.Policy{older[0], newer[0]} {
			if p.Broken != "" {
				fmt.Fprintf(env.Stdout, "%s: AWS would refuse this document: %s. It is read as it stands.\n", p.Span.File.Name, term.Printable(match.Render(p.Broken)))
			}
		}
		d.tell(env.Stdout, oldName, newName, wider)
		d.tell(env.Stdout, newName, oldName, narrower)
	}
	if wider.Verdict != truth.Yes {
		return &failure{code: exitNo}
	}
	return nil
}

// policiesOf parses two documents as policies of one kind. A document with a
// Principal guards a resource. It is a role's trust policy if it names no
// resource and speaks of AWS STS alone; a repository of ECR names none either.
func policiesOf(older, newer *doc.Node) (o, n []*iam.Policy) {
	resource, principal, sts, other := false, false, false, false
	for _, d := range []*doc.Node{older, newer} {
		for st := range d.Get("Statement").Elems() {
			principal = principal || st.Get("Principal") != nil || st.Get("NotPrincipal") != nil
			resource = resource || st.Get("Resource") != nil || st.Get("NotResource") != nil
			for a := range st.Get("Action").Elems() {
				is := len(a.Str()) > 4 && strings.EqualFold(a.Str()[:4], "sts:")
				sts, other = sts || is, other || !is
			}
			other = other || st.Get("NotAction") != nil
		}
	}
	k := iam.Identity
	switch {
	case principal && !resource && sts && !other:
		k = iam.Trust
	case principal:
		k = iam.Resource
	}
	p, _ := iam.Parse(older, k)
	q, _ := iam.Parse(newer, k)
	return []*iam.Policy{p}, []*iam.Policy{q}
}

// tell says in words whether newer allows more than older.
func (d *differ) tell(w io.Writer, older, newer string, in reach.Inclusion) {
	switch in.Verdict {
	case truth.Yes:
		fmt.Fprintf(w, "%s allows nothing that %s does not.\n", newer, older)
		return
	case truth.Maybe:
		fmt.Fprintf(w, "Whether %s allows something that %s does not depends on what is not known:\n", newer, older)
		for _, m := range in.Missing {
			fmt.Fprintf(w, "  %s\n", term.Printable(m))
		}
		return
	}
	v := describe(in)
	fmt.Fprintf(w, "%s allows what %s does not:\n", newer, older)
	line := func(name, text string) { fmt.Fprintf(w, "  %-10s %s\n", name, term.Printable(text)) }
	line("who", v.Witness.Principal)
	line("action", v.Witness.Action)
	line("resource", v.Witness.Resource)
	for i, k := range slices.Sorted(maps.Keys(v.Witness.Context)) {
		name := "context"
		if i > 0 {
			name = ""
		}
		line(name, k+" = "+shown(v.Witness.Context[k]))
	}
	for i, s := range v.Statements {
		name := "allowed by"
		if i > 0 {
			name = ""
		}
		line(name, s)
	}
}

func shown(v any) string {
	if v == nil {
		return "absent"
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// A compared pair is the answer about a pair, as JSON.
type compared struct {
	ID         json.RawMessage `json:"id,omitempty"`
	Included   any             `json:"included"`
	Witness    *askedFor       `json:"witness,omitempty"`
	Statements []string        `json:"statements,omitempty"` // of the new policy, that allow the witness
	Missing    []string        `json:"missing"`
	Micros     *int64          `json:"micros,omitempty"`
}

type askedFor struct {
	Principal       string         `json:"principal"`
	Action          string         `json:"action"`
	Resource        string         `json:"resource"`
	ResourceAccount string         `json:"resourceAccount,omitempty"`
	Context         map[string]any `json:"context"` // a string, a list where the key is multivalued, null where the key is absent
}

// describe makes an Inclusion a value to print.
func describe(in reach.Inclusion) compared {
	v := compared{Missing: in.Missing, Included: "depends"}
	if v.Missing == nil {
		v.Missing = []string{}
	}
	switch in.Verdict {
	case truth.Yes:
		v.Included = true
	case truth.No:
		v.Included = false
	case truth.Maybe:
	}
	req := in.Witness
	if req == nil {
		return v
	}
	w := &askedFor{Principal: req.Principal.ARN, Action: req.Action, Resource: match.Render(req.Resource), ResourceAccount: req.ResourceAccount, Context: map[string]any{}}
	switch {
	case req.Principal.Service != "":
		w.Principal = req.Principal.Service
	case req.Principal.ARN == "":
		w.Principal = "*"
	}
	for k, c := range req.Context.All() {
		switch {
		case c.State == iam.Absent:
			w.Context[k] = nil
		case len(c.Values) == 1 && !c.Multi:
			w.Context[k] = match.Render(c.Values[0])
		default:
			vs := []string{}
			for _, s := range c.Values {
				vs = append(vs, match.Render(s))
			}
			w.Context[k] = vs
		}
	}
	v.Witness = w
	v.Statements = in.Allowing()
	return v
}

const maxPair = 64 << 20

// pairs answers one line after the other.
func (d *differ) pairs(env, outer *Env, name string) error {
	in := outer.Stdin
	if name != "-" {
		path := name
		if !filepath.IsAbs(path) {
			path = filepath.Join(env.Dir, path)
		}
		f, err := os.Open(path)
		if err != nil {
			return &failure{exitUnfinished, fmt.Errorf("reading %q: %w", name, plain(err))}
		}
		defer f.Close()
		in = f
	}
	r := bufio.NewReaderSize(in, 1<<16)
	w := bufio.NewWriter(outer.Stdout)
	bad, n := 0, 0
	for {
		line, err := r.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			n++
			out, ok := d.pair(line)
			if !ok {
				bad++
			}
			if _, werr := w.Write(append(out, '\n')); werr != nil {
				return &failure{exitUnfinished, fmt.Errorf("writing the output: %w", werr)}
			}
			if r.Buffered() == 0 {
				if werr := w.Flush(); werr != nil {
					return &failure{exitUnfinished, fmt.Errorf("writing the output: %w", werr)}
				}
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return &failure{exitUnfinished, fmt.Errorf("reading %q: %w", name, err)}
		}
	}
	if err := w.Flush(); err != nil {
		return &failure{exitUnfinished, fmt.Errorf("writing the output: %w", err)}
	}
	if bad > 0 {
		return &failure{exitUnfinished, fmt.Errorf("%d of %d lines are no pair; their answers say why", bad, n)}
	}
	return nil
}

// pair answers one line and reports whether it could be read.
func (d *differ) pair(line []byte) ([]byte, bool) {
	start := time.Now()
	var id json.RawMessage = []byte("null")
	refuse := func(err error) ([]byte, bool) {
		out, _ := json.Marshal(struct {
			ID    json.RawMessage `json:"id"`
			Error string          `json:"error"`
		}{id, err.Error()})
		return out, false
	}
	if len(line) > maxPair {
		return refuse(fmt.Errorf("the line is longer than %d bytes", maxPair))
	}
	n, _, err := docjson.Parse(source.NewFile("line", line))
	if err != nil {
		return refuse(err)
	}
	if n.Kind != doc.Map {
		return refuse(fmt.Errorf("the line holds a %s and no pair", n.Kind))
	}
	if i := n.Get("id"); i != nil && i.IsScalar() {
		if b := []byte(i.Span.Text()); json.Valid(b) {
			id = b
		}
	}
	var docs [2]*doc.Node
	for _, f := range n.Fields {
		switch f.Name() {
		case "id", "old", "new":
		default:
			continue
		}
		for _, g := range n.Fields {
			if g.Name() == f.Name() && g.Key != f.Key {
				return refuse(fmt.Errorf("%q stands twice", f.Name()))
			}
		}
	}
	for i, name := range []string{"old", "new"} {
		v := n.Get(name)
		if v != nil && v.Kind == doc.String {
			// A document as text.
			if v, _, err = docjson.Parse(source.NewFile(name, []byte(v.Text))); err != nil {
				return refuse(err)
			}
		}
		if v == nil || v.Kind != doc.Map {
			return refuse(fmt.Errorf("%q must be a policy document", name))
		}
		if v.Get("Statement") == nil {
			return refuse(fmt.Errorf("%q has no Statement", name))
		}
		docs[i] = v
	}
	older, newer := policiesOf(docs[0], docs[1])
	v := describe(d.engine.Included(older, newer))
	v.ID = id
	micros := time.Since(start).Microseconds()
	v.Micros = &micros
	out, err := json.Marshal(v)
	if err != nil {
		return refuse(err)
	}
	return out, true
}
