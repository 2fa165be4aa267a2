// Package autoscaling is what Penstock knows about Amazon EC2 Auto Scaling: how its resources are
// named and read, groups and what belongs to them, and the key that a group
// needs for the volumes of its instances.
package autoscaling

import "penstock/service"

// Service is Amazon EC2 Auto Scaling.
var Service = service.Service{
	Name:   "autoscaling",
	Title:  "Amazon EC2 Auto Scaling",
	Types:  types,
	Jobs:   jobs,
	Powers: powers,
}
