package denial_test

import (
	"fmt"

	"penstock/iam/denial"
)

func ExampleParse() {
	for _, d := range denial.Parse(`An error occurred (AccessDeniedException) when calling the UpdateService operation:
		User: arn:aws:sts::111111111111:assumed-role/deploy/s is not authorized to perform: iam:PassRole
		on resource: arn:aws:iam::111111111111:role/task because no identity-based policy allows the iam:PassRole action`) {
		fmt.Println(d.Principal)
		fmt.Println(d.Action, "on", d.Resource)
		fmt.Println(d.Layer, d.Explicit, "in", d.Operation)
	}
	// Output:
	// arn:aws:sts::111111111111:assumed-role/deploy/s
	// iam:PassRole on arn:aws:iam::111111111111:role/task
	// identity false in UpdateService
}
