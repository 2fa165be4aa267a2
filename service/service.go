// Package service says what a service room may offer: how resources of one
// AWS service are named and read, which calls a pipeline makes through it,
// and what those calls cause. A room exports one Service value; a nil field
// means "not supported", and the support matrix is printed from these values.
//
// The rows are the call catalogue: data, each with its source, walked by
// prove, and later by the lab, compile and audit.
package service

import (
	"penstock/cloud"
	"penstock/diag"
	"penstock/doc/splice"
	"penstock/iam"
	"penstock/pipeline"
	"penstock/source"
)

// A Service is everything Penstock knows about one AWS service.
type Service struct {
	Name    string   // the folder and the IAM prefix: "s3"
	Title   string   // "Amazon S3"
	Types   []Type   // resources, in the shape of CloudFormation's schema
	Actions []Action // CodePipeline providers that this service implements
	Jobs    []Job    // what a resource does when it runs
	Effects []Effect // what a call causes: forward access sessions, PassRole
	Checks  []Check  // what stops a pipeline without a policy
	Entries []Entry  // ways in that are no resource: a workflow, a profile
	Powers  []Power  // what a call gains whoever may make it
	// Authored tells what of an action (Site.Resource is nil) or of a job is
	// written by the author of the change.
	Authored func(*Site) []Authored
	// Gate reports whether an action waits for a person to approve, beside
	// those of category Approval, or whether a rule (Site.Rule) keeps a stage
	// from being entered until something of the user's says so.
	Gate func(*Site) bool
	// Slips says how an execution gets past a gate of this room without an
	// answer, as a clause; "" where it does not.
	Slips func(*Site) string
	// Seals tells where an action runs the code that seals what the builds
	// made, or that promotes what was sealed; nil where it does neither.
	Seals func(*Site) *Seal
	// Route says how a call travels from a Job that runs in a VPC: it is
	// asked before the call is decided, and sets the endpoint of its Target
	// and the keys of its Request that follow from the way.
	Route func(*Site, *Call)
	Codes []Code // findings that only this room reports
	// Terraform says how resources of the room's types are written for
	// Terraform, in the notation of package iac/tf; "" where none is.
	Terraform string
	// Mends proposes fixes for findings by code, asked only where fixes are
	// wanted: each is applied and proved again before anybody sees it. The site
	// is that of the step which the finding is about; for what a room found
	// when it read a resource it has a Model and an Author and no more.
	Mends map[string]func(*Site, *diag.Finding) []diag.Fix
}

// A Type is how resources of one CloudFormation type are named and read.
//
// Ref, ARN, Attrs are templates: ${Name}, ${Ref}, ${ARN}, ${Account},
// ${Region}, ${Partition}, ${URLSuffix}, ${Stack}, ${LogicalID}, ${Path}
// (property Path, "/" where absent) and ${Prop:A.B} stand for what they say;
// ${Hole:x} is an unknown of its own that a deployment fixes, a name or an id
// (match.Name); ${Any:x} is one of any shape. A property that
// is absent and has no default makes a hole; ${Prop:A.B=text} gives a default.
// ${Bare:A.B} is the property without a leading "https://" or "/", ${Last:A.B}
// what follows its last ':' or '/' (a name, given as a name or an ARN); both
// take a default, and "Name" for A.B is the physical name. ${Prefix:A.B=text}
// is ${Last:A.B} and a '/', nothing where the property is absent or is text;
// ${Pipe:A.B=text} the same with a '|'.
type Type struct {
	Name     string // "AWS::S3::Bucket"
	Source   string // AWS page
	NameProp string // property that gives the physical name; "" where AWS makes it
	// Lower says that a generated name is lower case (buckets).
	Lower bool
	Ref   string            // default "${Name}"
	ARN   string            // "" where the type has none
	Attrs map[string]string // GetAtt; "Arn" defaults to ${ARN}
	// PhysicalID tells what `physicalIds` of the stacks file gives: the
	// value of Ref where true is the default.
	//
	// Props are the top-level properties that the room understands, those
	// that do not bear on authorization included; others are reported as not
	// understood. Nil means that all are.
	Props []string
	// Bare says that nothing but the names of the resource bears on
	// authorization, or that nothing else of it is known: a condition that
	// only it depends on is not worth a scenario.
	Bare bool
	// Free says that Fn::GetAtt gives whatever the provider of the resource
	// answers: any attribute, of any shape.
	Free bool
	// ARNs are the properties that AWS takes as an ARN only, and Names those
	// that it takes as a name or an id only, by path: "Targets[].Arn".
	ARNs, Names []string
	// Guard says where the resource's own policy is written; nil where it has
	// none or where that is not told.
	Guard *Guard
	// Declare makes the principal or fills the resource; Attach runs after
	// every Declare of every stack and joins what it declares to others.
	Declare func(*cloud.Model, *cloud.Resource)
	Attach  func(*cloud.Model, *cloud.Resource)
}

