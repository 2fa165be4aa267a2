// Package iam is what Penstock knows about AWS Identity and Access
// Management: roles, users, groups and policies as templates declare them,
// and what passing a role causes.
package iam

import "penstock/service"

// Service is AWS IAM.
var Service = service.Service{
	Name:      "iam",
	Title:     "AWS Identity and Access Management",
	Types:     types,
	Terraform: terraform,
	Jobs:      jobs,
	Effects:   effects,
	Powers:    powers,
}
