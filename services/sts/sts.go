// Package sts is what Penstock knows about AWS Security Token Service: what
// keeps a role from being assumed although somebody meant to allow it.
package sts

import "penstock/service"

// Service is AWS STS.
var Service = service.Service{
	Name:   "sts",
	Title:  "AWS Security Token Service",
	Types:  types,
	Checks: checks,
	Codes:  codes,
}
