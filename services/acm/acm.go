// Package acm is what Penstock knows about AWS Certificate Manager:
// certificates.
package acm

import "penstock/service"

// Service is AWS Certificate Manager.
var Service = service.Service{
	Name:  "acm",
	Title: "AWS Certificate Manager",
	Types: types,
}
