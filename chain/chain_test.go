package chain_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"penstock/chain"
	"penstock/cloud"
	"penstock/iac/cfn"
	"penstock/iam/authz"
	"penstock/iam/facts"
	"penstock/iam/reach"
	"penstock/match"
	"penstock/service"
	"penstock/services/all"
	"penstock/source"
)

var update = flag.Bool("update", false, "rewrite the want sections of the archives")

func engine() *reach.Engine {
	return reach.New(authz.New(authz.Options{Actions: facts.Actions{}, RCPServices: facts.RCP}), reach.Options{})
}

// load reads the stacks of an archive, each named <stack>.<account>.<region>.yaml.
func load(t testing.TB, ar *txtar.Archive) *cloud.Model {
	t.Helper()
	ms := models(t, ar)
	if len(ms) != 1 {
		t.Fatalf("%d scenarios", len(ms))
	}
	return ms[0]
}

func models(t testing.TB, ar *txtar.Archive) []*cloud.Model {
	t.Helper()
	types := map[string]*service.Type{}
	for _, s := range all.Services() {
		for i := range s.Types {
			types[s.Types[i].Name] = &s.Types[i]
		}
	}
	in := cfn.Input{
		Types: func(n string) *service.Type { return types[n] },
		Read: func(name string) (*source.File, error) {
			for _, f := range ar.Files {
				if f.Name == name {
					return source.NewFile(name, f.Data), nil
				}
			}
			return nil, os.ErrNotExist
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
	return res.Models
}

// TestArchives walks testdata/*.txtar: templates, the principals to start from
// in "from", one name a line, and in "want" whom they can become, by which
// story, and what they can change and blind.
func TestArchives(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := tell(t, ar)
			if *update {
				put(ar, "want", got)
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if d := cmp.Diff(get(ar, "want"), got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

func get(ar *txtar.Archive, name string) string {
	for _, f := range ar.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func put(ar *txtar.Archive, name, text string) {
	for i := range ar.Files {
		if ar.Files[i].Name == name {
			ar.Files[i].Data = []byte(text)
			return
		}
	}
	ar.Files = append(ar.Files, txtar.File{Name: name, Data: []byte(text)})
}

func tell(t *testing.T, ar *txtar.Archive) string {
	m := load(t, ar)
	g := chain.New(m, all.Services(), engine())
	var b strings.Builder
	for name := range strings.FieldsSeq(get(ar, "from")) {
		var from string
		for p := range m.Principals() {
			if p.Name == name {
				from = p.ARN
			}
		}
		if from == "" {
			t.Fatalf("no principal %q", name)
		}
		fmt.Fprintf(&b, "from %s\n", name)
		for _, n := range g.From(from).Nodes {
			if n.Via != nil {
				fmt.Fprintf(&b, "  %s %s", n.Verdict, n.Actor.Name())
				if !n.Declared {
					b.WriteString(", which no stack declares")
				}
				b.WriteString("\n")
				for line := range strings.Lines(g.Story(n.Steps())) {
					b.WriteString("    " + line)
				}
			}
			for i := range n.Gains {
				if s := &n.Gains[i]; s.Power.Kind == service.Tamper || s.Power.Kind == service.Blind {
					fmt.Fprintf(&b, "  %s %s %s %s: %s\n", n.Actor.Name(), s.Verdict, s.Power.ID, s.Gain.Touches, match.Render(s.Gain.What))
				}
			}
		}
	}
	return b.String()
}
