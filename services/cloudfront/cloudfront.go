// Package cloudfront is what Penstock knows about Amazon CloudFront:
// distributions and what they are made of.
package cloudfront

import "penstock/service"

// Service is Amazon CloudFront.
var Service = service.Service{
	Name:   "cloudfront",
	Title:  "Amazon CloudFront",
	Types:  types,
	Jobs:   jobs,
	Checks: checks,
	Codes:  codes,
}
