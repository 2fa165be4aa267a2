// Package secretsmanager is what Penstock knows about AWS Secrets Manager:
// secrets, their policies and keys, and the decryption that reading one
// causes.
package secretsmanager

import "penstock/service"

// Service is AWS Secrets Manager.
var Service = service.Service{
	Name:      "secretsmanager",
	Title:     "AWS Secrets Manager",
	Types:     types,
	Terraform: terraform,
	Jobs:      jobs,
	Effects:   effects,
	Checks:    checks,
	Codes:     codes,
	Powers:    powers,
}
