package iam

import (
	"cmp"
	"encoding/base64"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"penstock/match"
)

// A Literal is a value of an operator that does not compare text: a number, a
// date, a boolean, an address block or bytes.
type Literal struct {
	Bad     bool // not of the operator's type: never matches
	Unknown bool // symbolic
	True    bool // Bool, Null

	num decimal
	at  time.Time
	net netip.Prefix
	raw string // BinaryEquals
}

// A decimal is a number as its digits, so that large integers stay apart.
type decimal struct {
	negative    bool
	whole, frac string // without leading, without trailing zeros
}

// Textual reports whether an operator compares text, so that its values are
// patterns or strings and no Literals.
func (b Base) Textual() bool {
	switch b {
	case StringEquals, StringEqualsIgnoreCase, StringLike, ARNLike:
		return true
	default:
		return false
	}
}

// wants names the type of value that b takes.
func (b Base) wants() string {
	switch b {
	case Bool, Null:
		return "boolean"
	case NumericEquals, NumericLessThan, NumericLessThanEquals, NumericGreaterThan, NumericGreaterThanEquals:
		return "number"
	case DateEquals, DateLessThan, DateLessThanEquals, DateGreaterThan, DateGreaterThanEquals:
		return "date"
	case IPAddress:
		return "address or block of addresses"
	case BinaryEquals:
		return "base64"
	default:
		return "text"
	}
}

// ParseLiteral reads s as the type that b compares; b must not be textual.
func ParseLiteral(b Base, s string) Literal {
	if match.HasHole(s) {
		return Literal{Unknown: true}
	}
	var l Literal
	var ok bool
	switch b {
	case Bool, Null:
		switch {
		case s == "true" || strings.EqualFold(s, "true"):
			l.True, ok = true, true
		default:
			ok = s == "false" || strings.EqualFold(s, "false")
		}
	case NumericEquals, NumericLessThan, NumericLessThanEquals, NumericGreaterThan, NumericGreaterThanEquals:
		l.num, ok = number(s)
	case DateEquals, DateLessThan, DateLessThanEquals, DateGreaterThan, DateGreaterThanEquals:
		l.at, ok = date(s)
	case IPAddress:
		l.net, ok = network(s)
	case BinaryEquals:
		l.raw, ok = decode64(s)
	default:
		panic("iam: an operator on text has no literal")
	}
	l.Bad = !ok
	return l
}

// Holds applies the operator to l, a policy's value, and a request's; neither
// is Bad or Unknown.
func (l *Literal) Holds(b Base, given *Literal) bool {
	switch b {
	case Bool:
		return l.True == given.True
	case NumericEquals:
		return given.num.compare(&l.num) == 0
	case NumericLessThan:
		return given.num.compare(&l.num) < 0
	case NumericLessThanEquals:
		return given.num.compare(&l.num) <= 0
	case NumericGreaterThan:
		return given.num.compare(&l.num) > 0
	case NumericGreaterThanEquals:
		return given.num.compare(&l.num) >= 0
	case DateEquals:
		return given.at.Equal(l.at)
	case DateLessThan:
		return given.at.Before(l.at)
	case DateLessThanEquals:
		return !given.at.After(l.at)
	case DateGreaterThan:
		return given.at.After(l.at)
	case DateGreaterThanEquals:
		return !given.at.Before(l.at)
	case IPAddress:
		return within(l.net, given.net)
	case BinaryEquals:
		return given.raw == l.raw
	default:
		panic("iam: an operator on text has no literal")
	}
}

// number reads "an integer or decimal value", the whole of s
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Numeric).
func number(s string) (decimal, bool) {
	var d decimal
	if s != "" && (s[0] == '-' || s[0] == '+') {
		d.negative, s = s[0] == '-', s[1:]
	}
	whole, frac, _ := strings.Cut(s, ".")
	if whole == "" && frac == "" || !digits(whole) || !digits(frac) {
		return decimal{}, false
	}
	d.whole, d.frac = strings.TrimLeft(whole, "0"), strings.TrimRight(frac, "0")
	if d.whole == "" && d.frac == "" {
		d.negative = false
	}
	return d, true
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// compare returns -1, 0 or 1 as d is less than, equal to or more than o.
func (d *decimal) compare(o *decimal) int {
	if d.negative != o.negative {
		if d.negative {
			return -1
		}
		return 1
	}
	c := cmp.Compare(len(d.whole), len(o.whole))
	if c == 0 {
		c = strings.Compare(d.whole, o.whole)
	}
	if c == 0 {
		c = strings.Compare(d.frac, o.frac)
	}
	if d.negative {
		return -c
	}
	return c
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
	if d, ok := number(s); ok && len(d.whole) <= 15 {
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			whole, frac := math.Modf(f)
			return time.Unix(int64(whole), int64(frac*1e9)), true
		}
	}
	return time.Time{}, false
}

// network reads an address or a block; an address is the block of itself.
func network(s string) (netip.Prefix, bool) {
	if found := strings.Contains(s, "/"); found {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return netip.Prefix{}, false
		}
		return p.Masked(), true
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(a, a.BitLen()).Masked(), true
}

// within reports whether the whole of given lies in block. IPv4 and IPv6 stay
// apart
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress).
func within(block, given netip.Prefix) bool {
	return block.Addr().Is4() == given.Addr().Is4() && given.Bits() >= block.Bits() && block.Contains(given.Addr())
}

// decode64 decodes base64 with or without padding.
func decode64(s string) (string, bool) {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		b, err = base64.RawStdEncoding.DecodeString(s)
	}
	return string(b), err == nil
}

// Narrow reports whether an address block is no wider than /v4 for IPv4 and
// /v6 for IPv6.
func (l *Literal) Narrow(v4, v6 int) bool {
	if l.Bad || l.Unknown || !l.net.IsValid() {
		return false
	}
	if l.net.Addr().Is4() {
		return l.net.Bits() >= v4
	}
	return l.net.Bits() >= v6
}
