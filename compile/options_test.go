package compile

import (
	"penstock/iam/facts"
	"penstock/service"
	"penstock/service/schema"
	"penstock/services/all"
)

// testOptions are what compile works with in tests, without provers beside
// theorem one.
func testOptions() Options {
	types := map[string]*service.Type{}
	for _, s := range all.Services() {
		for i := range s.Types {
			types[s.Types[i].Name] = &s.Types[i]
		}
	}
	return Options{
		Services: all.Services(),
		Types: func(name string) *service.Type {
			t, ok := types[name]
			if !ok {
				t = schema.Type(name)
				types[name] = t
			}
			return t
		},
		Attrs: func(typ string) ([]string, bool) {
			t, ok := facts.CFN(typ)
			if !ok {
				return nil, false
			}
			var names []string
			for _, a := range t.Attributes {
				names = append(names, a.Name)
			}
			return names, true
		},
	}
}
