package match

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestFindWide compares the two ways to look for a chunk with '?'.
func TestFindWide(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	letters := []rune("aabé?\xff")
	word := func(n int, wild bool) string {
		var b strings.Builder
		for range n {
			r := letters[rng.IntN(len(letters)-2)]
			if wild && rng.IntN(3) == 0 {
				r = '?'
			}
			b.WriteRune(r)
			if rng.IntN(40) == 0 {
				b.WriteByte(0xff) // no UTF-8
			}
		}
		return b.String()
	}
	for range 20_000 {
		s := word(rng.IntN(200), false)
		c := cut("?" + word(rng.IntN(12), true))[0]
		got, _ := findWide(c.runes, s)
		if want := c.findNarrow(s); got != want {
			t.Fatalf("%q in %q: %d, want %d", c.text, s, got, want)
		}
	}
}

// TestFindWideLetters has characters that stand in the text once.
func TestFindWideLetters(t *testing.T) {
	var b strings.Builder
	for r := rune(0x4e00); r < 0x4e00+2000; r++ {
		b.WriteRune(r)
	}
	s := b.String()
	c := cut(s[900:1500] + "?" + s[1503:1800])[0]
	if end, _ := findWide(c.runes, "x"+s+s); end != 1801 {
		t.Errorf("found to %d, want 1801", end)
	}
}

// TestHostileChunk bounds the work on a chunk that nearly matches everywhere.
func TestHostileChunk(t *testing.T) {
	const n, m = 1 << 17, 1 << 15
	text := strings.Repeat("a", n)
	c := cut(strings.Repeat("a?", m/2-1) + "?b")[0]
	end, steps := findWide(c.runes, text)
	if end >= 0 {
		t.Errorf("found at %d", end)
	}
	if most := m * (n/64 + 1); steps > most {
		t.Errorf("%d steps, want at most %d", steps, most)
	}
	p := Compile("*" + strings.Repeat("a?", m/2-1) + "?b*")
	if p.known(text) {
		t.Error("it matches")
	}
}

// TestHostileStars: each chunk of "*a*a*a…" is looked for once, behind the one
// before it.
func TestHostileStars(t *testing.T) {
	const n = 1 << 16
	text := strings.Repeat("a", n)
	for _, tt := range []struct {
		pattern string
		want    bool
	}{
		{strings.Repeat("*a", n) + "*", true},
		{strings.Repeat("*a", n+1) + "*", false},
		{strings.Repeat("*a", n-1) + "*b", false},
		{strings.Repeat("a*", 1000) + "b*" + strings.Repeat("a*", 1000), false},
	} {
		for _, p := range []Pattern{Compile(tt.pattern), CompileFold(tt.pattern), CompileARN("arn:aws:s3:::" + tt.pattern)} {
			s := text
			if strings.HasPrefix(p.String(), "arn:") {
				s = "arn:aws:s3:::" + text
			}
			if len(p.chunks) > strings.Count(tt.pattern, "*")+1 {
				t.Errorf("%d chunks", len(p.chunks))
			}
			if got := p.known(s); got != tt.want {
				t.Errorf("%.20q of %d bytes: %v, want %v", tt.pattern, len(tt.pattern), got, tt.want)
			}
		}
	}
}
