// Package sso is what Penstock knows about AWS IAM Identity Center: permission
// sets, and the roles that assigning them makes in other accounts.
package sso

import "penstock/service"

// Service is IAM Identity Center.
var Service = service.Service{
	Name:      "sso",
	Title:     "AWS IAM Identity Center",
	Types:     types,
	Terraform: terraform,
}
