// Package logs is what Penstock knows about Amazon CloudWatch Logs:
// log groups, their policies and keys. A log group with a key needs nothing of
// whoever writes to it: CloudWatch Logs calls KMS as itself
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html).
package logs

import "penstock/service"

// Service is Amazon CloudWatch Logs.
var Service = service.Service{
	Name:      "logs",
	Title:     "Amazon CloudWatch Logs",
	Types:     types,
	Terraform: terraform,
	Jobs:      jobs,
	Powers:    powers,
}
