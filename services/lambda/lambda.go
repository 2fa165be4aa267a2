// Package lambda is what Penstock knows about AWS Lambda: how its resources are
// named and read, functions, their aliases, versions and resource policies, and
// what a function calls, by its configuration and by its code where that
// stands in the template.
package lambda

import "penstock/service"

// Service is AWS Lambda.
var Service = service.Service{
	Name:      "lambda",
	Title:     "AWS Lambda",
	Types:     types,
	Terraform: terraform,
	Actions:   actions,
	Jobs:      append(jobs, callerJobs()...),
	Checks:    checks,
	Codes:     codes,
	Authored:  authored,
	Gate:      gate,
	Powers:    powers,
}
