// Package pipeline is a delivery pipeline as CodePipeline declares it: its
// stages and actions, the artifacts between them, the stores that carry the
// artifacts, triggers, variables and gates, found in a cloud.Model.
//
// The shape is that of the PipelineDeclaration of the CodePipeline API
// (https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineDeclaration.html).
package pipeline

import (
	"penstock/cloud"
	"penstock/doc"
	"penstock/source"
)

// A Pipeline is one declaration.
type Pipeline struct {
	Name, ARN, Account, Region string
	Role                       string // ARN of the service role
	Type                       string // "V1" or "V2"
	ExecutionMode              string
	Stages                     []*Stage
	Stores                     map[string]*Store // by region
	Variables                  []Variable
	Triggers                   []Trigger
	Resource                   *cloud.Resource
	Span                       source.Span
}

// A Store is the bucket, and the key if one is named, that carries artifacts
// in one region.
type Store struct {
	Bucket  string // name
	Key     string // key ARN, id or alias as written; "" for the bucket's default
	KeyNode *doc.Node
	Region  string
	Span    source.Span
}

// A Stage is a step of the pipeline. Its conditions hold rules.
type Stage struct {
	Name        string
	Actions     []*Action // in the order written; RunOrder says when each runs
	BeforeEntry []*Rule
	OnSuccess   []*Rule
	OnFailure   []*Rule
	// FailureResult is what becomes of a stage that fails: ROLLBACK, FAIL,
	// RETRY, SKIP; "" where the pipeline does not say.
	FailureResult string
	Span          source.Span
}

// Group returns the actions in run order: those of one group run at once.
func (s *Stage) Group() [][]*Action { return group(s.Actions) }

// An Action is one action. Config holds the configuration as written, by key.
type Action struct {
	Name, Category, Owner, Provider, Version string
	RunOrder                                 int
	Region                                   string // the pipeline's own where the action names none
	Account                                  string // where its own resources are: the account of Role, or the pipeline's
	Role                                     string // ARN; "" where the pipeline's role acts
	RoleNode                                 *doc.Node
	Config                                   *doc.Node
	Inputs, Outputs                          []Artifact
	Namespace                                string
	Commands                                 *doc.Node
	Stage                                    *Stage
	Node                                     *doc.Node
	Span                                     source.Span
}

// Get returns a configuration value, "" where it is absent, a hole where it
// cannot be known.
func (a *Action) Get(key string) string { return cloud.Text(a.Config.Get(key)) }

// Gate reports whether the action waits for a person.
func (a *Action) Gate() bool { return a.Category == "Approval" }

// An Artifact is a named output of one action and input of others.
type Artifact struct {
	Name string
	Span source.Span
}

// A Rule is one rule of a stage condition.
type Rule struct {
	Name, Provider string
	Result         string // FAIL, SKIP, ROLLBACK
	Role           string
	Config         *doc.Node
	Span           source.Span
}

// A Variable is a pipeline-level variable.
type Variable struct{ Name, Default string }

// A Trigger starts the pipeline on a change of a connection's repository.
type Trigger struct {
	Source string // the source action it belongs to
	Node   *doc.Node
}
