package naive

import (
	"encoding/base64"
	"math/big"
	"net/netip"
	"strings"
	"time"
)

func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// number reads an integer or a decimal; the whole text must be one.
func number(s string) *big.Rat {
	t := s
	if strings.HasPrefix(t, "-") || strings.HasPrefix(t, "+") {
		t = t[1:]
	}
	whole, frac, dot := strings.Cut(t, ".")
	if !digits(whole) || dot && !digits(frac) {
		return nil
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil
	}
	return r
}

// date reads the forms of https://www.w3.org/TR/NOTE-datetime, or seconds
// since 1970.
func date(s string) *time.Time {
	forms := []string{
		"2006", "2006-01", "2006-01-02",
		"2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z07:00",
	}
	for _, f := range forms {
		if f == "2006" && len(s) != 4 {
			continue
		}
		if t, err := time.Parse(f, s); err == nil {
			return &t
		}
	}
	if digits(s) && len(s) < 13 {
		var n int64
		for i := 0; i < len(s); i++ {
			n = n*10 + int64(s[i]-'0')
		}
		t := time.Unix(n, 0)
		return &t
	}
	return nil
}

func boolean(s string) (v, ok bool) {
	switch strings.ToLower(s) {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return false, false
}

// network reads an address or a range; a lone address is a range of one.
func network(s string) (netip.Prefix, bool) {
	if a, ok := address(s); ok {
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, false
	}
	return p.Masked(), true
}

func address(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Addr{}, false
	}
	return a, true
}

func bytesOf(s string) ([]byte, bool) {
	b, err := base64.StdEncoding.DecodeString(s)
	return b, err == nil
}
