package reach

import (
	"strings"

	"penstock/iam"
	"penstock/iam/facts"
)

// family is a set of types of values that do not compare as text.
type family uint8

const (
	famNumber family = 1 << iota
	famDate
	famIP
	famBinary
	famBool
)

func familyOf(b iam.Base) family {
	switch b {
	case iam.NumericEquals, iam.NumericLessThan, iam.NumericLessThanEquals, iam.NumericGreaterThan, iam.NumericGreaterThanEquals:
		return famNumber
	case iam.DateEquals, iam.DateLessThan, iam.DateLessThanEquals, iam.DateGreaterThan, iam.DateGreaterThanEquals:
		return famDate
	case iam.IPAddress:
		return famIP
	case iam.BinaryEquals:
		return famBinary
	case iam.Bool:
		return famBool
	default:
		return 0
	}
}

// typeOf says what the values of a key are and whether it surely has several.
// AWS's global keys are listed here, for they are what policies ask for; the
// rest is looked up in the facts
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html).
func typeOf(low string) (f family, multi bool) {
	switch low {
	case "aws:tagkeys", "aws:calledvia", "aws:principalorgpaths", "aws:principalservicenameslist",
		"aws:resourceorgpaths", "aws:sourceorgpaths":
		return 0, true
	case "aws:securetransport", "aws:multifactorauthpresent", "aws:viaawsservice", "aws:principalisawsservice":
		return famBool, false
	case "aws:sourceip", "aws:vpcsourceip":
		return famIP, false
	case "aws:currenttime", "aws:tokenissuetime", "aws:epochtime":
		return famDate, false
	case "aws:multifactorauthage":
		return famNumber, false
	}
	if strings.HasPrefix(low, "aws:") {
		return 0, false
	}
	t, ok := facts.KeyType(low)
	if !ok {
		return 0, false
	}
	switch t.Single() {
	case facts.TypeBool:
		f = famBool
	case facts.TypeNumeric:
		f = famNumber
	case facts.TypeDate:
		f = famDate
	case facts.TypeIP:
		f = famIP
	case facts.TypeBinary:
		f = famBinary
	}
	return f, t.Multivalued()
}

// known reports whether somebody documents the key, so that one which is not
// multivalued surely has one value.
func documented(low string) bool {
	if strings.HasPrefix(low, "aws:") {
		return true
	}
	_, ok := facts.KeyType(low)
	return ok
}
