package reach

import (
	"sync"

	"penstock/iam"
	"penstock/iam/authz"
)

// Options are what an Engine needs beside authz. The zero value will do.
type Options struct {
	// Actions gives the facts' actions of a service, without its prefix, for
	// witnesses that exist; nil knows those that policies and question name.
	Actions func(service string) []string
	// Sent says that the keys which AWS documents as always included are
	// never absent (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html).
	Sent bool
}

// An Engine answers. It is safe for concurrent use.
type Engine struct {
	authz *authz.Engine
	opt   Options

	mu    sync.Mutex
	rcps  map[string]bool
	names *authz.Engine
	asked int
}

// New returns an Engine that confirms its witnesses with e.
func New(e *authz.Engine, o Options) *Engine {
	return &Engine{authz: e, opt: o, rcps: map[string]bool{}}
}

// A Space is a set of requests. Nil lists mean "any". sts:GetCallerIdentity and
// sts:GetSessionToken, which no policy governs, are in it only where Actions
// holds their names.
type Space struct {
	Principal       iam.Principal // who asks: concrete (role ARN, session, service …)
	Actions         []string      // patterns as in an Action element
	NotActions      []string
	Resources       []string // patterns as in a Resource element (may hold holes)
	NotResources    []string
	ResourceAccount string // "": any, or as the resource's ARN says
	// Context holds the keys that are settled, known or known to be absent.
	// Every other key is free: any value that AWS could send, or absent.
	Context iam.Context
	// Fixed: keys not set in Context are absent instead of free.
	Fixed bool

	within    []string // a further list that the resource must be in
	kms       bool     // actions of KMS only
	elsewhere bool     // ResourceAccount stands for any account but the caller's
}

// Verdict is the answer to a question about a Space.
type Verdict uint8

// The verdicts. None is a proof; Some has a witness.
const (
	None Verdict = iota
	Depends
	Some
)

// String returns "none", "depends" or "some".
func (v Verdict) String() string { return [...]string{"none", "depends", "some"}[v] }

// An Answer is a verdict with its reason.
type Answer struct {
	Verdict Verdict
	// Witness is for Some a request that authz allows; for Depends one that
	// would be allowed if Missing were settled, nil where none is known.
	Witness *iam.Request
	// Missing names the facts that Depends rests on.
	Missing []string
	// Decision is authz's about the witness, without its trace.
	Decision authz.Decision
	// Policies bear on the witness.
	Policies *authz.Policies
}

// namer returns an engine for questions about principals, a new one now and
// then, for it remembers the policies that it has seen.
func (e *Engine) namer() *authz.Engine {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.asked++; e.names == nil || e.asked%1024 == 0 {
		e.names = authz.New(authz.Options{})
	}
	return e.names
}

// bound reports whether resource control policies bind a service, as the
// engine sees it.
func (e *Engine) bound(service string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	b, ok := e.rcps[service]
	if !ok {
		req := iam.Request{Principal: iam.Principal{ARN: "arn:aws:iam::000000000000:user/x"}, Action: service + ":X", Resource: "*"}
		b = e.authz.Decide(&req, &authz.Policies{Identity: []*iam.Policy{anything}, RCP: [][]*iam.Policy{{nothing}}}) == authz.Deny
		e.rcps[service] = b
	}
	return b
}

var nothing = &iam.Policy{
	Kind: iam.RCP, Version: iam.Version2012,
	Statements: []iam.Statement{{
		Effect: iam.Deny, HasPrincipal: true, Principals: []iam.PrincipalElem{{Type: iam.PrincipalAll, Elem: iam.Elem{Text: "*"}}},
		Actions: []iam.Elem{{Text: "*"}}, Resources: []iam.Elem{{Text: "*"}}, HasResource: true,
	}},
}
