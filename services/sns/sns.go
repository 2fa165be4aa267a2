// Package sns is what Penstock knows about Amazon SNS: topics, their policies
// and keys, and the notice that a manual approval sends.
package sns

import "penstock/service"

// Service is Amazon SNS.
var Service = service.Service{
	Name:      "sns",
	Title:     "Amazon Simple Notification Service",
	Types:     types,
	Terraform: terraform,
	Actions:   actions,
	Effects:   effects,
	Jobs:      jobs,
	Checks:    checks,
	Codes:     codes,
	Powers:    powers,
}
