package reach

import (
	"math/rand/v2"
	"strings"
	"testing"

	"penstock/match"
	"penstock/truth"
)

// words returns all texts over an alphabet up to a length.
func words(alphabet string, n int) []string {
	out := []string{""}
	last := out
	for range n {
		var next []string
		for _, w := range last {
			for _, r := range alphabet {
				next = append(next, w+string(r))
			}
		}
		out = append(out, next...)
		last = next
	}
	return out
}

// tiny makes a random pattern.
func tiny(r *rand.Rand, alphabet string, n int) string {
	var b strings.Builder
	for range r.IntN(n + 1) {
		b.WriteByte(alphabet[r.IntN(len(alphabet))])
	}
	return b.String()
}

// TestAutomata holds the automata to package match, for every word, and with
// holes in pattern and subject.
func TestAutomata(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	holes := []string{match.Hole(match.Name, "n"), match.Hole(match.Any, "a"), match.Hole(match.Path, "p"), match.Hole(match.ID, "i"), match.Hole(match.Account, "d")}
	subjects := words("ab:A/", 4)
	for range 400 {
		s := tiny(r, "ab:/", 3) + holes[r.IntN(len(holes))] + tiny(r, "ab:/", 2)
		subjects = append(subjects, s, s+holes[r.IntN(len(holes))])
	}
	for i := range rounds(300) {
		text := tiny(r, "ab:*?A/*", 6)
		if r.IntN(4) == 0 {
			text += holes[r.IntN(len(holes))] + tiny(r, "ab*?:", 2)
		}
		if r.IntN(5) == 0 {
			text = "arn:aws:*:" + text + ":" + tiny(r, "ab*", 3) + ":*"
		}
		var syms symbols
		for _, c := range []struct {
			m    mode
			wild bool
			fold bool
			p    match.Pattern
		}{
			{plain, true, false, match.Compile(text)}, {plain, true, true, match.CompileFold(text)}, {plain, false, false, match.Literal(text)},
			{plain, false, true, match.LiteralFold(text)}, {resource, true, false, match.CompileARN(text)},
		} {
			g := syms.pattern(text, c.m, c.wild, c.fold)
			for _, s := range subjects {
				toks := syms.appendText(nil, s, false, false)
				rs := make([]rune, len(toks))
				for i := range toks {
					rs[i] = toks[i].r
				}
				may, must := g.accepts(rs, true), g.accepts(rs, false)
				switch want := c.p.Match(s); {
				case want == truth.Yes && !may, want == truth.No && must:
					t.Fatalf("round %d: %q (mode %d, wild %v, fold %v) on %q: may %v, must %v, match says %v", i, text, c.m, c.wild, c.fold, s, may, must, want)
				case !match.HasHole(text) && !match.HasHole(s) && (may != must || truth.Of(may) != want):
					t.Fatalf("round %d: %q (mode %d, wild %v, fold %v) on %q: may %v, must %v, match says %v", i, text, c.m, c.wild, c.fold, s, may, must, want)
				}
			}
		}
	}
}

// TestSearchAgainstAllWords decides Boolean combinations of patterns and
// looks at every short word.
func TestSearchAgainstAllWords(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	all := words("ab:Ax", 5)
	empties, founds := 0, 0
	for i := range rounds(3000) {
		var syms symbols
		var needs []need
		var texts []string
		var ps []match.Pattern
		n := 1 + r.IntN(4)
		for k := range n {
			q := need{neg: r.IntN(2) == 0, id: k}
			for range 1 + r.IntN(2) {
				text := tiny(r, "ab:*?*A", 4)
				m, fold := mode(r.IntN(2)), r.IntN(4) == 0
				if fold {
					m = plain
				}
				p := match.CompileARN(text)
				switch {
				case fold:
					p = match.CompileFold(text)
				case m == plain:
					p = match.Compile(text)
				}
				q.globs = append(q.globs, syms.pattern(text, m, true, fold))
				ps = append(ps, p)
				texts = append(texts, text)
			}
			needs = append(needs, q)
		}
		meets := func(s string) bool {
			at := 0
			for _, q := range needs {
				in := false
				for range q.globs {
					in = in || ps[at].Match(s) == truth.Yes
					at++
				}
				if in == q.neg {
					return false
				}
			}
			return true
		}
		work := 1 << 20
		o, rs, blame := search(&syms, needs, r.IntN(2) == 0, &work)
		switch o {
		case found:
			founds++
			if s := syms.write(rs); !meets(s) {
				t.Fatalf("round %d: %q found for %q", i, s, texts)
			}
		case empty:
			empties++
			for _, s := range all {
				if meets(s) {
					t.Fatalf("round %d: nothing found for %q, but %q is there", i, texts, s)
				}
			}
			// What is not blamed does not matter.
			var core []need
			for k := range needs {
				if blame[k] {
					core = append(core, needs[k])
				}
			}
			if o, rs, _ := search(&syms, core, false, &work); o != empty {
				t.Fatalf("round %d: %q: the core %v has %q", i, texts, blame, syms.write(rs))
			}
		case tooHard:
			t.Errorf("round %d: %q is too hard", i, texts)
		}
	}
	if empties < 100 || founds < 100 {
		t.Errorf("%d empty, %d found: the test is lopsided", empties, founds)
	}
}

// TestSearchHostile bounds the work on patterns that are meant to be hard.
func TestSearchHostile(t *testing.T) {
	tests := map[string]struct {
		yes, no []string
		want    outcome
	}{
		"many stars in one":     {[]string{strings.Repeat("a*", 200) + "b"}, []string{strings.Repeat("a*", 201) + "b"}, found},
		"the same stars":        {[]string{strings.Repeat("*a", 100)}, []string{strings.Repeat("*a", 99)}, empty},
		"question marks":        {[]string{"*a" + strings.Repeat("?", 12)}, []string{"*b*"}, found},
		"long and equal":        {[]string{strings.Repeat("abc/", 500) + "*"}, []string{strings.Repeat("abc/", 499) + "*"}, empty},
		"ten letters, all":      {[]string{"*a*", "*b*", "*c*", "*d*", "*e*", "*f*", "*g*", "*h*", "*i*", "*j*"}, nil, found},
		"ten letters, all at x": {[]string{"*a*", "*b*", "*c*", "*d*", "*e*", "*f*", "*g*", "*h*"}, []string{"*h*"}, empty},
	}
	for name, test := range tests {
		var syms symbols
		var needs []need
		for _, s := range test.yes {
			needs = append(needs, need{globs: []*glob{syms.pattern(s, plain, true, false)}})
		}
		for _, s := range test.no {
			needs = append(needs, need{globs: []*glob{syms.pattern(s, plain, true, false)}, neg: true})
		}
		work := 1 << 20
		if o, _, _ := search(&syms, needs, false, &work); o != test.want {
			t.Errorf("%s: %d, want %d, %d states", name, o, test.want, 1<<20-work)
		} else {
			t.Logf("%s: %d states", name, 1<<20-work)
		}
	}
}
