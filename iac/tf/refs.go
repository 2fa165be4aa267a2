package tf

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"penstock/diag"
	"penstock/doc"
)

// names returns the words of a traversal, false where it has an index.
func names(t hcl.Traversal) ([]string, bool) {
	var out []string
	for _, s := range t {
		switch s := s.(type) {
		case hcl.TraverseRoot:
			out = append(out, s.Name)
		case hcl.TraverseAttr:
			out = append(out, s.Name)
		default:
			return out, false
		}
	}
	return out, true
}

// traverse evaluates a reference.
func (m *Module) traverse(e *hclsyntax.ScopeTraversalExpr, c *scope) val {
	at := e.Range()
	w, plain := names(e.Traversal)
	whole := short(m.span(at).Text())
	switch {
	case !plain:
		m.unread(at, "the index in %s", whole)
	case w[0] == "local" && len(w) == 2:
		a := m.locals[w[1]]
		if a == nil {
			m.find(CodeRef, m.span(at), diag.Error, "local.%s is not declared", w[1])
			break
		}
		if m.busy[a] {
			m.find(CodeRef, m.span(at), diag.Error, "local.%s refers to itself", w[1])
			break
		}
		m.busy[a] = true
		v := m.eval(a.Expr, c)
		delete(m.busy, a)
		return v
	case w[0] == "var" && len(w) == 2:
		v := m.vars[w[1]]
		if v == nil {
			m.find(CodeRef, m.span(at), diag.Error, "var.%s is not declared", w[1])
			break
		}
		if c.settled {
			if v.value != nil {
				return m.eval(v.value, c)
			}
			if d := v.block.Body.Attributes["default"]; d != nil {
				return m.eval(d.Expr, c)
			}
		}
		return val{parts: []part{{name: w[1]}}}
	case w[0] == "data" && len(w) == 4:
		if v, ok := m.datum(w, c); ok {
			return v
		}
		m.unread(at, "%s", whole)
	case len(w) == 3 && w[0] != "module" && w[0] != "path" && w[0] != "each" && w[0] != "count" && w[0] != "self" && w[0] != "terraform":
		r := m.byAddr[w[0]+"."+w[1]]
		if r == nil {
			m.find(CodeRef, m.span(at), diag.Error, "%s.%s is not declared", w[0], w[1])
			break
		}
		return m.attribute(e, r, w[2], c)
	default:
		m.unread(at, "%s", whole)
	}
	return m.unknown(at, whole)
}

// datum evaluates an attribute of one of the data sources that are read.
func (m *Module) datum(w []string, c *scope) (val, bool) {
	b := m.data[w[1]+"."+w[2]]
	if b == nil {
		return val{}, false
	}
	pseudo := func(name string) (val, bool) { return val{parts: []part{{name: "AWS::" + name}}}, true }
	switch w[1] + "." + w[3] {
	case "aws_iam_policy_document.json", "aws_iam_policy_document.minified_json":
		if m.busy[b] {
			return val{}, false
		}
		m.busy[b] = true
		defer delete(m.busy, b)
		n, ok := m.policyDocument(b, c)
		return val{node: n, json: true}, ok
	case "aws_caller_identity.account_id", "aws_caller_identity.id":
		return pseudo("AccountId")
	case "aws_partition.partition", "aws_partition.id":
		return pseudo("Partition")
	case "aws_partition.dns_suffix":
		return pseudo("URLSuffix")
	case "aws_region.region", "aws_region.name", "aws_region.id":
		if region := m.regionOf(b); region != c.region {
			return text(region), region != ""
		}
		return pseudo("Region")
	}
	return val{}, false
}

// regionOf is where a resource or a data source is: by its own region, by its
// provider's, or by that of the provider without alias.
func (m *Module) regionOf(b *hclsyntax.Block) string {
	if a := b.Body.Attributes["region"]; a != nil {
		return m.plain(a.Expr)
	}
	alias := ""
	if a := b.Body.Attributes["provider"]; a != nil {
		if t, ok := a.Expr.(*hclsyntax.ScopeTraversalExpr); ok {
			if w, ok := names(t.Traversal); ok && w[0] == "aws" {
				if len(w) > 1 {
					alias = w[1]
				}
			} else {
				return ""
			}
		}
	}
	if alias == "" {
		return m.region
	}
	return m.providers[alias]
}

// attribute is what an attribute of a resource is, as one of c's region sees
// it.
func (m *Module) attribute(e *hclsyntax.ScopeTraversalExpr, r *resource, attr string, c *scope) val {
	at := e.Range()
	if r.main != nil || r.m == nil || r.opaque {
		// A part has no attribute of its own but those that name the main one.
		if r.main != nil && r.part != nil && attr == r.part.Link {
			return m.eval(r.block.Body.Attributes[attr].Expr, c)
		}
		return m.unknown(at, r.addr()+"."+attr)
	}
	for _, a := range r.m.Attrs {
		if a.TF != attr {
			continue
		}
		p := part{name: r.id, attr: a.CFN, suffix: a.Suffix, els: a.Else}
		if a.Sub {
			p.attr = ""
		}
		if r.region != c.region {
			return m.cross(r, attr, p, at)
		}
		return val{parts: []part{p}}
	}
	if f := m.fold(r); f != nil && r.region == c.region {
		for _, a := range f.Attrs {
			if a.TF == attr {
				return val{parts: []part{{name: r.id + f.Fold.ID, attr: a.CFN}}}
			}
		}
	}
	// An argument gives what it was given.
	if a := r.block.Body.Attributes[attr]; a != nil && r.region == c.region && !m.busy[a] {
		m.busy[a] = true
		v := m.eval(a.Expr, c)
		delete(m.busy, a)
		return v
	}
	m.unread(at, "the attribute %s of %s", attr, r.typ)
	return m.unknown(at, r.addr()+"."+attr)
}

// fold is the mapping of the type that an argument of r makes too, nil where it
// does not.
func (m *Module) fold(r *resource) *Mapping {
	if m.opt.Book == nil || r.m == nil {
		return nil
	}
	f := m.opt.Book.folds[r.typ]
	if f == nil {
		return nil
	}
	if a := r.block.Body.Attributes[f.Fold.Arg]; a == nil || m.plain(a.Expr) != "true" {
		return nil
	}
	return f
}

// cross refers to a resource of another region by an output of its template.
func (m *Module) cross(r *resource, attr string, p part, at hcl.Range) val {
	var name strings.Builder
	name.WriteString(r.id)
	for w := range strings.SplitSeq(attr, "_") {
		if w != "" {
			name.WriteString(title(w))
		}
	}
	key := r.region + "\x00" + name.String()
	if !m.crossed[key] {
		m.crossed[key] = true
		if t := m.template(r.region); t != nil {
			body := &doc.Node{Kind: doc.Map, Span: m.span(at)}
			put(body, "Value", m.text([]part{p}, m.span(at)))
			put(t.outputs, name.String(), body)
		}
	}
	where := m.span(at)
	arg := &doc.Node{Kind: doc.Map, Style: doc.Flow, Span: where}
	put(arg, "StackName", str(where, m.StackName(r.region)))
	put(arg, "OutputName", str(where, name.String()))
	put(arg, "Region", str(where, r.region))
	call := &doc.Node{Kind: doc.Map, Style: doc.Flow, Span: where}
	put(call, "Fn::GetStackOutput", arg)
	return val{parts: []part{{node: call}}}
}
