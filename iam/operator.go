package iam

import (
	"strings"

	"penstock/spelling"
)

// Base is what a condition operator compares.
type Base uint8

// The bases. Negated operators are their base with Operator.Negated set.
const (
	StringEquals Base = iota
	StringEqualsIgnoreCase
	StringLike
	NumericEquals
	NumericLessThan
	NumericLessThanEquals
	NumericGreaterThan
	NumericGreaterThanEquals
	DateEquals
	DateLessThan
	DateLessThanEquals
	DateGreaterThan
	DateGreaterThanEquals
	Bool
	BinaryEquals
	IPAddress
	ARNLike // ArnEquals too: they behave identically
	Null
)

// Set is how an operator treats a key with several values.
type Set uint8

// The sets: no set operator, ForAnyValue, ForAllValues.
const (
	Single Set = iota
	ForAnyValue
	ForAllValues
)

// An Operator is a condition operator taken apart.
type Operator struct {
	Base     Base
	Set      Set
	Negated  bool
	IfExists bool
}

// ParseOperator reads an operator as a policy spells it. AWS documents one
// spelling of each; others that differ only in case are taken too (assumed).
// It fails for names that do not exist and for Null with IfExists
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html).
func ParseOperator(s string) (Operator, bool) {
	var op Operator
	if rest, ok := cutPrefixFold(s, "ForAnyValue:"); ok {
		op.Set, s = ForAnyValue, rest
	} else if rest, ok := cutPrefixFold(s, "ForAllValues:"); ok {
		op.Set, s = ForAllValues, rest
	}
	if n := len(s) - len("IfExists"); n > 0 && strings.EqualFold(s[n:], "IfExists") {
		op.IfExists, s = true, s[:n]
	}
	for i := range operators {
		if o := &operators[i]; strings.EqualFold(o.name, s) {
			op.Base, op.Negated = o.base, o.negated
			return op, o.base != Null || !op.IfExists && op.Set == Single
		}
	}
	return Operator{}, false
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

var operators = [...]struct {
	name    string
	base    Base
	negated bool
}{
	{"StringEquals", StringEquals, false},
	{"StringNotEquals", StringEquals, true},
	{"StringEqualsIgnoreCase", StringEqualsIgnoreCase, false},
	{"StringNotEqualsIgnoreCase", StringEqualsIgnoreCase, true},
	{"StringLike", StringLike, false},
	{"StringNotLike", StringLike, true},
	{"NumericEquals", NumericEquals, false},
	{"NumericNotEquals", NumericEquals, true},
	{"NumericLessThan", NumericLessThan, false},
	{"NumericLessThanEquals", NumericLessThanEquals, false},
	{"NumericGreaterThan", NumericGreaterThan, false},
	{"NumericGreaterThanEquals", NumericGreaterThanEquals, false},
	{"DateEquals", DateEquals, false},
	{"DateNotEquals", DateEquals, true},
	{"DateLessThan", DateLessThan, false},
	{"DateLessThanEquals", DateLessThanEquals, false},
	{"DateGreaterThan", DateGreaterThan, false},
	{"DateGreaterThanEquals", DateGreaterThanEquals, false},
	{"Bool", Bool, false},
	{"BinaryEquals", BinaryEquals, false},
	{"IpAddress", IPAddress, false},
	{"NotIpAddress", IPAddress, true},
	{"ArnEquals", ARNLike, false},
	{"ArnLike", ARNLike, false},
	{"ArnNotEquals", ARNLike, true},
	{"ArnNotLike", ARNLike, true},
	{"Null", Null, false},
}

// nearOperator returns the operator whose name is closest to s, "" where none
// is close.
func nearOperator(s string) string {
	if _, rest, ok := strings.Cut(s, ":"); ok {
		s = rest
	}
	s = strings.TrimSuffix(s, "IfExists")
	best, at := "", 4
	for i := range operators {
		if d := spelling.Distance(strings.ToLower(s), strings.ToLower(operators[i].name)); d < at {
			best, at = operators[i].name, d
		}
	}
	return best
}
