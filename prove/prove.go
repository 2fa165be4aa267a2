// Package prove states the theorems about a pipeline and proves them, or
// finds what breaks them.
//
// Theorem one, "it runs": every call of the catalogue that the pipeline makes
// is allowed through every layer, and nothing else that the templates show
// stops it. The proof walks the pipeline in the order in which it runs, asks
// the service rooms which calls each step makes, decides each, and follows
// what a call causes (a service that decrypts with the caller's rights, a
// role that is passed on).
//
// Nothing here knows a service or a format: services and models are values.
package prove

import (
	"slices"

	"penstock/cloud"
	"penstock/diag"
	"penstock/iam/authz"
	"penstock/iam/facts"
	"penstock/pipeline"
	"penstock/service"
	"penstock/source"
)

// A Theorem is one of the four claims.
type Theorem string

// The theorems. Runs is proved here, each other one by its own package, which
// Options.Provers hands in; without a prover the answer is NotProved, never a
// silent pass.
const (
	Runs        Theorem = "runs"
	NothingMore Theorem = "nothing-more"
	Gate        Theorem = "gate"
	Trail       Theorem = "trail"
)

// Theorems lists all, in order.
func Theorems() []Theorem { return []Theorem{Runs, NothingMore, Gate, Trail} }

// An Outcome is what became of a theorem.
type Outcome string

// The outcomes. Depends: nothing contradicts the theorem, but it rests on
// facts that are not in the material. NotApplicable: it has no subject here.
// NotProved: this version has no prover for it.
const (
	Holds         Outcome = "holds"
	Fails         Outcome = "fails"
	Depends       Outcome = "depends"
	NotApplicable Outcome = "not applicable"
	NotProved     Outcome = "not proved"
)

// Options say what to prove and with what.
type Options struct {
	Services []*service.Service
	Theorems []Theorem // nil: all that have a prover
	// Read returns a file of the user's that stands beside the template of a
	// stack; nil reads nothing.
	Read func(stack *cloud.Stack, name string) (*source.File, error)
	// Context settles context keys that would otherwise be unknown.
	Context map[string]string
	// Engine decides; nil makes one.
	Engine *authz.Engine
	// Mend reads the material again with edits applied; nil proposes no
	// fixes.
	Mend   func([]diag.Edit) ([]*cloud.Model, error)
	Author Author
	// Provers prove the theorems beside Runs.
	Provers map[Theorem]Prover
}

// A Prover proves one theorem over every scenario of a proof: its line of the
// report, and its findings, each with Theorem set.
type Prover func(*Proof) (TheoremResult, []diag.Finding)

// A Report is the outcome of a proof over all scenarios.
type Report struct {
	Theorems    []TheoremResult
	Runs        []*Run
	Findings    []diag.Finding
	Assumptions []string
	Coverage    Coverage
}

// A TheoremResult is one line of the report.
type TheoremResult struct {
	Theorem Theorem
	Outcome Outcome
	// Calls, Denied, Depending count the calls of theorem one.
	Calls, Allowed, Denied, Depending int
	Why                               string
	// Assumes says what this theorem takes for granted beside what the whole
	// report assumes: who administers the accounts, who may write a branch.
	Assumes []string
}

// Coverage counts what was understood.
type Coverage struct {
	Resources  int
	Understood int
	// Named are those of the understood that are known by their names alone:
	// what they do when they run is not followed.
	Named  int
	Opaque []string // "stack/Logical: AWS::Foo::Bar"
}

// A Run is one entry point under one scenario: a pipeline, or what runs
// without one.
type Run struct {
	Scenario []string
	Pipeline *pipeline.Pipeline // nil for an entry point beside CodePipeline
	Entry    *Entry             // nil for a pipeline
	Model    *cloud.Model
	Steps    []*Step

	active map[*cloud.Resource]bool // the jobs that are being walked
}

// An Entry is an entry point that is no pipeline: a build project that a
// webhook starts, a rule, a workflow of another system.
type Entry struct {
	Kind     string // "AWS::CodeBuild::Project", "GitHub Actions workflow"
	Title    string
	Account  string
	Region   string
	Resource *cloud.Resource // nil where it is no resource
	At       source.Span
}

// A Step is what happens before the first stage, an action, or a job that one
// of its calls starts.
type Step struct {
	Stage  *pipeline.Stage // nil before the first stage
	Action *pipeline.Action
	Job    *cloud.Resource // the resource that runs, for a job
	Role   string          // who acts
	Calls  []*Call
	// Findings are the causes beside policies.
	Findings []diag.Finding
	site     *service.Site
}

// A Call is one call and what became of it.
type Call struct {
	*service.Call
	Decision authz.Decision
	Policies *authz.Policies
	Step     *Step
	// Taken reports that all the verdict depends on is what something that no
	// stack declares says: it is taken to exist and to let the call through.
	Taken bool
}

// Failed reports whether the call stops the pipeline for certain.
func (c *Call) Failed() bool {
	return c.Row.Need == service.Stops && c.Decision.Verdict == authz.Deny
}

// Walk returns the walks of a model with no call decided: what whoever grants
// permissions has to grant.
func Walk(m *cloud.Model, opt Options) []*Run {
	if opt.Engine == nil {
		opt.Engine = NewEngine()
	}
	return (&prover{opt: opt, rooms: index(opt.Services), undecided: true}).all(m)
}

// Prove proves theorems over the models of all scenarios.
func Prove(models []*cloud.Model, opt Options) *Report {
	if opt.Engine == nil {
		opt.Engine = NewEngine()
	}
	p := &prover{opt: opt, rooms: index(opt.Services)}
	rep := &Report{}
	wanted := opt.Theorems
	if wanted == nil {
		wanted = []Theorem{Runs}
	}
	proof := &Proof{Models: models, Options: opt, p: p}
	for _, t := range Theorems() {
		if !slices.Contains(wanted, t) {
			continue
		}
		prover := opt.Provers[t]
		switch {
		case t == Runs:
			rep.Theorems = append(rep.Theorems, p.runs(proof, rep))
		case prover != nil:
			res, fs := prover(proof)
			rep.Theorems = append(rep.Theorems, res)
			rep.Findings = append(rep.Findings, fs...)
		default:
			rep.Theorems = append(rep.Theorems, TheoremResult{Theorem: t, Outcome: NotProved, Why: "this version has no prover for it"})
		}
	}
	for _, m := range models {
		for _, a := range m.Assumptions {
			if !slices.Contains(rep.Assumptions, a) {
				rep.Assumptions = append(rep.Assumptions, a)
			}
		}
	}
	rep.Coverage = coverage(models)
	return rep
}

// NewEngine returns an engine that knows AWS's actions from the embedded
// facts.
func NewEngine() *authz.Engine {
	return authz.New(authz.Options{Actions: facts.Actions{}, RCPServices: facts.RCP})
}

func coverage(models []*cloud.Model) Coverage {
	var c Coverage
	seen := map[string]bool{}
	for _, m := range models {
		for _, r := range m.Resources {
			id := r.ID()
			if seen[id] {
				continue
			}
			seen[id] = true
			c.Resources++
			if len(r.Opaque) == 0 {
				c.Understood++
				continue
			}
			for _, o := range r.Opaque {
				c.Opaque = append(c.Opaque, id+": "+o)
			}
		}
	}
	return c
}
