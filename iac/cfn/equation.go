package cfn

import (
	"slices"
	"strings"

	"penstock/match"
)

// equation simplifies a == b.
func (w *world) equation(a, b string) *formula {
	if a == b {
		return always
	}
	pa, pb := trim(parts(a), parts(b))
	ja, jb := joined(pa), joined(pb)
	ha, hb := match.HasHole(ja), match.HasHole(jb)
	switch {
	case !ha && !hb:
		return constant(ja == jb)
	case clash(pa, pb):
		return never
	}
	if isHole(jb) && !isHole(ja) {
		pa, pb, ja, jb, ha, hb = pb, pa, jb, ja, hb, ha
	}
	if isHole(ja) && !hb {
		if !fits(pa[0].class, jb) {
			return never
		}
		if d, ok := w.domains[ja]; ok && !slices.Contains(d, jb) {
			return never
		}
	}
	if isHole(ja) && isHole(jb) && jb < ja {
		ja, jb = jb, ja
	}
	return &formula{op: '=', a: ja, b: jb}
}

// trim takes equal ends off two symbolic strings.
func trim(a, b []part) ([]part, []part) {
	a, b = slices.Clone(a), slices.Clone(b)
	for range 2 {
		for len(a) > 0 && len(b) > 0 {
			if a[0].hole || b[0].hole {
				if a[0] != b[0] {
					break
				}
				a, b = a[1:], b[1:]
				continue
			}
			n := 0
			for n < len(a[0].text) && n < len(b[0].text) && a[0].text[n] == b[0].text[n] {
				n++
			}
			x, y := a[0].text[n:], b[0].text[n:]
			if x == "" {
				a = a[1:]
			} else {
				a[0].text = x
			}
			if y == "" {
				b = b[1:]
			} else {
				b[0].text = y
			}
			if n == 0 || x != "" && y != "" {
				break
			}
		}
		flip(a)
		flip(b)
	}
	return a, b
}

// flip turns parts around, for the second pass of trim.
func flip(ps []part) {
	slices.Reverse(ps)
	for i := range ps {
		if !ps[i].hole {
			raw := []byte(ps[i].text)
			slices.Reverse(raw)
			ps[i].text = string(raw)
		}
	}
}

func joined(ps []part) string {
	var b strings.Builder
	for _, p := range ps {
		b.WriteString(p.text)
	}
	return b.String()
}

// clash reports whether two trimmed strings differ whatever fills them: they
// begin or end in different text, or one is empty and the other is not.
func clash(a, b []part) bool {
	if len(a) == 0 {
		a, b = b, a
	}
	if len(b) == 0 {
		return slices.ContainsFunc(a, func(p part) bool { return !p.hole || p.class != match.Any })
	}
	first := !a[0].hole && !b[0].hole
	last := !a[len(a)-1].hole && !b[len(b)-1].hole
	return first || last
}
