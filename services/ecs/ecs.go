// Package ecs is what Penstock knows about Amazon ECS: clusters, services and
// task definitions, and the calls of the standard deploy action.
package ecs

import "penstock/service"

// Service is Amazon ECS.
var Service = service.Service{
	Name:      "ecs",
	Title:     "Amazon Elastic Container Service",
	Types:     types,
	Terraform: terraform,
	Actions:   actions,
	Jobs:      []service.Job{serviceJob, taskJob},
	Checks:    checks,
	Codes:     codes,
	Authored:  authored,
	Powers:    powers,
}
