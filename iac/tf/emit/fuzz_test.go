package emit_test

import (
	"strings"
	"testing"

	"penstock/blueprint"
	"penstock/iac/tf"
	"penstock/iac/tf/emit"
	"penstock/services/all"
	"penstock/source"
)

// Any text is read as it was written, alone, in an object and before and after
// a reference.
func FuzzText(f *testing.F) {
	for _, s := range texts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want := strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
		if strings.Contains(s, "{{resolve:") || !tf.Keeps(want) {
			return // is refused
		}
		st := &blueprint.Stack{Name: "s", Account: "111111111111", Region: "eu-west-1"}
		lit := blueprint.Lit(s)
		st.Add(&blueprint.Resource{ID: "Key", Type: "AWS::KMS::Key", Comment: s, Props: blueprint.KV(
			"Description", s, "KeyPolicy", blueprint.KV("A", s, "B", lit+"${AWS::Region}"+lit, "C", blueprint.List{s, s}),
		)})
		modules, err := emit.Emit(&blueprint.Set{Stacks: []*blueprint.Stack{st}}, emit.Options{Book: all.Terraform()})
		if err != nil {
			t.Fatal(err)
		}
		formatted(t, modules)
		var files []*source.File
		for _, file := range modules[0].Files {
			files = append(files, source.NewFile(file.Name, file.Text))
		}
		m, err := tf.Load(files, tf.Options{Region: "eu-west-1", Book: all.Terraform()})
		if err != nil {
			t.Fatalf("%v\n%s", err, show(modules))
		}
		props := m.Templates()[0].Root.At("Resources", "Key", "Properties")
		for _, n := range []struct{ what, got string }{
			{"alone", props.Get("Description").Text},
			{"in an object", props.At("KeyPolicy", "A").Text},
			{"in a list", props.At("KeyPolicy", "C").Items[1].Text},
		} {
			if n.got != want {
				t.Errorf("%s: %q, want %q\n%s", n.what, n.got, want, show(modules))
			}
		}
	})
}
