package emit

import (
	"fmt"
	"slices"
	"strings"

	"penstock/blueprint"
	"penstock/iac/tf"
)

// versions writes what Terraform and which providers the module takes.
func (w *writer) versions() string {
	archive := ""
	if w.archive {
		archive = "archive = {\nsource = \"hashicorp/archive\"\nversion = \"~> 2.4\"\n}\n"
	}
	return "terraform {\nrequired_version = \">= 1.5\"\n\nrequired_providers {\n" + archive +
		"aws = {\nsource = \"hashicorp/aws\"\nversion = \"~> 6.0\"\n}\n}\n}\n"
}

// providers writes one provider a region, each for this account only.
func (w *writer) providers() string {
	var b strings.Builder
	for i, region := range w.regions {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString("provider \"aws\" {\n")
		if i > 0 {
			fmt.Fprintf(&b, "alias = %s\n", quote(strings.ReplaceAll(region, "-", "_")))
		}
		fmt.Fprintf(&b, "region = %s\n", quote(region))
		fmt.Fprintf(&b, "allowed_account_ids = [%s]\n}\n", quote(w.account))
	}
	return b.String()
}

// data writes the data sources that the resources use.
func (w *writer) data() string {
	var out []string
	if w.used["identity"] {
		out = append(out, "data \"aws_caller_identity\" \"current\" {}\n")
	}
	if w.used["partition"] {
		out = append(out, "data \"aws_partition\" \"current\" {}\n")
	}
	for _, region := range w.regions {
		if !w.used["region "+region] {
			continue
		}
		body := "{}"
		if a := w.alias(region); a != "" {
			body = "{\nprovider = " + a + "\n}"
		}
		out = append(out, fmt.Sprintf("data \"aws_region\" %s %s\n", quote(w.regionLabel(region)), body))
	}
	return strings.Join(out, "\n")
}

// variables writes variables, the values of those that are known, and locals.
func (w *writer) variables() (vars, tfvars, locals string) {
	var v, t, l strings.Builder
	for _, st := range w.stacks { // a parameter that nothing refers to is one too
		for _, p := range st.Parameters {
			if from := w.set.Stack(p.From); !p.Inline && (from == nil || from.Account != w.account || from.Exists) {
				w.given(st, p)
			}
		}
	}
	for _, g := range w.order {
		if g.local {
			if g.p.Description != "" {
				comment(&l, g.p.Description)
			}
			fmt.Fprintf(&l, "%s = %s\n", g.name, scalar(g.p, g.p.Value))
			continue
		}
		if v.Len() > 0 {
			v.WriteByte('\n')
		}
		fmt.Fprintf(&v, "variable %s {\n", quote(g.name))
		typ := "string"
		if isList(g.p) {
			typ = "list(string)"
		}
		fmt.Fprintf(&v, "type = %s\n", typ)
		if g.p.Description != "" {
			fmt.Fprintf(&v, "description = %s\n", quote(g.p.Description))
		}
		if d := or(g.p.Default, map[bool]string{true: g.p.Value}[g.p.Inline]); d != "" {
			fmt.Fprintf(&v, "default = %s\n", scalar(g.p, d))
		}
		if g.p.NoEcho {
			v.WriteString("sensitive = true\n")
		}
		if len(g.p.Allowed) > 0 {
			var words []string
			for _, a := range g.p.Allowed {
				words = append(words, quote(a))
			}
			validation(&v, fmt.Sprintf("contains([%s], var.%s)", strings.Join(words, ", "), g.name), "Write one of "+strings.Join(g.p.Allowed, ", ")+".")
		}
		if g.p.Pattern != "" && !isList(g.p) {
			validation(&v, fmt.Sprintf("can(regex(%s, var.%s))", quote("^(?:"+g.p.Pattern+")$"), g.name), "It has to match "+g.p.Pattern+".")
		}
		v.WriteString("}\n")
		if g.p.Value != "" && !g.p.NoEcho && !g.p.Inline {
			fmt.Fprintf(&t, "%s = %s\n", g.name, scalar(g.p, g.p.Value))
		}
	}
	locals = l.String()
	if locals != "" {
		locals = "locals {\n" + locals + "}\n"
	}
	return v.String(), t.String(), locals
}

func validation(b *strings.Builder, condition, message string) {
	fmt.Fprintf(b, "\nvalidation {\ncondition = %s\nerror_message = %s\n}\n", condition, quote(message))
}

func isList(p *blueprint.Parameter) bool {
	return p.Type == "CommaDelimitedList" || strings.HasPrefix(p.Type, "List<") || strings.HasPrefix(p.Type, "AWS::SSM::Parameter::Value<List<")
}

// scalar writes the value of a parameter.
func scalar(p *blueprint.Parameter, value string) string {
	if !isList(p) {
		return template([]piece{{text: value}})
	}
	var items []string
	for it := range strings.SplitSeq(value, ",") {
		items = append(items, quote(strings.TrimSpace(it)))
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// homeOf is the region in whose template iac/tf has an output: that of the first
// resource in it.
func (w *writer) homeOf(st *blueprint.Stack, v blueprint.Sub) string {
	for _, p := range v.Parts() {
		if p.Name == "" {
			continue
		}
		if st.Resource(p.Name) != nil {
			return st.Region
		}
		if q := st.Param(p.Name); q != nil && w.set.Stack(q.From) != nil {
			from := w.set.Stack(q.From)
			for _, o := range from.Outputs {
				if o.Name == q.Output && from.Account == w.account {
					return w.homeOf(from, o.Value)
				}
			}
		}
	}
	return w.regions[0]
}

// outputs writes what the stacks tell, but what only other stacks of the
// account are told.
func (w *writer) outputs() (string, error) {
	var b strings.Builder
	var taken []string
	for _, st := range w.stacks {
		for _, o := range st.Outputs {
			ps, err := w.pieces(st, o.Value, 0)
			if err != nil {
				return "", fmt.Errorf("stack %s: output %s: %w", st.Name, o.Name, err)
			}
			name := variable(o.Name)
			if slices.Contains(taken, name) {
				name = variable(ident(st.Name) + o.Name)
			}
			for i := 2; slices.Contains(taken, name); i++ {
				name = fmt.Sprintf("%s%d", variable(ident(st.Name)+o.Name), i)
			}
			taken = append(taken, name)
			id, ok := tf.Logical(name)
			if !ok {
				id = name
			}
			w.outs[st.Name+"."+o.Name] = told{id, w.homeOf(st, o.Value)}
			if b.Len() > 0 {
				b.WriteByte('\n')
			}
			fmt.Fprintf(&b, "output %s {\n", quote(name))
			if o.Description != "" {
				fmt.Fprintf(&b, "description = %s\n", quote(o.Description))
			}
			fmt.Fprintf(&b, "value = %s\n}\n", template(ps))
		}
	}
	return b.String(), nil
}
