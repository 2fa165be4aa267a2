package all_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"penstock/iam/facts"
	"penstock/services/all"
)

// Every type is one of AWS's, and says nothing about it that the schema in
// the facts does not: names of properties and attributes, and no property of
// the schema passed over. A new property in newer facts fails here, so that
// somebody asks whether it bears on authorization.
func TestTypesAgainstTheSchema(t *testing.T) {
	word := regexp.MustCompile(`\$\{(Prop|Bare|Last|Prefix|Pipe):([^}=]*)`)
	seen := map[string]string{}
	for _, s := range all.Services() {
		for _, ty := range s.Types {
			if other := seen[ty.Name]; other != "" {
				t.Errorf("%s is in the rooms %s and %s", ty.Name, other, s.Name)
			}
			seen[ty.Name] = s.Name
			if !strings.HasPrefix(ty.Source, "https://docs.aws.amazon.com/") {
				t.Errorf("%s: source %q", ty.Name, ty.Source)
			}
			schema, ok := facts.CFN(ty.Name)
			if strings.HasPrefix(ty.Name, "Custom::") {
				continue
			}
			if !ok {
				t.Errorf("%s: no such type in the schema", ty.Name)
				continue
			}
			has := func(p string) bool { _, ok := schema.Property(p); return ok }
			if ty.NameProp != "" && !has(ty.NameProp) {
				t.Errorf("%s: no property %q for the name", ty.Name, ty.NameProp)
			}
			for a := range ty.Attrs {
				if _, ok := schema.Attribute(a); !ok && a != "Arn" {
					t.Errorf("%s: no attribute %q", ty.Name, a)
				}
			}
			for _, p := range ty.Props {
				if !has(p) {
					t.Errorf("%s: no property %q", ty.Name, p)
				}
			}
			if ty.Props != nil {
				for _, p := range schema.Properties {
					if !slices.Contains(ty.Props, p.Name) {
						t.Errorf("%s: property %q is passed over", ty.Name, p.Name)
					}
				}
			}
			templates := []string{ty.Ref, ty.ARN}
			for _, a := range ty.Attrs {
				templates = append(templates, a)
			}
			for _, m := range word.FindAllStringSubmatch(strings.Join(templates, " "), -1) {
				if p, _, _ := strings.Cut(m[2], "."); p != "Name" && !has(p) {
					t.Errorf("%s: a template names the property %q", ty.Name, p)
				}
			}
		}
	}
}
