package diag_test

import (
	"strings"
	"testing"

	"penstock/diag"
	"penstock/source"
)

func TestApply(t *testing.T) {
	f := source.NewFile("f", []byte("0123456789"))
	other := source.NewFile("g", []byte("0123456789"))
	edit := func(start, end int, text string) diag.Edit {
		return diag.Edit{Span: source.Span{File: f, Start: start, End: end}, New: text}
	}
	tests := []struct {
		name  string
		edits []diag.Edit
		want  string // "" is an error
	}{
		{"none", nil, "0123456789"},
		{"out of order", []diag.Edit{edit(8, 9, "y"), edit(1, 3, "x")}, "0x34567y9"},
		{"insertions keep their order", []diag.Edit{edit(5, 5, "b"), edit(5, 5, "a")}, "01234ba56789"},
		{"equal edits count once", []diag.Edit{edit(5, 6, "b"), edit(5, 6, "b")}, "01234b6789"},
		{"insertion before a replacement", []diag.Edit{edit(5, 6, "b"), edit(5, 5, "a")}, "01234ab6789"},
		{"insertion after a replacement", []diag.Edit{edit(5, 6, "b"), edit(6, 6, "a")}, "01234ba6789"},
		{"at the ends", []diag.Edit{edit(10, 10, "b"), edit(0, 0, "a")}, "a0123456789b"},
		{"another file", []diag.Edit{{Span: source.Span{File: other, Start: 0, End: 9}}}, "0123456789"},
		{"overlap", []diag.Edit{edit(1, 4, "x"), edit(3, 5, "y")}, ""},
		{"inside", []diag.Edit{edit(1, 4, "x"), edit(2, 2, "y")}, ""},
		{"backwards", []diag.Edit{edit(4, 2, "x")}, ""},
		{"outside", []diag.Edit{edit(9, 11, "x")}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := diag.Apply(f, tt.edits)
			if (err != nil) != (tt.want == "") || string(got) != tt.want {
				t.Errorf("Apply = %q, %v, want %q", got, err, tt.want)
			}
			if string(f.Data) != "0123456789" {
				t.Fatal("the file was changed")
			}
		})
	}
}

func TestSort(t *testing.T) {
	a, b := source.NewFile("a", []byte("xyz")), source.NewFile("b", []byte("xyz"))
	fs := []diag.Finding{
		{Code: "RUN002", At: source.Span{File: b}},
		{Code: "RUN001", At: source.Span{File: a, Start: 2}, Message: "n"},
		{Code: "RUN001", At: source.Span{File: a, Start: 2}, Message: "m"},
		{Code: "RUN009", At: source.Span{File: a, Start: 1}},
		{Code: "RUN003"},
	}
	diag.Sort(fs)
	var got strings.Builder
	for _, f := range fs {
		got.WriteString(f.Code + f.Message + " ")
	}
	if want := "RUN003 RUN009 RUN001m RUN001n RUN002 "; got.String() != want {
		t.Errorf("order %s, want %s", got.String(), want)
	}
}
