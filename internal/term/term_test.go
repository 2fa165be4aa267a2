package term

import (
	"slices"
	"strings"
	"testing"
)

func TestWidth(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want int
	}{
		{"", 0},
		{"kms:Decrypt", 11},
		{"✓ 12", 4},
		{"本番環境", 8},
		{NewPainter(true).Paint(Bad, "no"), 2},
	} {
		if got := Width(tt.in); got != tt.want {
			t.Errorf("Width(%q) = %d, want %d", tt.in, got, tt.want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		in           string
		first, width int
		want         []string
	}{
		{"one two three", 7, 7, []string{"one two", "three"}},
		{"one two three", 4, 9, []string{"one", "two three"}},
		{"arn:aws:iam::111111111111:role/deploy may", 10, 10, []string{"arn:aws:iam::111111111111:role/deploy", "may"}},
		{"on log-stream:‹build id› now", 10, 10, []string{"on", "log-stream:‹build id›", "now"}},
		{"short", 10, 10, []string{"short"}},
		{"never broken", 0, 0, []string{"never broken"}},
	} {
		if got := Wrap(tt.in, tt.first, tt.width); !slices.Equal(got, tt.want) {
			t.Errorf("Wrap(%q, %d, %d) = %q, want %q", tt.in, tt.first, tt.width, got, tt.want)
		}
	}
}

func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"plain":       "plain",
		"a\tb":        "a b",
		"\x1b[31mred": "\uFFFD[31mred",
		"a\u202eb":    "a\uFFFDb",
		"本番":          "本番",
	} {
		if got := Printable(in); got != want {
			t.Errorf("Printable(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestColour(t *testing.T) {
	env := func(vars ...string) func(string) string {
		return func(k string) string {
			for _, v := range vars {
				if name, val, _ := strings.Cut(v, "="); name == k {
					return val
				}
			}
			return ""
		}
	}
	if !Colour(Always, nil, env("NO_COLOR=1")) {
		t.Error("--color always must win over NO_COLOR")
	}
	if Colour(Never, nil, env()) {
		t.Error("--color never coloured")
	}
	if Colour(Auto, &strings.Builder{}, env()) {
		t.Error("colour without a terminal")
	}
	if _, err := ParseMode("sometimes"); err == nil {
		t.Error("ParseMode took sometimes")
	}
}

func TestPaint(t *testing.T) {
	var plain Painter
	if got := plain.Paint(Bad, "x"); got != "x" {
		t.Errorf("the zero Painter wrote %q", got)
	}
	if got := NewPainter(true).Paint(Good, "x"); !strings.HasPrefix(got, "\x1b[") || !strings.Contains(got, "x") {
		t.Errorf("Paint = %q, want an escape sequence around x", got)
	}
}
