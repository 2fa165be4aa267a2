package arn_test

import (
	"fmt"

	"penstock/arn"
)

func ExampleParse() {
	a, err := arn.Parse("arn:aws:iam::111111111111:role/team/build")
	fmt.Println(a.Account, a.Service, a.Name(), err)
	// Output: 111111111111 iam build <nil>
}
