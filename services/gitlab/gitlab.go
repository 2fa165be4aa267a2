// Package gitlab is what Penstock knows about jobs of GitLab CI that come into
// AWS: which token GitLab gives to a job, which role a command takes on with
// it, and what the commands after that call.
//
// The file .gitlab-ci.yml stands beside the templates. Which project it belongs
// to is not in it, and is a hole unless the trust of the role names one.
package gitlab

import "penstock/service"

// Service is GitLab CI. It has no resources and no IAM prefix.
var Service = service.Service{
	Name:    "gitlab",
	Title:   "GitLab CI",
	Entries: entries,
	Checks:  checks,
	Codes:   codes,
}
