// Package events is what Penstock knows about Amazon EventBridge:
// rules and buses. The rule that starts a pipeline stands with the pipeline.
package events

import "penstock/service"

// Service is Amazon EventBridge.
var Service = service.Service{
	Name:  "events",
	Title: "Amazon EventBridge",
	Types: types,
}
