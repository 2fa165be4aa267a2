package naive

import (
	"strings"

	"penstock/iam"
)

// grant reports how a grant of the key names the caller for an operation
// (https://docs.aws.amazon.com/kms/latest/developerguide/grants.html).
func (w *world) grant(g Grant, operation string) names {
	found := false
	for _, o := range g.Operations {
		found = found || strings.ToLower(o) == operation
	}
	if !found {
		return names{}
	}
	m := yes
	if g.Maybe {
		m = maybe
	}
	// The constraints count for operations that take an encryption context;
	// in them "the key in each key-value pair is not case sensitive, but the
	// value is" (KMS API reference, GrantConstraints).
	switch operation {
	case "decrypt", "encrypt", "generatedatakey", "generatedatakeywithoutplaintext", "generatedatakeypair",
		"generatedatakeypairwithoutplaintext", "reencryptfrom", "reencryptto":
		m = m.and(w.constraint(g.Equals, true)).and(w.constraint(g.Subset, false))
	case "creategrant":
		// "the constraint requires that any grants created with the CreateGrant
		// permission have an equally strict or stricter encryption context
		// constraint": the request does not say.
		if len(g.Equals)+len(g.Subset) > 0 {
			m = m.and(maybe)
		}
	}
	var n names
	switch {
	case w.who.kind == service:
		n.direct = of(g.Grantee == w.who.service)
	default:
		n = w.aws(g.Grantee)
		// What an account as grantee means to its users, no page says.
		if w.who.kind != root {
			n.account = no
		}
	}
	return names{m.and(n.direct), m.and(n.role), m.and(n.account)}
}

const contextKey = "kms:encryptioncontext:"

func (w *world) constraint(want map[string]string, exact bool) tri {
	if want == nil {
		return yes
	}
	r := yes
	for k, v := range want {
		have := w.key(contextKey + k)
		switch {
		case have.State == iam.Unknown:
			r = r.and(maybe)
		case have.State == iam.Absent || len(have.Values) != 1 || have.Values[0] != v:
			r = no
		case have.Optional:
			r = r.and(maybe)
		}
	}
	if !exact {
		return r
	}
	lower := map[string]bool{}
	for k := range want {
		lower[strings.ToLower(k)] = true
	}
	for k, have := range w.req.Context.All() {
		name, ok := strings.CutPrefix(strings.ToLower(k), contextKey)
		if !ok || lower[name] || have.State == iam.Absent {
			continue
		}
		if have.State == iam.Unknown || have.Optional {
			r = r.and(maybe)
		} else {
			r = no
		}
	}
	if w.req.Context.Open {
		r = r.and(maybe) // there may be more
	}
	return r
}
