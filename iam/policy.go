// Package iam is the policy language of AWS: a policy parsed with the place
// of every element, what AWS would reject in it, and the request that
// policies are asked about. Deciding is package authz.
//
//	p, findings, err := iam.ParseJSON("policy.json", text, iam.Identity)
//
// gives a Policy and what is wrong with it, each Finding with a code of Codes,
// a place in the text and a message. The Kind says where the policy is
// attached, which decides what it may hold: an identity policy has no
// Principal, a trust policy no Resource, a resource control policy no Allow. A
// document that AWS would not take is no error: it comes back with Broken set,
// and authz knows that it grants nothing.
//
// A Request is one call: who (a Principal by its ARN, a service, or nobody),
// which Action, on which Resource of which account, with which condition keys.
// Its Context tells three things apart: a key that the request carries (Set),
// one that it does not carry (SetAbsent), and one of which nothing is known
// (SetUnknown, or in an Open context every key that was not set).
//
// ParseOperator and Variables take condition operators and policy variables
// apart, for those who read policies without deciding.
//
// The grammar is that of
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html.
package iam

import "penstock/source"

// Kind says where a policy is attached, which decides which elements it may
// and must have.
type Kind uint8

// The kinds of policy.
const (
	Identity Kind = iota
	Resource
	Trust
	Boundary
	Session
	SCP
	RCP
	Endpoint
)

// String returns the kind as authz names the layer.
func (k Kind) String() string {
	return [...]string{"identity", "resource", "trust", "boundary", "session", "scp", "rcp", "endpoint"}[k]
}

// Effect is Allow or Deny; a statement whose effect is neither is not one
// that AWS accepts, and the parser says so.
type Effect uint8

// The effects.
const (
	Deny Effect = iota
	Allow
)

// String returns "Allow" or "Deny".
func (e Effect) String() string {
	if e == Allow {
		return "Allow"
	}
	return "Deny"
}

// A Policy is one document.
type Policy struct {
	Kind       Kind
	Version    string // "2012-10-17", "2008-10-17", or "" where the document has none
	ID         string
	Statements []Statement
	Span       source.Span
	// Broken is why AWS would refuse the document, "" where it would not. A
	// broken policy grants nothing, and its Denies cannot be relied on: what
	// it touches depends on mending it.
	Broken string
	// Maybe names the facts that decide whether the policy is attached at
	// all; empty means that it is.
	Maybe []string
}

// A Statement is one statement. Where an element is written as Not…, the list
// holds the elements and the Not flag is set.
type Statement struct {
	Index        int // from 0, in the document
	Sid          string
	Effect       Effect
	Principals   []PrincipalElem
	HasPrincipal bool
	NotPrincipal bool
	Actions      []Elem
	NotAction    bool
	Resources    []Elem
	HasResource  bool
	NotResource  bool
	Conditions   []Condition
	Span         source.Span
	// Maybe names unknown facts that decide whether the statement is there
	// or what it says (an element that could not be known); it then neither
	// surely applies nor surely does not.
	Maybe []string
}

// An Elem is one action or resource, possibly symbolic.
type Elem struct {
	Text  string
	Span  source.Span
	Maybe []string // facts that decide whether the element is there
}

// PrincipalType is the key in a Principal element.
type PrincipalType uint8

// The types. All is the bare "*".
const (
	PrincipalAll PrincipalType = iota
	PrincipalAWS
	PrincipalService
	PrincipalFederated
	PrincipalCanonicalUser
)

// String returns the type as a policy spells it.
func (t PrincipalType) String() string {
	return [...]string{"*", "AWS", "Service", "Federated", "CanonicalUser"}[t]
}

// A PrincipalElem is one entry of a Principal or NotPrincipal element.
type PrincipalElem struct {
	Type PrincipalType
	Elem
}

// A Condition is one operator applied to one key. All conditions of a
// statement must hold; one of Values must match (all must differ for a
// negated operator).
type Condition struct {
	Operator string // as written: "ForAnyValue:StringLikeIfExists"
	Key      string // as written
	Values   []Elem
	Span     source.Span
}
