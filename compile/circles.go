package compile

import (
	"slices"
	"strings"

	"penstock/blueprint"
	"penstock/match"
)

// uncircled returns conditions that the policy of a guarded resource can have.
// One may name a resource that is made of the guarded one, the secret that a
// key encrypts: neither could then be made first. Such a value is written as
// it will look, with wildcards for what only a deployment fixes.
func (w *writer) uncircled(g *guard, cs []cond) []cond {
	out := slices.Clone(cs)
	for i := range out {
		if match.HasHole(out[i].value) && waits(g.stack, w.sub(g.stack, out[i].value), g.of.ID, nil) {
			out[i].value = wild(out[i].value)
		}
	}
	return out
}

// waits reports whether a text refers to a resource of the stack that cannot be
// made before another is.
func waits(st *blueprint.Stack, s blueprint.Sub, id string, seen []string) bool {
	for _, p := range s.Parts() {
		if p.Name == id {
			return true
		}
		r := st.Resource(p.Name)
		if p.Name == "" || r == nil || slices.Contains(seen, p.Name) {
			continue
		}
		seen = append(seen, p.Name)
		for _, q := range r.Refers() {
			if waits(st, blueprint.Sub(q.String()), id, seen) {
				return true
			}
		}
		for _, d := range r.DependsOn {
			if d == id || waits(st, blueprint.Ref(d), id, seen) {
				return true
			}
		}
	}
	return false
}

// wild is a text with wildcards for its unknown parts.
func wild(s string) string {
	for match.HasHole(s) {
		i := strings.IndexByte(s, 0)
		j := i + 1 + strings.IndexByte(s[i+1:], 0)
		star := "*"
		if match.Class(s[i+1]) == match.Suffix {
			star = "??????"
		}
		s = s[:i] + star + s[j+1:]
	}
	return s
}
