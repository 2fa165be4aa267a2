package tf

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// join finds which resources are parts of others.
func (m *Module) join() {
	if m.opt.Book == nil {
		return
	}
	for _, r := range m.res {
		if r.opaque {
			m.unsure(r)
			continue
		}
		var late, found *partOf
		var lateMain *resource
		for i := range m.opt.Book.parts[r.typ] {
			p := &m.opt.Book.parts[r.typ][i]
			main := m.linked(r, p)
			if main == nil {
				continue
			}
			if r.m != nil && !named(r, main, p.p) {
				continue
			}
			if p.p.Wait && !m.inTime(r, main) {
				if late == nil {
					late, lateMain = p, main
				}
				continue
			}
			// An attachment is a part of either end; its label tells which.
			if found == nil || strings.HasPrefix(r.label, main.label) && len(main.label) > len(r.main.label) || !strings.HasPrefix(r.label, r.main.label) {
				found, r.part, r.main = p, p.p, main
			}
		}
		// A part that whoever uses the main resource does not wait for is a
		// resource of its own, where CloudFormation has one.
		if r.main == nil && r.m == nil && late != nil {
			r.part, r.main = late.p, lateMain
		}
		if r.main != nil {
			r.m = nil
			r.main.parts = append(r.main.parts, r)
		}
	}
}

// unsure finds what a resource that is not read may be a part of, which then
// is not known whole.
func (m *Module) unsure(r *resource) {
	for i := range m.opt.Book.parts[r.typ] {
		p := &m.opt.Book.parts[r.typ][i]
		if main := m.linked(r, p); main != nil {
			r.part, r.main = p.p, main
			main.parts = append(main.parts, r)
			return
		}
	}
}

// named reports whether a resource that can also stand for itself is named as
// a part of another one is: after it, with a number or what it is labelled by.
func named(r, main *resource, p *Part) bool {
	rest, ok := strings.CutPrefix(r.label, main.label)
	if !ok || rest != "" && rest[0] != '_' {
		return false
	}
	return p.Label != "" || strings.Trim(rest, "_0123456789") == ""
}

// linked returns the resource that a part names, nil where it names none of
// the mapping's type in its own region.
func (m *Module) linked(r *resource, p *partOf) *resource {
	a := r.block.Body.Attributes[p.p.Link]
	if a == nil {
		return nil
	}
	t, ok := a.Expr.(*hclsyntax.ScopeTraversalExpr)
	if !ok {
		return nil
	}
	main := m.named(t.Traversal)
	if main == nil || main == r || main.opaque || main.m == nil || main.typ != p.m.Type || main.m != p.m || main.region != r.region {
		return nil
	}
	return main
}

// inTime reports whether whatever runs with a role waits for a part of it: its
// role is given in an argument that is named after roles.
func (m *Module) inTime(r, main *resource) bool {
	for _, o := range m.res {
		if o == r || o == main || len(m.opt.Book.parts[o.typ]) > 0 && o.typ != "aws_iam_instance_profile" {
			continue
		}
		if m.runsWith(o.block.Body, main) && !waits(o, r) {
			return false
		}
	}
	return true
}

// runsWith reports whether an argument for roles refers to a resource.
func (m *Module) runsWith(b *hclsyntax.Body, role *resource) bool {
	for name, a := range b.Attributes {
		if !ForRole(name) {
			continue
		}
		for _, t := range a.Expr.Variables() {
			if m.named(t) == role {
				return true
			}
		}
	}
	for _, n := range b.Blocks {
		if m.runsWith(n.Body, role) {
			return true
		}
	}
	return false
}

// ForRole reports whether an argument names a role that a resource runs with.
func ForRole(name string) bool {
	return strings.Contains(name, "role") && !strings.Contains(name, "policy")
}
