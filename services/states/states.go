// Package states is what Penstock knows about AWS Step Functions: how its resources are
// named and read, state machines and activities.
package states

import "penstock/service"

// Service is AWS Step Functions.
var Service = service.Service{
	Name:  "states",
	Title: "AWS Step Functions",
	Types: types,
}
