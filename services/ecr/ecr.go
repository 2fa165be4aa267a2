// Package ecr is what Penstock knows about Amazon Elastic Container Registry:
// image repositories and their policies. What pushing and pulling calls
// stands with those who push and pull.
package ecr

import "penstock/service"

// Service is Amazon Elastic Container Registry.
var Service = service.Service{
	Name:  "ecr",
	Title: "Amazon Elastic Container Registry",
	Types: types,
}
