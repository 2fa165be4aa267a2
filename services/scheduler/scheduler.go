// Package scheduler is what Penstock knows about Amazon EventBridge Scheduler:
// schedules and their groups, and what a schedule calls with its role.
package scheduler

import "penstock/service"

// Service is Amazon EventBridge Scheduler.
var Service = service.Service{
	Name:   "scheduler",
	Title:  "Amazon EventBridge Scheduler",
	Types:  types,
	Jobs:   jobs,
	Powers: powers,
}
