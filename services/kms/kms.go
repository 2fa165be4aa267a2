// Package kms is what Penstock knows about AWS Key Management Service: keys,
// their policies, grants and aliases. The calls to KMS are made by other
// services with the caller's rights, and stand in their rooms.
package kms

import "penstock/service"

// Service is AWS KMS.
var Service = service.Service{
	Name:      "kms",
	Title:     "AWS Key Management Service",
	Types:     types,
	Terraform: terraform,
	Codes:     []service.Code{lockoutCode},
	Powers:    powers,
}
