// Package s3 is what Penstock knows about Amazon S3: its buckets and their
// policies, the S3 source of a pipeline, and the calls to KMS that reading
// and writing an encrypted object causes.
package s3

import "penstock/service"

// Service is Amazon S3.
var Service = service.Service{
	Name:      "s3",
	Title:     "Amazon S3",
	Types:     types,
	Terraform: terraform,
	Actions:   actions,
	Jobs:      jobs,
	Effects:   effects,
	Checks:    checks,
	Codes:     codes,
	Powers:    powers,
	Mends:     mends,
}
