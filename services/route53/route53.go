// Package route53 is what Penstock knows about Amazon Route 53:
// zones and records, which bear on no call of a delivery.
package route53

import "penstock/service"

// Service is Amazon Route 53.
var Service = service.Service{
	Name:  "route53",
	Title: "Amazon Route 53",
	Types: types,
}
