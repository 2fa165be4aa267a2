package all

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"penstock/arn"
	"penstock/chain"
	"penstock/cloud"
	"penstock/iac/cfn"
	"penstock/iam/facts"
	"penstock/service"
	"penstock/source"
)

// TestPowers checks each row of the second catalogue: what it says of itself,
// and over the models of all archives that its gains are well formed and that
// AWS has the actions that they name.
func TestPowers(t *testing.T) {
	models := archives(t)
	ids := map[string]bool{}
	for _, s := range Services() {
		for _, p := range s.Powers {
			if ids[p.ID] {
				t.Errorf("two powers are called %s", p.ID)
			}
			ids[p.ID] = true
			if !strings.HasPrefix(p.ID, s.Name+".") {
				t.Errorf("power %s is in room %s", p.ID, s.Name)
			}
			if p.Why == "" || p.Find == nil {
				t.Errorf("power %s does not say why, or has no Find", p.ID)
			}
			if !strings.HasPrefix(p.Source, "https://") {
				t.Errorf("power %s has no source", p.ID)
			}
			n := 0
			for _, m := range models {
				for _, g := range p.Find(m) {
					n++
					checkGain(t, p, g)
				}
			}
			if n == 0 {
				t.Logf("no archive has a place for power %s", p.ID)
			}
		}
	}
}

// TestDerivedPowers does the same for what follows from several rooms.
func TestDerivedPowers(t *testing.T) {
	for _, p := range chain.Derived(Services()) {
		if !strings.HasPrefix(p.ID, "pipeline.") || p.Why == "" || !strings.HasPrefix(p.Source, "https://") {
			t.Errorf("power %s does not say what, why and how that is known", p.ID)
		}
		for _, m := range archives(t) {
			for _, g := range p.Find(m) {
				checkGain(t, p, g)
			}
		}
	}
}

func checkGain(t *testing.T, p service.Power, g service.Gain) {
	t.Helper()
	if len(g.Calls) == 0 || g.What == "" {
		t.Errorf("%s: a gain without calls, or that does not say where: %+v", p.ID, g)
	}
	switch p.Kind {
	case service.Become, service.Execute:
		if _, err := arn.Parse(g.Principal); err != nil && g.Principal != "" {
			t.Errorf("%s: gains %q, which is no ARN", p.ID, g.Principal)
		}
	case service.Tamper:
		if g.Touches == "" {
			t.Errorf("%s: tampers with nothing: %s", p.ID, g.What)
		}
	default:
	}
	for _, c := range g.Calls {
		if len(c.Actions) == 0 || c.Why == "" {
			t.Errorf("%s: a call without actions or without a reason", p.ID)
		}
		for _, a := range c.Actions {
			prefix, name, _ := strings.Cut(a, ":")
			svc, ok := facts.Service(prefix)
			if !ok {
				t.Errorf("%s: no service of AWS has prefix %q", p.ID, prefix)
				continue
			}
			if _, ok := svc.Action(name); !ok {
				t.Errorf("%s: AWS has no action %s", p.ID, a)
			}
		}
		for _, r := range c.Resources {
			if _, err := arn.Parse(r); err != nil {
				t.Errorf("%s: %q is no ARN", p.ID, r)
			}
		}
	}
}

// archives loads the models of testdata/*.txtar.
func archives(t *testing.T) []*cloud.Model {
	t.Helper()
	types := map[string]*service.Type{}
	for _, s := range Services() {
		for i := range s.Types {
			types[s.Types[i].Name] = &s.Types[i]
		}
	}
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var out []*cloud.Model
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		in := cfn.Input{
			Types: func(n string) *service.Type { return types[n] },
			Read: func(name string) (*source.File, error) {
				for _, f := range ar.Files {
					if f.Name == name {
						return source.NewFile(name, f.Data), nil
					}
				}
				return nil, filepath.ErrBadPattern
			},
		}
		for _, f := range ar.Files {
			if p := strings.Split(f.Name, "."); len(p) == 4 && p[3] == "yaml" {
				in.Stacks = append(in.Stacks, cfn.Stack{Name: p[0], Account: p[1], Region: p[2], Template: f.Name})
			}
		}
		res, err := cfn.Load(in)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, res.Models...)
	}
	return out
}
