// Package cloudwatch is what Penstock knows about Amazon CloudWatch: how its resources are
// named and read, alarms, dashboards and metric streams,
// and what an alarm calls that goes off.
package cloudwatch

import "penstock/service"

// Service is Amazon CloudWatch.
var Service = service.Service{
	Name:      "cloudwatch",
	Title:     "Amazon CloudWatch",
	Types:     types,
	Terraform: terraform,
	Actions:   actions,
	Jobs:      jobs,
	Powers:    powers,
}
