// Package ec2 is what Penstock knows about Amazon EC2 and VPC: how its resources are
// named and read, the network that a pipeline runs in, its endpoints and their policies, and instances.
package ec2

import (
	"slices"

	"penstock/service"
)

// Service is Amazon EC2 and VPC.
var Service = service.Service{
	Name:      "ec2",
	Title:     "Amazon EC2 and VPC",
	Types:     types,
	Terraform: terraform,
	Jobs:      jobs,
	Actions:   actions,
	Route:     route,
	Checks:    checks,
	Codes:     slices.Concat(codes, []service.Code{kindCode}),
	Authored:  authored,
	Powers:    powers,
	Mends:     mends,
}
