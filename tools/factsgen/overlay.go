package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// An overlay is services/<svc>/facts.json: what the room of a service knows
// better than the Service Authorization Reference. A correction that changes
// nothing is an error, so it goes when AWS mends the reference.
type overlay struct {
	Corrections []correction `json:"corrections"`
}

// A correction names one action, resource type or condition key. Reason says
// what is wrong and Source where AWS says so, or "assumed".
type correction struct {
	Reason string `json:"reason"`
	Source string `json:"source"`
	// Service is the service's prefix; absent, the name of the folder.
	Service string `json:"service,omitempty"`

	Action       string `json:"action,omitempty"`
	ResourceType string `json:"resourceType,omitempty"`
	Key          string `json:"key,omitempty"`

	Remove bool `json:"remove,omitempty"`

	// For an action. SetResources adds a resource type or replaces what is
	// there under its name.
	Access          string            `json:"access,omitempty"`
	SetResources    []overlayResource `json:"setResources,omitempty"`
	RemoveResources []string          `json:"removeResources,omitempty"`
	AddDependent    []string          `json:"addDependent,omitempty"`

	// For a resource type: SetARN replaces the canonical template, AddARNs
	// appends further ones.
	SetARN  string   `json:"setARN,omitempty"`
	AddARNs []string `json:"addARNs,omitempty"`

	// For an action or a resource type.
	AddKeys    []string `json:"addKeys,omitempty"`
	RemoveKeys []string `json:"removeKeys,omitempty"`

	// For a condition key. With Global, the key is one of every request's.
	Type   string `json:"type,omitempty"`
	Global bool   `json:"global,omitempty"`
}

type overlayResource struct {
	Type     string   `json:"type"`
	Required bool     `json:"required"`
	Keys     []string `json:"keys,omitempty"` // absent: as before
}

// applyOverlays merges every services/*/facts.json under root into au.
func applyOverlays(root string, au *authorization) error {
	paths, err := filepath.Glob(filepath.Join(root, "services", "*", "facts.json"))
	if err != nil {
		return err
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := applyOverlay(filepath.Base(filepath.Dir(path)), data, au); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return nil
}

// applyOverlay merges one file, that of the room named folder.
func applyOverlay(folder string, data []byte, au *authorization) error {
	var o overlay
	if err := strict(data, &o); err != nil {
		return err
	}
	touched := map[*service]bool{}
	for i, c := range o.Corrections {
		if c.Service == "" {
			c.Service = folder
		}
		s := au.services[c.Service]
		if s == nil {
			return fmt.Errorf("correction %d: there is no service %q", i, c.Service)
		}
		if err := c.apply(s, au); err != nil {
			return fmt.Errorf("correction %d (%s%s%s): %w", i, c.Action, c.ResourceType, c.Key, err)
		}
		touched[s] = true
	}
	for s := range touched {
		if err := s.tidy(); err != nil {
			return err
		}
	}
	return nil
}

var errNoChange = errors.New("changes nothing: the reference already says so; delete the correction")

func (c *correction) apply(s *service, au *authorization) error {
	if c.Reason == "" || c.Source == "" {
		return errors.New("wants a reason and a source")
	}
	named := 0
	for _, n := range []string{c.Action, c.ResourceType, c.Key} {
		if n != "" {
			named++
		}
	}
	if named != 1 {
		return errors.New("wants exactly one of action, resourceType and key")
	}
	switch {
	case c.Action != "":
		return c.applyAction(s)
	case c.ResourceType != "":
		return c.applyType(s)
	default:
		return c.applyKey(s, au)
	}
}

func (c *correction) applyAction(s *service) error {
	id := strings.ToLower(c.Action)
	a, ok := s.actions[id]
	if c.Remove {
		if !ok {
			return errNoChange
		}
		delete(s.actions, id)
		return nil
	}
	changed := false
	if !ok {
		if c.Access == "" {
			return errors.New("is a new action and wants an access level")
		}
		a, changed = &action{name: c.Action}, true
		s.actions[id] = a
	}
	if c.Access != "" {
		b, err := indexIn(accessLevels, c.Access, "access level")
		if err != nil {
			return err
		}
		changed = changed || a.access != b
		a.access = b
	}
	for _, r := range c.SetResources {
		i := slices.IndexFunc(a.resources, func(x actionResource) bool { return strings.EqualFold(x.typ, r.Type) })
		if i < 0 {
			a.resources = append(a.resources, actionResource{r.Type, r.Required, r.Keys})
			changed = true
			continue
		}
		x := &a.resources[i]
		if x.required != r.Required || r.Keys != nil && !slices.Equal(x.keys, r.Keys) {
			changed = true
		}
		x.required = r.Required
		if r.Keys != nil {
			x.keys = r.Keys
		}
	}
	for _, n := range c.RemoveResources {
		before := len(a.resources)
		a.resources = slices.DeleteFunc(a.resources, func(x actionResource) bool { return strings.EqualFold(x.typ, n) })
		changed = changed || len(a.resources) != before
	}
	for _, d := range c.AddDependent {
		if !slices.Contains(a.dependent, d) {
			a.dependent = append(a.dependent, d)
			changed = true
		}
	}
	return c.keys(&a.keys, changed)
}

func (c *correction) applyType(s *service) error {
	id := strings.ToLower(c.ResourceType)
	t, ok := s.types[id]
	if c.Remove {
		if !ok {
			return errNoChange
		}
		delete(s.types, id)
		return nil
	}
	changed := false
	if !ok {
		if c.SetARN == "" {
			return errors.New("is a new resource type and wants setARN")
		}
		t, changed = &resourceType{name: c.ResourceType, arns: []string{c.SetARN}}, true
		s.types[id] = t
	}
	if c.SetARN != "" && t.arns[0] != c.SetARN {
		t.arns[0], changed = c.SetARN, true
	}
	for _, a := range c.AddARNs {
		if !slices.Contains(t.arns, a) {
			t.arns = append(t.arns, a)
			changed = true
		}
	}
	return c.keys(&t.keys, changed)
}

func (c *correction) applyKey(s *service, au *authorization) error {
	i := slices.IndexFunc(au.globals, func(k key) bool { return strings.EqualFold(k.name, c.Key) })
	id := strings.ToLower(c.Key)
	if c.Remove {
		if c.Global && i >= 0 {
			au.globals = slices.Delete(au.globals, i, i+1)
			return nil
		}
		if _, ok := s.keys[id]; c.Global || !ok {
			return errNoChange
		}
		delete(s.keys, id)
		return nil
	}
	t, err := indexIn(valueTypes, c.Type, "value type")
	if err != nil {
		return err
	}
	k := key{c.Key, t}
	switch old, ok := s.keys[id]; {
	case c.Global && i >= 0 && au.globals[i] == k, !c.Global && ok && *old == k:
		return errNoChange
	case c.Global && i >= 0:
		au.globals[i] = k
	case c.Global:
		au.globals = append(au.globals, k)
	default:
		s.keys[id] = &k
	}
	return nil
}

func (c *correction) keys(list *[]string, changed bool) error {
	for _, k := range c.AddKeys {
		if !slices.ContainsFunc(*list, func(x string) bool { return strings.EqualFold(x, k) }) {
			*list = append(*list, k)
			changed = true
		}
	}
	for _, k := range c.RemoveKeys {
		before := len(*list)
		*list = slices.DeleteFunc(*list, func(x string) bool { return strings.EqualFold(x, k) })
		changed = changed || len(*list) != before
	}
	if !changed {
		return errNoChange
	}
	return nil
}
