package sdk_test

import (
	"fmt"

	"penstock/service/sdk"
)

func ExampleAction() {
	for _, call := range [][2]string{
		{"stepfunctions", "send_task_failure"}, {"s3", "listObjectsV2"}, {"lambda", "Invoke"}, {"sts", "get_caller_identity"}, {"s3", "get_paginator"},
	} {
		prefix, _ := sdk.Prefix(call[0])
		action, ok := sdk.Action(prefix, call[1])
		fmt.Println(call[0], call[1], action, ok)
	}
	// Output:
	// stepfunctions send_task_failure states:SendTaskFailure true
	// s3 listObjectsV2 s3:ListBucket true
	// lambda Invoke lambda:InvokeFunction true
	// sts get_caller_identity  false
	// s3 get_paginator  false
}
