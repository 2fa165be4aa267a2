package sam_test

import (
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"penstock/doc"
	"penstock/iac/sam"
)

// TestMissing takes each field of each template away in turn, and puts null in
// its place: what is expanded has no hole in it.
func TestMissing(t *testing.T) {
	ar, err := txtar.ParseFile("testdata/peer/templates.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range ar.Files {
		root := parse(t, f.Data)
		var maps []*doc.Node
		walk(root, func(n *doc.Node) {
			if n.Kind == doc.Map {
				maps = append(maps, n)
			}
		})
		for _, m := range maps {
			all := m.Fields
			for i := range all {
				name := f.Name + ": without " + all[i].Name()
				m.Fields = append(append([]doc.Field(nil), all[:i]...), all[i+1:]...)
				whole(t, name, root)
				null := all[i]
				null.Value = &doc.Node{Kind: doc.Null, Span: all[i].Value.Span}
				m.Fields = append(append(append([]doc.Field(nil), all[:i]...), null), all[i+1:]...)
				whole(t, name+", null", root)
			}
			m.Fields = all
		}
	}
}

func whole(t *testing.T, name string, root *doc.Node) {
	t.Helper()
	got, _ := sam.Expand(root)
	walk(got, func(n *doc.Node) {
		if n == nil {
			t.Fatalf("%s: the expansion has a hole", name)
		}
	})
}

func walk(n *doc.Node, visit func(*doc.Node)) {
	visit(n)
	for _, it := range n.Items {
		walk(it, visit)
	}
	for _, f := range n.Fields {
		visit(f.Key)
		walk(f.Value, visit)
	}
}
