package emit

import (
	"fmt"
	"strings"

	"penstock/blueprint"
	"penstock/iac/tf"
)

// uses are the properties that are said, by their paths.
type uses map[string]bool

// find returns the value at a path, nil where there is none, and its comment.
func find(props blueprint.Map, path []tf.Step) (any, string) {
	var v any = props
	note := ""
	for _, s := range path {
		m, ok := v.(blueprint.Map)
		if !ok {
			return nil, ""
		}
		v = nil
		for _, f := range m {
			if f.Key == s.Key {
				v, note = f.Value, f.Comment
			}
		}
		if s.Of == "" {
			continue
		}
		l, _ := v.(blueprint.List)
		v = nil
		for _, it := range l {
			if m, ok := it.(blueprint.Map); ok && v == nil && (s.Of == "#" && len(l) == 1 || plain(m.Get(s.Of)) == s.Is) {
				v = m
			}
		}
	}
	return v, note
}

func plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case blueprint.Sub:
		s, _ := v.Plain()
		return s
	}
	return ""
}

// left is an error where a property is not said.
func (u uses) left(props blueprint.Map, prefix string) error {
	below := func(p string) bool {
		for k := range u {
			if strings.HasPrefix(k, p) {
				return true
			}
		}
		return false
	}
	for _, f := range props {
		p := prefix + f.Key
		if f.Value == nil || u[p] {
			continue
		}
		switch v := f.Value.(type) {
		case blueprint.Map:
			if below(p + ".") {
				if err := u.left(v, p+"."); err != nil {
					return err
				}
				continue
			}
		case blueprint.List:
			if below(p + "[") {
				if err := u.items(v, p); err != nil {
					return err
				}
				continue
			}
		}
		return fmt.Errorf("property %s has no mapping to Terraform", p)
	}
	return nil
}

// items is left for a list whose items are told apart by a value.
func (u uses) items(l blueprint.List, p string) error {
	seen := map[string]bool{}
	for _, it := range l {
		m, _ := it.(blueprint.Map)
		found := ""
		for k := range u {
			rest, ok := strings.CutPrefix(k, p+"[")
			if !ok {
				continue
			}
			sel, _, _ := strings.Cut(rest, "]")
			of, is, _ := strings.Cut(sel, "=")
			if of == "#" && len(l) == 1 || plain(m.Get(of)) == is {
				found = p + "[" + sel + "]"
				u[found+"."+of] = true
				break
			}
		}
		if found == "" || seen[found] {
			return fmt.Errorf("an item of property %s has no mapping to Terraform", p)
		}
		seen[found] = true
		if err := u.left(m, found+"."); err != nil {
			return err
		}
	}
	return nil
}
