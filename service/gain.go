package service

import (
	"iter"
	"slices"
	"strings"

	"penstock/arn"
	"penstock/cloud"
	"penstock/doc"
	"penstock/iam"
	"penstock/match"
	"penstock/pipeline"
	"penstock/truth"
)

// On is a call of one of actions on a declared resource itself.
func On(r *cloud.Resource, why string, actions ...string) PowerCall {
	return PowerCall{Actions: actions, Resources: []string{r.ARN}, Account: r.Account, Why: why}
}

// Below is a call of one of actions on what is inside a declared resource:
// its ARN followed by rest, such as "/*".
func Below(r *cloud.Resource, rest, why string, actions ...string) PowerCall {
	return PowerCall{Actions: actions, Resources: []string{r.ARN + rest}, Account: r.Account, Why: why}
}

// Made is a call of one of actions on something new of a service in the
// account and partition of a role, in any region: "function:*". It is Same as
// the other calls that make or run it.
func Made(role, service, resource, why string, actions ...string) PowerCall {
	a, _ := arn.Parse(role)
	a.Service, a.Region, a.Resource = service, "*", resource
	return PowerCall{Actions: actions, Resources: []string{a.String()}, Account: a.Account, Same: true, Why: why}
}

// Pass are the calls that hand a role to a service and let the service assume
// it: iam:PassRole by whoever takes the gain, with iam:PassedToService, and
// sts:AssumeRole by the service. What the service sends with it is left open.
func Pass(role *cloud.Principal, to string) []PowerCall {
	return []PowerCall{
		{
			Actions: []string{"iam:PassRole"}, Resources: []string{role.ARN}, Account: role.Account,
			Context: Context("iam:PassedToService", to), Why: "passes " + match.Render(role.Name) + " to " + to,
		},
		Assumes(role, to),
	}
}

// Assumes is the call by which a service assumes a role.
func Assumes(role *cloud.Principal, by string) PowerCall {
	return PowerCall{
		Actions: []string{"sts:AssumeRole"}, Resources: []string{role.ARN}, Account: role.Account,
		Caller: iam.Principal{Service: by}, Why: by + " assumes " + match.Render(role.Name),
	}
}

// Trusting yields the declared roles whose trust policy may let a service in,
// by its principal. It only looks for the name in an Allow; what conditions
// and Denies make of it is for the engine to say.
func Trusting(m *cloud.Model, principal string) iter.Seq[*cloud.Principal] {
	return func(yield func(*cloud.Principal) bool) {
		for p := range m.Principals() {
			if p.Kind == cloud.Role && trusts(p, principal) && !yield(p) {
				return
			}
		}
	}
}

func trusts(p *cloud.Principal, principal string) bool {
	if p.Trust == nil {
		return false
	}
	if p.Trust.Policy == nil {
		return true // nobody knows
	}
	for i := range p.Trust.Policy.Statements {
		st := &p.Trust.Policy.Statements[i]
		if st.Effect != iam.Allow && len(st.Maybe) == 0 {
			continue
		}
		if st.NotPrincipal {
			return true
		}
		for _, e := range st.Principals {
			switch e.Type {
			case iam.PrincipalAll:
				return true
			case iam.PrincipalService:
				if e.Text == principal || match.Equal(e.Text, principal) != truth.No {
					return true
				}
			case iam.PrincipalAWS:
				if e.Text == "*" {
					return true
				}
			default:
			}
		}
	}
	return false
}

// New returns a gain for each declared role that trusts a service: passing the
// role to it, and the calls that calls returns, which make what runs with it.
func New(m *cloud.Model, to, what string, calls func(role string) []PowerCall) []Gain {
	var gs []Gain
	for p := range Trusting(m, to) {
		if taken(m, p) {
			continue // nothing new has the name of what is there
		}
		gs = append(gs, Gain{
			Calls: append(Pass(p, to), calls(p.ARN)...), Principal: p.ARN,
			What: what + " with role " + match.Render(p.Name),
		})
	}
	return gs
}

// taken reports whether the trust of a role lets services in for declared
// resources only, by conditions on aws:SourceArn without wildcards: what
// somebody makes has another ARN.
func taken(m *cloud.Model, p *cloud.Principal) bool {
	if p.Trust == nil || p.Trust.Policy == nil {
		return false
	}
	for i := range p.Trust.Policy.Statements {
		st := &p.Trust.Policy.Statements[i]
		if st.Effect == iam.Allow && !slices.ContainsFunc(st.Conditions, func(c iam.Condition) bool { return sourced(m, &c) }) {
			return false
		}
	}
	return true
}

func sourced(m *cloud.Model, c *iam.Condition) bool {
	op, ok := iam.ParseOperator(c.Operator)
	if !ok || op.Negated || op.IfExists || op.Set == iam.ForAllValues || !strings.EqualFold(c.Key, "aws:SourceArn") || len(c.Values) == 0 {
		return false
	}
	if op.Base != iam.ARNLike && op.Base != iam.StringEquals && op.Base != iam.StringLike {
		return false
	}
	return !slices.ContainsFunc(c.Values, func(v iam.Elem) bool {
		return len(v.Maybe) > 0 || strings.ContainsAny(v.Text, "*?$") || m.Resource(v.Text) == nil
	})
}

