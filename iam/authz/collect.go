package authz

import (
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/iam"
	"penstock/match"
	"penstock/truth"
)

// guarded lists the services whose resources can have a policy of their own,
// by IAM prefix, so that a resource which no stack declares leaves a question
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html,
// column "Resource-based policies").
var guarded = []string{
	"backup", "codeartifact", "dynamodb", "ecr", "ecr-public", "elasticfilesystem", "es", "events", "execute-api",
	"glacier", "glue", "kinesis", "kms", "lambda", "mediastore", "s3", "s3express", "schemas", "secretsmanager",
	"serverlessrepo", "ses", "sns", "sqs", "ssm-contacts", "ssm-incidents", "vpc-lattice", "vpc-lattice-svcs",
}

// Left out of the list, because their resource policies exist to share with
// other accounts or to let services write, and none was seen that denies the
// owner's account: codebuild (sharing of projects and report groups), logs
// (account-wide policies for services), ssm (sharing of parameters). Assumed.

// hidden is the policy that an undeclared resource of the caller's own
// account may have: it may deny anything. That it grants what the caller's
// own policies do not is not assumed, so a call that they are silent about is
// denied for certain.
func hidden(fact string) *iam.Policy {
	return &iam.Policy{
		Kind: iam.Resource, Version: "2012-10-17", Maybe: []string{fact},
		Statements: []iam.Statement{{
			Effect:       iam.Deny,
			Principals:   []iam.PrincipalElem{{Type: iam.PrincipalAll, Elem: iam.Elem{Text: "*"}}},
			HasPrincipal: true,
			Actions:      []iam.Elem{{Text: "*"}},
			Resources:    []iam.Elem{{Text: "*"}}, HasResource: true,
		}},
	}
}

// fullAccess is AWS's FullAWSAccess, which Organizations attaches at every
// level (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html).
var fullAccess = &iam.Policy{
	Kind: iam.SCP, Version: "2012-10-17",
	Statements: []iam.Statement{{
		Sid: "FullAWSAccess", Effect: iam.Allow,
		Actions:   []iam.Elem{{Text: "*"}},
		Resources: []iam.Elem{{Text: "*"}}, HasResource: true,
	}},
}

// Collect gathers from a model every policy that bears on a request. What the
// model does not hold, a role or a resource that no stack declares or a policy
// whose content is not known, is named in Unknown.
func Collect(m *cloud.Model, req *iam.Request) *Policies {
	p := &Policies{}
	account := collectCaller(m, req, p)
	p.SCP = levels(m, account, scps, "scp", p)
	p.Management = m.Org != nil && account != "" && account == m.Org.Management
	collectResource(m, req, account, p)
	owner := req.ResourceAccount
	if owner == "" {
		owner = arn.Account(req.Resource)
	}
	p.RCP = levels(m, owner, rcps, "rcp", p)
	p.ResourceManagement = m.Org != nil && owner != "" && owner == m.Org.Management
	p.AWSManagedKey = strings.Contains(req.Resource, ":alias/aws/")
	return p
}

func (p *Policies) doubt(layer, fact string) {
	u := Unknown{layer, fact}
	if !slices.Contains(p.Unknown, u) {
		p.Unknown = append(p.Unknown, u)
	}
}

// undeclared makes and records the fact that something is not declared.
func (p *Policies) undeclared(what string) string {
	fact := what + ", which no stack declares"
	if !slices.Contains(p.Undeclared, fact) {
		p.Undeclared = append(p.Undeclared, fact)
	}
	return fact
}

// add joins attachments to a list, and what of them is not known to Unknown.
func (p *Policies) add(list []*iam.Policy, layer string, as ...cloud.Attachment) []*iam.Policy {
	for _, a := range as {
		switch {
		case a.Unknown != "":
			p.doubt(layer, a.Unknown)
		case a.Policy != nil:
			list = append(list, a.Policy)
		}
	}
	return list
}

