package authz

import (
	"slices"
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

// grantor names the layer that allowed: the caller's own policies, or where
// those do not count the resource's.
func (e *eval) grantor(r *result) string {
	if e.caller.kind.iamPrincipal() && r.limits[limitIdentity] == truth.Yes {
		return "identity"
	}
	return r.resourceLayer()
}

// blame fills in who denies.
func (e *eval) blame(r *result, d *Decision) {
	if r.denied == truth.Yes {
		d.Explicit = true
		for _, l := range d.Layers {
			if l.Denies == truth.Yes {
				d.Layer = l.Layer
				return
			}
		}
	}
	d.Layer = e.implicit(r)
}

// implicit names the layer that fails to allow: where several do, the one
// that is nearest to a grant which the rest of the policies would make.
func (e *eval) implicit(r *result) string {
	no := truth.No
	switch {
	case r.never != "":
		return r.layer
	case r.scpAllow == no:
		return "scp"
	case r.through && r.endpoint.allow == no:
		return "endpoint"
	case !e.caller.kind.iamPrincipal():
		return r.resourceLayer()
	}
	by := r.resource.by.or(r.grant)
	cap := func() string {
		if r.limits[limitBoundary] == no {
			return "boundary"
		}
		return "session"
	}
	capped := r.limits[limitBoundary].And(r.limits[limitSession])
	cross := r.same != truth.Yes
	if !cross {
		if by.byRole != no && capped == no {
			return cap()
		}
		if r.kind == selfGuarded && by.any() == no {
			return r.resourceLayer()
		}
	}
	switch {
	case r.limits[limitIdentity] == no:
		return "identity"
	case capped == no:
		return cap()
	case cross || r.kind == selfGuarded:
		return r.resourceLayer()
	default:
		return "identity"
	}
}

// deciding picks the statement to show: the Deny that matched, else the Allow
// of the layer to blame that came nearest.
func deciding(d *Decision) *Hit {
	for i := range d.Layers {
		l := &d.Layers[i]
		if l.Layer != d.Layer {
			continue
		}
		var best *Hit
		for j := range l.Hits {
			h := &l.Hits[j]
			allow := h.Statement.Effect == iam.Allow
			switch {
			case d.Explicit && !allow && h.Match == truth.Yes:
				return h
			case d.Verdict == Allow && allow && h.Match == truth.Yes:
				return h
			case d.Verdict == Depends && h.Match == truth.Maybe && best == nil:
				best = h
			case d.Verdict == Deny && !d.Explicit && allow && nearer(h, best):
				best = h
			}
		}
		return best
	}
	return nil
}

// nearer orders near misses: one that fails on a condition is nearer than one
// that fails on the resource, the principal, the action.
func nearer(h, best *Hit) bool {
	return best == nil || rank(h) > rank(best)
}

func rank(h *Hit) int {
	if h.Match != truth.No {
		return 5
	}
	return map[string]int{"condition": 4, "resource": 3, "principal": 2, "action": 1}[h.Element]
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
	if r.blocked != truth.No {
		l.Note = "the bucket policy is public, and S3 Block Public Access (RestrictPublicBuckets) keeps other accounts out"
	}
	if r.never != "" && r.layer == r.resourceLayer() {
		l.Allows, l.Note = truth.No, r.never
	}
	return l
}

// A knob is one value that conclude works with, so that we can try what
// another value of it would give.
type knob struct {
	layer string
	deny  bool
	at    []*truth.Value
	facts []string // beside those of the layer's statements
}

func (e *eval) knobs(r *result) []knob {
	res := r.resourceLayer()
	by, grant := &r.resource.by, &r.grant
	return []knob{
		{layer: "rcp", deny: true, at: []*truth.Value{&r.rcpDeny}},
		{layer: "scp", deny: true, at: []*truth.Value{&r.scpDeny}},
		{layer: "scp", at: []*truth.Value{&r.scpAllow}},
		{layer: "endpoint", deny: true, at: []*truth.Value{&r.endpoint.deny}},
		{layer: "endpoint", at: []*truth.Value{&r.endpoint.allow}},
		{layer: res, at: []*truth.Value{&r.same}, facts: []string{"the account that owns " + match.Render(e.req.Resource)}},
		{layer: res, deny: true, at: []*truth.Value{&r.resource.deny}},
		{layer: res, at: []*truth.Value{&by.direct, &by.byRole, &by.account}, facts: e.blockFacts(r)},
		{layer: res, at: []*truth.Value{&grant.direct, &grant.byRole}, facts: e.grantFacts()},
		{layer: "identity", deny: true, at: []*truth.Value{&r.identity.deny}},
		{layer: "identity", at: []*truth.Value{&r.identity.allow}},
		{layer: "boundary", deny: true, at: []*truth.Value{&r.boundary.deny}},
		{layer: "boundary", at: []*truth.Value{&r.boundary.allow}},
		{layer: "session", deny: true, at: []*truth.Value{&r.session.deny}},
		{layer: "session", at: []*truth.Value{&r.session.allow}},
	}
}

// missing finds out which unknown facts the verdict rests on: those of a
// value that changes the answer if it is set, or where none does so alone,
// of all.
func (e *eval) missing(r *result, d *Decision) {
	var open, matter []knob
	for _, k := range e.knobs(r) {
		maybe := false
		for _, at := range k.at {
			maybe = maybe || *at == truth.Maybe
		}
		if !maybe {
			continue
		}
		open = append(open, k)
		if e.turns(r, k) {
			matter = append(matter, k)
		}
	}
	if len(matter) == 0 {
		matter = open
	}
	for _, k := range matter {
		if d.Layer == "" {
			d.Layer = k.layer
		}
		d.Missing = append(d.Missing, k.facts...)
		if len(k.facts) > 0 && len(k.at) == 1 {
			continue // the account: no statement is in doubt
		}
		d.Missing = append(d.Missing, e.layerFacts(d, k)...)
	}
	if len(d.Missing) == 0 && r.grant.any() != truth.No {
		d.Missing = append(d.Missing, "whether a grant to another account suffices without an identity policy there")
	}
	if d.Layer == "" {
		d.Layer = r.resourceLayer()
	}
	if r.meet == truth.Maybe || len(d.Missing) == 0 {
		d.Missing = append(d.Missing, match.Holes(e.req.Resource)...)
		d.Missing = append(d.Missing, match.Holes(e.caller.arn)...)
	}
	slices.Sort(d.Missing)
	d.Missing = slices.Compact(d.Missing)
}

// turns reports whether setting a knob to Yes or No changes the verdict.
func (e *eval) turns(r *result, k knob) bool {
	old := make([]truth.Value, len(k.at))
	for i, at := range k.at {
		old[i] = *at
	}
	allowed, denied := r.allowed, r.denied
	changed := false
	for _, v := range [...]truth.Value{truth.Yes, truth.No} {
		for i, at := range k.at {
			if old[i] == truth.Maybe {
				*at = v
			}
		}
		e.conclude(r)
		changed = changed || r.verdict() != Depends
	}
	for i, at := range k.at {
		*at = old[i]
	}
	e.conclude(r)
	r.allowed, r.denied = allowed, denied
	return changed
}

// layerFacts gathers what the uncertain statements of a layer rest on.
func (e *eval) layerFacts(d *Decision, k knob) []string {
	unknownLayer := k.layer
	if unknownLayer == "trust" {
		unknownLayer = "resource"
	}
	facts := e.pol.unknown(unknownLayer)
	for _, l := range d.Layers {
		if l.Layer != k.layer {
			continue
		}
		for _, h := range l.Hits {
			if h.Match != truth.No && (h.Statement.Effect == iam.Deny) == k.deny {
				facts = append(facts, h.Missing...)
			}
		}
	}
	return facts
}

// blockFacts names what Block Public Access rests on.
func (e *eval) blockFacts(r *result) []string {
	if r.blocked != truth.Maybe {
		return nil
	}
	if e.pol.PublicBlock == truth.Maybe {
		return []string{"whether the bucket blocks public access"}
	}
	return []string{"whether the bucket policy is public"}
}

func (e *eval) grantFacts() []string {
	var facts []string
	for _, g := range e.pol.Grants {
		facts = append(facts, g.Maybe...)
	}
	return facts
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
