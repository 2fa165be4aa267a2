// Package states is what Penstock knows about AWS Step Functions: how its resources are
// named and read, state machines and activities, and what their tasks call.
package states

import (
	"slices"

	"penstock/service"
)

// Service is AWS Step Functions.
var Service = service.Service{
	Name:      "states",
	Title:     "AWS Step Functions",
	Types:     types,
	Terraform: terraform,
	Actions:   actions,
	Jobs:      jobs,
	Checks:    slices.Concat(checks, jobChecks, integrationChecks),
	Codes:     slices.Concat(codes, jobCodes, integrationCodes),
	Gate:      gate,
	Slips:     slips,
	Powers:    powers,
}
