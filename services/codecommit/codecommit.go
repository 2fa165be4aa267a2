// Package codecommit is what Penstock knows about AWS CodeCommit:
// repositories, and the calls of a source action.
package codecommit

import "penstock/service"

// Service is AWS CodeCommit.
var Service = service.Service{
	Name:      "codecommit",
	Title:     "AWS CodeCommit",
	Types:     types,
	Terraform: terraform,
	Actions:   actions,
	Powers:    powers,
}
