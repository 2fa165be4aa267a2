// Package githubactions is what Penstock knows about workflows of GitHub
// Actions that come into AWS: which token GitHub gives to a job, what the
// action aws-actions/configure-aws-credentials makes of it, and what the steps
// after it call.
//
// A workflow stands beside the templates. Which repository it belongs to is
// not in it, and is a hole unless the trust of its role names one repository.
package githubactions

import "penstock/service"

// Service is GitHub Actions. It has no resources and no IAM prefix.
var Service = service.Service{
	Name:    "githubactions",
	Title:   "GitHub Actions",
	Entries: entries,
	Checks:  checks,
	Codes:   codes,
}
