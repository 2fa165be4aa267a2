package reach

import (
	"cmp"
	"encoding/base64"
	"math/big"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A candidate is a value of a typed key. The candidates of a variable are
// complete: whatever value a request has, its literals compare with some
// candidate in the same way. For numbers and dates they are the literals and
// a value between each two; for addresses one in each block that is in no
// smaller block.
type candidate struct {
	text string
	of   family
}

// candidates makes the list for all atoms of v, once.
func (p *problem) candidates(v *variable) []candidate {
	if v.cands != nil {
		return v.cands
	}
	var nums []*big.Rat
	var times []time.Time
	var nets []netip.Prefix
	var raws []string
	for i := range p.atoms {
		a := &p.atoms[i]
		if a.of != v {
			continue
		}
		for j := range a.lits {
			l := &a.lits[j]
			switch familyOf(a.base) {
			case famNumber:
				if r, ok := rational(a.texts[j]); ok {
					nums = append(nums, r)
				}
			case famDate:
				times = append(times, l.Time())
			case famIP:
				nets = append(nets, l.Network())
			case famBinary:
				raws = append(raws, l.Bytes())
			}
		}
	}
	var out []candidate
	add := func(f family, s string) { out = append(out, candidate{s, f}) }
	if v.bases&famNumber != 0 {
		for _, s := range numbers(nums) {
			add(famNumber, s)
		}
	}
	if v.bases&famDate != 0 {
		for _, s := range dates(times) {
			add(famDate, s)
		}
	}
	if v.bases&famIP != 0 {
		for _, s := range addresses(nets) {
			add(famIP, s)
		}
	}
	if v.bases&famBinary != 0 {
		other := "other"
		for slices.Contains(raws, other) {
			other += "x"
		}
		for _, r := range append([]string{other}, raws...) {
			add(famBinary, base64.StdEncoding.EncodeToString([]byte(r)))
		}
	}
	if v.typed == 0 {
		// Of no known type: the value may be nothing of the kind.
		add(0, "!")
	}
	v.cands = out
	return out
}

// candidate finds a candidate that meets the claims, and those about text too.
func (p *problem) candidate(v *variable, typed, texts []claimed) (string, conflict, outcome) {
	var blame conflict
	for _, c := range p.candidates(v) {
		bad := -1
		known := false
		for i, t := range typed {
			if !p.satisfies(t, c.text) {
				if slices.Contains(blame, t) {
					known = true
					break
				}
				if bad < 0 {
					bad = i
				}
			}
		}
		switch {
		case known:
		case bad >= 0:
			blame = append(blame, typed[bad])
		case texts == nil || p.suits(texts, c.text) == found:
			return c.text, nil, found
		}
	}
	return "", blame, empty
}

// sample is a value of v's type.
func (p *problem) sample(v *variable) string {
	switch {
	case v.typed&famBool != 0:
		return "true"
	case v.typed&famIP != 0:
		return "203.0.113.10"
	case v.typed&famDate != 0:
		return "2026-01-01T00:00:00Z"
	case v.typed&famNumber != 0:
		return "1"
	case v.typed&famBinary != 0:
		return "eA=="
	default:
		return "x"
	}
}

// numbers returns the boundaries, a number between each two, one below and one
// above.
func numbers(b []*big.Rat) []string {
	slices.SortFunc(b, (*big.Rat).Cmp)
	b = slices.CompactFunc(b, func(x, y *big.Rat) bool { return x.Cmp(y) == 0 })
	if len(b) == 0 {
		return []string{"1"}
	}
	one, half := big.NewRat(1, 1), big.NewRat(1, 2)
	out := []string{decimalText(new(big.Rat).Sub(b[0], one))}
	for i, f := range b {
		next := new(big.Rat).Add(f, one)
		if i+1 < len(b) && next.Cmp(b[i+1]) >= 0 {
			next.Add(f, b[i+1])
			next.Mul(next, half)
		}
		out = append(out, decimalText(f), decimalText(next))
	}
	return out
}

// decimalText writes a number that has a finite decimal expansion in full.
func decimalText(r *big.Rat) string {
	n, _ := r.FloatPrec()
	return r.FloatString(n)
}

func workable(s string) bool { _, ok := rational(s); return ok }

// rational reads a number as package iam does, but for those that are too long
// or too far from one to be worked with.
func rational(s string) (*big.Rat, bool) {
	if len(s) > 64 {
		return nil, false
	}
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		if e, err := strconv.Atoi(s[i+1:]); err != nil || e < -60 || e > 60 {
			return nil, false
		}
	}
	return new(big.Rat).SetString(s)
}

// dates returns texts around the boundaries.
func dates(b []time.Time) []string {
	slices.SortFunc(b, time.Time.Compare)
	b = slices.CompactFunc(b, time.Time.Equal)
	if len(b) == 0 {
		return []string{"2026-01-01T00:00:00Z"}
	}
	var out []string
	add := func(t time.Time) {
		t = t.UTC()
		if y := t.Year(); y < 0 || y > 9999 {
			out = append(out, strconv.FormatInt(t.Unix(), 10))
			return
		}
		out = append(out, t.Format("2006-01-02T15:04:05.999999999Z07:00"))
	}
	add(b[0].Add(-24 * time.Hour))
	for i, t := range b {
		add(t)
		if i+1 == len(b) {
			add(t.Add(24 * time.Hour))
			break
		}
		u := b[i+1]
		switch gap := u.Sub(t); {
		case gap > time.Second:
			add(t.Add(time.Second))
		case gap > 1:
			add(t.Add(gap / 2))
		}
	}
	return out
}

// addresses returns one address for each block that smaller blocks do not
// fill, and one outside all of them, for each version.
func addresses(b []netip.Prefix) []string {
	all := append([]netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}, b...)
	slices.SortFunc(all, func(x, y netip.Prefix) int {
		return cmp.Or(cmp.Compare(x.Addr().BitLen(), y.Addr().BitLen()), x.Addr().Compare(y.Addr()), cmp.Compare(x.Bits(), y.Bits()))
	})
	all = slices.Compact(all)
	var out []string
	for i, p := range all {
		// The blocks inside p follow it; walk the gaps between them. Nice
		// addresses first.
		at := p.Addr()
		ok := true
		for _, q := range all[i+1:] {
			if q.Addr().BitLen() != p.Addr().BitLen() || !p.Contains(q.Addr()) {
				break
			}
			if at.Less(q.Addr()) {
				break
			}
			if end := last(q); !end.Less(at) {
				if at = end.Next(); !at.IsValid() || !p.Contains(at) {
					ok = false
					break
				}
			}
		}
		if !ok {
			continue
		}
		best := at
		for _, nice := range []string{"203.0.113.10", "198.51.100.7", "192.0.2.1", "2001:db8::1"} {
			a := netip.MustParseAddr(nice)
			if smallest(all, a) == p {
				best = a
				break
			}
		}
		if best == at && p.Bits() < p.Addr().BitLen() {
			if n := at.Next(); n.IsValid() && smallest(all, n) == p {
				best = n
			}
		}
		out = append(out, best.String())
	}
	return out
}

// smallest returns the smallest block that holds a.
func smallest(all []netip.Prefix, a netip.Addr) netip.Prefix {
	var best netip.Prefix
	for _, p := range all {
		if p.Contains(a) && (!best.IsValid() || p.Bits() >= best.Bits()) {
			best = p
		}
	}
	return best
}

// last returns the highest address of a block.
func last(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}
