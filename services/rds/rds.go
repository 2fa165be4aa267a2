// Package rds is what Penstock knows about Amazon RDS:
// databases.
package rds

import "penstock/service"

// Service is Amazon RDS.
var Service = service.Service{
	Name:  "rds",
	Title: "Amazon RDS",
	Types: types,
}
