// Package arn takes Amazon Resource Names apart.
//
// An ARN is "arn:partition:service:region:account-id:resource", where the
// resource part may itself contain ':' and '/'
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html).
// The parts may be symbolic (package match): holes never contain ':', so a
// symbolic ARN splits where a known one does.
package arn

import (
	"fmt"
	"strings"

	"penstock/match"
)

// An ARN is the six parts without the leading "arn".
type ARN struct {
	Partition, Service, Region, Account, Resource string
}

// Parse splits s. It fails where s has fewer than six parts or does not start
// with "arn:"; it does not judge the parts.
func Parse(s string) (ARN, error) {
	p := strings.SplitN(s, ":", 6)
	if len(p) < 6 || p[0] != "arn" {
		return ARN{}, fmt.Errorf("%q is no ARN: want arn:partition:service:region:account-id:resource", match.Render(s))
	}
	return ARN{p[1], p[2], p[3], p[4], p[5]}, nil
}

// String is the inverse of Parse.
func (a ARN) String() string {
	return "arn:" + a.Partition + ":" + a.Service + ":" + a.Region + ":" + a.Account + ":" + a.Resource
}

// Account returns the account of an ARN, or "" where s is none or has none.
func Account(s string) string {
	a, err := Parse(s)
	if err != nil {
		return ""
	}
	return a.Account
}

// Name returns what follows the last '/' of the resource part of an ARN, or
// the whole resource part where there is none: the name of a role with a
// path, of a function, a bucket.
func (a ARN) Name() string {
	if i := strings.LastIndexByte(a.Resource, '/'); i >= 0 {
		return a.Resource[i+1:]
	}
	return a.Resource
}

// IsAccountID reports whether s is twelve digits.
func IsAccountID(s string) bool {
	if len(s) != 12 {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// Partition returns the partition that holds a region: "aws", "aws-cn",
// "aws-us-gov" or one of the isolated ones
// (https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html).
func Partition(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	case strings.HasPrefix(region, "us-iso-"):
		return "aws-iso"
	case strings.HasPrefix(region, "us-isob-"):
		return "aws-iso-b"
	case strings.HasPrefix(region, "eusc-"):
		return "aws-eusc"
	default:
		return "aws"
	}
}
