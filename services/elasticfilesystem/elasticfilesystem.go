// Package elasticfilesystem is what Penstock knows about Amazon EFS:
// file systems that builds and tasks mount, and their policies.
package elasticfilesystem

import "penstock/service"

// Service is Amazon EFS.
var Service = service.Service{
	Name:  "elasticfilesystem",
	Title: "Amazon EFS",
	Types: types,
}
