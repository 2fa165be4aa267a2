package authz

import (
	"sync/atomic"

	"penstock/iam"
	"penstock/truth"
)

// Policies is everything that bears on one request, by layer. The zero value
// is a caller without permissions, outside any organization, and a resource
// without a policy.
//
// A Policies that is handed to an Engine must not be changed afterwards.
type Policies struct {
	// Identity holds the caller's own policies and those of its groups. For
	// a federated user they are those of the user that called
	// GetFederationToken.
	Identity []*iam.Policy
	// Boundary is the caller's permissions boundary. HasBoundary with an
	// empty list is a boundary that allows nothing; a list implies it.
	Boundary    []*iam.Policy
	HasBoundary bool
	// Session holds the session policies, managed and inline: their union
	// limits the session. HasSession as HasBoundary.
	Session    []*iam.Policy
	HasSession bool
	// Resource is the resource's own policy: bucket policy, key policy, the
	// trust policy of a role that is being assumed, …
	Resource []*iam.Policy
	// SCP are the service control policies that bind the caller's account,
	// by level from the root down to the account. Nil: none bind it.
	SCP [][]*iam.Policy
	// RCP are the resource control policies that bind the resource's
	// account, in the same way; RCPFullAWSAccess need not be listed.
	RCP [][]*iam.Policy
	// Endpoint is the policy of the VPC endpoint that the request comes
	// through. HasEndpoint as HasBoundary.
	Endpoint    []*iam.Policy
	HasEndpoint bool
	// EndpointType is "Gateway" or "Interface", "" where that is not known;
	// only S3 and DynamoDB have both.
	EndpointType string
	// Grants are the grants of the KMS key.
	Grants []Grant

	// Undeclared holds those facts of Unknown, and of policies that only may
	// be there, that are about something which no stack declares: whoever
	// takes such things to exist and to let the request through can tell them
	// from other unknowns.
	Undeclared []string

	// Management: the caller is in the management account, which SCPs do not
	// bind; nor do RCPs, where the resource is in the same account.
	Management bool
	// ResourceManagement: the resource is in the management account.
	ResourceManagement bool
	// ServiceLinked: the caller is a service-linked role. It is also seen
	// from the path and the name of the role.
	ServiceLinked bool
	// AWSManagedKey: the resource is an AWS managed KMS key, which RCPs do
	// not bind.
	AWSManagedKey bool
	// ObjectOwner is the account that owns the S3 object, where that is not
	// the bucket's owner: its writer, in a bucket with ACLs.
	ObjectOwner string
	// PublicBlock: the bucket, or its account, has RestrictPublicBuckets of
	// S3 Block Public Access.
	PublicBlock truth.Value
	// Unknown names layers of which not everything is known.
	Unknown []Unknown

	compiled atomic.Pointer[compiled]
}

// An Unknown says that a layer may hold more than is listed, and why.
type Unknown struct {
	Layer string // "identity", "boundary", "session", "resource", "scp", "rcp", "endpoint"
	Fact  string // "the policies of role build, which no stack declares"
}

// A Grant is a KMS grant
// (https://docs.aws.amazon.com/kms/latest/developerguide/grants.html).
type Grant struct {
	Grantee    string   // ARN of the grantee principal, or a service name
	Operations []string // "Decrypt", "GenerateDataKey", …
	// EncryptionContextEquals and EncryptionContextSubset are the grant
	// constraints; nil is none.
	EncryptionContextEquals map[string]string
	EncryptionContextSubset map[string]string
	// Maybe names facts that decide whether the grant exists.
	Maybe []string
}

// unknown returns why a layer is not wholly known, nil where it is.
func (p *Policies) unknown(layer string) []string {
	var facts []string
	for _, u := range p.Unknown {
		if u.Layer == layer {
			facts = append(facts, u.Fact)
		}
	}
	return facts
}

// holes is unknown without a list.
func (p *Policies) holes(layer string) bool {
	for i := range p.Unknown {
		if p.Unknown[i].Layer == layer {
			return true
		}
	}
	return false
}
