package authz

import (
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"penstock/iam"
	"penstock/match"
)

// A literal is a value of an operator that does not compare text.
type literal struct {
	bad     bool // not of the operator's type: never matches
	unknown bool // symbolic
	yes     bool // Bool, Null
	num     float64
	at      time.Time
	net     netip.Prefix
	raw     string // BinaryEquals
}

// parseLiteral reads s as the type that b compares.
func parseLiteral(b iam.Base, s string) literal {
	if match.HasHole(s) {
		return literal{unknown: true}
	}
	var l literal
	var ok bool
	switch b {
	case iam.Bool, iam.Null:
		l.yes, ok = strings.EqualFold(s, "true"), strings.EqualFold(s, "true") || strings.EqualFold(s, "false")
	case iam.NumericEquals, iam.NumericLessThan, iam.NumericLessThanEquals, iam.NumericGreaterThan, iam.NumericGreaterThanEquals:
		l.num, ok = number(s)
	case iam.DateEquals, iam.DateLessThan, iam.DateLessThanEquals, iam.DateGreaterThan, iam.DateGreaterThanEquals:
		l.at, ok = date(s)
	case iam.IPAddress:
		l.net, ok = network(s)
	case iam.BinaryEquals:
		l.raw, ok = decode64(s)
	default:
		panic("authz: an operator on text has no literal")
	}
	l.bad = !ok
	return l
}

// holds applies the operator to a policy's value and a request's.
func (l *literal) holds(b iam.Base, given *literal) bool {
	switch b {
	case iam.Bool:
		return l.yes == given.yes
	case iam.NumericEquals:
		return given.num == l.num
	case iam.NumericLessThan:
		return given.num < l.num
	case iam.NumericLessThanEquals:
		return given.num <= l.num
	case iam.NumericGreaterThan:
		return given.num > l.num
	case iam.NumericGreaterThanEquals:
		return given.num >= l.num
	case iam.DateEquals:
		return given.at.Equal(l.at)
	case iam.DateLessThan:
		return given.at.Before(l.at)
	case iam.DateLessThanEquals:
		return !given.at.After(l.at)
	case iam.DateGreaterThan:
		return given.at.After(l.at)
	case iam.DateGreaterThanEquals:
		return !given.at.Before(l.at)
	case iam.IPAddress:
		return within(l.net, given.net)
	case iam.BinaryEquals:
		return given.raw == l.raw
	default:
		panic("authz: an operator on text has no literal")
	}
}

// number reads an integer or decimal, the whole of s.
func number(s string) (float64, bool) {
	if s == "" {
		return 0, false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9', c == '.', c == '-', c == '+', c == 'e', c == 'E':
		default:
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil && !math.IsInf(f, 0)
}

// date reads a date of https://www.w3.org/TR/NOTE-datetime, as ISO 8601, or
// seconds since 1970.
func date(s string) (time.Time, bool) {
	if len(s) > 4 && strings.IndexByte(s, '-') == 4 {
		for _, layout := range [...]string{
			"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04Z07:00", "2006-01-02T15:04Z0700",
			"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02", "2006-01",
		} {
			if t, err := time.Parse(layout, s); err == nil {
				return t, true
			}
		}
		return time.Time{}, false
	}
	if t, err := time.Parse("20060102T150405Z", s); err == nil {
		return t, true
	}
	if len(s) == 4 {
		if t, err := time.Parse("2006", s); err == nil {
			return t, true
		}
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.Unix(n, 0), true
	}
	if f, ok := number(s); ok && math.Abs(f) < 1<<52 {
		whole, frac := math.Modf(f)
		return time.Unix(int64(whole), int64(frac*1e9)), true
	}
	return time.Time{}, false
}

// network reads an address or a block; an address is the block of itself.
func network(s string) (netip.Prefix, bool) {
	if i := strings.IndexByte(s, '/'); i >= 0 {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return netip.Prefix{}, false
		}
		return unmapped(p), true
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()).Masked(), true
}

// unmapped leaves IPv4 and IPv6 apart: an IPv4 block never holds an IPv6
// address
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress).
func unmapped(p netip.Prefix) netip.Prefix { return p.Masked() }

// within reports whether the whole of given lies in block.
func within(block, given netip.Prefix) bool {
	return block.Addr().Is4() == given.Addr().Is4() && given.Bits() >= block.Bits() && block.Contains(given.Addr())
}
