// Package applicationautoscaling is what Penstock knows about Application Auto Scaling:
// scalable targets and their policies, which bear on no call of a delivery.
package applicationautoscaling

import "penstock/service"

// Service is Application Auto Scaling.
var Service = service.Service{
	Name:  "application-autoscaling",
	Title: "Application Auto Scaling",
	Types: types,
}
