package spelling_test

import (
	"slices"
	"strings"
	"testing"

	"penstock/spelling"
)

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"a", "", 1},
		{"prove", "prove", 0},
		{"porve", "prove", 1},
		{"prov", "prove", 1},
		{"StringEqual", "StringEquals", 1},
		{"kitten", "sitting", 3},
		{strings.Repeat("a", 65), "a", 64},
	} {
		for _, p := range [][2]string{{tt.a, tt.b}, {tt.b, tt.a}} {
			if got := spelling.Distance(p[0], p[1]); got != tt.want {
				t.Errorf("Distance(%q, %q) = %d, want %d", p[0], p[1], got, tt.want)
			}
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"prove", "can", "decide", "test", "explain", "version", "Prove", "prove", "RUN001", "RUN002", "RUN011", "POL001"}
	for _, tt := range []struct {
		asked string
		want  []string
	}{
		{"porve", []string{"prove", "Prove"}},
		{"PROVE", []string{"prove", "Prove"}},
		{"RUN01", []string{"RUN001", "RUN011", "RUN002"}},
		{"cna", []string{"can"}},
		{"xy", nil},
		{"explains", []string{"explain"}},
		{"", nil},
	} {
		if got := spelling.Nearest(tt.asked, names); !slices.Equal(got, tt.want) {
			t.Errorf("Nearest(%q) = %q, want %q", tt.asked, got, tt.want)
		}
	}
}
