// Package codestarnotifications is what Penstock knows about AWS CodeStar Notifications:
// rules that tell people about a pipeline.
package codestarnotifications

import "penstock/service"

// Service is AWS CodeStar Notifications.
var Service = service.Service{
	Name:      "codestar-notifications",
	Title:     "AWS CodeStar Notifications",
	Types:     types,
	Terraform: terraform,
	Jobs:      jobs,
	Powers:    powers,
}
