// Package servicediscovery is what Penstock knows about AWS Cloud Map:
// namespaces and services that a deployment registers with.
package servicediscovery

import "penstock/service"

// Service is AWS Cloud Map.
var Service = service.Service{
	Name:  "servicediscovery",
	Title: "AWS Cloud Map",
	Types: types,
}
