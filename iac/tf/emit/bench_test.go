package emit_test

import (
	"testing"

	"penstock/iac/tf"
	"penstock/iac/tf/emit"
	"penstock/services/all"
	"penstock/source"
)

func BenchmarkEmit(b *testing.B) {
	set, book := example(), all.Terraform()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := emit.Emit(set, emit.Options{Book: book}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	modules, err := emit.Emit(example(), emit.Options{Book: all.Terraform()})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, m := range modules {
			var files []*source.File
			for _, f := range m.Files {
				files = append(files, source.NewFile(m.Join(f), f.Text))
			}
			if _, err := tf.Load(files, tf.Options{Account: m.Account, Region: m.Region, Name: m.Dir, Book: all.Terraform()}); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkBook(b *testing.B) {
	rooms := map[string]string{}
	for _, s := range all.Services() {
		rooms[s.Name] = s.Terraform
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tf.NewBook(rooms); err != nil {
			b.Fatal(err)
		}
	}
}