// RoleARN is Site.RoleARN for those without a site: the ARN of a role that a
// resource names by ARN or name; "" for "".
func RoleARN(m *cloud.Model, name, account, region string) string {
	s := Site{Model: m, Account: account, Region: region}
	return s.RoleARN(name, account)
}

// RoleOf returns the ARN of the role that a property of r names, "" where it
// names none.
func RoleOf(m *cloud.Model, r *cloud.Resource, path ...string) string {
	return RoleARN(m, cloud.Text(r.Prop(path...)), r.Account, r.Region)
}

// Each returns the gains that find gives for every resource of a type.
func Each(m *cloud.Model, typ string, find func(*cloud.Resource) []Gain) []Gain {
	var gs []Gain
	for r := range m.OfType(typ) {
		gs = append(gs, find(r)...)
	}
	return gs
}

// Change is the Find of a power over resources of a type that takes one call
// on the resource itself.
func Change(typ, what, touches, why string, actions ...string) func(*cloud.Model) []Gain {
	return func(m *cloud.Model) []Gain {
		return Each(m, typ, func(r *cloud.Resource) []Gain {
			if r.ARN == "" {
				return nil
			}
			return []Gain{{
				Calls: []PowerCall{On(r, why, actions...)}, Resource: r, Touches: touches,
				What: what + " " + match.Render(Called(r)), Maybe: r.Maybe,
			}}
		})
	}
}

// Called is what people call a resource: its name, or where it has none the
// stack and the logical id.
func Called(r *cloud.Resource) string {
	if r.Name == "" || wholeHole(r.Name) {
		return r.ID()
	}
	return r.Name
}

func wholeHole(s string) bool {
	return len(s) > 1 && s[0] == 0 && strings.IndexByte(s[1:], 0) == len(s)-2
}

// Texts yields every text in a tree, keys left out.
func Texts(n *doc.Node) iter.Seq[string] {
	return func(yield func(string) bool) { texts(n, yield) }
}

func texts(n *doc.Node, yield func(string) bool) bool {
	if n == nil {
		return true
	}
	switch n.Kind {
	case doc.String:
		return yield(n.Text)
	case doc.List:
		for _, e := range n.Items {
			if !texts(e, yield) {
				return false
			}
		}
	case doc.Map:
		for _, f := range n.Fields {
			if !texts(f.Value, yield) {
				return false
			}
		}
	default:
	}
	return true
}

// Puts are the ways to write an object into a bucket that encrypts with e: c
// alone, or where that is a customer managed key either with an encryption
// that needs no key of the account, or with the right to use the key
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html,
// "to upload an object … kms:GenerateDataKey"). That the writer brings a key of
// another account is left out: who reads the object would have to be allowed
// to use it.
func Puts(c PowerCall, e *cloud.Encryption) [][]PowerCall {
	if e == nil || e.Mode != cloud.Customer || e.Key == "" {
		return [][]PowerCall{{c}}
	}
	plain := c
	plain.Context = c.Context.Clone()
	plain.Context.Set("s3:x-amz-server-side-encryption", "AES256")
	plain.Context.SetAbsent("s3:x-amz-server-side-encryption-aws-kms-key-id")
	key := PowerCall{
		Actions: []string{"kms:GenerateDataKey"}, Resources: []string{e.Key}, Account: arn.Account(e.Key), Why: "uses the key of the bucket",
	}
	if a, err := arn.Parse(e.Key); err == nil && a.Region != "" {
		key.Context.Set("kms:ViaService", "s3."+a.Region+".amazonaws.com")
	}
	return [][]PowerCall{{plain}, {c, key}}
}

// Learns are the ways to learn under which key an artifact lies, whose last
// part is made up for each: listing the store, the history of the pipeline, or
// the builds of its account
// (https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListActionExecutions.html
// gives the s3location of each artifact,
// https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetBuilds.html
// artifacts.location). Without one of them there is nothing to overwrite.
func Learns(p *pipeline.Pipeline, bucket, owner string) []PowerCall {
	const why = "learns the key of an artifact"
	return []PowerCall{
		{Actions: []string{"s3:ListBucket", "s3:ListBucketVersions"}, Resources: []string{bucket}, Account: owner, Why: why},
		{Actions: []string{"codepipeline:ListActionExecutions"}, Resources: []string{p.ARN}, Account: p.Account, Why: why},
		{Actions: []string{"codebuild:BatchGetBuilds"}, Resources: []string{"arn:*:codebuild:*:" + p.Account + ":project/*"}, Account: p.Account, Why: why},
	}
}

// Overwrites are the ways to replace an artifact by c: to learn its key, and
// to write it (see Puts).
func Overwrites(p *pipeline.Pipeline, c PowerCall, bucket string, e *cloud.Encryption) [][]PowerCall {
	var out [][]PowerCall
	for _, learn := range Learns(p, bucket, c.Account) {
		for _, put := range Puts(c, e) {
			out = append(out, append([]PowerCall{learn}, put...))
		}
	}
	return out
}
