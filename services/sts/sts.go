// Package sts is what Penstock knows about AWS Security Token Service: what
// keeps a role from being assumed although somebody meant to allow it, and
// the roles that a person's profiles take on.
package sts

import (
	"slices"

	"penstock/service"
)

// Service is AWS STS.
var Service = service.Service{
	Name:    "sts",
	Title:   "AWS Security Token Service",
	Types:   types,
	Entries: entries,
	Checks:  slices.Concat(checks, profileChecks, chainChecks),
	Codes:   append(slices.Concat(codes, profileCodes), chainCode),
	Powers:  powers,
}