// A Guard is where a template writes the policy of a resource: in a resource
// of its own, which names the guarded one, or in a property.
type Guard struct {
	Type     string // "AWS::S3::BucketPolicy"; "" where Document is a property of the resource itself
	Of       string // the property that names the guarded resource by Ref
	List     bool   // Of takes a list
	Document string // the property that holds the document
	// Grant makes the properties of a resource of Type, for a type that holds
	// no document: they let one request on the guarded resource through. Write
	// writes a value in the words of the template; false where one cannot be
	// written. Nil where Document is.
	Grant func(q *iam.Request, write func(string) (splice.Value, bool)) ([]splice.Field, bool)
}

// Need says what a denied call does to the pipeline.
type Need uint8

// The needs. Stops: the pipeline fails. Degrades: it goes on with something
// lost, which the row says. Listed: AWS's page lists the permission and
// nothing shows that the action fails without it.
const (
	Stops Need = iota
	Degrades
	Listed
)

// String returns "stops", "degrades" or "listed".
func (n Need) String() string { return [...]string{"stops", "degrades", "listed"}[n] }

// Basis says how we know that a call is made.
type Basis uint8

// The bases, from strong to weak.
const (
	Documented Basis = iota // an AWS page says so
	Measured                // read from an API model or seen in a log or error
	Reported                // an issue thread or a public project's source
	Reasoned                // follows from other facts; not confirmed
)

// String returns the basis in a word.
func (b Basis) String() string {
	return [...]string{"documented", "measured", "reported", "reasoned"}[b]
}

// A Row is one line of the call catalogue: a group of calls that one caller
// makes on one kind of resource.
type Row struct {
	ID       string   // stable: "codebuild.logs"
	Caller   string   // for people: "build role"
	Actions  []string // IAM actions; nil where each target has its own
	Resource string   // for people: "log-group:/aws/codebuild/<project>:log-stream:*"
	Context  string   // for people: "kms:ViaService = s3.<region>.amazonaws.com"
	Why      string   // what the call is for: "opens the build's log"
	Need     Need
	Lost     string // what is lost where Need is Degrades, or without a Listed call where that is known
	Basis    Basis
	Source   string // page, section, or issue
	// Made says that AWS asks when the resource of the job is made, so that
	// the permission must be there before it.
	Made bool
	// Targets returns the requests of this row at a site: none where the
	// row does not apply there.
	Targets func(*Site) []Target
}

// A Target is one resource that a row's actions are called on.
type Target struct {
	Caller   iam.Principal // zero: the site's Role
	Resource string
	Account  string // owner of Resource; "" derives it from the ARN or the model
	Region   string // where the call is made; "" is the site's
	Context  iam.Context
	At       source.Span     // what in the template makes the call necessary
	What     string          // "secret mfmsapp/db", "artifact SourceOutput"
	Only     []string        // of the row's Actions, or those of a row that names none; nil is all
	Starts   *cloud.Resource // the call runs this resource's Job
	Endpoint *cloud.Resource // VPC endpoint that the call goes through
	// Encryption is what the object is, or is to be, encrypted with where
	// the row knows better than the resource; nil asks the resource. For
	// cloud.AWSManaged the Key is the ARN of the alias, whose account is that
	// of the key.
	Encryption *cloud.Encryption
	// Or is a second spelling of Resource, where it is not known which of the
	// two AWS asks about: what both allow is allowed, what both deny is
	// denied, and else it depends.
	Or string
	// Else is a second name of the action, which may do as well: a denial of
	// the first is sure only where this one is denied too.
	Else string
	// Seconds is the length of the session that an sts:AssumeRole asks for, 0
	// where it asks for none.
	Seconds int
	// Missing names facts without which the request cannot be told: the
	// verdict is Depends on them.
	Missing []string
	// Assume is what is taken for granted where the verdict depends on facts
	// that are not known: then that is said instead of a finding.
	Assume string
	// Delegates says that the role which the call assumes, and which no stack
	// declares, is known to trust its account, and no more: whoever assumes it
	// needs to be allowed to.
	Delegates bool
	// Instead is another request that does as well: a denial counts only where
	// that one is denied too. Its Only holds the action.
	Instead *Target
}

