// Package naive is a second evaluator of IAM policies, for tests only: the
// engine of iam/authz is compared with it on generated requests. Nothing but
// tests may import it.
//
// It is written from AWS's documentation, page by page, by somebody who did
// not look at how iam/authz decides, and shares no code with it: its own
// wildcards, variables, numbers, dates and addresses, and its own reading of
// how the layers combine. It is slow and plain. Where AWS's pages say nothing
// the comment says "assumed".
//
// A request's text holds no holes here: what is unknown are context keys,
// statements and elements marked Maybe, and layers. An unknown key is not
// reasoned about but tried: absent, and with sample values made from the
// policy's own; a condition on which the samples differ is maybe.
package naive

import "penstock/iam"

// Input is everything that bears on one request; see authz.Policies, of which
// it is the image.
type Input struct {
	Identity    []*iam.Policy
	Boundary    []*iam.Policy
	HasBoundary bool
	Session     []*iam.Policy
	HasSession  bool
	Resource    []*iam.Policy
	SCP         [][]*iam.Policy
	RCP         [][]*iam.Policy
	Endpoint    []*iam.Policy
	HasEndpoint bool
	// EndpointType is "Gateway", "Interface" or, where not known, "".
	EndpointType string
	Grants       []Grant

	Management         bool
	ResourceManagement bool
	ServiceLinked      bool
	AWSManagedKey      bool
	// ObjectOwner owns the S3 object where the bucket's owner does not.
	ObjectOwner string
	// Unknown holds the layers that may hold more than is listed.
	Unknown map[string]bool
	// RCPService reports whether RCPs bind a service.
	RCPService func(prefix string) bool
}

// A Grant is a KMS grant.
type Grant struct {
	Grantee    string
	Operations []string
	Equals     map[string]string
	Subset     map[string]string
	Maybe      bool
}

// A Decision is what Decide says.
type Decision struct {
	Verdict string // "allow", "deny", "depends"
	// Explicit: a Deny statement surely matches.
	Explicit bool
	// Layers that an honest explanation of a deny may name: those that deny
	// explicitly, or else those that do not allow.
	Layers []string
}

// tri is a truth value; the order is what and, or and not use.
type tri int8

const (
	no tri = iota
	maybe
	yes
)

func (a tri) and(b tri) tri {
	if a < b {
		return a
	}
	return b
}

func (a tri) or(b tri) tri {
	if a > b {
		return a
	}
	return b
}

func (a tri) not() tri { return yes - a }

func of(b bool) tri {
	if b {
		return yes
	}
	return no
}

// if open, a is not more certain than maybe in the direction of yes.
func (a tri) given(facts []string) tri {
	if len(facts) > 0 {
		return a.and(maybe)
	}
	return a
}

// join is what is known when either of two cases may hold.
func join(cases ...tri) tri {
	if len(cases) == 0 {
		return no
	}
	for _, c := range cases[1:] {
		if c != cases[0] {
			return maybe
		}
	}
	return cases[0]
}
