package emit

import (
	"fmt"
	"strings"

	"penstock/blueprint"
	"penstock/iac/tf"
)

// pieces turns the references of a text of a stack into expressions.
func (w *writer) pieces(st *blueprint.Stack, s blueprint.Sub, depth int) ([]piece, error) {
	if depth > 20 {
		return nil, fmt.Errorf("%q: the outputs of stacks refer to each other in a circle", s)
	}
	var out []piece
	add := func(p piece) {
		if p.expr == "" && p.text == "" {
			return
		}
		if n := len(out); n > 0 && p.expr == "" && out[n-1].expr == "" {
			out[n-1].text += p.text
			return
		}
		out = append(out, p)
	}
	for _, p := range s.Parts() {
		if p.Name == "" {
			if err := sayable(p.Text); err != nil {
				return nil, err
			}
			add(piece{text: p.Text})
			continue
		}
		ps, err := w.ref(st, p, depth)
		if err != nil {
			return nil, err
		}
		for _, q := range ps {
			add(q)
		}
	}
	if len(out) == 0 {
		return []piece{{}}, nil
	}
	return out, nil
}

func expr(s string) []piece { return []piece{{expr: s}} }

// ref is one reference of a stack.
func (w *writer) ref(st *blueprint.Stack, p blueprint.Part, depth int) ([]piece, error) {
	if name, ok := strings.CutPrefix(p.Name, "AWS::"); ok {
		switch name {
		case "AccountId":
			w.used["identity"] = true
			return expr("data.aws_caller_identity.current.account_id"), nil
		case "Region":
			w.used["region "+st.Region] = true
			return expr("data.aws_region." + w.regionLabel(st.Region) + ".region"), nil
		case "Partition":
			w.used["partition"] = true
			return expr("data.aws_partition.current.partition"), nil
		case "URLSuffix":
			w.used["partition"] = true
			return expr("data.aws_partition.current.dns_suffix"), nil
		case "StackName":
			return []piece{{text: st.Name}}, nil
		}
		return nil, fmt.Errorf("%s has no counterpart in Terraform", p)
	}
	if q := st.Param(p.Name); q != nil && p.Attr == "" {
		return w.param(st, q, depth)
	}
	r := st.Resource(p.Name)
	if r == nil {
		return nil, fmt.Errorf("%s is neither a parameter nor a resource of stack %s", p, st.Name)
	}
	u := w.byID[r]
	a, ok := u.m.Attribute(p.Attr)
	if !ok || u.m.Type == "" {
		return nil, fmt.Errorf("%s: no attribute of %s says it", p, or(u.m.Type, "its resources"))
	}
	out := expr(u.addr() + "." + a.TF)
	if a.Suffix != "" {
		out = append(out, piece{text: a.Suffix})
	}
	return out, nil
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// param is the reference to a parameter: an output of another stack of the
// account, a local, or a variable.
func (w *writer) param(st *blueprint.Stack, p *blueprint.Parameter, depth int) ([]piece, error) {
	from := w.set.Stack(p.From)
	if p.From != "" && from != nil && from.Account == w.account && !from.Exists {
		for _, o := range from.Outputs {
			if o.Name == p.Output {
				return w.pieces(from, o.Value, depth+1)
			}
		}
		return nil, fmt.Errorf("parameter %s is output %s of stack %s, which has none", p.Name, p.Output, p.From)
	}
	g := w.given(st, p)
	if p.From != "" && !g.outside {
		g.outside = true
		w.values = append(w.values, Value{Variable: g.name, Stack: p.From, Output: p.Output, Value: p.Value})
	}
	if g.local {
		return expr("local." + g.name), nil
	}
	return expr("var." + g.name), nil
}

// given returns the local or the variable of a parameter: the same for stacks
// that mean the same by its name.
func (w *writer) given(st *blueprint.Stack, p *blueprint.Parameter) *given {
	name := variable(p.Name)
	for i := 0; ; i++ {
		g := w.named[name]
		if g == nil {
			g = &given{name: name, p: p, local: p.Inline && !w.opt.Variables && p.Value != ""}
			w.named[name] = g
			w.order = append(w.order, g)
			return g
		}
		if g.p == p || g.p.Value == p.Value && g.p.Inline == p.Inline && g.p.From == p.From && g.p.Output == p.Output && g.p.Default == p.Default && g.p.Type == p.Type {
			return g
		}
		name = variable(ident(st.Name) + p.Name)
		if i > 0 {
			name += fmt.Sprint(i + 1)
		}
	}
}

// variable is the name of a variable, a local or an output.
func variable(name string) string { return strings.ToLower(strings.TrimPrefix(tf.Label(name), "_")) }

// regionLabel names a region where a provider or a data source is named after
// it.
func (w *writer) regionLabel(region string) string {
	if region == w.regions[0] {
		return "current"
	}
	return strings.ReplaceAll(region, "-", "_")
}

// alias is the provider of a region as a resource names it, "" for the one
// without alias.
func (w *writer) alias(region string) string {
	if region == w.regions[0] {
		return ""
	}
	return "aws." + strings.ReplaceAll(region, "-", "_")
}
