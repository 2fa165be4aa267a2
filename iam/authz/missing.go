package authz

import (
	"slices"

	"penstock/iam"
	"penstock/match"
	"penstock/truth"
)

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
		{layer: "identity", at: []*truth.Value{&r.sure}, facts: doubts(r)},
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

func doubts(r *result) []string {
	if r.doubt == "" {
		return nil
	}
	return []string{r.doubt}
}

func (e *eval) grantFacts() []string {
	var facts []string
	for _, g := range e.pol.Grants {
		facts = append(facts, g.Maybe...)
		if g.constrains() && e.is("kms:creategrant") {
			facts = append(facts, "whether the new grant is as strict as the one that allows it")
		}
	}
	return facts
}
