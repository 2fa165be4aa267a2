package source_test

import (
	"testing"

	"penstock/source"
)

func TestPosition(t *testing.T) {
	f := source.NewFile("f", []byte("ab\r\né\n\nx"))
	tests := []struct {
		off  int
		want string
	}{
		{-1, "f:1:1"}, {0, "f:1:1"}, {2, "f:1:3"}, {3, "f:1:4"}, {4, "f:2:1"}, {6, "f:2:3"},
		{7, "f:3:1"}, {8, "f:4:1"}, {9, "f:4:2"}, {99, "f:4:2"},
	}
	for _, tt := range tests {
		p := f.Position(tt.off)
		if p.String() != tt.want {
			t.Errorf("Position(%d) = %v, want %s", tt.off, p, tt.want)
		}
		if tt.off >= 0 && tt.off <= 9 {
			if got := f.Offset(p.Line, p.Col); got != tt.off {
				t.Errorf("Offset(%d, %d) = %d, want %d", p.Line, p.Col, got, tt.off)
			}
		}
	}
	for line, want := range map[int]string{0: "", 1: "ab", 2: "é", 3: "", 4: "x", 5: ""} {
		if got := f.Line(line); got != want {
			t.Errorf("Line(%d) = %q, want %q", line, got, want)
		}
	}
}

func TestNowhere(t *testing.T) {
	var s source.Span
	if !s.IsZero() || s.String() != "" || s.Text() != "" || s.Position() != (source.Position{}) {
		t.Errorf("the zero span points to %v", s)
	}
	if p := source.NewFile("f", nil).Position(3); p.String() != "f:1:1" {
		t.Errorf("in an empty file: %v", p)
	}
}

func FuzzPosition(f *testing.F) {
	f.Add([]byte("a\nb\r\n"), 3)
	f.Fuzz(func(t *testing.T, data []byte, off int) {
		file := source.NewFile("f", data)
		off = max(0, min(off, len(data)))
		p := file.Position(off)
		if got := file.Offset(p.Line, p.Col); got != off {
			t.Errorf("Offset(Position(%d)) = %d", off, got)
		}
	})
}

func TestMemo(t *testing.T) {
	type key struct{}
	f := source.NewFile("f", nil)
	for i := range 3 {
		if got := f.Memo(key{}, func() any { return i }); got != 0 {
			t.Errorf("call %d: %v", i, got)
		}
	}
	if got := source.NewFile("f", nil).Memo(key{}, func() any { return 7 }); got != 7 {
		t.Errorf("another file: %v", got)
	}
}
