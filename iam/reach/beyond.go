package reach

import (
	"slices"

	"penstock/iam"
	"penstock/iam/authz"
	"penstock/truth"
)

// Beyond asks for a request of the space that new allows and old does not:
// both are everything that bears on it, before a change and after. None is a
// proof that the change allows nothing new there.
func (e *Engine) Beyond(old, new *authz.Policies, s Space) Answer {
	q := question{e: e, pol: new, old: unblocked(old), before: old, s: &s}
	o, req := q.try(false, nil)
	if o == empty {
		return Answer{Policies: new}
	}
	a := Answer{Verdict: Depends, Policies: new}
	if o == found && q.confirm(req, &a) && q.denied(&a) {
		return a
	}
	for _, fixed := range q.settings() {
		if o, r := q.try(true, fixed); o == found && q.confirm(r, &a) && q.denied(&a) {
			return a
		}
	}
	a.Verdict = Depends
	if a.Witness == nil {
		q.explain(&a)
	}
	return a
}

// denied reports whether the old policies deny the witness for certain.
func (q *question) denied(a *Answer) bool {
	if a.Witness == nil {
		return false
	}
	if q.e.authz.Decide(a.Witness, q.before) == authz.Deny {
		return true
	}
	*a = Answer{Verdict: Depends, Policies: q.pol}
	return false
}

// unblocked leaves out what a bucket's policy allowed where S3 Block Public
// Access may have voided it, which the formula knows nothing of: what was
// allowed must not be taken for more than it was. A policy that lets in
// everybody anywhere is void for other accounts as a whole
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html).
func unblocked(p *authz.Policies) *authz.Policies {
	everybody := func(e iam.PrincipalElem) bool { return e.Text == "*" || e.Type == iam.PrincipalAll }
	public := slices.ContainsFunc(p.Resource, func(pol *iam.Policy) bool {
		return slices.ContainsFunc(pol.Statements, func(st iam.Statement) bool {
			return st.Effect == iam.Allow && (st.NotPrincipal || slices.ContainsFunc(st.Principals, everybody))
		})
	})
	if p.PublicBlock == truth.No || !public {
		return p
	}
	out := &authz.Policies{
		Identity: p.Identity, Boundary: p.Boundary, HasBoundary: p.HasBoundary, Session: p.Session, HasSession: p.HasSession,
		SCP: p.SCP, RCP: p.RCP, Endpoint: p.Endpoint, HasEndpoint: p.HasEndpoint, EndpointType: p.EndpointType, Management: p.Management,
		ResourceManagement: p.ResourceManagement, ServiceLinked: p.ServiceLinked, AWSManagedKey: p.AWSManagedKey, PublicBlock: p.PublicBlock, Unknown: p.Unknown,
	}
	for _, pol := range p.Resource {
		only := *pol
		only.Statements = slices.DeleteFunc(slices.Clone(pol.Statements), func(st iam.Statement) bool { return st.Effect == iam.Allow })
		out.Resource = append(out.Resource, &only)
	}
	return out
}
