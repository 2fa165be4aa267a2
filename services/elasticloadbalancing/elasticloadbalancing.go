// Package elasticloadbalancing is what Penstock knows about Elastic Load Balancing: how its resources are
// named and read, load balancers, listeners and target groups.
package elasticloadbalancing

import "penstock/service"

// Service is Elastic Load Balancing.
var Service = service.Service{
	Name:  "elasticloadbalancing",
	Title: "Elastic Load Balancing",
	Types: types,
	Jobs:  jobs,
}