// collectCaller gathers the caller's own layers and returns its account.
func collectCaller(m *cloud.Model, req *iam.Request, p *Policies) string {
	who := req.Principal
	if who.ARN == "" {
		return ""
	}
	a, err := arn.Parse(who.ARN)
	if err != nil {
		p.doubt("identity", "who "+match.Render(who.ARN)+" is")
		p.doubt("boundary", "who "+match.Render(who.ARN)+" is")
		return ""
	}
	kind, _, _ := strings.Cut(a.Resource, "/")
	if a.Resource == "root" || kind == "oidc-provider" || kind == "saml-provider" {
		return a.Account
	}
	name := who.ARN
	if who.Role != "" {
		name = who.Role
	}
	pr := m.Principal(name)
	if pr == nil {
		fact := p.undeclared("the policies of " + match.Render(name))
		p.Undeclared = append(p.Undeclared, match.Holes(name)...) // who it is
		p.doubt("identity", fact)
		p.doubt("boundary", fact)
		return a.Account
	}
	for _, f := range pr.Maybe {
		p.doubt("identity", f)
	}
	p.Identity = p.add(nil, "identity", pr.Identity...)
	for _, g := range pr.Groups {
		if group := m.Named(cloud.Group, pr.Account, g); group != nil {
			p.Identity = p.add(p.Identity, "identity", group.Identity...)
		} else {
			p.doubt("identity", p.undeclared("the policies of group "+match.Render(g)))
		}
	}
	if pr.Boundary != nil {
		p.HasBoundary = true
		p.Boundary = p.add(nil, "boundary", *pr.Boundary)
	}
	if pr.Resource != nil {
		for _, o := range pr.Resource.Opaque {
			p.doubt("identity", o+" of "+pr.Resource.ID())
		}
	}
	return a.Account
}

// collectResource gathers the policy that guards the resource.
func collectResource(m *cloud.Model, req *iam.Request, account string, p *Policies) {
	if req.Resource == "*" || req.Resource == "" {
		return
	}
	svc, op, _ := strings.Cut(strings.ToLower(req.Action), ":")
	if svc == "sts" {
		trust(m, req, op, p)
		return
	}
	if svc == "iam" {
		return // roles have a trust policy, which speaks of sts actions alone
	}
	r := m.Owner(req.Resource)
	if r == nil {
		if !slices.Contains(guarded, svc) {
			return
		}
		fact := p.undeclared("the policy of " + match.Render(req.Resource))
		if svc != "kms" && account != "" && account == req.ResourceAccount {
			p.Resource = []*iam.Policy{hidden(fact)}
			return
		}
		p.doubt("resource", fact)
		return
	}
	for _, f := range r.Maybe {
		p.doubt("resource", f)
	}
	if slices.Contains(guarded, svc) {
		for _, o := range r.Opaque {
			p.doubt("resource", o+" of "+r.ID())
		}
	}
	p.Resource = p.add(nil, "resource", r.Policies...)
	if r.Type == "AWS::S3::Bucket" {
		p.PublicBlock = publicBlock(r)
	}
}

// publicBlock reads RestrictPublicBuckets. S3 sets it for every bucket made
// since April 2023 unless somebody says otherwise
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html);
// when a bucket was made no template says.
func publicBlock(r *cloud.Resource) truth.Value {
	n := r.Prop("PublicAccessBlockConfiguration", "RestrictPublicBuckets")
	switch {
	case n == nil || len(n.Maybe) > 0:
		return truth.Maybe
	case strings.EqualFold(n.Str(), "true"):
		return truth.Yes
	case strings.EqualFold(n.Str(), "false"):
		return truth.No
	default:
		return truth.Maybe
	}
}

func trust(m *cloud.Model, req *iam.Request, op string, p *Policies) {
	if !strings.HasPrefix(op, "assumerole") && op != "tagsession" && op != "setsourceidentity" && op != "setcontext" {
		return
	}
	pr := m.Principal(req.Resource)
	if pr == nil {
		p.doubt("resource", p.undeclared("the trust policy of "+match.Render(req.Resource)))
		return
	}
	for _, f := range pr.Maybe {
		p.doubt("resource", f)
	}
	if pr.Trust != nil {
		p.Resource = p.add(nil, "resource", *pr.Trust)
	}
}

func scps(o *cloud.Organization) map[string][]cloud.Attachment { return o.SCPs }
func rcps(o *cloud.Organization) map[string][]cloud.Attachment { return o.RCPs }

// levels gathers the organization's policies of one type for an account.
func levels(m *cloud.Model, account string, of func(*cloud.Organization) map[string][]cloud.Attachment, layer string, p *Policies) [][]*iam.Policy {
	if m.Org == nil || account == "" {
		return nil
	}
	ls, bound := m.Org.Levels(account, of(m.Org))
	if !bound {
		return nil
	}
	var out [][]*iam.Policy
	for _, l := range ls {
		ps := p.add(nil, layer, l...)
		if layer == "scp" && cloud.FullAccess(l) {
			ps = append(ps, fullAccess)
		}
		out = append(out, ps)
	}
	return out
}
