// Package cloud is a set of AWS accounts as templates describe them: the
// organization, the principals, the resources, and for each the policies of
// every layer with the place they were written.
//
// Readers (iac/cfn, later Terraform and a live account) make a Model and
// analyses take it; neither sees the other. The canonical shape of a
// resource's properties is CloudFormation's resource schema, since it is
// AWS's own and complete: a reader of another format translates into it.
//
// Strings may be symbolic (package match). Two mentions of one unknown hold
// the same hole, so ARNs compare as strings.
package cloud

import (
	"iter"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/diag"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/source"
)

// A Model is everything that is known of the accounts.
type Model struct {
	Org       *Organization // nil: no organization was described
	Stacks    []*Stack
	Resources []*Resource // in the order of stacks and templates
	// Findings are what reading found, Assumptions what it took for granted.
	Findings    []diag.Finding
	Assumptions []string
	// Needs states what principals need beyond what the catalogue can know.
	Needs []Need
	// Beside holds the files that stand beside the templates and are none:
	// workflows, profiles.
	Beside []*source.File
	// Scenario names the template conditions that this model fixes
	// ("IsProd is false"), nil where nothing was open.
	Scenario []string

	principals map[string]*Principal
	order      []*Principal
	byARN      map[string]*Resource
	byType     map[string][]*Resource
	parsed     map[*doc.Node]*iam.Policy
	managed    map[string]*iam.Policy
}

// New returns an empty Model.
func New() *Model {
	return &Model{
		principals: map[string]*Principal{},
		byARN:      map[string]*Resource{},
		byType:     map[string][]*Resource{},
		parsed:     map[*doc.Node]*iam.Policy{},
		managed:    map[string]*iam.Policy{},
	}
}

// A Need is the user's word that a principal needs some access: what a build
// runs or a function calls is in no template.
type Need struct {
	Principal string   // ARN, or the name of a role; wildcards count
	Actions   []string // patterns, as in an Action element
	Resources []string // patterns, as in a Resource element; nil is any
	Why       string
	Span      source.Span
}

// A Stack is one template in one account and region.
type Stack struct {
	Name, Account, Region string
	Template              string // the file, as given
	File                  *source.File
	// Imports holds the stacks whose exports this one imports, or whose
	// outputs its parameters are: they are deployed before it.
	Imports []*Stack
	// Within is the stack that this one is nested in, nil where it is in none.
	Within *Stack
	// Resolves are the dynamic references in its resources, {{resolve:…}},
	// which are read when it is deployed.
	Resolves []Resolve
}

// A Resolve is one dynamic reference.
type Resolve struct {
	Service  string // "ssm", "ssm-secure" or "secretsmanager"
	Name     string // of a parameter, or the id or ARN of a secret; symbolic where unknown
	Resource string // the logical id that it stands in, "" for none
	At       source.Span
}

// A Resource is one declared resource.
type Resource struct {
	Type      string // CloudFormation's name: "AWS::S3::Bucket"
	Stack     *Stack
	LogicalID string
	Account   string
	Region    string
	Ref       string // what Ref gives: name, id or ARN
	Name      string // the physical name, where the type has one
	ARN       string // "" where the type has none
	Props     *doc.Node
	Span      source.Span // the logical id in the template
	Node      *doc.Node   // the whole entry as it is written, nil where it is in no template
	// Update is its UpdatePolicy, evaluated; nil where it has none.
	Update *doc.Node
	// After holds the logical ids of its stack that it refers to or names in
	// DependsOn, and so is made after.
	After []string
	// Maybe names the unknown conditions that decide whether it exists.
	Maybe []string
	// Opaque names what about it we do not understand: a property or a
	// function. A call that it touches Depends on that.
	Opaque []string

	// Policies guard the resource itself: bucket policy, key policy, …
	Policies []Attachment
	// Encryption says what its contents are encrypted with; nil where its
	// room does not say.
	Encryption *Encryption
	Tags       map[string]string
}

// Prop returns a property by path, nil where it is absent.
func (r *Resource) Prop(path ...string) *doc.Node { return r.Props.At(path...) }

// ID returns "stack/LogicalId".
func (r *Resource) ID() string {
	if r.Stack == nil {
		return r.LogicalID
	}
	return r.Stack.Name + "/" + r.LogicalID
}

// EncryptionMode is who holds the key.
type EncryptionMode uint8

// The modes. AWSOwned covers SSE-S3 and keys that AWS owns: no KMS call is
// made with the caller's rights. AWSManaged is the account's aws/<service>
// key, which no other account can use. Customer is a customer managed key.
const (
	AWSOwned EncryptionMode = iota
	AWSManaged
	Customer
)

// Encryption is how a resource's contents are encrypted.
type Encryption struct {
	Mode      EncryptionMode
	Key       string // key ARN, symbolic where unknown; for AWSManaged the alias "alias/aws/s3"
	BucketKey bool   // S3 bucket key: the encryption context is the bucket, not the object
	Span      source.Span
}

