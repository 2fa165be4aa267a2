package cloudformation

import (
	"strings"
	"testing"

	"penstock/iam/facts"
)

// Every action exists, takes a resource where the table gives it one, and
// every property is one of the type's schema.
func TestNeeds(t *testing.T) {
	all := map[string][]string{}
	for _, table := range [...]map[string][]string{needs, needsNetwork, needsMore} {
		for typ, specs := range table {
			if all[typ] != nil {
				t.Errorf("%s stands in two tables", typ)
			}
			all[typ] = specs
		}
	}
	for typ, specs := range needsLater {
		if all[typ] == nil {
			t.Errorf("%s is changed, and what makes it is not said", typ)
		}
		all[typ] = append(all[typ], specs...)
	}
	for typ := range passes {
		if all[typ] == nil {
			t.Errorf("%s passes a role, and what makes it is not said", typ)
		}
	}
	for typ, specs := range all {
		schema, ok := facts.CFN(typ)
		if !ok {
			t.Errorf("no type %s", typ)
			continue
		}
		property := func(p string) {
			p, _, _ = strings.Cut(strings.TrimSuffix(p, "[]"), ".")
			if _, ok := schema.Property(p); !ok {
				t.Errorf("%s has no property %s", typ, p)
			}
		}
		for _, spec := range specs {
			n := parseNeed(spec)
			prefix, name, _ := strings.Cut(n.action, ":")
			s, ok := facts.Service(prefix)
			if !ok {
				t.Errorf("%s: no service %s", typ, prefix)
				continue
			}
			a, ok := s.Action(name)
			if !ok {
				t.Errorf("%s: no action %s", typ, n.action)
				continue
			}
			if (len(a.Resources) == 0) != (n.on == "*") {
				t.Errorf("%s: %s on %q, and it has %d resource types", typ, n.action, n.on, len(a.Resources))
			}
			if n.when != "" {
				property(n.when)
			}
			if n.on != "" && n.on != "*" {
				property(strings.Trim(n.on, "{}"))
			}
		}
		for _, p := range passes[typ] {
			property(p.prop)
		}
	}
}
