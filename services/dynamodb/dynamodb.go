// Package dynamodb is what Penstock knows about Amazon DynamoDB: how its resources are
// named and read, tables and their policies.
package dynamodb

import "penstock/service"

// Service is Amazon DynamoDB.
var Service = service.Service{
	Name:      "dynamodb",
	Title:     "Amazon DynamoDB",
	Types:     types,
	Terraform: terraform,
	Effects:   effects,
	Powers:    powers,
}
