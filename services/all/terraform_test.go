package all

import (
	"os"
	"slices"
	"strings"
	"testing"

	"penstock/iac/tf"
	"penstock/iam/facts"
	"penstock/service"
)

// providerSchema reads the arguments and attributes of the provider's
// resources, version 6.25.0: of each a line, TYPE ARGUMENT… @ATTRIBUTE…, where
// "!" is required, "{}" a block and "{}*" blocks.
func providerSchema(t *testing.T) map[string]map[string]string {
	t.Helper()
	text, err := os.ReadFile("testdata/provider.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]string{}
	for line := range strings.Lines(string(text)) {
		w := strings.Fields(line)
		if len(w) == 0 || w[0] == "#" {
			continue
		}
		args := map[string]string{}
		for _, a := range w[1:] {
			name := strings.TrimRight(a, "!{}*")
			args[name] = a[len(name):]
		}
		out[w[0]] = args
	}
	return out
}

// Every property of a mapping is one of its type's, every attribute one that
// Fn::GetAtt gives, every argument one of the provider's, and every argument
// that the provider requires is said by some property.
func TestTerraformMappings(t *testing.T) {
	schema := providerSchema(t)
	types := map[string]*service.Type{}
	for _, s := range Services() {
		for i := range s.Types {
			types[s.Types[i].Name] = &s.Types[i]
		}
	}
	for _, s := range Services() {
		ms, err := tf.ParseMappings(s.Terraform)
		if err != nil {
			t.Errorf("services/%s: %v", s.Name, err)
			continue
		}
		for _, m := range ms {
			typ := types[m.CFN]
			if typ == nil {
				t.Errorf("services/%s maps %s, and no room has that type", s.Name, m.CFN)
				continue
			}
			c := mappingCheck{t: t, typ: typ, where: m.CFN}
			for _, a := range m.Attrs {
				known, _ := facts.CFN(m.CFN)
				if _, ok := typ.Attrs[a.CFN]; a.CFN != "" && a.CFN != "Arn" && !ok && !slices.ContainsFunc(known.Attributes, func(k facts.CFNProperty) bool { return k.Name == a.CFN }) {
					t.Errorf("%s: Fn::GetAtt gives no %s", m.CFN, a.CFN)
				}
				if args := schema[m.Type]; args != nil {
					_, isArg := args[a.TF]
					if _, isAttr := args["@"+a.TF]; !isArg && !isAttr {
						t.Errorf("%s: %s has no attribute %s", m.CFN, m.Type, a.TF)
					}
				}
			}
			if m.Fold != nil {
				c.prop(m.Fold.Prop)
				continue
			}
			if m.Type != "" {
				c.body(schema[m.Type], m.Type, "", m.Args, m.Skip, "")
			}
			for _, p := range m.Parts {
				if p.Each != "" {
					c.prop(p.Each)
				}
				q := c
				q.item = p.Each != "" && !p.Spread
				for _, a := range p.Copies {
					c.prop(a.Prop[0].Key)
				}
				q.body(schema[p.Type], p.Type, "", append(slices.Clone(p.Args), p.Copies...), p.Skip, p.Link)
			}
		}
	}
}

type mappingCheck struct {
	t     *testing.T
	typ   *service.Type
	where string
	item  bool // properties are those of an item
	deep  bool
}

func (c *mappingCheck) prop(name string) {
	if !c.item && !c.deep && c.typ.Props != nil && !slices.Contains(c.typ.Props, name) {
		c.t.Errorf("%s has no property %s", c.where, name)
	}
}

// body compares the arguments of one block with the provider's.
func (c *mappingCheck) body(schema map[string]string, typ, prefix string, args []*tf.Arg, skip []string, link string) {
	if schema == nil {
		c.t.Errorf("%s: testdata/provider.txt has no %s", c.where, typ)
		return
	}
	said := map[string]bool{}
	if link != "" {
		said[prefix+link] = true
	}
	for _, a := range args {
		if a.Implied != "" {
			c.prop(a.Prop[0].Key)
			continue
		}
		if len(a.Prop) > 0 {
			c.prop(a.Prop[0].Key)
		}
		at := prefix
		for i, n := range a.Name {
			kind, ok := schema[at+n]
			if !ok {
				c.t.Errorf("%s, property %s: %s has no argument %s", c.where, tf.PathString(a.Prop), typ, at+n)
				break
			}
			isBlock := strings.Contains(kind, "{}")
			if last := i == len(a.Name)-1; last != !isBlock && a.Shape != tf.Block && a.Shape != tf.Blocks || last && !isBlock && (a.Shape == tf.Block || a.Shape == tf.Blocks) {
				c.t.Errorf("%s, property %s: is %s of %s a block or not", c.where, tf.PathString(a.Prop), at+n, typ)
			}
			said[at+n] = true
			at += n + "."
		}
		if a.Shape == tf.Block || a.Shape == tf.Blocks {
			q := *c
			q.deep = true
			q.body(schema, typ, at, a.Args, a.Skip, "")
		}
	}
	for _, s := range skip {
		if _, ok := schema[prefix+s]; !ok {
			c.t.Errorf("%s: %s has no argument %s to skip", c.where, typ, prefix+s)
		}
	}
	for name, kind := range schema {
		if !strings.HasPrefix(kind, "!") || said[name] {
			continue
		}
		parent := ""
		if i := strings.LastIndexByte(name, '.'); i >= 0 {
			parent = name[:i]
		}
		if parent == strings.TrimSuffix(prefix, ".") || said[parent] && !slices.ContainsFunc(args, func(a *tf.Arg) bool {
			return (a.Shape == tf.Block || a.Shape == tf.Blocks) && strings.HasPrefix(name, prefix+strings.Join(a.Name, ".")+".")
		}) {
			c.t.Errorf("%s: %s requires %s, and nothing says it", c.where, typ, name)
		}
	}
}
