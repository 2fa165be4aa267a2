// Package cloudformation is what Penstock knows about AWS CloudFormation as
// something that a pipeline deploys with: stacks, and the calls of the deploy
// action in each of its modes.
package cloudformation

import "penstock/service"

// Service is AWS CloudFormation.
var Service = service.Service{
	Name:     "cloudformation",
	Title:    "AWS CloudFormation",
	Types:    types,
	Actions:  actions,
	Jobs:     jobs,
	Checks:   checks,
	Codes:    codes,
	Authored: authored,
	Powers:   powers,
}
