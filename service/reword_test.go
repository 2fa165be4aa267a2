package service

import (
	"testing"

	"penstock/doc"
	"penstock/source"
)

func TestReword(t *testing.T) {
	f := source.NewFile("t.yaml", []byte(`A: "EXPRESS"`+"\n"+`B: !Ref EXPRESS_OR_EXPRESS`))
	at := func(start, end int) *doc.Node {
		return &doc.Node{Kind: doc.String, Span: source.Span{File: f, Start: start, End: end}}
	}
	for _, tt := range []struct {
		name string
		n    *doc.Node
		want string
	}{
		{"the word in its quotes", at(3, 12), "STANDARD"},
		{"twice", at(16, 39), ""},
		{"elsewhere", at(0, 1), ""},
		{"no value", nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if fs := Reword(tt.n, "EXPRESS", "STANDARD", "change it"); len(fs) == 1 {
				got = fs[0].Edits[0].New
			}
			if got != tt.want {
				t.Errorf("Reword = %q, want %q", got, tt.want)
			}
		})
	}
}
