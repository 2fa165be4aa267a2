// Package events is what Penstock knows about Amazon EventBridge: rules, buses,
// and what a rule calls at its targets. The rule that starts a pipeline of the
// stacks stands with the pipeline.
package events

import "penstock/service"

// Service is Amazon EventBridge.
var Service = service.Service{
	Name:      "events",
	Title:     "Amazon EventBridge",
	Types:     types,
	Terraform: terraform,
	Jobs:      jobs,
	Checks:    checks,
	Codes:     codes,
	Powers:    powers,
}
