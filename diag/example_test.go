package diag_test

import (
	"fmt"

	"penstock/diag"
	"penstock/source"
)

func ExampleApply() {
	f := source.NewFile("policy.yaml", []byte("Action: iam:*   # wide\n"))
	out, err := diag.Apply(f, []diag.Edit{{Span: source.Span{File: f, Start: 8, End: 13}, New: "iam:GetRole"}})
	fmt.Printf("%s%v\n", out, err)
	// Output:
	// Action: iam:GetRole   # wide
	// <nil>
}