// A Call is one request of the catalogue at one place.
type Call struct {
	Row     *Row
	Target  Target
	Request iam.Request
	// Cause is the call that made this one (a forward access session, a
	// passed role), nil for a call of the first hand.
	Cause *Call
}

// A Site is where rows are asked for their targets.
type Site struct {
	Model    *cloud.Model
	Pipeline *pipeline.Pipeline // nil for an entry point beside CodePipeline
	Stage    *pipeline.Stage
	Action   *pipeline.Action
	Rule     *pipeline.Rule
	// Role acts here: the action's role or the pipeline's; in a Job the
	// resource's own role, once its room has set it.
	Role string
	// Resource is what a Job runs.
	Resource *cloud.Resource
	// Network is where in a VPC it runs; nil where it runs in none.
	Network *Network
	Account string
	Region  string
	// Read returns a file of the user's by its name beside the template;
	// an error where there is none.
	Read func(name string) (*source.File, error)
	// Memo keeps what a room computed about the site (a parsed buildspec),
	// by a key of the room's.
	Memo map[string]any
	// Author writes a value as the author of the template of a resource would;
	// false where the template cannot name it. Nil where no fix is wanted.
	Author func(in *cloud.Resource, value string) (splice.Value, bool)
}

// An Action is a CodePipeline action provider, or with Provider "*" what
// every action does: its rows come before those of the action's own provider,
// or after them where Last is set (assume the role and read the inputs first,
// write the outputs last). An empty Category or Owner stands for any.
type Action struct {
	Category, Owner, Provider string
	Last                      bool
	// Artifacts says who reads inputs and writes outputs: the action's role
	// ("action"), the job that it starts ("job"), or nobody ("").
	Artifacts string
	Rows      []Row
}

// A Job is what happens when a resource runs: a build, a deployment, a stack
// operation, a state machine; for AWS::CodePipeline::Pipeline what happens
// before the first stage. The walk puts the assumption of Role by Principal
// in front of Rows (sts:AssumeRole on the role, with the context that Assume
// returns), so a room does not repeat it.
type Job struct {
	Type string // CloudFormation type of the resource
	// Role returns the role that the job runs with, "" where it has none of
	// its own, and what names it.
	Role func(*Site) (role string, at source.Span)
	// Principal assumes the role: "codebuild.amazonaws.com".
	Principal string
	// AssumeContext says what the service sends with AssumeRole, so that a
	// confused-deputy condition can be judged.
	Assume       func(*Site) iam.Context
	AssumeSource string
	// Alone reports whether the resource runs by itself, with no pipeline to
	// start it, so that the proof must walk it on its own where nothing else
	// did; nil is never. A resource that another one's job starts is walked
	// there.
	Alone func(*Site) bool
	// Network returns where in a VPC the job runs, nil where it runs in none;
	// it is asked once Role is known.
	Network func(*Site) *Network
	Rows    []Row
}

// An Entry is a way into AWS that is no resource of a template: a workflow of
// another system, a person's profile. It finds its sites in the files beside
// the templates (cloud.Model.Beside).
type Entry struct {
	Name string // "GitHub Actions workflow"
	Find func(*cloud.Model) []*Start
	Rows []Row
}

// A Start is one place where an Entry comes in.
type Start struct {
	Title string // "job deploy of .github/workflows/release.yml"
	At    source.Span
	Site  *Site
}

// An Effect is what a call causes with the caller's own rights: S3 decrypting
// with KMS, a service passed a role.
type Effect struct {
	ID      string
	Actions []string // of the causing call
	Source  string
	Basis   Basis
	Why     string
	Then    func(*Site, *Call) []Caused
}

// Caused is one request that another call causes.
type Caused struct {
	Actions []string
	Why     string
	Target  Target
}

// A Check finds what stops a pipeline without any policy denying a call. It
// runs at every site of its kind: once a pipeline, an action, a job.
type Check struct {
	Code string
	On   string // "pipeline", "action", "job", "entry", "call"
	Find func(*Site, *Call) []diag.Finding
}

// A Code documents a finding.
type Code struct {
	Code, Title, Theorem string
	Doc                  string // Markdown: why it matters, what AWS shows, what mends it, sources
	// Fix says what a fix does, "" where none can be offered; Open says why
	// none is, or when not: the user has to choose, or it is in no template.
	Fix, Open string
}
