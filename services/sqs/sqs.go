// Package sqs is what Penstock knows about Amazon SQS: how its resources are
// named and read, queues and their policies, and the use of their keys.
package sqs

import "penstock/service"

// Service is Amazon SQS.
var Service = service.Service{
	Name:      "sqs",
	Title:     "Amazon SQS",
	Types:     types,
	Terraform: terraform,
	Effects:   effects,
	Checks:    checks,
	Codes:     codes,
	Powers:    powers,
}
