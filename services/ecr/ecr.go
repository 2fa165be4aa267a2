// Package ecr is what Penstock knows about Amazon Elastic Container Registry:
// image repositories and their policies, the ECR source of a pipeline and the
// action that builds and publishes an image. What else pushes and pulls stands
// with those who do.
package ecr

import "penstock/service"

// Service is Amazon Elastic Container Registry.
var Service = service.Service{
	Name:      "ecr",
	Title:     "Amazon Elastic Container Registry",
	Types:     types,
	Terraform: terraform,
	Actions:   actions,
	Codes:     []service.Code{resourceCode},
	Powers:    powers,
}
