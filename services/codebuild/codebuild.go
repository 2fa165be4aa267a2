// Package codebuild is what Penstock knows about AWS CodeBuild: projects, the
// build and test actions of a pipeline, and what a build calls with its
// service role, as far as the project and its buildspec tell.
package codebuild

import "penstock/service"

// Service is AWS CodeBuild.
var Service = service.Service{
	Name:      "codebuild",
	Title:     "AWS CodeBuild",
	Types:     types,
	Terraform: terraform,
	Actions:   actions,
	Jobs:      jobs,
	Checks:    checks,
	Codes:     codes,
	Authored:  authored,
	Seals:     seals,
	Powers:    powers,
}
