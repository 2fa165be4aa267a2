package authz

import (
	"strings"

	"penstock/iam"
	"penstock/match"
	"penstock/truth"
)

// A grant is a Grant with its grantee taken apart.
type grant struct {
	src     *Grant
	grantee principal
	elem    iam.PrincipalElem
}

func compileGrants(gs []Grant) []grant {
	if len(gs) == 0 {
		return nil
	}
	out := make([]grant, len(gs))
	for i := range gs {
		g := &out[i]
		g.src = &gs[i]
		g.elem = iam.PrincipalElem{Type: iam.PrincipalAWS, Elem: iam.Elem{Text: gs[i].Grantee, Maybe: gs[i].Maybe}}
		if !strings.HasPrefix(gs[i].Grantee, "arn:") && strings.HasSuffix(gs[i].Grantee, ".amazonaws.com") {
			g.elem.Type = iam.PrincipalService
		}
		g.grantee = compilePrincipal(&g.elem)
	}
	return out
}

const encryptionContext = "kms:encryptioncontext:"

// grant reports whether a grant allows the request, and how it names the
// caller. A grantee's role is limited as one that a key policy names
// (assumed); a grant to an account delegates nothing.
func (e *eval) grant(g *grant) reach {
	op := e.req.Action[strings.IndexByte(e.req.Action, ':')+1:]
	listed := false
	for _, o := range g.src.Operations {
		listed = listed || strings.EqualFold(o, op)
	}
	if !listed {
		return reach{}
	}
	r := g.grantee.names(e)
	if e.caller.kind == root {
		r.byRole = r.byRole.Or(r.account)
	}
	r.account = truth.No
	switch {
	case constrained(op):
		r = r.and(e.constraints(g.src))
	case strings.EqualFold(op, "CreateGrant") && g.src.constrains():
		// The new grant must be at least as strict (same page), and what it
		// says is not in the request.
		r = r.and(truth.Maybe)
	}
	return r
}

// constrains reports whether the grant has constraints.
func (g *Grant) constrains() bool {
	return len(g.EncryptionContextEquals) > 0 || len(g.EncryptionContextSubset) > 0
}

// constrained reports whether grant constraints bear on an operation: on the
// cryptographic operations of a symmetric key, which take an encryption
// context.
func constrained(op string) bool {
	for _, o := range [...]string{
		"Encrypt", "Decrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "GenerateDataKeyPair",
		"GenerateDataKeyPairWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo",
	} {
		if strings.EqualFold(op, o) {
			return true
		}
	}
	return false
}

// constraints compares the encryption context of the request with those of
// the grant
// (https://docs.aws.amazon.com/kms/latest/APIReference/API_GrantConstraints.html).
func (e *eval) constraints(g *Grant) truth.Value {
	v := truth.Yes
	for _, want := range [...]map[string]string{g.EncryptionContextSubset, g.EncryptionContextEquals} {
		for k, text := range want {
			v = v.And(e.hasContext(k, text))
		}
	}
	if g.EncryptionContextEquals == nil {
		return v
	}
	if e.req.Context.Open {
		v = v.And(truth.Maybe) // there may be more
	}
	for key, given := range e.req.Context.All() {
		low := strings.ToLower(key)
		if !strings.HasPrefix(low, encryptionContext) || given.State == iam.Absent {
			continue
		}
		listed := false
		for k := range g.EncryptionContextEquals {
			listed = listed || strings.EqualFold(k, key[len(encryptionContext):])
		}
		if !listed {
			v = v.And(truth.Of(given.State == iam.Unknown || given.Optional).And(truth.Maybe))
		}
	}
	return v
}

func (e *eval) hasContext(k, want string) truth.Value {
	given := e.lookup(encryptionContext+strings.ToLower(k), notDerived)
	switch {
	case given.State == iam.Absent || given.State == iam.Known && len(given.Values) == 0:
		return truth.No
	case given.State == iam.Unknown:
		return truth.Maybe
	}
	v := match.Equal(want, given.Values[0])
	if given.Optional {
		v = v.And(truth.Maybe)
	}
	return v
}
