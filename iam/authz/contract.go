package authz

import (
	"penstock/iam"
	"penstock/truth"
)

// A Verdict is the answer to one request. The zero value is Deny.
type Verdict uint8

// The verdicts. Depends: some filling of the unknown facts allows the request
// and, as far as we can tell, another denies it.
const (
	Deny Verdict = iota
	Depends
	Allow
)

// String returns "deny", "depends" or "allow".
func (v Verdict) String() string { return [...]string{"deny", "depends", "allow"}[v] }

// A Decision is a verdict with its reasons.
type Decision struct {
	Verdict  Verdict
	Explicit bool   // a Deny statement matched
	Layer    string // that decides: identity, resource, trust, boundary, session, scp, rcp, endpoint; "passrole" for a role passed across accounts
	// Missing names the facts that a Depends rests on, each once, sorted.
	Missing []string
	// Deciding is the Deny that matched, or for an implicit deny the Allow
	// that came nearest to matching; nil where there is none.
	Deciding *Hit
	// Layers is the whole trace, in the order in which AWS evaluates.
	// Explain fills it, Decide does not.
	Layers []LayerResult
}

// A LayerResult is what one layer said.
type LayerResult struct {
	Layer   string
	Allows  truth.Value // the layer lets the request through
	Denies  truth.Value // the layer holds an explicit deny for it
	Applies bool        // false: no policy of this kind bears on the request
	Note    string      // one sentence for people
	Hits    []Hit       // statements that matched, may match, or nearly matched
}

// A Hit is one statement and how it met the request.
type Hit struct {
	Policy    *iam.Policy
	Statement *iam.Statement
	Match     truth.Value
	// Element is the first element that kept it from matching, or that made
	// it Maybe: "principal", "action", "resource", "condition"; "" where it
	// matched.
	Element   string
	Condition *iam.Condition // where Element is "condition"
	Why       string         // "StringEquals sts:ExternalId: the request does not carry the key"
	Missing   []string
}
