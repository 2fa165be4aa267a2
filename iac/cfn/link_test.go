package cfn_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"penstock/iac/cfn"
)

// A stack whose parameter is an output is deployed after the stack that tells
// it, whether or not the template uses the parameter.
func TestLinkedOrder(t *testing.T) {
	data, err := os.ReadFile("testdata/linked.txtar")
	if err != nil {
		t.Fatal(err)
	}
	r, err := cfn.Load(input(t, txtar.Parse(data)))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, s := range r.Models[0].Stacks {
		for _, o := range s.Imports {
			got[s.Name] = append(got[s.Name], o.Name)
		}
	}
	if d := cmp.Diff(map[string][]string{"staging": {"tools"}, "last": {"staging"}}, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}
