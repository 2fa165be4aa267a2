// Package ssm is what Penstock knows about AWS Systems Manager's parameters,
// and the decryption that reading one causes.
package ssm

import "penstock/service"

// Service is AWS Systems Manager.
var Service = service.Service{
	Name:      "ssm",
	Title:     "AWS Systems Manager",
	Types:     types,
	Terraform: terraform,
	Effects:   effects,
	Powers:    powers,
}
