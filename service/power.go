package service

import (
	"penstock/cloud"
	"penstock/iam"
)

// A Power is a row of the second catalogue: what somebody who may make some
// calls gains by them beyond what the calls do. It takes no notice of who
// asks; package chain decides who has it.
type Power struct {
	ID     string // stable: "lambda.update-code"
	Kind   PowerKind
	Why    string // a clause: "replaces the code of a function, which runs with its role"
	Basis  Basis
	Source string // page, section, or issue
	// Find returns every place in the model where the power can be had.
	Find func(*cloud.Model) []Gain
}

// PowerKind says what is gained.
type PowerKind uint8

// The kinds.
//
// Become: to act with all rights of Gain.Principal. Execute: to decide what
// Gain.Principal executes, and so to act with its rights once it runs.
// Escalate: to change what Gain.Principal may do, and so, for whoever acts as
// it, to have any right that its boundary and organization leave; without a
// Principal to make a new one in the account of the first call, under the
// boundary that the context of that call names. Tamper: to change what
// Gain.Resource does or what passes through it, as Gain.Touches says. Blind:
// to stop, change or hide the trace that Gain.Resource keeps, or to stop the
// alert that Gain.Resource raises.
const (
	Become PowerKind = iota
	Execute
	Escalate
	Tamper
	Blind
)

// String returns the kind in a word.
func (k PowerKind) String() string {
	return [...]string{"become", "execute", "escalate", "tamper", "blind"}[k]
}

// What a Tamper touches.
const (
	TouchesDefinition = "definition" // what the pipeline, project, rule or machine is
	TouchesGate       = "gate"       // approves, skips, retries around or disables a gate
	TouchesStart      = "start"      // starts an execution, or chooses what it runs on
	TouchesArtifact   = "artifact"   // an object of the artifact store, or of a bucket that deploys read
	TouchesSource     = "source"     // a source revision
	TouchesImage      = "image"      // what a tag of an image repository names
	TouchesTarget     = "target"     // what a deployment deploys to, beside the pipeline
	TouchesGuard      = "guard"      // a key, a bucket policy, a setting that protects any of these
)

// A Gain is one place where a Power can be had.
type Gain struct {
	// Calls must all be possible for whoever takes it, in this order.
	Calls     []PowerCall
	Principal string          // ARN of the role or user that is gained, "" for none
	Resource  *cloud.Resource // what is changed or controlled, nil where no stack declares it
	Touches   string          // of a Tamper
	What      string          // for people: "function deploy-hook", "pipeline shop"
	// Only limits what can be done as Principal to these actions, patterns as
	// in an Action element; nil is no limit. A rule of EventBridge uses its
	// role for the kinds of target that it has, and for nothing else.
	Only []string
	// Groups are names of groups of Principal's account whose rights it gains
	// beside its own; an Escalate with Groups gives these and no more.
	Groups []string
	// Unbinds says that the gain takes the boundary of Principal away; an
	// Escalate that Unbinds does no more.
	Unbinds bool
	// Maybe names facts that decide whether the gain is there at all, however
	// possible its calls are.
	Maybe []string
}

// A PowerCall is one call of a Gain: any one of Actions on some resource that
// Resources matches, with the context that the call carries by its nature.
type PowerCall struct {
	Actions   []string // full names; one will do
	Resources []string // patterns as in a Resource element; nil is any
	Account   string   // that owns the resource; "" derives it
	// Caller makes the call; zero is whoever takes the gain. It is a service
	// that assumes the role it was passed, which the role's trust must let
	// in.
	Caller iam.Principal
	// Same says that the call is made on the resource of the other calls of
	// the gain that are so marked: the function that was made is the one that
	// is invoked.
	Same bool
	// Context holds the keys that the call fixes (iam:PassedToService); every
	// other key is free.
	Context iam.Context
	Why     string // "passes the role to the function"
}
