// Package codedeploy is what Penstock knows about AWS CodeDeploy:
// applications and deployment groups, the deploy action of a pipeline, and
// what a deployment calls with its service role.
package codedeploy

import "penstock/service"

// Service is AWS CodeDeploy.
var Service = service.Service{
	Name:      "codedeploy",
	Title:     "AWS CodeDeploy",
	Types:     types,
	Terraform: terraform,
	Actions:   actions,
	Jobs:      jobs,
	Checks:    checks,
	Codes:     codes,
	Authored:  authored,
	Powers:    powers,
}
