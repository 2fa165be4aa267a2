package tf

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"penstock/diag"
)

// refer finds which resources each one refers to.
func (m *Module) refer() {
	for _, r := range m.res {
		seen := map[*resource]bool{}
		for _, t := range variables(r.block.Body) {
			if o := m.named(t); o != nil && o != r && !seen[o] {
				seen[o] = true
				r.refs = append(r.refs, o)
			}
		}
		for _, o := range m.dependsOn(r) {
			if o != r && !seen[o] {
				seen[o] = true
				r.refs = append(r.refs, o)
			}
		}
	}
}

// variables returns the references of a body.
func variables(b *hclsyntax.Body) []hcl.Traversal {
	var out []hcl.Traversal
	for _, a := range attributes(b) {
		if a.Name != "depends_on" && a.Name != "provider" {
			out = append(out, a.Expr.Variables()...)
		}
	}
	for _, n := range b.Blocks {
		out = append(out, variables(n.Body)...)
	}
	return out
}

// named is the resource that a reference begins with, through locals.
func (m *Module) named(t hcl.Traversal) *resource {
	w, _ := names(t)
	if len(w) < 2 {
		return nil
	}
	if w[0] == "local" {
		a := m.locals[w[1]]
		if a == nil || m.busy[a] {
			return nil
		}
		m.busy[a] = true
		defer delete(m.busy, a)
		for _, inner := range a.Expr.Variables() {
			if r := m.named(inner); r != nil {
				return r
			}
		}
		return nil
	}
	return m.byAddr[w[0]+"."+w[1]]
}

// dependsOn reads depends_on.
func (m *Module) dependsOn(r *resource) []*resource {
	a := r.block.Body.Attributes["depends_on"]
	if a == nil {
		return nil
	}
	var out []*resource
	tuple, ok := a.Expr.(*hclsyntax.TupleConsExpr)
	if !ok {
		return nil
	}
	for _, x := range tuple.Exprs {
		t, ok := x.(*hclsyntax.ScopeTraversalExpr)
		if !ok {
			continue
		}
		w, _ := names(t.Traversal)
		if len(w) >= 2 && w[0] == "data" || len(w) >= 1 && w[0] == "module" {
			continue
		}
		if o := m.named(t.Traversal); o != nil {
			out = append(out, o)
		} else {
			m.find(CodeRef, m.span(x.Range()), diag.Error, "depends_on names %s, which is not declared", short(m.span(x.Range()).Text()))
		}
	}
	return out
}

// waits reports whether a resource is made after another one.
func waits(r, on *resource) bool {
	seen := map[*resource]bool{}
	todo := slices.Clone(r.refs)
	for len(todo) > 0 {
		o := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if o == on {
			return true
		}
		if !seen[o] {
			seen[o] = true
			todo = append(todo, o.refs...)
		}
	}
	return false
}

// whole reports whether a resource waits for what is attached to another one
// too, which in CloudFormation is made with it.
func whole(r, o *resource) bool {
	if o.main != nil {
		o = o.main
	}
	return !slices.ContainsFunc(o.parts, func(p *resource) bool { return p.part.Each != "" && !waits(r, p) })
}
