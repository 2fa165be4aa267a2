// Package apigateway is what Penstock knows about Amazon API Gateway: the
// calls that an API makes when somebody calls it, to the function or the
// service behind each of its methods, and the role that writes its logs.
//
// How its resources are named comes from AWS's schemas.
package apigateway

import "penstock/service"

// Service is Amazon API Gateway.
var Service = service.Service{
	Name:  "apigateway",
	Title: "Amazon API Gateway",
	Jobs:  jobs,
}
