// Package cfntest makes the model of a template that stands in a test, so
// that a service room can test how its resources are named and joined.
package cfntest

import (
	"fmt"
	"testing"

	"penstock/cloud"
	"penstock/iac/cfn"
	"penstock/service"
	"penstock/source"
)

// A Stack is a template in YAML, and where it goes: account 111111111111 and
// region eu-west-1 where they are "".
type Stack struct {
	Name, Account, Region, Template string
	PhysicalIDs                     map[string]string
}

// Model loads the stacks with the types of the rooms under test. It fails the
// test where the stacks cannot be read or make more than one scenario.
func Model(t testing.TB, types []service.Type, stacks ...Stack) *cloud.Model {
	t.Helper()
	index := map[string]*service.Type{}
	for i := range types {
		index[types[i].Name] = &types[i]
	}
	files := map[string]string{}
	in := cfn.Input{
		Types: func(name string) *service.Type { return index[name] },
		Read: func(name string) (*source.File, error) {
			text, ok := files[name]
			if !ok {
				return nil, fmt.Errorf("no file %q", name)
			}
			return source.NewFile(name, []byte(text)), nil
		},
	}
	for _, s := range stacks {
		if s.Account == "" {
			s.Account = "111111111111"
		}
		if s.Region == "" {
			s.Region = "eu-west-1"
		}
		file := s.Name + ".yaml"
		files[file] = s.Template
		in.Stacks = append(in.Stacks, cfn.Stack{
			Name: s.Name, Account: s.Account, Region: s.Region, Template: file, PhysicalIDs: s.PhysicalIDs,
		})
	}
	r, err := cfn.Load(in)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Models) != 1 {
		t.Fatalf("the stacks make %d scenarios, want 1", len(r.Models))
	}
	return r.Models[0]
}

// Resource returns the resource of a logical id, failing the test without it.
func Resource(t testing.TB, m *cloud.Model, id string) *cloud.Resource {
	t.Helper()
	for _, r := range m.Resources {
		if r.LogicalID == id {
			return r
		}
	}
	t.Fatalf("no resource %q in the model", id)
	return nil
}
