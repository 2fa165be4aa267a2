package authz

import (
	"strings"

	"penstock/iam"
	"penstock/match"
	"penstock/truth"
)

// Explain answers a request with the whole trace. Its verdict is that of
// Decide.
func (e *Engine) Explain(req *iam.Request, p *Policies) Decision {
	var ev eval
	ev.init(e, req, p)
	ev.full = true
	r := ev.run()
	d := Decision{Verdict: r.verdict()}
	if r.always {
		d.Layer = "identity"
		d.Layers = []LayerResult{{Layer: "identity", Allows: truth.Yes, Applies: true, Note: "AWS lets everybody make this call whatever policies say"}}
		return d
	}
	d.Layers = ev.layers(&r)
	switch d.Verdict {
	case Allow:
		d.Layer = ev.grantor(&r)
	case Deny:
		ev.blame(&r, &d)
	case Depends:
		ev.missing(&r, &d)
	}
	d.Deciding = deciding(&d)
	return d
}

// resourceLayer names the layer of the resource's policy.
func (r *result) resourceLayer() string {
	if r.trust {
		return "trust"
	}
	return "resource"
}

// layers builds the trace, in the order in which AWS evaluates.
func (e *eval) layers(r *result) []LayerResult {
	var out []LayerResult
	add := func(l LayerResult) { out = append(out, l) }
	iamCaller := e.caller.kind.iamPrincipal()

	rcp := LayerResult{Layer: "rcp", Allows: truth.Yes, Denies: r.rcpDeny, Applies: r.rcps}
	scp := LayerResult{Layer: "scp", Allows: r.scpAllow, Denies: r.scpDeny, Applies: r.scps}
	if r.rcps {
		for i := range e.c.rcp {
			rcp.Hits = append(rcp.Hits, e.hits(&e.c.rcp[i])...)
		}
	}
	if r.scps {
		for i := range e.c.scp {
			scp.Hits = append(scp.Hits, e.hits(&e.c.scp[i])...)
		}
	} else if iamCaller && (e.pol.Management || e.caller.linked || e.pol.ServiceLinked) {
		scp.Note = "SCPs bind neither the management account nor service-linked roles"
	}
	add(rcp)
	add(scp)

	endpoint := LayerResult{Layer: "endpoint", Allows: truth.Yes, Applies: r.through}
	if r.through {
		endpoint.Allows, endpoint.Denies = r.endpoint.allow, r.endpoint.deny
		e.gateway = e.gatewayEndpoint()
		endpoint.Hits = e.hits(&e.c.endpoint)
		e.gateway = truth.No
	}
	add(endpoint)

	add(e.resourceResult(r, iamCaller))

	identity := LayerResult{Layer: "identity", Allows: truth.Yes, Denies: r.identity.deny, Applies: iamCaller}
	if iamCaller {
		identity.Allows = r.limits[limitIdentity]
		identity.Hits = e.hits(&e.c.identity)
		if e.caller.kind == root {
			identity.Note = "the root user needs no policy in its own account"
		}
	} else {
		identity.Note = "the caller has no policies of its own"
	}
	if r.never != "" && r.layer == "identity" {
		identity.Allows, identity.Note = truth.No, r.never
	}
	add(identity)

	bounded := iamCaller && (e.bounded() || e.pol.holes("boundary"))
	boundary := LayerResult{Layer: "boundary", Allows: truth.Yes, Applies: bounded}
	if bounded {
		boundary.Allows, boundary.Denies = r.limits[limitBoundary], r.boundary.deny
		boundary.Hits = e.hits(&e.c.boundary)
	}
	add(boundary)

	limited := iamCaller && (e.pol.HasSession || len(e.pol.Session) > 0 || e.pol.holes("session") || e.caller.kind == federated)
	session := LayerResult{Layer: "session", Allows: truth.Yes, Applies: limited}
	if limited {
		session.Allows, session.Denies = r.limits[limitSession], r.session.deny
		session.Hits = e.hits(&e.c.session)
		if e.caller.kind == federated && len(e.pol.Session) == 0 && !e.pol.HasSession {
			session.Note = "a session of GetFederationToken without a session policy may do only what a resource policy grants it"
		}
	}
	add(session)
	if r.layer == "passrole" {
		add(LayerResult{Layer: "passrole", Allows: truth.No, Applies: true, Note: r.never})
	}
	return out
}

func (e *eval) resourceResult(r *result, iamCaller bool) LayerResult {
	l := LayerResult{Layer: r.resourceLayer(), Denies: r.resource.deny, Hits: e.hits(&e.c.resource)}
	by := r.resource.by.or(r.grant)
	needed := !iamCaller || r.kind == selfGuarded || r.same != truth.Yes
	l.Applies = needed || len(e.c.resource.policies) > 0 || e.pol.holes("resource")
	l.Allows = by.any()
	switch {
	case r.grant.any() != truth.No && r.resource.by.any() != truth.Yes:
		l.Note = "a grant of the key allows it"
	case !needed && l.Allows != truth.Yes:
		l.Allows = truth.Yes
		l.Note = "within an account identity policies suffice"
	case needed && r.same == truth.Yes && by.direct == truth.No && by.byRole == truth.No && by.account != truth.No:
		l.Note = "it delegates to the account, so the caller's own policies decide"
	}
	if r.foreign {
		l.Allows, l.Note = r.sure, "the object belongs to another account than the bucket, so the bucket policy can deny it but not grant it"
	}
	if r.blocked != truth.No {
		l.Note = "the bucket policy is public, and S3 Block Public Access (RestrictPublicBuckets) keeps other accounts out"
	}
	if r.never != "" && r.layer == r.resourceLayer() {
		l.Allows, l.Note = truth.No, r.never
	}
	return l
}

// joinTexts lists texts for a person, three at most.
func joinTexts(es []iam.Elem) string {
	var b strings.Builder
	for i := range es {
		switch {
		case i == 3 && len(es) > 4:
			b.WriteString(" and others")
			return b.String()
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(match.Render(es[i].Text))
	}
	return b.String()
}
