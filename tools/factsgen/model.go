package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// access levels and value types in the order of their bytes in the data;
// iam/facts declares the same order (Access, Type).
var (
	accessLevels = []string{"List", "Read", "Write", "Tagging", "Permissions management"}
	valueTypes   = []string{"String", "ArrayOfString", "ARN", "ArrayOfARN", "Bool", "ArrayOfBool", "Numeric", "ArrayOfNumeric", "Date", "ArrayOfDate", "IPAddress", "ArrayOfIPAddress", "Binary", "ArrayOfBinary"}
)

// authorization is the Service Authorization Reference as the program keeps it.
type authorization struct {
	services  map[string]*service
	globals   []key
	providers map[string][]string // prefix of a condition key that is no service's → services that list it
}

type service struct {
	prefix, name string
	rcp          bool
	actions      map[string]*action       // by lower-case name
	types        map[string]*resourceType // by lower-case name
	keys         map[string]*key          // by lower-case name
}

type action struct {
	name      string
	access    byte
	resources []actionResource // sorted by type
	keys      []string
	dependent []string
}

type actionResource struct {
	typ      string
	required bool
	keys     []string
}

type resourceType struct {
	name string
	arns []string // the first is the canonical one
	keys []string
}

type key struct {
	name string
	typ  byte
}

func indexIn(set []string, s, what string) (byte, error) {
	i := slices.Index(set, s)
	if i < 0 {
		return 0, fmt.Errorf("%s %q is new: want one of %s", what, s, strings.Join(set, ", "))
	}
	return byte(i), nil
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for k := range m {
		names = append(names, k)
	}
	slices.Sort(names)
	return names
}

func sortResources(rs []actionResource) {
	slices.SortFunc(rs, func(a, b actionResource) int { return cmp.Compare(a.typ, b.typ) })
}

// tidy gives every list one order and every mention of a type or a key the
// spelling of its definition, and fails on a mention of what is not defined.
func (s *service) tidy() error {
	spell := func(where string, list *[]string) error {
		for i, k := range *list {
			d, ok := s.keys[strings.ToLower(k)]
			if !ok {
				return fmt.Errorf("%s:%s mentions condition key %q, which the service does not define", s.prefix, where, k)
			}
			(*list)[i] = d.name
		}
		slices.SortFunc(*list, func(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) })
		*list = slices.Compact(*list)
		return nil
	}
	for _, n := range sortedNames(s.types) {
		if err := spell(n, &s.types[n].keys); err != nil {
			return err
		}
	}
	for _, n := range sortedNames(s.actions) {
		a := s.actions[n]
		if err := spell(a.name, &a.keys); err != nil {
			return err
		}
		slices.Sort(a.dependent)
		for i := range a.resources {
			r := &a.resources[i]
			d, ok := s.types[strings.ToLower(r.typ)]
			if !ok {
				return fmt.Errorf("%s:%s mentions resource type %q, which the service does not define", s.prefix, a.name, r.typ)
			}
			r.typ = d.name
			if err := spell(a.name, &r.keys); err != nil {
				return err
			}
		}
		sortResources(a.resources)
	}
	return nil
}
