// Package organizations is what Penstock knows about AWS Organizations:
// service and resource control policies that templates declare.
package organizations

import "penstock/service"

// Service is AWS Organizations.
var Service = service.Service{
	Name:   "organizations",
	Title:  "AWS Organizations",
	Types:  types,
	Powers: powers,
}
