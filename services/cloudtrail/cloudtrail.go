// Package cloudtrail is what Penstock knows about AWS CloudTrail: how its resources are
// named and read, trails, event data stores and their policies, and
// what a trail delivers and to whom.
package cloudtrail

import "penstock/service"

// Service is AWS CloudTrail.
var Service = service.Service{
	Name:      "cloudtrail",
	Title:     "AWS CloudTrail",
	Types:     types,
	Terraform: terraform,
	Jobs:      jobs,
	Powers:    powers,
}
