// Package codeconnections is what Penstock knows about AWS CodeConnections,
// once CodeStar Connections: connections to Git hosts, and the calls of a
// source action that uses one.
package codeconnections

import "penstock/service"

// Service is AWS CodeConnections.
var Service = service.Service{
	Name:      "codeconnections",
	Title:     "AWS CodeConnections",
	Types:     types,
	Terraform: terraform,
	Actions:   actions,
	Powers:    powers,
}
