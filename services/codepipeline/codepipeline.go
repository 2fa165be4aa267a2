// Package codepipeline is what Penstock knows about AWS CodePipeline: its
// resources, how it assumes the roles of a pipeline and of its actions, and
// how it moves artifacts.
package codepipeline

import (
	"slices"

	"penstock/service"
)

// Service is AWS CodePipeline.
var Service = service.Service{
	Name:      "codepipeline",
	Title:     "AWS CodePipeline",
	Types:     types,
	Terraform: terraform,
	Actions:   slices.Concat(actions, compute, invoked, others),
	Jobs:      jobs,
	Checks:    checks,
	Codes:     slices.Concat(codes, absentCodes),
	Authored:  authored,
	Powers:    powers,
}
