package diagnosis_test

import (
	"fmt"

	"penstock/diagnosis"
	"penstock/iam/denial"
)

func ExampleDiagnose() {
	for _, d := range denial.Parse("Cross-account pass role is not allowed (Service: AmazonCloudFormation; Status Code: 403)") {
		x := diagnosis.Diagnose(d, diagnosis.Options{})
		fmt.Println(x.Sentence)
		fmt.Println(x.Warnings[0].Text)
	}
	// Output:
	// Somebody, the error does not say who, wanted iam:PassRole: a role cannot be passed to a service of another account.
	// Do not grant iam:PassRole: it never works across accounts. Give the action a role of the account that owns the passed role, and let that role pass it.
}
