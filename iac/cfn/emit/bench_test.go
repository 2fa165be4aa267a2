package emit_test

import (
	"fmt"
	"testing"

	"penstock/blueprint"
	"penstock/doc/yaml"
	"penstock/iac/cfn/emit"
	"penstock/source"
)

// large is a stack of the size of a whole pipeline.
func large() *blueprint.Stack {
	st := sample()
	for i := range 20 {
		for _, r := range sample().Resources {
			r.ID = fmt.Sprintf("%s%d", r.ID, i)
			st.Add(r)
		}
	}
	return st
}

func BenchmarkTemplate(b *testing.B) {
	st := large()
	b.SetBytes(int64(len(emit.Template(st, emit.Options{}))))
	b.ReportAllocs()
	for b.Loop() {
		emit.Template(st, emit.Options{})
	}
}

func BenchmarkNode(b *testing.B) {
	st := large()
	b.SetBytes(int64(len(emit.Template(st, emit.Options{}))))
	b.ReportAllocs()
	for b.Loop() {
		emit.Node(st, emit.Options{})
	}
}

// BenchmarkReadBack is what Node saves beside Template.
func BenchmarkReadBack(b *testing.B) {
	text := emit.Template(large(), emit.Options{})
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := yaml.Parse(source.NewFile("f.yaml", text)); err != nil {
			b.Fatal(err)
		}
	}
}