// An Attachment is a policy and how it came to stand where it stands.
type Attachment struct {
	Policy *iam.Policy // nil where its content is not known; see Unknown
	Name   string
	ARN    string    // of a managed policy
	Node   *doc.Node // the document, for edits; nil for AWS's own
	// Resource declares it (the role itself for an inline policy).
	Resource *Resource
	// Unknown says why the content is not known.
	Unknown string
	Span    source.Span // where it is attached
}

// PrincipalKind tells roles, users and groups apart.
type PrincipalKind uint8

// The kinds.
const (
	Role PrincipalKind = iota
	User
	Group
)

// A Principal is an IAM role, user or group.
type Principal struct {
	Kind                     PrincipalKind
	ARN, Name, Path, Account string
	Trust                    *Attachment // roles
	Identity                 []Attachment
	Boundary                 *Attachment
	Groups                   []string // names, in the same account
	Tags                     map[string]string
	Resource                 *Resource
	Maybe                    []string
}

// Add records a resource; the first with an ARN owns it.
func (m *Model) Add(r *Resource) {
	m.Resources = append(m.Resources, r)
	m.byType[r.Type] = append(m.byType[r.Type], r)
	if r.ARN != "" {
		if _, ok := m.byARN[r.ARN]; !ok {
			m.byARN[r.ARN] = r
		}
	}
}

// AddPrincipal records a principal.
func (m *Model) AddPrincipal(p *Principal) {
	if _, ok := m.principals[p.ARN]; !ok {
		m.principals[p.ARN] = p
		m.order = append(m.order, p)
	}
}

// Principals yields all, in the order declared.
func (m *Model) Principals() iter.Seq[*Principal] { return slices.Values(m.order) }

// Principal returns the role, user or group with this ARN. For the ARN of a
// role session it returns the role; several roles of one account cannot share
// a name, whatever their paths
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
func (m *Model) Principal(a string) *Principal {
	if p := m.principals[a]; p != nil {
		return p
	}
	x, err := arn.Parse(a)
	if err != nil {
		return nil
	}
	rest, ok := strings.CutPrefix(x.Resource, "assumed-role/")
	if !ok || x.Service != "sts" {
		return nil
	}
	name, _, _ := strings.Cut(rest, "/")
	return m.Named(Role, x.Account, name)
}

// Named returns a principal by kind, account and name.
func (m *Model) Named(k PrincipalKind, account, name string) *Principal {
	for _, p := range m.order {
		if p.Kind == k && p.Account == account && p.Name == name {
			return p
		}
	}
	return nil
}

// Resource returns the resource with this ARN. Where the ARN names something
// inside one (an object of a bucket, a stream of a log group), Owner finds
// the container.
func (m *Model) Resource(a string) *Resource { return m.byARN[a] }

// Owner returns the resource whose ARN is a, or which contains a: the
// longest declared ARN that a extends by '/' or ':'.
func (m *Model) Owner(a string) *Resource {
	for a != "" {
		if r := m.byARN[a]; r != nil {
			return r
		}
		i := strings.LastIndexAny(a, "/:")
		if i < 0 {
			return nil
		}
		a = a[:i]
	}
	return nil
}

// ByRef returns the resource of one of these types in an account and region
// (either "" for any) whose Ref, name or ARN is s.
func (m *Model) ByRef(s, account, region string, types ...string) *Resource {
	if s == "" {
		return nil
	}
	for _, r := range m.Resources {
		if !slices.Contains(types, r.Type) {
			continue
		}
		if r.ARN == s {
			return r
		}
		if (account == "" || r.Account == account) && (region == "" || r.Region == region) && (r.Ref == s || r.Name == s) {
			return r
		}
	}
	return nil
}

// OfType yields the resources of a type, in the order added.
func (m *Model) OfType(t string) iter.Seq[*Resource] { return slices.Values(m.byType[t]) }

// Policy parses the document at n once and records its findings.
func (m *Model) Policy(n *doc.Node, k iam.Kind) *iam.Policy {
	if p, ok := m.parsed[n]; ok && p.Kind == k {
		return p
	}
	p, fs := iam.Parse(n, k)
	m.Findings = append(m.Findings, fs...)
	m.parsed[n] = p
	return p
}

// Owned reports whether the stacks describe the account: then a name in it
// that no stack declares may still exist, but the model has its say.
func (m *Model) Owned(account string) bool {
	return slices.ContainsFunc(m.Stacks, func(s *Stack) bool { return s.Account == account })
}

// Assume records an assumption once.
func (m *Model) Assume(text string) {
	if !slices.Contains(m.Assumptions, text) {
		m.Assumptions = append(m.Assumptions, text)
	}
}

// Unknown is the hole for an attribute of a resource that only a deployment
// fixes.
func (r *Resource) Unknown(c match.Class, attr string) string {
	return match.Hole(c, r.ID()+"."+attr)
}
